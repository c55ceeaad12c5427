"""What a station's message says to the room: readings and faults; never an error, whatever the bytes are."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quantity, Reading, Reason
from floodcore.wire.senml import Fault, Pack
from floodcore.wire.senml_time import Arrival
from ingest.sl651.frame import HEAD, Frame, FrameError, claimed_size, parse
from ingest.sl651.text import Group, TextError, groups, sent_at
from ingest.sl651.values import Circumstances, fault, readings_of

TOPIC = "sl651/"  # of a message from here, before the station's address; no broker knows it
LINK_KEEP, TEST, PICTURE = 0x2F, 0x30, 0x36
SILENT = frozenset({LINK_KEEP, TEST, PICTURE})  # no data; not for the store, says the standard; no place for it
# Uniform, timed, added and hourly reports; answers to questions for the present, a span and chosen elements.
REPORTS = frozenset({0x31, 0x32, 0x33, 0x34, 0x37, 0x38, 0x3A})
CLOCK_LIMIT = timedelta(minutes=5)  # a clock that is further off is set twice, says the standard (6.6.4.24)
LEVELS = frozenset({Quantity.LEVEL, Quantity.TIDE})
SAME_LEVEL_M = 0.011  # an hour's groups resolve a centimetre; a float adds its bit

Known = dict[tuple[str, Quantity, datetime], Reading]


def topic_of(station: str) -> str:
    """Under which name a station's messages lie in quarantine, and are read again from there."""
    return TOPIC + station


def read(payload: bytes, arrival: Arrival) -> Pack:
    """Read a message; whatever the bytes are, the answer is a pack.

    Args:
        payload: One frame, or all frames of a message in several packets, in order.
        arrival: When it came; the station's clock is held against it.
    """
    try:
        frames = _frames(payload)
    except FrameError as error:
        return _refused(Reason.UNREADABLE, str(error))
    function, text = frames[0].function, b"".join(frame.text for frame in frames)
    if function in SILENT:
        return Pack()
    if function not in REPORTS:
        return _refused(Reason.UNREADABLE, f"Messages of function {function:02X} are not read here.")
    if not _is_whole(frames):
        detail = "This is neither one frame of a station nor all packets of one message in order."
        return _refused(Reason.UNREADABLE, detail)
    try:
        sent = sent_at(text)
    except TextError as error:
        return _refused(Reason.BAD_TIME, str(error))
    now = Circumstances(arrival=arrival, sent_at=sent, flags=_clock_flags(sent, arrival.at))
    return _resolve(text, frames[0].station, now)


def _refused(reason: Reason, detail: str) -> Pack:
    return Pack(faults=(Fault(reason=reason, detail=detail),))


def _frames(payload: bytes) -> list[Frame]:
    frames: list[Frame] = []
    at = 0
    while at < len(payload) or not frames:
        head = payload[at : at + HEAD]
        size = claimed_size(head) if len(head) == HEAD else None
        frames.append(parse(payload[at : at + size if size else None]))
        at += size or len(payload)
    return frames


def _is_whole(frames: Sequence[Frame]) -> bool:
    numbers = [frame.packet.number if frame.packet else 0 for frame in frames]
    of = frames[0].packet.of if frames[0].packet else 0
    return not frames[0].is_down and numbers == (list(range(1, of + 1)) or [0])


def _clock_flags(sent: datetime, received_at: datetime) -> int:
    if sent > received_at + CLOCK_LIMIT:
        return Flag.CLOCK_AHEAD
    return Flag.CLOCK_BEHIND if sent < received_at - CLOCK_LIMIT else 0


def _resolve(text: bytes, station: str, now: Circumstances) -> Pack:
    said: list[Group] = []
    faults: list[Fault] = []
    known: Known = {}
    try:
        for group in groups(text, station):
            said.append(group)  # noqa: PERF402 - what came before an error stays
    except TextError as error:
        faults.append(Fault(reason=Reason.BAD_RECORD, detail=str(error)))
    # Single values first: they are finer than an hour's groups at the same moment, and say what these count from.
    for group in sorted(said, key=lambda group: group.step is not None):
        readings, wrong = readings_of(group, now)
        faults.extend(wrong)
        if _counts_from_elsewhere(readings, known):
            detail = "it counts from another zero than the level at the same moment; set the station's base value to 0."
            faults.append(fault(group, Reason.BAD_RECORD, detail, len(readings)))
            continue
        others = sum(not _agrees(reading, known, group) for reading in readings)
        if others:
            faults.append(fault(group, Reason.BAD_RECORD, "another value of the same moment stands before.", others))
    return Pack(readings=tuple(known.values()), faults=tuple(faults))


def _agrees(reading: Reading, known: Known, group: Group) -> bool:
    """Take a reading in, unless its moment has one; whether that one says the same."""
    other = known.setdefault((reading.device_id, reading.quantity, reading.observed_at), reading)
    is_coarse = group.step is not None and reading.quantity in LEVELS
    return abs(reading.value - other.value) <= (SAME_LEVEL_M if is_coarse else 0)


def _counts_from_elsewhere(readings: Sequence[Reading], known: Known) -> bool:
    """Whether levels of an hour, which are relative to a base that the frame does not tell, contradict the level."""
    for reading in readings:
        other = known.get((reading.device_id, reading.quantity, reading.observed_at))
        if other and reading.quantity in LEVELS and abs(reading.value - other.value) > SAME_LEVEL_M:
            return True
    return False
