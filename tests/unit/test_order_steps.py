"""The steps of an order's life: from every state, every step, and who a team belongs to meanwhile."""

from itertools import pairwise

import pytest

from floodcore.domain.order import OrderState, Step, after
from floodcore.domain.team import TeamState
from floodcore.errors import Conflict

S = OrderState
COURSE = (S.PROPOSED, S.CONFIRMED, S.SENT, S.ACKNOWLEDGED, S.EN_ROUTE, S.ON_SCENE, S.DONE)
STEPS_OF_THE_COURSE = (Step.CONFIRM, Step.SEND, Step.ACKNOWLEDGE, Step.DEPART, Step.ARRIVE, Step.FINISH)
ENDED = (S.DONE, S.DECLINED, S.RECALLED)

# What each step does in each state: a state it leads to, "same" where it is taken already, "no" where it is impossible.
TABLE = """
              confirm    send  acknowledge   depart    arrive    finish  decline   recall
proposed      confirmed  no    no            no        no        no      no        recalled
confirmed     same       sent  acknowledged  en_route  on_scene  done    declined  recalled
sent          same       same  acknowledged  en_route  on_scene  done    declined  recalled
acknowledged  same       same  same          en_route  on_scene  done    declined  recalled
en_route      same       same  same          same      on_scene  done    no        recalled
on_scene      same       same  same          same      same      done    no        recalled
done          same       same  same          same      same      same    no        no
declined      no         no    no            no        no        no      same      no
recalled      no         no    no            no        no        no      no        same
"""


def cells() -> list[tuple[OrderState, Step, str]]:
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    return [(S(row[0]), Step(step), cell) for row in rows for step, cell in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("state", "step", "cell"), cells(), ids=str)
def test_each_step_from_each_state(state: OrderState, step: Step, cell: str) -> None:
    if cell == "no":
        with pytest.raises(Conflict, match=f"{state} cannot take the step {step}; reload it"):
            after(state, step)
    else:
        assert after(state, step) is (state if cell == "same" else S(cell))


def test_the_table_names_every_state_and_every_step() -> None:
    assert len(cells()) == len(S) * len(Step)


def test_the_ordinary_course_has_no_gap() -> None:
    for (state, following), step in zip(pairwise(COURSE), STEPS_OF_THE_COURSE, strict=True):
        assert after(state, step) is following


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_order_binds_nobody(state: OrderState) -> None:
    assert not state.is_active


@pytest.mark.parametrize(
    ("order", "off_duty", "team"),
    [
        pytest.param(None, False, TeamState.FREE, id="no order"),
        pytest.param(None, True, TeamState.OFF, id="off duty"),
        pytest.param(S.PROPOSED, False, TeamState.ASSIGNED, id="set aside by a proposal"),
        pytest.param(S.ACKNOWLEDGED, False, TeamState.ASSIGNED, id="told"),
        pytest.param(S.EN_ROUTE, False, TeamState.EN_ROUTE, id="under way"),
        pytest.param(S.ON_SCENE, True, TeamState.ON_SCENE, id="still at work after its shift"),
    ],
)
def test_what_a_team_does_follows_from_its_order(order: OrderState | None, off_duty: bool, team: TeamState) -> None:
    assert TeamState.of(order, off_duty=off_duty) is team
