"""The same request twice does its work once: phones repeat themselves.

The first answer is kept in the transaction of the change, so that either both exist or neither.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from fastapi import Header, Request
from psycopg.types.json import Jsonb
from starlette.responses import Response

from dashboard_api.edge.answers import answer
from dashboard_api.edge.problems import Problem, problem_of, problem_response
from floodcore.errors import OneMapError
from floodcore.store.database import Connection, Database, fetch_one
from floodcore.store.statements import statements

SQL = statements("idempotency", "dashboard_api")
KEPT_FOR = timedelta(days=7)  # a phone that was away longer has a session no more
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x20-\x7e]*$",
        description="The same key with the same request gets the first answer again.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a request got; `is_first` says whether its work was done just now."""

    status: int
    body: Any
    is_first: bool = True

    def response(self) -> Response:
        """As it goes over the wire."""
        return answer(self.body) if self.status < HTTPStatus.BAD_REQUEST else problem_response(self.body)


def fingerprint(request: Request, body: str = "") -> bytes:
    """What makes a request the same as another."""
    return hashlib.sha256(f"{request.method} {request.url.path}\n{body}".encode()).digest()


async def once(
    connection: Connection, user_id: str, key: str | None, request_hash: bytes, work: Callable[[], Awaitable[object]]
) -> Answer:
    """Do the work, or give its first answer again; inside the transaction of the change.

    A refusal is an answer, too. The work refuses before it changes anything, so the transaction may go on.

    Raises:
        Problem: The key was used for another request.
    """
    if key is None:
        return Answer(status=HTTPStatus.OK, body=msgspec.to_builtins(await work()))
    mine = {"user_id": user_id, "key": key}
    await connection.execute(SQL["take_turn"], mine)
    first = await fetch_one(connection, SQL["find"], mine)
    if first is None:
        done = await _answered(work)
        kept = {"request_hash": request_hash, "status": done.status, "body": Jsonb(done.body), "now": datetime.now(UTC)}
        await connection.execute(SQL["keep"], mine | kept)
        return done
    if first["request_hash"] != request_hash:
        raise Problem(HTTPStatus.CONFLICT, "This Idempotency-Key was used for another request; take a new one.")
    return Answer(status=first["status"], body=first["body"], is_first=False)


async def sweep(database: Database) -> None:
    """Forget the answers that nobody asks for any more."""
    async with database.connection() as connection:
        await connection.execute(SQL["sweep"], {"before": datetime.now(UTC) - KEPT_FOR})


async def _answered(work: Callable[[], Awaitable[object]]) -> Answer:
    try:
        return Answer(status=HTTPStatus.OK, body=msgspec.to_builtins(await work()))
    except Problem as problem:
        return Answer(status=problem.status, body=problem.details())
    except OneMapError as error:
        if error.retryable:
            raise
        refusal = problem_of(error)
        return Answer(status=refusal.status, body=refusal.details())
