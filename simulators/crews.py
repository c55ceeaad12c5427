"""`python -m simulators.crews --api URL --accounts FILE`: constructed crews that obey orders, on the room's clock.

They meet the API only, as phones do, and, where there is one, the simulated world (`--world`, `--world-token`): there
they drive the city's flooded roads, pump, and close roads. FILE is JSON, [{"user", "password", "team_id"}], readable by
its owner alone.
"""

import asyncio
import logging
import secrets
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from floodcore.clock import Clock
from floodcore.domain.order import OrderState, Step
from floodcore.domain.site import Place
from floodcore.service import run, say_ready
from floodcore.settings import Settings
from simulators.accounts import Account, read_accounts, read_token
from simulators.city.plan import City
from simulators.field_api import ApiAway, FieldApi
from simulators.people.afield import Afield, Team
from simulators.people.command import LOOK_AT_MOST_S, parser_of, pause
from simulators.people.crew import Fix, Task, moved, next_step
from simulators.people.ground import Ground
from simulators.people.habits import temper
from simulators.people.reporter import Reporter
from simulators.people.road_map import RoadMap
from simulators.people.world_door import WorldDoor

log = logging.getLogger(__name__)
LOOK_EVERY = timedelta(seconds=30)  # of the room's time
LOOKS_A_S = 15.0  # of all crews together: a look is one to three requests, and the API serves others, too
SIGN_IN_AT_ONCE = 1  # a whole city's crews would else keep the API busy with their passwords
STOP_WITHIN_S = 2.0  # pumps are stopped, if the world answers
UNKNOWN_WAY = timedelta(minutes=15)  # guessed
NOTE = "simulated crew"
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# When an order came into each state; CONFIRMED and SENT are one to a crew.
SINCE = {
    OrderState.CONFIRMED: "confirmed_at",
    OrderState.SENT: "sent_at",
    OrderState.ACKNOWLEDGED: "acknowledged_at",
    OrderState.EN_ROUTE: "en_route_at",
    OrderState.ON_SCENE: "on_scene_at",
}


class Crew:
    """One team's phone: looks at its order, moves, reports, takes the next step; all else is the server's."""

    def __init__(
        self,
        account: Account,
        api: FieldApi,
        clock: Clock,
        seed: int,
        *,
        ground: Ground | None = None,
        least_s: float = 0,
    ) -> None:
        self._account, self._api, self._clock, self._seed = account, api, clock, seed
        self._ground, self._least_s = ground, least_s
        self._reporter = Reporter(api)
        self._afield: Afield | None = None
        self._attempts: dict[str, tuple[str, dict[str, Any]]] = {}  # asked without an answer: key and body by path
        self._fix: Fix | None = None
        self._sites: dict[str, Place | None] = {}
        self._is_away = False

    async def work(self, stopping: asyncio.Event) -> None:
        """Work until asked to stop; an API that is away is asked again."""
        while not stopping.is_set():
            try:
                await self.look()
                self._is_away = False
            except ApiAway as error:
                if not self._is_away:
                    log.warning("%s: %s", self._account.team_id, error)
                self._is_away = True
                self._fix = None  # what the server knows is true
            await pause(self._clock, LOOK_EVERY, stopping, max(self._least_s, LOOK_AT_MOST_S))
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_WITHIN_S):
                await self._stand_by()

    async def look(self) -> None:
        """Look once, and do what is to be done now.

        Raises:
            ApiAway: The API does not answer.
        """
        await self._reporter.tell()
        order = await self._order()
        if order is None:
            await self._stand_by()
            return
        task, now = await self._task(order), self._clock.now()
        how = temper(self._seed, self._account.team_id, task.order_id)
        fix = self._fix = self._fix or await self._last_fix()
        if self._ground and (afield := await self._in_the_world(self._ground)):
            how = afield.tempered(how, task, now)
            task, self._fix = await afield.attend(task, order["site_id"], fix, now)
        step = next_step(task, how, fix, now)
        if self._fix and task.is_there is None:
            self._fix = moved(task, how, self._fix, now)
        if self._fix and self._fix != fix:
            await self._report(self._fix)
        if step:
            await self._take(task.order_id, step, now, how.refuses)
        if step is Step.FINISH:
            await self._stand_by()

    async def _in_the_world(self, ground: Ground) -> Afield | None:
        """The team in the world; None while the API does not tell what it has."""
        await ground.look()
        if self._afield is None and (item := await self._api.get(f"/teams/{self._account.team_id}")):
            team = Team.told(self._account.team_id, item)
            self._afield = Afield(team, ground, self._reporter, self._seed)
        return self._afield

    async def _stand_by(self) -> None:
        if self._afield:
            await self._afield.stand_by()

    async def _order(self) -> dict[str, Any] | None:
        answer = await self._api.get("/orders", team_id=self._account.team_id, limit=1000) or {"items": []}
        active = (order for order in answer["items"] if OrderState(order["state"]) in SINCE)
        return next(active, None)

    async def _task(self, order: dict[str, Any]) -> Task:
        state = OrderState(order["state"])
        since = order[SINCE[state]] or order["proposed_at"]
        travel_s = order["reason"]["travel_s"]
        on_scene = state is OrderState.ON_SCENE
        return Task(
            order_id=str(order["order_id"]),
            state=state,
            since=datetime.fromisoformat(since),
            site=await self._site(order["site_id"]),
            travel=UNKNOWN_WAY if travel_s is None else timedelta(seconds=travel_s),
            water_is_gone=on_scene and await self._is_closed(order["incident_id"]),
        )

    async def _is_closed(self, incident_id: str) -> bool:
        incident = await self._api.get(f"/incidents/{incident_id}")
        return incident is not None and incident["state"] == "closed"

    async def _site(self, site_id: str) -> Place | None:
        if site_id not in self._sites:
            self._sites[site_id] = _place(await self._api.get(f"/sites/{site_id}"))
        return self._sites[site_id]

    async def _last_fix(self) -> Fix | None:
        team = await self._api.get(f"/teams/{self._account.team_id}")
        place = _place(team)
        if not team or not place:
            return None
        at = team["position_at"]
        return Fix(place=place, at=datetime.fromisoformat(at) if at else LONG_AGO)

    async def _report(self, fix: Fix) -> None:
        body = {"lon": fix.place.lon, "lat": fix.place.lat, "at": fix.at.isoformat()}
        await self._api.post(f"/teams/{self._account.team_id}/position", body)

    async def _take(self, order_id: str, step: Step, now: datetime, refuses: str | None) -> None:
        path = f"/orders/{order_id}/{step}"
        place = {"lon": self._fix.place.lon, "lat": self._fix.place.lat} if self._fix else {}
        body = {"client_time": now.isoformat(), "note": f"{NOTE}: {refuses}" if step is Step.DECLINE else NOTE, **place}
        key, body = self._attempts.setdefault(path, (secrets.token_hex(8), body))
        status = await self._api.post(path, body, key)
        del self._attempts[path]
        log.info("%s: order %s: %s (%s)", self._account.team_id, order_id, step, status)


