"""SenML as devices write it, well and badly. Noon is 1626753600 s after 1970; all messages arrive then."""

import json
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodcore.domain.quality import Flag
from floodcore.domain.ranges import RANGES, is_error_code
from floodcore.domain.reading import Quantity, Reason
from floodcore.testing.five_streets import NOON
from floodcore.wire import senml
from floodcore.wire.senml import Pack
from floodcore.wire.senml_time import Arrival

T = int(NOON.timestamp())
SECOND = timedelta(seconds=1)
SINCE_1970 = NOON - datetime(1970, 1, 1, tzinfo=UTC)


def read(pack: Any, content_type: str | None = None) -> Pack:
    payload = pack if isinstance(pack, bytes) else json.dumps(pack).encode()
    arrival = Arrival(at=NOON, oldest=SINCE_1970)
    return senml.decode(payload, device_id="gauge-A", content_type=content_type, arrival=arrival)


def values(pack: Pack) -> list[tuple[str, float, float]]:
    """Quantity, seconds since noon, value."""
    assert not pack.faults
    return [(one.quantity, (one.observed_at - NOON) / SECOND, one.value) for one in pack.readings]


def reasons(pack: Pack) -> list[Reason]:
    return [fault.reason for fault in pack.faults]


def test_base_fields_hold_until_they_are_replaced() -> None:
    pack = [
        {"bn": "urn:dev:mac:0024befffe804ff1:", "bt": T - 60, "bu": "cm", "bv": 20, "n": "level", "v": 7},
        {"n": "level", "t": 10, "v": 8},  # 20 + 8 = 28 cm
        {"n": "battery", "t": 10, "u": "V", "v": -16.4},  # 20 - 16.4 = 3.6 V
        {"bn": "well/", "bt": T - 30, "bv": 0, "n": "distance", "v": 250},
    ]
    assert values(read(pack)) == [
        ("level", -60, 0.27),
        ("level", -50, 0.28),
        ("battery", -50, pytest.approx(3.6)),
        ("distance", -30, 2.5),
    ]


def test_a_record_of_base_fields_alone_is_no_reading() -> None:
    assert values(read([{"bn": "a:", "bt": T}, {"n": "level", "v": 1}])) == [("level", 0, 1)]
    assert reasons(read([{"bn": "a:", "bt": T}])) == [Reason.BAD_RECORD]


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("level", "level"),
        ("urn:dev:ow:10e2073a01080063:level", "level"),
        ("gauge-A/rain_total", "rain_total"),
        ("gauge-A_rain_total", "rain_total"),
        ("tunnel.pump", "pump"),
        ("water-level", "level"),
    ],
)
def test_the_end_of_the_name_is_the_quantity(name: str, quantity: str) -> None:
    assert values(read([{"n": name, "v": 1}]))[0][0] == quantity


@pytest.mark.parametrize("name", ["", "sealevel", "level\n", "level:", "LEVEL", "temperature", "rain total"])
def test_another_name_is_no_quantity(name: str) -> None:
    assert reasons(read([{"n": name, "v": 1}])) == [Reason.UNKNOWN_QUANTITY]


@pytest.mark.parametrize(
    ("quantity", "unit", "value", "stored"),
    [
        ("level", "m", 0.57, 0.57),
        ("level", "cm", 57, 0.57),
        ("level", "mm", 570, 0.57),
        ("tide", "cm", -12, -0.12),
        ("rain", "mm", 0.2, 0.2),
        ("rain_total", "m", 0.5, 500),
        ("flow", "l/s", 250, 0.25),
        ("flow", "m3/h", 1800, 0.5),
        ("pump", "m3/s", 0.5, 1800),
        ("pump", "l/s", 10, 36),
        ("pump", "/", 1, 1),
        ("battery", "mV", 3600, 3.6),
        ("rssi", "dBm", -87, -117),
        ("rssi", "dBW", -117, -117),
    ],
)
def test_a_unit_becomes_the_stored_one(quantity: str, unit: str, value: float, stored: float) -> None:
    assert values(read([{"n": quantity, "u": unit, "v": value}])) == [(quantity, 0, stored)]


def test_without_a_unit_a_value_is_in_the_stored_one() -> None:
    assert values(read([{"n": "rain", "v": 0.2}])) == [("rain", 0, 0.2)]


