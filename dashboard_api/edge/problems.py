"""Every error as problem details (RFC 9457). Here, and nowhere else, an error gets its status."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response

from floodcore.errors import Conflict, NotFound, OneMapError, Refused

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[OneMapError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
}
RETRY_AFTER_S = "2"
TAGS = frozenset({"sensor", "site"})  # which of two bodies was meant; whoever asks knows no such field
OURS = "Something went wrong here; it is in the log. Try again, and tell whoever runs this if it stays."


class Fault(Struct, frozen=True, kw_only=True):
    """One part of a request that cannot be taken."""

    where: str
    detail: str


class ProblemDetails(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every error looks like; `detail` is a sentence for a person."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    faults: tuple[Fault, ...] = ()
    order: Any = None


class Problem(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        faults: tuple[Fault, ...] = (),
        order: Struct | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers
        self.faults, self.order = faults, order

    def details(self) -> dict[str, Any]:
        """The body."""
        body = ProblemDetails(
            title=self.status.phrase, status=self.status, detail=self.detail, faults=self.faults, order=self.order
        )
        return {"type": body.type, **msgspec.to_builtins(body)}

    def response(self) -> Response:
        """The answer."""
        return problem_response(self.details(), self.headers)


def problem_response(details: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """An answer of these details, which say its status."""
    body = msgspec.json.encode(details)
    return Response(body, details["status"], dict(headers or {}), media_type=MEDIA_TYPE)


def problem_of(error: OneMapError) -> Problem:
    """The problem that an error of ours is for whoever asked."""
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), None)
    if status:
        return Problem(status, str(error))
    if error.retryable:
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": RETRY_AFTER_S})
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, OURS)


def answer_errors(app: FastAPI) -> None:
    """Have the app answer every error as a problem."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(OneMapError, _on_ours)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_unexpected)


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


async def _on_ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, OneMapError)
    problem = problem_of(error)
    if problem.status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s", error, exc_info=error)
    return problem.response()


async def _on_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = tuple(map(_fault, error.errors()))
    detail = "; ".join(f"{fault.where}: {fault.detail.removesuffix('.')}" for fault in faults)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"The request cannot be taken: {detail}.", faults=faults).response()


def _fault(error: Mapping[str, Any]) -> Fault:
    """What pydantic found, in words for whoever asked."""
    where = [str(part) for part in error["loc"] if part not in TAGS]
    if error["type"] == "json_invalid":
        return Fault(where=where[0], detail=f"the body is no JSON at character {error['loc'][1] + 1}")
    return Fault(where=".".join(where), detail=error["msg"].removeprefix("Value error, "))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    said = {
        HTTPStatus.NOT_FOUND: "There is nothing here; /api/v1/openapi.json lists what there is.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This cannot be done here; the header Allow says what can.",
    }
    headers = _allowed(request) if status is HTTPStatus.METHOD_NOT_ALLOWED else error.headers
    return Problem(status, said.get(status, str(error.detail)), headers=headers or error.headers).response()


def _allowed(request: Request) -> dict[str, str]:
    """All methods of a path; the router itself knows only those of the first route that it tried."""
    path = getattr(request.scope.get("route"), "path", "")
    methods = request.app.openapi()["paths"].get(path, {})
    return {"Allow": ", ".join(sorted(method.upper() for method in methods))} if methods else {}


async def _on_unexpected(_: Request, _error: Exception) -> Response:
    """The server logs the error itself; no one else gets to see what it was."""
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, OURS).response()
