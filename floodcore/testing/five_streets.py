"""Five streets and two teams near the Jingguang tunnel: the world that tests know by heart. All of it is constructed.

A to D lie on a line, one kilometre apart from west to east on latitude 34.75; E has no position and no thresholds.
Team T1 stands at A, team T2 at D; T1 can pump, T2 can only close a road.
"""

from datetime import UTC, datetime

from floodcore.domain.ladders import road_ladder
from floodcore.domain.levels import Threshold
from floodcore.domain.site import Place, Position, Site, SiteKind
from floodcore.domain.team import Skill, Team

NOON = datetime(2021, 7, 20, 4, 0, tzinfo=UTC)  # 12:00 in Zhengzhou
SINCE = datetime(2021, 1, 1, tzinfo=UTC)
KM_LON = 0.010945  # one kilometre along latitude 34.75, in degrees

STREETS = tuple(
    Site(
        site_id=f"street-{letter}",
        name=f"{letter}街",
        name_en=f"{letter} Street",
        kind=SiteKind.UNDERPASS if letter == "D" else SiteKind.ROAD,
        place=Place(lon=113.64 + number * KM_LON, lat=34.75) if letter != "E" else None,
        district="二七区" if letter in "AB" else "中原区",
        position=Position.CONSTRUCTED if letter != "E" else None,
    )
    for number, letter in enumerate("ABCDE")
)
DEVICE_OF = {site.site_id: f"gauge-{site.site_id[-1]}" for site in STREETS}
THRESHOLDS: dict[str, tuple[Threshold, ...]] = {
    site.site_id: road_ladder(SINCE) if site.place else () for site in STREETS
}
T1 = Team(
    team_id="T1",
    name="一队",
    name_en="Team 1",
    people=38,
    skills=frozenset({Skill.PUMP, Skill.CLOSE_ROAD}),
    pump_m3_h=1000,
    place=STREETS[0].place,
    constructed=True,
)
T2 = Team(
    team_id="T2",
    name="二队",
    name_en="Team 2",
    people=12,
    skills=frozenset({Skill.CLOSE_ROAD}),
    place=STREETS[3].place,
    constructed=True,
)
