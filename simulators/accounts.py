"""Accounts of simulated people, from a file that nobody else may read."""

import stat
from pathlib import Path

import msgspec

from floodcore.errors import SettingsError


class Account(msgspec.Struct, frozen=True):
    """Who signs in; a crew's account names its team."""

    user: str
    password: str
    team_id: str = ""


def read_accounts(file: Path) -> list[Account]:
    """The accounts in a file.

    Raises:
        SettingsError: The file is missing, not JSON of this shape, or others may read it.
    """
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise SettingsError(f"Others may read the passwords in {file}; run: chmod 600 {file}")
        return msgspec.json.decode(file.read_bytes(), type=list[Account])
    except (OSError, msgspec.MsgspecError) as error:
        raise SettingsError(f"{file} is no JSON list of user, password and team_id ({error}); correct it.") from error


def read_token(file: Path) -> str:
    """What opens the door.

    Raises:
        SettingsError: The file cannot be read.
    """
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"{file}: {error.strerror}; name the file that holds the token of the world's door."
        ) from error
