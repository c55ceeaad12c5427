"""The application: routes, errors, and what happens to every request."""

from importlib import metadata

from fastapi import FastAPI, Request
from starlette.responses import Response

from dashboard_api.context import API, Context
from dashboard_api.edge.answers import describe
from dashboard_api.edge.middleware import AccessLog, Gate, SecurityHeaders
from dashboard_api.edge.paging import Page
from dashboard_api.edge.problems import answer_errors
from dashboard_api.routes import (
    corrections,
    devices,
    features,
    forecasts,
    incidents,
    items,
    live,
    maintenance,
    orders,
    probes,
    quarantine,
    register,
    reports,
    rollups,
    session,
    sites,
    teams,
)
from floodcore.errors import NotFound

ROUTERS = (
    session,
    sites,
    rollups,
    devices,
    maintenance,
    corrections,
    forecasts,
    incidents,
    orders,
    teams,
    reports,
    features,
    register,
    quarantine,
    live,
    probes,
)
ANSWERS = (
    items.WhoAmI,
    items.SiteItem,
    devices.AskedItem,
    maintenance.MaintenanceItem,
    corrections.CorrectionItem,
    items.ForecastItem,
    items.IncidentItem,
    items.OrderItem,
    items.TeamItem,
    items.Position,
    items.FeatureCollection,
    items.LayerList,
    reports.ReportItem,
    Page[items.SiteItem],
    Page[devices.DeviceItem],
    Page[maintenance.MaintenanceItem],
    Page[corrections.CorrectionItem],
    Page[reports.ReportItem],
    Page[items.ReadingItem],
    Page[items.RollupItem],
    Page[items.ForecastItem],
    Page[items.RunItem],
    Page[items.IncidentItem],
    Page[items.OrderItem],
    Page[items.TeamItem],
    Page[items.QuarantineItem],
)


def create_app(context: Context) -> FastAPI:
    """The application over these parts. It starts and ends nothing itself."""
    app = FastAPI(
        title="One Map",
        description="城区内涝监测一张图: live urban flood monitoring, forecasting and dispatch.",
        version=metadata.version("onemap"),
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = context
    for module in ROUTERS:
        app.include_router(module.router)
    for path in ("/", "/field", "/field-sw.js", "/assets/{name:path}"):
        app.add_route(path, _page, methods=["GET", "HEAD"], include_in_schema=False)
    answer_errors(app)
    describe(app, *ANSWERS)
    app.add_middleware(Gate)
    app.add_middleware(AccessLog, metrics=context.metrics)
    app.add_middleware(SecurityHeaders)
    return app


async def _page(request: Request) -> Response:
    context: Context = request.app.state.context
    file = context.pages.find(request.url.path)
    if file is None:
        raise NotFound("This part of the front end is not here; build it in web/ with npm run build, and start again.")
    return file.answer(request)
