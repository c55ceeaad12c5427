"""Who goes where in the five streets: T1 stands at A and can pump and close, T2 at D and can only close."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from dispatch.needs import BY_KIND, ROAD, need_of
from dispatch.propose import Call, PastOrder, propose
from floodcore.domain.levels import Level
from floodcore.domain.order import OrderState
from floodcore.domain.site import SiteKind
from floodcore.domain.team import Skill, Team, TeamState
from floodcore.testing.five_streets import NOON, STREETS, T1, T2

A, B, C, D, E = STREETS
S = OrderState


def call(site_letter: str, level: Level = Level.BLUE, *, number: int = 1, orders: tuple[PastOrder, ...] = ()) -> Call:
    site = STREETS["ABCDE".index(site_letter)]
    return Call(incident_id=number, site=site, level=level, opened_at=NOON + timedelta(minutes=number), orders=orders)


def past(team: str, state: OrderState, level: Level = Level.BLUE) -> PastOrder:
    return PastOrder(order_id=1, team_id=team, level=level, state=state)


def sent(calls: list[Call], teams: tuple[Team, ...] = (T1, T2)) -> tuple[list[str], list[str]]:
    """`B<T1`: T1 goes to B; and the letters of those nobody goes to."""
    proposals, unmet = propose(calls, teams)
    went = [f"{proposal.call.site.site_id[-1]}<{proposal.team.team_id}" for proposal in proposals]
    return went, [one.site.site_id[-1] for one in unmet]


@pytest.mark.parametrize(
    ("calls", "went", "unmet"),
    [
        pytest.param([call("B")], ["B<T1"], "", id="B is 1 km from T1 and 2 km from T2"),
        pytest.param([call("C")], ["C<T2"], "", id="C is nearer to T2"),
        pytest.param([call("B", Level.ORANGE)], ["B<T1"], "", id="orange asks for a pump too"),
        pytest.param([call("C", Level.ORANGE)], ["C<T1"], "", id="who can do more comes before who is nearer"),
        pytest.param([call("B"), call("A", number=2)], ["B<T1", "A<T2"], "", id="the older first"),
        pytest.param([call("B"), call("A", Level.RED, number=2)], ["A<T1", "B<T2"], "", id="the worse first"),
        pytest.param([call("A"), call("B", number=2), call("C", number=3)], ["A<T1", "B<T2"], "C", id="none is left"),
        pytest.param([call("E")], ["E<T1"], "", id="no position: by the team's id"),
        pytest.param([call("B", Level.NORMAL)], [], "", id="the water has gone and waits to be closed"),
    ],
)
def test_who_goes(calls: list[Call], went: list[str], unmet: str) -> None:
    assert sent(calls) == (went, list(unmet))


@pytest.mark.parametrize(
    ("orders", "went", "unmet"),
    [
        pytest.param((past("T2", S.PROPOSED),), [], "", id="one order an incident"),
        pytest.param((past("T1", S.DECLINED),), ["B<T2"], "", id="declined: the next team"),
        pytest.param((past("T1", S.RECALLED),), ["B<T2"], "", id="recalled: the next team"),
        pytest.param((past("T1", S.DECLINED), past("T2", S.RECALLED)), [], "B", id="all have been asked"),
        pytest.param((past("T1", S.DONE),), [], "", id="done"),
    ],
)
def test_what_its_orders_so_far_mean_for_the_next(orders: tuple[PastOrder, ...], went: list[str], unmet: str) -> None:
    assert sent([call("B", orders=orders)]) == (went, list(unmet))


def test_water_above_what_the_finished_order_was_for_calls_a_crew_again() -> None:
    assert sent([call("B", Level.ORANGE, orders=(past("T1", S.DONE, Level.YELLOW),))]) == (["B<T1"], [])


@pytest.mark.parametrize("state", [TeamState.ASSIGNED, TeamState.EN_ROUTE, TeamState.ON_SCENE, TeamState.OFF])
def test_only_a_free_team_is_sent(state: TeamState) -> None:
    assert sent([call("A")], (replace(T1, state=state), T2)) == (["A<T2"], [])


def test_a_team_without_a_position_comes_last() -> None:
    assert sent([call("B", Level.ORANGE)], (replace(T1, place=None), T2)) == (["B<T2"], [])


def test_a_team_that_can_do_nothing_of_it_is_not_sent() -> None:
    assert sent([call("B")], (replace(T1, skills=frozenset({Skill.PUMP})),)) == ([], ["B"])


def test_two_teams_at_one_place_are_told_apart_by_their_ids_whatever_order_they_come_in() -> None:
    teams = [replace(T1, team_id=f"T{number}", place=T1.place) for number in range(1, 8)]
    calls = [call("B", number=number) for number in range(1, 5)]
    expected = ["B<T1", "B<T2", "B<T3", "B<T4"]
    for seed in range(5):
        Random(seed).shuffle(teams)
        Random(seed).shuffle(calls)
        assert sent(calls, tuple(teams))[0] == expected


def test_the_reason_is_a_sentence_with_its_figures() -> None:
    (proposal,), _ = propose([call("B", Level.ORANGE)], (T1,))
    reason = proposal.reason
    assert reason.zh == "一队具备封控、排水能力，距B街直线 1.0 公里，估计 3 分钟到达"
    assert reason.en == "Team 1 can close roads and pump; 1.0 km from B Street as the crow flies, about 3 min"
    assert reason.distance_m == pytest.approx(1000, rel=0.01)
    assert reason.travel_s == pytest.approx(200, rel=0.01)  # at 5 m/s


def test_the_reason_says_what_is_lacking_and_what_is_not_known() -> None:
    (proposal,), _ = propose([call("E", Level.RED)], (T2,))
    reason = proposal.reason
    assert reason.zh == "二队具备封控能力（缺救援），位置未知，距离无法估算"
    assert "can close roads (but not rescue)" in reason.en
    assert (reason.distance_m, reason.travel_s) == (None, None)


@pytest.mark.parametrize("kind", SiteKind)
def test_every_kind_of_place_has_a_task_at_every_level(kind: SiteKind) -> None:
    for level in list(Level)[1:]:
        need = need_of(kind, level)
        assert need.skills and need.zh and need.en


def test_a_place_without_a_table_is_treated_as_a_road() -> None:
    assert SiteKind.FLOW not in BY_KIND
    assert need_of(SiteKind.FLOW, Level.RED) is ROAD[Level.RED]
