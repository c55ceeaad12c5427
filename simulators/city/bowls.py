"""Tunnels and underpasses as bowls: a sump with pumps under a deck that lies deep below the street."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.site import SiteKind
from simulators.chance import chance
from simulators.city.crossings import Crossings
from simulators.city.frame import to_m
from simulators.city.spots import Spot

SUMP_M, SUMP_M2 = 1.2, 60.0  # the pumps' well under the deck; guessed
LOW_M = 2.0  # a tunnel's low point holds little, so its water rises fast at first; guessed
OVER_RIM_M = 3.0  # so that a full bowl still follows the street's water up and down
MOUTH_REACH_M = 350.0  # how far from a mouth the street crossing may lie whose water runs into it


@dataclass(frozen=True, kw_only=True)
class Bowl:
    """A tunnel or an underpass.

    Attributes:
        spot: Index of its place.
        mouths: Crossings whose water runs down into it once it stands higher than the crest.
        depth_m: Of the deck under the street.
        width_m: Of the road in it.
        flat_m: Length of its lowest piece.
        low_grade: Of the road on either side of that piece, up to `LOW_M` over the deck.
        length_m: Between the ramps' heads.
        crest_m: Of the ramps' heads over the street; what keeps a shallow street flood out.
        pumps_m3_s: All pumps together.
        ramps_m2: Catchment that nothing keeps out: the ramps and their walls.
        power_fails_m: Water over the deck that reaches the cabinet of the pumps.
    """

    spot: int
    mouths: tuple[int, ...]
    depth_m: float
    width_m: float
    flat_m: float
    low_grade: float
    length_m: float
    crest_m: float
    pumps_m3_s: float
    ramps_m2: float
    power_fails_m: float

    def area_m2(self, over_deck_m: float) -> float:
        """Water surface when it stands so high over the deck: a valley with a low piece, even up to its heads."""
        low_m = self.flat_m + 2 * LOW_M / self.low_grade
        length = np.interp(over_deck_m, (0.0, LOW_M, self.depth_m), (self.flat_m, low_m, self.length_m))
        return self.width_m * float(length)


def bowls_of(spots: Sequence[Spot], crossings: Crossings, part: NDArray[np.intp], seed: int) -> tuple[Bowl, ...]:
    """Dig a bowl for every spot that is a tunnel or an underpass."""
    taken = {spot.crossing for spot in spots}
    found = []
    for number, spot in enumerate(spots):
        if spot.kind is SiteKind.UNDERPASS:
            bowl = _bowl(number, spot, seed)
            mouths = _mouths(spot, crossings, part, taken)
            taken.update(mouths)
            found.append(replace(bowl, mouths=mouths))
    return tuple(found)


def _bowl(number: int, spot: Spot, seed: int) -> Bowl:
    """Measures; those of the Jingguang tunnels so that the three hold about the published 300,000 to 500,000 m3."""
    rng = chance(seed, f"bowl {spot.site_id}")
    crest_m = float(rng.uniform(0.06, 0.16))
    power_fails_m = float(rng.uniform(0.4, 1.0))
    if spot.tunnel is None:
        depth_m = float(rng.uniform(3.5, 5.0))
        ramps_m2 = float(rng.uniform(3_000, 6_000))
        # Design of bridges' pumps: 0.3 m3/s for half a hectare of ramps takes about 200 mm/h.
        pumps_m3_s = ramps_m2 * 200 / 3.6e6
        return Bowl(
            spot=number,
            mouths=(),
            depth_m=depth_m,
            width_m=float(rng.uniform(12, 20)),
            flat_m=15.0,
            low_grade=0.045,
            length_m=15.0 + 2 * depth_m / 0.045,
            crest_m=crest_m,
            pumps_m3_s=pumps_m3_s,
            ramps_m2=ramps_m2,
            power_fails_m=power_fails_m,
        )
    depth_m = 6.5
    return Bowl(
        spot=number,
        mouths=(),
        depth_m=depth_m,
        width_m=26.0 if spot.tunnel.length_m > 1_000 else 18.0,
        flat_m=25.0,
        low_grade=0.03,
        length_m=spot.tunnel.length_m,
        crest_m=crest_m,
        pumps_m3_s=spot.tunnel.pumps_m3_h / 3_600,
        ramps_m2=8_000.0,
        power_fails_m=power_fails_m,
    )


def _mouths(spot: Spot, crossings: Crossings, part: NDArray[np.intp], taken: set[int]) -> tuple[int, ...]:
    """The crossing of the place itself; and for a tunnel the lowest one near its far mouth, in the same model."""
    if spot.tunnel is None:
        return (spot.crossing,)
    x, y = to_m(spot.lon, spot.lat)
    bearing = np.radians(spot.tunnel.bearing_deg)
    half = spot.tunnel.length_m / 2
    found = [spot.crossing]
    for way in (-1, 1):
        mouth_x, mouth_y = x + way * half * np.sin(bearing), y + way * half * np.cos(bearing)
        near = np.hypot(crossings.x - mouth_x, crossings.y - mouth_y) <= MOUTH_REACH_M
        near &= part == part[spot.crossing]
        near[list(taken)] = False
        if near.any():
            found.append(int(np.argmin(np.where(near, crossings.ground, np.inf))))
    return tuple(dict.fromkeys(found[-2:]))
