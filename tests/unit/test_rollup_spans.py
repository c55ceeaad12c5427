"""How much upkeep does at once, and what it says of itself."""

from dataclasses import replace
from datetime import timedelta

from floodcore.domain.upkeep import Span
from floodcore.testing.five_streets import NOON
from ingest.upkeep.pulse import BEHIND, Pulse
from ingest.upkeep.spans import NEAR, TIME, cut

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def span(begins: int, ends: int, sensor_id: int = 1) -> Span:
    return Span(sensor_id=sensor_id, earliest=NOON + begins * DAY, latest=NOON + ends * DAY)


def turns(spans: list[Span], sensors: int = 10) -> list[list[list[Span]]]:
    """What is done turn by turn until nothing is left; each turn sees the newest first, as the list gives them."""
    done = []
    while spans:
        now, left = cut(spans, sensors)
        spans = sorted(left, key=lambda span: span.latest, reverse=True)
        done.append(now)
    return done


def test_of_a_long_span_the_newest_is_done_first_and_nothing_is_left_out() -> None:
    assert turns([span(0, 3)]) == [[[span(2, 3)]], [[span(1, 2)]], [[span(0, 1)]]]
    assert turns([span(0, 1)]) == [[[span(0, 1)]]]


def test_what_lies_far_apart_in_time_is_not_judged_together() -> None:
    """One span over both would ask for all that lies between: a correction of last summer for a whole year."""
    live, summer = [span(300, 300), span(300, 300, 2)], [span(0, 1), span(0, 1, 3)]
    assert turns([*live, *summer]) == [[live, summer]]
    assert cut([*live, *summer, span(-99, -99)]) == ([live, summer], [span(-99, -99)])


def test_between_two_spans_that_are_judged_together_lies_an_hour_at_most() -> None:
    at = [replace(span(0, 0, number), latest=NOON - number * NEAR / 2) for number in range(4)]
    assert [len(stretch) for stretch in cut([replace(one, earliest=one.latest) for one in at])[0]] == [3, 1]


def test_of_one_sensor_one_span_is_judged_at_a_time() -> None:
    late = Span(sensor_id=1, earliest=NOON - HOUR, latest=NOON - HOUR)
    assert cut([span(0, 0), span(0, 0, 2), late]) == ([[span(0, 0), span(0, 0, 2)]], [late])


def test_of_many_sensors_a_part_is_done_at_a_time_and_the_newest_first() -> None:
    of_five = [span(0, 1, sensor_id) for sensor_id in (4, 2, 5, 1, 3)]
    assert turns(of_five, sensors=2) == [[of_five[:2]], [of_five[2:4]], [of_five[4:]]]


def test_a_turn_has_one_budget_of_sensor_time_however_much_history_is_noted() -> None:
    """A new release notes all that an old one has stored; what comes live meanwhile is done in the same turn."""
    live, history = span(400, 400, 9999), [span(0, 399, sensor_id) for sensor_id in range(5000)]
    (new, old), later = cut([live, *history])
    assert new == [live]
    assert len(old) == TIME // DAY == 20
    assert sum((one.latest - one.earliest for one in [*old, *later]), timedelta()) == 5000 * 399 * DAY


def test_upkeep_says_what_is_wrong_and_the_worst_first() -> None:
    def said(waiting: int = 0, unjudgeable: int = 0, fault: str | None = None) -> tuple[str, str]:
        told = Pulse(archive_fault=fault).beat({"waiting": waiting, "unjudgeable": unjudgeable})
        return told.state, told.detail_en

    assert said(waiting=BEHIND) == ("ok", "readings are judged and summed up")
    assert said(waiting=BEHIND + 1) == ("degraded", "201 batches wait to be judged")
    assert said(waiting=999, fault="The disk is full.") == ("degraded", "The disk is full.")
    assert said(unjudgeable=2, fault="The disk is full.") == ("degraded", "2 sensors cannot be judged; see the log")


def test_what_was_looked_at_is_counted_from_one_report_to_the_next() -> None:
    pulse = Pulse(spans=50)
    counts = {"waiting": 0, "unjudgeable": 0}
    assert [pulse.beat(counts).figures["spans_per_s"] for _ in range(2)] == [10.0, 0.0]
