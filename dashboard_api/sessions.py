"""Sessions: a random token in a cookie, and its hash in the database. Their times are real, not the room's."""

import asyncio
import hashlib
import secrets
import time
from datetime import UTC, datetime, timedelta

from dashboard_api.accounts import SQL, PasswordCheck
from dashboard_api.roles import Role, User
from floodcore.errors import DatabaseUnavailable
from floodcore.store.database import Database, fetch_one

COOKIE = "onemap_session"
TOKEN_BYTES = 32
LIFETIME = {
    Role.VIEWER: timedelta(days=30),  # a wall hangs unattended for weeks, and may only look
    Role.HOTLINE: timedelta(hours=24),  # one duty
    Role.OFFICER: timedelta(hours=24),
    Role.ADMIN: timedelta(hours=24),
    Role.CREW: timedelta(days=7),  # a phone may be away for days and must not lose what it has to send
}
FRESH_FOR_S = 10.0  # a sign-out reaches the other processes within so many seconds
KNOWN_FOR_S = 3600.0  # while the database is away, who was signed in goes on seeing the last known state
DEADLINE_S = 3.0


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._check = PasswordCheck()
        self._seen: dict[bytes, tuple[User, float]] = {}  # by token hash; and when, in seconds of the monotonic clock

    async def sign_in(self, user_id: str, password: str) -> tuple[str, User] | None:
        """A new session's token and its user; None where name and password do not belong together."""
        async with self._database.connection() as connection:
            account = await fetch_one(connection, SQL["user"], {"user_id": user_id})
        if not await self._check.passes(account, password) or account is None:
            return None
        return await self.open(user_id, Role(account["role"]), account["team_id"])

    async def open(self, user_id: str, role: Role, team_id: str | None) -> tuple[str, User]:
        """A new session for somebody who has shown who they are."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), datetime.now(UTC)
        user = User(user_id=user_id, role=role, team_id=team_id, until=now + LIFETIME[role])
        session = {"token_hash": _hash(token), "user_id": user_id, "now": now, "until": user.until}
        async with self._database.connection() as connection:
            await connection.execute(SQL["open_session"], session)
        return token, user

    async def user_of(self, token: str) -> User | None:
        """Whose token it is; None where nobody's, or no longer.

        Raises:
            DatabaseUnavailable: It cannot be looked up, and was not seen lately.
        """
        token_hash = _hash(token)
        user, at = self._seen.get(token_hash, (None, 0.0))
        age = time.monotonic() - at
        if user and age < FRESH_FOR_S:
            return self._unless_over(user)
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._look_up(token_hash)
        except (DatabaseUnavailable, TimeoutError) as error:
            if user and age < KNOWN_FOR_S:
                return self._unless_over(user)
            raise DatabaseUnavailable("The database is away, so nobody can sign in; try again soon.") from error

    async def sign_out(self, token: str) -> None:
        """End a session."""
        token_hash = _hash(token)
        self._seen.pop(token_hash, None)
        async with self._database.connection() as connection:
            await connection.execute(SQL["end_session"], {"token_hash": token_hash})

    async def sweep(self) -> None:
        """Forget what is over."""
        known_since = time.monotonic() - KNOWN_FOR_S
        self._seen = {key: seen for key, seen in self._seen.items() if seen[1] > known_since}
        async with self._database.connection() as connection:
            await connection.execute(SQL["sweep_sessions"], {"now": datetime.now(UTC)})

    async def _look_up(self, token_hash: bytes) -> User | None:
        async with self._database.connection() as connection:
            row = await fetch_one(connection, SQL["session"], {"token_hash": token_hash, "now": datetime.now(UTC)})
        if row is None:
            self._seen.pop(token_hash, None)
            return None
        user = User(**{**row, "role": Role(row["role"])})
        self._seen[token_hash] = user, time.monotonic()
        return user

    def _unless_over(self, user: User) -> User | None:
        return user if datetime.now(UTC) < user.until else None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
