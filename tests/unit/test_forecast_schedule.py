"""When a forecast is due."""

from datetime import timedelta

from floodcore.domain.forecast import ISSUE_EVERY
from floodcore.testing.five_streets import NOON
from forecast.schedule import newest_due, skipped, unlearnt


def test_issue_times_stand_on_the_full_five_minutes() -> None:
    assert newest_due(NOON) == NOON
    assert newest_due(NOON + timedelta(minutes=4, seconds=59)) == NOON
    assert newest_due(NOON - timedelta(microseconds=1)) == NOON - ISSUE_EVERY


def test_after_an_outage_only_the_newest_is_issued_and_the_others_are_counted() -> None:
    assert skipped(NOON, NOON + ISSUE_EVERY) == 0
    assert skipped(NOON, NOON + 4 * ISSUE_EVERY) == 3
    assert skipped(None, NOON) == 0
    assert skipped(NOON, NOON - timedelta(days=700)) == 0  # the clock was set back to another storm
    assert skipped(NOON - timedelta(days=700), NOON) == 0  # or forward


def test_what_was_not_learnt_yet_is_learnt_in_order() -> None:
    back = timedelta(minutes=15)
    all_of_it = [NOON - timedelta(minutes=minutes) for minutes in (15, 10, 5, 0)]
    assert list(unlearnt(None, NOON, back)) == all_of_it
    assert list(unlearnt(NOON - 2 * ISSUE_EVERY, NOON, back)) == all_of_it[2:]
    assert list(unlearnt(NOON - timedelta(days=1), NOON, back)) == all_of_it
    assert list(unlearnt(NOON, NOON, back)) == []
