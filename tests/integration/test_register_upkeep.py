"""What people say about devices and readings: written with their name, judged by at once, and taken back as easily."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from floodcore.domain.quality import names
from floodcore.domain.reading import Quality, Quantity, Reading
from floodcore.domain.upkeep import Action
from floodcore.errors import NotFound, Refused
from floodcore.register.given import read_files
from floodcore.store import journal, upkeep_corrections, upkeep_maintenance
from floodcore.store.database import Database, fetch_all
from floodcore.store.journal import journalled
from floodcore.store.readings import store_readings
from floodcore.store.register_book import revise_register
from floodcore.store.upkeep_corrections import Word
from floodcore.store.upkeep_maintenance import Work
from floodcore.testing.five_streets import DEVICE_OF, NOON
from floodcore.testing.street_room import SetClock, furnish, observe
from ingest.quality.judging import judge
from ingest.upkeep.turn import take_turn

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
A, GAUGE = "street-A", DEVICE_OF["street-A"]
GOOD, BAD = Quality.GOOD, Quality.BAD


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A falls from 30 to 25 cm in the ten minutes before noon, a reading every two minutes, all judged."""
    async with Database(database_url) as database:
        await furnish(database)
        await observe(database, A, [30, 29, 28, 27, 26, 25], start=NOON - 10 * MINUTE, every=2 * MINUTE)
        await judged(database)
        yield database


async def judged(database: Database) -> None:
    """Have upkeep do what is noted."""
    while (await take_turn(database, SetClock(NOON), judge)).spans:
        pass


async def room_has(database: Database, quantity: Quantity = Quantity.LEVEL) -> list[tuple[float, Quality, list[str]]]:
    """What the room uses of A, its worth and flags, oldest first."""
    async with database.connection() as connection:
        rows = await fetch_all(
            connection,
            "SELECT coalesce(adjusted, value) AS value, quality, flags FROM reading JOIN sensor USING (sensor_id) "
            "WHERE site_id = %(site)s AND quantity = %(quantity)s ORDER BY observed_at",
            {"site": A, "quantity": quantity},
        )
    return [(round(row["value"], 3), Quality(row["quality"]), names(row["flags"])) for row in rows]


async def worth(database: Database) -> list[Quality]:
    return [quality for _, quality, _ in await room_has(database)]


async def told(database: Database, entity: str) -> list[tuple[str, str]]:
    async with database.connection() as connection:
        entries = await journal.since(connection, 0, limit=10_000)
    return [(entry["kind"], entry["actor"]) for entry in entries if entry["entity"] == entity]


async def work_at(
    database: Database, begins: datetime, ends: datetime, *, now: datetime = NOON, reason: str = "a new battery"
) -> dict[str, Any]:
    async with journalled(database) as connection:
        return await upkeep_maintenance.plan(
            connection, device_id=GAUGE, begins=begins, ends=ends, reason=reason, actor="li", now=now
        )


async def end_work(database: Database, maintenance_id: int, now: datetime) -> dict[str, Any]:
    async with journalled(database) as connection:
        return await upkeep_maintenance.end(connection, maintenance_id, actor="wang", now=now)


async def say(database: Database, action: Action, value: float | None = None, **of: Any) -> dict[str, Any]:
    """Say it of A's readings from eight to four minutes before noon: the second, third and fourth."""
    whose = of or {"site_id": A, "quantity": Quantity.LEVEL}
    span = {"begins": NOON - 8 * MINUTE, "ends": NOON - 4 * MINUTE}
    word = Word(action=action, value=value, reason="a bag lay under the head", **{**span, **whose})
    async with journalled(database) as connection:
        return await upkeep_corrections.make(connection, word, actor="li", now=NOON)


