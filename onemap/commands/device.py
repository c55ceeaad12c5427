"""`onemap device`: accounts with the embedded broker for devices of one's own, and how often they report."""

import asyncio
import os
import socket
from datetime import timedelta
from typing import Annotated, Any

import typer

from dashboard_api.downlink import Downlink, ask_interval
from floodcore.domain.site import DEVICE_ID
from floodcore.errors import BrokerUnavailable, Conflict, NotFound, Refused
from floodcore.settings import load_settings
from floodcore.store import device_commands
from floodcore.store.journal import journalled
from floodcore.wire import command, topics
from onemap.commands.desk import actor, local, memory
from onemap.commands.moment import duration
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.engines import kept, mosquitto
from onemap.engines.running import MQTT_URL
from onemap.home import Home
from onemap.progress import phase
from onemap.services import ANY_HOST

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Devices that connect by themselves: their accounts with the embedded broker.",
)
OWN_BROKER = (
    f"{MQTT_URL} names a broker of your own, and its accounts are made there: user name and client id are the device's "
    "name, its rights stand in docs/reference/mqtt.md."
)
THIS_MACHINE = "127.0.0.1"


def _device(name: str) -> str:
    if not DEVICE_ID.fullmatch(name):
        raise typer.BadParameter("a device's name has 1 to 64 letters, digits, _ and -.")
    if name in {mosquitto.SERVICE, mosquitto.FLEET}:
        raise typer.BadParameter("this name is one of the room's own accounts; choose another.")
    return name


Name = Annotated[str, typer.Argument(callback=_device, help="The device, as the register and its topics call it.")]


@app.command()
def add(name: Name, json: JsonFile = None) -> None:
    """Make an account for a device; its password is shown this once, and counts at once."""
    home = _with_embedded_broker()
    with phase("looking into the register"):
        is_known = asyncio.run(_is_known(name))
    password = kept.admit(home, name)
    if password is None:
        raise Conflict(f"{name} has an account already; for a new password remove it, and add it again.")
    is_live = mosquitto.reload_accounts(home)
    facts = {"user": name, "password": password, **_address(home), "topic": topics.telemetry(name)}
    os.umask(0o077)  # what is written now holds a password
    write_json(json, facts | {"in_register": is_known, "live": is_live})
    if json == STANDARD_OUTPUT:
        return
    for label, fact in facts.items():
        typer.echo(f"{label:<9} {fact}")
    typer.echo("It may connect now." if is_live else "It may connect once `bin/onemap up` runs.")
    if facts["host"] == THIS_MACHINE:
        typer.echo("The broker listens on this machine only; ONEMAP_MQTT__HOST lets devices on the network reach it.")
    if not is_known:
        typer.echo(
            f"The register does not know {name}: what it sends goes into quarantine until a sensors.csv that names it "
            "was imported with `bin/onemap register import`."
        )


@app.command("list")
def list_accounts(json: JsonFile = None) -> None:
    """List the devices that have an account."""
    names = sorted(kept.devices(_with_embedded_broker()))
    write_json(json, [{"user": name, "topic": topics.telemetry(name)} for name in names])
    if json != STANDARD_OUTPUT:
        for name in names:
            typer.echo(name)
        if not names:
            typer.echo("There is none.")


@app.command()
def remove(name: Name, json: JsonFile = None) -> None:
    """Take a device's account away; if it is connected, it is thrown out. Its readings stay."""
    home = _with_embedded_broker()
    if not kept.dismiss(home, name):
        raise NotFound(f"{name} has no account; see `bin/onemap device list`.")
    is_live = mosquitto.reload_accounts(home)
    write_json(json, {"user": name, "live": is_live})
    if json != STANDARD_OUTPUT:
        typer.echo(f"{name} is let in no more.")


@app.command()
def interval(
    name: Name,
    every: Annotated[
        timedelta | None, typer.Argument(parser=duration, metavar="[DURATION]", help="10s to 24h, like 60s or 5m.")
    ] = None,
    back: Annotated[bool, typer.Option("--take-back", help="Ask it for nothing any more.")] = False,
    json: JsonFile = None,
) -> None:
    """Ask a device to report so often; it hears of that when it is connected next."""
    if (every is None) is not back:
        raise typer.BadParameter("Say how often, or --take-back; one of the two.")
    seconds = None if every is None else int(every.total_seconds())
    if seconds is not None and not command.LEAST_S <= seconds <= command.MOST_S:
        raise typer.BadParameter("It takes 10 seconds to 24 hours.")
    row = asyncio.run(_ask(name, seconds))
    write_json(json, row)
    if json != STANDARD_OUTPUT:
        at = row["asked_at"]
        typer.echo(
            f"{name} is asked to report every {seconds} s, since {local(at)}."
            if at
            else f"{name} is asked for nothing."
        )


def _with_embedded_broker() -> Home:
    if os.environ.get(MQTT_URL):
        raise Refused(OWN_BROKER)
    return Home.from_environment()


def _address(home: Home) -> dict[str, Any]:
    """Where devices connect."""
    network = load_settings().mqtt
    if network.host is None:
        return {"host": THIS_MACHINE, "port": kept.kept_port(home, mosquitto.NAME), "tls": False}
    host = socket.gethostname() if network.host in ANY_HOST else network.host
    return {"host": host, "port": network.device_port, "tls": network.certificate is not None}


async def _is_known(device_id: str) -> bool:
    async with memory("device") as database, database.connection() as connection:
        return await device_commands.is_known(connection, device_id)


async def _ask(device_id: str, interval_s: int | None) -> dict[str, Any]:
    now = load_settings().clock.clock().now()
    async with (
        Downlink(_broker_url()) as downlink,
        memory("device") as database,
        journalled(database) as connection,
    ):
        return await ask_interval(connection, downlink, device_id, interval_s, actor=actor(), now=now)


def _broker_url() -> str:
    if os.environ.get(MQTT_URL):
        return load_settings().mqtt_url()
    url = mosquitto.running_url(Home.from_environment())
    if url is None:
        raise BrokerUnavailable("No broker runs here that could pass it on; start one with `bin/onemap up`.")
    return url
