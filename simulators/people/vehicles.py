"""How deep a vehicle wades, and how fast it drives through water."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.team import Skill
from simulators.city.plan import ROAD_CLASSES, RoadClass

FloatArray = NDArray[np.float64]


class Vehicle(StrEnum):
    """What a team drives."""

    CAR = "car"
    TRUCK = "truck"
    HIGH_CLEARANCE = "high_clearance"


# Water over a road that stops a vehicle, m: one lane counts as open up to 15 cm (GB 50014); cities close underpasses at
# 25 to 27 cm, and cars stall at 30; nothing drives through 50. What a lorry and a high one stand is a range,
# 27 to 30 and 50 to 60 cm; these are chosen from it.
WADES_M = {Vehicle.CAR: 0.15, Vehicle.TRUCK: 0.30, Vehicle.HIGH_CLEARANCE: 0.50}
# In heavy rain, km/h; guessed.
DRY_KM_H = {RoadClass.EXPRESSWAY: 50.0, RoadClass.ARTERIAL: 30.0, RoadClass.STREET: 20.0, RoadClass.TUNNEL: 30.0}
CRAWL_KM_H = 5.0  # the least through any water that does not stop it: walking pace; guessed
LOWEST_OF_THE_CURVE_MM = 300.0  # beyond it the curve of `safe_km_h` would rise again
LARGE_PUMP_M3_H = 2000.0  # from here on a unit is mounted on a lorry with high clearance; guessed


def vehicle_of(skills: frozenset[str], pump_m3_h: float) -> Vehicle:
    """What a team with these skills and this pump drives; constructed, as the register knows of no vehicles."""
    if Skill.RESCUE in skills or pump_m3_h >= LARGE_PUMP_M3_H:
        return Vehicle.HIGH_CLEARANCE
    return Vehicle.TRUCK if pump_m3_h > 0 else Vehicle.CAR


def safe_km_h(depth_m: FloatArray) -> FloatArray:
    """The speed at which a vehicle is still safe, after Pregnolato and others (2017), doi 10.1016/j.trd.2017.06.020.

    v = 0.0009 w² - 0.5529 w + 86.9448 with w in mm, below 300 mm; the coefficients were not checked against the paper.

    Args:
        depth_m: Water over the road, shape (n,).

    Returns:
        km/h, shape (n,), at least walking pace.
    """
    w = np.clip(depth_m * 1000.0, 0.0, LOWEST_OF_THE_CURVE_MM)
    return np.maximum(0.0009 * w**2 - 0.5529 * w + 86.9448, CRAWL_KM_H)


def speed_m_s(vehicle: Vehicle, kind: NDArray[np.uint8], depth_m: FloatArray) -> FloatArray:
    """How fast it drives on roads under water.

    Args:
        vehicle: What it is.
        kind: Index into ROAD_CLASSES, shape (n,).
        depth_m: Water over the road, shape (n,).

    Returns:
        m/s, shape (n,); 0 where the water stops it.
    """
    dry = np.array([DRY_KM_H[one] for one in ROAD_CLASSES])[kind]
    km_h = np.minimum(dry, safe_km_h(depth_m))
    return np.where(depth_m > WADES_M[vehicle], 0.0, km_h / 3.6)