def test_an_intensity_is_rain_once_it_is_known_how_long_it_lasted() -> None:
    assert values(read([{"n": "rain", "u": "mm/h", "v": 12, "ut": 300}])) == [("rain", 0, 1.0)]  # 12 mm/h for 5 min
    assert reasons(read([{"n": "rain", "u": "mm/h", "v": 12}])) == [Reason.UNKNOWN_UNIT]


@pytest.mark.parametrize(
    ("quantity", "unit"), [("level", "ft"), ("level", "V"), ("battery", "%EL"), ("rain_total", "mm/h"), ("level", "")]
)
def test_a_unit_that_does_not_measure_the_quantity(quantity: str, unit: str) -> None:
    assert reasons(read([{"n": quantity, "u": unit, "v": 1}])) == [Reason.UNKNOWN_UNIT]


@pytest.mark.parametrize(
    ("record", "seconds_after_noon"),
    [
        pytest.param({}, 0, id="no time: now"),
        pytest.param({"t": -60}, -60, id="counted from now"),
        pytest.param({"bt": T, "t": -60}, -60, id="absolute in two parts"),
        pytest.param({"t": T + 600}, 600, id="ten minutes ahead: a drifting clock"),
        pytest.param({"t": T + 0.25}, 0.25, id="a fraction"),
        pytest.param({"t": T + 0.1234567}, 0.123, id="to the millisecond"),
        pytest.param({"bt": 1 << 28}, (1 << 28) - T, id="the first absolute time"),
    ],
)
def test_when_it_was_so(record: dict[str, float], seconds_after_noon: float) -> None:
    assert values(read([record | {"n": "level", "v": 1}])) == [("level", seconds_after_noon, 1)]


def test_the_same_instant_in_other_parts_is_the_same_reading() -> None:
    whole = read([{"n": "level", "v": 1, "t": T + 0.3}])
    parts = read([{"n": "level", "v": 1, "bt": T + 0.1, "t": 0.2}])  # 0.1 + 0.2 is no 0.3 in floats
    assert whole.readings == parts.readings


@pytest.mark.parametrize("time", [T + 601, 601, 1e300, -1e300, 1e18, -2e9], ids=str)
def test_a_time_at_which_nothing_can_have_been_observed(time: float) -> None:
    assert reasons(read([{"n": "level", "v": 1, "t": time}])) == [Reason.BAD_TIME]


def test_a_switch_is_true_or_false() -> None:
    assert values(read([{"n": "pump", "vb": True}, {"n": "pump", "t": -1, "vb": False}])) == [
        ("pump", 0, 1),
        ("pump", -1, 0),
    ]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"n": "level", "v": "0.3"}, id="a number as text"),
        pytest.param({"n": "level", "v": True}, id="true as a number"),
        pytest.param({"n": "level", "v": None}, id="null"),
        pytest.param({"n": "level", "vb": True}, id="a level that is true"),
        pytest.param({"n": "pump", "v": 1, "vb": True}, id="two values"),
        pytest.param({"n": "level", "vs": "wet"}, id="text"),
        pytest.param({"n": "level"}, id="no value"),
        pytest.param({"n": "level", "s": 3}, id="a sum only"),
        pytest.param({"n": "level", "v": 1, "t": "noon"}, id="time as text"),
        pytest.param({"n": "level", "v": 1, "speed_": 1}, id="a field that must be understood"),
        pytest.param({"n": 7, "v": 1}, id="name as a number"),
        pytest.param([1], id="a list"),
        pytest.param("level", id="text instead of a record"),
    ],
)
def test_a_bad_record_leaves_its_neighbours_alone(record: object) -> None:
    pack = read([{"n": "level", "t": -1, "v": 0.1}, record, {"n": "level", "t": -2, "v": 0.2}])
    assert [one.value for one in pack.readings] == [0.1, 0.2]
    assert [(fault.reason, fault.records) for fault in pack.faults] == [(Reason.BAD_RECORD, 1)]
    assert pack.faults[0].detail.startswith("Record 2: ")


def test_unreadable_base_fields_spoil_what_rests_on_them() -> None:
    good = {"n": "level", "v": 0.1}
    pack = read([good, good | {"bt": "noon"}, good, good])
    assert len(pack.readings) == 1
    assert [(fault.reason, fault.records) for fault in pack.faults] == [(Reason.BAD_RECORD, 3)]


