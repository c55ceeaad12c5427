"""A device of one's own with the embedded broker: `onemap device`, and Mosquitto's clients as the device."""

import asyncio
import json
import os
import shutil
import signal
import stat
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dashboard_api.downlink import Downlink
from floodcore.errors import BrokerUnavailable
from floodcore.settings import MqttSettings
from floodcore.store.database import Database
from floodcore.testing.street_room import furnish
from onemap.engines.kept import free_port
from onemap.engines.running import start_servers
from onemap.home import Home
from onemap.state import Phase
from onemap.supervisor import Supervisor

A, B = "gauge-A", "gauge-B"
TELEMETRY, COMMAND = f"onemap/v1/devices/{A}/telemetry", f"onemap/v1/devices/{A}/command"
PACK = '[{"n":"level","u":"m","v":0.27}]'
PATIENCE_S = 30.0
NOT_AUTHORIZED = 0x87  # MQTT 5's reason code, with which mosquitto_sub ends
Account = dict[str, Any]


@dataclass(kw_only=True)
class Ran:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(kw_only=True)
class Room:
    """A home whose broker `up` could have started, over the five streets."""

    home: Home
    database_url: str
    programs: Path

    @asynccontextmanager
    async def running(self, network: MqttSettings | None = None) -> AsyncIterator[Supervisor]:
        """The broker, as long as the block lasts."""
        async with Supervisor(self.home, mode="test") as supervisor:
            own = {"ONEMAP_DATABASE__URL": self.database_url}
            await start_servers(supervisor, self.home, network=network, environ=own)
            yield supervisor

    async def onemap(self, *words: str, **settings: str) -> Ran:
        """`onemap device` with these words."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("ONEMAP_")}
        environ |= {"ONEMAP_HOME": str(self.home.path), "ONEMAP_DATABASE__URL": self.database_url, **settings}
        return await run(sys.executable, "-m", "onemap", "device", *words, environ=environ)

    async def facts(self, *words: str, **settings: str) -> Any:
        """What it writes as JSON."""
        ran = await self.onemap(*words, "--json", "-", **settings)
        assert ran.code == 0, ran.stderr
        return json.loads(ran.stdout)

    def client(self, program: str, account: Account, *arguments: str) -> list[str]:
        """The command line of mosquitto_pub or mosquitto_sub with an account that `device add` has made."""
        at = ["-h", account["host"], "-p", str(account["port"])]
        who = ["-u", account["user"], "-P", account["password"], "-i", account["user"]] if account["user"] else []
        return ["stdbuf", "-oL", str(self.programs / program), "-V", "mqttv5", *at, *who, "-q", "1", *arguments]

    async def publish(self, account: Account, *more: str, topic: str = TELEMETRY) -> str:
        """What mosquitto_pub complains of; empty where the broker has taken the message."""
        return (await run(*self.client("mosquitto_pub", account, "-t", topic, "-m", PACK, *more))).stderr

    async def hear(self, account: Account) -> str:
        """What waits on the device's command topic."""
        topic = f"onemap/v1/devices/{account['user']}/command"
        return (await run(*self.client("mosquitto_sub", account, "-t", topic, "-C", "1", "-W", "20"))).stdout

    @asynccontextmanager
    async def listening(self, account: Account) -> AsyncIterator[Process]:
        """mosquitto_sub on the device's command topic, connected."""
        topic = f"onemap/v1/devices/{account['user']}/command"
        command = self.client("mosquitto_sub", account, "-d", "-t", topic)
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        try:
            await line_of(process, "Subscribed")
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def run(*command: str, environ: dict[str, str] | None = None) -> Ran:
    process = await asyncio.create_subprocess_exec(*command, env=environ, stdout=PIPE, stderr=PIPE)
    async with asyncio.timeout(PATIENCE_S):
        out, complaints = await process.communicate()
    assert process.returncode is not None
    return Ran(code=process.returncode, stdout=out.decode(), stderr=complaints.decode())


