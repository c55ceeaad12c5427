"""How much memory a process and all it started hold, read from /proc."""

import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def resident_mb(pid: int) -> float:
    """Resident memory of the process tree in MB (10^6 bytes); 0 when it is gone.

    What each process has for itself is added up; what they share, PostgreSQL's buffers above all, is counted once,
    as the largest share that any of them has touched. Adding up plain RSS would count it for every connection.
    """
    own_kb, shared_kb = 0, 0
    for member in _tree(pid):
        fields = _status_kb(member)
        own_kb += fields.get("RssAnon", 0)
        shared_kb = max(shared_kb, fields.get("RssFile", 0) + fields.get("RssShmem", 0))
    return (own_kb + shared_kb) * 1024 / 1_000_000


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in (PROC / str(pid) / "task").glob("*/children"):
        for child in _read(children).split():
            yield from _tree(int(child))


def _status_kb(pid: int) -> dict[str, int]:
    found = re.findall(r"^(Rss\w+):\s+(\d+) kB", _read(PROC / str(pid) / "status"), flags=re.MULTILINE)
    return {name: int(kb) for name, kb in found}


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:  # it ended while we looked
        return ""
