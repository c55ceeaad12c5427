"""What a weather radar makes of rain: errors that last and reach far, rain hidden by rain, scans that are missing.

No radar was measured for this. The kinds of error are the well-known ones; their sizes are guessed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d
from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
Z_A, Z_B = 200.0, 1.6  # Z = a R^b, Marshall and Palmer 1948; R in mm/h, Z in mm6/m3
MOST_PATH_DB = 20.0  # guessed: behind so much rain a radar's own correction has long taken over
RAY_STEP_KM = 0.5  # half a cell: no cell of a ray is left out by much


@dataclass(frozen=True, kw_only=True)
class RadarErrors:
    """How large each error is; all guessed.

    Attributes:
        storm_sigma: Of the natural logarithm of a factor that is one for a whole storm (calibration, drop sizes).
        local_sigma: Of the natural logarithm of a factor that differs from place to place and changes.
        local_km: Where its correlation has fallen to 1/e.
        local_scans: After how many scans its correlation has fallen to 1/e.
        db_per_km, power: Two-way loss of db_per_km R^power in each kilometre of rain of R mm/h; of the order of a
            C-band radar's.
        range_km: The beam rises over the rain: what is seen falls to 1/e over this range.
        missing: Share of scans that are not there.
        step_dbz: Reflectivity is told in such steps.
        least_dbz: Below it there is no echo.
    """

    storm_sigma: float = 0.2
    local_sigma: float = 0.35
    local_km: float = 10.0
    local_scans: float = 6.0
    db_per_km: float = 0.0036
    power: float = 1.05
    range_km: float = 200.0
    missing: float = 0.02
    step_dbz: float = 0.5
    least_dbz: float = 5.0


TYPICAL = RadarErrors()


def seen(mm_h: FloatArray, cell_km: float, rng: np.random.Generator, errors: RadarErrors = TYPICAL) -> FloatArray:
    """Rain as a radar at the grid's north-west corner shows it.

    Args:
        mm_h: Rain at the moments of the scans, shape (n_times, ny, nx), rows from south to north.
        cell_km: Width of a cell.
        rng: Decides the errors.
        errors: Their sizes.

    Returns:
        mm/h, same shape; a scan that is missing is NaN throughout.
    """
    n_times, ny, nx = mm_h.shape
    factor = np.exp(errors.storm_sigma * rng.standard_normal())
    factor = factor * np.exp(errors.local_sigma * _local(mm_h.shape, cell_km, rng, errors))
    is_missing = rng.random(n_times) < errors.missing
    far = _range_km(ny, nx, cell_km)
    loss = (errors.db_per_km * mm_h**errors.power).reshape(n_times, -1)
    path_db = np.minimum((_rays(ny, nx, cell_km) @ loss.T).T.reshape(mm_h.shape), MOST_PATH_DB)
    behind = 10 ** (-path_db / (10 * Z_B))  # a loss in Z is a smaller one in R
    rain = _in_steps(mm_h * factor * behind * np.exp(-far / errors.range_km), errors)
    rain[is_missing] = np.nan
    return rain


def _local(shape: tuple[int, ...], cell_km: float, rng: np.random.Generator, errors: RadarErrors) -> FloatArray:
    """Normal numbers of mean 0 and variance 1 that resemble their neighbours in place and time.

    White noise under a Gaussian weight of deviation s correlates by exp(-d^2 / (4 s^2)), so s is half of `local_km`. A
    weight whose squares sum to one keeps the variance. In time it is an autoregressive process of the first order.
    """
    n_times, ny, nx = shape
    deviation = errors.local_km / cell_km / 2
    reach = int(np.ceil(3 * deviation))
    weight = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    weight /= np.sqrt((weight**2).sum())
    noise = rng.standard_normal((n_times, ny + 2 * reach, nx + 2 * reach))
    for axis in (1, 2):
        noise = correlate1d(noise, weight, axis=axis, mode="constant")
    local: FloatArray = noise[:, reach : reach + ny, reach : reach + nx].copy()
    stays = np.exp(-1 / errors.local_scans)
    for scan in range(1, n_times):
        local[scan] = stays * local[scan - 1] + np.sqrt(1 - stays**2) * local[scan]
    return local


def _range_km(ny: int, nx: int, cell_km: float) -> FloatArray:
    """From the north-west corner, shape (ny, nx)."""
    east, south = (np.arange(nx) + 0.5) * cell_km, (np.arange(ny)[::-1] + 0.5) * cell_km
    far: FloatArray = np.hypot(*np.meshgrid(east, south))
    return far


def _rays(ny: int, nx: int, cell_km: float) -> csr_array:
    """How many kilometres of the ray to each cell lie in each cell, shape (ny * nx, ny * nx)."""
    east, south = (each.ravel() for each in np.meshgrid(np.arange(nx) + 0.5, np.arange(ny)[::-1] + 0.5))
    length = np.hypot(east, south) * cell_km
    n_steps = int(np.ceil(length.max() / RAY_STEP_KM))
    share = (np.arange(n_steps) + 0.5) / n_steps  # of the way; every ray has as many steps, of its own length
    column = np.floor(share * east[:, None]).astype(np.int64)
    row = ny - 1 - np.floor(share * south[:, None]).astype(np.int64)
    target = np.broadcast_to(np.arange(ny * nx)[:, None], row.shape)
    km = np.broadcast_to(length[:, None] / n_steps, row.shape)
    return csr_array((km.ravel(), (target.ravel(), (row * nx + column).ravel())), shape=(ny * nx, ny * nx))


def _in_steps(mm_h: FloatArray, errors: RadarErrors) -> FloatArray:
    """As reflectivity in whole steps tells it; what gives no echo is dry."""
    with np.errstate(divide="ignore"):
        dbz = 10 * np.log10(Z_A) + 10 * Z_B * np.log10(mm_h)
    has_echo = dbz >= errors.least_dbz
    steps = np.round(np.where(has_echo, dbz, 0.0) / errors.step_dbz) * errors.step_dbz
    rain: FloatArray = np.where(has_echo, (10 ** (steps / 10) / Z_A) ** (1 / Z_B), 0.0)
    return rain
