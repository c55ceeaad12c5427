"""One frame in HEX/BCD encoding: its head, its text, its end mark and its check (SL 651-2014, tables 10 and 20 to 23).

    7E7E | centre station | password | function | way and length | 02 or 16 [packet] | text | end | check
           1      5          2          1          2                1      3           <4096  1     2

From the centre down to a station the two addresses change places.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum

from ingest.sl651.crc import crc16

START = b"\x7e\x7e"
STX, SYN = 0x02, 0x16  # what begins the text: of a whole message, or of one of its packets
HEAD = 14  # bytes, the beginning of the text's mark included
TAIL = 3  # end mark and check
MOST_TEXT = 0xFFF  # the length has 12 bits
MOST_BYTES = HEAD + MOST_TEXT + TAIL
UP, DOWN = 0x0, 0x8
# A frame from a station: 7E7E, nine bytes of anybody's, twelve bits of length on their way up, a text's beginning.
BEGINNING = re.compile(rb"\x7e\x7e.{9}[\x00-\x0f].[\x02\x16]", re.DOTALL)
PACKET = 3  # bytes: 12 bits how many packets there are, 12 bits which one this is


class End(IntEnum):
    """What ends a frame, and what it asks of the other side."""

    ETX = 0x03  # up: this is all
    ETB = 0x17  # up: more follows
    ENQ = 0x05  # down: a question
    EOT = 0x04  # down: received, you may go
    ACK = 0x06  # down: received, send on
    NAK = 0x15  # down: send this packet again
    ESC = 0x1B  # down: received, stay with us


UP_ENDS = frozenset({End.ETX, End.ETB})


class FrameError(ValueError):
    """No frame; the text is a sentence for whoever reads the quarantine."""


@dataclass(frozen=True, kw_only=True)
class Packet:
    """Which part of a message in several packets (M3); the first is number 1."""

    number: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A frame whose check was right, or one to be sent.

    Attributes:
        station: Its address as ten digits in hexadecimal, leading zeros kept; a hydrological station's are all decimal.
        centre: The centre's address, 1 to 255.
        password: Two bytes that go back as they came; in no log and no repr.
        function: What kind of message it is.
        text: Between the beginning mark, or the packet's number, and the end mark.
        end: The end mark.
        is_down: From the centre to the station.
        packet: None for a message in one frame.
    """

    station: str
    centre: int
    password: bytes = field(repr=False)
    function: int
    text: bytes
    end: End
    is_down: bool = False
    packet: Packet | None = None

    def encode(self) -> bytes:
        """The bytes on the wire."""
        station, centre = bytes.fromhex(self.station), bytes([self.centre])
        number = (self.packet.of << 12 | self.packet.number).to_bytes(PACKET, "big") if self.packet else b""
        length = len(number) + len(self.text)
        checked = b"".join(
            (
                START,
                *((station, centre) if self.is_down else (centre, station)),
                self.password,
                bytes([self.function]),
                ((DOWN if self.is_down else UP) << 12 | length).to_bytes(2, "big"),
                bytes([SYN if self.packet else STX]),
                number,
                self.text,
                bytes([self.end]),
            )
        )
        return checked + crc16(checked).to_bytes(2, "big")


def claimed_size(head: bytes) -> int | None:
    """How many bytes the frame has that begins like this, or None where no station's frame begins so.

    Args:
        head: At least its first HEAD bytes.
    """
    return HEAD + _length(head) + TAIL if BEGINNING.match(head) else None


def parse(data: bytes) -> Frame:
    """Read one whole frame, up or down.

    Raises:
        FrameError: It is none, or was damaged on its way.
    """
    if len(data) < HEAD + TAIL or not data.startswith(START):
        raise FrameError("A frame begins with 7E7E and has at least 17 bytes; this does not, or breaks off.")
    way, length, mark = data[11] >> 4, _length(data), data[13]
    if way not in (UP, DOWN) or mark not in (STX, SYN):
        raise FrameError("The frame's head is not that of SL 651-2014.")
    if len(data) != HEAD + length + TAIL:
        raise FrameError(f"The frame says that it has {HEAD + length + TAIL} bytes, and has {len(data)}.")
    if crc16(data[:-2]) != int.from_bytes(data[-2:], "big"):
        raise FrameError("The frame's check (CRC) is wrong: it was damaged on its way.")
    is_down = way == DOWN
    text, packet = data[HEAD:-TAIL], None
    if mark == SYN:
        text, packet = text[PACKET:], _packet(text)
    return Frame(
        station=(data[2:7] if is_down else data[3:8]).hex().upper(),
        centre=data[7] if is_down else data[2],
        password=data[8:10],
        function=data[10],
        text=text,
        end=_end(data[-TAIL], is_down=is_down),
        is_down=is_down,
        packet=packet,
    )


def _length(head: bytes) -> int:
    return int.from_bytes(head[11:13], "big") & MOST_TEXT


def _packet(text: bytes) -> Packet:
    if len(text) < PACKET:
        raise FrameError("The frame is one packet of several, and does not say which.")
    both = int.from_bytes(text[:PACKET], "big")
    number, of = both & 0xFFF, both >> 12
    if not 1 <= number <= of:
        raise FrameError(f"The frame is packet {number} of {of}, which cannot be.")
    return Packet(number=number, of=of)


def _end(mark: int, *, is_down: bool) -> End:
    if mark not in set(End) or (mark in UP_ENDS) == is_down:
        raise FrameError(f"The frame ends in {mark:02X}, which is no end mark for its way.")
    return End(mark)
