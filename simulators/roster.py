"""Teams for a demonstration: constructed, and marked so. No team here exists."""

from collections.abc import Sequence
from itertools import cycle, islice
from math import cos, pi, radians, sin

from floodcore.domain.geo import M_PER_DEGREE, distance_m
from floodcore.domain.site import Place, Site, SiteKind
from floodcore.domain.team import Skill, Team

# Zhengzhou commands 2,400 people in 64 teams, 37.5 each; these six have 37.5 on average. Pumps as the press reports
# them: large 龙吸水 up to 3,000 m3/h, smaller units 300 to 1,500. The mix of skills is made up.
PEOPLE = (42, 30, 45, 33, 36, 39)
EQUIPMENT: tuple[tuple[frozenset[Skill], float], ...] = (
    (frozenset({Skill.PUMP, Skill.CLOSE_ROAD}), 1500.0),
    (frozenset({Skill.CLOSE_ROAD, Skill.RESCUE}), 0.0),
    (frozenset({Skill.PUMP, Skill.CLOSE_ROAD, Skill.POWER}), 3000.0),
    (frozenset({Skill.CLOSE_ROAD}), 0.0),
    (frozenset({Skill.PUMP, Skill.RESCUE}), 500.0),
    (frozenset({Skill.CLOSE_ROAD, Skill.RESCUE, Skill.POWER}), 0.0),
)
DRY = frozenset({SiteKind.RAIN})  # nobody waits beside a rain gauge
NEAREST_M, FARTHEST_M = 400.0, 1500.0  # from the site that a team waits near; guessed
GOLDEN_ANGLE = pi * (3 - 5**0.5)


def make_roster(sites: Sequence[Site], n_teams: int = 12) -> list[Team]:
    """Constructed teams that wait around these sites, as widely spread as the sites are; the same every time.

    Args:
        sites: Where water is watched. Without any position the teams have none either.
        n_teams: How many; at most 99.
    """
    depots = _spread([site.place for site in sites if site.place and site.kind not in DRY], n_teams)
    places: Sequence[Place | None] = [
        _beside(depot, n, n_teams) for n, depot in enumerate(islice(cycle(depots), n_teams))
    ]
    return [
        Team(
            team_id=f"team-{n + 1:02}",
            name=f"抢险{n + 1:02}队",
            name_en=f"Team {n + 1:02}",
            people=PEOPLE[n % len(PEOPLE)],
            skills=EQUIPMENT[n % len(EQUIPMENT)][0],
            pump_m3_h=EQUIPMENT[n % len(EQUIPMENT)][1],
            place=places[n] if places else None,
            constructed=True,
        )
        for n in range(n_teams)
    ]


def _spread(places: Sequence[Place], most: int) -> list[Place]:
    """At most so many of the places, each as far as can be from those before it."""
    left = sorted(set(places), key=lambda place: (place.lon, place.lat))
    chosen: list[Place] = []
    while left and len(chosen) < most:
        chosen.append(max(left, key=lambda place: min((distance_m(place, one) for one in chosen), default=0.0)))
        left.remove(chosen[-1])
    return chosen


def _beside(depot: Place, number: int, n_teams: int) -> Place:
    """A place some hundred metres from the depot, in another direction for each team."""
    metres = NEAREST_M + (FARTHEST_M - NEAREST_M) * number / n_teams
    north, east = metres * cos(number * GOLDEN_ANGLE), metres * sin(number * GOLDEN_ANGLE)
    lat = depot.lat + north / M_PER_DEGREE
    return Place(lon=depot.lon + east / (M_PER_DEGREE * cos(radians(depot.lat))), lat=lat)
