"""The lookout and the planner over a real database: from a crossing to an order, with restarts in between."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.lookout import Lookout
from dispatch.planner import Planner
from floodcore.domain.levels import Level
from floodcore.domain.order import Step
from floodcore.domain.reading import Quantity, Reading
from floodcore.domain.upkeep import Span
from floodcore.store import health, incidents, journal, orders
from floodcore.store.database import Database, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.readings import store_readings
from floodcore.store.register import put_sensor
from floodcore.testing.five_streets import NOON, STREETS
from floodcore.testing.street_room import SetClock, furnish, observe
from ingest.quality.judging import judge

MINUTE = timedelta(minutes=1)
A, B, C, D, E = (site.site_id for site in STREETS)
DRAINED = (5,) * 11  # below all thresholds for ten minutes


def at(minute: float) -> datetime:
    return NOON + minute * MINUTE


class Room:
    """Dispatch without its loop: what a second of it does, when the story says so."""

    def __init__(self, database: Database, auto_confirm: Level | None = None) -> None:
        self.database, self.clock = database, SetClock()
        self.auto_confirm = auto_confirm
        self.restart()

    def restart(self) -> None:
        """Everything that was in memory is gone."""
        self.lookout = Lookout(self.database, self.clock)
        self.planner = Planner(self.database, self.clock, self.auto_confirm)

    async def turn(self, minute: float, *, broker_is_there: bool = True) -> None:
        self.clock.time = at(minute)
        await self.lookout.remember()
        await self.lookout.look(broker_is_there=broker_is_there)
        await self.lookout.look_back()
        await self.lookout.reconsider()
        await self.planner.plan()

    async def observe(
        self, site_id: str, depths_cm: Sequence[float], *, start: float, received: float | None = None
    ) -> None:
        moment = None if received is None else at(received)
        await observe(self.database, site_id, depths_cm, start=at(start), every=MINUTE, received_at=moment)

    async def told(self) -> list[str]:
        """Kinds of the journal's entries, without the furnishing."""
        async with self.database.connection() as connection:
            entries = await journal.since(connection, 0)
        return [entry["kind"] for entry in entries if entry["entity"] in ("incident", "order")]

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        async with self.database.connection() as connection:
            return await fetch_all(connection, sql)

    async def step(self, order_id: int, step: Step) -> None:
        async with journalled(self.database) as connection:
            await orders.take_step(connection, order_id, step, actor="test", now=self.clock.now())


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with Database(database_url) as database:
        await furnish(database)
        yield Room(database)


async def test_a_crossing_becomes_an_incident_and_an_order_with_its_reason(room: Room) -> None:
    await room.observe(B, [3, 16, 31], start=0)
    await room.turn(2)
    assert await room.told() == ["incident.opened", "incident.raised", "order.proposed"]
    (incident,) = await room.rows("SELECT * FROM incident")
    assert (incident["site_id"], incident["level"], incident["depth_m"]) == (B, Level.YELLOW, 0.31)
    assert (incident["opened_at"], incident["level_since"]) == (at(1), at(2))
    (order,) = await room.rows("SELECT * FROM dispatch_order")
    assert (order["team_id"], order["state"], order["level"]) == ("T1", "proposed", Level.YELLOW)
    assert "距B街直线 1.0 公里" in order["reason"]["zh"]


async def test_looking_again_changes_nothing(room: Room) -> None:
    await room.observe(B, [16, 31], start=0)
    for minute in (1, 2, 3):
        await room.turn(minute)
    assert await room.told() == ["incident.opened", "incident.raised", "order.proposed"]


async def test_a_crossing_that_began_and_ended_while_nobody_looked_is_not_missed(room: Room) -> None:
    await room.observe(B, [3], start=0)
    await room.turn(0)
    room.restart()  # killed, and started again after the water has come and gone
    await room.observe(B, [31, *DRAINED], start=1)
    await room.turn(13)
    assert await room.told() == ["incident.opened", "incident.lowered", "incident.closed"]
    (incident,) = await room.rows("SELECT * FROM incident")
    assert (incident["opened_at"], incident["closed_at"]) == (at(1), at(12))
    assert (incident["peak_level"], incident["peak_depth_m"]) == (Level.YELLOW, 0.31)
    assert incident["alarm"] == "returned"


