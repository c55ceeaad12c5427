"""The OpenAPI document holds: schemathesis asks whatever it allows, and some that it does not."""

import asyncio
import base64
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import GenerationMode

from dashboard_api.sessions import COOKIE
from dashboard_api.testing.five import flood
from dashboard_api.testing.served import Served

PHOTOS = [base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1").decode()]
schemathesis.openapi.format("photo", strategies.sampled_from(PHOTOS))  # no pattern makes a picture
EXAMPLES = 6  # for each operation: a smoke test, quick enough for every run
OPERATIONS = 38


async def test_the_api_keeps_to_its_document(room: Served) -> None:
    await flood(room.context.database, room.context.clock)
    token = await room.token("admin")
    asked = await asyncio.to_thread(ask_everything, room.address, token)
    assert asked == OPERATIONS


def ask_everything(address: str, token: str) -> int:
    """Ask every operation; returns how many there are."""
    document = httpx.get(f"{address}/api/v1/openapi.json", trust_env=False).json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=address)
    schema.config.generation.update(with_security_parameters=False)  # the session is ours to give
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in operations:
        if operation.label != "DELETE /api/v1/session":  # it would sign us out
            ask(operation, GenerationMode.POSITIVE, token)
            if next(operation.iter_parameters(), None) or operation.body:  # else there is nothing to get wrong
                ask(operation, GenerationMode.NEGATIVE, token)
    return len(operations)


def ask(operation: Any, mode: GenerationMode, token: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        case.call_and_validate(headers={"Cookie": f"{COOKIE}={token}"})

    one()
