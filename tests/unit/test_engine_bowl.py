"""A crew's pump, a breakdown and a river against what can be worked out by hand for a bowl of 1,000 m2."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from floodcore.errors import NotFound, Refused
from simulators.engine.clocked import by_our_clock
from simulators.engine.inp import Inp
from simulators.engine.swmm import Engine
from tests.unit.engine_models import bowl

MINUTE = timedelta(minutes=1)
AREA_M2 = 1_000.0
# At a change of rate the engine takes the mean of old and new over one routing step of 5 s: half of 5 s x 0.5 m3/s.
LAG_M3 = 1.25


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(by_our_clock(Inp.parse(bowl())).text(), name="bowl") as engine:
        engine.set_rain(np.zeros(1))
        yield engine


def depth(engine: Engine, node: str = "BOWL") -> float:
    return float(engine.depth()[engine.nodes.index(node)])


def volume(engine: Engine) -> float:
    return float(engine.volume()[engine.nodes.index("BOWL")])


def minutes(engine: Engine, number: int) -> list[float]:
    """Volumes of the bowl after each of so many minutes, m3."""
    found = []
    for _ in range(number):
        engine.advance(MINUTE)
        found.append(volume(engine))
    return found


def test_a_crew_lowers_a_bowl_by_its_rate_over_its_area(engine: Engine) -> None:
    """2 m x 1,000 m2 less 0.5 m3/s x 60 s = 30 m3 a minute: 2,000 - 30 t, 3 cm a minute."""
    engine.set_inflow("BOWL", -0.5)
    volumes = minutes(engine, 20)
    expected = 2_000.0 - 30.0 * np.arange(1, 21)
    np.testing.assert_allclose(volumes, expected, atol=LAG_M3 + 0.01)
    assert depth(engine) == pytest.approx(expected[-1] / AREA_M2, abs=0.0013)
    assert abs(engine.balance().routing_pct) < 0.2


def test_a_crew_takes_no_more_than_there_is(engine: Engine) -> None:
    """2,000 m3 at 2 m3/s are gone after 1,000 s, so between the 16th and the 17th minute; then the bowl stays empty."""
    engine.set_inflow("BOWL", -2.0)
    volumes = minutes(engine, 25)
    assert volumes[15] == pytest.approx(2_000.0 - 16 * 120.0, abs=4 * LAG_M3)
    assert min(volumes) >= 0.0
    assert max(volumes[17:]) == pytest.approx(0.0, abs=0.01)
    # What was taken out is what was there: of 2,000 m3 at most 0.5 % came from nowhere.
    assert abs(engine.balance().routing_pct) < 0.5


STREAM = {"[TIMESERIES]": '[INFLOWS]\nBOWL FLOW "" FLOW 1.0 1.0 0.1\n[TIMESERIES]'}  # 0.1 m3/s into the bowl for ever


def test_a_crew_as_strong_as_the_stream_holds_the_water() -> None:
    """0.1 m3/s come and 0.1 go: 2 m it was and 2 m it stays."""
    with Engine(by_our_clock(Inp.parse(bowl(STREAM))).text()) as engine:
        engine.set_inflow("BOWL", -0.1)
        assert minutes(engine, 30) == pytest.approx([2_000.0] * 30, abs=LAG_M3)
        assert abs(engine.balance().routing_pct) < 0.2


def test_an_empty_bowl_gives_its_stream_and_no_more() -> None:
    """A crew that could take 2.0 m3/s empties 2,000 m3 and 0.1 m3/s after 2,000 / 1.9 = 1,053 s.

    From then on it takes the 0.1 that come: nothing gathers, and nothing is made up.
    """
    with Engine(by_our_clock(Inp.parse(bowl(STREAM))).text()) as engine:
        engine.set_inflow("BOWL", -2.0)
        volumes = minutes(engine, 60)
        assert volumes[16] > 50  # 2,000 - 1.9 x 1,020 = 62 after 17 minutes
        assert max(volumes[19:]) < 0.1 * 10 + 0.01  # what comes between two looks
        assert abs(engine.balance().routing_pct) < 0.5


def test_a_crew_that_stops_leaves_the_water_as_it_is(engine: Engine) -> None:
    engine.set_inflow("BOWL", -0.5)
    minutes(engine, 5)
    engine.set_inflow("BOWL", 0.0)
    (first, *_, last) = minutes(engine, 5)
    assert last == pytest.approx(first, abs=0.001)
    assert last == pytest.approx(2_000.0 - 150.0, abs=2 * LAG_M3)


def test_a_pump_that_is_on_and_then_broken(engine: Engine) -> None:
    """0.2 m3/s x 60 s = 12 m3 a minute while it runs, nothing while it stands; its first status is OFF."""
    engine.set_pump("PUMP", 0.5)  # half of its rate
    half = minutes(engine, 5)
    engine.set_pump("PUMP", 0.0)
    broken = minutes(engine, 5)
    engine.set_pump("PUMP", 1.0)
    mended = minutes(engine, 5)
    assert -np.diff(half) == pytest.approx(6.0, abs=0.05)
    assert np.diff(broken) == pytest.approx(0.0, abs=0.001)
    assert -np.diff(mended) == pytest.approx(12.0, abs=0.05)
    assert float(engine.flow(["PUMP"])[0]) == pytest.approx(0.2)
    assert abs(engine.balance().routing_pct) < 0.5


def test_a_broken_pump_does_not_start_at_its_own_depth() -> None:
    """It would start at 1 m and the water stands at 2 m; it is broken all the same, and mended it runs."""
    with Engine(by_our_clock(Inp.parse(bowl(on=1, off=0.1))).text()) as engine:
        engine.set_pump("PUMP", 0.0)
        assert minutes(engine, 10)[-1] == pytest.approx(2_000.0, abs=2 * LAG_M3)
        engine.set_pump("PUMP", 1.0)
        assert minutes(engine, 10)[-1] == pytest.approx(2_000.0 - 120.0, abs=2 * LAG_M3)


def test_a_river_that_rises_stands_in_the_manhole_behind_it(engine: Engine) -> None:
    """The manhole's bottom is at 4 m; a river at 5.5 m stands 1.5 m deep in it."""
    minutes(engine, 5)
    assert depth(engine, "MANHOLE") < 0.01
    engine.set_stage("RIVER", 5.5)
    minutes(engine, 30)
    assert depth(engine, "MANHOLE") == pytest.approx(1.5, abs=0.01)
    assert float(engine.head()[engine.nodes.index("MANHOLE")]) == pytest.approx(5.5, abs=0.01)


