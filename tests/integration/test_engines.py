"""The embedded engines as a stranger on the machine meets them, and after an accident."""

import os
import re
import signal
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import psycopg
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from onemap.engines.kept import password
from onemap.engines.mosquitto import FLEET, MosquittoEngine, hashed
from onemap.engines.postgres import OWNER, SUPERUSER, PostgresEngine
from onemap.engines.running import embedded_database, start_servers
from onemap.home import Home
from onemap.supervisor import Supervisor

LISTENING = "0A"
LOOPBACK = "0100007F"  # 127.0.0.1 as /proc/net/tcp writes it


def listening_on(port: int) -> set[str]:
    """The local addresses at which something listens on this port."""
    lines = [line.split() for table in ("tcp", "tcp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()]
    return {
        address
        for fields in lines
        if fields[3] == LISTENING
        for address, _, number in [fields[1].partition(":")]
        if int(number, 16) == port
    }


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


def test_both_engines_listen_on_loopback_only(postgres: PostgresEngine, broker: MosquittoEngine) -> None:
    assert listening_on(port_of(postgres.url())) == {LOOPBACK}
    assert listening_on(port_of(broker.url())) == {LOOPBACK}


def test_no_engine_runs_as_root(engines: Any, postgres: PostgresEngine, broker: MosquittoEngine) -> None:
    for name in ("postgres", "mosquitto"):
        assert Path(f"/proc/{engines.report(name).pid}").stat().st_uid != 0


def test_passwords_lie_in_files_that_only_their_owner_reads(
    engines_home: Home, postgres: PostgresEngine, broker: MosquittoEngine
) -> None:
    for file in (engines_home.secrets_file, engines_home.data / "mosquitto/passwords"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = (engines_home.data / "mosquitto/passwords").read_text()
    assert password(engines_home, FLEET) not in text


def test_no_password_shows_in_a_process_list(
    engines: Any, engines_home: Home, postgres: PostgresEngine, broker: MosquittoEngine
) -> None:
    secrets = re.findall(r'": "(\S+)"', engines_home.secrets_file.read_text())
    assert len(secrets) >= 3
    for name in ("postgres", "mosquitto"):
        line = Path(f"/proc/{engines.report(name).pid}/cmdline").read_text()
        assert not any(secret in line for secret in secrets)


def test_the_database_keeps_scram_hashes_and_refuses_a_wrong_password(
    engines_home: Home, postgres: PostgresEngine
) -> None:
    url = postgres.create_database("lodger")
    admin = url.replace(f"{OWNER}:{password(engines_home, OWNER)}", f"{SUPERUSER}:{password(engines_home, SUPERUSER)}")
    with psycopg.connect(admin) as connection:
        hashes = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL").fetchall()
    postgres.drop_database("lodger")

    assert len(hashes) == 2
    assert all(row[0].startswith("SCRAM-SHA-256$") for row in hashes)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(password(engines_home, OWNER), "guess"))


def test_a_test_database_has_timescaledb_and_belongs_to_a_role_without_rights(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        extension = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
        superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        stepped = connection.execute("SELECT count(*) FROM schema_migration").fetchone()
    assert extension == (1,)
    assert superuser == (False,)
    assert stepped
    assert stepped[0] > 0


def test_what_was_committed_survives_kill_9_of_the_database(
    own_engines: Any, engines_prefix: Path, eventually: Callable[..., Any]
) -> None:
    engine = PostgresEngine(own_engines.home, engines_prefix)
    engine.prepare()
    own_engines.start(engine.spec())
    url = engine.create_database(OWNER)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE reading (observed_at timestamptz NOT NULL, level_m float)")
        connection.execute("SELECT create_hypertable('reading', 'observed_at')")
        connection.execute("INSERT INTO reading SELECT now() - n * interval '1 h', n FROM generate_series(1, 1000) n")
        connection.commit()
        killed = own_engines.report("postgres").pid
        os.kill(killed, signal.SIGKILL)

    def count() -> int | None:
        try:
            with psycopg.connect(url) as connection:
                row = connection.execute("SELECT count(*) FROM reading").fetchone()
        except psycopg.OperationalError:
            return None
        return row[0] if row else None

    assert eventually(count) == 1000
    report = own_engines.report("postgres")
    assert report.restarts >= 1
    assert report.pid != killed


async def test_a_command_that_needs_the_database_has_it_for_so_long(
    make_home: Callable[[], Home], broker: MosquittoEngine
) -> None:
    home = make_home()
    async with embedded_database(home, {}) as url, await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with pytest.raises(psycopg.OperationalError):
        await psycopg.AsyncConnection.connect(url)

    async with Supervisor(home) as supervisor:  # as `up` does
        servers = await start_servers(supervisor, home, environ={"ONEMAP_MQTT__URL": broker.url()})
        assert servers.mqtt_url == broker.url()
        async with embedded_database(home, {}) as url, await psycopg.AsyncConnection.connect(url) as connection:
            assert url == servers.database_url
            assert await (await connection.execute("SELECT number FROM kept")).fetchone() == (7,)
        assert supervisor.reports()["postgres"].restarts == 0  # used, not started a second time


class Client:
    """An MQTT 5 client that remembers how it was received."""

    def __init__(self, url: str, secret: str | None = None) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        if parts.username:
            self._client.username_pw_set(parts.username, secret or parts.password)
        self._client.on_connect = self._connected
        self._client.on_publish = self._published
        self.answer: ReasonCode | None = None
        self._answered = threading.Event()
        self._client.connect(parts.hostname, parts.port)
        self._client.loop_start()
        assert self._answered.wait(10)

    def publish(self, topic: str) -> ReasonCode | None:
        """The broker's verdict on one message."""
        self._answered.clear()
        self._client.publish(topic, b"{}", qos=1)
        assert self._answered.wait(10)
        return self.answer

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, _c: mqtt.Client, _u: object, _f: object, reason: ReasonCode, _p: object) -> None:
        self.answer = reason
        self._answered.set()

    def _published(self, _c: mqtt.Client, _u: object, _m: int, reason: ReasonCode, _p: Properties) -> None:
        self.answer = reason
        self._answered.set()


@pytest.mark.parametrize(
    ("user", "secret"),
    [pytest.param("", "", id="nobody"), pytest.param(f"{FLEET}:guess@", None, id="wrong password")],
)
def test_the_broker_refuses_strangers(broker: MosquittoEngine, user: str, secret: str | None) -> None:
    client = Client(f"mqtt://{user}127.0.0.1:{port_of(broker.url())}", secret)
    client.close()
    assert client.answer == ReasonCode(PacketTypes.CONNACK, "Not authorized")


@pytest.mark.parametrize(
    ("topic", "verdict"),
    [
        pytest.param("onemap/v1/devices/gauge-1/telemetry", "Success", id="its own"),
        pytest.param("onemap/v1/devices/gauge-2/telemetry", "Not authorized", id="another's"),
        pytest.param("onemap/v1/live/sites", "Not authorized", id="an announcement"),
    ],
)
def test_a_device_writes_only_below_its_own_name(
    own_engines: Any, engines_prefix: Path, topic: str, verdict: str
) -> None:
    broker = MosquittoEngine(own_engines.home, engines_prefix)
    broker.prepare(devices={"gauge-1": "rising"})
    own_engines.start(broker.spec())
    client = Client(f"mqtt://gauge-1:rising@127.0.0.1:{port_of(broker.url())}")
    answer = client.publish(topic)
    client.close()
    # Success also as "no matching subscribers": nobody listens here
    assert answer is not None
    assert answer.getName().replace("No matching subscribers", "Success") == verdict


def test_a_password_is_hashed_as_the_brokers_own_tool_does_it() -> None:
    assert hashed("secret", b"0123456789ab").startswith("$7$101$MDEyMzQ1Njc4OWFi$")
