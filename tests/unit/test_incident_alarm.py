"""The alarm's four words, and what an acknowledgement or the end of the water makes of each."""

import pytest

from floodcore.domain.incident import AlarmState

A = AlarmState


@pytest.mark.parametrize(
    ("alarm", "seen", "over"),
    [
        pytest.param(A.NEW, A.ACKNOWLEDGED, A.RETURNED, id="new"),
        pytest.param(A.ACKNOWLEDGED, A.ACKNOWLEDGED, A.CLOSED, id="acknowledged"),
        pytest.param(A.RETURNED, A.CLOSED, A.RETURNED, id="returned before anybody came"),
        pytest.param(A.CLOSED, A.CLOSED, A.CLOSED, id="closed"),
    ],
)
def test_an_alarm(alarm: AlarmState, seen: AlarmState, over: AlarmState) -> None:
    assert alarm.when_seen() is seen
    assert alarm.when_over() is over
