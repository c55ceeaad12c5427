"""TimescaleDB for one machine: a cluster of our own, on loopback only, run without rights."""

import asyncio
import signal
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg import sql

from onemap.engines import cluster
from onemap.engines.kept import kept_port, password, port
from onemap.home import Home
from onemap.process import ProcessSpec, account_for

NAME = "postgres"
SUPERUSER = "postgres"
OWNER = "onemap"  # the role the services use; it owns its databases and is no superuser


class PostgresEngine:
    """One cluster below the home's data folder.

    Args:
        home: Where data, passwords and the port are kept.
        prefix: The unpacked engine set.
        durable: Off for tests only: the data then does not survive a loss of power.
    """

    def __init__(self, home: Home, prefix: Path, *, durable: bool = True) -> None:
        self._home, self._bin, self._durable = home, prefix / "usr/lib/postgresql/17/bin", durable
        self._data = home.data / NAME
        self._port = 0

    def prepare(self) -> None:
        """Make the cluster on first use, choose the port, write the settings; the server must not be running."""
        self._port = port(self._home, NAME)
        cluster.initialise(self._data, self._bin, password(self._home, SUPERUSER))
        cluster.configure(self._data, port=self._port, durable=self._durable)

    def attach(self) -> None:
        """Use the server that is running already, instead of preparing one."""
        self._port = kept_port(self._home, NAME)

    def spec(self) -> ProcessSpec:
        """How the supervisor runs it. SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back."""
        return ProcessSpec(
            name=NAME,
            argv=(str(self._bin / "postgres"), "-D", str(self._data)),
            account=account_for(self._data),
            stop_signal=signal.SIGINT,
            stop_grace=timedelta(seconds=30),
            ready=self._is_ready,
            ends_itself=True,
        )

    def url(self, database: str = OWNER) -> str:
        """How a service reaches a database of this cluster."""
        return self._url(OWNER, database)

    def create_database(self, name: str, *, fresh: bool = False, template: str | None = None) -> str:
        """Make a database that belongs to our role and has TimescaleDB, unless it is there; returns its URL.

        Args:
            name: The database.
            fresh: Drop an older one of that name first, whoever is connected to it.
            template: Copy this database, in which the extension then already is.
        """
        with psycopg.connect(self._url(SUPERUSER, "postgres"), autocommit=True) as admin:
            self._ensure_owner(admin)
            if fresh:
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if not known:
                admin.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                        sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0")
                    )
                )
        if not template:
            with psycopg.connect(self._url(SUPERUSER, name), autocommit=True) as admin:
                admin.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        with psycopg.connect(self._url(SUPERUSER, "postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def close_as_template(self, name: str) -> None:
        """Let nobody connect any more, TimescaleDB's scheduler included: a database in use cannot be copied."""
        with psycopg.connect(self._url(SUPERUSER, "postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
            admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (name,))

    def _ensure_owner(self, admin: psycopg.Connection) -> None:
        known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone()
        verb = "ALTER" if known else "CREATE"
        admin.execute(
            sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                sql.Identifier(OWNER), sql.Literal(password(self._home, OWNER))
            )
        )

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}:{password(self._home, role)}@127.0.0.1:{self._port}/{database}"

    async def _is_ready(self) -> bool:
        try:
            connection = await asyncio.wait_for(
                psycopg.AsyncConnection.connect(self._url(SUPERUSER, "postgres"), connect_timeout=2), 3
            )
        except (psycopg.OperationalError, TimeoutError):
            return False
        await connection.close()
        return True
