"""What the services say about themselves, under the names that docs/reference/metrics.md explains.

A figure is as old as the report that holds it, and that age is told beside it: the reader decides what is too old.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from dashboard_api.live.condition import SILENT
from dashboard_api.live.objects import Health
from dashboard_api.live.state import State

OUTCOMES = ("stored", "duplicate", "conflict", "quarantined")
LINKS = ("online", "stale", "offline")
SENSORS = "sensors"  # under this name the API says how they are; they are no service


class Figure(NamedTuple):
    """A figure of a service's report: whose, its key there, and what it is called here.

    A counter begins anew with its process. The ending `_total` of its name is added where it is told.
    """

    service: str
    key: str
    name: str
    about: str
    is_counter: bool = False
    outcome: str | None = None


FIGURES = (
    Figure("ingest", "received", "onemap_ingest_received_records", "Records that have come", is_counter=True),
    *(
        Figure("ingest", outcome, "onemap_ingest_settled_records", "Records by what became of them", True, outcome)
        for outcome in OUTCOMES
    ),
    Figure("ingest", "in_flight", "onemap_ingest_in_flight_records", "Records that have come and are not settled"),
    Figure("ingest", "dropped", "onemap_ingest_dropped_messages", "Messages of QoS 0 without room", is_counter=True),
    Figure("ingest", "readings_per_s", "onemap_ingest_received_records_per_second", "Between its last two reports"),
    Figure("ingest", "batch_messages", "onemap_ingest_batch_messages", "Messages in a transaction, on average"),
    Figure("ingest", "queue_age_s", "onemap_ingest_queue_age_seconds", "The longest from arrival to commit of news"),
    Figure("ingest", "spool_messages", "onemap_ingest_spool_messages", "Messages in the spool on disk"),
    Figure("ingest", "spool_bytes", "onemap_ingest_spool_bytes", "Their size"),
    Figure("ingest", "held", "onemap_ingest_held_messages", "Those of them that were news when they came"),
    Figure("sl651", "connections", "onemap_sl651_connections", "Stations that are connected"),
    Figure("sl651", "turned_away", "onemap_sl651_turned_away_connections", "Ended to make room", is_counter=True),
    Figure("sl651", "frames", "onemap_sl651_frames", "Whole frames", is_counter=True),
    Figure("sl651", "broken", "onemap_sl651_broken_frames", "Damaged or cut frames", is_counter=True),
    Figure("sl651", "unkept", "onemap_sl651_unkept_frames", "Those of them that nobody kept", is_counter=True),
    Figure("sl651", "garbage", "onemap_sl651_garbage_bytes", "Bytes between frames", is_counter=True),
    Figure("sl651", "readings_per_s", "onemap_sl651_readings_per_second", "Between its last two reports"),
    Figure("sl651", "held", "onemap_sl651_held_messages", "Messages that wait for the database, unconfirmed"),
    Figure("upkeep", "waiting", "onemap_upkeep_waiting_batches", "Stored batches that are not judged yet"),
    Figure("upkeep", "unjudgeable", "onemap_upkeep_unjudgeable_sensors", "Sensors whose readings cannot be judged"),
    Figure("upkeep", "spans_per_s", "onemap_upkeep_judged_spans_per_second", "Between its last two reports"),
    Figure("forecast", "runs", "onemap_forecast_runs", "Issue times that were forecast", is_counter=True),
    Figure("forecast", "sites", "onemap_forecast_run_sites", "Sites in the newest run"),
    Figure("forecast", "seconds", "onemap_forecast_run_seconds", "What the newest run took"),
    Figure("forecast", "skipped", "onemap_forecast_skipped_issue_times", "Issue times without a run", is_counter=True),
    Figure("dispatch", "open_incidents", "onemap_dispatch_open_incidents", "Incidents with water, now"),
    Figure("dispatch", "waiting_confirmation", "onemap_dispatch_unconfirmed_orders", "Orders that wait for a person"),
    Figure("dispatch", "unmet", "onemap_dispatch_unmet_sites", "Sites in need for which no team is free"),
    Figure("alerts", "queued", "onemap_alerts_queued_orders", "Active orders whose push waits"),
    Figure("alerts", "failed", "onemap_alerts_failed_orders", "Active orders whose push has failed"),
)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What `floodcore.store.readings.totals` has told; `at` is real time."""

    totals: Mapping[str, int]
    at: datetime


