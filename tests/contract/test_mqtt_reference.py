"""docs/reference/mqtt.md against the code: every example is read, every table compared, so that it cannot lie."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from floodcore.domain.quality import names
from floodcore.domain.ranges import CODELESS, ERROR_CODES, RANGES
from floodcore.domain.reading import UNITS, Quantity, Reason
from floodcore.settings import IngestSettings, MqttSettings
from floodcore.wire import command, senml, senml_clock, senml_container, senml_time, topics
from floodcore.wire.senml import Pack
from floodcore.wire.senml_time import Arrival
from floodcore.wire.senml_units import units
from ingest.lanes import NEWS_FOR
from ingest.subscription import SESSION_EXPIRY
from onemap.engines.mosquitto import CONFIGURATION, RIGHTS

TEXT = (Path(__file__).parents[2] / "docs/reference/mqtt.md").read_text()
ARRIVES = datetime.fromisoformat("2021-07-20T16:00:30+08:00")
EXAMPLE = re.compile(
    r"```(?P<kind>json|hex)\n(?P<pack>[^`]*)```\n\n\|(?P<head>[^\n]*)\|\n\|[-|]+\n(?P<rows>(?:\|[^\n]*\|\n)+)"
)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
READINGS = ["quantity", "observed at", "value", "flags"]
REFUSALS = ["refused for", "records", "says"]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def rows_below(head: str) -> list[list[str]]:
    """The rows of the table that begins with these columns."""
    after = TEXT.split(f"\n| {head} |\n", 1)[1].splitlines()[1:]
    return [cells(line) for line in after[: after.index("")]]


def examples(columns: list[str]) -> list[object]:
    """Packs, and the rows that they become."""
    return [
        pytest.param(
            one["kind"], one["pack"], [cells(line) for line in one["rows"].splitlines()], id=f"example {number}"
        )
        for number, one in enumerate(EXAMPLE.finditer(TEXT), start=1)
        if cells(one["head"]) == columns
    ]


def read(kind: str, pack: str) -> Pack:
    if kind == "hex":
        payload, content_type = bytes.fromhex(re.sub("#.*", "", pack)), senml.CBOR
    else:
        payload, content_type = pack.encode(), None
    return senml.decode(payload, device_id="gauge-A", content_type=content_type, arrival=Arrival(at=ARRIVES))


@pytest.mark.parametrize(("kind", "pack", "rows"), examples(READINGS))
def test_an_example_becomes_the_readings_below_it(kind: str, pack: str, rows: list[list[str]]) -> None:
    told = read(kind, pack)
    assert not told.faults
    assert [
        (one.quantity, one.observed_at, f"{one.value:g} {UNITS[one.quantity]}", names(one.flags))
        for one in told.readings
    ] == [(name, datetime.fromisoformat(at), value, flags.split()) for name, at, value, flags in rows]


@pytest.mark.parametrize(("kind", "pack", "rows"), examples(REFUSALS))
def test_an_example_is_refused_as_it_says(kind: str, pack: str, rows: list[list[str]]) -> None:
    told = read(kind, pack)
    [(reason, records, says)] = rows
    assert len(told.readings) == 1  # the neighbour
    assert told.faults[0].reason == reason
    assert sum(fault.records for fault in told.faults) == int(records)
    assert " ".join(fault.detail for fault in told.faults) == says


def test_no_example_is_passed_over() -> None:
    found = [*examples(READINGS), *examples(REFUSALS)]
    assert len(found) == len(re.findall("```(?:json|hex)\n", TEXT)) >= 9


def test_the_table_of_units_is_ours() -> None:
    told = {
        row[0].strip("`"): row[2:] for row in rows_below("quantity | what | may be written in | stored in | can be")
    }
    assert told == {
        quantity: [
            ", ".join(f"`{unit}`" for unit in units(quantity)),
            UNITS[quantity],
            f"{RANGES[quantity].low:g} to {RANGES[quantity].high:g}",
        ]
        for quantity in Quantity
    }


def test_the_table_of_labels_is_ours() -> None:
    head = next(line for line in TEXT.splitlines() if line.startswith("| field |"))
    labels = next(line for line in TEXT.splitlines() if line.startswith("| label |"))
    told = zip(cells(labels)[1:], cells(head)[1:], strict=True)
    assert {int(label): name.strip("`") for label, name in told} == senml_container.LABELS


def test_every_reason_has_its_remedy() -> None:
    assert [row[0].strip("`") for row in rows_below("reason | what was wrong | remedy")] == list(Reason)


def test_the_error_codes_are_ours() -> None:
    assert f"`{', '.join(f'{code:g}' if code % 1 == 0 else str(code) for code in ERROR_CODES)}`" in TEXT
    assert {Quantity.PUMP, Quantity.BATTERY, Quantity.RSSI} == CODELESS


def test_the_topics_are_ours() -> None:
    assert [row[0].strip("`") for row in rows_below("topic | from | retained | what")] == [
        topics.telemetry("{device}"),
        topics.status("{device}"),
        topics.command("{device}"),
    ]


def test_the_command_is_ours() -> None:
    assert f"`{command.interval(60).decode()}`" in TEXT
    assert f"in whole seconds from {command.LEAST_S} to {command.MOST_S}." in TEXT
    assert command.NOTHING == b""


def test_the_settings_of_the_broker_are_ours() -> None:
    named = set(re.findall("ONEMAP_MQTT__[A-Z]+", TEXT))
    assert named == {f"ONEMAP_MQTT__{name.upper()}" for name in MqttSettings.model_fields}
    assert "8883 with a certificate and 1883 without" in TEXT
    open_, closed = MqttSettings(), MqttSettings(certificate=Path("broker.pem"), key=Path("broker.key"))
    assert (closed.device_port, open_.device_port) == (8883, 1883)


def test_the_rights_are_those_of_our_own_broker() -> None:
    [rights] = re.findall("```acl\n(.*?)```", TEXT, re.DOTALL)
    assert rights in RIGHTS


def test_the_limits_are_ours() -> None:
    assert f"{senml.MOST_BYTES:,} bytes" in TEXT
    assert f"{senml.MOST_RECORDS:,} records" in TEXT
    assert f"more than {senml_container.LARGE_BYTES:,} bytes" in TEXT
    assert f"{senml_time.ABSOLUTE_FROM} (2^28)" in TEXT
    assert f"{senml_time.FUTURE // MINUTE} minutes ahead of the room's clock" in TEXT
    assert f"More than {senml_clock.CLOCK_OFF // MINUTE} minutes ahead or behind is flagged" in TEXT
    assert f"{senml_time.OLDEST // DAY} days, unless" in TEXT
    assert IngestSettings().oldest == senml_time.OLDEST
    assert f"{SESSION_EXPIRY // DAY} days |" in TEXT
    assert NEWS_FOR // MINUTE == 2
    assert "newest record is older than two minutes" in TEXT
    assert "max_queued_messages 1000000\n" in CONFIGURATION
    assert "autosave_interval 10\n" in CONFIGURATION
