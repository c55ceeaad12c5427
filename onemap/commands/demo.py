"""`onemap demo`: a storm, from the sensors to the wall, on this machine."""

import asyncio
import webbrowser
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console

from floodcore.settings import load_settings
from onemap.commands.desk import local
from onemap.commands.moment import duration
from onemap.commands.output import JsonFile, write_json
from onemap.commands.simulate_options import City, Faults, Gauges, Model, Seed
from onemap.commands.up import check_startable
from onemap.demo import summary
from onemap.demo.plan import Plan, act_for
from onemap.demo.run import Demo
from onemap.engines.running import fetch_engines
from onemap.home import Home
from onemap.progress import phase
from onemap.until_stopped import run_until_stopped
from simulators.chance import SEED


def demo(
    *,
    storm: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A storm over the simulated city (zhengzhou-2021-07-20 unless another is named; chicago-p20, cells, "
            "typhoon ...), a recorded one (floodnet-2023-09-29, calder-2025), or an event pack's folder; PACK:STORM "
            "names one of its storms.",
        ),
    ] = None,
    city: City = "city",
    model: Model = None,
    seed: Seed = SEED,
    faults: Faults = "typical",
    gauges: Gauges = None,
    speed: Annotated[float, typer.Option(min=1, max=1000, help="Seconds of the storm in one real second.")] = 60.0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser; only print the address.")] = False,
    for_: Annotated[
        timedelta | None,
        typer.Option(
            "--for",
            parser=duration,
            metavar="DURATION",
            help="Stop by itself after this real time (90s, 3m) and print a summary.",
        ),
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="The wall's port, 8000 unless set.")] = None,
    json_file: JsonFile = None,
) -> None:
    """Play a storm through everything: engines, services, simulated sensors and crews, and the wall.

    Without a name it is the constructed storm of 20 July 2021 over a simulated Zhengzhou.

    Without --for it goes on until Ctrl-C; the wall stays up when the storm is over.
    """
    home, http = Home.from_environment(), load_settings().http
    check_startable(home, http.host, port or http.port)
    console = Console(stderr=True)
    with phase("making what is played", console):
        act = act_for(storm, city=city, model=model, seed=seed, faults=faults, gauges=gauges)
    plan = Plan(act=act, speed=speed, host=http.host, port=port or http.port)
    fetch_engines(home)
    for_s = for_.total_seconds() if for_ else None
    run_until_stopped(_play(home, plan, console, open_browser=not no_browser, for_s=for_s, json_file=json_file))


async def _play(
    home: Home, plan: Plan, console: Console, *, open_browser: bool, for_s: float | None, json_file: str | None
) -> None:
    stage = Demo(home, plan)
    async with AsyncExitStack() as running:
        with phase("starting the engines and the services", console):
            await running.enter_async_context(stage)
        running.callback(console.print, "stopping")
        _welcome(stage, plan, console)
        if open_browser:
            await asyncio.to_thread(webbrowser.open, stage.address)
        if for_s is None:
            await stage.storm_is_over()
            console.print("The storm is over; the wall stays up until Ctrl-C.")
            await asyncio.Event().wait()
            return
        await asyncio.sleep(for_s)
        with phase("letting the last readings arrive", console):
            figures = await stage.finish()
        summary.show(figures, console)
        write_json(json_file, figures)


def _welcome(stage: Demo, plan: Plan, console: Console) -> None:
    accounts = stage.accounts
    act = plan.act
    console.print(f"[bold]{act.title}[/bold]", soft_wrap=True)
    console.print(f"{act.title_en}, from {local(act.start)}, at {plan.speed:g} times its pace", soft_wrap=True)
    if act.note_en:
        console.print(act.note_en, soft_wrap=True)
    console.print(f"大屏 wall   {stage.address}   officer  {accounts.officer_password}", soft_wrap=True)
    user, secret = accounts.one_crew
    console.print(f"手机 phone  {stage.address}field   {user}  {secret}", soft_wrap=True)
    console.print(f"A {act.mode}: no alert leaves this machine. Ctrl-C stops everything.")
