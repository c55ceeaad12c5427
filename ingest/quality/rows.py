"""Between readings as the memory holds them and series as the checks see them."""

from datetime import datetime

import numpy as np

from floodcore.domain.quality import ON_ARRIVAL, Flag
from floodcore.domain.reading import Reading
from floodcore.domain.upkeep import Span
from floodcore.store.judgements import Columns, microseconds, moment
from ingest.quality.computing import Computed, index_in, with_computed
from ingest.quality.said import Said
from ingest.quality.series import Series
from ingest.quality.subject import Subject
from ingest.quality.verdict import Verdict, by_itself


def series_of(rows: Columns, subject: Subject) -> Series:
    """A sensor's readings as they came."""
    at_s = rows.observed_us / 1e6  # exact to the microsecond for the next two centuries
    return Series(quantity=subject.quantity, kind=subject.kind, at_s=at_s, value=rows.value)


def own_verdict(rows: Columns, subject: Subject, said: Said, found: Computed | None) -> Verdict:
    """What a sensor's readings are worth by themselves, computed ones with their values of now."""
    series, flags = series_of(rows, subject), rows.flags.astype(np.int64)
    if found is None:
        return by_itself(series, flags & ON_ARRIVAL, said)
    return by_itself(*with_computed(series, flags, found), said)


def changes(rows: Columns, verdict: Verdict, within: Span) -> Columns:
    """The readings of a span that are not judged so already, with the judgement that is to be written."""
    value = verdict.series.value
    adjusted = np.where(value == rows.value, np.nan, value)
    same_value = (adjusted == rows.adjusted) | (np.isnan(adjusted) & np.isnan(rows.adjusted))
    same = rows.judged & (verdict.flags == rows.flags) & (verdict.quality == rows.quality) & same_value
    inside = (rows.observed_us >= microseconds(within.earliest)) & (rows.observed_us <= microseconds(within.latest))
    changed = inside & ~same
    return Columns(
        sensor_id=rows.sensor_id[changed],
        observed_us=rows.observed_us[changed],
        value=rows.value[changed],
        quality=verdict.quality[changed].astype(np.int16),
        flags=verdict.flags[changed].astype(np.int32),
        adjusted=adjusted[changed],
        judged=np.ones(int(changed.sum()), dtype=np.bool_),
    )


def extent(rows: Columns) -> Span:
    """From the first to the last reading of one sensor; there is at least one."""
    first, last = int(rows.observed_us[0]), int(rows.observed_us[-1])
    return Span(sensor_id=int(rows.sensor_id[0]), earliest=moment(first), latest=moment(last))


def readings_missing(
    rows: Columns | None, subject: Subject, found: Computed, within: Span, now: datetime
) -> list[Reading]:
    """The computed values of a span that are to be stored for the first time.

    None where the device tells the quantity itself.
    """
    lacking = np.ones(len(found.series), dtype=np.bool_)
    if rows is not None:
        if (rows.flags & Flag.DERIVED == 0).any():
            return []
        lacking = index_in(found.series.at_s, series_of(rows, subject).at_s) < 0
    observed_us = np.rint(found.series.at_s * 1e6).astype(np.int64)
    lacking &= (observed_us >= microseconds(within.earliest)) & (observed_us <= microseconds(within.latest))
    chosen = (observed_us[lacking].tolist(), found.series.value[lacking].tolist(), found.flags[lacking].tolist())
    return [
        Reading(
            device_id=subject.device_id,
            quantity=subject.quantity,
            observed_at=moment(at_us),
            value=value,
            received_at=now,
            flags=flags,
        )
        for at_us, value, flags in zip(*chosen, strict=True)
    ]
