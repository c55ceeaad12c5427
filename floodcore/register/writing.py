"""The register as files again, so that what is read from them is what was written."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from floodcore.register.book import Book
from floodcore.register.cells import written
from floodcore.register.entries import Device, flat
from floodcore.register.given import GEOJSON
from floodcore.register.sheets import DEVICES, PACKS, SHEETS, SITES, Sheet


def csv_files(book: Book) -> dict[str, str]:
    """All sheets by file name; event packs and devices only where there are packs, as sensors name their devices."""
    has_packs = any(True for _ in book.entries(PACKS))
    told = [sheet for sheet in SHEETS if has_packs or sheet not in (PACKS, DEVICES)]
    return {sheet.file: csv_file(book, sheet) for sheet in told}


def csv_file(book: Book, sheet: Sheet) -> str:
    """One sheet."""
    text = io.StringIO()
    rows = csv.DictWriter(text, list(sheet.columns), lineterminator="\n")
    rows.writeheader()
    for entry in book.entries(sheet):
        if not _is_bare(entry):
            rows.writerow({name: written(value) for name, value in flat(entry).items()})
    return text.getvalue()


def sites_geojson(book: Book) -> str:
    """The sites as a FeatureCollection (RFC 7946): points in WGS 84, everything else in the properties."""
    features = [_feature(flat(site)) for site in book.entries(SITES)]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, indent=1) + "\n"


def files(book: Book) -> dict[str, str]:
    """Everything that can be had, by file name."""
    return {sheet.file: csv_file(book, sheet) for sheet in SHEETS} | {GEOJSON: sites_geojson(book)}


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    properties = dict(row)
    lon, lat = properties.pop("lon"), properties.pop("lat")
    point = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": row["site_id"], "geometry": point, "properties": properties}


def _is_bare(entry: object) -> bool:
    return isinstance(entry, Device) and entry.pack_id is None