async def test_while_somebody_works_at_a_device_its_readings_are_no_water(database: Database) -> None:
    assert await worth(database) == [GOOD] * 6
    row = await work_at(database, NOON - 5 * MINUTE, NOON + HOUR)
    assert row["state"] == Work.UNDER_WAY
    await judged(database)
    assert await worth(database) == [GOOD] * 3 + [BAD] * 3
    assert [flags for _, _, flags in await room_has(database)][3] == ["maintenance"]


async def test_work_that_ends_early_gives_the_readings_after_it_back(database: Database) -> None:
    row = await work_at(database, NOON - 9 * MINUTE, NOON + HOUR, now=NOON - 9 * MINUTE)
    await judged(database)
    assert await worth(database) == [GOOD] + [BAD] * 5
    ended = await end_work(database, row["maintenance_id"], NOON - 5 * MINUTE)
    assert (ended["ends"], ended["state"]) == (NOON - 5 * MINUTE, Work.OVER)
    await judged(database)
    assert await worth(database) == [GOOD] + [BAD] * 2 + [GOOD] * 3
    again = await end_work(database, row["maintenance_id"], NOON)
    assert again["ends"] == ended["ends"], "what is over stays as it was"
    assert await told(database, "maintenance") == [("maintenance.planned", "li"), ("maintenance.ended", "wang")]


async def test_work_that_has_not_begun_is_called_off_and_stays_in_the_journal(database: Database) -> None:
    row = await work_at(database, NOON + HOUR, NOON + 2 * HOUR)
    assert row["state"] == Work.PLANNED
    assert (await end_work(database, row["maintenance_id"], NOON))["state"] == Work.CALLED_OFF
    async with database.connection() as connection:
        assert await upkeep_maintenance.windows(connection, NOON) == []
    assert await told(database, "maintenance") == [("maintenance.planned", "li"), ("maintenance.called_off", "wang")]
    with pytest.raises(NotFound, match="There is no maintenance"):
        await end_work(database, row["maintenance_id"], NOON)


async def test_lists_tell_how_work_stands(database: Database) -> None:
    await work_at(database, NOON - 2 * HOUR, NOON - HOUR)
    await work_at(database, NOON - HOUR, NOON + HOUR)
    await work_at(database, NOON + HOUR, NOON + 2 * HOUR)
    async with database.connection() as connection:
        rows = await upkeep_maintenance.windows(connection, NOON)
        under_way = await upkeep_maintenance.windows(connection, NOON, state=Work.UNDER_WAY)
        assert await upkeep_maintenance.windows(connection, NOON, device_id="gauge-B") == []
    assert [row["state"] for row in rows] == ["planned", "under_way", "over"]
    assert [row["begins"] for row in under_way] == [NOON - HOUR]


