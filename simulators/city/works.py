"""All that water meets in a constructed city, before it is cut into models and written down."""

from dataclasses import dataclass, replace

import numpy as np

from floodcore.domain.site import SiteKind
from simulators.chance import chance
from simulators.city.bowls import Bowl, bowls_of
from simulators.city.crossings import Crossings, IntArray, Reaches, crossings_of, reaches_of
from simulators.city.drains import ROUGHNESS, Drains, Tree, drains_of, tree_of
from simulators.city.frame import FloatArray
from simulators.city.partition import parts_of
from simulators.city.size import Size
from simulators.city.spots import Spot, spots_of
from simulators.city.terrain import Terrain

SAG_M = (0.10, 0.45)  # how far a place that ponds lies below the streets around it; guessed
# At roads that pond the drain is choked further: most hardly, some nearly shut by leaves, roots and rubble. The share
# of its capacity that is left is 1 - (1 - CHOKED_LEAST) (1 - u)^CHOKED_FEW, u spread evenly over the roads. Guessed,
# then set by what is known of small storms, see docs/decisions/0013.
CHOKED_LEAST, CHOKED_FEW = 0.075, 1.4
MOUTH_SAG_M = 0.35  # streets lead down to a tunnel's mouth
# Share of ground whose roofs and paving lead to a drain, in the middle and 12 km out; guessed.
SEALED_MIDDLE, SEALED_EDGE = 0.70, 0.50
CITY_RADIUS_M = 12_000.0


@dataclass(frozen=True, kw_only=True)
class Works:
    """Streets, drains, rivers, bowls.

    Attributes:
        part, reach_part: Model of each crossing, and of each cross-section of a river.
        area_m2, sealed: Catchment of each crossing, and the share of it that is sealed.
    """

    size: Size
    crossings: Crossings
    reaches: Reaches
    tree: Tree
    drains: Drains
    spots: tuple[Spot, ...]
    bowls: tuple[Bowl, ...]
    part: IntArray
    reach_part: IntArray
    area_m2: FloatArray
    sealed: FloatArray

    @property
    def cover(self) -> FloatArray:
        """The road over each crossing's invert, metres."""
        return self.crossings.ground - self.drains.invert


def works_of(size: Size, seed: int) -> Works:
    """Build everything for a city of this size; the same for the same seed."""
    terrain = Terrain(seed=seed)
    crossings = crossings_of(size, terrain)
    reaches = reaches_of(crossings, terrain, size.spacing_m)
    spots = spots_of(size, crossings, seed)
    tree = tree_of(crossings, reaches, size.spacing_m)
    part, reach_part = parts_of(tree, reaches, size.part_cap)
    bowls = bowls_of(spots, crossings, part, seed)

    rng = chance(seed, f"catchments {size.name}")
    n = crossings.x.size
    area_m2 = size.spacing_m**2 * rng.uniform(0.85, 1.15, n)
    out = np.clip(np.hypot(crossings.x, crossings.y) / CITY_RADIUS_M, 0, 1)
    sealed = SEALED_MIDDLE + (SEALED_EDGE - SEALED_MIDDLE) * out + rng.uniform(-0.05, 0.05, n)

    crossings = _sagging(crossings, spots, bowls, seed)
    drains = drains_of(crossings, reaches, tree, area_m2, sealed, seed)
    return Works(
        size=size,
        crossings=crossings,
        reaches=reaches,
        tree=tree,
        drains=_choked(drains, spots, seed),
        spots=spots,
        bowls=bowls,
        part=part,
        reach_part=reach_part,
        area_m2=area_m2,
        sealed=sealed,
    )


def _sagging(crossings: Crossings, spots: tuple[Spot, ...], bowls: tuple[Bowl, ...], seed: int) -> Crossings:
    ground = crossings.ground.copy()
    for spot in spots:
        if spot.kind is SiteKind.ROAD:
            ground[spot.crossing] -= chance(seed, f"sag {spot.site_id}").uniform(*SAG_M)
    for bowl in bowls:
        ground[list(bowl.mouths)] -= MOUTH_SAG_M
    return replace(crossings, ground=ground)


def _choked(drains: Drains, spots: tuple[Spot, ...], seed: int) -> Drains:
    """Spread evenly, so that one seed's city is not by chance much better kept than another's."""
    roads = np.array([spot.crossing for spot in spots if spot.kind is SiteKind.ROAD])
    u = (chance(seed, "choked").permutation(roads.size) + 0.5) / roads.size
    roughness = drains.roughness.copy()
    choked = roughness[roads] / (1 - (1 - CHOKED_LEAST) * (1 - u) ** CHOKED_FEW)
    roughness[roads] = np.minimum(choked, ROUGHNESS / CHOKED_LEAST)
    return replace(drains, roughness=roughness)
