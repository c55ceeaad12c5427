"""A vehicle on its way: it goes on, waits before water that stops it, or is caught where water rises."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from floodcore.domain.site import Place
from simulators.people.road_map import RoadMap, Way
from simulators.people.vehicles import Vehicle

RECOVERY = timedelta(minutes=10)  # once the water has fallen, until an engine that was in it runs again; guessed


class Going(StrEnum):
    """How it goes."""

    ON = "on"
    CUT_OFF = "cut_off"  # before water, and there is no other way now
    STUCK = "stuck"  # in water
    THERE = "there"


@dataclass(frozen=True, kw_only=True)
class Drive:
    """A vehicle on its way.

    Attributes:
        way: From leg to leg.
        goal: Where to.
        vehicle: What is driven.
        pace: Of its driver: 1 is everybody's.
        at: When this was so.
        leg, done_m: How far it has come.
        held_until: It does not move before, as its engine was under water.
        going: How it goes.
    """

    way: Way
    goal: Place
    vehicle: Vehicle
    pace: float
    at: datetime
    leg: int = 0
    done_m: float = 0.0
    held_until: datetime | None = None
    going: Going = Going.ON

    @property
    def place(self) -> Place:
        """Where it is."""
        if self.leg == len(self.way.edges):
            return self.way.places[-1]
        here, there = self.way.places[self.leg : self.leg + 2]
        length = self.way.length_m[self.leg]
        share = self.done_m / length if length else 0.0
        return Place(lon=here.lon + share * (there.lon - here.lon), lat=here.lat + share * (there.lat - here.lat))


def set_out(roads: RoadMap, here: Place, goal: Place, vehicle: Vehicle, *, pace: float, at: datetime) -> Drive | None:
    """A vehicle sets out; None where no way leads there now."""
    way = roads.way(here, goal, vehicle)
    return None if way is None else Drive(way=way, goal=goal, vehicle=vehicle, pace=pace, at=at)


def drive_on(drive: Drive, roads: RoadMap, now: datetime) -> Drive:
    """The same vehicle at a later moment, by the water as it stands now.

    Who sees that the way ahead is cut takes another from the next junction on; who is in the water that stops it stays
    until it has fallen, and some minutes more.
    """
    drive = _held(drive, roads, now)
    if drive.going is Going.STUCK or (drive.held_until and now < drive.held_until):
        return replace(drive, at=now)
    start = max(drive.at, drive.held_until or drive.at)
    drive = _rerouted(replace(drive, held_until=None), roads)
    return replace(_moved(drive, roads, max(0.0, (now - start).total_seconds())), at=now)


def _held(drive: Drive, roads: RoadMap, now: datetime) -> Drive:
    """Caught by water, or set free by it."""
    is_under_way = drive.done_m > 0 and drive.leg < len(drive.way.edges)
    is_caught = is_under_way and roads.speed_m_s(drive.vehicle, drive.way.edges[drive.leg]) == 0
    if is_caught:
        return replace(drive, going=Going.STUCK)
    if drive.going is Going.STUCK:
        return replace(drive, going=Going.ON, held_until=now + RECOVERY)
    return drive


def _rerouted(drive: Drive, roads: RoadMap) -> Drive:
    """On another way where the one ahead is cut."""
    first = drive.leg + (drive.done_m > 0)  # what is begun is driven to its end
    ahead = drive.way.edges[first:]
    if all(roads.is_open(drive.vehicle, edge) for edge in ahead):
        return replace(drive, going=Going.THERE if drive.leg == len(drive.way.edges) else Going.ON)
    junction = drive.way.junctions[first - 1] if first else -1
    other = roads.way(junction if first else drive.way.places[0], drive.goal, drive.vehicle)
    if other is None:
        return replace(drive, going=Going.ON)  # as far as it leads
    way = drive.way
    joined = Way(
        edges=way.edges[:first] + other.edges,
        length_m=way.length_m[:first] + other.length_m,
        junctions=way.junctions[:first] + other.junctions,
        places=way.places[:first] + other.places,
    )
    return replace(drive, way=joined, going=Going.ON)


def _moved(drive: Drive, roads: RoadMap, seconds: float) -> Drive:
    leg, done_m = drive.leg, drive.done_m
    while leg < len(drive.way.edges):
        edge = drive.way.edges[leg]
        if done_m == 0 and not roads.is_open(drive.vehicle, edge):
            return replace(drive, leg=leg, done_m=0.0, going=Going.CUT_OFF)
        speed = roads.speed_m_s(drive.vehicle, edge) * drive.pace
        left_m = drive.way.length_m[leg] - done_m
        if left_m > speed * seconds:
            return replace(drive, leg=leg, done_m=done_m + speed * seconds)
        seconds -= left_m / speed
        leg, done_m = leg + 1, 0.0
    return replace(drive, leg=leg, done_m=0.0, going=Going.THERE)
