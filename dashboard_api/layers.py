"""The deployer's layers as the service has read them: each file once, and again when it has changed."""

import asyncio
import logging
from pathlib import Path

from floodcore.settings import MapSettings
from floodcore.wire.map_layers import LayerUnusable, MapLayer, layer_files, read_layer

log = logging.getLogger(__name__)

Stamp = tuple[str, int, int]  # the file, when it was last written, its size


class MapLayers:
    """Layers by name. A file that is no layer is said once in the log, and is not there."""

    def __init__(self, settings: MapSettings) -> None:
        self._settings = settings
        self._read: dict[str, tuple[Stamp, MapLayer | None]] = {}
        self._said: set[str] = set()

    async def names(self) -> list[str]:
        """Those that can be had, in the order of the alphabet."""
        return sorted(await asyncio.to_thread(self._all))

    async def find(self, name: str) -> MapLayer | None:
        """A layer; None where there is none of this name."""
        return (await asyncio.to_thread(self._all)).get(name)

    def _all(self) -> dict[str, MapLayer]:
        if self._settings.layers is None:
            return {}
        try:
            files = layer_files(self._settings.layers)
        except LayerUnusable as error:
            self._say(error)
            return {}
        layers = {name: self._one(name, file) for name, file in files.items()}
        return {name: layer for name, layer in layers.items() if layer is not None}

    def _one(self, name: str, file: Path) -> MapLayer | None:
        try:
            status = file.stat()
        except OSError:  # taken away since the folder was read
            return None
        stamp = (str(file), status.st_mtime_ns, status.st_size)
        known = self._read.get(name)
        if known is None or known[0] != stamp:
            known = self._read[name] = (stamp, self._fresh(name, file))
        return known[1]

    def _fresh(self, name: str, file: Path) -> MapLayer | None:
        try:
            return read_layer(name, file)
        except LayerUnusable as error:
            self._say(error)
            return None

    def _say(self, error: LayerUnusable) -> None:
        if str(error) not in self._said:
            log.warning("%s", error)
        self._said.add(str(error))
