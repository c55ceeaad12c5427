"""SenML, as JSON and as CBOR: damaged packs, and packs that hypothesis makes."""

import json
import math
import random
from datetime import timedelta
from typing import Any

import cbor2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floodcore.domain.ranges import is_possible
from floodcore.testing.five_streets import NOON
from floodcore.wire import senml
from floodcore.wire.senml import Pack
from floodcore.wire.senml_record import BASE_FIELDS
from floodcore.wire.senml_time import FUTURE, OLDEST, Arrival
from tests.fuzz.hammer import Mutator, hammer, hammer_examples

T = int(NOON.timestamp())
LONGEST_DETAIL = 500
SECOND = timedelta(seconds=1)
PACKS: list[list[dict[str, Any]]] = [
    [{"n": "level", "u": "m", "t": T, "v": 0.27}],
    [
        {"bn": "urn:dev:mac:0024befffe804ff1:", "bt": T, "bu": "cm", "bv": 20, "bver": 10, "n": "level", "v": 7},
        {"n": "distance", "t": -60, "v": 250.5},
        {"n": "rain", "u": "mm/h", "v": 12, "ut": 300},
        {"n": "pump", "vb": True},
        {"n": "rssi", "u": "dBm", "v": -107},
    ],
    [{"n": "clock", "vb": False}, {"n": "level", "t": 12, "v": 0.1}, {"n": "level", "t": 72, "v": 0.2}],
    [{"n": "clock", "v": T}, {"n": "rain_total", "v": 201.9}, {"n": "battery", "u": "mV", "v": 3600, "s": 7}],
    [{"n": "level", "vs": "wet"}, {"n": "flow", "u": "l/s", "v": 9.5}, {"n": "tide", "t": -1e9, "v": -0.4}, {"x_": 1}],
]
NUMBERS = [b"1e308", b"-1e308", b"1e999", b"0.1", b"-0", b"268435456", b"99999999999999999999", b"-9999", b"NaN"]
WORDS = [b"null", b"true", b"{}", b"[]", b'"bt":', b'"bv":', b'"vb":', b'"clock"', b'"level"', b"\\ud800", b"\\u0000"]
HEADS = [
    b"\x9f",
    b"\xbf",
    b"\xff",
    b"\xc4\x82",
    b"\xc2",
    b"\xf9\x7e\x00",
    b"\xfb\x7f\xf0" + bytes(6),
    b"\x1b" + b"\xff" * 8,
]
NUMBER_OF = {name: label for label, name in enumerate(("n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"))} | {
    "bver": -1,
    "bn": -2,
    "bt": -3,
    "bu": -4,
    "bv": -5,
}


def read(payload: bytes, content_type: str | None) -> Pack:
    """Read a pack, and look at what must hold whatever it was."""
    pack = senml.decode(payload, device_id="gauge-A", content_type=content_type, arrival=Arrival(at=NOON))
    for reading in pack.readings:
        assert reading.device_id == "gauge-A"
        assert math.isfinite(reading.value)
        assert is_possible(reading.quantity, reading.value)
        assert NOON - OLDEST <= reading.observed_at <= NOON + FUTURE
    for fault in pack.faults:
        assert fault.records >= 1
        assert fault.detail.isascii()
        assert fault.detail.isprintable()
        assert len(fault.detail) < LONGEST_DETAIL
    return pack


def test_damaged_json(budget_s: float, dice: random.Random) -> None:
    seeds = [json.dumps(pack, separators=(",", ":")).encode() for pack in PACKS]
    made = Mutator(seeds, [*NUMBERS, *WORDS], dice)
    print(hammer(lambda payload: read(payload, None), made.message, budget_s), "messages")


def test_damaged_cbor(budget_s: float, dice: random.Random) -> None:
    seeds = [cbor2.dumps([{NUMBER_OF.get(k, k): v for k, v in record.items()} for record in pack]) for pack in PACKS]
    made = Mutator(seeds, HEADS, dice)
    print(hammer(lambda payload: read(payload, senml.CBOR), made.message, budget_s), "messages")


leaves = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20)
anything = leaves | st.lists(leaves, max_size=3) | st.dictionaries(st.text(max_size=5), leaves, max_size=3)
likely = st.sampled_from(["level", "rain", "a:pump", "clock", "mm/h", "cm", T, T - 60, -60, 0.5, 12, True, False])
numbers = st.floats() | st.integers() | st.sampled_from([T, T + 500, -60, 1e308, 1 << 64, 10**400])
records = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("n", "bn", "u", "bu", "vs", "vd", "vb"), likely | anything),
        **dict.fromkeys(("v", "bv", "t", "bt", "ut", "bver", "s", "x", "x_"), likely | numbers | anything),
    },
)


@settings(database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(records | likely | anything, max_size=6), st.booleans())
def every_record_is_counted(pack: list[Any], as_cbor: bool) -> None:
    """Readings and faulty records together are all records, but for those that only set the base or tell the clock."""
    payload = cbor2.dumps(pack) if as_cbor else json.dumps(pack).encode()
    told = read(payload, senml.CBOR if as_cbor else None)
    counted = len(told.readings) + sum(fault.records for fault in told.faults)
    silent = sum(isinstance(one, dict) and (BASE_FIELDS.issuperset(one) or _tells_the_clock(one)) for one in pack)
    if any(fault.reason == "unreadable" for fault in told.faults):
        assert counted == 1
    else:
        assert len(pack) - silent <= counted <= max(1, len(pack))


def _tells_the_clock(record: dict[str, Any]) -> bool:
    return any(str(record.get(name, "")).endswith("clock") for name in ("n", "bn"))


def test_packs_of_anything(budget_s: float, seed: int) -> None:
    print(hammer_examples(every_record_is_counted, budget_s, seed), "packs")
