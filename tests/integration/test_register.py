"""The register: what was in force stays on record, and every change is in the journal."""

from datetime import timedelta
from typing import Any

from floodcore.domain.ladders import road_ladder
from floodcore.domain.levels import Ladder, Level, Threshold
from floodcore.store import journal, register
from floodcore.store.database import Database
from floodcore.store.journal import journalled
from floodcore.testing.five_streets import NOON, SINCE, STREETS


async def set_thresholds(database: Database, *steps: Threshold, day: int = 0) -> None:
    async with journalled(database) as connection:
        await register.put_site(connection, STREETS[0])
        now = NOON + timedelta(days=day)
        await register.put_thresholds(connection, "street-A", steps, actor="officer", now=now)


async def told(database: Database) -> list[tuple[str, str, Any, Any]]:
    async with database.connection() as connection:
        entries = await journal.since(connection, 0)
    depth = [(entry["before"] or {}).get("depth_m") for entry in entries]
    return [
        (e["kind"], e["entity_id"], before, e["after"]["depth_m"]) for e, before in zip(entries, depth, strict=True)
    ]


async def ladder(database: Database, day: int) -> Ladder:
    async with database.connection() as connection:
        return Ladder.at((await register.thresholds(connection))["street-A"], NOON + timedelta(days=day))


async def test_the_same_thresholds_again_change_nothing(database_url: str) -> None:
    async with Database(database_url) as database:
        await set_thresholds(database, *road_ladder(SINCE))
        before = await told(database)
        await set_thresholds(database, *road_ladder(SINCE), day=1)
        assert await told(database) == before
        assert len(before) == 4


async def test_a_changed_threshold_holds_from_now_and_leaves_the_past_as_it_was(database_url: str) -> None:
    async with Database(database_url) as database:
        await set_thresholds(database, *road_ladder(SINCE))
        await set_thresholds(
            database, Threshold(level=Level.BLUE, depth_m=0.10, valid_from=SINCE, source="city"), day=30
        )
        assert (await ladder(database, 29)).steps[Level.BLUE].depth_m == 0.15
        assert (await ladder(database, 30)).steps[Level.BLUE].depth_m == 0.10
        assert (await told(database))[-1] == ("threshold.changed", "street-A/1", 0.15, 0.10)
