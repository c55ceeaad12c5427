"""What a model's text tells of the drains around a node."""

from math import pi

import pytest

from simulators.engine.inp import Inp
from simulators.ensemble.network import gathered_m2, network, upstream

# a and b drain to c; a pipe of 1 m falls by 1 m in 100 m.
THREE = """
[OPTIONS]
FLOW_UNITS CMS
[JUNCTIONS]
a 101 4 0 0 0
b 102 4 0 0 0
[STORAGE]
c 100 3 0 TABULAR bowl 0 0
[SUBCATCHMENTS]
S1 G1 a 2.0 50 100 1 0
S2 G1 b 1.0 100 100 1 0
S3 G1 c 0.5 0 100 1 0
[CONDUITS]
ac a c 100 0.01 0 0 0 0
bc b c 100 0.01 0 2 0 0
ab a b 300 0.016 2 2 0 0
[XSECTIONS]
ac CIRCULAR 1.0 0 0 0 1
bc CIRCULAR 0.5 0 0 0 2
ab RECT_OPEN 3.0 14 0 0 1
[PUMPS]
p c out lift ON 0 0
[CURVES]
bowl STORAGE 0 100
bowl 2 100
bowl 3 200
lift PUMP4 0 0 1 0.2
lift 3 0.5
"""


def test_drains_gather_the_ground_above_and_streets_do_not() -> None:
    model = network(Inp.parse(THREE))
    above = upstream(model.drains)

    # 2 ha + 1 ha + its own 0.5 ha; a has its own 2 ha alone, as ab is a street.
    assert gathered_m2("c", model, above) == pytest.approx(35_000)
    assert gathered_m2("a", model, above) == pytest.approx(20_000)
    assert gathered_m2("b", model, above) == pytest.approx(10_000)
    assert model.sealed_m2 == {"a": 10_000, "b": 10_000, "c": 0}


def test_drains_that_form_a_ring_count_each_piece_of_ground_once() -> None:
    ring = Inp.parse(THREE + "[CONDUITS]\nca c a 100 0.01 0 0 0 0\n[XSECTIONS]\nca CIRCULAR 1.0 0 0 0 1\n")
    model = network(ring)

    # a and c now drain to each other, and b to both: 2 ha + 1 ha + 0.5 ha for either.
    assert gathered_m2("a", model, upstream(model.drains)) == pytest.approx(35_000)


def test_a_full_pipe_takes_what_manning_says() -> None:
    takes = {drain.tail: drain.full_m3_s for drain in network(Inp.parse(THREE)).drains}

    # Q = A R^(2/3) S^(1/2) / n: A = pi/4, R = 1/4, S = 1/100, n = 0.01.
    assert takes["a"] == pytest.approx(pi / 4 * 0.25 ** (2 / 3) * 0.1 / 0.01)
    # Its lower end lies 2 m over c's invert, at 102 m as its upper one: a flat pipe has no such figure.
    assert takes["b"] is None


def test_a_bowl_holds_what_lies_over_its_road() -> None:
    bowl = network(Inp.parse(THREE)).stores["c"]

    # 100 m2 up to 2 m, then widening to 200 m2 at 3 m: from 1 m on 100 + 150 m3; from the invert 100 m3 more.
    assert bowl.volume_m3(1.0) == pytest.approx(250, rel=1e-3)
    assert bowl.volume_m3(0.0) == pytest.approx(350, rel=1e-3)
    assert bowl.volume_m3(9.0) == 0


def test_a_pump_moves_the_most_of_its_curve() -> None:
    assert network(Inp.parse(THREE)).pumps_m3_s == {"p": 0.5}


def test_american_units_and_levels_are_converted() -> None:
    text = """
[OPTIONS]
FLOW_UNITS CFS
LINK_OFFSETS ELEVATION
[JUNCTIONS]
a 10 4
b 0 4
[STORAGE]
t 0 10 0 FUNCTIONAL 0 0 1000
[SUBCATCHMENTS]
S1 G1 a 1 25 100 1 0
[CONDUITS]
ab a b 1000 0.013 10 *
[XSECTIONS]
ab CIRCULAR 3 0 0 0
[PUMPS]
p a b lift
[CURVES]
lift PUMP2 1 10
"""
    model = network(Inp.parse(text))

    assert model.invert_m["a"] == pytest.approx(3.048)
    assert model.gathers_m2["a"] == pytest.approx(4046.86, abs=0.01)
    # 3 ft at 1 %: A = 7.069 ft2, R = 0.75 ft; in feet Manning has a factor of 1.486, Q = 66.7 cfs = 1.889 m3/s.
    assert model.drains[0].full_m3_s == pytest.approx(1.889, abs=0.002)
    assert model.pumps_m3_s["p"] == pytest.approx(0.28317, abs=1e-5)
    # 1,000 ft2 over 10 ft are 10,000 ft3.
    assert model.stores["t"].volume_m3(0.0) == pytest.approx(283.17, abs=0.01)


def test_rows_that_cannot_be_read_are_left_out() -> None:
    nodes = "[OPTIONS]\nFLOW_UNITS\n[JUNCTIONS]\na\n[STORAGE]\nt * 3\n"
    text = nodes + "[CONDUITS]\nx a\n[SUBCATCHMENTS]\nS1 G1\nS2 G1 a * 50\n[PUMPS]\np a b\n"
    model = network(Inp.parse(text))

    assert (model.invert_m, model.drains, model.gathers_m2, model.stores, model.pumps_m3_s) == ({}, (), {}, {}, {})
