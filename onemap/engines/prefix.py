"""A prefix: Debian packages unpacked into a folder, their programs pointed at the folder's own libraries."""

import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from onemap.engines.apt import PrivateApt, host_mirror
from onemap.engines.sets import RELEASE, EngineSet
from onemap.errors import SetupError
from onemap.home import Home, exclusive, made
from onemap.progress import phase

STAMP = "complete.json"
MB = 1_000_000
LIBRARY_FOLDERS = ("usr/lib/*-linux-gnu*", "usr/lib/*-linux-gnu*/pulseaudio")


def provision(engine_set: EngineSet, home: Home) -> Path:
    """The set's prefix, fetched and unpacked on first use.

    It is built beside its place and moved there whole; the stamp is written last, after each program has been
    seen to load. A prefix made from another list of packages, or for another place, is made again.
    """
    prefix = home.engines / engine_set.name
    if is_whole(prefix, engine_set):
        return prefix
    with exclusive(home.engines / f"{engine_set.name}.lock"):
        if not is_whole(prefix, engine_set):
            _build(engine_set, prefix)
    return prefix


def is_whole(prefix: Path, engine_set: EngineSet) -> bool:
    """Whether the prefix is finished and was made from this set for this place; a link to such a one is, too."""
    try:
        return (prefix / STAMP).read_text() == _fingerprint(prefix, engine_set)
    except OSError:
        return False


def _fingerprint(prefix: Path, engine_set: EngineSet) -> str:
    return json.dumps({"release": RELEASE, "prefix": str(prefix.resolve()), **asdict(engine_set)}, sort_keys=True)


def _build(engine_set: EngineSet, prefix: Path) -> None:
    _check_room(engine_set, prefix.parent)
    mirror = host_mirror()
    work = prefix.with_name(f"{engine_set.name}.part")
    shutil.rmtree(work, ignore_errors=True)
    try:
        unpacked = made(work / "prefix")
        apt = PrivateApt(work / "apt", mirror)
        with phase(f"{engine_set.name}: reading Debian's package list"):
            apt.update()
            wanted = [name for name in apt.resolve(engine_set.packages) if engine_set.wants(name)]
        with phase(f"{engine_set.name}: downloading {len(wanted)} packages") as update:
            archives = apt.download(wanted, work / "archives", update)
        with phase(f"{engine_set.name}: unpacking") as update:
            for count, _ in enumerate(_unpack_all(archives, unpacked), start=1):
                update(count / len(archives))
            _adopt(engine_set, unpacked, prefix)
        shutil.rmtree(prefix, ignore_errors=True)
        unpacked.rename(prefix)
        _check_loads(engine_set, prefix)
        (prefix / STAMP).write_text(_fingerprint(prefix, engine_set))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _check_room(engine_set: EngineSet, folder: Path) -> None:
    free_mb = shutil.disk_usage(folder).free // MB
    if free_mb < engine_set.needs_mb:
        raise SetupError(
            f"Unpacking {engine_set.name} needs {engine_set.needs_mb} MB below {folder} and {free_mb} MB are free; "
            "make room there, or set ONEMAP_HOME to a roomier disk."
        )


def _unpack_all(archives: Sequence[Path], into: Path) -> Iterator[str]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda archive: _call("dpkg-deb", "--extract", archive, into), archives)


def _adopt(engine_set: EngineSet, unpacked: Path, prefix: Path) -> None:
    """Give each program the loader and library path it will have once `unpacked` lies at `prefix`."""
    folders = [path for pattern in LIBRARY_FOLDERS for path in sorted(unpacked.glob(pattern)) if path.is_dir()]
    library_path = ":".join(str(prefix / folder.relative_to(unpacked)) for folder in folders)
    for program in executables(engine_set.programs, unpacked):
        loader = _patchelf("--print-interpreter", program)
        _patchelf("--set-interpreter", prefix / "usr" / loader.lstrip("/"), program)  # Debian keeps /lib64 in /usr
        # An old-style rpath also serves what the program loads later, such as PostgreSQL's extensions.
        _patchelf("--force-rpath", "--set-rpath", library_path, program)
    for library in executables(engine_set.libraries, unpacked):
        _patchelf("--set-rpath", library_path, library)


def executables(patterns: Sequence[str], prefix: Path) -> list[Path]:
    """The ELF files that match; scripts and symbolic links are passed over."""
    found = [path for pattern in patterns for path in sorted(prefix.glob(pattern))]
    return [path for path in found if path.is_file() and not path.is_symlink() and _is_elf(path)]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _check_loads(engine_set: EngineSet, prefix: Path) -> None:
    for program in executables(engine_set.programs, prefix):
        _call(_patchelf("--print-interpreter", program), "--list", program)


def _patchelf(*arguments: str | Path) -> str:
    return _call(Path(sysconfig.get_path("scripts")) / "patchelf", *arguments).strip()


def _call(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        if "No space left" in reason:
            raise SetupError("The disk is full; make room or set ONEMAP_HOME to a roomier disk, then try again.")
        raise SetupError(f"{Path(command[0]).name} failed ({reason}); try again, and report it if it happens twice.")
    return done.stdout
