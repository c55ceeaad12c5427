"""Devices that nobody here wrote: mosquitto_pub and MQTT.js, with accounts of their own, against the real broker."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from floodcore.store.database import Database
from floodcore.testing.five_streets import NOON
from floodcore.testing.street_room import furnish
from floodcore.wire import topics
from onemap.engines.mosquitto import MosquittoEngine
from tests.integration.ingest_process import PATIENCE_S, ingest_at_noon

CLIENTS = Path(__file__).parents[1] / "clients"
REFERENCE = Path(__file__).parents[2] / "docs/reference/mqtt.md"
T = int(NOON.timestamp())  # 1626753600
A, B = "gauge-A", "gauge-B"
PASSWORDS = {A: "rain, rain", B: "go away"}
JSON = f'[{{"bn":"{A}:","bt":{T - 60},"bu":"cm","n":"level","v":27}},{{"n":"level","t":30,"v":28}}]'.encode()
JSON_ROWS = [(-60, 0.27), (-30, 0.28)]  # seconds after noon, metres
#    82                 two records
#      A4               of four fields
#        22 1A ...      bt: 1626753540, a minute before noon
#        23 62 ...      bu: "cm"
#        00 65 ...      n: "level"
#        02 18 1B       v: 27
#      A3               of three
#        00 65 ...      n: "level"
#        06 18 1E       t: 30
#        02 C4 82 ...   v: 285 * 10^-1
CBOR = bytes.fromhex(
    "82 A4 22 1A60F64A04 23 62636D 00 656C6576656C 02 181B  A3 00 656C6576656C 06 181E 02 C4 82 20 19011D"
)
CBOR_ROWS = [(-60, 0.27), (-30, 0.285)]


@dataclass(kw_only=True)
class Room:
    """A broker that knows two gauges, and what became of their messages."""

    broker: str
    database_url: str
    program: Path
    eventually: Callable[..., Any]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(sql.encode()).fetchall()

    def await_records(self, n: int) -> None:
        self.eventually(lambda: self.ask("SELECT sum(n) FROM ingest_total")[0][0] >= n)

    def await_status(self, status: str) -> None:
        self.eventually(lambda: self.ask(f"SELECT status FROM device WHERE device_id = '{A}'") == [(status,)])

    def assert_stored(self, rows: list[tuple[float, float]]) -> None:
        """That these readings of gauge A are stored, and nothing else has come."""
        self.await_records(len(rows))
        found = self.ask(
            f"SELECT device_id, quantity, extract(epoch FROM observed_at)::float8 - {T}, value "
            "FROM reading JOIN sensor USING (sensor_id) ORDER BY observed_at"
        )
        assert found == [(A, "level", second, value) for second, value in rows]
        assert self.ask("SELECT name, n FROM ingest_total WHERE n > 0") == [("stored", len(rows))]
        assert self.ask("SELECT count(*) FROM quarantine") == [(0,)]

    def pub(self, version: str, *arguments: str, device: str = A, password: str | None = None) -> list[str]:
        """mosquitto_pub's command line for a device, QoS 1."""
        address = urlsplit(self.broker)
        server = ["-h", str(address.hostname), "-p", str(address.port)]
        account = ["-u", device, "-P", password or PASSWORDS[device], "-i", device]
        return [str(self.program), "-V", version, *server, *account, "-q", "1", *arguments]


@pytest.fixture
async def room(
    own_engines: Any, engines_prefix: Path, database_url: str, tmp_path: Path, eventually: Callable[..., Any]
) -> AsyncIterator[Room]:
    broker = MosquittoEngine(own_engines.home, engines_prefix)
    broker.prepare(devices=PASSWORDS)
    own_engines.start(broker.spec())
    async with Database(database_url) as database:
        await furnish(database)
    with ingest_at_noon(database_url, broker.url(), tmp_path, eventually):
        yield Room(
            broker=broker.url(),
            database_url=database_url,
            program=engines_prefix / "usr/bin/mosquitto_pub",
            eventually=eventually,
        )


