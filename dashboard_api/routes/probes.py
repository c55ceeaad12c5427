"""Whether the service is alive, whether it is ready, and its figures."""

from http import HTTPStatus
from ipaddress import ip_address

from fastapi import APIRouter, Request
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import Response

from dashboard_api.context import InContext, address_of
from dashboard_api.edge.problems import Problem

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> Response:
    """The event loop turns."""
    return Response("ok\n", media_type="text/plain")


@router.get("/readyz")
async def ready(context: InContext) -> Response:
    """The database is reached and a state is loaded."""
    if not context.follower.is_current:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "The database is away or nothing is loaded yet; it goes on trying."
        )
    return Response("ready\n", media_type="text/plain")


@router.get("/metrics")
async def metrics(request: Request, context: InContext) -> Response:
    """For a Prometheus on this machine; one elsewhere comes through a proxy on this machine that lets it."""
    if not _is_near(request):
        raise Problem(HTTPStatus.FORBIDDEN, "The figures are for this machine only; ask through a proxy on it.")
    return Response(context.metrics.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _is_near(request: Request) -> bool:
    server = request.scope.get("server") or ("", 0)
    address = address_of(request)
    try:
        return address == server[0] or ip_address(address).is_loopback
    except ValueError:  # a Unix socket has no address
        return False
