"""Teams, and where they are."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from dashboard_api.context import API, Anybody, Context, InContext
from dashboard_api.edge.answers import answer, answers
from dashboard_api.edge.idempotency import Key, fingerprint, once
from dashboard_api.edge.moments import Moment
from dashboard_api.edge.paging import Limit, NameCursor, Page, name_cursor, name_of, page_of
from dashboard_api.edge.problems import Problem
from dashboard_api.live.objects import Team
from dashboard_api.roles import Role, User
from dashboard_api.routes.items import Position, TeamItem, with_id
from floodcore.domain.site import Place
from floodcore.errors import NotFound
from floodcore.store import teams
from floodcore.wire.announcement import Kind

router = APIRouter(prefix=API, tags=["teams"])
TeamId = Annotated[str, InPath(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f/]+$")]


class Fix(BaseModel):
    """Where a team is, or was `at` a moment; degrees, WGS 84."""

    model_config = ConfigDict(strict=True, extra="forbid")

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    at: Moment | None = None


@router.get("/teams", responses=answers(Page[TeamItem], HTTPStatus.UNAUTHORIZED))
async def list_teams(context: InContext, user: Anybody, limit: Limit = 100, cursor: NameCursor = None) -> Response:
    """Teams, by id; a crew sees its own."""
    seen, after = _seen_by(context, user), name_of(cursor)
    found = [(key, seen[key]) for key in sorted(key for key in seen if key > after)[: limit + 1]]
    return answer(page_of(found, limit, lambda one: _item(*one), lambda one: name_cursor(one[0])))


@router.get("/teams/{team_id}", responses=answers(TeamItem, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND))
async def one_team(context: InContext, user: Anybody, team_id: TeamId) -> Response:
    """One team."""
    team = _seen_by(context, user).get(team_id)
    if team is None:
        raise NotFound(f"There is no team {team_id}; see the list of teams.")
    return answer(_item(team_id, team))


@router.post(
    "/teams/{team_id}/position",
    responses=answers(
        Position, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT
    ),
)
async def report_position(
    request: Request, context: InContext, user: Anybody, team_id: TeamId, fix: Fix, key: Key = None
) -> Response:
    """Where the team is; a position older than the newest changes nothing."""
    if user.role is not Role.CREW or user.team_id != team_id:
        raise Problem(HTTPStatus.FORBIDDEN, f"Only the crew of {team_id} says where it is; sign in as that crew.")

    async def work() -> Position:
        now = context.clock.now()
        at = min(fix.at or now, now)  # a phone that is ahead is here now
        is_newest = await teams.report_position(connection, team_id, Place(lon=fix.lon, lat=fix.lat), at)
        return Position(team_id=team_id, is_newest=is_newest)

    async with context.database.connection() as connection:
        given = await once(connection, user.user_id, key, fingerprint(request, fix.model_dump_json()), work)
    if given.is_first:
        context.announce(Kind.TEAMS, team_id)
    return given.response()


def _seen_by(context: Context, user: User) -> dict[str, Team]:
    found = context.loaded().teams
    return {key: team for key, team in found.items() if user.team_id in (None, key)}


def _item(team_id: str, team: Team) -> TeamItem:
    return with_id(TeamItem, team, team_id=team_id)