def test_a_newer_senml_is_not_guessed_at() -> None:
    assert values(read([{"bver": 10, "n": "level", "v": 1}])) == [("level", 0, 1)]
    assert reasons(read([{"bver": 11, "n": "level", "v": 1}])) == [Reason.BAD_RECORD]


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"wet", id="no JSON"),
        pytest.param(b"\xff\xfe[\x00]\x00", id="UTF-16"),
        pytest.param(b"{}", id="no list"),
        pytest.param(b"[]", id="an empty list"),
        pytest.param(b'[{"n":"level","v":NaN}]', id="NaN"),
        pytest.param(b'[{"n":"level","v":-Infinity}]', id="infinite"),
        pytest.param(b'[{"n":"level","v":1,"v":2}]', id="a field twice"),
        pytest.param(b'[{"n":"level","v":' + b"9" * 5000 + b"}]", id="too many digits"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep"),
        pytest.param(b'[{"n":"level","v":1}] []', id="something after the pack"),
    ],
)
def test_what_is_no_pack(payload: bytes) -> None:
    assert read(payload) == Pack(faults=read(payload).faults)
    assert reasons(read(payload)) == [Reason.UNREADABLE]


def test_a_number_beyond_floats_is_no_value() -> None:
    assert reasons(read(b'[{"n":"level","v":1e999},{"n":"level","v":1e308,"u":"mm"}]')) == [Reason.BAD_RECORD] * 2
    assert reasons(read(b'[{"n":"rain","v":1e308,"u":"m"}]')) == [Reason.BAD_RECORD]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"n": "level", "v": -99.99}, id="a level of nines"),
        pytest.param({"n": "level", "v": -99.99, "u": "cm"}, id="nines in centimetres: -0.9999 m would be possible"),
        pytest.param({"n": "level", "v": -9999, "u": "mm"}, id="nines in millimetres"),
        pytest.param({"n": "level", "v": 65535, "u": "mm"}, id="all bits set"),
        pytest.param({"n": "distance", "v": 9999, "u": "mm"}, id="an ultrasonic head that hears no echo"),
        pytest.param({"n": "level", "v": -60}, id="deeper than any street"),
        pytest.param({"n": "level", "v": 1e308}, id="no level on this planet"),
        pytest.param({"n": "rain", "v": -0.2}, id="rain upwards"),
        pytest.param({"n": "rain", "v": 9000, "u": "mm/h", "ut": 3600}, id="possible as a number, not as rain"),
        pytest.param({"n": "tide", "v": 31}, id="no tide"),
    ],
)
def test_what_no_gauge_can_show_is_no_reading(record: dict[str, Any]) -> None:
    pack = read([{"n": "level", "t": -1, "v": 0.1}, record])
    assert [one.value for one in pack.readings] == [0.1]
    assert [(fault.reason, fault.records) for fault in pack.faults] == [(Reason.BAD_RECORD, 1)]


def test_an_error_code_that_went_through_32_bits_is_still_one() -> None:
    single = b"\x81\xa2\x00\x65level\x02\xfa" + struct.pack(">f", -99.99)  # [{n: "level", v: -99.98999786}]
    assert reasons(read(single, senml.CBOR)) == [Reason.BAD_RECORD]


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        pytest.param("level", 99.99, id="a river over the sea"),
        pytest.param("level", 4_500.5, id="a river in Tibet"),
        pytest.param("level", -28, id="the Caspian Sea"),
        pytest.param("level", -0.02, id="a dry street, a little below its zero"),
        pytest.param("tide", -2.5, id="low water"),
        pytest.param("flow", -300, id="the tide turns a river"),
        pytest.param("rssi", -129, id="a weak signal"),
        pytest.param("pump", 9999, id="a large pump"),
    ],
)
def test_what_gauges_do_show(quantity: str, value: float) -> None:
    assert values(read([{"n": quantity, "v": value}])) == [(quantity, 0, value)]


def test_a_pack_has_its_limits() -> None:
    many = read([{"n": "level", "v": 1}] * 10_001)
    assert [(fault.reason, fault.records) for fault in many.faults] == [(Reason.TOO_LARGE, 10_001)]
    assert reasons(read(b" " * (senml.MOST_BYTES + 1))) == [Reason.TOO_LARGE]


