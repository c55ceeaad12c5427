"""Bringing a database up to date."""

import psycopg
import pytest

from floodcore.errors import DatabaseUnavailable
from floodcore.migrate import MigrationError, migrate, migrations


def test_every_step_is_applied_once(database_url: str) -> None:
    assert migrate(database_url) == []
    with psycopg.connect(database_url) as connection:
        numbers = [row[0] for row in connection.execute("SELECT number FROM schema_migration ORDER BY number")]
    assert numbers == [0, *(number for number, _, _ in migrations())]


def test_readings_and_forecasts_are_hypertables(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT hypertable_name FROM timescaledb_information.hypertables ORDER BY 1"
        ).fetchall()
    assert [row[0] for row in rows] == ["forecast_value", "reading"]


def test_a_database_from_a_newer_release_is_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO schema_migration (number, name) VALUES (9999, 'from_the_future')")
    with pytest.raises(MigrationError, match="newer release"):
        migrate(database_url)


def test_a_server_that_is_away_is_named_as_such() -> None:
    with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
        migrate("postgresql://onemap@127.0.0.1:1/onemap")
