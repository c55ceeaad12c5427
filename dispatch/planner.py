"""The planner: sees to it that every incident has its order, as far as there are teams. It remembers nothing.

What is to be done follows from what the database holds, each time anew; so a planner that was killed and started again
does the rest, and nothing twice.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dispatch.propose import Call, PastOrder, Proposal, propose
from floodcore.clock import Clock
from floodcore.domain.levels import Level
from floodcore.domain.order import OrderState, Step
from floodcore.domain.site import Place, Site, SiteKind
from floodcore.store import journal, orders, teams
from floodcore.store.database import Connection, Database, fetch_all
from floodcore.store.journal import Entry, journalled
from floodcore.store.statements import statements

log = logging.getLogger(__name__)
SQL = statements("planner", "dispatch")
ACTOR = "service:dispatch"
WATER_GONE = {"reason_zh": "积水已退，险情关闭", "reason_en": "the water has gone and the incident is closed"}


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """What there is to do.

    Attributes:
        proposals: Orders to propose.
        unmet: Incidents for which no suitable team is free.
        untold: Those of them that the journal does not know of, or not at so high a level.
        confirm: Proposed orders that need no person.
        recall: Proposed orders whose incident is over.
        open_incidents: With water, now.
        waiting: Proposed orders that wait for a person.
    """

    proposals: list[Proposal] = field(default_factory=list)
    unmet: list[Call] = field(default_factory=list)
    untold: list[Call] = field(default_factory=list)
    confirm: list[int] = field(default_factory=list)
    recall: list[int] = field(default_factory=list)
    open_incidents: int = 0
    waiting: int = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be written."""
        return not (self.proposals or self.untold or self.confirm or self.recall)


class Planner:
    """Plans, one at a time, by whoever leads."""

    def __init__(self, database: Database, clock: Clock, auto_confirm: Level | None) -> None:
        self._database, self._clock = database, clock
        self._auto_confirm = auto_confirm or Level.NORMAL
        self.agenda = Agenda()

    async def plan(self) -> dict[int, str]:
        """Propose, confirm and recall what is due; `agenda` then says what remains.

        Returns:
            Orders that changed, with their teams' ids.
        """
        async with self._database.connection() as connection:
            self.agenda = await self._agenda(connection)
        changed: dict[int, str] = {}
        while not self.agenda.is_done:  # a second round confirms what the first has proposed
            async with journalled(self._database) as connection:
                changed |= await self._act(connection, await self._agenda(connection))
                self.agenda = await self._agenda(connection)
        return changed

    async def _agenda(self, connection: Connection) -> Agenda:
        calls = await _calls(connection)
        proposals, unmet = propose(calls, await teams.teams(connection))
        told = await fetch_all(connection, SQL["unmet_told"], {"ids": [str(call.incident_id) for call in unmet]})
        known = {row["incident_id"]: row["level"] for row in told}
        proposed = [(o, call) for call in calls for o in call.orders if o.state is OrderState.PROPOSED]
        confirm = [o.order_id for o, call in proposed if max(o.level, call.level) <= self._auto_confirm]
        return Agenda(
            proposals=proposals,
            unmet=unmet,
            untold=[call for call in unmet if call.level > known.get(call.incident_id, Level.NORMAL)],
            confirm=confirm,
            recall=[row["order_id"] for row in await fetch_all(connection, SQL["pointless"])],
            open_incidents=len(calls),
            waiting=len(proposed) - len(confirm),
        )

    async def _act(self, connection: Connection, agenda: Agenda) -> dict[int, str]:
        now = self._clock.now()
        rows = [await _propose(connection, proposal, now) for proposal in agenda.proposals]
        rows += [
            await orders.take_step(connection, order_id, Step.CONFIRM, actor=ACTOR, now=now)
            for order_id in agenda.confirm
        ]
        rows += [
            await orders.take_step(connection, order_id, Step.RECALL, actor=ACTOR, now=now, details=WATER_GONE)
            for order_id in agenda.recall
        ]
        for call in agenda.untold:
            await _tell_unmet(connection, call, now)
        for row in rows:
            log.info("order %d for team %s: %s", row["order_id"], row["team_id"], row["state"])
        return {row["order_id"]: row["team_id"] for row in rows}


async def _calls(connection: Connection) -> list[Call]:
    past: dict[int, list[PastOrder]] = defaultdict(list)
    for row in await fetch_all(connection, SQL["orders_of_open"]):
        past[row["incident_id"]].append(
            PastOrder(
                order_id=row["order_id"],
                team_id=row["team_id"],
                level=Level(row["level"]),
                state=OrderState(row["state"]),
            )
        )
    return [
        Call(
            incident_id=row["incident_id"],
            site=_site(row),
            level=Level(row["level"]),
            opened_at=row["opened_at"],
            orders=tuple(past[row["incident_id"]]),
        )
        for row in await fetch_all(connection, SQL["calls"])
    ]


def _site(row: Mapping[str, Any]) -> Site:
    place = Place(lon=row["lon"], lat=row["lat"]) if row["lon"] is not None else None
    return Site(
        site_id=row["site_id"], name=row["name"], name_en=row["name_en"], kind=SiteKind(row["kind"]), place=place
    )


async def _propose(connection: Connection, proposal: Proposal, now: datetime) -> dict[str, Any]:
    call = proposal.call
    return await orders.propose(
        connection,
        incident_id=call.incident_id,
        site_id=call.site.site_id,
        team_id=proposal.team.team_id,
        level=call.level,
        reason=proposal.reason,
        actor=ACTOR,
        now=now,
    )


async def _tell_unmet(connection: Connection, call: Call, now: datetime) -> None:
    log.warning("no suitable team is free for incident %d at %s", call.incident_id, call.site.site_id)
    entry = Entry(
        kind="incident.unmet",
        entity="incident",
        entity_id=str(call.incident_id),
        before=None,
        after={"site_id": call.site.site_id, "level": int(call.level)},
        actor=ACTOR,
        at=now,
    )
    await journal.write(connection, entry)
