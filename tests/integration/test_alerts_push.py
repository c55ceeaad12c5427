"""Alerts over a real job queue to a real provider on this machine: taken, refused, killed in the middle."""

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from dispatch.alerts.channels import channels_of
from dispatch.alerts.worker import PATIENT, Patience, main
from floodcore.domain.incident import IncidentKind
from floodcore.domain.levels import Level
from floodcore.domain.order import OrderReason, Step
from floodcore.errors import SettingsError
from floodcore.settings import AlertSettings, DatabaseSettings, Mode, MqttSettings, Settings
from floodcore.store import incidents, orders
from floodcore.store.database import Database
from floodcore.store.journal import journalled, since
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import furnish

QUICK = Patience(wait_s=1, heartbeat_s=0.2, stalled_after_s=1.0)  # retries after one second each
ONCE = Patience(retries=0)
ELSEWHERE = "json://alerts.invalid/t0ken"


class Provider:
    """A provider on loopback. It answers with the statuses it is given, then with 200; None holds the answer back."""

    def __init__(self) -> None:
        provider, self.messages, self.statuses = self, list[dict[str, Any]](), list[int | None]()
        self.release = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                provider.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                status = provider.statuses.pop(0) if provider.statuses else 200
                if status is None:
                    provider.release.wait(20)
                self.send_response(status or 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing: the tests look at `messages`."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://127.0.0.1:{self.server.server_port}/push"


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    thread = threading.Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    yield provider
    provider.release.set()
    provider.server.shutdown()
    provider.server.server_close()
    thread.join()


class Desk:
    """An order for T1 at B Street, and what becomes of it."""

    def __init__(self, database: Database, settings: Settings, eventually: Callable[..., Any]) -> None:
        self.database, self.settings, self.eventually = database, settings, eventually

    async def confirm(self) -> None:
        async with journalled(self.database) as connection:
            await orders.take_step(connection, 1, Step.CONFIRM, actor="officer", now=NOON)

    async def order(self) -> dict[str, Any]:
        async with self.database.connection() as connection:
            return await orders.order(connection, 1)

    async def until(self, alert: str, detail: str = "%") -> dict[str, Any]:
        """The order once its alert has come so far, with a detail like that."""
        with psycopg.connect(self.settings.database_url(), autocommit=True) as connection:
            sql = "SELECT 1 FROM dispatch_order WHERE alert = %s AND coalesce(alert_detail, '') LIKE %s"
            await asyncio.to_thread(self.eventually, lambda: connection.execute(sql, (alert, detail)).fetchone())
        return await self.order()

    async def told(self) -> list[str]:
        async with self.database.connection() as connection:
            return [e["kind"] for e in await since(connection, 0) if e["entity"] == "order"]

    def with_alerts(self, urls: str, mode: Mode = Mode.LIVE) -> Settings:
        return self.settings.model_copy(update={"alerts": AlertSettings(urls=SecretStr(urls)), "mode": mode})


@pytest.fixture
async def desk(database_url: str, broker: Any, eventually: Callable[..., Any]) -> AsyncIterator[Desk]:
    settings = Settings(
        database=DatabaseSettings(url=SecretStr(database_url)), mqtt=MqttSettings(url=SecretStr(broker.url()))
    )
    async with Database(database_url) as database:
        await furnish(database)
        told = {"actor": "test", "now": NOON}
        async with journalled(database) as connection:
            incident = await incidents.open_incident(
                connection,
                site_id="street-B",
                kind=IncidentKind.WATER,
                level=Level.YELLOW,
                depth_m=0.31,
                at=NOON,
                **told,
            )
            await orders.propose(
                connection,
                incident_id=incident["incident_id"],
                site_id="street-B",
                team_id="T1",
                level=Level.YELLOW,
                reason=OrderReason(zh="最近", en="nearest", distance_m=1000.0, travel_s=200.0),
                **told,
            )
        yield Desk(database, settings, eventually)


@asynccontextmanager
async def worker(settings: Settings, patience: Patience = QUICK) -> AsyncIterator[None]:
    """The service, in this process, until the block ends."""
    stopping = asyncio.Event()
    running = asyncio.create_task(main(settings, stopping, patience))
    yield
    stopping.set()
    await asyncio.wait_for(running, 20)


async def test_a_confirmed_order_reaches_its_crew(desk: Desk, provider: Provider) -> None:
    async with worker(desk.with_alerts(provider.url)):
        await desk.confirm()
        order = await desk.until("sent")
    assert order["state"] == "sent"
    assert order["alert_detail"] is None
    (message,) = provider.messages
    assert message["title"] == "【黄色】B街积水 31 厘米"
    assert message["message"] == "调度指令 1 号：一队\n任务：封闭积水车道，引导绕行\n请打开 /field 点“收到”。"
    assert await desk.told() == ["order.proposed", "order.confirmed", "order.sent", "order.alert_sent"]


async def test_what_was_confirmed_while_no_worker_ran_goes_out_when_one_comes(desk: Desk, provider: Provider) -> None:
    await desk.confirm()
    async with worker(desk.with_alerts(provider.url)):
        await desk.until("sent")
    assert len(provider.messages) == 1


async def test_a_team_has_channels_of_its_own(desk: Desk, provider: Provider) -> None:
    own = SecretStr(json.dumps({"T1": provider.url, "T2": ELSEWHERE}))
    async with worker(desk.settings.model_copy(update={"alerts": AlertSettings(team_urls=own)})):
        await desk.confirm()
        order = await desk.until("sent")
    assert (len(provider.messages), order["alert_detail"]) == (1, None)


async def test_a_push_that_breaks_down_for_good_asks_a_person_to_phone(
    desk: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> bool:
        raise RuntimeError("as no provider should")

    monkeypatch.setattr("dispatch.alerts.provider.send", breaks)
    async with worker(desk.with_alerts(provider.url), ONCE):
        await desk.confirm()
        order = await desk.until("failed")
    assert (order["state"], order["alert_detail"]) == ("confirmed", "the push broke down; call the team by phone")


@pytest.mark.parametrize("lost", ["DELETE FROM procrastinate_jobs", "UPDATE procrastinate_jobs SET status = 'failed'"])
async def test_an_order_whose_push_got_lost_is_pushed_all_the_same(desk: Desk, provider: Provider, lost: str) -> None:
    await desk.confirm()
    with psycopg.connect(desk.settings.database_url(), autocommit=True) as connection:
        connection.execute(lost.encode())
    async with worker(desk.with_alerts(provider.url)):
        await desk.until("sent")
    assert len(provider.messages) == 1


async def test_an_order_that_ended_while_its_push_was_cut_off_is_settled(desk: Desk, provider: Provider) -> None:
    """Killed between the note that the channel has taken it and the word on the order; then the crew finished."""
    await desk.confirm()
    (channel,) = channels_of(provider.url, "")
    noted = "INSERT INTO alert_delivery (order_id, channel, delivered_at) VALUES (1, %s, %s)"
    with psycopg.connect(desk.settings.database_url(), autocommit=True) as connection:
        connection.execute(noted, (channel.digest, NOON))
    async with journalled(desk.database) as connection:
        await orders.take_step(connection, 1, Step.FINISH, actor="crew", now=NOON)
    async with worker(desk.with_alerts(provider.url)):
        await desk.until("sent")
    assert provider.messages == []


async def test_team_channels_that_cannot_be_read_are_named_and_not_shown(desk: Desk) -> None:
    broken = AlertSettings(team_urls=SecretStr(f"T1={ELSEWHERE}"))
    with pytest.raises(SettingsError, match="ONEMAP_ALERTS__TEAM_URLS cannot be used") as caught:
        async with worker(desk.settings.model_copy(update={"alerts": broken})):
            pass
    assert "t0ken" not in str(caught.value)


async def test_without_any_channel_the_order_is_sent_at_once(desk: Desk) -> None:
    async with worker(desk.settings):
        await desk.confirm()
        order = await desk.until("none")
    assert (order["state"], order["alert_detail"]) == ("sent", None)


async def test_a_provider_that_is_down_is_tried_again(desk: Desk, provider: Provider) -> None:
    provider.statuses += [503, 500]
    async with worker(desk.with_alerts(provider.url)):
        await desk.confirm()
        order = await desk.until("sent")
    assert order["state"] == "sent"
    assert len(provider.messages) == 3


async def test_when_every_try_has_failed_a_person_is_asked_to_phone(desk: Desk, provider: Provider) -> None:
    provider.statuses += [503]
    async with worker(desk.with_alerts(provider.url), ONCE):
        await desk.confirm()
        order = await desk.until("failed")
    assert order["state"] == "confirmed"  # nobody has been told, so it is not sent
    assert order["alert_detail"] == "0 of 1 channels have taken it; call the team by phone"
    assert (await desk.told())[-1] == "order.alert_failed"


async def test_a_retry_goes_only_to_the_channels_that_have_not_taken_it(desk: Desk, provider: Provider) -> None:
    other = provider.url.replace("/push", "/other")
    provider.statuses += [200, 503]
    async with worker(desk.with_alerts(f"{provider.url} {other}")):
        await desk.confirm()
        await desk.until("sent", "1 of 2 channels have taken it")
        await desk.until("sent", "")
    assert len(provider.messages) == 3  # two, and then the one that was refused


async def test_an_order_that_ends_between_two_tries_has_been_sent_all_the_same(desk: Desk, provider: Provider) -> None:
    provider.statuses += [200, 503]
    settings = desk.with_alerts(f"{provider.url} {provider.url}/other")
    async with worker(settings):
        await desk.confirm()
        await desk.until("sent", "1 of 2 channels have taken it")
        async with journalled(desk.database) as connection:
            await orders.take_step(connection, 1, Step.FINISH, actor="crew", now=NOON)
        with psycopg.connect(settings.database_url(), autocommit=True) as connection:
            jobs = "SELECT count(*) FROM procrastinate_jobs"
            await asyncio.to_thread(desk.eventually, lambda: connection.execute(jobs).fetchone() == (0,))
    order = await desk.order()
    assert (order["state"], order["alert"], len(provider.messages)) == ("done", "sent", 2)


@pytest.mark.parametrize("mode", [Mode.DRILL, Mode.REPLAY, Mode.SIMULATION])
async def test_in_a_drill_nothing_leaves_this_machine(
    desk: Desk, provider: Provider, mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with worker(desk.with_alerts(f"{ELSEWHERE} {provider.url}", mode)):
        await desk.confirm()
        order = await desk.until("sent")
    assert order["alert_detail"] == f"channels left out in mode {mode}: 1"
    marks = {Mode.DRILL: "【演练】", Mode.REPLAY: "【回放】", Mode.SIMULATION: "【模拟演练】"}
    assert provider.messages[0]["title"].startswith(marks[mode])
    assert "t0ken" not in caplog.text


async def test_an_order_that_ended_before_its_push_is_not_pushed(desk: Desk, provider: Provider) -> None:
    await desk.confirm()
    async with journalled(desk.database) as connection:
        await orders.take_step(connection, 1, Step.RECALL, actor="officer", now=NOON)
    async with worker(desk.with_alerts(provider.url)):
        order = await desk.until("none")
    assert (order["state"], provider.messages) == ("recalled", [])


async def test_a_crew_that_was_quicker_than_its_alert_stays_where_it_is(desk: Desk, provider: Provider) -> None:
    await desk.confirm()
    async with journalled(desk.database) as connection:
        await orders.take_step(connection, 1, Step.DEPART, actor="crew", now=NOON)
    async with worker(desk.with_alerts(provider.url)):
        order = await desk.until("sent")
    assert order["state"] == "en_route"


async def test_a_push_whose_worker_was_killed_is_taken_up_by_the_next(
    desk: Desk, provider: Provider, database_url: str, broker: Any, eventually: Callable[..., Any]
) -> None:
    provider.statuses += [None]  # the provider has it and does not answer; then kill -9
    await desk.confirm()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dispatch.alerts",
        env={
            **os.environ,
            "ONEMAP_DATABASE__URL": database_url,
            "ONEMAP_MQTT__URL": broker.url(),
            "ONEMAP_ALERTS__URLS": provider.url,
        },
    )
    await asyncio.to_thread(eventually, lambda: provider.messages)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    assert (await desk.order())["state"] == "confirmed"
    async with worker(desk.with_alerts(provider.url)):
        order = await desk.until("sent")
    assert order["state"] == "sent"
    assert len(provider.messages) == 2  # at least once: the first may have been read
    assert PATIENT.stalled_after_s > 2 * PATIENT.heartbeat_s  # a worker that lives is never taken for dead
