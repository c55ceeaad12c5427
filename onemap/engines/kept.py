"""Made once and kept: the engines' passwords and ports, in files that only their owner reads."""

import errno
import json
import random
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from onemap.home import Home, exclusive, write_privately

# Below the range from which the system draws clients' ports: a client that keeps knocking at a port in that range
# while the server is down can end up connected to itself, and the server finds its port taken.
PORTS = range(20_000, 32_000)


def password(home: Home, account: str) -> str:
    """The account's password."""
    return _kept(home.secrets_file, account, lambda: secrets.token_urlsafe(24))


def port(home: Home, engine: str) -> int:
    """The engine's loopback port: the one it had, unless something else took it meanwhile."""
    return int(_kept(home.ports_file, engine, free_port, still_good=lambda kept: is_free(int(kept))))


def kept_port(home: Home, engine: str) -> int:
    """The port of an engine that is running."""
    return int(json.loads(home.ports_file.read_text())[engine])


def is_free(number: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    return obstacle(number, host) is None


def obstacle(number: int, host: str) -> str | None:
    """Why no server could listen there now, or None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except PermissionError:
            return "ports below 1024 are the administrator's"
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            return "another program listens there" if in_use else "this machine has no such address"
    return None


def free_port() -> str:
    """A loopback port that nothing listens on."""
    return str(next(number for number in random.sample(PORTS, len(PORTS)) if is_free(number)))


def _kept(file: Path, key: str, make: Callable[[], str], still_good: Callable[[str], bool] | None = None) -> str:
    with exclusive(file.with_suffix(".lock")):
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        if key not in known or (still_good and not still_good(known[key])):
            known[key] = make()
            write_privately(file, json.dumps(known, indent=1))
        return known[key]
