"""An input file of EPA SWMM 5 as sections of rows: read tolerantly, changed by section, written again.

Only the file's shape is known here; whether a model makes sense is the engine's to say.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from floodcore.errors import Refused

# The engine knows a section by how its name begins, in any case; a longer beginning is looked for first.
# Source: the section keywords of the SWMM 5.2 reference (EPA SWMM User's Manual, appendix D).
BEGINNINGS = {
    "ADJUST": "ADJUSTMENTS",
    "AQUIF": "AQUIFERS",
    "BACKDROP": "BACKDROP",
    "BUILD": "BUILDUP",
    "CONDUIT": "CONDUITS",
    "CONTROL": "CONTROLS",
    "COORD": "COORDINATES",
    "COVER": "COVERAGES",
    "CURVE": "CURVES",
    "DIVIDER": "DIVIDERS",
    "DWF": "DWF",
    "EVAP": "EVAPORATION",
    "EVENT": "EVENTS",
    "FILE": "FILES",
    "GROUND": "GROUNDWATER",
    "GWF": "GWF",
    "HYDRO": "HYDROGRAPHS",
    "INFIL": "INFILTRATION",
    "INFLOW": "INFLOWS",
    "INLET": "INLETS",
    "INLET_USAGE": "INLET_USAGE",
    "JUNC": "JUNCTIONS",
    "LABEL": "LABELS",
    "LANDUSE": "LANDUSES",
    "LID_CONTROL": "LID_CONTROLS",
    "LID_USAGE": "LID_USAGE",
    "LOADING": "LOADINGS",
    "LOSS": "LOSSES",
    "MAP": "MAP",
    "OPTION": "OPTIONS",
    "ORIF": "ORIFICES",
    "OUTFALL": "OUTFALLS",
    "OUTLET": "OUTLETS",
    "PATTERN": "PATTERNS",
    "POLLUT": "POLLUTANTS",
    "POLYG": "POLYGONS",
    "PROFILE": "PROFILES",
    "PUMP": "PUMPS",
    "RAINGAGE": "RAINGAGES",
    "RDII": "RDII",
    "REPORT": "REPORT",
    "SNOW": "SNOWPACKS",
    "STORAGE": "STORAGE",
    "STREET": "STREETS",
    "SUBAREA": "SUBAREAS",
    "SUBCATCH": "SUBCATCHMENTS",
    "SYMBOL": "SYMBOLS",
    "TAG": "TAGS",
    "TEMP": "TEMPERATURE",
    "TIME": "TIMESERIES",
    "TITLE": "TITLE",
    "TRANS": "TRANSECTS",
    "TREAT": "TREATMENT",
    "VERT": "VERTICES",
    "WASH": "WASHOFF",
    "WEIR": "WEIRS",
    "XSECT": "XSECTIONS",
}
LONGEST_FIRST = sorted(BEGINNINGS, key=len, reverse=True)
WORD = re.compile(r'"([^"]*)"?|([^\s"]+)')
LARGEST_BYTES = 200_000_000  # a city of a million nodes; more is not a model. Guessed
FIRST_DAY = datetime(2004, 1, 1)  # noqa: DTZ001 - a model's clock has no zone; the engine's own default


@dataclass(frozen=True)
class Inp:
    """The file by section; lines as they stand, comments and all.

    Attributes:
        sections: Lines by the section's full name in capitals, in the order of the file. A section that comes twice
            is one.
    """

    sections: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, text: str) -> "Inp":
        """From text with any line ends; what stands before the first section is left out.

        Raises:
            Refused: There is no section in it.
        """
        sections: dict[str, list[str]] = {}
        lines: list[str] | None = None
        for line in text.splitlines():
            if line.lstrip().startswith("["):
                lines = sections.setdefault(_section(line), [])
            elif lines is not None:
                lines.append(line)
        if not sections:
            raise Refused("This is no input file of SWMM: it has no [SECTION]; export the model as .inp and try again.")
        return cls(MappingProxyType({name: tuple(of) for name, of in sections.items()}))

    @classmethod
    def read(cls, path: Path) -> "Inp":
        """From a file in UTF-8, GB 2312 or Latin-1.

        Raises:
            Refused: It cannot be read, or is no model; the sentence names it.
        """
        try:
            if path.stat().st_size > LARGEST_BYTES:
                raise Refused(f"{path} has more than {LARGEST_BYTES // 1_000_000} MB; that is no model.")
            data = path.read_bytes()
        except OSError as error:
            raise Refused(f"{path}: {error.strerror}; name an input file of SWMM (.inp).") from error
        try:
            return cls.parse(decoded(data))
        except Refused as error:
            raise Refused(f"{path}: {error}") from error

    def text(self) -> str:
        """As the engine reads it."""
        return "".join(f"[{name}]\n" + "".join(f"{line}\n" for line in of) + "\n" for name, of in self.sections.items())

    def rows(self, section: str) -> list[list[str]]:
        """The words of each row of a section; comments and empty lines are left out, quotes are taken off."""
        return [words for line in self.sections.get(section, ()) if (words := words_of(line))]

    def options(self) -> dict[str, str]:
        """[OPTIONS]: value by name in capitals."""
        return {row[0].upper(): row[1] for row in self.rows("OPTIONS") if len(row) > 1}

    def replaced(self, sections: Mapping[str, Iterable[str]]) -> "Inp":
        """With these sections instead of its own; one without lines is left out."""
        merged = dict(self.sections) | {name: tuple(lines) for name, lines in sections.items()}
        gone = {name for name in sections if not merged[name]}
        return Inp(MappingProxyType({name: of for name, of in merged.items() if name not in gone}))

    def with_options(self, changes: Mapping[str, str]) -> "Inp":
        """With these options changed or added."""
        kept = [line for line in self.sections.get("OPTIONS", ()) if not _begins_with(line, changes)]
        return self.replaced({"OPTIONS": (*kept, *(f"{name} {value}" for name, value in changes.items()))})

    def start(self) -> datetime:
        """The model's own START_DATE and START_TIME, without a zone; the engine's default where they say nothing."""
        options = self.options()
        day = date_of(options.get("START_DATE", "")) or FIRST_DAY
        return day + (span_of(options.get("START_TIME", "0:00")) or timedelta())

    def end(self) -> datetime:
        """The model's own END_DATE and END_TIME; its start where they say nothing."""
        options = self.options()
        day = date_of(options.get("END_DATE", ""))
        return self.start() if day is None else day + (span_of(options.get("END_TIME", "0:00")) or timedelta())


