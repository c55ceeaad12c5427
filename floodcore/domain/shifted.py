"""Coordinates of Chinese maps back to WGS 84: GCJ-02 (Amap, Tencent) and BD-09 (Baidu) lie hundreds of metres off.

The polynomial is the published one on the Krasovsky ellipsoid of 1940; with the pairs that are known it agrees to about
a metre. Storage is WGS 84 only; what is handed on to a navigation app is shifted by the front end.
"""

from enum import StrEnum
from math import atan2, cos, hypot, pi, sin, sqrt

from floodcore.domain.site import Place

SEMI_MAJOR_M = 6_378_245
ECCENTRICITY_SQ = 0.00669342162296594323
BAIDU_PI = pi * 3000 / 180
DECIMALS = 7  # of a degree: a centimetre
ROUNDS = 6  # each makes the rest a thousandth of what it was; after three it is below a millimetre


class Coordinates(StrEnum):
    """Which system a longitude and a latitude are in."""

    WGS84 = "wgs84"  # CGCS2000 as well: they differ by centimetres
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(place: Place, system: Coordinates) -> Place:
    """The same point in WGS 84, to a centimetre of the formula; outside China nothing is shifted.

    Args:
        place: Degrees in `system`.
        system: What the degrees are in.
    """
    match system:
        case Coordinates.WGS84:
            return place
        case Coordinates.GCJ02:
            return _unshifted(place)
        case Coordinates.BD09:
            return _unshifted(_bd09_to_gcj02(place))


def wgs84_to_gcj02(place: Place) -> Place:
    """The shift itself; a place outside the box of China stays where it is."""
    if not (73.66 < place.lon < 135.05 and 3.86 < place.lat < 53.55):
        return place
    x, y, phi = place.lon - 105, place.lat - 35, place.lat / 180 * pi
    magic = 1 - ECCENTRICITY_SQ * sin(phi) ** 2
    meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQ) / magic**1.5
    parallel_m = SEMI_MAJOR_M / sqrt(magic) * cos(phi)
    return Place(
        lon=place.lon + _east_m(x, y) * 180 / (parallel_m * pi),
        lat=place.lat + _north_m(x, y) * 180 / (meridian_m * pi),
    )


def _unshifted(place: Place) -> Place:
    """The shift changes slowly, so what it is at the last guess is nearly what it is at the place."""
    guess = place
    for _ in range(ROUNDS):
        shifted = wgs84_to_gcj02(guess)
        guess = Place(lon=guess.lon + place.lon - shifted.lon, lat=guess.lat + place.lat - shifted.lat)
    return Place(lon=round(guess.lon, DECIMALS), lat=round(guess.lat, DECIMALS))


def _bd09_to_gcj02(place: Place) -> Place:
    lon, lat = place.lon - 0.0065, place.lat - 0.006
    radius = hypot(lon, lat) - 0.00002 * sin(lat * BAIDU_PI)
    angle = atan2(lat, lon) - 0.000003 * cos(lon * BAIDU_PI)
    return Place(lon=radius * cos(angle), lat=radius * sin(angle))


def _north_m(x: float, y: float) -> float:
    base = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    middle = (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    long = (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    return base + _waves(x) + middle + long


def _east_m(x: float, y: float) -> float:
    base = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    middle = (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    long = (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    return base + _waves(x) + middle + long


def _waves(v: float) -> float:
    return (20 * sin(6 * v * pi) + 20 * sin(2 * v * pi)) * 2 / 3
