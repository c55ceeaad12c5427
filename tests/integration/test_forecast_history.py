"""The one door from the store to the forecasters lets nothing through that was not known at the issue time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pytest

from floodcore.domain.forecast import ForecastRun
from floodcore.domain.levels import Level, Threshold
from floodcore.domain.reading import Quality, Quantity, Reading
from floodcore.domain.upkeep import Span
from floodcore.store import register
from floodcore.store.database import Database
from floodcore.store.journal import journalled
from floodcore.store.readings import store_readings
from floodcore.testing.five_streets import DEVICE_OF, NOON
from floodcore.testing.street_room import furnish, observe
from forecast import issue
from forecast.history import known, rows_as_known
from forecast.prior import prior
from forecast.realised import RealisedErrors
from forecast.state import state_of
from ingest.quality.judging import judge

MINUTE = timedelta(minutes=1)
T0 = NOON


@dataclass(frozen=True)
class Late:
    """A reading of street A that the room did not know at T0, or did not trust."""

    observed_at: datetime
    received_at: datetime
    quality: Quality = Quality.GOOD


async def answer(database: Database) -> tuple[ForecastRun, ...]:
    """What would be said at T0 by the store as it is now."""
    async with database.connection() as connection:
        state = state_of(known(T0, await rows_as_known(connection, T0)))
        thresholds = await register.thresholds(connection)
    return issue.runs(state, thresholds, RealisedErrors(prior()))


async def rising_street(database: Database) -> None:
    await furnish(database)
    await observe(database, "street-A", [2, 5, 9, 14], start=T0 - 15 * MINUTE, every=5 * MINUTE)


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(Late(T0 + MINUTE, T0 + MINUTE), id="observed later"),
        pytest.param(Late(T0 + MINUTE, T0), id="observed later by a gauge whose clock is ahead"),
        pytest.param(Late(T0 - MINUTE, T0 + MINUTE), id="observed before and received later"),
        pytest.param(Late(T0 - MINUTE, T0, Quality.BAD), id="known to be wrong"),
    ],
)
async def test_what_was_not_known_changes_nothing(database_url: str, late: Late) -> None:
    async with Database(database_url) as database:
        await rising_street(database)
        before = await answer(database)
        reading = Reading(
            device_id=DEVICE_OF["street-A"],
            quantity=Quantity.LEVEL,
            observed_at=late.observed_at,
            received_at=late.received_at,
            value=1.80,
        )
        async with database.connection() as connection:
            await store_readings(connection, [reading])
            await connection.execute("UPDATE reading SET quality = %s WHERE value = 1.80", (int(late.quality),))
        assert await answer(database) == before
        assert {value.site_id for value in before[0].values} == {"street-A"}


async def say(database: Database, action: str, value: float | None, *, now: datetime) -> None:
    """A person's word about street A's reading at T0, and the judge who hears of it then."""
    async with database.connection() as connection:
        await connection.execute(
            "INSERT INTO correction (sensor_id, begins, ends, action, value, author, reason, made_at)"
            " VALUES (1, %(at)s, %(at)s, %(action)s, %(value)s, 'officer', 'seen on the spot', %(now)s)",
            {"at": T0, "action": action, "value": value, "now": now},
        )
        await judge(connection, [Span(sensor_id=1, earliest=T0, latest=T0)], now)


async def newest_level_m(database: Database, issue_time: datetime) -> float:
    async with database.connection() as connection:
        (row,) = await rows_as_known(connection, issue_time)
    return float(row["level_m"][0])


@pytest.mark.parametrize("judged_before", [False, True], ids=["unchecked at T0", "judged before T0"])
@pytest.mark.parametrize(("action", "value"), [("bad", None), ("set", 0.05)], ids=["bad", "corrected"])
async def test_what_was_judged_later_changes_no_earlier_issue(
    database_url: str, action: str, value: float | None, judged_before: bool
) -> None:
    async with Database(database_url) as database:
        await rising_street(database)
        if judged_before:
            async with database.connection() as connection:
                await judge(connection, [Span(sensor_id=1, earliest=T0 - 15 * MINUTE, latest=T0)], T0)
        before = await answer(database)
        await say(database, action, value, now=T0 + MINUTE)
        assert await answer(database) == before
        assert await newest_level_m(database, T0 + 2 * MINUTE) == (0.09 if action == "bad" else 0.05)


async def test_each_issue_has_the_judgement_of_its_time(database_url: str) -> None:
    """14 cm, says the gauge; bad, says the officer a minute later; 20 cm, after another; and bad all the same."""
    async with Database(database_url) as database:
        await rising_street(database)
        for minute, (action, value) in enumerate((("bad", None), ("set", 0.2), ("bad", None)), start=1):
            await say(database, action, value, now=T0 + minute * MINUTE)
        known_then = [await newest_level_m(database, T0 + minute * MINUTE) for minute in range(4)]
    assert known_then == [0.14, 0.09, 0.2, 0.09]


async def test_a_threshold_that_is_corrected_for_later_changes_nothing(database_url: str) -> None:
    async with Database(database_url) as database:
        await rising_street(database)
        before = await answer(database)
        corrected = Threshold(level=Level.BLUE, depth_m=0.05, valid_from=T0 + timedelta(hours=3), source="corrected")
        async with journalled(database) as connection:
            await register.put_thresholds(connection, "street-A", [corrected], actor="officer", now=T0)
        assert await answer(database) == before


async def test_a_gauge_that_reports_every_second_gives_its_newest_reading_of_each_minute(database_url: str) -> None:
    async with Database(database_url) as database:
        await furnish(database)
        depths = list(np.linspace(10, 30, 181))  # three minutes, up to T0
        await observe(database, "street-A", depths, start=T0 - 3 * MINUTE, every=timedelta(seconds=1))
        async with database.connection() as connection:
            (row,) = await rows_as_known(connection, T0)
    assert row["site_id"] == "street-A"
    assert row["age_min"][0] == 0
    assert row["level_m"][0] == pytest.approx(0.30)
    assert row["age_min"] == sorted(row["age_min"])
    assert len(row["age_min"]) == 4  # 12:00:00 itself, and the last second of each minute before


async def test_what_other_quantities_say_is_no_level(database_url: str) -> None:
    async with Database(database_url) as database:
        await rising_street(database)
        async with database.connection() as connection:
            before = await rows_as_known(connection, T0)
            device_id = DEVICE_OF["street-A"]
            await register.put_sensor(connection, device_id=device_id, site_id="street-A", quantity=Quantity.BATTERY)
            at = T0 - MINUTE
            voltage = Reading(device_id=device_id, quantity=Quantity.BATTERY, observed_at=at, received_at=at, value=3.6)
            await store_readings(connection, [voltage])
            assert await rows_as_known(connection, T0) == before


async def test_what_is_older_than_an_hour_is_not_read(database_url: str) -> None:
    async with Database(database_url) as database:
        await furnish(database)
        await observe(database, "street-A", [20, 20], start=T0 - 90 * MINUTE, every=30 * MINUTE)
        async with database.connection() as connection:
            assert await rows_as_known(connection, T0) == []