async def line_of(process: Process, beginning: str) -> str:
    """The next line of a client that begins so."""
    assert process.stdout
    async with asyncio.timeout(PATIENCE_S):
        while not (line := (await process.stdout.readline()).decode()).startswith(beginning):
            assert line, f"the client ended before it said {beginning!r}"
        return line.rstrip()


@pytest.fixture
async def room(make_home: Callable[[], Home], engines_prefix: Path, database_url: str) -> AsyncIterator[Room]:
    async with Database(database_url) as database:
        await furnish(database)
    home = make_home()
    yield Room(home=home, database_url=database_url, programs=engines_prefix / "usr/bin")
    shutil.rmtree(home.path)


def has_restarted(supervisor: Supervisor) -> bool:
    broker = supervisor.reports()["mosquitto"]
    return broker.restarts > 0 and broker.phase is Phase.READY


def broker_pid(supervisor: Supervisor) -> int:
    pid = supervisor.reports()["mosquitto"].pid
    assert pid
    return pid


async def test_a_device_is_let_in_while_the_room_runs_and_only_below_its_own_name(room: Room) -> None:
    async with room.running() as supervisor:
        added = await room.facts("add", A)
        assert {name: added[name] for name in ("user", "topic", "tls", "in_register", "live")} == {
            "user": A,
            "topic": TELEMETRY,
            "tls": False,
            "in_register": True,
            "live": True,
        }
        assert await room.publish(added) == ""
        assert "Not authorized" in await room.publish(added, topic=f"onemap/v1/devices/{B}/telemetry")
        assert "Not authorized" in await room.publish(added | {"password": "guess"})
        assert await room.facts("list") == [{"user": A, "topic": TELEMETRY}]
        assert supervisor.reports()["mosquitto"].restarts == 0


async def test_an_account_outlives_the_broker_and_the_room(room: Room, eventually: Callable[..., Any]) -> None:
    async with room.running() as supervisor:
        added = await room.facts("add", A)
        os.kill(broker_pid(supervisor), signal.SIGKILL)
        await asyncio.to_thread(eventually, lambda: has_restarted(supervisor))
        assert await room.publish(added) == ""
    async with room.running():
        assert await room.publish(added) == ""


async def test_a_device_added_before_the_room_runs_is_let_in_by_it(room: Room) -> None:
    added = await room.facts("add", A)
    assert added["live"] is False
    async with room.running():
        assert await room.publish(added) == ""


async def test_whoever_is_removed_is_thrown_out_and_nobody_else(room: Room) -> None:
    async with room.running() as supervisor:
        a, b = [await room.facts("add", name) for name in (A, B)]
        async with room.listening(a) as removed, room.listening(b) as kept:
            assert await room.facts("remove", A) == {"user": A, "live": True}
            async with asyncio.timeout(PATIENCE_S):
                assert await removed.wait() == NOT_AUTHORIZED
            await room.facts("interval", B, "60s")
            assert await line_of(kept, "[") == '[{"n":"interval","u":"s","v":60}]'
        assert "Not authorized" in await room.publish(a)
        assert supervisor.reports()["mosquitto"].restarts == 0


async def test_how_often_a_device_reports_is_asked_from_the_command_line(room: Room) -> None:
    async with room.running():
        device = await room.facts("add", A)
        asked = await room.facts("interval", A, "5m")
        assert (asked["device_id"], asked["asked_interval_s"]) == (A, 300)
        assert json.loads(await room.hear(device)) == [{"n": "interval", "u": "s", "v": 300}]
        assert "is asked for nothing" in (await room.onemap("interval", A, "--take-back")).stdout
        with psycopg.connect(room.database_url) as connection:
            told = connection.execute("SELECT kind, left(actor, 4) FROM journal WHERE entity = 'device'").fetchall()
        assert told == [("device.interval_asked", "cli:"), ("device.interval_taken_back", "cli:")]
        unknown = await room.onemap("interval", "nobody", "60s")
        assert (unknown.code, "There is no device nobody in the register" in unknown.stderr) == (1, True)
        # Another's account, in place of the room's, may not ask.
        with pytest.raises(BrokerUnavailable, match="does not pass commands on"):
            async with Downlink(f"mqtt://{A}:{device['password']}@127.0.0.1:{device['port']}") as downlink:
                await downlink.send(B, b"")
    away = await room.onemap("interval", A, "60s")
    assert (away.code, "No broker runs here that could pass it on" in away.stderr) == (1, True)


