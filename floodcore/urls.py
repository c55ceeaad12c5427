"""Whether a server's URL can be read. One that cannot may hold its password anywhere, so no error shows any of it."""

from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from floodcore.errors import SettingsError


def check_database_url(url: str, name: str) -> None:
    """Make sure that libpq reads the URL as it was meant.

    Args:
        url: postgresql://user:password@host:port/database, several hosts included.
        name: What to call it in the error.

    Raises:
        SettingsError: It does not, or takes a piece of the password for a port, a host or a database.
    """
    if not url.startswith(("postgresql://", "postgres://")):
        raise SettingsError(f"{name} should begin with postgresql://; correct it and start again.")
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise _unreadable(name, "postgresql://user:password@host:port/database") from None
    ports = str(parts.get("port") or "").replace(",", "")
    torn = any("@" in str(parts.get(part) or "") for part in ("host", "dbname"))
    if torn or (ports and not ports.isdecimal()):
        raise _unreadable(name, "postgresql://user:password@host:port/database")


def check_broker_url(url: str, name: str) -> None:
    """Make sure that the URL is read as it was meant.

    Args:
        url: mqtt://user:password@host:port, or mqtts://.
        name: What to call it in the error.

    Raises:
        SettingsError: It is not, or something follows the port: a piece of the password, most likely.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # is read only when it is asked for
    except ValueError:
        raise _unreadable(name, "mqtt://user:password@host:port") from None
    if parts.scheme not in ("mqtt", "mqtts"):
        raise SettingsError(f"{name} should begin with mqtt:// or mqtts://; correct it and start again.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _unreadable(name, "mqtt://user:password@host:port")


def _unreadable(name: str, shape: str) -> SettingsError:
    return SettingsError(
        f"{name} cannot be read as {shape}; in a user or password write % as %25, / as %2F, @ as %40, : as %3A, "
        "# as %23 and ? as %3F, and start again."
    )