def families(
    known: State, heard: Mapping[str, datetime], counted: Counted | None, now: datetime, real_now: datetime
) -> Iterator[Metric]:
    """Everything that is known about the services, the sensors and the database's own counts.

    Args:
        known: The room, with the services' reports.
        heard: When each component was last heard of, in real time.
        counted: By the database; None while it has not been reached yet.
        now: The room's.
        real_now: The machine's: ages of reports and counts are real, and go on while the room's clock stands.
    """
    ages = {component: real_now - heard[component] for component in known.health}
    yield from _services({name: health for name, health in known.health.items() if name != SENSORS}, ages)
    yield from _figures(known.health)
    yield _sensors(known.health.get(SENSORS))
    yield _newest(known, now)
    yield from _counts(counted, real_now)


def service_of(component: str) -> str:
    """The service behind a report: each copy of ingest reports under a name of its own."""
    return "ingest" if component.startswith("ingest-") else component


def _services(health: Mapping[str, Health], ages: Mapping[str, timedelta]) -> Iterator[Metric]:
    up = GaugeMetricFamily("onemap_service_up", "Whether it reports, and is not down", labels=["component"])
    degraded = GaugeMetricFamily(
        "onemap_service_degraded", "Whether it says that something is wrong", labels=["component"]
    )
    age = GaugeMetricFamily("onemap_service_report_age_seconds", "Since its last report", labels=["component"])
    for component, told in health.items():
        is_up = told.state != "down" and ages[component] <= SILENT
        up.add_metric([component], is_up)
        degraded.add_metric([component], told.state == "degraded")
        age.add_metric([component], max(0.0, ages[component].total_seconds()))
    yield from (up, degraded, age)


def _figures(health: Mapping[str, Health]) -> Iterator[Metric]:
    found: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
    for figure in FIGURES:
        family = found.get(figure.name) or found.setdefault(figure.name, _family(figure))
        outcome = [figure.outcome] if figure.outcome else []
        for component, told in health.items():
            if service_of(component) == figure.service and figure.key in told.figures:
                family.add_metric([component, *outcome], told.figures[figure.key])
    yield from found.values()


def _family(figure: Figure) -> CounterMetricFamily | GaugeMetricFamily:
    labels = ["component", "outcome"] if figure.outcome else ["component"]
    kind = CounterMetricFamily if figure.is_counter else GaugeMetricFamily
    return kind(figure.name, figure.about, labels=labels)


def _sensors(health: Health | None) -> Metric:
    family = GaugeMetricFamily("onemap_sensors", "Registered sensors by their link", labels=["link"])
    if health:
        for link in LINKS:
            family.add_metric([link], health.figures[link])
        family.add_metric(["unknown"], health.figures["total"] - sum(health.figures[link] for link in LINKS))
    return family


def _newest(known: State, now: datetime) -> Metric:
    family = GaugeMetricFamily("onemap_newest_reading_age_seconds", "Of the newest reading of all, on the room's clock")
    if known.readings:
        newest = max(reading.observed_at for reading in known.readings.values())
        family.add_metric([], max(0.0, (now - newest).total_seconds()))
    return family


def _counts(counted: Counted | None, real_now: datetime) -> Iterator[Metric]:
    records = CounterMetricFamily(
        "onemap_database_records", "Records by what became of them, since the database was made", labels=["outcome"]
    )
    replayed = CounterMetricFamily(
        "onemap_database_replayed_records", "Those that came out of quarantine and are counted a second time"
    )
    age = GaugeMetricFamily("onemap_database_counts_age_seconds", "Since the database's counts were read")
    if counted:
        for outcome in OUTCOMES:
            records.add_metric([outcome], counted.totals[outcome])
        replayed.add_metric([], counted.totals["replayed"])
        age.add_metric([], max(0.0, (real_now - counted.at).total_seconds()))
    yield from (records, replayed, age)