@pytest.mark.parametrize(
    ("minutes", "reason", "sentence"),
    [
        pytest.param(-1, "cleaning", "ends before that", id="backwards"),
        pytest.param(0, "cleaning", "Work that ends as it begins is none", id="nothing"),
        pytest.param(31 * 24 * 60 + 1, "cleaning", "longer than 31 days", id="a slip in the month"),
        pytest.param(60, "  ", "Say why", id="no reason"),
        pytest.param(60, "a\nb", "Say why, in one line", id="two lines"),
    ],
)
async def test_work_that_cannot_be_is_refused(database: Database, minutes: int, reason: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        await work_at(database, NOON, NOON + minutes * MINUTE, reason=reason)
    assert await told(database, "maintenance") == []


@pytest.mark.parametrize(
    ("action", "value", "values", "worths"),
    [
        (Action.SET, 0.28, [0.3, 0.28, 0.28, 0.28, 0.26, 0.25], [GOOD] * 6),
        (Action.SHIFT, -0.02, [0.3, 0.27, 0.26, 0.25, 0.26, 0.25], [GOOD] * 6),
        (Action.BAD, None, [0.3, 0.29, 0.28, 0.27, 0.26, 0.25], [GOOD, BAD, BAD, BAD, GOOD, GOOD]),
        (Action.GOOD, None, [0.3, 0.29, 0.28, 0.27, 0.26, 0.25], [GOOD] * 6),
    ],
)
async def test_a_persons_word_is_what_the_room_uses_until_it_is_taken_back(
    database: Database, action: Action, value: float | None, values: list[float], worths: list[Quality]
) -> None:
    before = await room_has(database)
    made = await say(database, action, value)
    assert (made["device_id"], made["author"], made["revoked_at"]) == (GAUGE, "li", None)
    await judged(database)
    assert [one for one, _, _ in await room_has(database)] == values
    assert await worth(database) == worths
    async with journalled(database) as connection:
        for _ in range(2):  # the second changes nothing
            revoked = await upkeep_corrections.revoke(connection, made["correction_id"], actor="wang", now=NOON)
    assert (revoked["revoked_by"], revoked["reason"]) == ("wang", "a bag lay under the head")
    await judged(database)
    assert await room_has(database) == before
    assert await told(database, "correction") == [("correction.made", "li"), ("correction.revoked", "wang")]


@pytest.mark.parametrize(
    ("action", "value", "sentence"),
    [
        pytest.param(Action.SET, 9999, "No gauge shows a level of 9999 m; its range is -50 to 9000 m", id="a code"),
        pytest.param(Action.SET, float("nan"), "No gauge shows a level of nan", id="no number"),
        pytest.param(Action.SHIFT, 1e9, "cannot be off by 1e", id="far off"),
        pytest.param(Action.SHIFT, None, "sets or shifts has a value", id="by how much"),
        pytest.param(Action.GOOD, 0.1, "good or bad has none", id="good and yet another"),
    ],
)
async def test_a_value_that_cannot_be_is_refused(
    database: Database, action: Action, value: float | None, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        await say(database, action, value)
    assert await told(database, "correction") == []


async def test_a_word_is_of_one_sensor(database: Database) -> None:
    second = b"device_id,quantity,site_id\nsecond-A,level,street-A\n"
    given = read_files({"sensors.csv": second})
    await revise_register(database, given, actor="li", now=NOON)
    with pytest.raises(Refused, match=r"several sensors tell level: \d+ \(gauge-A\), \d+ \(second-A\)"):
        await say(database, Action.BAD)
    with pytest.raises(NotFound, match="no sensor of rain at street-A"):
        await say(database, Action.BAD, site_id=A, quantity=Quantity.RAIN)
    with pytest.raises(NotFound, match="no sensor 999"):
        await say(database, Action.BAD, sensor_id=999)
    with pytest.raises(ValueError, match="of a sensor, or else"):
        await say(database, Action.BAD, site_id=A)


async def test_a_level_that_follows_from_a_distance_is_set_right_when_the_mount_is(database: Database) -> None:
    async def mounted(height_m: float) -> None:
        files = {
            "sensors.csv": b"device_id,quantity,site_id\nhead,distance,street-E\n",
            "mounts.csv": f"device_id,valid_from,height_m,source\nhead,2021-01-01T00:00Z,{height_m},survey\n".encode(),
        }
        await revise_register(database, read_files(files), actor="li", now=NOON)

    async def level_m() -> float:
        async with database.connection() as connection:
            (row,) = await fetch_all(
                connection,
                "SELECT coalesce(adjusted, reading.value) AS m FROM reading JOIN sensor USING (sensor_id) "
                "WHERE device_id = 'head' AND quantity = 'level'",
            )
        return round(row["m"], 3)

    await mounted(4.2)
    async with database.connection() as connection:
        told_m = Reading(
            device_id="head", quantity=Quantity.DISTANCE, observed_at=NOON - HOUR, received_at=NOON, value=3.9
        )
        await store_readings(connection, [told_m])
    await judged(database)
    assert await level_m() == 0.3
    await mounted(4.0)  # it was mistyped: the water stood 20 cm lower
    await judged(database)
    assert await level_m() == 0.1
