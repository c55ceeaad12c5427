"""The lie of the land: high in the south-west, low in the north-east, valleys along the rivers, and a little rough."""

from dataclasses import dataclass

import numpy as np

from simulators.chance import chance
from simulators.city.frame import FloatArray, to_m
from simulators.city.known import River, rivers

# About 150 m at the south-western edge and 85 to 93 m at the north-eastern one, as maps of the city show; the curve
# between them is assumed.
LOWEST_M, RISE_M, OVER_M = 84.0, 24.0, 17_300.0
VALLEY_M, VALLEY_WIDE_M = 4.0, 900.0  # how far the land falls towards a river, and from how far; guessed
ROUGH_M = 0.45  # standard deviation; guessed, so that some streets fall against the land
WAVES = 24
SHORTEST_M, LONGEST_M = 900.0, 4_500.0


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """Heights of the ground."""

    seed: int

    def large(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """The ground without what is rough, in metres, for points in metres of the frame."""
        uphill = -(0.74 * x + 0.67 * y)  # towards the south-west
        d = np.min(np.stack([distance(river, x, y) for river in rivers()]), axis=0)
        land = LOWEST_M + RISE_M * np.exp(uphill / OVER_M)
        return np.asarray(land + VALLEY_M * (1 - np.exp(-d / VALLEY_WIDE_M)), dtype=np.float64)

    def ground(self, x: FloatArray, y: FloatArray) -> FloatArray:
        """The ground, in metres, for points in metres of the frame."""
        rng = chance(self.seed, "terrain")
        length = np.exp(rng.uniform(np.log(SHORTEST_M), np.log(LONGEST_M), WAVES))
        direction, phase = rng.uniform(0, 2 * np.pi, WAVES), rng.uniform(0, 2 * np.pi, WAVES)
        height = length / np.sqrt(np.sum(length**2)) * ROUGH_M * np.sqrt(2)
        rough = np.zeros_like(x)
        for one in range(WAVES):
            along = x * np.cos(direction[one]) + y * np.sin(direction[one])
            rough += height[one] * np.sin(2 * np.pi * along / length[one] + phase[one])
        return self.large(x, y) + rough


def course(river: River) -> tuple[FloatArray, FloatArray]:
    """The corners of a river's course in metres of the frame."""
    return to_m(river.lon, river.lat)


def distance(river: River, x: FloatArray, y: FloatArray) -> FloatArray:
    """From points to a river's course, in metres."""
    cx, cy = course(river)
    best = np.full(x.shape, np.inf)
    for ax, ay, bx, by in zip(cx[:-1], cy[:-1], cx[1:], cy[1:], strict=True):
        dx, dy = bx - ax, by - ay
        along = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        best = np.minimum(best, np.hypot(x - ax - along * dx, y - ay - along * dy))
    return best
