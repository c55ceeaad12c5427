"""Storms by name."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from floodcore.domain.site import Place
from floodcore.errors import NotFound, Refused
from floodcore.packs.read import read_pack
from simulators import packs
from simulators.area import Area
from simulators.storms.chance import chance
from simulators.storms.chicago import Chicago
from simulators.storms.families import KINDS, family
from simulators.storms.formula import DEFAULT, FORMULAS
from simulators.storms.pack_rain import pack_rain
from simulators.storms.record import JULY_2021, JULY_2023, JULY_2024, SEPTEMBER_2021, STATION, Recorded
from simulators.storms.storm import Label, Storm

SEED = 20210720
MADE_UP_DAY = datetime(2026, 7, 1, 6, tzinfo=UTC)  # of storms that were on no day
PEAK_SHARE = 0.4  # 0.3 to 0.4 in most Chinese cities
DESIGN = re.compile(r"chicago-p(?P<years>\d{1,4})(?:-(?P<hours>\d{1,2})h)?(?:-(?P<formula>\w+))?")
DESIGN_H = 2.0
LONGEST_DESIGN_H = 24.0
PACK = "rain:"  # before a pack's name or folder
RECORDS = {
    "zhengzhou-2021-07-20": (
        JULY_2021,
        "郑州“7·20”特大暴雨（构造雨型）",
        "Zhengzhou, 20 July 2021 (constructed)",
        (
            "constructed from published totals at the national station: 201.9 mm from 16 to 17 h, 552.5 mm in the 24 h "
            "and 617.1 mm in the 72 h to 20 July 20:00 (Zhengzhou weather service), 624.1 mm in the largest 24 h "
            "(State Council's investigation); the hours between and the field around the station are made up, its "
            "place is approximate"
        ),
    ),
    "zhengzhou-2023-07-29": (
        JULY_2023,
        "郑州2023年7月29日降雨（构造雨型）",
        "Zhengzhou, 29 July 2023 (constructed)",
        "constructed from the city mean, 30.7 mm from 08 to 14 h; nowhere did water stand",
    ),
    "zhengzhou-2024-07-11": (
        JULY_2024,
        "郑州2024年7月11日降雨（构造雨型）",
        "Zhengzhou, 11 July 2024 (constructed)",
        "constructed from the main city's total, 50.2 mm in 18 h, with six short ponds",
    ),
    "zhengzhou-2021-09-24": (
        SEPTEMBER_2021,
        "郑州2021年9月24日降雨（构造雨型）",
        "Zhengzhou, 24 September 2021 (constructed)",
        "constructed from the total, 44.8 mm, with four short cuts of roads; its 24 hours are made up",
    ),
}
NAMES = (*RECORDS, "chicago-p20", *KINDS)
# Shares of an ensemble; their strengths reach from drizzle to beyond once in 100 years. Our choice.
MIX = (("cells", 0.25), ("multicell", 0.25), ("training", 0.2), ("stratiform", 0.15), ("typhoon", 0.15))
SHORTEST_H, USUAL_H, LONGEST_H = 4.0, 6.0, 12.0
STRENGTH, SPREAD = (
    0.7,
    0.6,
)  # median and deviation of the logarithm: of 200 over Zhengzhou 3 % pass the 100-year hour
DAYS_APART = 3


def is_named(name: str) -> bool:
    """Whether a storm has this name."""
    return name in NAMES or name.startswith(PACK) or DESIGN.fullmatch(name) is not None


def storm(name: str, area: Area, seed: int = SEED) -> Storm:
    """A storm over an area.

    Args:
        name: One of NAMES; `chicago-p50`, `chicago-p20-3h`, `chicago-p20-3h-2679` name design storms;
            `rain:PACK` and `rain:PACK:STORM` the rain that an event pack's gauges caught.
        area: Where it falls; the storms of record are drawn to its size where that is not Zhengzhou.
        seed: Of those that chance decides.

    Raises:
        NotFound: None has this name.
        Refused: No formula tells of so rare or so long a rain; the pack cannot be read, or has no rain.
    """
    if name in RECORDS:
        return _recorded(name, area)
    if name in KINDS:
        return family(name, name, MADE_UP_DAY, area, chance(seed, name), hours=6.0)
    if match := DESIGN.fullmatch(name):
        return _design(name, **match.groupdict())
    if name.startswith(PACK):
        return _measured(name.removeprefix(PACK), area)
    raise NotFound(
        f"There is no storm {name!r}; there are {', '.join(NAMES)}, chicago-p<years>-<hours>h for any of both, and "
        f"{PACK}PACK for the rain of an event pack."
    )


def ensemble(n: int, area: Area, seed: int = SEED) -> list[Storm]:
    """So many different storms, days apart; the k-th does not depend on how many there are.

    Args:
        n: How many.
        area: Where they fall.
        seed: Of all of them.
    """
    kinds, shares = [kind for kind, _ in MIX], [share for _, share in MIX]
    found: list[Storm] = []
    for number in range(n):
        rng = chance(seed, f"ensemble {number}")
        kind = str(rng.choice(kinds, p=shares))
        start = MADE_UP_DAY + number * timedelta(days=DAYS_APART)
        hours = round(2 * rng.triangular(SHORTEST_H, USUAL_H, LONGEST_H)) / 2
        strength = float(STRENGTH * rng.lognormal(0, SPREAD))
        found.append(family(kind, f"{kind}-{number + 1:04}", start, area, rng, hours, strength))
    return found


def _recorded(name: str, area: Area) -> Recorded:
    course, title, title_en, source = RECORDS[name]
    is_here = area.west <= STATION.lon <= area.east and area.south <= STATION.lat <= area.north
    middle = Place(lon=(area.west + area.east) / 2, lat=(area.south + area.north) / 2)
    moved = "" if is_here else "; moved here from Zhengzhou and drawn to this area's size"
    label = Label(name=name, title=title, title_en=title_en, constructed=True, source=source + moved)
    return Recorded(label, course, area, STATION if is_here else middle)


def _measured(named: str, area: Area) -> Storm:
    """`named` is a pack, or PACK:STORM; a folder may have a colon in its name."""
    whole = named in packs.SHIPPED or Path(named).exists()
    pack, _, storm_id = (named, "", "") if whole else named.rpartition(":")
    return pack_rain(read_pack(packs.find_pack(pack or named)), area, (pack and storm_id) or None)


def _design(name: str, years: str, hours: str | None, formula: str | None) -> Chicago:
    lasts_h = float(hours) if hours else DESIGN_H
    if not int(years) or not 0 < lasts_h <= LONGEST_DESIGN_H:
        raise Refused(f"{name}: a design storm comes once in 1 year or more and lasts 1 to {LONGEST_DESIGN_H:g} h.")
    if formula and formula not in FORMULAS:
        raise NotFound(f"{name}: there is no formula {formula}; there are {', '.join(FORMULAS)}.")
    chosen = FORMULAS[formula] if formula else DEFAULT
    long = "" if lasts_h * 60 <= chosen.longest_min else "; longer than the formula is said to hold"
    label = Label(
        name=name,
        title=f"芝加哥雨型 {years} 年一遇 {lasts_h:g} 小时（公式未经核实）",
        title_en=f"Chicago design storm, once in {years} years, {lasts_h:g} h (formula unverified)",
        constructed=True,
        source=chosen.source + long,
    )
    return Chicago(
        label=label,
        start=MADE_UP_DAY,
        formula=chosen,
        years=float(years),
        minutes=60 * lasts_h,
        peak_share=PEAK_SHARE,
    )
