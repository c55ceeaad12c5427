"""What was true at each watched place, minute by minute, as Parquet."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from simulators.recording import Recording

SCHEMA = pa.schema(
    [
        ("at", pa.timestamp("us", tz="UTC")),
        ("site_id", pa.dictionary(pa.int32(), pa.string())),
        ("road_m", pa.float32()),
        ("rain_mm_h", pa.float32()),
    ]
)


def truth_parquet(recording: Recording) -> bytes:
    """A row a minute and place, by time: `road_m`, water over the road in m; `rain_mm_h`, mean of the minute.

    `at` is the end of the minute. The same recording makes the same bytes with the same version of pyarrow.
    """
    site_ids = [one.site.site_id for one in recording.scene.city.watched]
    n_times, n_sites = recording.road_m.shape
    at = np.array([time.replace(tzinfo=None) for time in recording.times], dtype="datetime64[us]")
    numbers = pa.array(np.tile(np.arange(n_sites, dtype=np.int32), n_times))
    columns = {
        "at": pa.array(np.repeat(at, n_sites), SCHEMA.field("at").type),
        "site_id": pa.DictionaryArray.from_arrays(numbers, pa.array(site_ids, pa.string())),
        "road_m": pa.array(recording.road_m.ravel()),
        "rain_mm_h": pa.array(recording.rain_mm_h.ravel()),
    }
    packed = io.BytesIO()
    pq.write_table(pa.table(columns, schema=SCHEMA), packed, compression="zstd")
    return packed.getvalue()
