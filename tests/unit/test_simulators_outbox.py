"""Store and forward, step by step; times are seconds, each message one reading."""

from floodcore.testing.five_streets import NOON
from simulators.outbox import AGAIN_AFTER_S, OVERLAP_S, WINDOW, Counts, Outbox
from simulators.schedule import Message


def message(name: str) -> Message:
    return Message(due=NOON, topic=name, payload=b"", readings=1)


def send(outbox: Outbox, now: float, first_id: int = 1) -> list[str]:
    """Send all that may be sent; packet ids count on from `first_id`. Returns the topics."""
    topics: list[str] = []
    while parcel := outbox.next(now):
        outbox.sent(first_id + len(topics), parcel)
        topics.append(parcel.message.topic)
    return topics


def filled(*names: str) -> Outbox:
    outbox = Outbox()
    for name in names:
        outbox.put(message(name))
    return outbox


def test_what_is_acknowledged_is_done() -> None:
    outbox = filled("a", "b")
    assert send(outbox, now=0) == ["a", "b"]
    assert not outbox.is_empty
    outbox.arrived(1, now=1)
    outbox.arrived(2, now=1)
    assert outbox.is_empty
    assert outbox.counts == Counts(published=2, acknowledged=2)


def test_after_a_break_what_arrived_lately_goes_again_in_its_order_and_before_all_else() -> None:
    outbox = filled("old", "a", "b")
    send(outbox, now=0)
    outbox.arrived(1, now=0)
    outbox.arrived(2, now=50)
    outbox.arrived(3, now=51)
    outbox.put(message("new"))
    outbox.broke(now=OVERLAP_S + 1)
    assert send(outbox, now=OVERLAP_S + 1, first_id=4) == ["a", "b", "new"]
    for packet_id in (4, 5, 6):
        outbox.arrived(packet_id, now=OVERLAP_S + 2)
    assert outbox.is_empty
    assert outbox.counts == Counts(published=4, resent=2, acknowledged=4)


def test_a_second_break_sends_what_went_again_once_more_and_only_once() -> None:
    outbox = filled("a")
    send(outbox, now=0)
    outbox.arrived(1, now=0)
    outbox.broke(now=1)
    outbox.broke(now=2)
    assert send(outbox, now=3, first_id=2) == ["a"]


def test_what_nobody_listened_to_goes_again_in_a_while() -> None:
    outbox = filled("a")
    send(outbox, now=0)
    outbox.nobody_listened(1, now=0)
    outbox.put(message("b"))
    assert send(outbox, now=AGAIN_AFTER_S / 2, first_id=2) == ["b"]
    assert not outbox.is_empty
    assert send(outbox, now=AGAIN_AFTER_S, first_id=3) == ["a"]
    assert outbox.counts == Counts(published=2, resent=1)


def test_no_more_is_on_its_way_than_the_window_has_room_for() -> None:
    outbox = filled(*(str(n) for n in range(WINDOW + 5)))
    assert len(send(outbox, now=0)) == WINDOW
    assert not outbox.has_room
    outbox.arrived(1, now=1)
    assert outbox.has_room
    assert len(send(outbox, now=1, first_id=WINDOW + 1)) == 1


def test_a_packet_that_is_none_of_ours_is_passed_over() -> None:
    outbox = filled("a")
    outbox.arrived(7, now=0)
    outbox.nobody_listened(8, now=0)
    assert outbox.counts == Counts()
