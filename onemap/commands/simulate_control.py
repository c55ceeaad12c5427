"""`onemap simulate pause|resume|speed|state|inject|branch`: reality, as far as a simulated one obeys."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from floodcore.clock_file import read, steer
from floodcore.errors import NotFound, Refused
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.demo.run import CLOCK_FILE
from onemap.demo.scene_act import DOOR, TOKEN
from onemap.engines import kept
from onemap.home import Home
from onemap.progress import phase
from onemap.state import read_state

FASTEST = 1000.0
ANSWER_WITHIN_S = 30.0
LOOKS_AHEAD_S = 900.0  # two worlds for hours, beside the one that goes on


class Injection(StrEnum):
    """What goes wrong."""

    SENSOR = "sensor"
    PUMP = "pump"
    ROAD = "road"
    RIVER = "river"


def pause() -> None:
    """Let the room's clock stand still: no water moves, nobody is told anything new."""
    _steer(0.0)


def resume(
    speed: Annotated[float, typer.Option(min=0.1, max=FASTEST, help="Seconds of the storm in one real second.")] = 60.0,
) -> None:
    """Let the clock go on."""
    _steer(speed)


def speed(
    value: Annotated[float, typer.Argument(min=0.1, max=FASTEST, help="Seconds of the storm in one real second.")],
) -> None:
    """Let the storm go faster or slower."""
    _steer(value)


def state(json: JsonFile = None) -> None:
    """What the simulated world is doing: its time, who pumps where, what is broken."""
    said = _ask("GET", "/state")
    write_json(json, said)
    if json == STANDARD_OUTPUT:
        return
    console = Console()
    console.print(f"[bold]{escape(said['city']['title_en'])}[/bold], {escape(said['storm']['title_en'])}, {said['at']}")
    for site_id, teams in said["pumping"].items():
        told = ", ".join(f"{team} {m3_h:g} m3/h" for team, m3_h in teams.items())
        console.print(f"  pumping at {escape(site_id)}: {escape(told)}")
    for word, names in (
        ("closed", said["closed"]),
        ("without power", said["without_power"]),
        ("pumps broken", said["broken"]),
        ("silent", said["silent"]),
    ):
        if names:
            console.print(f"  {word}: {escape(', '.join(names))}")
    console.print(f"  error of the water's balance {said['balance_pct']:g} %")


def inject(
    what: Annotated[Injection, typer.Argument(help="What goes wrong.")],
    name: Annotated[str, typer.Argument(help="A device, a site, or an outfall; `simulate state --json -` lists them.")],
    level: Annotated[float | None, typer.Option(help="river: where it stands, m in the model's datum.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Mend it again.")] = False,
) -> None:
    """Silence a sensor, break a place's pumps, block a road, or raise the river at an outfall."""
    match what:
        case Injection.SENSOR:
            _ask("POST", "/silences", {"device_id": name, "silent": not undo})
        case Injection.PUMP:
            _ask("POST", "/breakdowns", {"site_id": name, "broken": not undo})
        case Injection.ROAD:
            _ask("POST", "/closures", {"site_id": name, "team_id": "command line", "closed": not undo})
        case Injection.RIVER:
            if level is None:
                raise typer.BadParameter("say where the river stands: --level 92.5")
            _ask("POST", "/rivers", {"outfall": name, "stage_m": level})
    typer.echo(f"{what} {name}: {'mended' if undo else 'done'}")


def branch(
    minutes: Annotated[int, typer.Option(min=1, max=360, help="How far to look, in minutes of the storm.")] = 60,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="TEAM", help="Whose pumps; everybody's unless named.")
    ] = None,
    json: JsonFile = None,
) -> None:
    """The same city from now on with its crews and without them, side by side; what goes on is not disturbed."""
    with phase(f"two worlds for {minutes} minutes each"):
        found = _ask("POST", "/branches", {"minutes": minutes, "without_teams": without}, within_s=LOOKS_AHEAD_S)
    write_json(json, found)
    if json != STANDARD_OUTPUT:
        _show(found)


def _show(found: Mapping[str, Any]) -> None:
    if not found["places"]:
        typer.echo("No place differs: nobody pumps, or what they pump does not tell.")
        return
    table = Table("site", "min > 27 cm with", "without", "deepest m with", "without")
    for place in found["places"]:
        numbers = (f"{place[name]:g}" for name in ("minutes_with", "minutes_without"))
        depths = (f"{place[name]:.2f}" for name in ("deepest_with_m", "deepest_without_m"))
        table.add_row(escape(place["site_id"]), *numbers, *depths)
    Console().print(table)


def _steer(value: float) -> None:
    file = _running().run / CLOCK_FILE
    now = datetime.now(UTC)
    steer(file, now, speed=value)
    typer.echo(f"{read(file).at(now):%Y-%m-%d %H:%M:%S} UTC, {'paused' if not value else f'{value:g} times its pace'}")


def _running() -> Home:
    home = Home.from_environment()
    state = read_state(home)
    if state is None or state.mode != "demo" or not (home.run / CLOCK_FILE).exists():
        raise NotFound("No simulation runs here; start one with: bin/onemap demo")
    return home


def _ask(method: str, path: str, body: object = None, within_s: float = ANSWER_WITHIN_S) -> Any:
    home = _running()
    token: Path = home.run / TOKEN
    if not token.exists():
        raise NotFound("What plays here is a recorded storm, in which nothing can be changed; play a simulated one.")
    address = f"http://127.0.0.1:{kept.kept_port(home, DOOR)}{path}"
    headers = {"Authorization": f"Bearer {token.read_text().strip()}"}
    try:
        answer = httpx.request(method, address, json=body, headers=headers, timeout=within_s, trust_env=False)
    except httpx.HTTPError as error:
        raise NotFound(
            f"The simulated world does not answer ({type(error).__name__}); does it still start? bin/onemap status"
        ) from error
    if answer.is_error:
        raise Refused(_sentence(answer))
    return answer.json() if answer.content else None


def _sentence(answer: httpx.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return f"The simulated world answers with status {answer.status_code}; see its log."
    return detail if isinstance(detail, str) else f"The simulated world cannot take this: {detail[0]['msg']}."
