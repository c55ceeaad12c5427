"""Made once and kept: the engines' passwords and ports, in files that only their owner reads."""

import errno
import json
import random
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from onemap.home import Home, exclusive, made, write_privately

# Below the range from which the system draws clients' ports: a client that keeps knocking at a port in that range
# while the server is down can end up connected to itself, and the server finds its port taken.
PORTS = range(20_000, 32_000)
DEVICE = "device:"  # before a device's name among the accounts: no account of ours holds a colon


def password(home: Home, account: str) -> str:
    """The account's password."""
    return _kept(home.secrets_file, account, _secret)


def devices(home: Home) -> dict[str, str]:
    """Passwords of the devices that have an account, by name."""
    with _changing(home.secrets_file) as known:
        return {name.removeprefix(DEVICE): secret for name, secret in known.items() if name.startswith(DEVICE)}


def admit(home: Home, device_id: str) -> str | None:
    """A new password for a device that has no account yet; None where it has one."""
    with _changing(home.secrets_file) as known:
        if DEVICE + device_id in known:
            return None
        return known.setdefault(DEVICE + device_id, _secret())


def dismiss(home: Home, device_id: str) -> bool:
    """Forget a device's account; False where it has none."""
    with _changing(home.secrets_file) as known:
        return known.pop(DEVICE + device_id, None) is not None


def port(home: Home, engine: str) -> int:
    """The engine's loopback port: the one it had, unless something else took it meanwhile."""
    return int(_kept(home.ports_file, engine, free_port, still_good=lambda kept: is_free(int(kept))))


def kept_port(home: Home, engine: str) -> int:
    """The port of an engine that is running, or that it will have if nothing else takes it."""
    return int(_kept(home.ports_file, engine, free_port))


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
    with _changing(file) as known:
        if key not in known or (still_good and not still_good(known[key])):
            known[key] = make()
        return known[key]


@contextmanager
def _changing(file: Path) -> Iterator[dict[str, str]]:
    """What a file holds; written again after the block, where the block has changed it."""
    made(file.parent)
    with exclusive(file.with_suffix(".lock")):
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        before = dict(known)
        yield known
        if known != before:
            write_privately(file, json.dumps(known, indent=1))


def _secret() -> str:
    return secrets.token_urlsafe(24)
