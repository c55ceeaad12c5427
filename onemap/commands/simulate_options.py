"""What several commands ask about a simulated city."""

from pathlib import Path
from typing import Annotated

import typer

FAULTS = ("none", "typical", "harsh")
MOST_SEED = 2**63 - 1


def _faults(text: str) -> str:
    if text not in FAULTS:
        raise typer.BadParameter(f"there are {', '.join(FAULTS)}.")
    return text


Model = Annotated[
    Path | None,
    typer.Option(metavar="FILE.inp", exists=True, dir_okay=False, help="A network for EPA SWMM 5 that is the city."),
]
City = Annotated[str, typer.Option(metavar="NAME", help="A constructed city: five_streets, district or city.")]
StormName = Annotated[
    str | None,
    typer.Option(
        "--storm",
        metavar="NAME",
        help="Such as zhengzhou-2021-07-20, chicago-p20, cells, typhoon.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=MOST_SEED, help="The same seed, the same storm.")]
Faults = Annotated[
    str, typer.Option(metavar="HOW", callback=_faults, help="How badly gauges behave: none, typical, harsh.")
]
Gauges = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="How many gauges there are; those that the city lacks hang in manholes."),
]
