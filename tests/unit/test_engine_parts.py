"""Several parts at once: each in a process of its own, branches beside them, and what is said when one dies."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from floodcore.errors import NotFound, Refused
from simulators.engine.part import Model
from simulators.engine.parts import EngineLost, Parts, Worker
from simulators.engine.swmm import Engine
from simulators.world.water import Orders, Snapshot
from tests.unit.engine_models import PUBLISHED, bowl

DRY = Orders(rain_mm_h=np.zeros(1))
MINUTE_S = 60.0
LAG_M = 2 * 1.25 / 1_000  # half a routing step of 5 s at 0.5 m3/s over 1,000 m2, at two changes of rate


def crew(m3_s: float) -> Orders:
    return Orders(rain_mm_h=np.zeros(1), inflow_m3_s={"BOWL": -m3_s})


def of_bowl(snapshot: Snapshot) -> float:
    """The bowl's depth; it is the last of four nodes: manhole, sewer, river, bowl."""
    return float(snapshot.depth_m[3])


def model(name: str = "bowl", **more: object) -> Model:
    return Model(name=name, text=bowl(), **more)  # type: ignore[arg-type]


def test_two_parts_go_on_together_and_apart() -> None:
    """One crew takes 0.5 m3/s, the other 0.25: after ten minutes 30 and 15 cm are gone."""
    with Parts([model("a"), model("b")]) as parts:
        for _ in range(10):
            one, other = parts.advance(MINUTE_S, [crew(0.5), crew(0.25)])
        assert of_bowl(one) == pytest.approx(1.70, abs=LAG_M)
        assert of_bowl(other) == pytest.approx(1.85, abs=LAG_M)
        assert abs(parts.balance_pct()) < 0.5


def test_one_part_alone_stays_in_this_process_and_counts_the_same() -> None:
    with Parts([model(links=("PUMP",))]) as here, Parts([model(links=("PUMP",))], apart=True) as there:
        assert not Engine.is_free()
        for _ in range(10):
            (one,), (other,) = here.advance(MINUTE_S, [crew(0.5)]), there.advance(MINUTE_S, [crew(0.5)])
        np.testing.assert_array_equal(one.depth_m, other.depth_m)
        np.testing.assert_array_equal(one.flow_m3_s, other.flow_m3_s)
    assert Engine.is_free()


def test_a_second_one_alone_takes_a_process_of_its_own() -> None:
    with Parts([model()]) as first, Parts([model()]) as second:
        assert of_bowl(first.advance(MINUTE_S, [DRY])[0]) == of_bowl(second.advance(MINUTE_S, [DRY])[0])


def test_an_order_that_is_not_given_again_is_over() -> None:
    """Ten minutes of pumping, ten without: 30 cm are gone and not 60. A broken pump runs again when it is mended."""
    with Parts([model(links=("PUMP",))], apart=True) as parts:
        for orders in [crew(0.5)] * 10 + [DRY] * 10:
            (snapshot,) = parts.advance(MINUTE_S, [orders])
        assert of_bowl(snapshot) == pytest.approx(1.70, abs=LAG_M)


def test_a_branch_with_a_crew_and_one_without() -> None:
    """From 1.7 m on: with the crew 30 cm less in ten minutes, without it nothing; the parent knows of neither."""
    with Parts([model()]) as parent:
        for _ in range(10):
            parent.advance(MINUTE_S, [crew(0.5)])
        with contextlib.closing(parent.branch()) as with_crew, contextlib.closing(parent.branch()) as without:
            for _ in range(10):
                (one,), (other,) = with_crew.advance(MINUTE_S, [crew(0.5)]), without.advance(MINUTE_S, [DRY])
        (mine,) = parent.advance(MINUTE_S, [crew(0.5)])
    assert of_bowl(one) == pytest.approx(1.40, abs=LAG_M)
    assert of_bowl(other) == pytest.approx(1.70, abs=LAG_M)
    assert of_bowl(mine) == pytest.approx(1.67, abs=LAG_M)