def words_of(line: str) -> list[str]:
    """The words of one row, without quotes and comment."""
    return [quoted or plain for quoted, plain in WORD.findall(line.partition(";")[0])]


def decoded(data: bytes) -> str:
    """Text of a file whose encoding nobody has stated.

    GB 2312 is tried before Latin-1, since a Chinese name takes two bytes over 0xA0 and an accent only one.

    Raises:
        Refused: It is not text.
    """
    if not data.strip():
        raise Refused("The file is empty; export the model as .inp and try again.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise Refused("This is no text but a binary file; export the model as .inp and try again.")
    for encoding in ("utf-8-sig", "gb2312"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def date_of(word: str) -> datetime | None:
    """A date as the engine writes it, 07/20/2021 or JUL-20-2021; None where it is none."""
    for form in ("%m/%d/%Y", "%m-%d-%Y", "%b-%d-%Y", "%b/%d/%Y"):
        try:
            return datetime.strptime(word, form)  # noqa: DTZ007 - a model's clock has no zone
        except ValueError:
            continue
    return None


def span_of(word: str) -> timedelta | None:
    """A time of day or a length of time, 1:30, 01:30:00 or decimal hours 1.5; None where it is none."""
    try:
        parts = [float(part) for part in word.split(":")]
    except ValueError:
        return None
    if len(parts) > 3 or any(not 0 <= part < 1e6 for part in parts):
        return None
    hours, minutes, seconds = (*parts, 0.0, 0.0)[:3]
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def number_of(row: list[str], column: int, otherwise: float = 0.0) -> float:
    """The number in a row's column; `otherwise` where there is none."""
    try:
        return float(row[column])
    except (IndexError, ValueError):
        return otherwise


def by_first(rows: Iterable[list[str]]) -> dict[str, list[str]]:
    """Rows by their first word."""
    return {row[0]: row for row in rows}


def _section(line: str) -> str:
    name = line.strip().lstrip("[").partition("]")[0].strip().upper()
    return next((BEGINNINGS[begin] for begin in LONGEST_FIRST if name.startswith(begin)), name)


def _begins_with(line: str, names: Iterable[str]) -> bool:
    words = words_of(line)
    return bool(words) and words[0].upper() in names