def run(arguments: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(arguments, capture_output=True, timeout=PATIENCE_S, check=False, **options)


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_mosquitto_pub_sends_json(room: Room, version: str) -> None:
    sent = run(room.pub(version, "-t", topics.telemetry(A), "-s"), input=JSON)
    assert (sent.returncode, sent.stderr) == (0, b"")
    room.assert_stored(JSON_ROWS)


def test_mosquitto_pub_sends_cbor_and_says_so(room: Room, tmp_path: Path) -> None:
    (tmp_path / "pack.cbor").write_bytes(CBOR)
    content_type = ["-D", "publish", "content-type", "application/senml+cbor"]
    sent = run(room.pub("mqttv5", "-t", topics.telemetry(A), "-f", str(tmp_path / "pack.cbor"), *content_type))
    assert (sent.returncode, sent.stderr) == (0, b"")
    room.assert_stored(CBOR_ROWS)


@pytest.mark.parametrize(("version", "complaint"), [("mqttv311", b""), ("mqttv5", b"Not authorized")])
def test_mosquitto_pub_may_write_below_its_own_name_only(room: Room, version: str, complaint: bytes) -> None:
    for forbidden in (topics.telemetry(B), topics.status(B), "onemap/v1/live/readings"):
        assert complaint in run(room.pub(version, "-t", forbidden, "-s"), input=JSON).stderr
    assert run(room.pub(version, "-t", topics.telemetry(A), "-s"), input=JSON).returncode == 0
    room.assert_stored(JSON_ROWS)
    assert room.ask(f"SELECT status FROM device WHERE device_id = '{B}'") == [("unknown",)]


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_mosquitto_pub_is_let_in_with_its_password_only(room: Room, version: str) -> None:
    refused = run(room.pub(version, "-t", topics.telemetry(A), "-s", password=PASSWORDS[B]), input=JSON)
    assert refused.returncode != 0
    assert b"not authorised" in refused.stderr.lower() or b"not authorized" in refused.stderr.lower()


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_the_last_will_of_mosquitto_pub_is_heard_when_it_is_killed(room: Room, version: str) -> None:
    assert run(room.pub(version, "-t", topics.status(A), "-r", "-m", "online")).returncode == 0
    room.await_status("online")
    will = ["--will-topic", topics.status(A), "--will-payload", "offline", "--will-qos", "1", "--will-retain"]
    line_by_line = room.pub(version, "-t", topics.telemetry(A), "-l", *will)
    with subprocess.Popen(line_by_line, stdin=subprocess.PIPE) as device:
        assert device.stdin
        device.stdin.write(JSON + b"\n")
        device.stdin.flush()
        room.assert_stored(JSON_ROWS)
        device.kill()
    room.await_status("offline")


@pytest.fixture(scope="session")
def mqtt_js() -> Path:
    """The script that speaks with MQTT.js, which is fetched by its lock file when it is asked for first."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("needs node and npm for MQTT.js")
    if not (CLIENTS / "node_modules").is_dir():
        fetched = run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=CLIENTS)
        if fetched.returncode:
            pytest.skip(f"npm could not fetch MQTT.js: {fetched.stderr.decode()}")
    return CLIENTS / "device.mjs"


@dataclass(kw_only=True)
class JsDevice:
    """Gauge A, written in JavaScript."""

    script: Path
    broker: str
    version: int

    def message(self, topic: str, payload: bytes, content_type: str | None = None, *, retain: bool = False) -> Any:
        options: dict[str, Any] = {"qos": 1, "retain": retain}
        if content_type:
            options["properties"] = {"contentType": content_type}
        return {"topic": topic, "payload": base64.b64encode(payload).decode(), "options": options}

    def run(self, *messages: Any, password: str = PASSWORDS[A], vanishes: bool = False) -> Any:
        address = urlsplit(self.broker)
        options = {
            "protocolVersion": self.version,
            "clientId": A,
            "username": A,
            "password": password,
            "will": {"topic": topics.status(A), "payload": "offline", "qos": 1, "retain": True},
        }
        url = f"mqtt://{address.hostname}:{address.port}"
        told = {"url": url, "options": options, "messages": messages, "vanishes": vanishes}
        said = run(["node", str(self.script)], input=json.dumps(told).encode())
        assert said.stdout, said.stderr
        return json.loads(said.stdout)


@pytest.fixture(params=[4, 5], ids=["3.1.1", "5"])
def js(room: Room, mqtt_js: Path, request: pytest.FixtureRequest) -> Iterator[JsDevice]:
    return JsDevice(script=mqtt_js, broker=room.broker, version=request.param)


def test_mqtt_js_lives_and_dies(room: Room, js: JsDevice) -> None:
    """It says that it is there, sends its pack, and is killed."""
    online, pack = js.message(topics.status(A), b"online", retain=True), js.message(topics.telemetry(A), JSON)
    assert js.run(online, pack) == {"answers": ["ok", "ok"]}
    room.assert_stored(JSON_ROWS)
    room.await_status("online")  # it has said goodbye since, so that its will was torn up
    assert js.run(vanishes=True) == {"answers": []}
    room.await_status("offline")


def test_mqtt_js_may_write_below_its_own_name_only(room: Room, js: JsDevice) -> None:
    foreign, own = js.message(topics.telemetry(B), JSON), js.message(topics.telemetry(A), JSON)
    refused = "ok" if js.version == 4 else "Publish error: Not authorized"  # MQTT 3.1.1 has no word for it
    assert js.run(foreign, own) == {"answers": [refused, "ok"]}
    room.assert_stored(JSON_ROWS)


def test_mqtt_js_is_let_in_with_its_password_only(room: Room, js: JsDevice) -> None:
    assert "Not authorized" in js.run(password=PASSWORDS[B])["refused"]


@pytest.mark.parametrize("js", [5], indirect=True, ids=["5"])
def test_mqtt_js_sends_cbor_and_says_so(room: Room, js: JsDevice) -> None:
    assert js.run(js.message(topics.telemetry(A), CBOR, "application/senml+cbor")) == {"answers": ["ok"]}
    room.assert_stored(CBOR_ROWS)


def snippet(language: str, broker: str) -> str:
    """The reference's snippet in this language, at noon, for our broker, which has no certificate."""
    [text] = re.findall(rf"```{language}\n(.*?)```", REFERENCE.read_text(), re.DOTALL)
    address = urlsplit(broker)
    for written, here in {
        "broker.example.org": str(address.hostname),
        "8883": str(address.port),
        "mqtts:": "mqtt:",
        " --tls-use-os-certs": "",
        "client.tls_set()": "",
        "$(date +%s)": str(T),
        "round(time.time())": str(T),
        "Math.round(Date.now() / 1000)": str(T),
    }.items():
        text = text.replace(written, here)
    return text


def test_the_references_snippet_for_mosquitto_pub_works(room: Room) -> None:
    path = {"PATH": f"{room.program.parent}:{os.environ['PATH']}", "PASSWORD": PASSWORDS[A]}
    sent = run(["bash", "-c", snippet("bash", room.broker)], env={**os.environ, **path})
    assert (sent.returncode, sent.stderr) == (0, b"")
    room.assert_stored([(0, 0.27)])


def test_the_references_snippet_in_python_works(room: Room) -> None:
    sent = run([sys.executable, "-c", snippet("python", room.broker)], env={**os.environ, "PASSWORD": PASSWORDS[A]})
    assert (sent.returncode, sent.stderr) == (0, b"")
    room.assert_stored([(0, 0.27)])
    room.await_status("online")


def test_the_references_snippet_in_javascript_works(room: Room, mqtt_js: Path) -> None:
    sent = run(
        ["node", "--input-type=module"],
        input=snippet("js", room.broker).encode(),
        cwd=mqtt_js.parent,
        env={**os.environ, "PASSWORD": PASSWORDS[A]},
    )
    assert (sent.returncode, sent.stderr) == (0, b"")
    room.assert_stored([(0, 0.27)])
    room.await_status("online")


def test_the_clients_lock_file_names_no_registry() -> None:
    text = (CLIENTS / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "registry" not in text
