"""A model made ready to be rained on by our own clock, for as long as we like."""

from datetime import timedelta
from pathlib import Path

from simulators.engine.inp import BEGINNINGS, Inp, words_of

DRY = "ONEMAP_DRY"  # the series of zeros that stands at every gage, until rain is set over it
RUNS_FOR = timedelta(days=3650)  # longer than any storm, exercise or season

OPTIONS = {
    # A gage that is set is seen at the next step of the runoff; our rain changes every minute.
    "WET_STEP": "00:01:00",
    "DRY_STEP": "00:01:00",
    "REPORT_STEP": "24:00:00",  # nobody reads the engine's own report
    "IGNORE_RAINFALL": "NO",
    # Made from the gages' whole series before the run begins; there is none.
    "IGNORE_RDII": "YES",
    # A crew's pump would not be noticed while the engine skips.
    "SKIP_STEADY_STATE": "NO",
    "THREADS": "1",  # measured: a second thread gains nothing on models of this size
}
REPORT = ("INPUT NO", "CONTROLS NO", "SUBCATCHMENTS NONE", "NODES NONE", "LINKS NONE")


def by_our_clock(inp: Inp, folder: Path | None = None) -> Inp:
    """The same network with dry gages, no end in sight, and no files but those of its series and its climate.

    Args:
        folder: Where the files lie that it names; they are named in full then.
    """
    start = inp.start()
    end = start + RUNS_FOR
    of_gages = _of_gages(inp)
    series = [line for line in inp.sections.get("TIMESERIES", ()) if not _is_lost(line, of_gages, folder)]
    changes: dict[str, tuple[str, ...]] = {
        "RAINGAGES": tuple(_dry_gage(row) for row in inp.rows("RAINGAGES")),
        "TIMESERIES": (*series, f"{DRY} 0:00 0.0", f"{DRY} 0:01 0.0"),
        "FILES": (),
        "EVENTS": (),
        "REPORT": REPORT,
        **dict.fromkeys(unknown_sections(inp), ()),
    }
    ready = inp.replaced(changes).with_options(
        OPTIONS
        | {
            "REPORT_START_DATE": f"{start:%m/%d/%Y}",
            "REPORT_START_TIME": f"{start:%H:%M:%S}",
            "END_DATE": f"{end:%m/%d/%Y}",
            "END_TIME": f"{end:%H:%M:%S}",
        }
    )
    return ready if folder is None else with_full_names(ready, folder)


def unknown_sections(inp: Inp) -> list[str]:
    """Sections that other programs write and the engine would refuse."""
    return [name for name in inp.sections if name not in BEGINNINGS.values()]


def with_full_names(inp: Inp, folder: Path) -> Inp:
    """Files that a series or a climate names, by their full path where they lie in `folder`."""
    named = {
        section: tuple(_in_full(line, folder) for line in inp.sections[section])
        for section in ("TIMESERIES", "TEMPERATURE", "RAINGAGES")
        if section in inp.sections
    }
    return inp.replaced(named)


def found_in(folder: Path, name: str) -> Path | None:
    """The file of this name, in any path it was once given: that path from `folder`, or just the name in it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    for path in (Path(name), folder / name, folder / last):
        try:
            if path.is_file():
                return path.resolve()
        except (OSError, ValueError):  # a name that no file can have
            continue
    return None


def _dry_gage(row: list[str]) -> str:
    factor = row[3] if len(row) > 3 else "1.0"
    return f"{row[0]} INTENSITY 0:01 {factor} TIMESERIES {DRY}"


def _of_gages(inp: Inp) -> set[str]:
    return {row[5] for row in inp.rows("RAINGAGES") if len(row) > 5 and row[4].upper() == "TIMESERIES"}


def _is_lost(line: str, of_gages: set[str], folder: Path | None) -> bool:
    """A gage's series in a file that is not there: the gage is dry now, and the engine would look for the file."""
    words = words_of(line)
    if len(words) < 3 or words[0] not in of_gages or words[1].upper() != "FILE":
        return False
    return found_in(folder or Path(), words[2]) is None


def _in_full(line: str, folder: Path) -> str:
    words = words_of(line)
    at = next((number for number, word in enumerate(words[:-1]) if word.upper() == "FILE"), None)
    if at is None or (path := found_in(folder, words[at + 1])) is None:
        return line
    words[at + 1] = f'"{path}"'
    return " ".join(words)
