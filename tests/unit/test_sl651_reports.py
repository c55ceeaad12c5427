"""What the room makes of SL 651-2014's messages.

Published frames and where they stand:
 N: github.com/novrain/SL-0x028B, test/TestSL651.cpp
 W: github.com/wainshine/SL651, sl651-toolkit/examples/fujian_messages.txt (Fujian's provincial examples of 2023)
 A: github.com/64673a/SL651-2014, samples/regular_report.hex
All others are made here. Noon is 12:00 in Zhengzhou on 20 July 2021; messages arrive then unless a test says otherwise.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Reason, Rejected
from floodcore.testing.five_streets import NOON
from floodcore.wire.senml import Pack
from floodcore.wire.senml_time import Arrival
from ingest.decode import decode, rejected
from ingest.message import Message
from ingest.sl651.bcd import BEIJING, to_bcd, to_moment
from ingest.sl651.frame import End, Frame, Packet
from ingest.sl651.report import read, topic_of

MINUTE = timedelta(minutes=1)
STATION = "0012345678"
LEVEL_127_MM = bytes.fromhex("3923") + to_bcd(0.127, 4, 3)


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def text_of(*groups: bytes, sent: datetime = NOON, observed: datetime | None = NOON, station: str = STATION) -> bytes:
    """A report's text as a river station (48) would write it."""
    whose = bytes.fromhex(f"F1F1{station}48")
    when = b"\xf0\xf0" + to_moment(observed, 5) if observed else b""
    return b"\x00\x01" + to_moment(sent) + whose + when + b"".join(groups)


def frame_of(text: bytes, function: int = 0x32, **more: Any) -> bytes:
    return Frame(
        station=STATION, centre=1, password=b"\x12\x34", function=function, text=text, **{"end": End.ETX} | more
    ).encode()


def read_at(payload: bytes, at: datetime = NOON) -> Pack:
    return read(payload, Arrival(at=at))


def values(pack: Pack) -> list[tuple[str, float, float]]:
    """Quantity, minutes since noon, value."""
    return [(one.quantity, (one.observed_at - NOON) / MINUTE, one.value) for one in pack.readings]


def told(pack: Pack) -> list[tuple[Reason, int]]:
    return [(fault.reason, fault.records) for fault in pack.faults]


def test_a_published_timed_report() -> None:
    """N: 2017-07-18, 11:00 in Beijing: river at 10.490 m, 4.0 mm since New Year, 10.99 V; 4.0 mm today has no place."""
    frame = bytes.fromhex(
        "7E7E05001122334403E832002B020034170718110016F1F1001122334448F0F0170718110020190000402619000040392300010490381"
        "2109903A421"
    )
    pack = read_at(frame, beijing("2017-07-18 11:00:20"))
    at = datetime(2017, 7, 18, 3, 0, tzinfo=UTC)
    assert [(one.device_id, one.quantity, one.observed_at, one.value, one.flags) for one in pack.readings] == [
        ("0011223344", "rain_total", at, 4.0, 0),
        ("0011223344", "level", at, 10.49, 0),
        ("0011223344", "battery", at, 10.99, 0),
    ]
    assert pack.faults == ()


def test_a_published_timed_report_with_rain_of_five_minutes() -> None:
    """A: 13.0 mm today, 4.0 mm in five minutes, 0.550 m, 12.68 V."""
    frame = bytes.fromhex(
        "7E7E010010100001A00032002B02000C200724172349F1F1001010000148F0F020072417232019000130221900004039230000055038"
        "121268038397"
    )
    pack = read_at(frame, beijing("2020-07-24 17:23:50"))
    assert [(one.quantity, one.value) for one in pack.readings] == [("rain", 4.0), ("level", 0.55), ("battery", 12.68)]


