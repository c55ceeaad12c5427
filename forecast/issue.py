"""The runs of one issue time, from the state of the sites, their thresholds and the errors of late."""

from collections.abc import Mapping
from datetime import datetime
from math import isnan

import numpy as np

from floodcore.domain.forecast import LEADS, ForecastRun, ForecastValue
from floodcore.domain.levels import Ladder, Level, Threshold
from forecast.distribution import exceedance, quantiles
from forecast.forecasters import FORECASTERS
from forecast.known import FloatArray, StrArray
from forecast.realised import RealisedErrors
from forecast.spread import LEADS_MIN, guess, levels
from forecast.state import State

STEPS = tuple(level for level in Level if level is not Level.NORMAL)
DECIMALS = 4  # a tenth of a millimetre, a hundredth of a percent: finer than any gauge, and short in the store


def runs(
    state: State, thresholds: Mapping[str, tuple[Threshold, ...]], realised: RealisedErrors
) -> tuple[ForecastRun, ...]:
    """One run of each forecaster, with every site of the state at every lead.

    Args:
        state: The sites at T0.
        thresholds: Of all times by site id; those valid at the valid time are asked for.
        realised: Has learnt everything up to and with T0.
    """
    ladders = [ladders_m(state.site_ids, thresholds, state.issue_time + lead) for lead in LEADS]
    return tuple(
        ForecastRun(
            issue_time=state.issue_time, produced_by=name, values=_values(name, state, ladders, realised.table(name))
        )
        for name in FORECASTERS
    )


def ladders_m(site_ids: StrArray, thresholds: Mapping[str, tuple[Threshold, ...]], valid_time: datetime) -> FloatArray:
    """The thresholds' depths at a moment.

    Args:
        site_ids: Shape (n_sites,).
        thresholds: Of all times by site id.
        valid_time: The moment.

    Returns:
        Depths in metres, shape (n_sites, 4), from blue to red; NaN where there is none.
    """
    table = np.full((len(site_ids), len(STEPS)), np.nan)
    for row, site_id in enumerate(site_ids.tolist()):
        for level, threshold in Ladder.at(thresholds.get(site_id, ()), valid_time).steps.items():
            table[row, STEPS.index(level)] = threshold.depth_m
    return table


def _values(name: str, state: State, ladders: list[FloatArray], errors: FloatArray) -> tuple[ForecastValue, ...]:
    site_ids = state.site_ids.tolist()
    values: list[ForecastValue] = []
    for lead, lead_min, ladder in zip(LEADS, LEADS_MIN, ladders, strict=True):
        distribution = levels(state, guess(FORECASTERS[name], state, lead_min), errors, lead_min)
        depths = quantiles(distribution).round(DECIMALS).tolist()
        chances = exceedance(distribution, ladder).round(DECIMALS).tolist()
        values += [
            ForecastValue(
                site_id=site_id,
                lead_time=lead,
                depth_m=tuple(depth),
                crossing={level: p for level, p in zip(STEPS, chance, strict=True) if not isnan(p)},
            )
            for site_id, depth, chance in zip(site_ids, depths, chances, strict=True)
        ]
    return tuple(values)
