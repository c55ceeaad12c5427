"""What an earlier release stored is judged and summed up by this one."""

from datetime import timedelta

import psycopg
import pytest

from floodcore import migrate
from floodcore.store.database import Database, fetch_all
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import SetClock
from ingest.quality.judging import judge
from ingest.upkeep.turn import take_turn
from onemap.engines.postgres import PostgresEngine

EARLIER = 3  # the last migration before there were rollups
CLOCK = SetClock(NOON + timedelta(days=1))
STORED = """
    INSERT INTO site (site_id, name, kind) VALUES ('street-A', 'A街', 'road');
    INSERT INTO device (device_id) VALUES ('gauge-A');
    INSERT INTO sensor (device_id, site_id, quantity) VALUES ('gauge-A', 'street-A', 'level');
    INSERT INTO reading (sensor_id, observed_at, received_at, value)
    SELECT 1, at, at, 0.03 FROM generate_series(%(noon)s::timestamptz - INTERVAL '20 days', %(noon)s, '1 hour') AS at;
"""


async def test_what_an_earlier_release_stored_gets_its_judgement_and_its_rollups(
    postgres: PostgresEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.create_database("upgraded", fresh=True)
    ours = migrate.migrations()
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "migrations", lambda: [one for one in ours if one[0] <= EARLIER])
        migrate.migrate(url)
    with psycopg.connect(url) as connection:
        for statement in STORED.split(";\n"):
            connection.execute(statement, {"noon": NOON})
    assert migrate.migrate(url) == [name for number, name, _ in ours if number > EARLIER]
    async with Database(url) as database:
        while (await take_turn(database, CLOCK, judge)).spans:
            pass
        async with database.connection() as connection:
            (found,) = await fetch_all(
                connection,
                "SELECT (SELECT count(*) FROM reading WHERE quality > 0) AS judged,"
                " (SELECT sum(n) FROM rollup WHERE every_min = 60) AS summed_up",
            )
    postgres.drop_database("upgraded")
    assert found == {"judged": 20 * 24 + 1, "summed_up": 20 * 24 + 1}
