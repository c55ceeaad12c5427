"""Frames out of a stream of bytes, however they are cut, joined, damaged or meant to harm.

A frame says how long it is, and may lie. So nothing is believed before the check is right: a damaged frame costs one
byte, not as many as it claimed, and a whole frame behind one that never ends is found without waiting for the end.
"""

from dataclasses import dataclass

from ingest.sl651.frame import BEGINNING, HEAD, START, Frame, FrameError, claimed_size, parse

# Since the last whole frame. Each costs a check over at most 4 kB: eight of them are 2 ms. No line that a station can
# work with damages so many in a row.
MOST_WRONG = 8
# Bytes since the last whole frame that are part of none. Modems greet with a few dozen.
MOST_GARBAGE = 1 << 13


@dataclass(frozen=True, kw_only=True)
class Framed:
    """A whole frame, and its bytes as they came."""

    raw: bytes
    frame: Frame


@dataclass(frozen=True, kw_only=True)
class Broken:
    """Bytes that began like a frame and are none; `detail` is a sentence."""

    raw: bytes
    detail: str


class Framer:
    """Fed with what arrives, it gives frames; it never holds more than one frame's length (4,112 bytes).

    Attributes:
        skipped: Bytes that are part of no frame, since the beginning.
        wrong: Frames whose check was wrong since the last whole one.
    """

    def __init__(self) -> None:
        self.skipped = 0
        self.wrong = 0
        self._garbage = 0  # skipped since the last whole frame
        self._buffer = bytearray()
        self._gone = 0  # bytes that have left the buffer, so that a place keeps its number
        self._told = 0  # the place up to which bytes were given as broken
        self._refuted: set[int] = set()  # places where a frame seemed to begin, and did not

    @property
    def is_hopeless(self) -> bool:
        """Whether this is no station, or no line, that is worth listening to."""
        return self.wrong > MOST_WRONG or self._garbage > MOST_GARBAGE

    def feed(self, data: bytes) -> list[Framed | Broken]:
        """What these bytes, after all before them, complete; nothing more once it is hopeless."""
        self._buffer += data
        found: list[Framed | Broken] = []
        while one := self._next():
            found.append(one)
        return found

    def end(self) -> Broken | None:
        """The frame that had begun when the stream ended."""
        if len(self._buffer) <= HEAD or self.is_hopeless:
            return None
        return self._broken_off(len(self._buffer))

    def _next(self) -> Framed | Broken | None:
        while not self.is_hopeless and self._seek():
            size = self._size_at(0)
            if size <= len(self._buffer):
                if one := self._judge(size):
                    return one
            elif later := self._whole_frame_behind():
                return self._broken_off(later)
            else:
                return None
        return None

    def _seek(self) -> bool:
        """Go to where a frame may begin; whether enough is there to tell."""
        if beginning := BEGINNING.search(self._buffer):
            self._skip(beginning.start())
            return True
        at = self._buffer.find(START, max(len(self._buffer) - HEAD + 1, 0))  # the rest of a head may be on its way
        self._skip(at if at >= 0 else len(self._buffer) - self._buffer.endswith(START[:1]))
        return False

    def _size_at(self, at: int) -> int:
        size = claimed_size(bytes(self._buffer[at : at + HEAD]))
        assert size is not None  # a beginning was found there
        return size

    def _judge(self, size: int) -> Framed | Broken | None:
        """The frame, or what there is instead of one; None where that was told as part of another already."""
        raw = bytes(self._buffer[:size])
        try:
            frame = parse(raw)
        except FrameError as error:
            self.wrong += 1
            is_news, self._told = self._gone >= self._told, max(self._told, self._gone + size)
            self._drop(1)
            return Broken(raw=raw, detail=str(error)) if is_news else None
        self.wrong = self._garbage = 0
        self._drop(size)
        return Framed(raw=raw, frame=frame)

    def _whole_frame_behind(self) -> int | None:
        """Where a whole frame begins although the one at the beginning is not complete: that one broke off."""
        at = 1
        while self.wrong <= MOST_WRONG and (beginning := BEGINNING.search(self._buffer, at)):
            if self._is_whole(beginning.start()):
                return beginning.start()
            at = beginning.start() + 1
        return None

    def _is_whole(self, at: int) -> bool:
        size = self._size_at(at)
        if at + size > len(self._buffer) or self._gone + at in self._refuted:
            return False
        try:
            parse(bytes(self._buffer[at : at + size]))
        except FrameError:
            self._refuted.add(self._gone + at)  # a check is dear: never twice over the same bytes
            self.wrong += 1
            return False
        return True

    def _broken_off(self, after: int) -> Broken:
        raw = bytes(self._buffer[:after])
        size = claimed_size(raw) if len(raw) >= HEAD else None
        self._drop(after)
        return Broken(raw=raw, detail=f"The frame breaks off after {after} of {size} bytes.")

    def _skip(self, n: int) -> None:
        self.skipped += n
        self._garbage += n
        self._drop(n)

    def _drop(self, n: int) -> None:
        del self._buffer[:n]
        self._gone += n
        if self._refuted:
            self._refuted = {place for place in self._refuted if place >= self._gone}
