"""SQL lies in files; each statement has a name and a line that says what it is for."""

import re
from functools import cache
from importlib.resources import files
from typing import LiteralString, cast

NAME = re.compile(r"^-- name: (\w+)\n", flags=re.MULTILINE)


@cache
def statements(file: str, package: str = "floodcore.store") -> dict[str, LiteralString]:
    """The statements of a package's `sql/{file}.sql` by name: each begins with a line `-- name: its_name`."""
    text = files(package).joinpath("sql", f"{file}.sql").read_text(encoding="utf-8")
    parts = NAME.split(text)[1:]
    return {name: cast("LiteralString", sql.strip()) for name, sql in zip(parts[::2], parts[1::2], strict=True)}
