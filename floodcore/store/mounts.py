"""How devices are mounted, and were."""

from collections import defaultdict
from collections.abc import Iterable

from floodcore.domain.upkeep import Mount
from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements

SQL = statements("mounts")


async def mounts_of(connection: Connection, device_ids: Iterable[str]) -> dict[str, tuple[Mount, ...]]:
    """Mounts of all times by device, the oldest first; a device without any is missing."""
    found: dict[str, list[Mount]] = defaultdict(list)
    for row in await fetch_all(connection, SQL["of_devices"], {"devices": sorted(set(device_ids))}):
        found[row["device_id"]].append(Mount(**row))
    return {device_id: tuple(mounts) for device_id, mounts in found.items()}
