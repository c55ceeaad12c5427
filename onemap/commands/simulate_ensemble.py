"""`onemap simulate ensemble`: hundreds of storms over a city as event packs, to train and test on."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.commands.simulate_options import City, Faults, Seed
from onemap.progress import phase
from simulators.chance import SEED

if TYPE_CHECKING:
    from simulators.ensemble.folder import Index

MOST_STORMS = 9999  # folders are numbered by four digits
INTERRUPTED = 130  # as a shell says of a program that Ctrl-C ended


def ensemble(
    *,
    storms: Annotated[int, typer.Option(min=1, max=MOST_STORMS, help="How many there are to be.")],
    out: Annotated[Path, typer.Option(help="The folder they are written into, a pack each; it may hold some already.")],
    city: City = "district",
    seed: Seed = SEED,
    faults: Faults = "typical",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Storms that are simulated at once.")] = 2,
    json: JsonFile = None,
) -> None:
    """Let many storms pass over a city, and write an event pack of each with the truth beside it.

    Give the same command again to go on after an interrupt, or a larger number for more storms: what is there stays.
    """
    from simulators.city.size import size_of
    from simulators.ensemble.folder import claim, missing, write_index
    from simulators.ensemble.making import make
    from simulators.ensemble.plan import Plan

    plan = Plan(city=size_of(city).name, seed=seed, faults=faults)
    claim(out, plan)
    numbers = missing(out, storms)
    there = storms - len(numbers)
    began = time.monotonic()
    try:
        with phase(f"{len(numbers)} of {storms} storms over {city}") as update:
            make(plan, numbers, out, workers, _counted(update, len(numbers)))
    except KeyboardInterrupt:
        left = len(missing(out, storms))
        typer.echo(f"stopped; {storms - left} of {storms} storms are there; the same command goes on.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        index = write_index(out, plan)
    facts = _facts(index, out, there, len(numbers), time.monotonic() - began)
    write_json(json, facts)
    if json != STANDARD_OUTPUT:
        _show(index, facts)


def _counted(update: Any, total: int) -> Any:
    done = iter(range(1, total + 1))
    return lambda _number: update(next(done) / total)


def _facts(index: "Index", out: Path, there: int, made: int, seconds: float) -> dict[str, Any]:
    every = index.storms.values()
    return {
        "out": str(out),
        "city": index.plan.city,
        "seed": index.plan.seed,
        "faults": index.plan.faults,
        "storms": len(index.storms),
        "there_before": there,
        "simulated": made,
        "seconds": round(seconds, 1),
        "minutes": sum(one.minutes for one in every),
        "readings": sum(one.readings for one in every),
        "flooding_storms": sum(one.flooded_sites > 0 for one in every),
        "mass_error_pct": max((one.mass_error_pct for one in every), default=0.0),
    }


def _show(index: "Index", facts: dict[str, Any]) -> None:
    console = Console()
    console.print(
        f"{facts['storms']} storms, {facts['minutes']:,} minutes, {facts['readings']:,} readings in "
        f"{escape(facts['out'])}; {facts['simulated']} simulated now in {facts['seconds']:g} s; "
        f"water stood in {facts['flooding_storms']}; balance within {facts['mass_error_pct']:g} %",
        soft_wrap=True,
    )
    table = Table("family", "storms", "rain mm", "deepest m", "flooded sites")
    families: dict[str, list[Any]] = {}
    for one in index.storms.values():
        families.setdefault(one.title, []).append(one)
    for name, those in sorted(families.items()):
        table.add_row(
            escape(name),
            str(len(those)),
            _span([one.rain_mm for one in those], 0),
            _span([one.deepest_m for one in those], 2),
            _span([one.flooded_sites for one in those], 0),
        )
    console.print(table)


def _span(values: list[float], decimals: int) -> str:
    return f"{min(values):.{decimals}f} to {max(values):.{decimals}f}"
