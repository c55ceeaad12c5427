"""What happens to every request, as plain ASGI: `BaseHTTPMiddleware` breaks contexts and background tasks."""

import logging
import time
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard_api.edge.problems import Problem
from dashboard_api.edge.same_host import is_from_elsewhere
from dashboard_api.metrics import Metrics

log = logging.getLogger("dashboard_api.access")
MOST_BYTES = 64 * 1024  # of a request's body; the largest that is meant is a note of a few hundred
MOST_BYTES_OF = {"/api/v1/reports": 768 * 1024}  # with a photograph of 512 KiB, in base64 a third more, and its text
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds

# MapLibre makes its worker and its images from blobs, and sets style attributes; nothing else is let through.
CONTENT_SECURITY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self' blob:",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
SECURITY = {
    "Content-Security-Policy": "; ".join(f"{name} {what}" for name, what in CONTENT_SECURITY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}
ONE_YEAR_S = 31_536_000


class SecurityHeaders:
    """Adds headers that keep browsers out of harm; what the API answers is never kept by a cache unless it says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer back with headers."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR_S}")
            await send(message)

        return await self._app(scope, receive, send_with_headers)


class AccessLog:
    """One line a request, and its figures: never a query string, a body or a cookie."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note what became of it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.monotonic(), HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            return await self._app(scope, receive, send_and_note)
        finally:
            self._note(scope, status, time.monotonic() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        template: Any = getattr(scope.get("route"), "path", "none")  # what is not routed shares one label
        self._metrics.requests.labels(scope["method"], template, str(status)).inc()
        self._metrics.request_s.labels(template).observe(seconds)
        level = logging.DEBUG if scope["path"] in QUIET else logging.INFO
        log.log(level, "%s %s %d %.0f ms", scope["method"], ascii(scope["path"]), status, seconds * 1000)


class Gate:
    """Refuses what another site's page asks for, and bodies that are too large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body read, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if is_from_elsewhere(scope["method"], Headers(scope=scope)):
            detail = "This came from a page of another site; open the page of this server."
            return await Problem(HTTPStatus.FORBIDDEN, detail).response()(scope, receive, send)
        most = MOST_BYTES_OF.get(scope["path"], MOST_BYTES)
        body = await _body(scope, receive, most)
        if body is None:
            detail = f"A request has at most {most} bytes; send less."
            problem = Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail, headers={"Connection": "close"})
            return await problem.response()(scope, receive, send)
        return await self._app(scope, _replayed(body, receive), send)


async def _body(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The whole body; None where it is too large, or broke off."""
    length = Headers(scope=scope).get("content-length", "0")
    if not length.isdecimal() or int(length) > most:
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect" or len(body) > most:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    is_read = False

    async def replay() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
