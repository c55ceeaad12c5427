"""How much upkeep does at once, and what it says of itself."""

from datetime import timedelta

from floodcore.domain.upkeep import Span
from floodcore.testing.five_streets import NOON
from ingest.upkeep.pulse import BEHIND, Pulse
from ingest.upkeep.spans import MOST, cut

DAY = timedelta(days=1)


def span(begins: int, ends: int) -> Span:
    return Span(sensor_id=1, earliest=NOON + begins * DAY, latest=NOON + ends * DAY)


def test_of_a_long_span_the_newest_is_done_first_and_nothing_is_left_out() -> None:
    done, left = [], [span(0, 20), span(3, 4)]
    while left:
        now, left = cut(left)
        done += now
    assert done == [span(13, 20), span(3, 4), span(6, 13), span(0, 6)]
    assert max(one.latest - one.earliest for one in done) == MOST


def test_a_span_as_long_as_may_be_is_done_at_once() -> None:
    assert cut([span(0, 7)]) == ([span(0, 7)], [])


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
