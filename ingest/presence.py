"""Which devices are there."""

from collections.abc import Iterable

from floodcore.store.database import Connection, fetch_all
from floodcore.store.statements import statements
from ingest.decode import Status

SQL = statements("presence", "ingest")


async def put_statuses(connection: Connection, statuses: Iterable[Status]) -> list[int]:
    """Write down what devices said, the last word of each; returns the sensors of those that changed."""
    last = {said.device_id: said for said in statuses}
    if not last:
        return []
    told = {
        "devices": list(last),
        "statuses": [said.status for said in last.values()],
        "times": [said.at for said in last.values()],
    }
    return [row["sensor_id"] for row in await fetch_all(connection, SQL["put_statuses"], told)]
