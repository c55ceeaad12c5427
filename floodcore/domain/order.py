"""A task given to a team: the steps of its life, and why it was given."""

from dataclasses import dataclass
from enum import StrEnum

from floodcore.errors import Conflict


class OrderState(StrEnum):
    """Where an order stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    DONE = "done"
    DECLINED = "declined"
    RECALLED = "recalled"

    @property
    def is_active(self) -> bool:
        """Whether it still binds its team."""
        return self not in {OrderState.DONE, OrderState.DECLINED, OrderState.RECALLED}


class Step(StrEnum):
    """What can be done to an order."""

    CONFIRM = "confirm"
    SEND = "send"  # the alert has been handed to its channels, or there are none
    ACKNOWLEDGE = "acknowledge"  # 收到
    DEPART = "depart"  # 出发
    ARRIVE = "arrive"  # 到达
    FINISH = "finish"  # 完成
    DECLINE = "decline"
    RECALL = "recall"


_S = OrderState
_UNDER_WAY = frozenset({_S.CONFIRMED, _S.SENT, _S.ACKNOWLEDGED, _S.EN_ROUTE, _S.ON_SCENE})

# Step → the states it may be taken from, and the state it leads to. A crew without a network reports late and may
# skip what it did not report: who has arrived has also set out.
STEPS: dict[Step, tuple[frozenset[OrderState], OrderState]] = {
    Step.CONFIRM: (frozenset({_S.PROPOSED}), _S.CONFIRMED),
    Step.SEND: (frozenset({_S.CONFIRMED}), _S.SENT),
    Step.ACKNOWLEDGE: (frozenset({_S.CONFIRMED, _S.SENT}), _S.ACKNOWLEDGED),
    Step.DEPART: (frozenset({_S.CONFIRMED, _S.SENT, _S.ACKNOWLEDGED}), _S.EN_ROUTE),
    Step.ARRIVE: (frozenset({_S.CONFIRMED, _S.SENT, _S.ACKNOWLEDGED, _S.EN_ROUTE}), _S.ON_SCENE),
    Step.FINISH: (_UNDER_WAY, _S.DONE),
    Step.DECLINE: (frozenset({_S.CONFIRMED, _S.SENT, _S.ACKNOWLEDGED}), _S.DECLINED),
    Step.RECALL: (_UNDER_WAY | {_S.PROPOSED}, _S.RECALLED),
}

_ORDERED = (_S.PROPOSED, _S.CONFIRMED, _S.SENT, _S.ACKNOWLEDGED, _S.EN_ROUTE, _S.ON_SCENE, _S.DONE)


def after(state: OrderState, step: Step) -> OrderState:
    """The state an order is in once the step is taken.

    A step that has been taken already, or that a later one includes, leaves the order as it is: phones repeat
    themselves, and a late 收到 never calls a crew back from the water.

    Raises:
        Conflict: The step is not possible from this state.
    """
    sources, target = STEPS[step]
    if state in sources:
        return target
    if state is target or _includes(state, target):
        return state
    raise Conflict(f"An order that is {state} cannot take the step {step}; reload it to see where it stands.")


def _includes(state: OrderState, target: OrderState) -> bool:
    return state in _ORDERED and target in _ORDERED and _ORDERED.index(state) > _ORDERED.index(target)


@dataclass(frozen=True, kw_only=True)
class OrderReason:
    """Why this team: a sentence in both languages with the figures it rests on, None where a position is unknown."""

    zh: str
    en: str
    distance_m: float | None
    travel_s: float | None
