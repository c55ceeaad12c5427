"""The live channel without sockets: what changes, who is told, and what becomes of those who cannot keep up."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard_api.live.audience import STAFF
from dashboard_api.live.hub import Hub, Since
from dashboard_api.live.messages import ClockReading, Hello, User
from dashboard_api.live.objects import Health, Order, Reason, Site, SiteSensor
from dashboard_api.live.outbox import WAITING, Outbox
from dashboard_api.live.ring import HELD, Ring
from dashboard_api.live.state import Topic, difference

NOON = datetime(2021, 7, 20, 4, 0, tzinfo=UTC)
CLOCK = ClockReading(now=NOON, speed=60.0)
HELLO = Hello(
    epoch="e1",
    build="1",
    mode="live",
    title="t",
    clock=CLOCK,
    user=User(name="officer", role="officer", team_id=None),
)


def ok(detail: str = "", at: datetime = NOON) -> Health:
    return Health(state="ok", detail_zh=detail, detail_en="", at=at, figures={})


def site(*sensor_ids: str) -> Site:
    sensors = tuple(SiteSensor(sensor_id=one, device_id="g", quantity="level", unit="m") for one in sensor_ids)
    return Site(
        name="A街",
        name_en=None,
        kind="road",
        lon=None,
        lat=None,
        district=None,
        position=None,
        pack=None,
        credit=None,
        thresholds=(),
        thresholds_source=None,
        sensors=sensors,
    )


def order(team_id: str, site_id: str = "A", state: Any = "sent") -> Order:
    times = dict.fromkeys(
        ("confirmed_at", "sent_at", "acknowledged_at", "en_route_at", "on_scene_at", "done_at", "ended_at")
    )
    return Order(
        incident_id="1",
        site_id=site_id,
        team_id=team_id,
        level=2,
        state=state,
        reason=Reason(zh="", en="", distance_m=None, travel_s=None),
        proposed_at=NOON,
        confirmed_by=None,
        version=1,
        alert="none",
        **times,
    )


class Client:
    """Takes what the hub has for it, when it is asked to."""

    def __init__(self, hub: Hub, audience: str | None = STAFF, since: Since | None = None) -> None:
        self.hub, self.audience = hub, audience
        self.outbox = hub.join(audience, HELLO, since, lambda: None)

    def messages(self) -> list[dict[str, Any]]:
        found = []
        while message := self.outbox.take(lambda: self.hub.snapshot(self.audience, NOON)):
            found.append(json.loads(message))
        return found


def types(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


def test_a_difference_is_what_is_new_other_or_gone() -> None:
    before = {"same": ok("a"), "other": ok("b"), "gone": ok("c")}
    after = {"same": ok("a"), "other": ok("B"), "new": ok("d")}
    assert difference(before, after) == {"other": ok("B"), "new": ok("d"), "gone": None}
    assert difference(after, after) == {}


def test_what_is_loaded_twice_is_told_once() -> None:
    hub = Hub("e1")
    client = Client(hub)
    client.messages()
    hub.take(Topic.HEALTH, {"ingest": ok()})
    hub.take(Topic.HEALTH, {"ingest": ok()})
    assert hub.has_news
    hub.tick(CLOCK)
    hub.take(Topic.HEALTH, {"ingest": ok()})
    assert not hub.has_news
    hub.tick(CLOCK)
    first, second = client.messages()
    assert (first["seq"], list(first["changes"]["health"])) == (1, ["ingest"])
    assert (second["seq"], second["changes"]) == (2, {})


def test_a_snapshot_holds_what_was_told_and_the_next_delta_the_rest() -> None:
    hub = Hub("e1")
    hub.take(Topic.HEALTH, {"ingest": ok()})
    client = Client(hub)
    hello, snapshot = client.messages()
    assert (hello["type"], snapshot["seq"], snapshot["state"]["health"]) == ("hello", 0, {})
    hub.tick(CLOCK)
    (delta,) = client.messages()
    assert (delta["seq"], list(delta["changes"]["health"])) == (1, ["ingest"])


def test_what_is_gone_is_null_and_in_no_later_snapshot() -> None:
    hub = Hub("e1")
    hub.take(Topic.HEALTH, {"ingest": ok()})
    hub.tick(CLOCK)
    client = Client(hub)
    client.messages()
    hub.take(Topic.HEALTH, {})
    hub.tick(CLOCK)
    assert client.messages()[0]["changes"] == {"health": {"ingest": None}}
    assert Client(hub).messages()[1]["state"]["health"] == {}


def test_the_age_is_that_of_the_newest_datum_on_the_rooms_clock() -> None:
    hub = Hub("e1")
    hub.take(Topic.HEALTH, {"old": ok(at=NOON - timedelta(minutes=5)), "new": ok(at=NOON - timedelta(seconds=2))})
    hub.take(Topic.SITES, {"A": site()})
    hub.tick(CLOCK)
    snapshot = Client(hub).messages()[1]
    assert (snapshot["as_of"], snapshot["age_s"]) == ({"health": "2021-07-20T03:59:58Z"}, {"health": 2.0})


def test_who_was_away_for_a_moment_gets_what_he_missed() -> None:
    hub = Hub("e1")
    for number in range(5):
        hub.take(Topic.HEALTH, {"ingest": ok(str(number))})
        hub.tick(CLOCK)
    assert [message.get("seq") for message in Client(hub, since=Since(epoch="e1", seq=3)).messages()] == [None, 4, 5]
    assert types(Client(hub, since=Since(epoch="e1", seq=5)).messages()) == ["hello"]
    for since in (Since(epoch="e0", seq=3), Since(epoch="e1", seq=6), Since(epoch="e1", seq=-1)):
        assert types(Client(hub, since=since).messages()) == ["hello", "resume_failed", "snapshot"]


def test_a_ring_holds_the_last_deltas_only() -> None:
    ring = Ring(0)
    for seq in range(1, HELD + 2):
        ring.add(seq, str(seq))
    assert ring.after(1) == [str(seq) for seq in range(2, HELD + 2)]
    assert ring.after(0) is None
    assert ring.after(HELD + 1) == []
    assert ring.after(HELD + 2) is None


def test_an_outbox_that_overflows_is_emptied_for_a_snapshot() -> None:
    woken: list[int] = []
    outbox = Outbox(lambda: woken.append(1), ["hello"], is_behind=False)
    assert all(outbox.put(str(number)) for number in range(WAITING))
    assert not outbox.put("one too many")
    assert outbox.put("the snapshot has this")
    taken = [outbox.take(lambda: "snapshot") for _ in range(3)]
    assert taken == ["hello", "snapshot", None]
    assert len(woken) == WAITING + 1


def test_one_client_that_cannot_keep_up_changes_nothing_for_another() -> None:
    hub = Hub("e1")
    quick, slow = Client(hub), Client(hub)
    quick.messages(), slow.messages()
    behind = []
    for _ in range(WAITING + 3):
        behind.append(hub.tick(CLOCK))
        assert types(quick.messages()) == ["delta"]
    assert sum(behind) == 1
    assert [(message["type"], message["seq"]) for message in slow.messages()] == [("snapshot", WAITING + 3)]
    hub.tick(CLOCK)
    assert slow.messages()[0]["seq"] == WAITING + 4


def test_a_crew_sees_a_site_when_it_is_sent_there_and_no_longer_when_it_is_not() -> None:
    hub = Hub("e1")
    hub.take(Topic.SITES, {"A": site("1"), "B": site("2")})
    hub.take(Topic.ORDERS, {"7": order("T2", "B")})
    hub.tick(CLOCK)
    crew, wall = Client(hub, "T1"), Client(hub)
    assert crew.messages()[1]["state"]["sites"] == {}
    wall.messages()
    hub.take(Topic.ORDERS, {"7": order("T2", "B"), "8": order("T1", "A")})
    hub.tick(CLOCK)
    (delta,) = crew.messages()
    assert {topic: list(objects) for topic, objects in delta["changes"].items()} == {"sites": ["A"], "orders": ["8"]}
    hub.take(Topic.ORDERS, {"7": order("T2", "B")})
    hub.tick(CLOCK)
    assert crew.messages()[0]["changes"] == {"sites": {"A": None}, "orders": {"8": None}}
    assert [message.get("seq") for message in wall.messages()] == [2, 3]


def test_a_crew_can_go_on_where_it_was_until_its_stream_is_forgotten() -> None:
    hub = Hub("e1")
    crew = Client(hub, "T1")
    hub.leave("T1", crew.outbox)
    for _ in range(HELD):
        hub.tick(CLOCK)
    assert types(Client(hub, "T1", Since(epoch="e1", seq=HELD - 1)).messages()) == ["hello", "delta"]
    again = Client(hub, "T2")
    hub.leave("T2", again.outbox)
    for _ in range(HELD + 1):
        hub.tick(CLOCK)
    late = Client(hub, "T2", Since(epoch="e1", seq=hub.seq - 1))
    assert types(late.messages()) == ["hello", "resume_failed", "snapshot"]
    assert hub.clients == 2