def test_cbor_has_numbers_for_names() -> None:
    pack = [{-2: "gauge-A:", -3: T, -4: "cm", 0: "level", 2: 27}, {0: "pump", 4: True, 6: -1, 99: "unknown"}]
    assert values(read(cbor2.dumps(pack), senml.CBOR)) == [("level", 0, 0.27), ("pump", -1, 1)]
    assert values(read(cbor2.dumps(pack), "Application/SenML+CBOR; version=1")) == [("level", 0, 0.27), ("pump", -1, 1)]


def test_cbor_may_write_a_number_as_a_decimal_fraction() -> None:
    tenths = cbor2.CBORTag(4, [-1, 3])  # 3 * 10^-1
    assert values(read(cbor2.dumps([{0: "level", 2: tenths}]), senml.CBOR)) == [("level", 0, 0.3)]


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(cbor2.dumps([{0: "level", 2: 1}])[:-1], id="cut short"),
        pytest.param(cbor2.dumps([{0: "level", 2: 1}]) + b"\x00", id="something after the pack"),
        pytest.param(b"\x81\xa2\x02\x01\x02\x02", id="a field twice"),
        pytest.param(b"\x9b" + b"\xff" * 8, id="a list of 2^64 - 1"),
        pytest.param(b"\x81" * 100, id="deep"),
        pytest.param(cbor2.dumps({0: "level", 2: 1}), id="no list"),
        pytest.param(b'[{"n":"level","v":1}]', id="JSON"),
    ],
)
def test_what_is_no_cbor_pack(payload: bytes) -> None:
    assert reasons(read(payload, senml.CBOR)) == [Reason.UNREADABLE]


def test_cbor_can_say_nan_and_it_is_no_value() -> None:
    assert reasons(read(cbor2.dumps([{0: "level", 2: float("nan")}]), senml.CBOR)) == [Reason.BAD_RECORD]
    assert reasons(read(cbor2.dumps([{0: "level", 2: 1, 6: float("nan")}]), senml.CBOR)) == [Reason.BAD_TIME]


moments = st.datetimes(datetime(1980, 1, 1), datetime(2021, 7, 20, 4), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)


def observations(quantity: Quantity) -> st.SearchStrategy[tuple[Quantity, datetime, float]]:
    possible = st.floats(RANGES[quantity].low, RANGES[quantity].high)
    return st.tuples(st.just(quantity), moments, possible.filter(lambda value: not is_error_code(quantity, value)))


@given(st.lists(st.sampled_from(Quantity).flatmap(observations), min_size=1))
def test_what_is_encoded_is_read_again(records: list[tuple[Quantity, datetime, float]]) -> None:
    pack = read(senml.encode("gauge-A", records))
    assert not pack.faults
    assert [(one.quantity, one.observed_at, one.value) for one in pack.readings] == records


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
field_names = st.sampled_from(["bn", "bt", "bu", "bv", "bver", "n", "u", "v", "vb", "vs", "t", "ut", "x", "x_"])
near_values = json_values | st.sampled_from(["level", "rain", "mm/h", "m", T, -60])
near_packs = st.lists(st.dictionaries(field_names, near_values) | json_values)


@given(st.binary(), st.sampled_from([None, senml.JSON, senml.CBOR, "text/plain"]))
def test_no_bytes_whatever_are_an_error(payload: bytes, content_type: str | None) -> None:
    pack = read(payload, content_type)
    assert pack.readings or pack.faults
    assert all(fault.detail.isascii() and "\0" not in fault.detail for fault in pack.faults)


@given(near_packs, st.booleans())
def test_every_record_of_what_is_almost_a_pack_is_a_reading_or_a_fault(records: list[Any], as_cbor: bool) -> None:
    payload = cbor2.dumps(records) if as_cbor else json.dumps(records).encode()
    pack = read(payload, senml.CBOR if as_cbor else None)
    assert pack.readings or pack.faults
    assert all(fault.detail.isascii() and "\0" not in fault.detail for fault in pack.faults)
    assert len(pack.readings) + sum(fault.records for fault in pack.faults) <= max(1, len(records))