def test_branches_of_one_moment_are_equal_and_near_their_parent() -> None:
    """The Hague in 60 mm/h: two branches agree to the last bit.

    A hot start keeps single floats and no memory of the last step, so that the parent is only near: 1 cm on the mean
    of all nodes, which is what a branch may be trusted for against a gauge.
    """
    rain = Orders(rain_mm_h=np.array([60.0]))
    hague = Model(name="hague", text=(PUBLISHED / "norfolk_hague_paper.inp").read_text())
    with Parts([hague]) as parent:
        for _ in range(30):
            parent.advance(MINUTE_S, [rain])
        with contextlib.closing(parent.branch()) as left, contextlib.closing(parent.branch()) as right:
            for _ in range(10):
                (mine,), (one,), (other,) = (water.advance(MINUTE_S, [rain]) for water in (parent, left, right))
                np.testing.assert_array_equal(one.depth_m, other.depth_m)
                assert np.abs(mine.depth_m - one.depth_m).mean() < 0.01
            assert abs(left.balance_pct()) < 1
        assert abs(parent.balance_pct()) < 1


def test_a_part_that_the_engine_refuses_is_a_sentence_and_nothing_is_left_running() -> None:
    wrong = Model(name="north", text=bowl({"PIPE MANHOLE RIVER": "PIPE MANHOLE SEA"}))
    with pytest.raises(Refused, match="north: the engine refuses this model, error 209: undefined object SEA"):
        Parts([model("south"), wrong])


def test_a_wrong_order_is_a_sentence_and_all_parts_go_on() -> None:
    """The north has answered while the south refused; the next minute is the next minute of both."""
    with Parts([model("south"), model("north")]) as parts:
        with pytest.raises(NotFound, match="south has no node POND"):
            parts.advance(MINUTE_S, [Orders(rain_mm_h=np.zeros(1), inflow_m3_s={"POND": -1.0}), crew(0.5)])
        south, north = parts.advance(MINUTE_S, [DRY, crew(0.5)])
        assert of_bowl(south) == pytest.approx(2.0, abs=LAG_M)
        assert of_bowl(north) == pytest.approx(1.94, abs=LAG_M)


def test_a_process_that_is_killed_is_a_sentence() -> None:
    with contextlib.closing(Worker(model("south"))) as worker:
        worker.hear()
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(EngineLost, match=r"south: the engine's process ended unexpectedly \(killed by signal 9\)"):
            worker.ask("balance_pct")
            worker.hear()


def test_a_process_that_takes_too_long_is_ended() -> None:
    with contextlib.closing(Worker(model("south"), answers_within_s=0.5)) as worker:
        os.kill(worker.pid, signal.SIGSTOP)  # as if the model took for ever
        with pytest.raises(EngineLost, match=r"south: the engine gave no answer within 0\.5 s and was ended"):
            worker.hear()


OWNER = """
import signal
import sys
from simulators.engine.part import Model
from simulators.engine.parts import Worker
worker = Worker(Model(name="a", text=sys.stdin.read()))
worker.hear()
print(worker.pid, flush=True)
worker.ask("balance_pct")
signal.pause()
"""


def test_a_process_ends_when_its_owner_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert owner.stdin is not None and owner.stdout is not None
    owner.stdin.write(bowl())
    owner.stdin.close()
    pid = int(owner.stdout.readline())
    handle = os.pidfd_open(pid)
    try:
        owner.kill()
        owner.wait()
        ended, _, _ = select.select([handle], [], [], 20)
    finally:
        os.close(handle)
        owner.stdout.close()
    assert ended


def test_files_that_a_model_names_are_found_beside_it(tmp_path: Path) -> None:
    """A stream of 0.1 m3/s from a file: six minutes bring 36 m3, 3.6 cm."""
    (tmp_path / "stream.dat").write_text("0:00 0.1\n24:00 0.1\n")
    named = {"[TIMESERIES]": '[INFLOWS]\nBOWL FLOW STREAM\n[TIMESERIES]\nSTREAM FILE "C:\\old disk\\stream.dat"'}
    beside = Model(name="bowl", text=bowl(named), folder=tmp_path)
    with Parts([beside]) as parts:
        for _ in range(6):
            (snapshot,) = parts.advance(MINUTE_S, [DRY])
    assert of_bowl(snapshot) == pytest.approx(2.036, abs=LAG_M)
    with pytest.raises(Refused, match=r"error 361.*put the file of the time series beside the model"):
        Parts([Model(name="bowl", text=bowl(named), folder=tmp_path / "elsewhere")])