async def test_a_password_stands_in_one_private_file_and_is_shown_once(room: Room, tmp_path: Path) -> None:
    shown = await room.onemap("add", "newcomer")
    assert "The register does not know newcomer" in shown.stdout
    assert "It may connect once" in shown.stdout
    [password] = [line.split()[1] for line in shown.stdout.splitlines() if line.startswith("password")]
    assert stat.S_IMODE(room.home.secrets_file.stat().st_mode) == 0o600
    again = await room.onemap("add", "newcomer")
    assert (again.code, "has an account already; for a new password remove it" in again.stderr) == (1, True)
    async with room.running():
        assert password not in Path(room.home.data / "mosquitto/passwords").read_text()
    elsewhere = [
        file for file in room.home.path.rglob("*") if file.is_file() and not file.is_relative_to(room.programs)
    ]
    assert [file for file in elsewhere if password.encode() in file.read_bytes()] == [room.home.secrets_file]
    assert (await room.onemap("remove", "newcomer")).stdout == "newcomer is let in no more.\n"
    file = tmp_path / "account.json"
    assert (await room.onemap("add", "newcomer", "--json", str(file))).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await room.onemap("remove", "newcomer")
    gone = await room.onemap("remove", "newcomer")
    assert (gone.code, "newcomer has no account" in gone.stderr) == (1, True)
    assert password not in room.home.secrets_file.read_text()


async def test_devices_on_the_network_reach_the_broker_where_it_was_opened(room: Room) -> None:
    network = MqttSettings(host="127.0.0.2", port=int(free_port()))
    settings = {"ONEMAP_MQTT__HOST": "127.0.0.2", "ONEMAP_MQTT__PORT": str(network.port)}
    async with room.running(network):
        added = await room.facts("add", A, **settings)
        assert (added["host"], added["port"], added["tls"]) == ("127.0.0.2", network.port, False)
        assert await room.publish(added) == ""
        assert "Not authorized" in await room.publish(added | {"user": ""})
        assert (await room.facts("interval", A, "60s"))["asked_interval_s"] == 60, "the room goes by its own way"


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl, which makes the certificate, is not installed")
async def test_with_a_certificate_devices_speak_tls(room: Room, tmp_path: Path) -> None:
    certificate, key = tmp_path / "broker.pem", tmp_path / "broker.key"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.2"
    names = ["-addext", "subjectAltName=IP:127.0.0.2", "-keyout", str(key), "-out", str(certificate)]
    assert (await run(*make.split(), *names)).code == 0
    network = MqttSettings(host="127.0.0.2", port=int(free_port()), certificate=certificate, key=key)
    async with room.running(network):
        device = await room.facts("add", A) | {"host": "127.0.0.2", "port": network.port}
        assert await room.publish(device, "--cafile", str(certificate)) == ""
        assert await room.publish(device) != "", "without TLS nothing is understood"
    assert stat.S_IMODE((room.home.data / "mosquitto/key.pem").stat().st_mode) == 0o600


async def test_with_a_broker_of_ones_own_accounts_are_made_there(room: Room) -> None:
    own = {"ONEMAP_MQTT__URL": "mqtt://127.0.0.1:1"}
    for words in (("add", A), ("list",), ("remove", A)):
        ran = await room.onemap(*words, **own)
        assert ran.code == 1
        assert ran.stderr.startswith("onemap: ONEMAP_MQTT__URL names a broker of your own, and its accounts are made")


@pytest.mark.parametrize("name", ["onemap-service", "onemap-fleet", "gauge A", "a:b", "x" * 65, "läuft"])
async def test_a_name_that_is_no_devices_is_wrong_usage(room: Room, name: str) -> None:
    assert (await room.onemap("add", name)).code == 2
