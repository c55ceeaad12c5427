"""Debian's resolver and signatures, used with a state of our own: the system's package database is never touched."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from onemap.engines.sets import RELEASE
from onemap.engines.sources import Source, debian_mirror, parse_deb822, parse_one_line
from onemap.errors import SetupError
from onemap.progress import Update

DEBIAN_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
OWN_SERVERS = "set ONEMAP_DATABASE__URL and ONEMAP_MQTT__URL to servers of your own"

CONFIGURATION = """
Dir::Etc::SourceList "{root}/sources.list";
Dir::Etc::SourceParts "{root}/none";
Dir::Etc::Preferences "{root}/none";
Dir::Etc::PreferencesParts "{root}/none";
Dir::State "{root}/state";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::Retries "2";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
"""

# What apt says, and what a person can do about it; the first that matches speaks.
REMEDIES = (
    ("No space left", "the disk is full; free some room below {root} and try again."),
    (
        "NO_PUBKEY",
        "Debian's keys on this machine are older than " + RELEASE + "; install the newest debian-archive-keyring.",
    ),
    (
        "404|does not have a Release file",
        "the mirror {mirror} does not offer Debian " + RELEASE + "; set ONEMAP_APT_MIRROR to one that does.",
    ),
    (
        "Unable to locate|has no installation candidate",
        "the mirror {mirror} lacks a package; set ONEMAP_APT_MIRROR to a complete one.",
    ),
    (
        "resolving|onnect|timed out|Failed to fetch",
        "the Debian mirror {mirror} cannot be reached; check the network or set ONEMAP_APT_MIRROR, then try again.",
    ),
)


def host_mirror(etc: Path = Path("/etc/apt")) -> Source:
    """The mirror this machine's own apt uses, or the one named by ONEMAP_APT_MIRROR.

    Raises:
        SetupError: There is no apt here, or its sources name no Debian mirror.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise SetupError(f"This machine has no apt to fetch TimescaleDB and Mosquitto with; {OWN_SERVERS}.")
    if named := os.environ.get("ONEMAP_APT_MIRROR"):
        return Source(uris=(named,), suites=(RELEASE,), components=("main",))
    mirror = debian_mirror(_host_sources(etc))
    if not mirror:
        raise SetupError(f"apt's sources here name no Debian mirror; set ONEMAP_APT_MIRROR to one, or {OWN_SERVERS}.")
    return mirror


def _host_sources(etc: Path) -> Iterable[Source]:
    for file in sorted([etc / "sources.list", *etc.glob("sources.list.d/*")]):
        if file.is_file() and file.suffix in {".list", ".sources"}:
            parse = parse_deb822 if file.suffix == ".sources" else parse_one_line
            yield from parse(file.read_text(errors="replace"))


class PrivateApt:
    """apt with its state below one folder and an empty list of installed packages."""

    def __init__(self, root: Path, mirror: Source) -> None:
        self._root, self._mirror = root, mirror
        for folder in ("state/lists/partial", "cache/archives/partial", "none"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "status").touch()
        (root / "apt.conf").write_text(CONFIGURATION.format(root=root))
        (root / "sources.list").write_text(self._source_line())

    def update(self) -> None:
        """Fetch the release's package list; apt checks its signature."""
        self._run("update", "--error-on=any")

    def resolve(self, packages: Sequence[str]) -> list[str]:
        """These packages and all they depend on, by name."""
        listing = self._run("install", "--yes", "--print-uris", *packages)
        return re.findall(r"^'\S+' ([^_\s]+)_\S+ \d+ ", listing, flags=re.MULTILINE)

    def download(self, packages: Sequence[str], into: Path, update: Update) -> list[Path]:
        """Fetch package files, each checked against the signed list; `update` is told the share done."""
        into.mkdir(parents=True, exist_ok=True)
        self._run("download", *packages, cwd=into, update=update)
        return sorted(into.glob("*.deb"))

    def _source_line(self) -> str:
        options = []
        if keyring := self._keyring():
            options.append(f"signed-by={keyring}")
        if self._mirror.trusted:
            options.append("trusted=yes")
        prefix = f"[{' '.join(options)}] " if options else ""
        return f"deb {prefix}{self._mirror.uris[0]} {RELEASE} main\n"

    def _keyring(self) -> Path | None:
        signed_by = self._mirror.signed_by
        if signed_by.startswith("-----BEGIN"):
            keyring = self._root / "mirror.asc"
            keyring.write_text("\n".join("" if line == "." else line for line in signed_by.splitlines()) + "\n")
            return keyring
        if signed_by.startswith("/"):
            return Path(signed_by.split()[0])
        return DEBIAN_KEYRING if DEBIAN_KEYRING.exists() else None

    def _run(self, *arguments: str, cwd: Path | None = None, update: Update | None = None) -> str:
        command = ["apt-get", "-c", str(self._root / "apt.conf"), "-o", "APT::Status-Fd=1", *arguments]
        with subprocess.Popen(
            command,
            cwd=cwd or self._root,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as apt:
            assert apt.stdout
            lines = []
            for line in apt.stdout:
                lines.append(line)
                if update and (share := re.match(r"dlstatus:\d+:([\d.]+):", line)):
                    update(float(share[1]) / 100)
        output = "".join(lines)
        if apt.returncode:
            raise SetupError(self._sentence(output))
        return output

    def _sentence(self, output: str) -> str:
        for pattern, remedy in REMEDIES:
            if re.search(pattern, output):
                return remedy.format(root=self._root, mirror=self._mirror.uris[0])
        complaints = [line[2:].strip() for line in output.splitlines() if line.startswith("E:")]
        return f"apt could not fetch Debian packages ({'; '.join(complaints) or 'no reason given'}); {OWN_SERVERS}."
