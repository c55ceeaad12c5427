"""Requests that another site makes in a user's name are refused."""

from collections.abc import Mapping
from urllib.parse import urlsplit

PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_host(origin: str, host: str) -> bool:
    """Whether an Origin header names the host of the Host header.

    The scheme is not compared: a proxy that ends TLS in front of us speaks http to us.
    """
    try:
        ours, theirs = urlsplit(f"//{host}"), urlsplit(origin)
        default = PORTS.get(theirs.scheme)
        if default is None or not theirs.hostname:
            return False
        return (theirs.hostname, theirs.port or default) == (ours.hostname, ours.port or default)
    except ValueError:  # a port that is no number
        return False


def is_from_elsewhere(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request that may change something comes from another site's page.

    Every browser says where such a request comes from; who says nothing is no browser and has no one's cookie.

    Args:
        method: Of the request.
        headers: By lower-case name.
    """
    if method in SAFE:
        return False
    if "origin" in headers:
        return not is_same_host(headers["origin"], headers.get("host", ""))
    return headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}
