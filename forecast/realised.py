"""How wrong we have just been: errors of the last hours, pooled over all sites, beside those of other storms."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from floodcore.domain.forecast import ISSUE_EVERY, LEADS
from forecast.distribution import MEASURED, PROBABILITIES, with_ends
from forecast.forecasters import FORECASTERS
from forecast.known import BoolArray, FloatArray, StrArray
from forecast.spread import LEADS_MIN, TABLE_SHAPE, guess
from forecast.state import Regime, State

REMEMBERED = timedelta(hours=2)  # a storm changes its nature within hours; what it did this morning says little
LOOKS_BACK = REMEMBERED + max(LEADS)  # the oldest error remembered is of a forecast made so long ago
# The prior weighs as much as so many independent errors. Errors of one site whose forecasts overlap in time count as
# one: `n` errors at a lead of 60 min and a run every 5 min are n / 12 independent ones. On left-out storm days 20, 50
# and 100 scored within 1 % of each other.
PRIOR_WEIGHT = 50.0
SPACED = (np.arange(400) + 0.5) / 400  # the prior as errors again: so many that its tails keep their shape


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What forecasts are judged by: sites ascending, metres, minutes since it was so; each of shape (n_sites,)."""

    site_ids: StrArray
    level_m: FloatArray
    age_min: FloatArray
    is_dry: BoolArray


@dataclass(frozen=True, kw_only=True)
class _Errors:
    """Of one issue time: by forecaster the errors, and the cell of the table each belongs to; shape (n_errors,)."""

    of: Mapping[str, FloatArray]
    cell: npt.NDArray[np.int64]


class RealisedErrors:
    """What the forecasters got wrong, learnt issue time by issue time; nothing in it is younger than the newest one.

    It is a function of the states of the last LOOKS_BACK alone: a copy that starts anew and is shown these says
    exactly what the one before it said.
    """

    def __init__(self, prior: Mapping[str, FloatArray]) -> None:
        self._prior = prior
        self._states: dict[datetime, State] = {}
        self._errors: deque[tuple[datetime, _Errors]] = deque()
        self._seen: _Seen | None = None

    @property
    def newest(self) -> datetime | None:
        """The issue time learnt last."""
        return max(self._states, default=None)

    def learn(self, now: State) -> None:
        """Judge the forecasts that were made one lead before `now`; issue times come in ascending order."""
        self._seen = _seen(now, self._seen)
        for lead in LEADS:
            if then := self._states.get(now.issue_time - lead):
                self._errors.append((now.issue_time, _errors(then, self._seen, lead)))
        self._states[now.issue_time] = now
        self._states = {at: state for at, state in self._states.items() if at > now.issue_time - max(LEADS)}
        while self._errors and self._errors[0][0] <= now.issue_time - REMEMBERED:
            self._errors.popleft()

    def table(self, forecaster: str) -> FloatArray:
        """Quantiles of the realised and the prior's errors taken together: no unit, shape spread.TABLE_SHAPE.

        Where the two disagree the result is wide enough for both.
        """
        cells = int(np.prod(TABLE_SHAPE[:-1]))
        table = self._prior[forecaster].reshape(cells, -1).copy()
        parts = [part for _, part in self._errors]
        errors = np.concatenate([part.of[forecaster] for part in parts] or [np.empty(0)])
        cell = np.concatenate([part.cell for part in parts] or [np.empty(0, dtype=np.int64)])
        ordered = errors[np.argsort(cell, kind="stable")]
        ends = np.cumsum(np.bincount(cell, minlength=cells))
        for number, own in enumerate(np.split(ordered, ends[:-1])):
            if len(own):
                table[number] = _together(own, table[number], LEADS[number % len(LEADS)])
        return table.reshape(TABLE_SHAPE)


def _together(errors: FloatArray, prior: FloatArray, lead: timedelta) -> FloatArray:
    """Quantiles at MEASURED of the errors and of as many evenly spaced ones of the prior as it weighs."""
    expected = np.interp(SPACED, PROBABILITIES, with_ends(prior))
    weights = np.concatenate(
        [np.full(len(errors), ISSUE_EVERY / lead), np.full(len(SPACED), PRIOR_WEIGHT / len(SPACED))]
    )
    values = np.concatenate([errors, expected])
    order = np.argsort(values)
    reached = np.cumsum(weights[order]) - weights[order] / 2
    return np.asarray(np.interp(MEASURED, reached / weights.sum(), values[order]))


def _seen(now: State, before: _Seen | None) -> _Seen:
    """The levels at an issue time, and beside them the roads that said "dry" last and have been silent since.

    Gauges that report by exception would otherwise be judged only where water came, and every dry forecast would
    look too low. Those roads are taken to be dry still.
    """
    is_dry = now.regime == Regime.DRY
    seen = _Seen(site_ids=now.site_ids, level_m=now.level_m, age_min=np.where(is_dry, 0.0, now.age_min), is_dry=is_dry)
    if before is None:
        return seen
    silent = before.is_dry & ~np.isin(before.site_ids, now.site_ids)
    site_ids = np.concatenate([seen.site_ids, before.site_ids[silent]])
    order = np.argsort(site_ids)
    return _Seen(
        site_ids=site_ids[order],
        level_m=np.concatenate([seen.level_m, before.level_m[silent]])[order],
        age_min=np.concatenate([seen.age_min, np.zeros(int(silent.sum()))])[order],
        is_dry=np.concatenate([seen.is_dry, before.is_dry[silent]])[order],
    )


def _errors(then: State, seen: _Seen, lead: timedelta) -> _Errors:
    """Errors of the forecasts made `then`, each at the moment of its site's newest reading."""
    _, old, new = np.intersect1d(then.site_ids, seen.site_ids, assume_unique=True, return_indices=True)
    lead_min = lead.total_seconds() / 60
    passed = (lead_min + then.age_min[old] - seen.age_min[new]).clip(min=0)
    judged = passed >= lead_min / 2  # a reading from long before the valid time judges nothing
    old, new, passed = old[judged], new[judged], passed[judged]
    before = then.only(old)
    errors = {}
    for name, forecaster in FORECASTERS.items():
        guessed = guess(forecaster, before, lead_min, passed)
        errors[name] = (seen.level_m[new] - guessed.level_m) / guessed.scale_m
    at_lead = np.full(len(old), LEADS_MIN.index(lead_min))
    cell = np.ravel_multi_index((before.is_road.astype(int), before.regime, at_lead), TABLE_SHAPE[:-1])
    return _Errors(of=errors, cell=np.asarray(cell, dtype=np.int64))