def test_a_published_uniform_report_with_gaps() -> None:
    """N: sent at 11:00:05, twelve levels every five minutes from 10:05 on, five of them FFFFFFFF."""
    frame = bytes.fromhex(
        "7E7E05001122334403E831004E020031170718110005F1F1001122334448F0F017071810050418000005392300000122000001220000"
        "02850001049000010490FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0001049000010490037AC7"
    )
    pack = read_at(frame, beijing("2017-07-18 11:00:06"))
    assert [(one.observed_at.minute, one.value) for one in pack.readings] == [
        (5, 0.122),
        (10, 0.122),
        (15, 0.285),
        (20, 10.49),
        (25, 10.49),
        (55, 10.49),
        (0, 10.49),
    ]
    assert pack.readings[-1].observed_at == beijing("2017-07-18 11:00")
    assert told(pack) == [(Reason.BAD_RECORD, 5)]
    assert "Element 39 (5 of 12 values): there is no value" in pack.faults[0].detail


def test_a_published_hourly_report_whose_levels_count_from_another_zero() -> None:
    """W: sent at 13:15:25; rain and levels from 12:20 on, the rest of 13:15. The level of 13:15 is 28.960 m and that of
    the hour's last group 27.96 m: it counts from a base of 1 m that the frame does not tell.
    """
    frame = bytes.fromhex(
        "7E7E0110000000060000340068022F7B221202131525F1F1100000000648F0F02212021220F460000000000000000000000000F0F0221"
        "20213152619003196F0F02212021220F55C0A2D0A2D0A2D0A2D0A2D0A2D0A2D0A2D0A2D0A2D0AEC0AECF0F02212021315392300028960"
        "20190000003812131603329C"
    )
    pack = read_at(frame, beijing("2022-12-02 13:15:26"))
    rain = [one for one in pack.readings if one.quantity == "rain"]
    assert [rain[0].observed_at, rain[-1].observed_at] == [beijing("2022-12-02 12:20"), beijing("2022-12-02 13:15")]
    assert [(one.quantity, one.value) for one in pack.readings if one.quantity != "rain"] == [
        ("rain_total", 319.6),
        ("level", 28.96),
        ("battery", 13.16),
    ]
    assert told(pack) == [(Reason.BAD_RECORD, 12)]
    assert "another zero" in pack.faults[0].detail


def test_a_published_hourly_report_whose_hour_would_lie_in_the_future() -> None:
    """N: sent at 02:00:00 with 02:00 as the time of the first of twelve groups. Where they belong cannot be told."""
    frame = bytes.fromhex(
        "7E7E1000123456781234340057020003140612020000F1F1001234567848F0F01406120200F460000000000000000000000000F5C00AA"
        "A0AAAFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF261900000020190000001A19000000391A0027303812129003DD4E"
    )
    pack = read_at(frame, beijing("2014-06-12 02:00:01"))
    assert [(one.quantity, one.value) for one in pack.readings] == [
        ("rain_total", 0.0),
        ("level", 27.3),
        ("battery", 12.9),
    ]
    assert told(pack) == [(Reason.BAD_TIME, 12), (Reason.BAD_TIME, 12)]


def test_published_answers_with_the_hour_of_one_element() -> None:
    """N: rain of 0.5 and 2.0 mm among twelve, four of them FF; levels in centimetres."""
    rain = read_at(
        bytes.fromhex(
            "7E7E05001122334403E83A0025020037170718110226F1F1001122334448F0F01707181005F4600500000014FFFFFFFFFF000003"
            "074E"
        ),
        beijing("2017-07-18 11:02:27"),
    )
    assert [one.value for one in rain.readings] == [0.5, 0, 0, 0, 2.0, 0, 0]
    assert told(rain) == [(Reason.BAD_RECORD, 5)]
    level = read_at(
        bytes.fromhex(
            "7E7E05001122334403E83A0031020038170718110235F1F1001122334448F0F01707181005F5C0000C000C001C00310031FFFFFFFF"
            "FFFFFFFFFFFF00310031033CAF"
        ),
        beijing("2017-07-18 11:02:36"),
    )
    assert [one.value for one in level.readings] == [0.12, 0.12, 0.28, 0.49, 0.49, 0.49, 0.49]


