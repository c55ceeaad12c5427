"""Storms by name."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from floodcore.errors import NotFound, Refused
from floodcore.packs.read import read_pack
from simulators import packs
from simulators.area import Area
from simulators.chance import SEED, chance
from simulators.storms.chicago import Chicago
from simulators.storms.families import KINDS, family
from simulators.storms.formula import DEFAULT, FORMULAS
from simulators.storms.frame import Frame, is_near
from simulators.storms.pack_rain import pack_rain
from simulators.storms.record import RECORDS, STATION
from simulators.storms.recorded import HALF_M, Recorded
from simulators.storms.storm import Label, Storm

MADE_UP_DAY = datetime(2026, 7, 1, 6, tzinfo=UTC)  # of storms that were on no day
PEAK_SHARE = 0.4  # 0.3 to 0.4 in most Chinese cities
DESIGN = re.compile(r"chicago-p(?P<years>\d{1,4})(?:-(?P<hours>\d{1,2})h)?(?:-(?P<formula>\w+))?")
DESIGN_H = 2.0
LONGEST_DESIGN_H = 24.0
PACK = "rain:"  # before a pack's name or folder
NAMES = (*RECORDS, "chicago-p20", *KINDS)
# An ensemble, our choice. At the middle of Zhengzhou three storms of four have no hour above the classic formula's of
# once in a year (32 mm), one of three none above 10 mm; 3 of 100 pass its hour of once in 100 years (88 mm), and the
# largest of 300 come near the hour of record (201.9 mm).
MIX = (("cells", 0.25), ("multicell", 0.25), ("training", 0.2), ("stratiform", 0.15), ("typhoon", 0.15))
SHORTEST_H, USUAL_H, LONGEST_H = 4.0, 6.0, 12.0
STRENGTH = 0.9  # median factor on a family's intensities
SPREAD = 0.5  # of its logarithm
DAYS_APART = 3


def is_named(name: str) -> bool:
    """Whether a storm has this name."""
    return name in NAMES or name.startswith(PACK) or DESIGN.fullmatch(name) is not None


def storm(name: str, area: Area, seed: int = SEED) -> Storm:
    """A storm over an area.

    Args:
        name: One of NAMES; `chicago-p50`, `chicago-p20-3h`, `chicago-p20-3h-2679` name design storms;
            `rain:PACK` and `rain:PACK:STORM` the rain that an event pack's gauges caught.
        area: Where it falls; the storms of record lie as they did in and around Zhengzhou, and are drawn to the size
            of any other area.
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
    record = RECORDS[name]
    frame, scale, moved = Frame(lon=STATION.lon, lat=STATION.lat), 1.0, ""
    if not is_near(STATION, area):
        frame = Frame.of(area)
        scale = max(frame.size_m(area)) / (2 * HALF_M)
        moved = "; moved here from Zhengzhou and drawn to this area's size"
    label = Label(
        name=name, title=record.title, title_en=record.title_en, constructed=True, source=record.source + moved
    )
    return Recorded(label=label, course=record.course, frame=frame, scale=scale)


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
