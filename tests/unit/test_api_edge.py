"""Times, cursors, origins, failures and errands: what the edge decides without a server."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard_api.edge.moments import EARLIEST, LATEST, parse_moment
from dashboard_api.edge.paging import (
    EPOCH,
    moment_cursor,
    moment_of,
    name_cursor,
    name_of,
    number_cursor,
    number_of,
    page_of,
)
from dashboard_api.edge.same_host import is_from_elsewhere, is_same_host
from dashboard_api.failures import MOST, MOST_KEYS, WITHIN_S, Failures
from dashboard_api.follow.errands import POLL_S, SHARE, Errands, Part
from floodcore.wire.announcement import Announcement, Kind

NOON = datetime(2021, 7, 20, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-07-20T12:00:00+08:00", NOON),
        ("2021-07-20t04:00:00z", NOON),
        ("2021-07-20T04:00:00.1234567Z", NOON + timedelta(microseconds=123456)),
        ("2021-07-20T03:59:60Z", NOON),
        ("0001-01-01T00:00:00+14:00", EARLIEST),
        ("9999-12-31T23:59:59-12:00", LATEST),
    ],
    ids=["Zhengzhou", "small letters", "fine", "a leap second", "the first day", "the last day"],
)
def test_a_time_with_its_offset_is_taken(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "value",
    ["2021-07-20T12:00:00", "2021-07-20", "20210720T120000Z", "2021-13-01T00:00:00Z", "2021-07-20T12:00:00 08:00", 0],
    ids=["no offset", "no time", "no marks", "no month", "a lost plus", "a number"],
)
def test_any_other_time_is_not(value: object) -> None:
    with pytest.raises(ValueError, match=r"offset|month"):
        parse_moment(value)


@given(st.integers(0, 2**60 - 1))
def test_a_number_comes_back_from_its_cursor(number: int) -> None:
    assert number_of(number_cursor(number)) == number
    assert len(number_cursor(number)) == 15


@given(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)), st.integers(0, 2**31))  # noqa: DTZ001 - naive by design
def test_a_moment_comes_back_from_its_cursor(naive: datetime, number: int) -> None:
    moment = naive.replace(tzinfo=UTC)
    assert moment_of(moment_cursor(moment, number)) == (moment, number)
    assert moment_of("0" * 28) == (EPOCH, 0)


@given(st.text(min_size=1))
def test_a_name_comes_back_from_its_cursor(name: str) -> None:
    assert name_of(name_cursor(name)) == name
    assert name_of("ff") == "\N{REPLACEMENT CHARACTER}"


def test_a_page_says_whether_another_follows() -> None:
    first = page_of([1, 2, 3], 2, str, number_cursor)
    last = page_of([3], 2, str, number_cursor)
    assert (first.items, number_of(first.next_cursor)) == (["1", "2"], 2)
    assert (last.items, last.next_cursor) == (["3"], None)


@pytest.mark.parametrize(
    ("origin", "host", "is_same"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("https://room.example", "room.example", True),
        ("https://room.example", "room.example:443", True),
        ("https://Room.Example:8443", "room.example:8443", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://127.0.0.1:8001", "127.0.0.1:8000", False),
        ("http://127.0.0.1.evil.example", "127.0.0.1", False),
        ("null", "127.0.0.1", False),
        ("", "", False),
        ("http://a:port", "a", False),
        ("file://", "", False),
    ],
)
def test_an_origin_is_the_host_or_it_is_not(origin: str, host: str, is_same: bool) -> None:
    assert is_same_host(origin, host) is is_same


def test_only_what_changes_something_asks_where_it_comes_from() -> None:
    evil = {"origin": "http://evil.example", "host": "here"}
    assert [is_from_elsewhere(method, evil) for method in ("GET", "HEAD", "POST", "DELETE")] == [
        False,
        False,
        True,
        True,
    ]


def test_failures_are_forgotten_after_a_minute_and_forgiven_after_a_success() -> None:
    failures = Failures()
    assert all(failures.admit("officer", "here", second) for second in range(MOST))
    assert not failures.admit("officer", "here", MOST)
    assert failures.admit("officer", "there", MOST)
    assert failures.admit("viewer", "here", MOST)
    assert failures.admit("officer", "here", WITHIN_S)  # the first is a minute old
    failures.forgive("officer", "here")
    assert failures.admit("officer", "here", WITHIN_S)


def test_whoever_knocks_the_memory_of_it_is_bounded() -> None:
    failures = Failures()
    for number in range(MOST_KEYS + 10):
        failures.admit(str(number), "here", 0.0)
    assert len(failures._attempts) == MOST_KEYS


def test_everything_is_polled_and_a_hint_comes_before_its_turn() -> None:
    errands = Errands()
    assert errands.take(0.0) == (list(Part), set())
    for part in Part:
        errands.done(part, 0.0, 0.0)
    assert errands.take(POLL_S / 2) == ([], set())
    errands.ask(Announcement(kind=Kind.TEAMS, ids=("T1",)))
    errands.ask(Announcement(kind=Kind.READINGS, ids=("3", "4", "nonsense")))
    assert errands.is_waiting
    assert errands.take(POLL_S / 2) == ([Part.AFFAIRS], {3, 4})
    assert not errands.is_waiting
    errands.ask(Announcement(kind=Kind.READINGS))
    assert errands.take(POLL_S / 2) == ([Part.READINGS], set())
    assert errands.take(POLL_S) == (list(Part), set())


def test_what_takes_long_to_read_is_polled_less_often() -> None:
    errands = Errands()
    for part in Part:
        errands.done(part, 0.0, 1.0 if part is Part.REGISTER else 0.0)
    assert errands.take(POLL_S)[0] == [part for part in Part if part is not Part.REGISTER]
    assert Part.REGISTER in errands.take(1.0 / SHARE)[0]


def test_what_could_not_be_read_stays_to_be_done() -> None:
    errands = Errands()
    for part in Part:
        errands.done(part, 0.0, 0.0)
    errands.again([Part.HEALTH], {7})
    assert errands.take(0.1) == ([Part.HEALTH], {7})
