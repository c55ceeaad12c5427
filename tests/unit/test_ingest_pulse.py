"""What ingest says about itself."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from floodcore.testing.five_streets import NOON
from floodcore.wire import topics
from ingest.decode import Decoded, decode
from ingest.message import Message
from ingest.pulse import Link, Pulse, component
from ingest.spool import Waiting
from ingest.storing import Outcome

THERE = Link(is_connected=True)
NOTHING = Waiting()


def pack(payload: bytes) -> Decoded:
    return decode(Message(topic=topics.telemetry("gauge-A"), payload=payload, content_type=None, received_at=NOON))


BATCH = [
    pack(b'[{"n":"level","v":1},{"n":"level","t":-1,"v":1},{"n":"mood","v":1}]'),  # 2 readings, 1 fault
    pack(b"noise"),  # 1 fault
]
OUTCOME = Outcome(stored=1, duplicate=1, conflict=0, quarantined=2, sensor_ids=(1,))


def unaccounted(figures: dict[str, float]) -> float:
    settled: Sequence[str] = ("stored", "duplicate", "conflict", "quarantined", "in_flight")
    return figures["received"] - sum(figures[name] for name in settled)


def test_every_record_is_in_hand_until_it_is_settled() -> None:
    pulse = Pulse(instance="1")
    pulse.arrived(BATCH)
    before = dict(pulse.beat(THERE, NOTHING, is_away=False).figures)
    assert (before["received"], before["in_flight"], unaccounted(before)) == (4, 4, 0)
    pulse.settled(OUTCOME, BATCH)
    pulse.stored_at_once(BATCH, timedelta(seconds=0.3))
    after = dict(pulse.beat(THERE, NOTHING, is_away=False).figures)
    assert (after["received"], after["in_flight"], unaccounted(after)) == (4, 0, 0)
    assert (after["batch_messages"], after["queue_age_s"]) == (2, 0.3)


def test_what_waits_in_the_spool_is_in_flight() -> None:
    pulse = Pulse(instance="1")
    pulse.took_over(5)
    pulse.arrived(BATCH)
    pulse.put_by(BATCH, 1)  # one of its four records was there already
    waiting = dict(pulse.beat(THERE, Waiting(7, 0, 8, 700), is_away=False).figures)
    assert (waiting["received"], waiting["in_flight"], waiting["duplicate"], unaccounted(waiting)) == (9, 8, 1, 0)
    assert (waiting["spool_messages"], waiting["spool_bytes"]) == (7, 700)
    pulse.settled(OUTCOME, BATCH)
    pulse.drained(4)
    drained = dict(pulse.beat(THERE, NOTHING, is_away=False).figures)
    assert (drained["in_flight"], unaccounted(drained)) == (4, 0)


def test_rates_are_those_since_the_last_beat() -> None:
    pulse = Pulse(instance="1", taken=60)
    assert pulse.beat(THERE, NOTHING, is_away=False).figures["readings_per_s"] == 12  # 60 in 5 s
    assert pulse.beat(THERE, NOTHING, is_away=False).figures["readings_per_s"] == 0


@pytest.mark.parametrize(
    ("link", "waiting", "is_away", "state"),
    [
        pytest.param(THERE, NOTHING, False, "ok", id="all is well"),
        pytest.param(Link(is_connected=False), NOTHING, False, "degraded", id="no broker"),
        pytest.param(THERE, NOTHING, True, "degraded", id="no database"),
        pytest.param(THERE, Waiting(3, 1, 3, 9), False, "degraded", id="a gauge's last word may wait in the spool"),
        pytest.param(THERE, Waiting(3, 0, 3, 9), False, "ok", id="a backlog delays no news"),
    ],
)
def test_when_ingest_is_well(link: Link, waiting: Waiting, is_away: bool, state: str) -> None:
    assert Pulse(instance="1").beat(link, waiting, is_away=is_away).state == state


def test_each_copy_has_a_line_of_its_own() -> None:
    assert [component(instance) for instance in ("1", "2", "b")] == ["ingest", "ingest-2", "ingest-b"]
