"""A drawn picture of water on a road with a staff in it: a stand-in for a photograph, and marked 模拟 in it."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 320, 240
M_PER_PX = 0.01  # along the staff
STAFF_M = 2.0  # deeper water is drawn as this much
ROAD_Y = 225  # where the road lies
SKY, ROAD, WATER, STAFF, MARK, INK = range(6)
PALETTE = bytes([184, 192, 199, 92, 92, 96, 92, 116, 128, 245, 245, 240, 200, 40, 40, 20, 20, 24])
Line = tuple[float, float, float, float]  # from x, y to x, y; a sign is 16 high

# Strokes drawn by hand for this file, so that no font's shapes are copied.
SIMULATED: tuple[tuple[Line, ...], ...] = (
    (
        *((0, 5, 6, 5), (3, 1, 3, 15), (3, 6, 0, 11), (3, 6, 6, 10)),
        *((7, 2, 15, 2), (9, 0, 9, 4), (13, 0, 13, 4)),
        *((8, 5, 14, 5), (8, 10, 14, 10), (8, 5, 8, 10), (14, 5, 14, 10), (8, 7.5, 14, 7.5)),
        *((7, 12, 15, 12), (11, 10, 10, 13), (10, 13, 7, 15.5), (11, 12, 15, 15.5)),
    ),
    (
        *((0, 4, 6, 4), (3, 0, 3, 14), (3, 14, 1, 13), (0, 10, 6, 8)),
        *((8, 2, 8, 11), (8, 11, 10.5, 9.5), (10.5, 3, 11.5, 6)),
        *((14.5, 1, 13.5, 8), (13.5, 8, 9, 15), (12.5, 9, 15.5, 14.5)),
    ),
)
SEGMENTS: tuple[Line, ...] = (
    *((1, 1, 7, 1), (7, 1, 7, 8), (7, 8, 7, 15), (1, 15, 7, 15)),
    *((1, 8, 1, 15), (1, 1, 1, 8), (1, 8, 7, 8)),
)  # of a digit: top, upper right, lower right, bottom, lower left, upper left, middle
LIT = ("012345", "12", "01346", "01236", "1256", "02356", "023456", "012", "0123456", "012356")
POINT: tuple[Line, ...] = ((1, 14.5, 2, 14.5),)
METRE: tuple[Line, ...] = ((1, 7, 1, 15), (1, 8, 9, 8), (5, 8, 5, 15), (9, 8, 9, 15))


def photo(depth_m: float) -> bytes:
    """A PNG of water of this depth on a road, with the word for "simulated" and the depth written in it.

    Args:
        depth_m: Over the road.
    """
    image = np.full((HEIGHT, WIDTH), SKY, np.uint8)
    image[ROAD_Y:] = ROAD
    surface = ROAD_Y - round(min(depth_m, STAFF_M) / M_PER_PX)
    _staff(image)
    image[surface:ROAD_Y, :240], image[surface:ROAD_Y, 272:] = WATER, WATER
    image[surface:ROAD_Y, 240:272][image[surface:ROAD_Y, 240:272] == STAFF] = WATER
    for number, sign in enumerate(SIMULATED):
        _write(image, sign, 12 + 54 * number, 12, 3)
    _figure(image, f"{depth_m:.2f}", 12, 80)
    return _png(image)


def _staff(image: NDArray[np.uint8]) -> None:
    """A staff from the road up: a mark every ten centimetres, longer every half metre."""
    top = ROAD_Y - round(STAFF_M / M_PER_PX)
    image[top:ROAD_Y, 240:272] = STAFF
    for tenth in range(1, 20):
        y = ROAD_Y - round(tenth / 10 / M_PER_PX)
        image[y : y + 2, 240 : 272 if tenth % 5 == 0 else 256] = MARK


def _figure(image: NDArray[np.uint8], figure: str, x: int, y: int) -> None:
    for sign in figure:
        lines = POINT if sign == "." else tuple(SEGMENTS[int(one)] for one in LIT[int(sign)])
        _write(image, lines, x, y, 3)
        x += 12 if sign == "." else 30
    _write(image, METRE, x + 6, y, 3)


def _write(image: NDArray[np.uint8], lines: tuple[Line, ...], x: int, y: int, scale: int) -> None:
    """Strokes of two pixels at x, y."""
    for x1, y1, x2, y2 in lines:
        steps = np.linspace(0.0, 1.0, 2 * 16 * scale)
        across = np.rint(x + scale * (x1 + (x2 - x1) * steps)).astype(int)
        down = np.rint(y + scale * (y1 + (y2 - y1) * steps)).astype(int)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            image[down + dy, across + dx] = INK


def _png(image: NDArray[np.uint8]) -> bytes:
    """An image of palette indices, as ISO/IEC 15948 has it: every line behind a zero, which says "not filtered"."""
    lines = np.pad(image, ((0, 0), (1, 0))).tobytes()
    header = struct.pack(">IIBBBBB", image.shape[1], image.shape[0], 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", PALETTE), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
