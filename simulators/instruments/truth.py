"""The truth, kept beside what was sent, so that quality control and forecasts can be scored by it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulators.instruments.faults import Fault
from simulators.instruments.sent import Sent

ROWS = 1 << 16  # in a row group: some 4 MB in memory, whatever the length of a storm
MOMENT = pa.timestamp("us", tz="UTC")
BITS = ",".join(f"{one.value}={(one.name or '').lower()}" for one in Fault)
SCHEMA = pa.schema(
    [
        ("device_id", pa.dictionary(pa.int32(), pa.string())),
        ("quantity", pa.dictionary(pa.int32(), pa.string())),
        ("true_at", MOMENT),
        ("true_value", pa.float64()),
        ("observed_at", MOMENT),
        ("sent_at", MOMENT),
        ("value", pa.float64()),
        ("faults", pa.int32()),
    ],
    metadata={"faults": BITS},
)

Write = Callable[[Iterable[Sent]], None]


@contextmanager
def writing(path: Path) -> Iterator[Write]:
    """A Parquet file of all that was sent; it is there as a whole when the block ends well, and not at all otherwise.

    The same records make the same bytes with the same version of pyarrow. What the bits of `faults` mean is written in
    the file, as metadata of its schema.

    Yields:
        A function that adds records in the order in which they shall stand.
    """
    part = path.with_name(f".{path.name}.part")
    held: list[Sent] = []
    try:
        with pq.ParquetWriter(part, SCHEMA, compression="zstd") as file:

            def write(sent: Iterable[Sent]) -> None:
                held.extend(sent)
                while len(held) >= ROWS:
                    file.write_table(_table(held[:ROWS]), row_group_size=ROWS)
                    del held[:ROWS]

            yield write
            if held:
                file.write_table(_table(held), row_group_size=ROWS)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _table(sent: list[Sent]) -> pa.Table:
    columns = {
        "device_id": [one.device_id for one in sent],
        "quantity": [one.quantity.value for one in sent],
        "true_at": [one.true_at for one in sent],
        "true_value": [one.true_value for one in sent],
        "observed_at": [one.observed_at for one in sent],
        "sent_at": [one.due for one in sent],
        "value": [one.value for one in sent],
        "faults": [one.faults for one in sent],
    }
    return pa.table({name: pa.array(columns[name], SCHEMA.field(name).type) for name in SCHEMA.names}, schema=SCHEMA)
