"""Rows of a pack that are not taken: each with its line and its reason, none a traceback."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

MOST_LISTED = 1000  # rows kept for listing; all are counted
ROW_SHOWN = 200  # characters of a row that are kept


class RowReason(StrEnum):
    """Why a row is not taken."""

    TOO_MANY_FIELDS = "too_many_fields"  # a decimal comma, most likely
    BAD_TIME = "bad_time"
    NO_OFFSET = "no_offset"  # local time of we know not where
    UNKNOWN_STATION = "unknown_station"  # not in stations.csv, or rejected there
    UNKNOWN_QUANTITY = "unknown_quantity"
    NOT_A_NUMBER = "not_a_number"  # blank included
    OUT_OF_RANGE = "out_of_range"
    BAD_STATION_ID = "bad_station_id"  # blank, or too long to be one
    DUPLICATE_STATION = "duplicate_station"
    UNKNOWN_KIND = "unknown_kind"


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """One row as it stood; `line` counts from 1, the header included."""

    file: str
    line: int
    reason: RowReason
    row: str


@dataclass
class Rejections:
    """All rejected rows counted by reason, and the first of them listed."""

    counts: Counter[RowReason] = field(default_factory=Counter)
    rows: list[RejectedRow] = field(default_factory=list)

    def add(self, file: str, reason: RowReason, line: int, row: Iterable[str]) -> None:
        """Count a row, and list it while there is room."""
        self.counts[reason] += 1
        if len(self.rows) < MOST_LISTED:
            self.rows.append(RejectedRow(file=file, line=line, reason=reason, row=",".join(row)[:ROW_SHOWN]))

    @property
    def total(self) -> int:
        """How many rows were rejected."""
        return self.counts.total()
