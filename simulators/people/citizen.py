"""Citizens who call 12345 about water: more of them the deeper it is, late, and not always where they say.

All of it is constructed: no city has published how many call from how deep a water.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, pi, radians, sin

from numpy.random import Generator

from floodcore.domain.geo import M_PER_DEGREE
from floodcore.domain.site import Place
from simulators.chance import chance

# Guessed, all of these.
CALLS_FROM_M, OFTEN_FROM_M = (
    0.05,
    0.30,
)  # nobody calls below the first; from the second on as often as in `calls_a_minute`
CALLS_A_MINUTE = 0.05  # from an ordinary place at OFTEN_FROM_M
MOST_OF_DEPTH = 2.0  # times that, however deep it is: the road is closed by then
EXPOSURE_SIGMA = 0.8  # how unlike places are: a lognormal factor with median 1
LATE_MEDIAN, LATE_SIGMA = timedelta(minutes=6), 0.7  # from what is seen to the call
AWAY_MEAN_M, AWAY_MOST_M = 120.0, 500.0  # from where the water is to where it is said to be
SAYS_DEPTH = 0.4  # of the calls name a depth
CALLS_AGAIN = 0.15  # of the callers ring once more within
AGAIN_WITHIN = timedelta(minutes=20)
NONSENSE = 0.05  # of the calls are about something else

BODY = ((0.15, "脚踝"), (0.35, "小腿"), (0.60, "膝盖"), (1.00, "腰部"))  # up to that depth, m
TOO_DEEP = "成年人胸口"
EFFECTS = ("车辆通行困难", "有车辆熄火", "行人无法通过", "非机动车道已淹没", "请尽快排水")
OTHER_MATTERS = ("咨询明日是否停课", "楼道停电，询问何时恢复", "人行道上有树木倒伏", "小区停水，询问何时恢复")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call.

    Attributes:
        call_id: Of this call alone; for people, and so that it is told once.
        at: When it comes in.
        place: As the caller says.
        text: As the desk writes it down.
        depth_m: As the caller says; None where nobody asked.
    """

    call_id: str
    at: datetime
    place: Place
    text: str
    depth_m: float | None


def calls_a_minute(depth_m: float, exposure: float) -> float:
    """How many call in a minute, on average.

    Args:
        depth_m: Water over the road.
        exposure: How many see it, against an ordinary place.
    """
    share = (depth_m - CALLS_FROM_M) / (OFTEN_FROM_M - CALLS_FROM_M)
    return CALLS_A_MINUTE * exposure * min(MOST_OF_DEPTH, max(0.0, share))


def exposure_of(site_id: str, seed: int) -> float:
    """How many see a place's water, against an ordinary place."""
    return float(chance(seed, "exposure", site_id).lognormal(0.0, EXPOSURE_SIGMA))


def calls(site_id: str, name: str, place: Place, depth_m: float, minute: datetime, seed: int) -> list[Call]:
    """The calls about what is seen at a place in one minute, those that ring again among them.

    Args:
        site_id: Of the place.
        name: For people.
        place: Where it is.
        depth_m: Water over the road.
        minute: Whole.
        seed: The same seed, the same calls.
    """
    rate = calls_a_minute(depth_m, exposure_of(site_id, seed))
    if rate == 0:
        return []
    draw = chance(seed, "call", site_id, minute.isoformat())
    found: list[Call] = []
    for number in range(int(draw.poisson(rate))):
        call = _call(draw, f"{site_id}-{minute:%m%d%H%M}-{number}", name, place, depth_m, minute)
        found.append(call)
        if draw.random() < CALLS_AGAIN:
            found.append(_again(draw, call))
    return found


def _call(draw: Generator, call_id: str, name: str, place: Place, depth_m: float, minute: datetime) -> Call:
    late = LATE_MEDIAN * float(draw.lognormal(0.0, LATE_SIGMA))
    where = _beside(draw, place)
    is_other, says_depth = draw.random() < NONSENSE, draw.random() < SAYS_DEPTH
    words = (
        str(draw.choice(OTHER_MATTERS))
        if is_other
        else f"{name}附近积水没过{_on_the_body(depth_m)}，{draw.choice(EFFECTS)}"
    )
    said = round(max(0.05, round(depth_m * draw.lognormal(0.0, 0.3) / 0.05) * 0.05), 2)
    return Call(
        call_id=call_id,
        at=minute + late,
        place=where,
        text=f"【模拟来电 {call_id}】{words}。",
        depth_m=said if says_depth and not is_other else None,
    )


def _again(draw: Generator, call: Call) -> Call:
    call_id = f"{call.call_id}-r"
    text = call.text.replace(call.call_id, call_id).replace("】", "】再次来电：")
    later = call.at + AGAIN_WITHIN * draw.random()
    return Call(call_id=call_id, at=later, place=call.place, text=text, depth_m=call.depth_m)


def _on_the_body(depth_m: float) -> str:
    return next((part for most, part in BODY if depth_m <= most), TOO_DEEP)


def _beside(draw: Generator, place: Place) -> Place:
    metres, angle = min(AWAY_MOST_M, float(draw.exponential(AWAY_MEAN_M))), draw.uniform(0.0, 2 * pi)
    lon = place.lon + metres * sin(angle) / (M_PER_DEGREE * cos(radians(place.lat)))
    return Place(lon=lon, lat=place.lat + metres * cos(angle) / M_PER_DEGREE)
