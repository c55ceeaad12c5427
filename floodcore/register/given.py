"""Rows of the register as somebody gives them: CSV text and GeoJSON, read without trusting them."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from floodcore.domain.shifted import Coordinates, to_wgs84
from floodcore.domain.site import Place
from floodcore.errors import Refused
from floodcore.register.sheets import SHEETS, SITES, Sheet

GEOJSON = "sites.geojson"
SAID = 40  # characters of a cell that are repeated
ROW_SHOWN = 200  # characters of a rejected row that are kept
Cells = Mapping[str, str]
Numbered = Iterator[tuple[int, Cells | None, str]]  # line, cells by column (None: they do not fit), the row as it stood
MISFIT = "it has more fields than the first line has names, as a decimal comma makes"
NO_POINT = "?"  # no number, so that the row is told what is wrong with its lon and lat


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row that could be read; `values` has its columns, blank cells as what they mean.

    `line` counts from 1, the header included; in GeoJSON it is the feature's number, from 1.
    """

    sheet: Sheet
    file: str
    line: int
    text: str
    values: Mapping[str, Any]

    @property
    def key(self) -> tuple[Any, ...]:
        """Which entry it speaks of."""
        return tuple(self.values[name] for name in self.sheet.key)

    @property
    def where(self) -> str:
        """Where it stands, for a person."""
        return where(self.file, self.line)

    def rejected(self, fault: str) -> "RejectedRow":
        """The row, refused after all."""
        return RejectedRow(file=self.file, line=self.line, reason=sentence(fault), row=self.text)


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """A row that is not taken, as it stood, and why, in a sentence."""

    file: str
    line: int
    reason: str
    row: str

    @property
    def where(self) -> str:
        """Where it stands, for a person."""
        return where(self.file, self.line)


@dataclass
class Given:
    """What was read of all files."""

    rows: list[Row] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)


def read_files(files: Mapping[str, bytes], coordinates: Coordinates = Coordinates.WGS84) -> Given:
    """Read files of the register by their names: `sites.csv`, `sites.geojson` and so on; others are passed over.

    Args:
        files: Content by name.
        coordinates: What longitudes and latitudes are in.

    Raises:
        Refused: There is none, or one is no CSV or GeoJSON at all; single rows are told by `rejected` instead.
    """
    given = Given()
    for sheet in SHEETS:
        if sheet.file in files:
            _read(given, sheet, sheet.file, _csv_rows(sheet, _text(sheet.file, files[sheet.file])))
    if GEOJSON in files:
        _read(given, SITES, GEOJSON, _features(_text(GEOJSON, files[GEOJSON])))
    known = [*(sheet.file for sheet in SHEETS), GEOJSON]
    if not set(files) & set(known):
        raise Refused(f"There is nothing of a register here; its files are called {', '.join(known)}.")
    given.rows = [_in_wgs84(row, coordinates) for row in given.rows]
    return given


def _read(given: Given, sheet: Sheet, file: str, rows: Numbered) -> None:
    for line, row_cells, text in rows:
        shown = text[:ROW_SHOWN].encode(errors="replace").decode()
        values, faults = ({}, [MISFIT]) if row_cells is None else _values(sheet, row_cells)
        if faults:
            given.rejected.append(RejectedRow(file=file, line=line, reason=sentence("; ".join(faults)), row=shown))
        else:
            given.rows.append(Row(sheet=sheet, file=file, line=line, text=shown, values=values))


def where(file: str, line: int) -> str:
    """`sites.csv line 3`, or `sites.geojson feature 2`."""
    return f"{file} {'feature' if file == GEOJSON else 'line'} {line}"


def sentence(fault: str) -> str:
    """A fault as a sentence."""
    return f"{fault[:1].upper()}{fault[1:].rstrip('.')}."


def _values(sheet: Sheet, row_cells: Cells) -> tuple[dict[str, Any], list[str]]:
    values, faults = {}, []
    for column in sheet.columns:
        cell = row_cells.get(column)
        if cell:
            try:
                values[column] = sheet.columns[column](cell)
            except ValueError as error:
                faults.append(f"column {column}: {cell[:SAID]!r} {error}")
        elif column in (*sheet.key, *sheet.required):
            faults.append(f"column {column} is blank")
        elif cell is not None:
            values[column] = sheet.blank.get(column)
    return values, faults


def _csv_rows(sheet: Sheet, text: str) -> Numbered:
    reader = csv.reader(io.StringIO(text))
    try:
        columns = [name.strip().casefold() for name in next(reader, [])]
        required = [*sheet.key, *sheet.required]
        if missing := [name for name in required if name not in columns]:
            raise Refused(
                f"{sheet.file} has no column {', '.join(missing)}; its first line must name {', '.join(required)}, "
                "separated by commas."
            )
        if twice := {name for name in columns if name and columns.count(name) > 1}:
            raise Refused(
                f"{sheet.file} names {', '.join(sorted(twice))} twice in its first line; keep one of the two."
            )
        for fields in reader:
            if any(fields):
                fits = not any(fields[len(columns) :])
                row_cells = dict.fromkeys(columns, "") | dict(zip(columns, map(str.strip, fields), strict=False))
                yield reader.line_num, row_cells if fits else None, ",".join(fields)
    except csv.Error as error:
        raise Refused(f"{sheet.file} cannot be read as CSV ({error}); make the file again.") from error


def _features(text: str) -> Numbered:
    try:
        features = json.loads(text)["features"]
    except (ValueError, TypeError, KeyError, RecursionError):
        features = None
    if not isinstance(features, list):
        raise Refused(f"{GEOJSON} is no FeatureCollection of GeoJSON (RFC 7946); export it again.")
    for number, feature in enumerate(features, start=1):
        yield number, _feature_cells(feature), json.dumps(feature, ensure_ascii=False)


def _feature_cells(feature: Any) -> Cells:
    """A feature's id, properties and point as the cells of a row."""
    given: dict[str, Any] = {}
    match feature:
        case {"properties": dict(properties)}:
            given |= properties
    match feature:
        case {"id": str(site_id)}:
            given |= {"site_id": site_id}
    match feature:
        case {"geometry": {"type": "Point", "coordinates": [lon, lat, *_]}}:
            given |= {"lon": lon, "lat": lat}
        case {"geometry": None}:
            given |= {"lon": None, "lat": None}
        case _:
            given |= {"lon": NO_POINT, "lat": NO_POINT}
    return {name: _cell(value) for name, value in given.items()}


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _text(file: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{file} is not text in UTF-8; save it in UTF-8 (in Excel: CSV UTF-8) and try again.") from error
    if "\0" in text:
        raise Refused(f"{file} holds zero bytes; it is no text. Save it in UTF-8 and try again.")
    return text


def _in_wgs84(row: Row, coordinates: Coordinates) -> Row:
    lon, lat = row.values.get("lon"), row.values.get("lat")
    if lon is None or lat is None:
        return row
    place = to_wgs84(Place(lon=lon, lat=lat), coordinates)
    return replace(row, values={**row.values, "lon": place.lon, "lat": place.lat})
