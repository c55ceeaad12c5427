"""Mosquitto for one machine: a broker of our own, on loopback only, with a name and a right for everyone."""

import base64
import hashlib
import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from onemap.engines.kept import password, port
from onemap.home import Home, made, write_privately
from onemap.process import ProcessSpec, accepts_connections, account_for, own

NAME = "mosquitto"
SERVICE = "onemap-service"  # our services: all topics
FLEET = "onemap-fleet"  # a gateway: speaks for any device

CONFIGURATION = """
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/rights
persistence true
persistence_location {folder}/
# Saved every ten seconds, and at once on SIGUSR1.
autosave_interval 10
# A storm's readings wait here while the database is away: at 300 bytes a reading about 300 MB.
max_queued_messages 1000000
max_inflight_messages 1000
log_dest stderr
log_type error
log_type warning
log_type notice
"""
RIGHTS = f"""
user {SERVICE}
topic readwrite onemap/#
topic read $SYS/#

user {FLEET}
topic write onemap/v1/devices/#
topic read onemap/v1/devices/+/command

pattern write onemap/v1/devices/%u/#
pattern read onemap/v1/devices/%u/command
"""
HASH_ROUNDS = 101  # Mosquitto's own default for passwords of this length


class MosquittoEngine:
    """One broker below the home's data folder.

    Args:
        home: Where its data, passwords and the port are kept.
        prefix: The unpacked engine set.
        queues: Names the folder of what waits for delivery: queues belong to the database that they feed.
    """

    def __init__(self, home: Home, prefix: Path, *, queues: str = NAME) -> None:
        self._home, self._program = home, prefix / "usr/sbin/mosquitto"
        self._data = home.data / queues
        self._port = 0

    def prepare(self, devices: Mapping[str, str] | None = None, *, fresh: bool = False) -> None:
        """Choose the port and write settings, accounts and rights; the broker must not be running.

        Args:
            devices: Passwords of devices that connect by themselves, by name.
            fresh: Forget what waits for delivery, and what was retained.
        """
        self._port = port(self._home, NAME)
        if fresh:
            shutil.rmtree(self._data, ignore_errors=True)
        own(made(self._data), account_for(self._data))
        accounts = {name: password(self._home, name) for name in (SERVICE, FLEET)} | dict(devices or {})
        lines = "".join(f"{name}:{hashed(secret, os.urandom(12))}\n" for name, secret in accounts.items())
        self._write("passwords", lines)
        self._write("rights", RIGHTS)
        self._write("mosquitto.conf", CONFIGURATION.format(port=self._port, folder=self._data))

    def spec(self) -> ProcessSpec:
        """How the supervisor runs it."""
        return ProcessSpec(
            name=NAME,
            argv=(str(self._program), "-c", str(self._data / "mosquitto.conf")),
            account=account_for(self._data),
            stop_signal=signal.SIGTERM,
            ready=lambda: accepts_connections(self._port),
            ends_itself=True,
        )

    def url(self, account: str = SERVICE) -> str:
        """How a service, or the fleet's gateway, reaches the broker."""
        return f"mqtt://{account}:{password(self._home, account)}@127.0.0.1:{self._port}"

    def _write(self, name: str, text: str) -> None:
        write_privately(self._data / name, text)
        own(self._data / name, account_for(self._data))


def hashed(secret: str, salt: bytes) -> str:
    """A password as Mosquitto's file holds it: `$7$rounds$salt$hash`, PBKDF2 with SHA-512, base64."""
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, HASH_ROUNDS)
    return f"$7${HASH_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
