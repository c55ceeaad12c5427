"""How much upkeep does at once, and what it says of itself."""

from datetime import timedelta

from floodcore.domain.upkeep import Span
from floodcore.testing.five_streets import NOON
from ingest.upkeep.pulse import BEHIND, Pulse
from ingest.upkeep.spans import cut

DAY = timedelta(days=1)


def span(begins: int, ends: int, sensor_id: int = 1) -> Span:
    return Span(sensor_id=sensor_id, earliest=NOON + begins * DAY, latest=NOON + ends * DAY)


def turns(spans: list[Span], sensors: int = 10) -> list[list[Span]]:
    """What is done turn by turn until nothing is left."""
    done = []
    while spans:
        now, spans = cut(spans, sensors)
        done.append(now)
    return done


def test_of_a_long_span_the_newest_is_done_first_and_nothing_is_left_out() -> None:
    assert turns([span(0, 20)]) == [[span(13, 20)], [span(6, 13)], [span(0, 6)]]
    assert turns([span(0, 7)]) == [[span(0, 7)]]


def test_of_one_sensor_one_span_is_done_at_a_time() -> None:
    """The judge reads from the first to the last of a sensor's readings: last year's must not be among today's."""
    assert turns([span(300, 301), span(0, 1), span(5, 6, 2)]) == [[span(300, 301), span(5, 6, 2)], [span(0, 1)]]


def test_of_many_sensors_a_part_is_done_at_a_time_and_the_most_urgent_first() -> None:
    of_five = [span(0, 1, sensor_id) for sensor_id in (4, 2, 5, 1, 3)]
    assert turns(of_five, sensors=2) == [of_five[:2], of_five[2:4], of_five[4:]]


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
