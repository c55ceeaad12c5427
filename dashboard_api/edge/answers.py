"""Answers of msgspec structs, and what the OpenAPI document says about them."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from dashboard_api.edge.problems import MEDIA_TYPE, ProblemDetails

JSON, GEOJSON = "application/json", "application/geo+json"
REF = "#/components/schemas/{name}"
ALWAYS = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)


def answer(body: object, status: int = HTTPStatus.OK, media_type: str = JSON) -> Response:
    """A struct as JSON; a float that is no number becomes null."""
    return Response(msgspec.json.encode(body), status, media_type=media_type)


def answers(kind: Any, *problems: HTTPStatus, media_type: str = JSON) -> dict[int | str, dict[str, Any]]:
    """What an operation answers, for its `responses`.

    Args:
        kind: The struct of the answer with status 200.
        problems: The statuses of the errors that the operation knows, beside those that any may have.
        media_type: Of the answer with status 200.
    """
    schema = msgspec.json.schema_components([kind], ref_template=REF)[0][0]
    listed = problem_answers(*problems)
    listed[HTTPStatus.OK.value] = {"description": "As asked.", "content": {media_type: {"schema": schema}}}
    return listed


def problem_answers(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The errors among what an operation answers."""
    content = {MEDIA_TYPE: {"schema": {"$ref": REF.format(name=ProblemDetails.__name__)}}}
    listed: dict[int | str, dict[str, Any]] = {"default": {"description": "Another error.", "content": content}}
    for status in sorted({*statuses, *ALWAYS}):
        listed[status.value] = {"description": status.phrase, "content": content}
    return listed


def describe(app: FastAPI, *kinds: Any) -> None:
    """Give the app an OpenAPI document that has the schemas of these structs, too."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            components: Mapping[str, Any] = msgspec.json.schema_components([ProblemDetails, *kinds], ref_template=REF)[
                1
            ]
            schema.setdefault("components", {}).setdefault("schemas", {}).update(components)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way
