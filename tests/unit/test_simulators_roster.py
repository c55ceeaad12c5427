"""Constructed teams for a demonstration."""

from floodcore.domain.geo import distance_m
from floodcore.domain.site import Site, SiteKind
from floodcore.domain.team import Skill
from floodcore.packs.read import read_pack
from floodcore.testing.five_streets import STREETS
from simulators.packs import shipped
from simulators.roster import FARTHEST_M, make_roster


def test_the_teams_are_the_same_every_time_and_marked_as_constructed() -> None:
    teams = make_roster(STREETS)
    assert teams == make_roster(list(reversed(STREETS)))
    assert (len(teams), len({team.team_id for team in teams})) == (12, 12)
    assert (teams[0].name, teams[0].name_en) == ("抢险01队", "Team 01")
    assert all(team.constructed for team in teams)


def test_sixty_four_teams_have_the_citys_two_thousand_four_hundred_people() -> None:
    # Ten times six teams of 225 people, and 42 + 30 + 45 + 33 in the last four.
    assert sum(team.people for team in make_roster(STREETS, 64)) == 2400
    assert sum(team.people for team in make_roster(STREETS, 12)) == 12 * 37.5


def test_skills_vary_and_who_pumps_has_a_pump() -> None:
    teams = make_roster(STREETS)
    assert {skill for team in teams for skill in team.skills} == set(Skill)
    assert all((team.pump_m3_h > 0) == (Skill.PUMP in team.skills) for team in teams)


def test_every_team_waits_near_a_site_and_no_two_at_one_place() -> None:
    sites = [station.site for station in read_pack(shipped("floodnet-2023-09-29")).stations]
    teams = make_roster(sites)
    assert len({team.place for team in teams}) == 12
    for team in teams:
        nearest = min(distance_m(team.place, site.place) for site in sites if site.place and team.place)
        assert nearest <= FARTHEST_M + 1


def test_without_positions_the_teams_have_none_and_a_rain_gauge_is_no_place_to_wait() -> None:
    rain = Site(site_id="r", name="r", kind=SiteKind.RAIN, place=STREETS[0].place)
    for sites in ([], [STREETS[4]], [rain]):
        assert [team.place for team in make_roster(sites, 3)] == [None] * 3
