"""What Prometheus is told of the other services, from what they say themselves."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from dashboard_api import figures
from dashboard_api.figures import FIGURES, Counted
from dashboard_api.live.condition import SILENT, sensor_health
from dashboard_api.live.objects import Health
from dashboard_api.live.state import State
from dispatch.alerts.worker import condition as alerts_condition
from dispatch.condition import condition as dispatch_condition
from floodcore.store import health
from floodcore.testing.five_streets import NOON
from forecast.pulse import Pulse as ForecastPulse
from ingest.pulse import Link
from ingest.pulse import Pulse as IngestPulse
from ingest.sl651.pulse import Pulse as GatewayPulse
from ingest.spool import Waiting
from ingest.upkeep.pulse import Pulse as UpkeepPulse

SECOND = timedelta(seconds=1)
REAL = datetime(2026, 3, 1, 9, tzinfo=UTC)  # when the room's clock shows noon
REPORTS = [
    IngestPulse(instance="1").beat(Link(is_connected=True), Waiting(), is_away=False),
    IngestPulse(instance="east").beat(Link(is_connected=True), Waiting(), is_away=False),
    GatewayPulse().beat(),
    UpkeepPulse().beat({"waiting": 3, "unjudgeable": 0}),
    ForecastPulse().beat(NOON),
    dispatch_condition(open_incidents=2, waiting=1, unmet=(), is_listening=True),
    alerts_condition(queued=0, failed=0),
]


def known(*reports: health.Health) -> State:
    """The room after these reports."""
    state = State()
    for one in reports:
        state.health[one.component] = Health(
            state=one.state,  # type: ignore[arg-type]
            detail_zh=one.detail_zh,
            detail_en=one.detail_en,
            at=NOON,
            figures=dict(one.figures),
        )
    return state


def told(state: State, counted: Counted | None = None, age: timedelta = SECOND) -> dict[tuple[str, ...], float]:
    """Samples by name and the values of their labels, so long after the reports, while the room's clock stands."""
    heard = dict.fromkeys(state.health, REAL - age)
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in figures.families(state, heard, counted, NOON, REAL)
        for sample in family.samples
    }


def names(samples: Iterable[tuple[str, ...]]) -> set[str]:
    return {name for name, *_ in samples}


@pytest.mark.parametrize("report", REPORTS, ids=[one.component for one in REPORTS])
def test_every_figure_that_a_service_reports_is_told(report: health.Health) -> None:
    known_keys = {figure.key for figure in FIGURES if figure.service == figures.service_of(report.component)}
    assert known_keys == set(report.figures)


def test_each_copy_of_ingest_has_its_own_line() -> None:
    pulse = IngestPulse(instance="east")
    pulse.counts.received, pulse.counts.stored, pulse.in_hand = 7, 4, 3
    east = pulse.beat(Link(is_connected=True, dropped=2), Waiting(), is_away=False)
    samples = told(known(REPORTS[0], east))
    assert samples["onemap_ingest_received_records_total", "ingest-east"] == 7
    assert samples["onemap_ingest_settled_records_total", "ingest-east", "stored"] == 4
    assert samples["onemap_ingest_in_flight_records", "ingest-east"] == 3
    assert samples["onemap_ingest_dropped_messages_total", "ingest-east"] == 2
    assert samples["onemap_ingest_received_records_total", "ingest"] == 0


def test_a_service_that_has_fallen_silent_is_not_up_and_says_how_old_its_figures_are() -> None:
    upkeep = REPORTS[3]
    fresh, silent = told(known(upkeep), age=SILENT), told(known(upkeep), age=SILENT + SECOND)
    assert (fresh["onemap_service_up", "upkeep"], silent["onemap_service_up", "upkeep"]) == (1, 0)
    assert silent["onemap_service_report_age_seconds", "upkeep"] == 21
    assert silent["onemap_upkeep_waiting_batches", "upkeep"] == 3


def test_what_a_service_says_against_itself_is_told() -> None:
    away = IngestPulse(instance="1").beat(Link(is_connected=False), Waiting(), is_away=False)
    samples = told(known(away))
    assert (samples["onemap_service_up", "ingest"], samples["onemap_service_degraded", "ingest"]) == (1, 1)


def test_the_databases_own_counts_have_an_age_and_are_missing_before_it_is_reached() -> None:
    totals = {"stored": 5, "duplicate": 4, "conflict": 1, "quarantined": 3, "replayed": 2}
    samples = told(State(), Counted(totals=totals, at=REAL - 9 * SECOND))
    assert samples["onemap_database_records_total", "stored"] == 5
    assert samples["onemap_database_replayed_records_total",] == 2
    assert samples["onemap_database_counts_age_seconds",] == 9
    assert not any(name.startswith("onemap_database") for name in names(told(State())))


def test_sensors_that_were_never_heard_are_counted_too() -> None:
    state = State()
    state.health["sensors"] = sensor_health([], 5, NOON)
    samples = told(state)
    assert samples["onemap_sensors", "unknown"] == 5
    assert samples["onemap_sensors", "online"] == 0
    assert "onemap_service_up" not in names(samples), "sensors are no service"
