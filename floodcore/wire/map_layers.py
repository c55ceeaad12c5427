"""A deployer's own map layers: GeoJSON files in one folder, served as they lie."""

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from floodcore.errors import OneMapError

NAME = re.compile(r"[a-z_]{1,40}")
PLAIN, PACKED = ".geojson", ".geojson.gz"
MOST_BYTES = 64_000_000  # unpacked; a wall holds some megabytes, and a packed file may pretend to be small
TAKEN = frozenset({"districts", "metro", "devices", "ponding_points", "sites", "teams", "reports"})  # the product's own


class LayerUnusable(OneMapError):
    """A file is no layer, or the folder cannot be read; the sentence says which and why."""


class _Collection(msgspec.Struct, tag_field="type", tag="FeatureCollection"):
    features: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class MapLayer:
    """One layer.

    Attributes:
        name: As in the address.
        content: The file as it lies, packed by gzip or not.
        is_packed: Which of the two.
        etag: Of the content.
        n_features: How many there are.
    """

    name: str
    content: bytes
    is_packed: bool
    etag: str
    n_features: int

    @property
    def unpacked(self) -> bytes:
        """For a client that takes no gzip."""
        return gzip.decompress(self.content) if self.is_packed else self.content


def layer_files(folder: Path) -> dict[str, Path]:
    """The files of a folder that are layers by their names; the packed one where there are both.

    Raises:
        LayerUnusable: The folder is not there, or cannot be read.
    """
    try:
        entries = sorted(entry for entry in folder.iterdir() if entry.is_file())
    except OSError as error:
        sentence = f"The map's layers in {folder} cannot be read: {error.strerror}; correct ONEMAP_MAP__LAYERS."
        raise LayerUnusable(sentence) from error
    named = ((_name(entry.name), entry) for entry in entries)
    return {name: entry for name, entry in named if name is not None}


def complaints(folder: Path) -> Iterator[str]:
    """What a deployer should mend in a folder of layers, one sentence for each."""
    try:
        files = layer_files(folder)
    except LayerUnusable as error:
        yield str(error)
        return
    for name, file in files.items():
        try:
            read_layer(name, file)
        except LayerUnusable as error:
            yield str(error)


def read_layer(name: str, file: Path) -> MapLayer:
    """Read one file.

    Raises:
        LayerUnusable: It cannot be read, is too large, or is no FeatureCollection.
    """
    if name in TAKEN:
        raise LayerUnusable(
            f"{file} is passed over: the map has a layer {name} of its own; give the file another name."
        )
    is_packed = file.name.endswith(PACKED)
    try:
        content = file.read_bytes()
        text = _unpacked(content) if is_packed else content
        n_features = len(msgspec.json.decode(text, type=_Collection).features)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError, msgspec.MsgspecError) as error:
        sentence = (
            f"{file} is passed over: it is no GeoJSON FeatureCollection ({error}); mend the file or take it away."
        )
        raise LayerUnusable(sentence) from error
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return MapLayer(name=name, content=content, is_packed=is_packed, etag=etag, n_features=n_features)


def _name(file: str) -> str | None:
    for ending in (PACKED, PLAIN):
        stem = file.removesuffix(ending)
        if stem != file:
            return stem if NAME.fullmatch(stem) else None
    return None


def _unpacked(content: bytes) -> bytes:
    """Unpack one gzip member, and no more of it than is allowed."""
    unpacker = zlib.decompressobj(wbits=31)
    text = unpacker.decompress(content, MOST_BYTES)
    if unpacker.unconsumed_tail:
        raise ValueError(f"more than {MOST_BYTES // 1_000_000} MB unpacked")
    if not unpacker.eof:
        raise ValueError("the file ends too early")
    return text
