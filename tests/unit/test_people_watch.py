"""Citizens, posts and tired crews as they act by the room's clock, with the desk and the world as lists."""

from datetime import datetime, timedelta
from typing import Any

from floodcore.domain.order import OrderState
from floodcore.domain.site import Place
from floodcore.testing.five_streets import NOON, STREETS
from simulators.citizens import MOST_MINUTES, Citizens
from simulators.field_api import FieldApi
from simulators.people.afield import Afield, Team
from simulators.people.crew import Task
from simulators.people.ground import Ground
from simulators.people.habits import REST, WANTS_RELIEF, temper
from simulators.people.places import Known
from simulators.people.reporter import Reporter
from simulators.people.world_door import Seen, WorldDoor
from simulators.posts import Posts

PLACES = [(street.site_id, street.name, street.place) for street in STREETS if street.place]
KNOWN = {site_id: Known(name=name, place=place) for site_id, name, place in PLACES}
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Desk(Reporter):
    """Hears everything at once."""

    def __init__(self) -> None:
        super().__init__(FieldApi("http://nowhere", "desk", ""))
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def say(self, key: str, body: dict[str, Any]) -> None:
        self.heard.append((key, body))


class World(WorldDoor):
    """Takes everything."""

    def __init__(self) -> None:
        super().__init__("http://nowhere", "")
        self.pumps: list[tuple[str, float]] = []

    async def pump(self, site_id: str, team_id: str, m3_h: float) -> bool:  # noqa: ARG002 - as the door does
        self.pumps.append((site_id, m3_h))
        return True


def seen(depth_m: float) -> Seen:
    return Seen(at=NOON, road_m=dict.fromkeys(KNOWN, depth_m))


def heard(depth_m: float, minutes: int, seed: int = 2) -> list[tuple[str, dict[str, Any]]]:
    """What the desk hears while the water stands so deep, minute by minute."""
    desk = Desk()
    citizens = Citizens(desk, seed)
    for minute in range(minutes):
        citizens.look(seen(depth_m), KNOWN, NOON + minute * MINUTE)
    return desk.heard


def test_citizens_are_silent_when_it_is_dry_and_call_when_it_is_not() -> None:
    assert heard(0.0, 240) == []
    calls = heard(0.5, 240)
    assert calls == heard(0.5, 240)
    assert calls != heard(0.5, 240, seed=3)
    assert len({key for key, _ in calls}) == len(calls)
    assert {body["source"] for _, body in calls} == {"hotline"}


def test_nobody_calls_before_what_is_said_to_be_the_time_of_the_call() -> None:
    desk = Desk()
    citizens = Citizens(desk, 2)
    for minute in range(120):
        now, before = NOON + minute * MINUTE, len(desk.heard)
        citizens.look(seen(0.5), KNOWN, now)
        for _, body in desk.heard[before:]:
            assert now - MINUTE < datetime.fromisoformat(body["reported_at"]) <= now
    assert len(desk.heard) > 20


def test_looking_twice_in_a_minute_hears_nobody_twice_and_long_ago_is_forgotten() -> None:
    twice = Desk()
    citizens = Citizens(twice, 2)
    for second in range(0, 240 * 60, 30):
        citizens.look(seen(0.5), KNOWN, NOON + timedelta(seconds=second))
    last = NOON + 239 * MINUTE
    assert {key for key, body in twice.heard if datetime.fromisoformat(body["reported_at"]) <= last} == {
        key for key, _ in heard(0.5, 240)
    }
    asleep = Desk()
    citizens = Citizens(asleep, 2)
    citizens.look(seen(0.0), KNOWN, NOON)
    for hours in (10, 20):  # the second look is for those who waited before they called
        citizens.look(seen(0.5 if hours == 10 else 0.0), KNOWN, NOON + hours * HOUR)
    # Only minutes 591 to 600 after noon count: a call's id tells the minute in which its caller saw the water.
    minutes = {key.split("-")[3] for key, _ in asleep.heard}
    first = NOON + 10 * HOUR - (MOST_MINUTES - 1) * MINUTE
    assert minutes
    assert minutes <= {f"{first + n * MINUTE:%m%d%H%M}" for n in range(MOST_MINUTES)}


def test_a_post_tells_its_site_and_its_depth() -> None:
    desk = Desk()
    posts = Posts(desk, 2)  # with this seed B and D Street have one
    for minute in range(31):
        posts.look(seen(0.4 if minute < 20 else 0.0), KNOWN, NOON + minute * MINUTE)
    assert {body["site_id"] for _, body in desk.heard} == {"street-B", "street-D"}
    assert len({key for key, _ in desk.heard}) == len(desk.heard)
    last = [body for _, body in desk.heard if body["site_id"] == "street-B"][-1]
    assert (last["depth_m"], last["text"], last["source"]) == (0.0, "【模拟岗位】路面积水已退。", "post")


def task(state: OrderState, place: Place | None) -> Task:
    return Task(order_id="7", state=state, since=NOON, site=place, travel=HOUR, water_is_gone=False)


async def test_a_crew_that_has_worked_its_shift_pumps_less_asks_for_relief_and_takes_no_new_order() -> None:
    desk, world = Desk(), World()
    team = Team(team_id="T1", skills=frozenset({"pump"}), pump_m3_h=1000.0)
    crew = Afield(team, Ground(world, None), desk, 1)
    place = PLACES[0][2]
    working, offered = task(OrderState.ON_SCENE, place), task(OrderState.SENT, place)
    how = temper(1, "T1", "7")
    for minute in range(0, 12 * 60 + 1, 10):
        await crew.attend(working, "street-A", None, NOON + minute * MINUTE)
    # Fresh until the eighth hour, then less by a twentieth at a time, down to 70 % after twelve hours.
    assert world.pumps == [("street-A", m3_h) for m3_h in (1000.0, 950.0, 900.0, 850.0, 800.0, 750.0, 700.0)]
    assert [key for key, _ in desk.heard] == ["T1-7-arrived", "T1-tired-20210720T040000"]
    end = NOON + 12 * HOUR
    assert crew.tempered(how, offered, end).refuses == WANTS_RELIEF
    assert crew.tempered(how, working, end).refuses == how.refuses
    assert crew.tempered(how, offered, end + REST).refuses == how.refuses
    await crew.stand_by()
    assert world.pumps[-1] == ("street-A", 0.0)
