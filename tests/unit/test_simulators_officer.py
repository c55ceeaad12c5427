"""Which orders the simulated duty officer confirms."""

from datetime import timedelta
from typing import Any

from floodcore.testing.five_streets import NOON
from simulators.officer import overdue


def order(order_id: str, level: int, minutes_ago: float, state: str = "proposed") -> dict[str, Any]:
    proposed_at = (NOON - timedelta(minutes=minutes_ago)).isoformat()
    return {"order_id": order_id, "level": level, "state": state, "proposed_at": proposed_at}


def test_a_person_comes_first_and_then_the_worst_is_confirmed_first() -> None:
    orders = [order("young", 4, 4.9), order("blue", 1, 60), order("red", 4, 5), order("sent", 4, 60, "sent")]
    assert [one["order_id"] for one in overdue(orders, NOON, timedelta(minutes=5))] == ["red", "blue"]
