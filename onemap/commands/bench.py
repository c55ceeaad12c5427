"""`onemap bench`: the product's figures, measured here."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

import typer

from onemap.bench.report import bench_report
from onemap.commands.moment import duration
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json

FIVE_MINUTES, TEN_MINUTES = timedelta(minutes=5), timedelta(minutes=10)

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Measure what the product promises."
)


@app.command()
def ingest(json: JsonFile = None) -> None:
    """How fast readings are stored, against a bare client and a bare insert on the same two cores."""
    from onemap.bench import ingest as bench

    _tell("ingest", bench.run(), json)


@app.command()
def latency(
    devices: Annotated[int, typer.Option(min=1, help="Devices that report once a minute.")] = 5000,
    clients: Annotated[int, typer.Option(min=1, help="Walls that follow.")] = 50,
    json: JsonFile = None,
) -> None:
    """How long a reading takes to the memory, and to a wall."""
    from onemap.bench import latency as bench

    _tell("latency", bench.run(devices=devices, clients=clients), json)


@app.command()
def burst(
    away: Annotated[
        timedelta, typer.Option(parser=duration, metavar="DURATION", help="How long the database is stopped: 30s, 10m.")
    ] = TEN_MINUTES,
    pace: Annotated[float, typer.Option(min=0, help="Backlog messages a second; 0: as fast as they go.")] = 6000,
    json: JsonFile = None,
) -> None:
    """The database away in a storm, then 300,000 messages of backlog while live traffic goes on."""
    from onemap.bench import burst as bench

    _tell("burst", bench.run(away=away, pace=pace), json)


@app.command()
def chaos(
    kills: Annotated[int, typer.Option(min=1, help="How often something is killed.")] = 100, json: JsonFile = None
) -> None:
    """Kill ingest, broker and database at random under load, and count what is lost or doubled."""
    from onemap.bench import chaos as bench

    _tell("chaos", bench.run(kills=kills), json)


@app.command()
def quality(json: JsonFile = None) -> None:
    """How well the checks tell an obstructed gauge from water, on labelled data."""
    from onemap.bench import quality as bench

    _tell("quality", bench.run(), json)


@app.command()
def fleet(
    gauges: Annotated[int, typer.Option(min=100, help="Gauges of the simulated city.")] = 5000,
    lasts: Annotated[
        timedelta, typer.Option("--for", parser=duration, metavar="DURATION", help="How long they report.")
    ] = FIVE_MINUTES,
    json: JsonFile = None,
) -> None:
    """Thousands of simulated gauges in a storm at its own pace, beside everything that listens to them."""
    from onemap.bench import fleet as bench

    _tell("fleet", bench.run(gauges=gauges, lasts=lasts), json)


@app.command()
def simulate(
    storms: Annotated[
        int, typer.Option(min=1, help="Storms of the ensemble; with other than 100 its figure is only scaled.")
    ] = 100,
    json: JsonFile = None,
) -> None:
    """How many minutes of a city in a storm go by in a second, and how well its water balances."""
    from onemap.bench import simulate as bench

    _tell("simulate", bench.run(storms=storms), json)


def _tell(name: str, figures: Mapping[str, float], json: str | None) -> None:
    report = bench_report(name, figures)
    write_json(json, report)
    if json == STANDARD_OUTPUT:
        return
    typer.echo(f"{name} at {report.commit} on {report.machine}")
    for figure, value in figures.items():
        typer.echo(f"  {figure:<24}{value:,.4g}")
