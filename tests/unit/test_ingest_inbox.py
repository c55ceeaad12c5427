"""The inbox while nothing can be stored: what the broker waits for stays in, whatever else is published."""

from msgspec.structs import replace

from floodcore.testing.five_streets import NOON
from floodcore.wire import topics
from ingest.batching import WINDOW
from ingest.inbox import MOST, Inbox
from ingest.message import Message

ALL = 1 << 20  # bytes


def message(number: int, qos: int = 1, connection: int = 1) -> Message:
    topic = topics.telemetry("gauge-A")
    return Message(
        topic=topic, payload=b"", content_type=None, received_at=NOON, qos=qos, mid=number, connection=connection
    )


def test_messages_are_taken_once_and_in_their_order() -> None:
    inbox = Inbox()
    arrived = [message(1), message(2, qos=0), message(3)]
    for one in arrived:
        inbox.put(one)
    assert inbox.take(ALL) == arrived
    assert inbox.take(ALL) == []


def test_as_many_are_taken_as_hold_so_many_bytes() -> None:
    inbox = Inbox()
    arrived = [replace(message(number), payload=bytes(999)) for number in range(4)]
    for one in arrived:
        inbox.put(one)
    assert [inbox.take(most) for most in (1000, 1001, ALL)] == [arrived[:1], arrived[1:3], arrived[3:]]


def test_a_flood_of_qos_0_pushes_nothing_out_that_the_broker_waits_for() -> None:
    inbox = Inbox()
    inbox.put(message(1))
    for number in range(10 * WINDOW):
        inbox.put(message(number, qos=0))
    for number in range(2, WINDOW + 1):
        inbox.put(message(number))
    taken = inbox.take(ALL)
    assert [one.mid for one in taken if one.qos == 1] == list(range(1, WINDOW + 1))
    assert len(taken) == 2 * WINDOW
    assert inbox.dropped == 9 * WINDOW


def test_room_for_qos_0_is_there_again_once_the_inbox_was_emptied() -> None:
    inbox = Inbox()
    for _ in range(2):
        for number in range(WINDOW):
            inbox.put(message(number, qos=0))
        assert len(inbox.take(WINDOW // 2) + inbox.take(ALL)) == WINDOW
    assert inbox.dropped == 0


def test_what_came_by_earlier_connections_goes_first_as_it_has_come_again() -> None:
    inbox = Inbox()
    for connection in range(1, 9):
        for number in range(WINDOW):
            inbox.put(message(number, connection=connection))
            inbox.put(message(number, qos=0, connection=connection))
    taken = inbox.take(ALL)
    assert len(taken) == MOST
    assert [one.mid for one in taken if one.qos == 1 and one.connection == 8] == list(range(WINDOW))
    assert inbox.dropped == 8 * WINDOW - sum(one.qos == 0 for one in taken)
