"""observations.csv: what was measured, column by column for speed, row by row for blame."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas import CategoricalDtype

from floodcore.domain.ranges import CODE_DECIMALS, CODELESS, ERROR_CODES, RANGES
from floodcore.packs.rejection import Rejections, RowReason
from floodcore.packs.table import Row, Table

REQUIRED = ("observed_at", "station_id", "quantity", "value")
ROWS_AT_ONCE = 100_000  # about 60 MB of text fields, whatever the file's size
EARLIEST, LATEST = pd.Timestamp("1900-01-01", tz="UTC"), pd.Timestamp("2100-01-01", tz="UTC")
OFFSET = re.compile(r"[T ].*[+-]\d\d(?::?\d\d)?$")

QUANTITIES = [str(quantity) for quantity in RANGES]
# A row for each quantity, and a last one for a quantity that is not known: code -1.
LIMITS = np.array([*((each.low, each.high) for each in RANGES.values()), (-np.inf, np.inf)])
HAS_CODES = np.array([*(quantity not in CODELESS for quantity in RANGES), False])
REASONS = tuple(RowReason)
TAKEN = -1
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ObservationReader:
    """Turns rows into columns.

    Attributes:
        station_ids: The stations that may be spoken of.
        rejections: Takes every row that is not taken here.
    """

    station_ids: Sequence[str]
    rejections: Rejections

    def read(self, table: Table) -> pd.DataFrame:
        """All observations of a file that can be used, by time; rows of one moment stay in the file's order.

        Returns:
            observed_at and received_at (UTC, microseconds; received_at is observed_at where the pack tells none),
            station_id and quantity (categories), value (in the quantity's unit), quality (text, None where blank).
        """
        frames = [self._usable(table, batch) for batch in _batches(table)] or [self._usable(table, [])]
        return pd.concat(frames, ignore_index=True).sort_values("observed_at", kind="stable", ignore_index=True)

    def _usable(self, table: Table, batch: Sequence[tuple[int, Row]]) -> pd.DataFrame:
        kept: list[tuple[int, Row]] = []
        rows: list[Row] = []
        for line, raw in batch:
            if (row := table.fitted(raw)) is None:
                self.rejections.add(table.file.name, RowReason.TOO_MANY_FIELDS, line, raw)
            else:
                kept.append((line, raw))
                rows.append(row)
        columns = list(zip(*rows, strict=True)) or [()] * len(table.columns)
        texts = {name: [text.strip() for text in column] for name, column in zip(table.columns, columns, strict=True)}
        frame = self._frame(texts)
        reasons = _reasons(texts, frame)
        rejected = np.flatnonzero(reasons != TAKEN)
        for number in rejected:
            self.rejections.add(table.file.name, REASONS[reasons[number]], *kept[number])
        return frame[reasons == TAKEN] if len(rejected) else frame

    def _frame(self, texts: Mapping[str, list[str]]) -> pd.DataFrame:
        observed_at = _times(texts["observed_at"])
        blank = [""] * len(observed_at)
        received = np.array(texts.get("received_at", blank), dtype=object)
        told = received != ""
        received_at = observed_at.copy()
        if told.any():
            received_at[told] = _times(received[told]).array
        return pd.DataFrame(
            {
                "observed_at": observed_at,
                "received_at": received_at,
                "station_id": _category(texts["station_id"], self.station_ids),
                "quantity": _category([text.lower() for text in texts["quantity"]], QUANTITIES),
                "value": np.array([_number(text) for text in texts["value"]], dtype=np.float64),
                "quality": pd.Series([text or None for text in texts.get("quality", blank)], dtype=object),
            }
        )


def _batches(table: Table) -> Iterator[list[tuple[int, Row]]]:
    rows = table.rows()
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield batch


def _category(texts: Sequence[str], known: Sequence[str]) -> "pd.Series[CategoricalDtype]":
    """The texts as categories; one that is not known is missing."""
    code_of = {text: code for code, text in enumerate(known)}
    codes = np.array([code_of.get(text, -1) for text in texts], dtype=np.int64)
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(known)))


def _times(texts: Sequence[str]) -> "pd.Series[pd.Timestamp]":
    """Moments, UTC, to the microsecond; NaT where the text is none, or lies centuries away."""
    times = pd.to_datetime(pd.Series(texts, dtype=object), format="ISO8601", utc=True, errors="coerce")
    return times.where(times.between(EARLIEST, LATEST)).dt.as_unit("us")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _reasons(texts: Mapping[str, Sequence[str]], frame: pd.DataFrame) -> IntArray:
    """Why each row is not taken, as an index into REASONS, shape (n_rows,); TAKEN where it is taken."""
    value = frame["value"].to_numpy()
    quantity = frame["quantity"].cat.codes.to_numpy()
    low, high = LIMITS[quantity].T
    with np.errstate(over="ignore"):  # numpy rounds by multiplying; what overflows is out of range anyway
        is_code = HAS_CODES[quantity] & np.isin(np.round(value, CODE_DECIMALS), ERROR_CODES)
    conditions = {
        RowReason.BAD_TIME: frame["observed_at"].isna() | frame["received_at"].isna(),
        RowReason.NO_OFFSET: ~(
            _have_offset(texts["observed_at"]) & _have_offset(texts.get("received_at", [""] * len(frame)))
        ),
        RowReason.UNKNOWN_STATION: frame["station_id"].isna(),
        RowReason.UNKNOWN_QUANTITY: frame["quantity"].isna(),
        RowReason.NOT_A_NUMBER: ~np.isfinite(value),
        RowReason.OUT_OF_RANGE: (value < low) | (value > high) | is_code,
    }
    found = np.full(len(frame), TAKEN, dtype=np.int64)
    for reason, condition in reversed(conditions.items()):  # the first that applies is the one that is named
        found[np.asarray(condition, dtype=np.bool_)] = REASONS.index(reason)
    return found


def _have_offset(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether each time says where it is from, shape (n_rows,); a blank one need not."""
    return np.array([not text or text.endswith("Z") or bool(OFFSET.search(text)) for text in texts], dtype=np.bool_)
