"""The built front end: two pages, assets whose names carry a hash, and a service worker; all of it in memory."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

PAGES = {"/": "wall.html", "/field": "field.html"}
ASSETS = "assets/"
FOR_EVER = "public, max-age=31536000, immutable"  # another content has another name
ASK_AGAIN = "no-cache"
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".mjs": "text/javascript"}
COMPRESSIBLE = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of the front end."""

    name: str
    content: bytes

    @cached_property
    def etag(self) -> str:
        """Of the content."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:16]}"'

    @cached_property
    def media_type(self) -> str:
        """By the name's ending."""
        ending = "." + self.name.rpartition(".")[2]
        return TYPES.get(ending) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @cached_property
    def zipped(self) -> bytes | None:
        """Made when it is first asked for, and kept; None where it would not be smaller."""
        return gzip.compress(self.content, 9) if self.media_type.startswith(COMPRESSIBLE) else None

    def answer(self, request: Request) -> Response:
        """The file, or that the client has it already."""
        headers = {
            "ETag": self.etag,
            "Cache-Control": FOR_EVER if self.name.startswith(ASSETS) else ASK_AGAIN,
            "Vary": "Accept-Encoding",
        }
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        zipped = self.zipped if "gzip" in request.headers.get("accept-encoding", "") else None
        if zipped is not None:
            headers["Content-Encoding"] = "gzip"
        return Response(self.content if zipped is None else zipped, headers=headers, media_type=self.media_type)


class Pages:
    """The files as they were when the service started. They are found by name only, so no path leads out of them."""

    def __init__(self, folder: Traversable | None = None) -> None:
        root = folder or files("dashboard_api").joinpath("static")
        self._files = {file.name: file for file in _files(root, "")}

    def find(self, path: str) -> File | None:
        """The file that a URL's path names."""
        return self._files.get(PAGES.get(path, path.removeprefix("/")))

    @property
    def build(self) -> str:
        """What identifies this front end: the release, and a digest of the pages, which name all the rest."""
        digest = hashlib.sha256()
        for name in sorted(name for name in self._files if name.endswith(".html")):
            digest.update(self._files[name].content)
        return f"{metadata.version('onemap')}+{digest.hexdigest()[:6]}"


def _files(folder: Traversable, prefix: str) -> Iterator[File]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        else:
            yield File(name=prefix + entry.name, content=entry.read_bytes())
