"""Results for programs: what `--json FILE` writes."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

JsonFile = Annotated[
    str | None,
    typer.Option("--json", metavar="FILE", help="Write the result as JSON to FILE; - is standard output."),
]
STANDARD_OUTPUT = "-"


def write_json(file: str | None, result: object) -> None:
    """Write a result where the user wants it; None is nowhere.

    Args:
        file: A path, or `-`.
        result: Anything msgspec can encode, dataclasses included.
    """
    if file is None:
        return
    text = msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n"
    if file == STANDARD_OUTPUT:
        sys.stdout.write(text)
    else:
        Path(file).write_text(text)
