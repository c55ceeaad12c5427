"""The services, as the supervisor is told about them."""

import os
import sys
from collections.abc import Mapping, Sequence

from onemap.engines import mosquitto, postgres
from onemap.home import Home
from onemap.process import ProcessSpec, answers_ok
from onemap.supervisor import Supervisor

# By the name of the process, in the order of starting: the API comes last, so that the wall opens on a room at work.
MODULES = {
    "ingest": "ingest",
    "sl651": "ingest.sl651",
    "upkeep": "ingest.upkeep",
    "forecast": "forecast",
    "dispatch": "dispatch",
    "alerts": "dispatch.alerts",
    "dashboard_api": "dashboard_api",
}
API = "dashboard_api"
ONLY_WHERE_SET = {"sl651": "ONEMAP_INGEST__SL651_PORT"}  # a gateway that few cities need
ANY_HOST = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - not listened on here: recognised


def service_specs(
    home: Home,
    *,
    database_url: str,
    mqtt_url: str,
    http_host: str,
    http_port: int,
    extra_env: Mapping[str, str],
    which: Sequence[str] | None = None,
) -> list[ProcessSpec]:
    """How each service is started; those of `ONLY_WHERE_SET` only where their variable is set.

    Args:
        home: Where ready files and logs go.
        database_url: The memory.
        mqtt_url: The bus.
        http_host: Where the API listens.
        http_port: Where the API listens.
        extra_env: More settings for all services, such as a scaled clock.
        which: Names from `MODULES`; all of them when None.
    """
    settings = {
        **extra_env,
        "ONEMAP_HOME": str(home.path),
        "ONEMAP_DATABASE__URL": database_url,
        "ONEMAP_MQTT__URL": mqtt_url,
        "ONEMAP_HTTP__HOST": http_host,
        "ONEMAP_HTTP__PORT": str(http_port),
    }
    reached_at, environ = reachable(http_host), {**os.environ, **extra_env}
    return [
        ProcessSpec(
            name=name,
            argv=(sys.executable, "-m", module),
            env=settings,
            ready_file=None if name == API else home.run / f"{name}.ready",
            ready=(lambda: answers_ok(reached_at, http_port, "/readyz")) if name == API else None,
            needs=(postgres.NAME, mosquitto.NAME),
        )
        for name, module in MODULES.items()
        if (which is None or name in which) and (name not in ONLY_WHERE_SET or environ.get(ONLY_WHERE_SET[name]))
    ]


async def start_services(supervisor: Supervisor, specs: Sequence[ProcessSpec]) -> None:
    """Start these; returns when each has been ready once.

    The embedded broker then writes down that ingest has subscribed. Killed within its first ten seconds it would come
    back without knowing, and give what devices publish meanwhile to nobody.

    Raises:
        StartError: One was not ready in time.
    """
    await supervisor.start(specs)
    supervisor.signal(mosquitto.NAME, mosquitto.SAVE)


def reachable(host: str) -> str:
    """A name by which this machine reaches a server that listens on `host`."""
    return "127.0.0.1" if host in ANY_HOST else host
