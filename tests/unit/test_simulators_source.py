"""Where a fleet's messages come from."""

from datetime import UTC, datetime, timedelta

from simulators.schedule import Message
from simulators.source import Growing, Scheduled

NOON = datetime(2021, 7, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def message(minute: int, topic: str = "a") -> Message:
    return Message(due=NOON + minute * MINUTE, topic=topic, payload=b"", readings=1)


def test_a_schedule_gives_what_is_due_and_is_over_when_all_is_taken() -> None:
    source = Scheduled(iter([message(0), message(2)]))
    assert source.take(NOON) == message(0)
    assert source.take(NOON + MINUTE) is None
    assert (source.next_due, source.is_over) == (NOON + 2 * MINUTE, False)
    assert source.take(NOON + 3 * MINUTE) == message(2)
    assert (source.next_due, source.is_over) == (None, True)


def test_what_comes_in_late_is_given_by_the_time_it_is_due_and_in_its_order() -> None:
    source = Growing()
    source.add([message(2, "late"), message(1, "first"), message(1, "second")])
    assert source.next_due == NOON + MINUTE
    taken = [source.take(NOON + 5 * MINUTE) for _ in range(3)]
    assert [one.topic for one in taken if one] == ["first", "second", "late"]
    assert source.take(NOON + 5 * MINUTE) is None


def test_a_source_that_grows_is_over_only_when_it_was_ended_and_is_empty() -> None:
    source = Growing()
    assert not source.is_over  # empty now; more may come
    source.add([message(1)])
    source.end()
    assert not source.is_over
    source.take(NOON + MINUTE)
    assert source.is_over
