"""Device messages as the contract promises them to people who never see the code: literal bytes in, readings out."""

from datetime import UTC, datetime

import pytest

from floodcore.domain.reading import Quantity
from floodcore.wire import senml, topics
from floodcore.wire.senml_time import Arrival

RECEIVED = datetime(2021, 7, 20, 8, 0, 30, tzinfo=UTC)  # 1626768030
AT = datetime(2021, 7, 20, 8, 0, tzinfo=UTC)  # 1626768000


def read(payload: bytes, content_type: str | None = None) -> dict[str, float]:
    pack = senml.decode(payload, device_id="gauge-A", content_type=content_type, arrival=Arrival(at=RECEIVED))
    assert not pack.faults
    assert {one.observed_at for one in pack.readings} == {AT}
    return {one.quantity: one.value for one in pack.readings}


def test_the_topics() -> None:
    assert topics.telemetry("gauge-A") == "onemap/v1/devices/gauge-A/telemetry"
    assert topics.status("gauge-A") == "onemap/v1/devices/gauge-A/status"


def test_one_record() -> None:
    assert read(b'[{"n":"level","u":"m","t":1626768000,"v":0.27}]') == {"level": 0.27}


def test_every_quantity_with_base_fields_and_in_its_own_unit() -> None:
    payload = b"""[
        {"bn": "urn:dev:mac:0024befffe804ff1:", "bt": 1626768000, "bver": 10, "n": "level", "u": "m", "v": 0.27},
        {"n": "distance", "u": "m", "v": 3.4}, {"n": "rain", "u": "mm", "v": 0.2},
        {"n": "rain_total", "u": "mm", "v": 201.9}, {"n": "flow", "u": "m3/s", "v": 1.5}, {"n": "pump", "vb": true},
        {"n": "battery", "u": "V", "v": 3.61}, {"n": "rssi", "u": "dBW", "v": -117}, {"n": "tide", "u": "m", "v": -0.4}
    ]"""
    told = read(payload)
    assert told == {
        "level": 0.27,
        "distance": 3.4,
        "rain": 0.2,
        "rain_total": 201.9,
        "flow": 1.5,
        "pump": 1,
        "battery": 3.61,
        "rssi": -117,
        "tide": -0.4,
    }
    assert set(told) == set(Quantity)


@pytest.mark.parametrize(
    ("record", "value"),
    [
        (b'{"n":"level","u":"cm","v":27,"t":1626768000}', {"level": 0.27}),
        (b'{"n":"level","u":"mm","v":270,"t":1626768000}', {"level": 0.27}),
        (b'{"n":"rain","u":"mm/h","v":12,"ut":300,"t":1626768000}', {"rain": 1.0}),
        (b'{"n":"level","v":0.27,"t":-30}', {"level": 0.27}),  # counted from when it is received
    ],
    ids=["cm", "mm", "mm/h over 5 minutes", "relative time"],
)
def test_other_units_and_times(record: bytes, value: dict[str, float]) -> None:
    assert read(b"[" + record + b"]") == value


def test_cbor_when_the_content_type_says_so() -> None:
    #  81             one record
    #    A4           of four fields
    #      00 65 ...  n: "level"
    #      01 62 ...  u: "cm"
    #      02 18 1B   v: 27
    #      06 1A ...  t: 1626768000
    payload = bytes.fromhex("81A4 00 656C6576656C 01 62636D 02 181B 06 1A60F68280")
    assert read(payload, "application/senml+cbor") == {"level": 0.27}