def test_a_published_level_of_ff_is_no_water() -> None:
    """W: a station without a sensor answers FFFFFFFF for its level."""
    frame = bytes.fromhex(
        "7E7E001000000006000037002B02013D221206100758F1F1100000000648F0F02212061007201900000026190000003923FFFFFFFF381"
        "2114303C7CD"
    )
    pack = read_at(frame, beijing("2022-12-06 10:07:59"))
    assert [one.quantity for one in pack.readings] == ["rain_total", "battery"]
    assert told(pack) == [(Reason.BAD_RECORD, 1)]


SILENT = {
    "N-link-keep": "7E7E01001234567812342F0008020003591011155111036BCA",
    "N-test": (
        "7E7E010012345678123430002B020003591011154947F1F1001234567848F0F059101115492019000005261900000539230000012738"
        "1211150320FA"
    ),
    "a-picture": frame_of(text_of(bytes.fromhex("F3F3FFD8FFE0")), 0x36).hex(),
}


@pytest.mark.parametrize("payload", SILENT.values(), ids=SILENT)
def test_what_brings_no_data_is_neither_a_reading_nor_a_fault(payload: str) -> None:
    assert read_at(bytes.fromhex(payload)) == Pack()


UNREAD = {
    "N-manual": "7E7E0100123456781234350011020004591011155145F2F25120312E323334034602",
    "W-events": (
        "7E7E00100000000604D250004F020159221206142731F1F110000000060000000200000000000100000000000000000000000000CC0000"
        "00000000000C002C000000000000000000000000000000000000000000000000000000000000033734"
    ),
    "N-answer-of-a-centre": "7E7E00112233440503E83280080200341707181100161BE5D4",
    "no-frame": "00",
    "nothing": "",
}


@pytest.mark.parametrize("payload", UNREAD.values(), ids=UNREAD)
def test_what_is_not_read_here_is_a_fault_for_the_quarantine(payload: str) -> None:
    assert told(read_at(bytes.fromhex(payload))) == [(Reason.UNREADABLE, 1)]


FAULTY = {
    "letters": (bytes.fromhex("3923000A0127"), Reason.BAD_RECORD),
    "error-code": (bytes.fromhex("3923") + to_bcd(9999, 4, 3), Reason.BAD_RECORD),
    "no-such-level": (bytes.fromhex("3920") + to_bcd(12000, 4, 0), Reason.BAD_RECORD),
    "no-bytes": (bytes.fromhex("3903"), Reason.BAD_RECORD),
    "reserved-element": (bytes.fromhex("76120100"), Reason.UNKNOWN_QUANTITY),
    "the-makers-own-element": (bytes.fromhex("FF02120100"), Reason.UNKNOWN_QUANTITY),
    "time-of-observation-is-none": (bytes.fromhex("F0F02113201200") + LEVEL_127_MM, Reason.BAD_TIME),
    "later-than-now": (b"\xf0\xf0" + to_moment(NOON + 11 * MINUTE, 5) + LEVEL_127_MM, Reason.BAD_TIME),
    "a-year-and-more-ago": (b"\xf0\xf0" + to_moment(NOON - timedelta(days=401), 5) + LEVEL_127_MM, Reason.TOO_OLD),
}


@pytest.mark.parametrize(("group", "reason"), FAULTY.values(), ids=FAULTY)
def test_a_faulty_value_does_not_spoil_its_neighbours(group: bytes, reason: Reason) -> None:
    """12.90 V stands before it."""
    pack = read_at(frame_of(text_of(bytes.fromhex("38121290"), group)))
    assert values(pack) == [("battery", 0, 12.9)]
    assert told(pack) == [(reason, 1)]


CUT = {
    "in-a-value": LEVEL_127_MM[:-1],
    "in-an-identifier": b"\x39",
    "in-a-time": bytes.fromhex("F0F0210720"),
    "in-an-hour": bytes.fromhex("F460000000"),
    "a-step-of-no-element": bytes.fromhex("0418000005"),
    "a-step-of-nothing": bytes.fromhex("04180000003923") + to_bcd(1, 4, 3),
    "values-that-do-not-fill": bytes.fromhex("04180000053923000001"),
}