def _place(thing: dict[str, Any] | None) -> Place | None:
    return Place(lon=thing["lon"], lat=thing["lat"]) if thing and thing["lon"] is not None else None


async def main(given: Namespace, settings: Settings, stopping: asyncio.Event) -> None:
    """Work with all crews until asked to stop."""
    clock, accounts = settings.clock.clock(), read_accounts(given.accounts)
    least_s, turns = len(accounts) / LOOKS_A_S, asyncio.Semaphore(SIGN_IN_AT_ONCE)
    try:
        async with _ground(given, accounts) as ground, asyncio.TaskGroup() as group:
            for account in accounts:
                api = FieldApi(given.api, account.user, account.password, turns)
                crew = Crew(account, api, clock, given.seed, ground=ground, least_s=least_s)
                group.create_task(_work(api, crew, stopping), name=account.team_id)
            say_ready(settings)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed


async def _work(api: FieldApi, crew: Crew, stopping: asyncio.Event) -> None:
    async with api:
        await crew.work(stopping)


@asynccontextmanager
async def _ground(given: Namespace, accounts: list[Account]) -> AsyncIterator[Ground | None]:
    """What the crews see of the simulated world; None where there is none."""
    if given.world is None or given.world_token is None:
        yield None
        return
    city = await asyncio.to_thread(_city, given)
    roads = RoadMap(city.roads) if city and city.roads else None
    places = {site.site_id: site.place for site in city.sites if site.place} if city else {}
    teams = frozenset(account.team_id for account in accounts)
    async with WorldDoor(given.world, read_token(given.world_token)) as door:
        yield Ground(door, roads, places=places, teams=teams)


def _city(given: Namespace) -> City | None:
    """The constructed city with its roads; a network that somebody else made has none."""
    from simulators.city.build import build  # takes a while, and only these crews need it

    return build(given.city, given.seed) if given.city and not given.model else None


def arguments(words: list[str]) -> Namespace:
    """What the command line says."""
    return parser_of("simulators.crews", __doc__.partition("\n")[0]).parse_args(words)


if __name__ == "__main__":
    run("crews", partial(main, arguments(sys.argv[1:])))
