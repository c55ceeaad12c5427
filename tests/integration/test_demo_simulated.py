"""A simulated city through the whole house: its gauges, its water, its crews, and whoever changes it meanwhile."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from onemap.demo.plan import Plan, act_for
from onemap.demo.run import Demo
from onemap.engines.kept import free_port
from onemap.home import Home

SPEED = 300.0  # the play of some three hours and a half takes three quarters of a minute
pytestmark = pytest.mark.timeout(240)


async def simulate(home: Home, *words: str) -> tuple[int, str]:
    """`onemap simulate` beside the demo: exit code, and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "onemap", "simulate", *words),
        env={**os.environ, "ONEMAP_HOME": str(home.path), "TERM": "dumb"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def state(home: Home) -> dict[str, Any]:
    code, said = await simulate(home, "state", "--json", "-")
    assert code == 0, said
    found: dict[str, Any] = json.loads(said)
    return found


async def test_a_storm_over_five_streets_is_seen_answered_and_changed(make_home: Callable[[], Home]) -> None:
    home = make_home()
    act = act_for("chicago-p20", city="five_streets")
    async with Demo(home, Plan(act=act, speed=SPEED, port=int(free_port()))) as stage:
        first = await state(home)
        broke = [(await simulate(home, "inject", "pump", site))[0] for site in first["sites"]]
        assert sorted(broke) == [0, 1, 1, 1, 1]  # one of the five has pumps
        assert len((await state(home))["broken"]) == 1
        device = first["devices"][0]
        assert (await simulate(home, "inject", "sensor", device))[0] == 0
        assert device in (await state(home))["silent"]
        code, said = await simulate(home, "inject", "river", "nowhere", "--level", "90")
        assert (code, "No model has an outfall nowhere" in said) == (1, True)

        assert (await simulate(home, "pause"))[0] == 0
        code, said = await simulate(home, "branch", "--minutes", "3", "--json", "-")
        assert code == 0, said
        stands = await state(home)
        assert (await state(home))["at"] == stands["at"]
        assert (await simulate(home, "resume", "--speed", str(SPEED)))[0] == 0

        await stage.storm_is_over()
        figures = await stage.finish()

    settled = sum(figures[name] for name in ("stored", "duplicate", "conflict", "quarantined"))
    assert figures["published"] == settled > 500
    assert figures["incidents_opened"] >= 1  # once in twenty years some of the five is under water
    assert figures["orders"]
    assert figures["forecast_runs"] >= 10


async def test_without_a_simulation_there_is_nothing_to_change(make_home: Callable[[], Home]) -> None:
    code, said = await simulate(make_home(), "pause")
    assert code == 1
    assert "No simulation runs here" in said
