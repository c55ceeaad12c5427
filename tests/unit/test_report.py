"""What a person's report may say, and which pictures are taken."""

import struct
from datetime import timedelta

import pytest

from floodcore.domain.picture import MOST_BYTES, Picture
from floodcore.domain.report import Report, Source
from floodcore.domain.site import Place
from floodcore.errors import Conflict, Refused
from floodcore.testing.five_streets import NOON

HERE = Place(lon=113.64, lat=34.75)


def report(**otherwise: object) -> Report:
    said = {"reported_at": NOON, "place": HERE, "text": "水深约30厘米", "source": Source.POST}
    return Report(**(said | otherwise))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("otherwise", "sentence"),
    [
        ({"text": " \n"}, "Say what was seen"),
        ({"text": "水" * 1001}, "at most 1000 characters"),
        ({"text": "a\tb"}, "Say what was seen"),
        ({"depth_m": -0.01}, "No road is under -0.01 m"),
        ({"depth_m": 30.0}, "No road is under 30 m"),
        ({"depth_m": float("nan")}, "No road is under nan m"),
    ],
    ids=["nothing", "too much", "a tab", "below the road", "centimetres", "no number"],
)
def test_what_says_nothing_or_cannot_be_is_no_report(otherwise: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        report(**otherwise)


def test_a_clock_that_is_ahead_means_now_and_a_month_ago_is_a_slip() -> None:
    assert report(reported_at=NOON + timedelta(hours=1)).received(NOON).reported_at == NOON
    assert report().received(NOON + timedelta(days=31)).reported_at == NOON
    with pytest.raises(Conflict, match="more than 31 days ago"):
        report().received(NOON + timedelta(days=31, seconds=1))


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    return b"\xff\xd8" + before + b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03"


APP0 = b"\xff\xe0\x00\x04ab"  # four bytes long, its length among them


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (png(640, 480), ("image/png", 640, 480)),
        (jpeg(1600, 900), ("image/jpeg", 1600, 900)),
        (jpeg(8, 9, APP0 + b"\xff" + APP0), ("image/jpeg", 8, 9)),
        (jpeg(8, 9, b"\xff\x01\xff\xc4\x00\x03a"), ("image/jpeg", 8, 9)),
    ],
    ids=["png", "jpeg", "behind segments and a fill byte", "behind a table"],
)
def test_a_picture_says_itself_what_it_is(content: bytes, seen: tuple[str, int, int]) -> None:
    picture = Picture(content=content)
    assert (picture.media_type, picture.width_px, picture.height_px) == seen


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(40),
        png(640, 480)[:20],
        png(0, 480),
        png(640, 1601),
        jpeg(8, 9)[:9],
        b"\xff\xd8\xff" + b"\xff" * 100,
        b"\xff\xd8\xff\xe0\x00\x00" + bytes(100),
        png(2, 2) + bytes(MOST_BYTES),
    ],
    ids=["empty", "gif", "cut", "no width", "too high", "cut jpeg", "fill only", "no frame", "too many bytes"],
)
def test_what_is_no_picture_or_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="PNG or a JPEG of at most 1600 px a side and 512 KiB"):
        Picture(content=content)
