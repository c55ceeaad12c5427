"""What a crew reads, and which channels it may come through."""

import pytest

from dispatch.alerts.channels import Channel, allowed, by_team, channels_of
from dispatch.alerts.message import message_for
from dispatch.alerts.worker import condition
from floodcore.domain.levels import Level
from floodcore.domain.site import SiteKind
from floodcore.errors import SettingsError

HERE = "json://127.0.0.1:8081/push"
ROBOT = "dingtalk://s3cret@t0ken"


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        pytest.param(HERE, True, id="loopback"),
        pytest.param("JSON://LocalHost:8081/", True, id="by name, in capitals"),
        pytest.param("forms://[::1]:8081/", True, id="IPv6"),
        pytest.param("json://127.0.0.1@example.org/", False, id="loopback as the user's name"),
        pytest.param("json://localhost.example.org/", False, id="a name that begins like it"),
        pytest.param("mailto://localhost?smtp=mail.example.org", False, id="a host that is not where it goes"),
        pytest.param(ROBOT, False, id="a robot"),
        pytest.param("json://[broken/", False, id="no URL at all"),
    ],
)
def test_what_stays_on_this_machine(url: str, stays: bool) -> None:
    assert Channel(url).stays_here is stays


def test_in_a_drill_only_what_stays_here_is_used() -> None:
    channels = channels_of(f"{ROBOT} {HERE}", "")
    assert allowed(channels, only_here=False) == (channels, 0)
    assert allowed(channels, only_here=True) == ([Channel(HERE)], 1)


def test_a_channel_that_is_named_twice_is_used_once() -> None:
    assert channels_of(f" {HERE}  {ROBOT} ", f"{HERE} ") == [Channel(HERE), Channel(ROBOT)]
    assert channels_of("", "") == []


def test_each_team_has_its_own_channels() -> None:
    assert by_team(f'{{"T1": "{ROBOT} {HERE}"}}') == {"T1": f"{ROBOT} {HERE}"}
    assert by_team("") == {}


@pytest.mark.parametrize(
    "text", [f"T1={ROBOT}", f'["{ROBOT}"]', f'{{"T1": ["{ROBOT}"]}}'], ids=["text", "list", "lists"]
)
def test_what_is_no_table_of_channels_is_not_shown(text: str) -> None:
    with pytest.raises(SettingsError, match="ONEMAP_ALERTS__TEAM_URLS cannot be used") as caught:
        by_team(text)
    assert "t0ken" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None


def test_a_channel_never_shows_its_url() -> None:
    assert "t0ken" not in f"{Channel(ROBOT)!r} {Channel(ROBOT)!s} {Channel(ROBOT).digest}"


def test_the_message_says_how_bad_where_how_deep_and_what_to_do() -> None:
    message = message_for(
        order_id=12, team="一队", site="D街", kind=SiteKind.UNDERPASS, level=Level.YELLOW, depth_m=0.312
    )
    assert message.title == "【黄色】D街积水 31 厘米"
    assert message.body == "调度指令 12 号：一队\n任务：立即封闭隧道，劝返车辆\n请打开 /field 点“收到”。"


def test_a_drill_is_marked_first_of_all() -> None:
    message = message_for(
        order_id=1, team="一队", site="A街", kind=SiteKind.ROAD, level=Level.RED, depth_m=0.5, mark="演练"
    )
    assert message.title == "【演练】【红色】A街积水 50 厘米"


@pytest.mark.parametrize(("failed", "state"), [(0, "ok"), (1, "degraded")])
def test_a_failed_push_is_seen_on_the_wall(failed: int, state: str) -> None:
    told = condition(queued=2, failed=failed)
    assert told.state == state
    assert ("电话" in told.detail_zh) is bool(failed)