@pytest.mark.parametrize("tail", CUT.values(), ids=CUT)
def test_a_text_that_ends_too_early_keeps_what_stands_before(tail: bytes) -> None:
    pack = read_at(frame_of(text_of(bytes.fromhex("38121290"), tail)))
    assert values(pack) == [("battery", 0, 12.9)]
    assert told(pack) == [(Reason.BAD_RECORD, 1)]


def test_without_a_time_of_observation_nothing_is_a_reading() -> None:
    assert told(read_at(frame_of(text_of(LEVEL_127_MM, observed=None)))) == [(Reason.BAD_TIME, 1)]


@pytest.mark.parametrize("text", [b"", b"\x00\x01", b"\x00\x01" + bytes(6)], ids=["empty", "no-time", "no-date"])
def test_without_a_time_of_sending_a_report_is_refused(text: bytes) -> None:
    assert told(read_at(frame_of(text))) == [(Reason.BAD_TIME, 1)]


def test_water_below_the_zero_is_negative() -> None:
    """6.6.3.3: FF before the digits; -1.234 m."""
    pack = read_at(frame_of(text_of(bytes.fromhex("392BFF00001234"))))
    assert values(pack) == [("level", 0, -1.234)]


def test_a_tide_stations_level_is_the_tides() -> None:
    text = text_of(LEVEL_127_MM).replace(bytes.fromhex(f"F1F1{STATION}48"), bytes.fromhex(f"F1F1{STATION}54"))
    assert values(read_at(frame_of(text))) == [("tide", 0, 0.127)]


def test_one_frame_may_speak_for_several_stations() -> None:
    """6.6.2.7: each station's name begins its own part."""
    second = bytes.fromhex("F1F1001234999948") + b"\xf0\xf0" + to_moment(NOON, 5) + LEVEL_127_MM
    pack = read_at(frame_of(text_of(LEVEL_127_MM) + second))
    assert [one.device_id for one in pack.readings] == [STATION, "0012349999"]


def test_an_address_that_is_not_decimal_keeps_its_digits() -> None:
    """Table 14: the last two bytes of other stations count in binary; 410105 and 2A1B are one address of ten digits."""
    [reading] = read_at(frame_of(text_of(LEVEL_127_MM, station="4101052A1B"))).readings
    assert reading.device_id == "4101052A1B"


@pytest.mark.parametrize(
    ("off", "flag"),
    [
        pytest.param(timedelta(minutes=5), 0, id="ahead-within-the-limit"),
        pytest.param(timedelta(minutes=5, seconds=1), Flag.CLOCK_AHEAD, id="ahead"),
        pytest.param(timedelta(minutes=-5), 0, id="behind-within-the-limit"),
        pytest.param(timedelta(minutes=-5, seconds=-1), Flag.CLOCK_BEHIND, id="behind"),
    ],
)
def test_a_clock_that_is_off_is_flagged_and_its_time_is_left_alone(off: timedelta, flag: int) -> None:
    [reading] = read_at(frame_of(text_of(LEVEL_127_MM, sent=NOON + off))).readings
    assert (reading.observed_at, reading.flags) == (NOON, flag)


def test_a_level_and_an_hours_group_of_the_same_moment_are_one_reading() -> None:
    """0.127 m and 13 cm at noon: the finer one. The eleven others stand."""
    hour = bytes.fromhex("F5C0") + b"".join((13).to_bytes(2, "big") for _ in range(12))
    pack = read_at(frame_of(text_of(hour, LEVEL_127_MM, sent=NOON + 55 * MINUTE), 0x34), NOON + 55 * MINUTE)
    assert values(pack) == [("level", 0, 0.127), *(("level", 5 * n, 0.13) for n in range(1, 12))]
    assert pack.faults == ()


