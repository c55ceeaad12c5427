"""Teams: who they are, where they were last, and what their active order has them do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from floodcore.domain.order import OrderState
from floodcore.domain.site import Place
from floodcore.domain.team import Skill, Team, TeamState
from floodcore.errors import NotFound
from floodcore.store import journal
from floodcore.store.database import Connection, fetch_all, fetch_one
from floodcore.store.journal import Entry
from floodcore.store.statements import statements

SQL = statements("teams")


async def teams(connection: Connection) -> list[Team]:
    """All teams, by id."""
    return [_team(row) for row in await fetch_all(connection, SQL["teams"])]


async def put_team(connection: Connection, team: Team, *, actor: str, now: datetime) -> dict[str, Any]:
    """Add a team, or bring it up to date; a position that it has reported stays. Returns its row.

    Args:
        connection: A journalled one.
        team: The team; of its state only OFF is kept, the rest comes from its orders.
        actor: Who changes the register.
        now: The room's time.
    """
    before = await fetch_one(connection, SQL["lock"], {"team_id": team.team_id})
    place = team.place
    row = await fetch_one(
        connection,
        SQL["put"],
        {
            "team_id": team.team_id,
            "name": team.name,
            "name_en": team.name_en,
            "people": team.people,
            "skills": sorted(team.skills),
            "pump_m3_h": team.pump_m3_h,
            "lon": place.lon if place else None,
            "lat": place.lat if place else None,
            "position_at": team.position_at,
            "off_duty": team.state is TeamState.OFF,
            "constructed": team.constructed,
        },
    )
    assert row
    if row != before:
        what = "changed" if before else "added"
        entry = Entry(
            kind=f"team.{what}",
            entity="team",
            entity_id=team.team_id,
            before=before,
            after=row,
            actor=actor,
            at=now,
        )
        await journal.write(connection, entry)
    return row


async def report_position(connection: Connection, team_id: str, place: Place, at: datetime) -> bool:
    """Where a team was at a moment. An older position never takes the place of a newer one.

    Positions are not journalled: a fleet reports several a minute and team, and an order's steps carry their own.

    Returns:
        Whether it is the newest, and so was kept.

    Raises:
        NotFound: There is no such team.
    """
    position = {"team_id": team_id, "lon": place.lon, "lat": place.lat, "at": at}
    if (await connection.execute(SQL["report_position"], position)).rowcount:
        return True
    if await fetch_one(connection, SQL["lock"], {"team_id": team_id}) is None:
        raise NotFound(f"There is no team {team_id}; see the list of teams.")
    return False


def _team(row: Mapping[str, Any]) -> Team:
    return Team(
        team_id=row["team_id"],
        name=row["name"],
        name_en=row["name_en"],
        people=row["people"],
        skills=frozenset(Skill(skill) for skill in row["skills"]),
        pump_m3_h=row["pump_m3_h"],
        place=Place(lon=row["lon"], lat=row["lat"]) if row["lon"] is not None else None,
        position_at=row["position_at"],
        state=TeamState.of(
            OrderState(row["order_state"]) if row["order_state"] else None,
            off_duty=row["off_duty"],
        ),
        order_id=row["order_id"],
        constructed=row["constructed"],
    )
