"""Messages in several packets (M3): collected until they are whole, asked for where one is missing."""

from dataclasses import dataclass, replace

from ingest.sl651.frame import End, Frame, Packet
from ingest.sl651.framer import Framed

MOST_BYTES = 1 << 16  # of one message; a uniform-interval report of a month has 36 kB
PICTURE = 0x36  # its bytes are not kept: only whether all packets came


class TooLargeError(ValueError):
    """More than any report needs; the text is a sentence."""


@dataclass(frozen=True, kw_only=True)
class Whole:
    """All packets are there. `raw` is their frames in order, `first` the one that begins the message."""

    raw: bytes
    first: Frame
    last: Frame


@dataclass(frozen=True, kw_only=True)
class Missing:
    """The station has sent its last packet, and this one has not come."""

    number: int
    last: Frame


class Packets:
    """The packets of one message at a time, as a connection carries them."""

    def __init__(self) -> None:
        self._of: tuple[str, int, int] | None = None
        self._came: dict[int, Framed] = {}
        self._held = 0  # bytes

    def add(self, one: Framed, packet: Packet) -> Whole | Missing | None:
        """Take a packet in; None while more are to come.

        Raises:
            TooLargeError: The message is too large to be held.
        """
        frame = one.frame
        belongs_to = (frame.station, frame.function, packet.of)
        if belongs_to != self._of:
            self._forget()
            self._of = belongs_to
        self._hold(packet.number, one)
        if self._held > MOST_BYTES:
            raise TooLargeError(f"The message has more than {MOST_BYTES} bytes in its packets.")
        if len(self._came) == packet.of:
            return self._whole(frame)
        if frame.end is End.ETX:
            return Missing(number=self._first_gap(packet.of), last=frame)
        return None

    def end(self) -> bytes:
        """The frames of a message that was not whole when the stream ended, in order; it is forgotten."""
        raw = b"".join(self._came[number].raw for number in sorted(self._came))
        self._forget()
        return raw

    def _hold(self, number: int, one: Framed) -> None:
        if number > 1:  # only the first one's text is looked at here
            kept = b"" if one.frame.function == PICTURE else one.raw
            one = Framed(raw=kept, frame=replace(one.frame, text=b""))
        before = self._came.get(number)
        self._held += len(one.raw) - (len(before.raw) if before else 0)
        self._came[number] = one

    def _forget(self) -> None:
        self._of, self._came, self._held = None, {}, 0

    def _whole(self, last: Frame) -> Whole:
        first = self._came[1].frame
        return Whole(raw=self.end(), first=first, last=last)

    def _first_gap(self, of: int) -> int:
        return next(number for number in range(1, of + 1) if number not in self._came)
