"""Hints between services."""

from floodcore.wire.announcement import MOST_IDS, Announcement, Kind, decode, encode


def test_a_hint_names_its_kind_in_topic_and_payload() -> None:
    topic, payload = encode(Kind.ORDERS, ["4"])
    assert topic == "onemap/v1/live/orders"
    assert decode(payload) == Announcement(kind=Kind.ORDERS, ids=("4",))


def test_too_many_ids_become_none_which_means_any() -> None:
    _, payload = encode(Kind.READINGS, [str(number) for number in range(MOST_IDS + 1)])
    assert decode(payload) == Announcement(kind=Kind.READINGS)


def test_what_we_do_not_understand_is_no_hint() -> None:
    assert decode(b'{"kind": "from a newer release"}') is None
    assert decode(b"\xff\x00") is None
    assert decode(b'{"kind":"\xff"}') is None
    assert decode(b'{"later":' + b"[" * 100_000) is None
