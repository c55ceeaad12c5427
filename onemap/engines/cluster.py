"""A PostgreSQL cluster's files: made once by an unprivileged user, its settings written anew at every start."""

import shutil
import subprocess
from pathlib import Path

from onemap.errors import SetupError
from onemap.home import write_privately
from onemap.process import Account, account_for, own

ZONES = Path("/usr/share/zoneinfo/UTC")  # Debian builds PostgreSQL to read the system's time zones
ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"
CONFIGURATION = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 100
shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 64MB
max_wal_size = 2GB
checkpoint_completion_target = 0.9
wal_compression = on
synchronous_commit = on
fsync = {fsync}
full_page_writes = {fsync}
# Two cores gain nothing from it, and its shared memory does not fit a container's small /dev/shm.
max_parallel_workers_per_gather = 0
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %d '
logging_collector = off
password_encryption = scram-sha-256
shared_preload_libraries = 'timescaledb'
timescaledb.telemetry_level = off
timescaledb.max_background_workers = 8
max_worker_processes = 16
"""


def initialise(data: Path, programs: Path, superuser_password: str) -> None:
    """Make the cluster unless it is there. It is made beside its place and moved there whole.

    Args:
        data: The cluster's folder.
        programs: Where initdb lies.
        superuser_password: For the role postgres.
    """
    if not ZONES.exists():
        raise SetupError("This machine has no time zones; install the package tzdata and try again.")
    if (data / "PG_VERSION").exists():
        return
    part = data.with_name(f"{data.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    secret = part / "password"
    account = account_for(part)
    own(part, account)
    _write(secret, superuser_password, account)
    _initdb(programs / "initdb", part / "cluster", secret, account)
    (part / "cluster").rename(data)
    shutil.rmtree(part)


def configure(data: Path, *, port: int, durable: bool) -> None:
    """Write the settings and who may connect.

    Args:
        data: The cluster's folder.
        port: Loopback port to listen on.
        durable: Whether a commit is on the disk before it is answered.
    """
    account = account_for(data)
    settings = CONFIGURATION.format(port=port, fsync="on" if durable else "off")
    for name, text in (("postgresql.conf", settings), ("pg_hba.conf", ACCESS)):
        _write(data / name, text, account)


def _initdb(initdb: Path, data: Path, secret: Path, account: Account | None) -> None:
    done = subprocess.run(
        [initdb, "-D", data, "-U", "postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8",
         "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync", "--no-instructions"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )  # fmt: skip
    if done.returncode:
        complaint = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise SetupError(f"The database could not be made ({complaint}); check the disk's room, then try again.")


def _write(file: Path, text: str, account: Account | None) -> None:
    write_privately(file, text)
    own(file, account)
