"""What dispatch says about itself."""

import pytest

from dispatch.condition import condition
from floodcore.domain.site import Site
from floodcore.testing.five_streets import STREETS


@pytest.mark.parametrize(
    ("unmet", "listening", "state", "zh"),
    [
        pytest.param((), True, "ok", "3 处险情，2 条指令待确认", id="well"),
        pytest.param(
            STREETS[:1], True, "degraded", "3 处险情，2 条指令待确认；1 处无队可派：A街", id="one waits in vain"
        ),
        pytest.param(
            STREETS[:4], True, "degraded", "3 处险情，2 条指令待确认；4 处无队可派：A街、B街、C街等", id="many do"
        ),
        pytest.param(
            (), False, "degraded", "3 处险情，2 条指令待确认；数据未接入，无法判断传感器失联", id="nothing comes in"
        ),
    ],
)
def test_the_condition(unmet: tuple[Site, ...], listening: bool, state: str, zh: str) -> None:
    told = condition(open_incidents=3, waiting=2, unmet=unmet, is_listening=listening)
    assert (told.component, told.state, told.detail_zh) == ("dispatch", state, zh)
    assert told.figures == {"open_incidents": 3, "waiting_confirmation": 2, "unmet": len(unmet)}