async def test_a_restart_between_any_two_readings_makes_no_second_incident_or_order(room: Room) -> None:
    for minute, depth in enumerate([3, 16, 31, 60, 30, *DRAINED]):
        await room.observe(B, [depth], start=minute)
        await room.turn(minute)
        room.restart()
    levels = ("opened", "raised", "raised", "lowered", "lowered", "closed")
    told = [kind for kind in await room.told() if kind.startswith("incident")]
    assert told == [f"incident.{word}" for word in levels]
    assert len(await room.rows("SELECT * FROM dispatch_order")) == 1


async def test_a_change_that_is_not_committed_is_found_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed inside the transaction: neither the incident nor the cursor has moved."""
    await room.observe(B, [31], start=0)

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("dispatch.lookout._move_cursor", killed)
        await room.turn(0)
    assert await room.told() == []
    room.restart()
    await room.turn(0)
    assert await room.told() == ["incident.opened", "order.proposed"]


async def test_a_late_reading_does_not_roll_a_level_back(room: Room) -> None:
    await room.observe(B, [31], start=5)
    await room.turn(5)
    await room.observe(B, [3, 3, 60], start=1, received=6)
    await room.turn(6)
    (incident,) = await room.rows("SELECT level, opened_at FROM incident")
    assert incident == {"level": Level.YELLOW, "opened_at": at(5)}


async def test_a_late_reading_raises_the_peak_and_calls_who_has_not_seen_it_so_bad(room: Room) -> None:
    await room.observe(B, [31], start=5)
    await room.turn(5)
    async with journalled(room.database) as connection:
        await incidents.acknowledge(connection, 1, actor="officer", now=at(5))
    await room.observe(B, [3, 3, 60], start=1, received=6)
    for minute in (6, 7):
        await room.turn(minute)
        room.restart()
    (incident,) = await room.rows("SELECT level, peak_level, peak_depth_m, alarm FROM incident")
    assert incident == {"level": Level.YELLOW, "peak_level": Level.RED, "peak_depth_m": 0.6, "alarm": "new"}
    assert (await room.told()).count("incident.was_deeper") == 1


@pytest.mark.parametrize(
    ("then_cm", "told", "closed"),
    [
        pytest.param(5, ("opened", "raised", *["lowered"] * 3, "closed"), at(50), id="dry again at 12:40"),
        pytest.param(16, ("opened", "raised", *["lowered"] * 4), None, id="dry again with the live value"),
    ],
)
async def test_a_gateway_that_sends_the_live_value_before_its_buffered_hour(
    room: Room, then_cm: float, told: tuple[str, ...], closed: datetime | None
) -> None:
    """At 12:59 it is dry, says the live value; the hour that comes after it had 60 cm at 12:37."""
    await room.observe(B, [5], start=59)
    await room.turn(59)
    await room.observe(B, [*[5] * 35, 31, 60, 45, 31, *[then_cm] * 19], start=1, received=60)
    for minute in (60, 61):
        await room.turn(minute)
        room.restart()
    words = [kind for kind in await room.told() if kind.startswith("incident")]
    assert words == [f"incident.{word}" for word in told]
    (incident,) = await room.rows("SELECT opened_at, closed_at, peak_level, peak_depth_m FROM incident")
    assert incident == {"opened_at": at(36), "closed_at": closed, "peak_level": Level.RED, "peak_depth_m": 0.6}


async def test_a_late_crossing_that_is_not_committed_is_found_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.observe(B, [5], start=10)
    await room.turn(10)
    await room.observe(B, [60], start=5, received=11)

    async def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("floodcore.store.incidents.note_depth", killed)
        await room.turn(11)
    assert await room.told() == []
    room.restart()
    await room.turn(11)
    assert [kind for kind in await room.told() if kind.startswith("incident")] == [
        "incident.opened",
        "incident.lowered",
    ]


async def test_a_clock_that_runs_ahead_does_not_hide_what_comes_after_it_is_set_right(room: Room) -> None:
    await room.observe(B, [5], start=9, received=1)  # nine minutes past twelve, says the gauge at one past
    await room.turn(1)
    assert await room.rows("SELECT observed_at FROM dispatch_cursor") == [{"observed_at": at(1)}]
    await room.turn(2)
    await room.observe(B, [31], start=3)
    await room.turn(3)
    (incident,) = await room.rows("SELECT level, opened_at FROM incident")
    assert incident == {"level": Level.YELLOW, "opened_at": at(3)}


async def test_a_reading_from_ahead_of_time_is_judged_once(room: Room) -> None:
    await room.observe(B, [60, 31], start=8, received=1)
    for minute in (1, 2, 9, 12):
        await room.turn(minute)
        room.restart()
    assert await room.told() == ["incident.opened", "order.proposed"]
    (incident,) = await room.rows("SELECT level, opened_at FROM incident")
    assert incident == {"level": Level.RED, "opened_at": at(1)}


async def test_an_outage_of_ingest_begins_the_listening_anew(room: Room) -> None:
    """At 60 times the pace ten seconds without ingest are ten minutes of the room's: no silence of the gauge's."""
    room.clock.speed = 60
    await room.observe(B, [10, 20, 30], start=0)
    await room.turn(2)
    async with room.database.connection() as connection:
        await connection.execute("UPDATE service_health SET at = at - INTERVAL '9 seconds'")
    await room.turn(12)
    assert not room.lookout.is_listening
    await room.observe(C, [3], start=13)  # ingest is back; B's backlog is not yet
    await room.turn(13)
    assert await room.rows("SELECT * FROM incident WHERE kind = 'silence'") == []


async def test_last_years_storm_opens_nothing_today(room: Room) -> None:
    await room.observe(B, [60, 60], start=-7 * 60)
    await room.turn(0)
    assert await room.told() == []


async def test_a_reading_marked_bad_is_not_judged_and_not_judged_again(room: Room) -> None:
    await room.observe(B, [3, 99], start=0)
    async with room.database.connection() as connection:
        await connection.execute("UPDATE reading SET quality = 3 WHERE value > 0.9")
    await room.turn(1)
    assert await room.told() == []
    assert await room.rows("SELECT observed_at FROM dispatch_cursor") == [{"observed_at": at(1)}]


async def judged(room: Room, site_id: str, action: str, *, minute: float, value: float | None = None) -> None:
    """A person's word about a street's reading, and the judge who hears of it at once."""
    async with room.database.connection() as connection:
        (row,) = await fetch_all(
            connection, "SELECT sensor_id FROM sensor WHERE site_id = %(site_id)s", {"site_id": site_id}
        )
        said = {"sensor_id": row["sensor_id"], "at": at(minute), "action": action, "value": value}
        await connection.execute(
            "INSERT INTO correction (sensor_id, begins, ends, action, value, author, reason, made_at)"
            " VALUES (%(sensor_id)s, %(at)s, %(at)s, %(action)s, %(value)s, 'officer', 'seen on the spot', %(now)s)",
            {**said, "now": room.clock.now()},
        )
        span = Span(sensor_id=row["sensor_id"], earliest=at(minute), latest=at(minute))
        await judge(connection, [span], room.clock.now())


async def work_at(room: Room, device_id: str, begins: float, ends: float) -> None:
    async with room.database.connection() as connection:
        await connection.execute(
            "INSERT INTO maintenance (device_id, begins, ends, reason, author)"
            " VALUES (%s, %s, %s, 'cleaning', 'officer')",
            [device_id, at(begins), at(ends)],
        )


async def upkeep_is_there(room: Room) -> None:
    async with room.database.connection() as connection:
        said = health.Health(component="upkeep", state="ok", detail_zh="好", detail_en="well")
        await health.report(connection, said)


async def test_an_incident_does_not_stand_on_a_reading_that_turns_out_bad(room: Room) -> None:
    await room.observe(B, [3, 60], start=0)
    await room.turn(1)
    assert await room.told() == ["incident.opened", "order.proposed"]
    await judged(room, B, "bad", minute=1)
    await room.turn(2)
    room.restart()
    await room.turn(3)
    assert await room.told() == ["incident.opened", "order.proposed", "incident.closed", "order.recalled"]
    (incident,) = await room.rows("SELECT closed_at, level, alarm FROM incident")
    assert incident == {"closed_at": at(2), "level": 0, "alarm": "returned"}


async def test_an_incident_has_the_level_of_what_its_reading_was_corrected_to(room: Room) -> None:
    await room.observe(B, [3, 60], start=0)
    await room.turn(1)
    await judged(room, B, "set", minute=1, value=0.3)
    for minute in (2, 3):
        await room.turn(minute)
    (incident,) = await room.rows("SELECT level, depth_m, peak_depth_m FROM incident")
    assert incident == {"level": Level.YELLOW, "depth_m": 0.3, "peak_depth_m": 0.6}
    assert [kind for kind in await room.told() if kind.startswith("incident")] == [
        "incident.opened",
        "incident.lowered",
    ]


async def test_one_bad_reading_does_not_end_a_flood(room: Room) -> None:
    await room.observe(B, [16, 31, 99, 33], start=0)
    await room.turn(3)
    before = await room.told()
    await judged(room, B, "bad", minute=2)
    await room.turn(4)
    assert await room.told() == before
    (incident,) = await room.rows("SELECT level, depth_m FROM incident")
    assert incident == {"level": Level.YELLOW, "depth_m": 0.33}


async def test_water_at_a_gauge_is_called_when_the_work_at_it_ends_early_and_nothing_new_has_come(room: Room) -> None:
    await work_at(room, "gauge-B", 0.5, 60)
    await room.observe(B, [3, 16, 31], start=0)
    await room.turn(3)
    assert await room.told() == []
    async with room.database.connection() as connection:
        await connection.execute("UPDATE maintenance SET ends = %s", [at(0.9)])
        await judge(connection, [Span(sensor_id=2, earliest=at(1), latest=at(2))], at(4))
    for minute in (4, 5):
        await room.turn(minute)
        room.restart()
    assert await room.told() == ["incident.opened", "incident.raised", "order.proposed"]
    (incident,) = await room.rows("SELECT opened_at, level, depth_m FROM incident")
    assert incident == {"opened_at": at(1), "level": Level.YELLOW, "depth_m": 0.31}


async def test_a_word_that_is_taken_back_calls_the_water_again(room: Room) -> None:
    await room.observe(B, [3, 60], start=0)
    await room.turn(1)
    await judged(room, B, "bad", minute=1)
    await room.turn(2)
    async with room.database.connection() as connection:
        await connection.execute("UPDATE correction SET revoked_at = %s, revoked_by = 'officer'", [at(3)])
        await judge(connection, [Span(sensor_id=2, earliest=at(1), latest=at(1))], at(3))
    for minute in (3, 4):
        await room.turn(minute)
    words = [kind for kind in await room.told() if kind.startswith("incident")]
    assert words == ["incident.opened", "incident.closed", "incident.opened"]
    standing = await room.rows("SELECT opened_at, level FROM incident WHERE closed_at IS NULL")
    assert standing == [{"opened_at": at(1), "level": Level.RED}]


async def test_a_gauge_that_died_high_does_not_call_what_its_neighbour_saw_go(room: Room) -> None:
    async with room.database.connection() as connection:
        await put_sensor(connection, device_id="second", site_id=B, quantity=Quantity.LEVEL)
    await room.observe(B, [31, 31], start=0)
    await room.turn(1)
    async with room.database.connection() as connection:
        await store_readings(
            connection,
            [
                Reading(device_id="second", quantity=Quantity.LEVEL, observed_at=at(m), value=0.05, received_at=at(m))
                for m in range(1, 20)
            ],
        )
    for minute in (19, 20):
        await room.turn(minute)
    words = [kind for kind in await room.told() if kind.startswith("incident")]
    assert words.count("incident.opened") == words.count("incident.closed") == 1


async def test_what_a_gauge_says_while_somebody_works_at_it_opens_nothing(room: Room) -> None:
    await work_at(room, "gauge-B", 0.5, 2.5)
    await room.observe(B, [3, 60, 60, 4], start=0)
    for minute in (1, 2, 3, 4):
        await room.turn(minute)
    assert await room.told() == []
    await room.observe(B, [31], start=5)
    await room.turn(5)
    assert await room.told() == ["incident.opened", "order.proposed"]


async def test_a_gauge_that_is_silent_because_somebody_works_at_it_is_no_alarm(room: Room) -> None:
    await room.observe(B, [10, 20, 30], start=0)
    await room.observe(C, [10, 20, 30], start=0)
    await work_at(room, "gauge-B", 3, 20)
    for minute in (2, 6, 30):
        await room.turn(minute)
    assert await room.rows("SELECT site_id FROM incident WHERE kind = 'silence'") == [{"site_id": C}]


async def test_a_gauge_that_the_register_expects_each_minute_is_missed_after_three(room: Room) -> None:
    """It told every ten minutes while it was dry; at 12:20 it is over a limit and is to report each minute."""
    async with room.database.connection() as connection:
        await connection.execute("UPDATE sensor SET burst_interval_s = 60 WHERE device_id = 'gauge-B'")
    for site_id in (B, C):
        await observe(room.database, site_id, [3, 10, 31], start=at(0), every=10 * MINUTE)
    for minute in (20, 24):
        await room.turn(minute)
    silences = await room.rows("SELECT site_id, opened_at FROM incident WHERE kind = 'silence'")
    assert silences == [{"site_id": B, "opened_at": at(23)}]


async def test_what_is_not_judged_yet_waits_a_moment_and_no_longer(room: Room) -> None:
    await upkeep_is_there(room)
    await room.observe(B, [3], start=0)
    await judged(room, B, "good", minute=0)
    await room.observe(B, [60], start=1)
    await room.turn(1 + 1 / 60)  # a second after the 60 cm
    assert await room.told() == []
    assert await room.rows("SELECT observed_at FROM dispatch_cursor") == [{"observed_at": at(0)}]
    await room.turn(1 + 3 / 60)  # upkeep is there, and does nothing
    assert await room.told() == ["incident.opened", "order.proposed"]
    (incident,) = await room.rows("SELECT depth_m FROM incident")
    assert incident == {"depth_m": 0.6}


async def test_a_corrected_reading_opens_by_what_it_is_worth(room: Room) -> None:
    await upkeep_is_there(room)
    await room.observe(B, [60], start=0)
    await judged(room, B, "set", minute=0, value=0.1)
    for minute in (0, 1):
        await room.turn(minute)
    assert await room.told() == []


async def test_a_gauge_that_falls_silent_in_rising_water_is_an_alarm_until_it_speaks(room: Room) -> None:
    await room.observe(B, [10, 20, 30], start=0)
    await room.turn(2)
    await room.turn(6)
    (silence,) = await room.rows("SELECT * FROM incident WHERE kind = 'silence'")
    assert (silence["level"], silence["opened_at"], silence["closed_at"]) == (Level.YELLOW, at(5), None)
    room.restart()
    await room.turn(60)  # nobody closes it, and nobody opens another
    await room.observe(B, [45], start=61)
    await room.turn(61)
    told = [kind for kind in await room.told() if kind.startswith("incident")]
    assert told == [f"incident.{word}" for word in ("opened", "raised", "opened", "raised", "closed")]
    assert len(await room.rows("SELECT * FROM dispatch_order")) == 1  # the water has its order; the alarm needs none


@pytest.mark.parametrize("broken", ["broker", "ingest"])
async def test_when_nothing_comes_in_at_all_no_gauge_is_blamed(room: Room, broken: str) -> None:
    await room.observe(B, [10, 20, 30], start=0)
    if broken == "ingest":
        async with room.database.connection() as connection:
            await connection.execute("UPDATE service_health SET state = 'down'")
    for minute in (2, 6, 60):
        await room.turn(minute, broker_is_there=broken != "broker")
    assert await room.rows("SELECT * FROM incident WHERE kind = 'silence'") == []
    assert not room.lookout.is_listening


async def test_who_declines_is_not_asked_again_and_then_nobody_is_left(room: Room) -> None:
    await room.observe(B, [20], start=0)
    await room.turn(0)
    await room.step(1, Step.CONFIRM)
    await room.step(1, Step.DECLINE)
    await room.turn(1)
    assert [row["team_id"] for row in await room.rows("SELECT team_id FROM dispatch_order ORDER BY order_id")] == [
        "T1",
        "T2",
    ]
    await room.step(2, Step.RECALL)
    await room.turn(2)
    room.restart()
    await room.turn(3)
    assert (await room.told()).count("incident.unmet") == 1  # told once, however often it is looked at
    assert [call.site.site_id for call in room.planner.agenda.unmet] == [B]


async def test_that_nobody_is_free_is_told_again_when_it_is_worse(room: Room) -> None:
    for site_id, depth in ((A, 60), (C, 60), (B, 20)):
        await room.observe(site_id, [depth], start=0)
    await room.turn(0)
    await room.step(2, Step.RECALL)
    await room.turn(1)  # blue at B is served, by the team that C has lost
    await room.observe(B, [20], start=2)
    await room.turn(2)
    orders_of_b = await room.rows("SELECT order_id FROM dispatch_order WHERE site_id = 'street-B'")
    await room.step(orders_of_b[0]["order_id"], Step.RECALL)
    await room.observe(B, [60], start=3)
    await room.turn(3)
    sql = "SELECT after->'level' AS level FROM journal WHERE kind = 'incident.unmet' AND after->>'site_id' = 'street-B'"
    assert await room.rows(f"{sql} ORDER BY seq") == [{"level": Level.BLUE}, {"level": Level.RED}]


async def test_more_water_than_teams_is_shown(room: Room) -> None:
    for site_id, depth in ((A, 20), (B, 60), (C, 30)):
        await room.observe(site_id, [depth], start=0)
    await room.turn(0)
    went = {row["site_id"]: row["team_id"] for row in await room.rows("SELECT site_id, team_id FROM dispatch_order")}
    assert went == {B: "T1", C: "T2"}  # the worst first
    assert [call.site.site_id for call in room.planner.agenda.unmet] == [A]
    await room.step(1, Step.RECALL)
    await room.turn(1)
    assert {call.site.site_id for call in room.planner.agenda.unmet} == {B}  # recalled from B, T1 is free for A


@pytest.mark.parametrize(
    ("auto_confirm", "state"),
    [
        pytest.param(None, "proposed", id="a person confirms"),
        pytest.param(Level.BLUE, "proposed", id="blue alone goes by itself, and this is yellow"),
        pytest.param(Level.YELLOW, "confirmed", id="up to yellow it goes by itself"),
    ],
)
async def test_who_confirms(room: Room, auto_confirm: Level | None, state: str) -> None:
    room.auto_confirm = auto_confirm
    room.restart()
    await room.observe(B, [31], start=0)
    await room.turn(0)
    (order,) = await room.rows("SELECT state, confirmed_by, alert FROM dispatch_order")
    by, alert = ("service:dispatch", "queued") if state == "confirmed" else (None, "none")
    assert order == {"state": state, "confirmed_by": by, "alert": alert}


@pytest.mark.parametrize(
    ("confirmed", "state"),
    [
        pytest.param(False, "recalled", id="what nobody has confirmed is recalled"),
        pytest.param(True, "confirmed", id="a crew that was sent finishes by itself"),
    ],
)
async def test_when_the_water_has_gone(room: Room, confirmed: bool, state: str) -> None:
    await room.observe(B, [20], start=0)
    await room.turn(0)
    if confirmed:
        await room.step(1, Step.CONFIRM)
    await room.observe(B, DRAINED, start=1)
    await room.turn(11)
    (order,) = await room.rows("SELECT state FROM dispatch_order")
    assert order == {"state": state}
    (last,) = await room.rows("SELECT kind, after FROM journal ORDER BY seq DESC LIMIT 1")
    if not confirmed:
        assert last["after"]["details"]["reason_zh"] == "积水已退，险情关闭"
