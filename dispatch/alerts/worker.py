"""The worker: takes the pushes that wait in the job queue, a few at a time, and tries again what was not delivered."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from dispatch.alerts.channels import by_team
from dispatch.alerts.push import SQL, Pusher
from dispatch.running import until
from floodcore.bus import Bus
from floodcore.errors import DatabaseUnavailable
from floodcore.service import say_ready
from floodcore.settings import Settings
from floodcore.store import health
from floodcore.store.database import BROKEN_OFF, WAIT_FOR_CONNECTION_S, Database, fetch_all, fetch_one
from floodcore.store.health import Health
from floodcore.store.orders import ALERT_QUEUE, ALERT_TASK, queue_alert
from floodcore.wire.announcement import Kind

log = logging.getLogger(__name__)
logging.getLogger("procrastinate").setLevel(logging.WARNING)  # a retry is no news; `push` says what came of it

NAME = "alerts"
AT_A_TIME = 4  # a provider that hangs for its 4 s of timeout delays no more than its own
POLL_S = 1.0  # for retries that fall due; a new job is notified at once
STOP_WITHIN_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long and how often to try, in real seconds.

    Attributes:
        retries: After the first attempt; five attempts take two minutes, then a person has to phone.
        wait_s: The n-th retry waits wait_s to the power of n: 3, 9, 27, 81.
        heartbeat_s: How often a worker says that it lives.
        stalled_after_s: A worker silent for so long is dead, and its jobs are taken up again.
    """

    retries: int = 4
    wait_s: int = 3
    heartbeat_s: float = 2.0
    stalled_after_s: float = 10.0


PATIENT = Patience()


async def main(settings: Settings, stopping: asyncio.Event, patience: Patience = PATIENT) -> None:
    """Run until asked to end; a push under way is finished first.

    Raises:
        DatabaseUnavailable: The database is gone; the supervisor starts us again.
        SettingsError: A setting cannot be used.
    """
    await until(stopping, _translated(_work(settings, patience)), NAME)


async def _translated(work: Coroutine[Any, Any, None]) -> None:
    lost = False
    try:
        await work
    except* (ConnectorException, DatabaseUnavailable, *BROKEN_OFF):
        lost = True
    if lost:
        raise DatabaseUnavailable("The database is away; the alerts wait in its queue until we are started again.")


async def _work(settings: Settings, patience: Patience) -> None:
    url, team_urls = settings.database_url(), by_team(settings.alerts.team_urls.get_secret_value())
    async with Database(url, size=AT_A_TIME + 1, name=NAME) as database, Bus(settings.mqtt_url(), NAME) as bus:
        pusher = Pusher(
            database=database,
            bus=bus,
            clock=settings.clock.clock(),
            urls=settings.alerts.urls.get_secret_value(),
            team_urls=team_urls,
            mode=settings.mode,
        )
        app = queue_app(url, pusher, patience)
        if not await database.is_reachable():
            raise DatabaseUnavailable("The database is away; waiting for it before taking any alerts.")
        worker = _worker(app, patience)
        async with app.open_async(), asyncio.TaskGroup() as tasks:
            tasks.create_task(worker.run(), name="take jobs")  # type: ignore[no-untyped-call] # procrastinate's
            tasks.create_task(_revive(worker, patience), name="revive")
            tasks.create_task(_find_lost(database, patience), name="find lost")
            tasks.create_task(_report(database, bus), name="report")
            say_ready(settings)


def queue_app(url: str, pusher: Pusher, patience: Patience) -> App:
    """The job queue's application, with the one task that it knows."""
    app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=3, timeout=WAIT_FOR_CONNECTION_S))
    retry = RetryStrategy(max_attempts=patience.retries, exponential_wait=patience.wait_s)

    @app.task(name=ALERT_TASK, queue=ALERT_QUEUE, pass_context=True, retry=retry)
    async def push_order(context: JobContext, order_id: int) -> None:
        is_last = context.job.attempts >= patience.retries
        try:
            await pusher.push(order_id, is_last=is_last)
        except Exception:  # whatever it is: nobody tries again, and an order that says "queued" for ever is a lie
            if not is_last:
                raise
            log.exception("order %d: its push broke down for good", order_id)
            await pusher.give_up(order_id)

    return app


def _worker(app: App, patience: Patience) -> Worker:
    return Worker(
        app,
        queues=[ALERT_QUEUE],
        name=NAME,
        concurrency=AT_A_TIME,
        fetch_job_polling_interval=POLL_S,
        shutdown_graceful_timeout=STOP_WITHIN_S,
        delete_jobs="successful",  # the journal is the record
        install_signal_handlers=False,
        update_heartbeat_interval=patience.heartbeat_s,
        stalled_worker_timeout=patience.stalled_after_s,
    )


async def _revive(worker: Worker, patience: Patience) -> None:
    """Take up again what a worker that was killed had begun."""
    manager = worker.app.job_manager
    while True:
        for job in await manager.get_stalled_jobs(queue=ALERT_QUEUE, seconds_since_heartbeat=patience.stalled_after_s):
            if job.worker_id == worker.worker_id:  # its heartbeat ends for good when the database breaks off
                raise DatabaseUnavailable("The heartbeat was lost with the database; starting again.")
            await manager.retry_job(job)
        await asyncio.sleep(patience.stalled_after_s / 2)


async def _find_lost(database: Database, patience: Patience) -> None:
    """Queue again the orders that say "queued" and have no job: theirs ended while nobody could write down how."""
    while True:
        async with database.connection() as connection:
            for row in await fetch_all(connection, SQL["lost"], {"queue": ALERT_QUEUE}):
                log.warning("order %d: its push was lost; queueing it again", row["order_id"])
                await queue_alert(connection, row["order_id"])
        await asyncio.sleep(patience.stalled_after_s / 2)


async def _report(database: Database, bus: Bus) -> None:
    while True:
        async with database.connection() as connection:
            counts = await fetch_one(connection, SQL["counts"])
            assert counts
            await health.report(connection, condition(**counts))
        bus.announce(Kind.HEALTH)
        await asyncio.sleep(health.REPORT_EVERY_S)


def condition(*, queued: int, failed: int) -> Health:
    """The health of the alerts of all active orders."""
    return Health(
        component=NAME,
        state="degraded" if failed else "ok",
        detail_zh=f"{queued} 条待推送" + (f"，{failed} 条推送失败，请电话通知" if failed else ""),
        detail_en=f"{queued} to be pushed" + (f", {failed} failed: call those teams by phone" if failed else ""),
        figures={"queued": queued, "failed": failed},
    )
