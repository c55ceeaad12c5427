"""The API as a crew's phone uses it: signs in by itself, repeats safely, and tells "not now" from "no"."""

import asyncio
import logging
from typing import Any

import httpx

from floodcore.errors import OneMapError, SettingsError

log = logging.getLogger(__name__)
TIMEOUT_S = 10.0
SIGN_IN_WITHIN_S = 60.0  # a password costs the API a tenth of a second, and may have to wait for others
NOT_OURS = frozenset({403, 404})


class ApiAway(OneMapError):
    """The API does not answer now, or is too busy; the same request may succeed later."""

    retryable = True


class FieldApi:
    """One account's session; used as `async with FieldApi(...) as api`.

    Args:
        address: The API's.
        user: Whose account.
        password: Its password.
        turns: Shared by many accounts of one process, it lets only so many sign in at once.
    """

    def __init__(self, address: str, user: str, password: str, turns: asyncio.Semaphore | None = None) -> None:
        self._account = {"user": user, "password": password}
        self._turns = turns or asyncio.Semaphore(1)
        origin = address.rstrip("/")
        self._http = httpx.AsyncClient(
            base_url=f"{origin}/api/v1", timeout=TIMEOUT_S, headers={"Origin": origin}, trust_env=False
        )

    async def __aenter__(self) -> "FieldApi":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, **parameters: str | int) -> Any:
        """The answer's JSON; None where it does not exist or is not for this account.

        Raises:
            ApiAway: No answer now.
        """
        answer = await self._ask("GET", path, params=parameters)
        if answer.status_code in NOT_OURS:
            return None
        if not answer.is_success:
            raise ApiAway(f"The API answers {path} with status {answer.status_code}; trying again.")
        return answer.json()

    async def post(self, path: str, body: dict[str, Any], key: str | None = None) -> int:
        """The status; a refusal is an answer, too.

        Args:
            path: Below /api/v1.
            body: JSON.
            key: The same for every attempt at the same thing.

        Raises:
            ApiAway: No answer now; whether it was done is not known, so try again with the same key and body.
        """
        headers = {"Idempotency-Key": key} if key else {}
        return (await self._ask("POST", path, json=body, headers=headers)).status_code

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = await self._once(method, path, **more)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            await self._sign_in()
            answer = await self._once(method, path, **more)
        return answer

    async def _sign_in(self) -> None:
        async with self._turns:
            answer = await self._once("POST", "/session", json=self._account, timeout=SIGN_IN_WITHIN_S)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise SettingsError(
                f"The API does not know {self._account['user']} with this password; mend the accounts file."
            )

    async def _once(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise ApiAway(f"The API does not answer ({type(error).__name__}); trying again.") from error
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
            raise ApiAway(f"The API is not able now (status {answer.status_code}); trying again.")
        return answer
