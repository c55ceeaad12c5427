"""`onemap simulate`: a city in a storm, without the rest of the house; and whoever changes one that runs."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from floodcore.domain.ladders import ROAD_DEPTH_M
from onemap.commands import simulate_control as control
from onemap.commands import simulate_ensemble
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.commands.simulate_options import City, Faults, Model, Seed, StormName
from onemap.progress import phase
from simulators.chance import SEED

if TYPE_CHECKING:  # a city takes half a second to import, and not every command needs one
    from simulators.recording import Recording
    from simulators.scene import Scene

SHOWN = 15  # the deepest places, in the table

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="A city in a storm.")
for command in (control.state, control.pause, control.resume, control.speed, control.inject, control.branch):
    app.command()(command)
app.command()(simulate_ensemble.ensemble)


@app.callback(invoke_without_command=True)
def simulate(
    context: typer.Context,
    *,
    model: Model = None,
    city: City = "district",
    storm: StormName = None,
    seed: Seed = SEED,
    faults: Faults = "typical",
    out: Annotated[Path | None, typer.Option(help="Write what happened as an event pack into this new folder.")] = None,
    pictures: Annotated[
        Path | None, typer.Option(file_okay=False, help="Draw the city, its storm and its water into this folder.")
    ] = None,
    json: JsonFile = None,
) -> None:
    """Let a storm pass over a city, as fast as this machine goes, and say where water stood.

    The city is constructed, or a network for EPA SWMM 5 that somebody made: --model FILE.inp. To see it live on the
    wall: onemap demo --model FILE.inp. The other commands change the simulation that `onemap demo` runs.
    """
    if context.invoked_subcommand:
        return
    from floodcore.packs.writing import check_new
    from simulators.ensemble.event_pack import write_pack
    from simulators.scene import scene

    if out:
        check_new(out)
    with phase("making the city"):
        played = scene(city=city, model=model, storm=storm, seed=seed, whole=True)
    began = time.monotonic()
    recording = _recorded(played, seed, faults)
    facts = _facts(recording, time.monotonic() - began)
    if out:
        with phase(f"writing {out}"):
            write_pack(recording, out, seed)
    if pictures:
        with phase(f"drawing into {pictures}"):
            _draw(recording, pictures)
    facts |= {"pack": str(out) if out else None, "pictures": str(pictures) if pictures else None}
    write_json(json, facts)
    if json != STANDARD_OUTPUT:
        _show(facts)


def _recorded(played: "Scene", seed: int, faults: str) -> "Recording":
    from simulators.instruments.bank import Bank
    from simulators.recording import record
    from simulators.world.hydraulics import hydraulics

    bank = Bank.of_city(played.city, played.start, seed, faults)
    title = f"{played.storm.label.title_en} over {played.city.title_en}"
    with hydraulics(played.city) as water, phase(title) as update:
        return record(played, water, bank, update)


def _facts(recording: "Recording", seconds: float) -> dict[str, Any]:
    from msgspec.structs import asdict

    from simulators.ensemble.facts import facts

    city, label = recording.scene.city, recording.scene.storm.label
    peaks = recording.road_m.max(axis=0, initial=0.0)
    return asdict(facts(recording)) | {
        "city": city.name,
        "title": city.title_en,
        "constructed": label.constructed,
        "source": label.source,
        "nodes": sum(len(part.nodes) for part in city.parts),
        "gauges": len(city.gauges),
        "seconds": round(seconds, 2),
        "minutes_per_s": round(len(recording.times) / seconds, 1),
        "deepest": [
            {
                "site_id": city.watched[number].site.site_id,
                "name": city.watched[number].site.name,
                "depth_m": round(float(peaks[number]), 3),
                "at": recording.times[int(recording.road_m[:, number].argmax())],
            }
            for number in peaks.argsort()[::-1]
            if peaks[number] > 0
        ],
        "notes": [text for _, text in city.notes],
    }


def _draw(recording: "Recording", folder: Path) -> None:
    from simulators.pictures import draw_city, draw_storm, draw_water

    folder.mkdir(parents=True, exist_ok=True)
    draw_city(recording.scene.city, folder / "city.png")
    draw_storm(recording, folder / "storm.png")
    draw_water(recording, folder / "water.png")


def _show(facts: Mapping[str, Any]) -> None:
    console = Console()
    console.print(f"[bold]{escape(facts['title'])}[/bold], {escape(facts['storm'])}: {escape(facts['source'])}")
    for note in facts["notes"]:
        console.print(f"  {escape(note)}")
    console.print(
        f"{facts['nodes']:,} nodes, {facts['sites']} sites, {facts['gauges']} gauges; {facts['minutes']:,} minutes in "
        f"{facts['seconds']:g} s ({facts['minutes_per_s']:g} a second); balance within {facts['mass_error_pct']:g} %; "
        f"{facts['readings']:,} readings"
    )
    table = Table("site", "deepest m", "at, UTC")
    for place in facts["deepest"][:SHOWN]:
        table.add_row(escape(place["name"]), f"{place['depth_m']:.2f}", f"{place['at']:%m-%d %H:%M}")
    console.print(f"over {100 * min(ROAD_DEPTH_M.values()):.0f} cm at {facts['flooded_sites']} sites")
    if facts["deepest"]:
        console.print(table)
    for written in (facts["pack"], facts["pictures"]):
        if written:
            console.print(f"written to {escape(written)}", soft_wrap=True)
