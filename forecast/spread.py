"""How far a forecast may be off: the error's shape is pooled over sites, its size is each site's own."""

from dataclasses import dataclass

import numpy as np

from floodcore.domain.forecast import LEADS
from forecast.distribution import MEASURED, with_ends
from forecast.forecasters import Forecaster
from forecast.known import FloatArray
from forecast.state import Regime, State

LEADS_MIN = tuple(lead.total_seconds() / 60 for lead in LEADS)
FLOOR_M = 0.005  # half the step of common gauges: no site is quieter than its gauge can tell
# After so long most of the water on a road has come or gone: the depth itself, and no more its recent range, is the
# measure of what can change. 60 and 240 min scored 1 to 2 % worse on the days that chose the damped trend.
TURNOVER_MIN = 120.0

# A table of standardised errors (realised less forecast, in units of the scale) has the shape TABLE_SHAPE: road or not,
# regime, lead, and the quantiles at distribution.MEASURED.
TABLE_SHAPE = (2, len(Regime), len(LEADS), len(MEASURED))


@dataclass(frozen=True, kw_only=True)
class Guess:
    """The middle and the size of the error, for one lead.

    Attributes:
        level_m: What the forecaster says, metres, shape (n_sites,).
        scale_m: The unit that errors are counted in, metres, shape (n_sites,), above 0.
    """

    level_m: FloatArray
    scale_m: FloatArray


def guess(forecaster: Forecaster, state: State, lead_min: float, since_min: FloatArray | None = None) -> Guess:
    """What a forecaster says, and how large its errors are by what can be seen at T0.

    The forecast starts from a reading that is already `age_min` old; errors are taken to grow with the root of the
    time that passes from that reading, as a random walk's do, so that an old reading gives a wider forecast.

    Args:
        forecaster: Any.
        state: The sites at T0.
        lead_min: Minutes from T0; the scale is that lead's.
        since_min: Minutes from each site's newest reading to the moment asked for, shape (n_sites,); by default to
            T0 and the lead beyond it.
    """
    since = state.age_min + lead_min if since_min is None else since_min
    turned_over = np.where(state.is_road, -np.expm1(-lead_min / TURNOVER_MIN), 0.0)
    size = FLOOR_M + turned_over * state.level_m + (1 - turned_over) * state.activity_m
    return Guess(level_m=forecaster(state, since), scale_m=size * np.sqrt(since / lead_min))


def levels(state: State, guessed: Guess, errors: FloatArray, lead_min: float) -> FloatArray:
    """The predictive distribution of every site.

    Args:
        state: The sites at T0.
        guessed: For the same lead.
        errors: Standardised (no unit), of the same forecaster, shape TABLE_SHAPE.
        lead_min: Minutes, one of LEADS_MIN.

    Returns:
        Metres at distribution.PROBABILITIES, shape (n_sites, n_probabilities), not falling along a row. On a road
        what would lie below 0 lies at 0: a lump of probability there is the chance that it is dry.
    """
    own = with_ends(errors[:, :, LEADS_MIN.index(lead_min)])[state.is_road.astype(int), state.regime]
    level = guessed.level_m[:, None] + guessed.scale_m[:, None] * own
    return np.asarray(np.where(state.is_road[:, None], np.maximum(level, 0.0), level))
