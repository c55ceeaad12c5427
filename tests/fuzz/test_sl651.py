"""SL 651-2014: damaged frames, texts behind a check that is right, and streams in which good frames must be found."""

import contextlib
import random
from datetime import timedelta

from floodcore.domain.ranges import is_possible
from floodcore.testing.five_streets import NOON
from floodcore.wire.senml_time import FUTURE, OLDEST, Arrival
from ingest.sl651.bcd import to_bcd, to_moment
from ingest.sl651.frame import MOST_BYTES, MOST_TEXT, PACKET, End, Frame, Packet
from ingest.sl651.framer import Broken, Framed, Framer
from ingest.sl651.packets import Packets, TooLargeError
from ingest.sl651.report import read
from tests.fuzz.hammer import Mutator, hammer

STATION = "0012345678"
FUNCTIONS = (0x2F, 0x30, 0x31, 0x32, 0x33, 0x34, 0x36, 0x37, 0x38, 0x3A, 0x00)
WHOSE, WHEN = bytes.fromhex(f"F1F1{STATION}48"), b"\xf0\xf0" + to_moment(NOON - timedelta(hours=1), 5)
SENT = b"\x00\x01" + to_moment(NOON) + WHOSE + WHEN
LEVEL, RAIN, VOLTS = (
    b"\x39\x23" + to_bcd(0.127, 4, 3),
    b"\x22\x19" + to_bcd(1.5, 3, 1),
    b"\x38\x12" + to_bcd(12.6, 2, 2),
)
TEXTS = [
    SENT + LEVEL + RAIN + VOLTS,
    SENT + b"\xf4\x60" + bytes(12) + b"\xf5\xc0" + b"\x00\x0d" * 12 + b"\x39\x23" + b"\xff" * 4,
    SENT + b"\x04\x18\x00\x00\x05\x39\x23" + to_bcd(0.1, 4, 3) * 12,
    b"\x00\x02" + to_moment(NOON) + b"\x04\x18\x00\x00\x05\x39\x23" + bytes(4),
]
WORDS = [
    b"\x7e\x7e",
    b"\x16",
    b"\x02\x03",
    b"\xff\xff",
    b"\xf1\xf1",
    b"\xf0\xf0",
    b"\x04\x18",
    b"\xf5\xc0",
    b"\x39\xf8",
    b"\x17",
    b"\x00" * 8,
]


def frame(text: bytes, function: int = 0x32, end: End = End.ETX, packet: Packet | None = None) -> bytes:
    return Frame(
        station=STATION, centre=1, password=b"\x12\x34", function=function, text=text, end=end, packet=packet
    ).encode()


def check_report(payload: bytes) -> None:
    pack = read(payload, Arrival(at=NOON))
    for reading in pack.readings:
        assert is_possible(reading.quantity, reading.value)
        assert NOON - OLDEST <= reading.observed_at <= NOON + FUTURE
    identities = {(one.device_id, one.quantity, one.observed_at) for one in pack.readings}
    assert len(identities) == len(pack.readings)
    for fault in pack.faults:
        assert fault.records >= 1
        assert fault.detail.isascii()
        assert fault.detail.isprintable()
    # A value has at least one byte, and none is counted twice.
    assert len(pack.readings) + sum(fault.records for fault in pack.faults) <= max(1, len(payload))


def test_damaged_frames_and_texts(budget_s: float, dice: random.Random) -> None:
    """Half of them with a check that is right, as a broken station would send them, and some in two packets."""
    whole = Mutator([frame(text, function) for text in TEXTS for function in FUNCTIONS], WORDS, dice)
    texts = Mutator(TEXTS, WORDS, dice)

    def make() -> bytes:
        if dice.random() < 0.3:
            return whole.message()
        text, function = texts.message()[: MOST_TEXT - PACKET], dice.choice(FUNCTIONS)
        if dice.random() < 0.7:
            return frame(text, function)
        cut = dice.randrange(len(text) + 1)
        first = frame(text[:cut], function, End.ETB, Packet(number=1, of=2))
        return first + frame(text[cut:], function, End.ETX, Packet(number=2, of=2))

    print(hammer(check_report, make, budget_s), "reports")


def test_damaged_streams(budget_s: float, dice: random.Random) -> None:
    """However the segments fall, what comes out is whole, and no more than one frame is held."""
    frames = [frame(text, function) for text in TEXTS for function in FUNCTIONS]
    packets = [frame(text, 0x31, End.ETB, Packet(number=n, of=3)) for n, text in enumerate(TEXTS[:3], start=1)]
    made = Mutator([*frames, *packets, frames[0] * 3, b"".join(packets)], WORDS, dice)

    def check(stream: bytes) -> None:
        framer, together = Framer(), Packets()
        at = 0
        while at < len(stream) and not framer.is_hopeless:
            size = dice.choice([1, 7, 100, 4096])
            for piece in framer.feed(stream[at : at + size]):
                _take(piece, together)
            at += size
        found = [piece for piece in framer.feed(frames[0]) if isinstance(piece, Framed)]
        assert found or framer.is_hopeless  # a good frame is found behind anything, without waiting for more
        left = framer.end()
        assert left is None or len(left.raw) <= MOST_BYTES

    print(hammer(check, made.message, budget_s), "streams")


def _take(piece: Framed | Broken, together: Packets) -> None:
    if isinstance(piece, Broken):
        assert piece.raw
        assert piece.detail
        return
    assert piece.frame.encode() == piece.raw
    if piece.frame.packet:
        with contextlib.suppress(TooLargeError):
            together.add(piece, piece.frame.packet)