def test_two_values_of_one_moment_are_a_fault_and_the_same_value_twice_is_not() -> None:
    other = bytes.fromhex("3923") + to_bcd(0.128, 4, 3)
    pack = read_at(frame_of(text_of(LEVEL_127_MM, LEVEL_127_MM, other)))
    assert values(pack) == [("level", 0, 0.127)]
    assert told(pack) == [(Reason.BAD_RECORD, 1)]


def test_rain_of_an_hour_at_a_time_is_not_counted_as_rain_of_five_minutes() -> None:
    every_hour = bytes.fromhex("04180001002219") + to_bcd(1.5, 3, 1)
    assert told(read_at(frame_of(text_of(every_hour), 0x31))) == [(Reason.BAD_RECORD, 1)]
    every_five = bytes.fromhex("04180000052219") + to_bcd(1.5, 3, 1)
    assert values(read_at(frame_of(text_of(every_five), 0x31))) == [("rain", 0, 1.5)]


def in_packets(text: bytes, of: int) -> list[bytes]:
    size = -(-len(text) // of)
    parts = [text[n : n + size] for n in range(0, len(text), size)]
    return [
        frame_of(part, 0x31, packet=Packet(number=n, of=of), end=End.ETX if n == of else End.ETB)
        for n, part in enumerate(parts, start=1)
    ]


def test_a_report_in_packets_is_read_as_one() -> None:
    """Thirty levels, 1 to 30 mm, every minute from 11:31 to noon; a value may be cut by a packet's end."""
    levels = b"".join(to_bcd(n / 1000, 4, 3) for n in range(1, 31))
    text = text_of(bytes.fromhex("04180000013923") + levels, observed=NOON - 29 * MINUTE)
    packets = in_packets(text, 7)
    assert values(read_at(b"".join(packets))) == [("level", n - 30, n / 1000) for n in range(1, 31)]
    for damaged in (packets[1:], packets[:-1], [packets[1], packets[0], *packets[2:]]):
        assert told(read_at(b"".join(damaged))) == [(Reason.UNREADABLE, 1)]


def message(payload: bytes) -> Message:
    return Message(topic=topic_of(STATION), payload=payload, content_type=None, received_at=NOON)


def test_a_message_goes_the_way_of_all_messages() -> None:
    decoded = decode(message(frame_of(text_of(LEVEL_127_MM))))
    assert [one.value for one in decoded.readings] == [0.127]
    assert rejected(decoded, ()) is None


def test_a_damaged_message_is_kept_whole() -> None:
    raw = frame_of(text_of(LEVEL_127_MM))[:-1] + b"\0"
    told = rejected(decode(message(raw)), ())
    assert isinstance(told, Rejected)
    assert (told.topic, told.payload, told.reason, told.records) == ("sl651/0012345678", raw, Reason.UNREADABLE, 1)
    assert "CRC" in told.detail


@given(st.binary(max_size=200), st.sampled_from([0x31, 0x32, 0x33, 0x34, 0x37, 0x38, 0x3A]))
def test_whatever_a_report_says_is_counted(said: bytes, function: int) -> None:
    """Each value is a reading or part of a fault, and every reading is one that the store takes."""
    pack = read_at(frame_of(text_of(said), function))
    assert all(fault.records >= 1 for fault in pack.faults)
    assert all(fault.detail.isascii() and fault.detail.endswith(".") for fault in pack.faults)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_pack(payload: bytes) -> None:
    assert read_at(payload).faults


@given(st.lists(st.integers(0, 254), min_size=12, max_size=12))
def test_an_hours_rain_comes_back(tenths: list[int]) -> None:
    hour = bytes.fromhex("F460") + bytes(tenths)
    pack = read_at(frame_of(text_of(hour, sent=NOON + 55 * MINUTE), 0x34), NOON + 55 * MINUTE)
    assert values(pack) == [("rain", 5 * n, tenth / 10) for n, tenth in enumerate(tenths)]
