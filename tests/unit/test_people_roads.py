"""Driving through water, on a map that can be worked out by hand.

A, B and C lie on a straight street, a kilometre apart; the way round by D is 1.5 km and 1.5 km. All are streets, 20
km/h when dry: A to C takes 2 km / 20 km/h = 360 s, and round by D 540 s. Water stands over A-B at node 0, over B-C at
node 1.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from floodcore.domain.site import Place
from floodcore.errors import SettingsError
from floodcore.testing.five_streets import NOON
from simulators.city.plan import ROAD_CLASSES, RoadClass, Roads
from simulators.people.drive import RECOVERY, Drive, Going, drive_on, set_out
from simulators.people.road_map import M_PER_DEGREE, OFF_ROAD, REACH_M, RoadMap
from simulators.people.vehicles import Vehicle, safe_km_h, speed_m_s, vehicle_of

STREET, EXPRESSWAY = ROAD_CLASSES.index(RoadClass.STREET), ROAD_CLASSES.index(RoadClass.EXPRESSWAY)
KM = 1000 / M_PER_DEGREE  # of latitude, in degrees
A, B, C, D = (Place(lon=lon, lat=lat * KM) for lon, lat in ((0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (0.01, 1.0)))
AB, BC, AD, DC = range(4)
ROADS = Roads(
    lon=np.array([place.lon for place in (A, B, C, D)]),
    lat=np.array([place.lat for place in (A, B, C, D)]),
    tail=np.array([0, 1, 0, 3], np.int32),
    head=np.array([1, 2, 3, 2], np.int32),
    length_m=np.array([1000.0, 1000.0, 1500.0, 1500.0]),
    kind=np.full(4, STREET, np.uint8),
    water=np.array([0, 1, -1, -1], np.int32),
)


def flooded(ab_m: float = 0.0, bc_m: float = 0.0, roads: Roads = ROADS) -> RoadMap:
    """The map with so much water over A-B and over B-C."""
    found = RoadMap(roads)
    found.flood(np.array([ab_m, bc_m]))
    return found


def driven(roads: RoadMap, vehicle: Vehicle) -> tuple[tuple[int, ...], float]:
    """The roads from A to C, and the seconds that they take."""
    way = roads.way(A, C, vehicle)
    assert way
    edges = tuple(edge for edge in way.edges if edge != OFF_ROAD)
    seconds = [
        length / roads.speed_m_s(vehicle, edge)
        for edge, length in zip(way.edges, way.length_m, strict=True)
        if edge != OFF_ROAD
    ]
    return edges, sum(seconds)


def test_the_deeper_the_slower_until_it_is_walking_pace() -> None:
    # 0.0009 w² - 0.5529 w + 86.9448: at 100 mm 9 - 55.29 + 86.9448 = 40.65; at 300 mm 81 - 165.87 + 86.94 = 2.07 < 5.
    depths = np.array([0.0, 0.1, 0.3, 0.5])
    assert safe_km_h(depths) == pytest.approx([86.9448, 40.6548, 5.0, 5.0])


@pytest.mark.parametrize(
    ("vehicle", "passes_m", "stops_m"),
    [(Vehicle.CAR, 0.15, 0.151), (Vehicle.TRUCK, 0.30, 0.301), (Vehicle.HIGH_CLEARANCE, 0.50, 0.501)],
)
def test_each_vehicle_has_a_depth_that_stops_it(vehicle: Vehicle, passes_m: float, stops_m: float) -> None:
    kind = np.full(3, EXPRESSWAY, np.uint8)
    dry, passes, stops = speed_m_s(vehicle, kind, np.array([0.0, passes_m, stops_m]))
    assert dry == pytest.approx(50 / 3.6)
    assert 0 < passes < dry
    assert stops == 0


def test_what_a_team_drives_follows_from_what_it_does() -> None:
    assert vehicle_of(frozenset({"pump"}), 3000.0) is Vehicle.HIGH_CLEARANCE
    assert vehicle_of(frozenset({"pump"}), 500.0) is Vehicle.TRUCK
    assert vehicle_of(frozenset({"rescue"}), 0.0) is Vehicle.HIGH_CLEARANCE
    assert vehicle_of(frozenset({"close_road"}), 0.0) is Vehicle.CAR


def test_water_sends_a_car_round_and_only_slows_a_lorry() -> None:
    for vehicle in Vehicle:
        assert driven(flooded(), vehicle) == ((AB, BC), pytest.approx(360))
    # 20 cm: a car is stopped. For a lorry 36 - 110.58 + 86.94 = 12.36 km/h: 1000 m in 291 s, with B-C 471 s < 540 s.
    assert driven(flooded(0.2), Vehicle.CAR) == ((AD, DC), pytest.approx(540))
    assert driven(flooded(0.2), Vehicle.TRUCK) == ((AB, BC), pytest.approx(471, abs=1))
    # 25 cm: 56.25 - 138.23 + 86.94 = 4.97, walking pace: 720 s for A-B alone, so that the lorry goes round, too.
    assert driven(flooded(0.25), Vehicle.TRUCK) == ((AD, DC), pytest.approx(540))


def test_of_two_roads_between_the_same_junctions_the_dry_one_is_taken() -> None:
    doubled = replace(
        ROADS,
        tail=np.append(ROADS.tail, 0).astype(np.int32),
        head=np.append(ROADS.head, 1).astype(np.int32),
        length_m=np.append(ROADS.length_m, 1100.0),
        kind=np.append(ROADS.kind, STREET).astype(np.uint8),
        water=np.append(ROADS.water, -1).astype(np.int32),
    )
    assert driven(flooded(0.0, roads=doubled), Vehicle.CAR)[0] == (AB, BC)
    assert driven(flooded(0.2, roads=doubled), Vehicle.CAR) == ((4, BC), pytest.approx(378))  # 2.1 km at 20 km/h


def test_who_cannot_reach_the_place_itself_works_from_where_the_water_begins() -> None:
    near_c = Place(lon=0.0, lat=2.0 * KM + 0.2 * KM)  # 200 m beyond C
    way = flooded().way(A, near_c, Vehicle.CAR)
    assert way and (way.edges[-1], way.length_m[-1]) == (OFF_ROAD, pytest.approx(200))
    # D lies 1.5 km from C, too far to carry hoses: with A-B, B-C and D-C cut there is no way.
    wet = replace(ROADS, water=np.array([0, 1, -1, 1], np.int32))
    assert flooded(0.6, 0.6, wet).way(A, C, Vehicle.HIGH_CLEARANCE) is None
    edge = replace(ROADS, lat=np.array([0.0, (2 - REACH_M / 1000) * KM, 2 * KM, KM]))  # B within reach of C
    way = flooded(0.0, 0.6, replace(edge, water=np.array([-1, 1, 1, 1], np.int32))).way(A, C, Vehicle.CAR)
    assert way and way.edges == (OFF_ROAD, AB, OFF_ROAD)


def test_the_water_of_another_city_is_told_as_such() -> None:
    with pytest.raises(SettingsError, match="another city"):
        RoadMap(ROADS).flood(np.zeros(1))


def set_off(roads: RoadMap, vehicle: Vehicle = Vehicle.CAR) -> Drive:
    drive = set_out(roads, A, C, vehicle, pace=1.0, at=NOON)
    assert drive
    return drive


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_drive_takes_as_long_as_its_roads_however_often_one_looks() -> None:
    roads = flooded()
    once = drive_on(set_off(roads), roads, after(90))
    assert once.place.lat == pytest.approx(0.5 * KM)  # 500 m at 20 km/h
    often = set_off(roads)
    for seconds in range(0, 91, 7):
        often = drive_on(often, roads, after(seconds))
    assert drive_on(often, roads, after(90)).place.lat == pytest.approx(once.place.lat)
    assert drive_on(once, roads, after(359)).going is Going.ON
    assert drive_on(once, roads, after(361)).going is Going.THERE


def test_into_a_blocked_road_nobody_drives_and_who_is_in_it_drives_on() -> None:
    middle = Place(lon=0.0, lat=0.5 * KM)  # of A-B
    roads = flooded()
    before, within = drive_on(set_off(roads), roads, NOON), drive_on(set_off(roads), roads, after(90))
    roads.block([middle])
    assert driven(roads, Vehicle.HIGH_CLEARANCE)[0] == (AD, DC)
    assert drive_on(before, roads, after(361)).going is Going.ON  # round by D, 540 s
    assert drive_on(before, roads, after(541)).going is Going.THERE
    assert drive_on(within, roads, after(361)).going is Going.THERE
    roads.block([])
    assert driven(roads, Vehicle.HIGH_CLEARANCE)[0] == (AB, BC)


def test_a_clock_that_is_set_back_moves_nobody_back() -> None:
    roads = flooded()
    once = drive_on(set_off(roads), roads, after(90))
    assert drive_on(once, roads, after(30)).place == once.place


def test_when_the_way_floods_it_goes_round_and_is_late() -> None:
    roads = flooded()
    drive = drive_on(set_off(roads), roads, after(90))  # halfway to B
    roads.flood(np.array([0.0, 0.2]))
    # On to B (180 s), back to A (180 s), round by D (540 s): there after 900 s instead of 360.
    drive = drive_on(drive, roads, after(200))
    assert drive.place.lat < KM
    assert drive_on(drive, roads, after(899)).going is Going.ON
    assert drive_on(drive, roads, after(901)).going is Going.THERE


def test_water_that_rises_around_it_holds_it_until_it_falls_and_ten_minutes_more() -> None:
    roads = flooded()
    drive = drive_on(set_off(roads), roads, after(90))
    roads.flood(np.array([0.4, 0.0]))
    for seconds in (120, 600, 1200):
        drive = drive_on(drive, roads, after(seconds))
        assert (drive.going, drive.place.lat) == (Going.STUCK, pytest.approx(0.5 * KM))
    roads.flood(np.zeros(2))
    free = 1200 + RECOVERY.total_seconds()
    drive = drive_on(drive, roads, after(1200))
    drive = drive_on(drive, roads, after(free - 1))
    assert drive.place.lat == pytest.approx(0.5 * KM)
    # Half a kilometre to B is left, and one to C: 270 s.
    assert drive_on(drive, roads, after(free + 269)).going is Going.ON
    assert drive_on(drive, roads, after(free + 271)).going is Going.THERE


def test_where_no_way_is_left_it_waits_before_the_water_and_goes_on_when_there_is_one() -> None:
    closed = replace(ROADS, water=np.array([0, 1, 1, 1], np.int32))
    roads = flooded(roads=closed)
    drive = drive_on(set_off(roads), roads, after(90))
    roads.flood(np.array([0.0, 0.4]))
    drive = drive_on(drive, roads, after(600))
    assert (drive.going, drive.place) == (Going.CUT_OFF, B)
    roads.flood(np.zeros(2))
    assert drive_on(drive, roads, after(781)).going is Going.THERE  # the kilometre from B takes 180 s
    assert set_out(flooded(0.4, 0.4, closed), A, C, Vehicle.CAR, pace=1.0, at=NOON) is None
