"""What held when a reading was observed judges it, whoever reads the register: the wall, dispatch and the forecast."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from dashboard_api.live.gauges import Latest, judge
from dispatch.track import Sample
from dispatch.watch import follow
from floodcore.domain.levels import Level, Threshold
from floodcore.domain.reading import Quality, Quantity
from floodcore.domain.site import Sensor
from floodcore.register.book import Book
from floodcore.register.given import read_files
from floodcore.register.revision import revise
from floodcore.register.sheets import THRESHOLDS
from floodcore.testing.five_streets import NOON, STREETS
from forecast.issue import ladders_m

MINUTE = timedelta(minutes=1)
SENSOR = Sensor(sensor_id=1, device_id="gauge-A", site_id="street-A", quantity=Quantity.LEVEL)
# Blue is 15 cm, and 30 cm from 12:30 on. The street stands at 20 cm.
ROWS = (
    "site_id,level,valid_from,depth_m,source\n"
    "street-A,blue,2021-01-01T00:00+08:00,0.15,city\n"
    "street-A,blue,2021-07-20T12:30+08:00,0.30,city\n"
)
DEPTH_M = 0.20
BEFORE_AND_AFTER = pytest.mark.parametrize(
    ("at", "level"),
    [
        pytest.param(NOON + 29 * MINUTE, Level.BLUE, id="a minute before"),
        pytest.param(NOON + 30 * MINUTE, Level.NORMAL, id="at the change"),
    ],
)


def thresholds() -> dict[str, tuple[Threshold, ...]]:
    book = Book(STREETS)
    assert revise(book, read_files({"thresholds.csv": ROWS.encode()}).rows).rejected == []
    return {"street-A": tuple(book.history(THRESHOLDS, ("street-A", Level.BLUE)))}


@BEFORE_AND_AFTER
def test_on_the_wall(at: datetime, level: Level) -> None:
    latest = Latest(
        sensor_id=1,
        observed_at=at,
        received_at=at,
        value=DEPTH_M,
        raw=DEPTH_M,
        quality=Quality.GOOD,
        flags=0,
        is_offline=False,
    )
    looked_at = NOON + 60 * MINUTE  # when the change has long been in force
    assert judge(SENSOR, latest, (), thresholds(), looked_at, timedelta()).reading.level == level


@BEFORE_AND_AFTER
def test_in_dispatch(at: datetime, level: Level) -> None:
    sample = Sample(sensor_id=1, site_id="street-A", observed_at=at, depth_m=DEPTH_M)
    outcome = follow([sample], spells={}, tracks={}, thresholds=thresholds())
    assert [change.level for change in outcome.changes] == ([level] if level else [])


@BEFORE_AND_AFTER
def test_in_a_forecast(at: datetime, level: Level) -> None:
    blue_m = ladders_m(np.array(["street-A"]), thresholds(), at)[0, 0]
    assert (blue_m <= DEPTH_M) == bool(level)