def test_what_is_older_than_the_room_keeps_open_is_refused_and_its_neighbours_are_not() -> None:
    year = 365 * 86_400
    payload = json.dumps([{"n": "level", "v": 1, "t": T - year - 1}, {"n": "level", "v": 2, "t": T - year}]).encode()
    arrival = Arrival(at=NOON, oldest=timedelta(days=365))
    pack = senml.decode(payload, device_id="gauge-A", content_type=None, arrival=arrival)
    assert reasons(pack) == [Reason.TOO_OLD]
    assert [one.value for one in pack.readings] == [2.0]


def flags_of(pack: Any, *, waited: bool = False) -> list[tuple[float, Flag]]:
    arrival = Arrival(at=NOON, waited=waited)
    read = senml.decode(json.dumps(pack).encode(), device_id="gauge-A", content_type=None, arrival=arrival)
    assert not read.faults
    return [((one.observed_at - NOON) / SECOND, Flag(one.flags)) for one in read.readings]


def test_an_unset_clock_counts_from_the_arrival_of_the_newest_record() -> None:
    year_2000 = 946_684_800
    pack = [
        {"bt": year_2000, "n": "level", "v": 1},
        {"n": "level", "t": 60, "v": 2},
        {"n": "level", "t": 90.5, "v": 3},
        {"n": "clock", "vb": False},
    ]
    assert flags_of(pack) == [(-90.5, Flag.CLOCK_UNSET), (-30.5, Flag.CLOCK_UNSET), (0, Flag.CLOCK_UNSET)]


def test_a_clock_that_counts_from_switching_on_is_not_set() -> None:
    pack = [{"n": "clock", "v": 7000}, {"n": "level", "t": 6990, "v": 1}, {"n": "level", "t": 7000, "v": 2}]
    assert flags_of(pack) == [(-10, Flag.CLOCK_UNSET), (0, Flag.CLOCK_UNSET)]


def test_a_time_that_is_no_number_spoils_no_other_when_the_clock_is_unset() -> None:
    records = [{"n": "clock", "vb": False}, *({"n": "level", "t": t, "v": 1} for t in (float("nan"), 5.0, 3.0))]
    pack = read(cbor2.dumps(records), "application/senml+cbor")
    assert reasons(pack) == [Reason.BAD_TIME]
    assert [(one.observed_at - NOON) / SECOND for one in pack.readings] == [0, -2]


@pytest.mark.parametrize(
    ("shows", "waited", "flag"),
    [
        pytest.param(T + 300, False, Flag(0), id="five minutes ahead are none"),
        pytest.param(T + 301, False, Flag.CLOCK_AHEAD, id="more are"),
        pytest.param(T - 301, False, Flag.CLOCK_BEHIND, id="behind"),
        pytest.param(T - 301, True, Flag(0), id="its message waited for us: nobody knows"),
        pytest.param(T - 8 * 3600, False, Flag.CLOCK_BEHIND, id="another time zone"),
    ],
)
def test_a_clock_that_is_off_is_flagged_and_its_times_are_left_alone(shows: int, waited: bool, flag: Flag) -> None:
    pack = [{"n": "clock", "v": shows}, {"n": "level", "t": T - 60, "v": 1}]
    assert flags_of(pack, waited=waited) == [(-60, flag)]


def test_a_reading_from_ahead_of_time_says_so_by_itself() -> None:
    assert flags_of([{"n": "level", "t": T + 301, "v": 1}]) == [(301, Flag.CLOCK_AHEAD)]


def test_a_word_of_the_clock_alone_is_no_fault_and_no_reading() -> None:
    assert flags_of([{"n": "gauge-A:clock", "vb": True}]) == []


@pytest.mark.parametrize("clock", [{"vs": "12:00"}, {"v": 1, "vb": True}, {}, {"v": 1e400}])
def test_a_clock_is_a_switch_or_a_number(clock: dict[str, Any]) -> None:
    assert reasons(read([{"n": "clock", **clock}, {"n": "level", "v": 1}]))[0] in {Reason.BAD_RECORD, Reason.UNREADABLE}


@pytest.mark.parametrize(
    ("record", "counts"),
    [
        pytest.param({"t": T}, False, id="absolute"),
        pytest.param({}, True, id="no time"),
        pytest.param({"t": -5}, True, id="relative"),
    ],
)
def test_a_pack_says_whether_its_times_count_from_its_arrival(record: dict[str, Any], counts: bool) -> None:
    assert read([{"n": "level", "v": 1, **record}]).counts_from_arrival is counts
