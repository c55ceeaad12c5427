"""`onemap demo`: a real storm, from the sensors to the wall, on this machine."""

import asyncio
import webbrowser
from contextlib import AsyncExitStack
from typing import Annotated

import typer
from rich.console import Console

from floodcore.settings import load_settings
from onemap.commands.output import JsonFile, write_json
from onemap.commands.up import check_startable
from onemap.demo import summary
from onemap.demo.plan import Plan, plan_for
from onemap.demo.run import Demo
from onemap.duration import parse_duration
from onemap.engines.running import fetch_engines
from onemap.home import Home
from onemap.progress import phase
from onemap.until_stopped import run_until_stopped


def _duration(text: str) -> float:
    try:
        return parse_duration(text).total_seconds()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def demo(
    *,
    storm: Annotated[
        str,
        typer.Option(
            help="A pack that ships (floodnet-2023-09-29, calder-2025) or an event pack's folder; "
            "PACK:STORM names one of its storms."
        ),
    ] = "floodnet-2023-09-29",
    speed: Annotated[float, typer.Option(min=1, max=1000, help="Seconds of the storm in one real second.")] = 60.0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser; only print the address.")] = False,
    for_: Annotated[
        float | None,
        typer.Option(
            "--for",
            parser=_duration,
            metavar="DURATION",
            help="Stop by itself after this real time (90s, 3m) and print a summary.",
        ),
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="The wall's port, 8000 unless set.")] = None,
    json_file: JsonFile = None,
) -> None:
    """Play a real storm through everything: engines, services, simulated sensors and crews, and the wall.

    Without --for it goes on until Ctrl-C; the wall stays up when the storm is over.
    """
    home, http = Home.from_environment(), load_settings().http
    check_startable(home, http.host, port or http.port)
    plan = plan_for(storm, speed=speed, host=http.host, port=port or http.port)
    fetch_engines(home)
    console = Console(stderr=True)
    run_until_stopped(_play(home, plan, console, open_browser=not no_browser, for_s=for_, json_file=json_file))


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
    console.print(
        f"[bold]{plan.pack.title}[/bold], {plan.storm.start:%Y-%m-%d %H:%M %Z}, at {plan.speed:g} times its pace"
    )
    console.print(f"大屏 wall   {stage.address}   officer  {accounts.officer_password}", soft_wrap=True)
    user, secret = accounts.one_crew
    console.print(f"手机 phone  {stage.address}field   {user}  {secret}", soft_wrap=True)
    console.print("A replay: no alert leaves this machine. Ctrl-C stops everything.")
