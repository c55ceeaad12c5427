"""Brings a database to the shape this release needs: numbered files, each once, in order, one migrator at a time."""

import re
from importlib.resources import files

import psycopg
from procrastinate.schema import SchemaManager

from floodcore.errors import DatabaseUnavailable, OneMapError, first_line
from floodcore.urls import check_database_url

LOCK = 7_301_202_107_20  # any number, the same for all migrators of one database
LOCK_TIMEOUT = "5s"  # a migration waits no longer behind a running query; it is simply tried again


class MigrationError(OneMapError):
    """The database could not be brought up to date; nothing of the failed step remains."""


def migrations() -> list[tuple[int, str, str]]:
    """The files as (number, name, text), in order."""
    folder = files("floodcore").joinpath("migrations")
    return sorted(
        (int(match[1]), match[2], entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if (match := re.fullmatch(r"(\d{4})_(\w+)\.sql", entry.name))
    )


def migrate(url: str) -> list[str]:
    """Apply what is missing, each file in a transaction of its own; returns the names of those applied.

    Raises:
        SettingsError: The URL cannot be read; it comes straight from the environment or a command line here.
        DatabaseUnavailable: It cannot be reached.
        MigrationError: A step failed, or the database is newer than this release.
    """
    check_database_url(url, "The database's URL")
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
            connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_migration "
                "(number integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
            )
            return _apply_missing(connection)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            f"The database cannot be reached ({first_line(error)}); start it and try again."
        ) from error


def _apply_missing(connection: psycopg.Connection) -> list[str]:
    known = {row[0] for row in connection.execute("SELECT number FROM schema_migration")}
    ours = migrations()
    if newer := known - {number for number, _, _ in ours} - {0}:
        raise MigrationError(
            f"The database has step {max(newer)}, which this release does not know; install a newer release."
        )
    applied = []
    if 0 not in known:
        _apply(connection, 0, "job_queue", SchemaManager.get_schema())
        applied.append("job_queue")
    for number, name, text in ours:
        if number not in known:
            _apply(connection, number, name, text)
            applied.append(name)
    return applied


def _apply(connection: psycopg.Connection, number: int, name: str, text: str) -> None:
    try:
        with connection.transaction():
            connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            connection.execute(text.encode())
            connection.execute("INSERT INTO schema_migration (number, name) VALUES (%s, %s)", (number, name))
    except psycopg.Error as error:
        raise MigrationError(
            f"Migration {number:04} {name} failed ({first_line(error)}); mend that and start again."
        ) from error
