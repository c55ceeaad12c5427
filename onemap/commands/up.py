"""`onemap up`: the services, without a simulator."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from floodcore.settings import load_settings
from onemap import background
from onemap.accounts import ADMIN, ensure_admin
from onemap.engines.kept import obstacle
from onemap.engines.running import fetch_engines, start_servers
from onemap.errors import StartError
from onemap.home import Home
from onemap.progress import phase
from onemap.services import reachable, service_specs, start_services
from onemap.state import read_state
from onemap.supervisor import ALREADY_RUNS, Supervisor
from onemap.until_stopped import run_until_stopped


def up(
    *,
    foreground: Annotated[bool, typer.Option("--foreground", help="Stay here until Ctrl-C or SIGTERM.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="The wall's port, 8000 unless set.")] = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on, 127.0.0.1 unless set.")] = None,
) -> None:
    """Start the services and leave them running.

    TimescaleDB and the broker are started too, unless ONEMAP_DATABASE__URL and ONEMAP_MQTT__URL name your own.
    """
    home, http = Home.from_environment(), load_settings().http
    host, port = host or http.host, port or http.port
    check_startable(home, host, port)
    fetch_engines(home)
    if foreground:
        run_until_stopped(_serve(home, host, port, os.environ.get("ONEMAP_READY_FILE")))
        return
    with phase("starting the services"):
        background.start(["up", "--foreground", "--host", host, "--port", str(port)], home, "up")
    sys.stdout.write(f"One Map runs at {address_of(host, port)}; `bin/onemap down` stops it.\n")
    sys.stdout.write(f"Sign in as {ADMIN}; the password stands in {home.secrets_file}.\n")


def check_startable(home: Home, host: str, port: int) -> None:
    """Refuse early what would fail late.

    Raises:
        StartError: One Map runs here already, or the port is taken.
    """
    if read_state(home):
        raise StartError(ALREADY_RUNS.format(home=home.path))
    if reason := obstacle(port, host):
        raise StartError(f"One Map cannot listen on {host} port {port}: {reason}; choose another with --port.")


def address_of(host: str, port: int) -> str:
    """Where a browser on this machine finds the wall."""
    return f"http://{reachable(host)}:{port}/"


async def _serve(home: Home, host: str, port: int, ready_file: str | None) -> None:
    async with Supervisor(home, mode="up") as supervisor:
        servers = await start_servers(supervisor, home, network=load_settings().mqtt)
        await asyncio.to_thread(ensure_admin, home, servers.database_url)
        await start_services(
            supervisor,
            service_specs(
                home,
                database_url=servers.database_url,
                mqtt_url=servers.mqtt_url,
                http_host=host,
                http_port=port,
                extra_env={},
            ),
        )
        supervisor.address = address_of(host, port)
        _say_ready(ready_file)
        sys.stdout.write(f"One Map runs at {address_of(host, port)}; Ctrl-C stops it.\n")
        await asyncio.Event().wait()


def _say_ready(ready_file: str | None) -> None:
    if ready_file:
        Path(ready_file).touch()
