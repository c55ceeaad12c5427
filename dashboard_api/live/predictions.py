"""Forecasts as clients see them: of the last runs, each site's newest."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from dashboard_api.live.objects import Forecast, Lead, Quantiles

SECONDS = 60


def forecast_objects(rows: Iterable[Mapping[str, Any]]) -> dict[str, Forecast]:
    """One run by site.

    Args:
        rows: Columns of forecast_value with the run's `produced_by`; in order of site and valid time.
    """
    return {site_id: forecast_of(list(of_site)) for site_id, of_site in groupby(rows, itemgetter("site_id"))}


def forecast_of(rows: Sequence[Mapping[str, Any]]) -> Forecast:
    """What one run says about one site; at least one row, in order of valid time."""
    first = rows[0]
    return Forecast(
        run_id=str(first["run_id"]),
        issue_time=first["issue_time"],
        produced_by=first["produced_by"],
        leads=tuple(_lead(row) for row in rows),
    )


def _lead(row: Mapping[str, Any]) -> Lead:
    span = row["valid_time"] - row["issue_time"]
    return Lead(
        lead_min=round(span.total_seconds() / SECONDS),
        valid_time=row["valid_time"],
        depth_m=Quantiles(**{name: row[name] for name in Quantiles.__struct_fields__}),
        p={level: float(p) for level, p in row["crossing"].items()},
    )
