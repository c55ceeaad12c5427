"""Results for programs: what `--json FILE` writes."""

import os
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

STANDARD_OUTPUT = "-"


def _writable(file: str | None) -> str | None:
    """Known before the work begins, not after it."""
    if file in {None, STANDARD_OUTPUT}:
        return file
    assert file
    folder = Path(file).absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK) or Path(file).is_dir():
        raise typer.BadParameter(f"{file} cannot be written; name a file in a folder of your own, or -.")
    return file


JsonFile = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="FILE",
        callback=_writable,
        help="Write the result as JSON to FILE; - is standard output.",
    ),
]


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