def test_rain_is_what_we_say_and_when(engine: Engine) -> None:
    """36 mm/h on a hectare without losses are 0.1 m3/s; after half an hour the pipe carries that, dry before."""
    minutes(engine, 10)
    assert float(engine.flow(["PIPE"])[0]) == pytest.approx(0.0, abs=1e-4)
    engine.set_rain(np.array([36.0]))
    minutes(engine, 30)
    assert float(engine.flow(["PIPE"])[0]) == pytest.approx(36.0 / 3.6e6 * 10_000, rel=0.02)
    engine.set_rain(np.zeros(1))
    minutes(engine, 60)
    assert float(engine.flow(["PIPE"])[0]) < 0.01
    balance = engine.finish()
    assert abs(balance.runoff_pct) < 1
    assert abs(balance.routing_pct) < 1


@pytest.mark.parametrize(
    ("units", "flow", "length"),
    [("CMS", 1.0, 1.0), ("LPS", 1_000.0, 1.0), ("MLD", 86.4, 1.0), ("CFS", 35.3147, 3.28084)],
)
def test_units_of_the_model_are_the_models_own_affair(units: str, flow: float, length: float) -> None:
    """The same bowl written in other units loses the same 30 m3 a minute to the same crew."""
    changes = {
        "FLOW_UNITS CMS": f"FLOW_UNITS {units}",
        "BOWL 0 5 2 FUNCTIONAL 0 0 1000": f"BOWL 0 {5 * length} {2 * length} FUNCTIONAL 0 0 {1000 * length**2}",
        "RATE PUMP4 0 0.2": f"RATE PUMP4 0 {0.2 * flow}",
        "RATE 10 0.2": f"RATE {10 * length} {0.2 * flow}",
    }
    with Engine(by_our_clock(Inp.parse(bowl(changes))).text()) as engine:
        assert depth(engine) == pytest.approx(2.0, abs=1e-4)
        engine.set_inflow("BOWL", -0.5)
        assert minutes(engine, 10)[-1] == pytest.approx(1_700.0, abs=2 * LAG_M3)
        engine.set_inflow("BOWL", 0.0)
        engine.set_pump("PUMP", 0.5)
        engine.advance(2 * MINUTE)
        assert float(engine.flow(["PUMP"])[0]) == pytest.approx(0.1, rel=1e-3)


def test_a_branch_goes_on_where_its_parent_stood(tmp_path: Path) -> None:
    """A quarter of an hour of a crew, saved; the branch stands at the same depth, and its crew lowers it as before."""
    text = by_our_clock(Inp.parse(bowl())).text()
    with Engine(text) as parent:
        parent.set_inflow("BOWL", -0.5)
        parent.advance(15 * MINUTE)
        stood = depth(parent)
        parent.save(tmp_path / "now.hsf")
        parent.advance(15 * MINUTE)
        with_crew = depth(parent)
    with Engine(text, use=tmp_path / "now.hsf") as branch:
        assert depth(branch) == pytest.approx(stood, abs=1e-5)
        branch.set_inflow("BOWL", -0.5)
        branch.advance(15 * MINUTE)
        assert depth(branch) == pytest.approx(with_crew, abs=2 * LAG_M3 / AREA_M2)


def test_one_model_in_a_process(engine: Engine) -> None:
    assert not Engine.is_free()
    with pytest.raises(Refused, match="open in this process already"), Engine(bowl()):
        pass
    engine.advance(MINUTE)  # the first one was not disturbed
    assert volume(engine) > 0


def test_a_model_is_over_at_its_own_end_and_says_so() -> None:
    changes = {"END_DATE 01/02/2020": "END_DATE 01/01/2020\nEND_TIME 00:10:00"}
    with Engine(bowl(changes), name="short") as engine:
        engine.advance(10 * MINUTE)
        with pytest.raises(Refused, match="short has come to the end of its own time; set END_DATE later"):
            engine.advance(MINUTE)
    assert Engine.is_free()


def test_by_our_clock_a_model_outlives_its_end() -> None:
    changes = {"END_DATE 01/02/2020": "END_DATE 01/01/2020\nEND_TIME 00:10:00"}
    with Engine(by_our_clock(Inp.parse(bowl(changes))).text()) as engine:
        engine.advance(timedelta(hours=1))
        assert volume(engine) > 0


def test_names_are_found_in_any_capitals_and_others_are_a_sentence(engine: Engine) -> None:
    engine.set_inflow("bowl", -0.1)
    with pytest.raises(NotFound, match="bowl has no node POND; look into the model"):
        engine.set_inflow("POND", 1.0)
    with pytest.raises(Refused, match="MANHOLE of bowl is no outfall"):
        engine.set_stage("MANHOLE", 5.0)
