"""Mosquitto for one machine: a broker of our own, on loopback if nothing is said, with a right for everyone."""

import base64
import hashlib
import os
import shutil
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from floodcore.settings import MqttSettings
from onemap.engines import kept
from onemap.engines.kept import obstacle, password, port
from onemap.errors import StartError
from onemap.home import Home, exclusive, made, write_privately
from onemap.process import Account, ProcessSpec, accepts_connections, account_for, own
from onemap.state import read_state

NAME = "mosquitto"
SERVICE = "onemap-service"  # our services: all topics
FLEET = "onemap-fleet"  # a gateway: speaks for any device

CONFIGURATION = """
listener {port} 127.0.0.1
allow_anonymous false
password_file {passwords}
acl_file {folder}/rights
persistence true
persistence_location {folder}/
# Saved every ten seconds, and at once on SIGUSR1.
autosave_interval 10
# A storm's readings wait here while the database is away: at 300 bytes a reading about 300 MB.
max_queued_messages 1000000
# Unacknowledged at once, towards each client: what ingest takes. With Mosquitto's own 20 it would wait after each 20.
max_inflight_messages 4000
# Twice what a pack may have: what is larger is no pack, and would be kept whole in the quarantine.
max_packet_size 2097152
log_dest stderr
log_type error
log_type warning
log_type notice
"""
NETWORK = """
listener {port} {host}
"""
TLS = """
certfile {folder}/certificate.pem
keyfile {folder}/key.pem
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
SAVE = signal.SIGUSR1  # it writes sessions and queues to the disk now
HASH_ROUNDS = 101  # Mosquitto's own default for passwords of this length


class MosquittoEngine:
    """One broker below the home's data folder.

    Args:
        home: Where its data, passwords and the port are kept.
        prefix: The unpacked engine set.
        queues: Names the folder of what waits for delivery: queues belong to the database that they feed.
        network: Where devices reach it from outside, beside its loopback port; None is nowhere.
    """

    def __init__(self, home: Home, prefix: Path, *, queues: str = NAME, network: MqttSettings | None = None) -> None:
        self._home, self._program = home, prefix / "usr/sbin/mosquitto"
        self._network = network if network and network.host else None
        self._data = home.data / queues
        self._port = 0

    def prepare(self, devices: Mapping[str, str] | None = None, *, fresh: bool = False) -> None:
        """Choose the port and write settings, accounts and rights; the broker must not be running.

        Args:
            devices: Passwords of devices that connect by themselves, by name; those that the home keeps if None.
            fresh: Forget what waits for delivery, and what was retained.

        Raises:
            StartError: Devices cannot reach it where they should.
            OSError: The certificate or its key cannot be read.
        """
        self._port = port(self._home, NAME)
        if fresh:
            shutil.rmtree(self._data, ignore_errors=True)
        own(made(self._data), account_for(self._data))
        _write_passwords(self._home, account_for(self._data), devices)
        self._write("rights", RIGHTS)
        settings = CONFIGURATION.format(port=self._port, folder=self._data, passwords=_passwords_file(self._home))
        self._write("mosquitto.conf", settings + (self._outside(self._network) if self._network else ""))

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
        return _url(self._home, account, self._port)

    def _outside(self, network: MqttSettings) -> str:
        assert network.host
        if reason := obstacle(network.device_port, network.host):
            raise StartError(
                f"The broker cannot listen for devices on {network.host} port {network.device_port}: {reason}; "
                "correct ONEMAP_MQTT__HOST or ONEMAP_MQTT__PORT."
            )
        listener = NETWORK.format(port=network.device_port, host=network.host)
        if not (network.certificate and network.key):
            return listener
        # Copies, as the broker runs as somebody who may not read a key that is root's.
        self._write("certificate.pem", network.certificate.read_text())
        self._write("key.pem", network.key.read_text())
        return listener + TLS.format(folder=self._data)

    def _write(self, name: str, text: str) -> None:
        write_privately(self._data / name, text)
        own(self._data / name, account_for(self._data))


def running_url(home: Home) -> str | None:
    """How a service reaches the broker that runs in this home; None where none does."""
    state = read_state(home)
    return _url(home, SERVICE, kept.kept_port(home, NAME)) if state and state.is_ready(NAME) else None


def reload_accounts(home: Home) -> bool:
    """Tell a running broker which devices have an account; whom it lets in no more, it throws out.

    Returns:
        Whether one runs here; one that does not reads them when it starts.
    """
    file = _passwords_file(home)
    if not file.exists():
        return False
    _write_passwords(home, account_for(file))
    state = read_state(home)
    if not (state and (pid := state.ready_pid(NAME))):
        return False
    with suppress(ProcessLookupError):  # it has just ended, and reads them as it is started again
        os.kill(pid, signal.SIGHUP)
    return True


def hashed(secret: str, salt: bytes) -> str:
    """A password as Mosquitto's file holds it: `$7$rounds$salt$hash`, PBKDF2 with SHA-512, base64."""
    digest = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, HASH_ROUNDS)
    return f"$7${HASH_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _passwords_file(home: Home) -> Path:
    """Accounts are the home's, whichever database its broker feeds."""
    return made(home.data / NAME) / "passwords"


def _write_passwords(home: Home, account: Account | None, devices: Mapping[str, str] | None = None) -> None:
    file = _passwords_file(home)
    with exclusive(home.run / "passwords.lock"):  # who writes last has read last
        known = kept.devices(home) if devices is None else devices
        accounts = {name: password(home, name) for name in (SERVICE, FLEET)} | dict(known)
        lines = "".join(f"{name}:{hashed(secret, os.urandom(12))}\n" for name, secret in accounts.items())
        write_privately(file, lines)
        own(file, account)


def _url(home: Home, account: str, number: int) -> str:
    return f"mqtt://{account}:{password(home, account)}@127.0.0.1:{number}"
