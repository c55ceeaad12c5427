"""Accounts: who may sign in, and with which password."""

import asyncio
import re
import secrets
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard_api.roles import Role
from floodcore.errors import Refused
from floodcore.store.database import Connection, fetch_one
from floodcore.store.statements import statements

SQL = statements("accounts", "dashboard_api")
USER_ID = re.compile(r"[A-Za-z0-9_.@-]{1,64}")
AT_ONCE = 2  # a check takes 64 MB and a core for some 50 ms; the rest of the room goes on meanwhile

_hasher = PasswordHasher()


async def put_user(connection: Connection, user_id: str, password: str, role: str, team_id: str | None = None) -> None:
    """Add an account, or bring it up to date; one that is so already stays as it is, and stays signed in.

    Args:
        connection: Where to write.
        user_id: Letters, digits and `_.@-`, at most 64.
        password: It is stored as an argon2id hash only.
        role: viewer, hotline, officer, admin or crew.
        team_id: The team of a crew; None for everybody else.

    Raises:
        Refused: The name, the role or the team cannot be taken.
    """
    if not USER_ID.fullmatch(user_id):
        raise Refused(f"{user_id!r} is no name for an account; take letters, digits and _.@-, at most 64.")
    if role not in set(Role):
        raise Refused(f"{role!r} is no role; take one of {', '.join(Role)}.")
    if (role == Role.CREW) != (team_id is not None):
        raise Refused("A crew's account names its team, and no other account does.")
    account = await fetch_one(connection, SQL["user"], {"user_id": user_id})
    is_same = account is not None and (account["role"], account["team_id"]) == (role, team_id)
    if account and is_same and await asyncio.to_thread(_matches, account["password_hash"], password):
        return
    password_hash = await asyncio.to_thread(_hasher.hash, password)
    await connection.execute(
        SQL["put_user"], {"user_id": user_id, "password_hash": password_hash, "role": role, "team_id": team_id}
    )
    await connection.execute(SQL["end_sessions_of"], {"user_id": user_id})


class PasswordCheck:
    """Checks passwords beside the event loop, a few at a time."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def passes(self, account: dict[str, Any] | None, password: str) -> bool:
        """Whether an account may sign in with a password; an unknown one takes as long as a known one."""
        may = account is not None and not account["disabled"]
        async with self._turns:
            return await asyncio.to_thread(_checked, account["password_hash"] if account else None, password) and may


def _checked(password_hash: str | None, password: str) -> bool:
    return _matches(password_hash or _nobody(), password)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash that no password has."""
    return _hasher.hash(secrets.token_hex())
