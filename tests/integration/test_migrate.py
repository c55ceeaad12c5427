"""Bringing a database up to date."""

import psycopg
import pytest

from floodcore.errors import DatabaseUnavailable, SettingsError
from floodcore.migrate import MigrationError, migrate, migrations


def test_every_step_is_applied_once(database_url: str) -> None:
    assert migrate(database_url) == []
    with psycopg.connect(database_url) as connection:
        numbers = [row[0] for row in connection.execute("SELECT number FROM schema_migration ORDER BY number")]
    assert numbers == [0, *(number for number, _, _ in migrations())]


def test_what_grows_for_ever_is_a_hypertable(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT hypertable_name FROM timescaledb_information.hypertables ORDER BY 1"
        ).fetchall()
    assert [row[0] for row in rows] == ["forecast_value", "reading", "rollup"]


def test_a_database_from_a_newer_release_is_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO schema_migration (number, name) VALUES (9999, 'from_the_future')")
    with pytest.raises(MigrationError, match="newer release"):
        migrate(database_url)


def test_a_server_that_is_away_is_named_as_such() -> None:
    with pytest.raises(DatabaseUnavailable, match="cannot be reached"):
        migrate("postgresql://onemap@127.0.0.1:1/onemap")


@pytest.mark.parametrize("password", ["hunter2%zz", "hunter2/2"])
def test_a_url_that_its_password_breaks_is_refused_without_showing_it(password: str) -> None:
    with pytest.raises(SettingsError, match="database's URL cannot be read") as caught:
        migrate(f"postgresql://onemap:{password}@127.0.0.1:1/onemap")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
