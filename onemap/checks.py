"""What can be wrong with a machine, and how to mend it: the checks behind `onemap doctor`."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from floodcore.settings import MapSettings, MqttSettings, RetentionSettings, Settings, unknown_names
from floodcore.wire.map_layers import complaints, layer_files
from onemap.engines.apt import host_mirror
from onemap.engines.kept import is_free
from onemap.engines.prefix import MB, is_whole
from onemap.engines.running import DATABASE_URL, MQTT_URL
from onemap.engines.sets import BROWSER, ENGINES, EngineSet
from onemap.errors import SetupError
from onemap.home import CHECKOUT, Home
from onemap.state import Phase, read_state

ROOM_MB = 2_000  # environment, engines and a week of a small city, measured and doubled
MEMORY_MB = 1_500  # all services and both engines under a storm need about 1 GB
MEMINFO = Path("/proc/meminfo")


class Verdict(StrEnum):
    """How a check ended; only `BAD` stops anything."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check saw; `remedy` is empty where nothing needs mending."""

    check: str
    verdict: Verdict
    seen: str
    remedy: str = ""


def good(check: str, seen: str) -> Finding:
    """Nothing to mend."""
    return Finding(check=check, verdict=Verdict.GOOD, seen=seen)


def findings(home: Home, settings: Settings, environ: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """Every check in turn; the first that is bad is the first to mend."""
    yield good("python", f"{platform.python_version()} in {sys.prefix}")
    yield disk(shutil.disk_usage(home.path).free // MB, home)
    yield memory(MEMINFO.read_text())
    yield clock(datetime.now(UTC), datetime.fromtimestamp((CHECKOUT / "pyproject.toml").stat().st_mtime, UTC))
    yield engines(home, environ)
    yield browser(home)
    yield port(home, settings.http.host, settings.http.port)
    yield devices(settings.mqtt, environ)
    yield retention(settings.retention)
    yield map_layers(settings.map)
    yield names(environ)
    yield from processes(home)


def disk(free_mb: int, home: Home) -> Finding:
    """Room below the home."""
    seen = f"{free_mb} MB free below {home.path}"
    if free_mb >= ROOM_MB:
        return good("disk", seen)
    verdict = Verdict.DOUBTFUL if free_mb >= ENGINES.needs_mb else Verdict.BAD
    remedy = f"free {ROOM_MB} MB there, or set ONEMAP_HOME to a roomier disk"
    return Finding(check="disk", verdict=verdict, seen=seen, remedy=remedy)


def memory(meminfo: str) -> Finding:
    """Memory that programs can have, from the text of /proc/meminfo."""
    lines = dict(line.split(":", 1) for line in meminfo.splitlines() if ":" in line)
    free_mb = int(lines["MemAvailable"].split()[0]) * 1024 // MB
    seen = f"{free_mb} MB available"
    if free_mb >= MEMORY_MB:
        return good("memory", seen)
    return Finding(check="memory", verdict=Verdict.DOUBTFUL, seen=seen, remedy="end other programs before a storm")


def clock(now: datetime, made: datetime) -> Finding:
    """A clock behind the newest file of the checkout has lost its time."""
    seen = now.isoformat(timespec="seconds")
    if now >= made:
        return good("clock", seen)
    remedy = "set the machine's clock, best by NTP: readings and orders carry its time"
    return Finding(check="clock", verdict=Verdict.BAD, seen=f"{seen}, before these files were made", remedy=remedy)


def engines(home: Home, environ: Mapping[str, str]) -> Finding:
    """TimescaleDB and the broker: the user's own, unpacked, or to be had from apt."""
    if environ.get(DATABASE_URL) and environ.get(MQTT_URL):
        return good("engines", "database and broker are your own")
    return _unpacked(home, ENGINES, Verdict.BAD)


def browser(home: Home) -> Finding:
    """Chromium, which only the tests of the wall need."""
    return _unpacked(home, BROWSER, Verdict.DOUBTFUL)


def _unpacked(home: Home, engine_set: EngineSet, otherwise: Verdict) -> Finding:
    if is_whole(home.engines / engine_set.name, engine_set):
        return good(engine_set.name, f"unpacked below {home.engines}")
    try:
        host_mirror()
    except SetupError as error:
        return Finding(check=engine_set.name, verdict=otherwise, seen="not unpacked", remedy=str(error))
    return good(engine_set.name, "not unpacked yet; fetched with apt when first needed")


def port(home: Home, host: str, number: int) -> Finding:
    """The wall's port."""
    if (state := read_state(home)) and state.address:
        return good("port", f"the wall is served at {state.address}")
    if is_free(number, host):
        return good("port", f"{host} port {number} is free")
    remedy = "stop the program that listens there, or use --port or ONEMAP_HTTP__PORT"
    return Finding(check="port", verdict=Verdict.BAD, seen=f"{host} port {number} is taken", remedy=remedy)


def devices(mqtt: MqttSettings, environ: Mapping[str, str]) -> Finding:
    """Whether devices on the network reach the broker, and whether others there can read along."""
    if environ.get(MQTT_URL):
        return good("devices", "the broker is your own; accounts, rights and TLS are its")
    if mqtt.host is None:
        return good("devices", "the broker listens on this machine only; ONEMAP_MQTT__HOST opens it to the network")
    seen = f"the broker listens on {mqtt.host} port {mqtt.device_port}"
    if not (mqtt.certificate and mqtt.key):
        remedy = "set ONEMAP_MQTT__CERTIFICATE and ONEMAP_MQTT__KEY, unless nobody else is on that network"
        seen += " without TLS: passwords and readings can be read on the way"
        return Finding(check="devices", verdict=Verdict.DOUBTFUL, seen=seen, remedy=remedy)
    if closed := [str(file) for file in (mqtt.certificate, mqtt.key) if not os.access(file, os.R_OK)]:
        remedy = "correct the path, or let whoever starts One Map read it"
        return Finding(check="devices", verdict=Verdict.BAD, seen=f"{', '.join(closed)} cannot be read", remedy=remedy)
    return good("devices", f"{seen} with TLS")


def retention(settings: RetentionSettings) -> Finding:
    """Whether what is to go goes: only what has been archived is dropped."""
    if settings.keep is None:
        return good("retention", "everything is kept for ever")
    if settings.archive is None:
        seen = "ONEMAP_RETENTION__KEEP without ONEMAP_RETENTION__ARCHIVE drops nothing"
        return Finding(check="retention", verdict=Verdict.DOUBTFUL, seen=seen, remedy="set both")
    return good("retention", f"what is older than {settings.keep.days} days goes to {settings.archive}")


def map_layers(settings: MapSettings) -> Finding:
    """The deployer's own layers of the map."""
    if settings.layers is None:
        return good("map", "the map has the product's own layers; ONEMAP_MAP__LAYERS adds a folder of GeoJSON")
    if found := list(complaints(settings.layers)):
        remedy = "mend it; the wall goes on without it"
        return Finding(check="map", verdict=Verdict.DOUBTFUL, seen=" ".join(found), remedy=remedy)
    return good("map", f"{len(layer_files(settings.layers))} layers in {settings.layers}")


def names(environ: Mapping[str, str]) -> Finding:
    """Settings that nothing reads."""
    if not (unknown := unknown_names(environ)):
        return good("settings", "every ONEMAP_ variable is known")
    seen = f"unknown: {', '.join(unknown)}"
    return Finding(check="settings", verdict=Verdict.DOUBTFUL, seen=seen, remedy="correct or unset them")


def processes(home: Home) -> Iterator[Finding]:
    """What runs, and what of it does not do well."""
    running: Callable[[Phase], bool] = {Phase.READY, Phase.FINISHED}.__contains__
    state = read_state(home)
    for report in state.processes if state else ():
        if running(report.phase):
            yield good(report.name, f"{report.phase}, {report.restarts} restarts")
        else:
            remedy = f"read the end of {report.log}"
            yield Finding(check=report.name, verdict=Verdict.BAD, seen=str(report.phase), remedy=remedy)
