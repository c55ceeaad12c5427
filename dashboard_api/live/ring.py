"""The last frames of a stream, for clients that were away for a moment."""

from collections import deque

HELD = 120  # deltas: half a minute of a busy room, ten minutes of a quiet one; as docs/reference/live.md promises


class Ring:
    """Encoded deltas with consecutive sequences, the newest HELD of them."""

    def __init__(self, seq: int) -> None:
        """An empty ring; `seq` is the sequence before the first frame."""
        self._newest = seq
        self._frames: deque[str] = deque(maxlen=HELD)

    def add(self, seq: int, frame: str) -> None:
        """Keep a delta."""
        assert seq == self._newest + 1, f"{seq} does not follow {self._newest}"
        self._newest = seq
        self._frames.append(frame)

    def after(self, seq: int) -> list[str] | None:
        """The deltas after `seq`, oldest first; None where they are not all held."""
        missed = self._newest - seq
        if not 0 <= missed <= len(self._frames):
            return None
        return list(self._frames)[len(self._frames) - missed :]
