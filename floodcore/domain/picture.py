"""A photograph that somebody sends along: what it is and how large, told by its first bytes, never by its sender."""

from dataclasses import dataclass, field
from typing import Literal

from floodcore.errors import Refused

MediaType = Literal["image/png", "image/jpeg"]
MOST_BYTES = 512 * 1024  # a phone's photograph of 1600 px as a JPEG of usual quality is 200 to 500 kB
LONGEST_SIDE_PX = 1600  # enough to read a staff gauge across a road, and to fill half of a wall's screen
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
WANTED = f"Send a PNG or a JPEG of at most {LONGEST_SIDE_PX} px a side and {MOST_BYTES // 1024} KiB."
# Segments of a JPEG that say how large it is: start of frame, without the tables that share their numbers (ITU-T T.81).
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A PNG or a JPEG.

    Attributes:
        content: As it was sent.
        media_type, width_px, height_px: As its first bytes say; the rest of it is not looked at.

    Raises:
        Refused: It is no such picture, or too large.
    """

    content: bytes = field(repr=False)
    media_type: MediaType = field(init=False)
    width_px: int = field(init=False)
    height_px: int = field(init=False)

    def __post_init__(self) -> None:
        media_type: MediaType = "image/png" if self.content.startswith(PNG) else "image/jpeg"
        size = _size(self.content) if len(self.content) <= MOST_BYTES else None
        if size is None or not all(1 <= side <= LONGEST_SIDE_PX for side in size):
            raise Refused(f"The photo cannot be taken. {WANTED}")
        object.__setattr__(self, "media_type", media_type)
        object.__setattr__(self, "width_px", size[0])
        object.__setattr__(self, "height_px", size[1])


def _size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, or None where it is neither PNG nor JPEG."""
    if content.startswith(PNG):
        return _size_of_png(content)
    return _size_of_jpeg(content) if content.startswith(JPEG) else None


def _size_of_png(content: bytes) -> tuple[int, int] | None:
    """The first chunk is the header: length, `IHDR`, width, height (ISO/IEC 15948, 11.2.2)."""
    if content[12:16] != b"IHDR" or len(content) < 24:
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _size_of_jpeg(content: bytes) -> tuple[int, int] | None:
    """From segment to segment to the start of the frame: length, precision, height, width (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in WITHOUT_LENGTH:
            at += 2
        elif marker in FRAMES:
            return int.from_bytes(content[at + 7 : at + 9], "big"), int.from_bytes(content[at + 5 : at + 7], "big")
        else:
            at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    return None
