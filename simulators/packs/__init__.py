"""The event packs that come with One Map, by name."""

from pathlib import Path

from floodcore.errors import NotFound
from floodcore.packs.description import FILE

FOLDER = Path(__file__).parent
SHIPPED = tuple(sorted(file.parent.name for file in FOLDER.glob(f"*/{FILE}")))


def shipped(name: str) -> Path:
    """The folder of a pack that comes along.

    Raises:
        NotFound: None has this name.
    """
    if name not in SHIPPED:
        raise NotFound(f"No event pack {name!r} comes along; there are {', '.join(SHIPPED)}.")
    return FOLDER / name


def find_pack(name_or_path: str) -> Path:
    """Where a pack lies that a person named: a folder, its datapackage.json, or the name of a shipped one.

    Raises:
        NotFound: It is neither.
    """
    path = Path(name_or_path)
    if path.exists():
        return path
    if name_or_path in SHIPPED:
        return shipped(name_or_path)
    raise NotFound(
        f"There is no event pack {name_or_path!r}; name a folder with a {FILE}, or one that comes along: "
        f"{', '.join(SHIPPED)}."
    )
