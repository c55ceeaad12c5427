"""How bad it is: four levels above normal, and the ladder of depths that leads to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum


class Level(IntEnum):
    """Water over a place, in the colours of the national scheme."""

    NORMAL = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """The depth at which a site's level begins, while it is valid.

    Attributes:
        level: BLUE to RED.
        depth_m: Metres, over the road or over the sensor's datum as the site's readings are.
        hysteresis_m: So far the water must fall below `depth_m` before the level ends.
        valid_from: First moment of validity.
        valid_to: First moment after it, or None.
        source: Who says so: a standard, a pack's file, or how it was derived.
    """

    level: Level
    depth_m: float
    valid_from: datetime
    valid_to: datetime | None = None
    hysteresis_m: float = 0.02
    source: str = ""

    def __post_init__(self) -> None:
        if self.level is Level.NORMAL:
            raise ValueError("a threshold leads to a level above normal")
        if self.hysteresis_m < 0:
            raise ValueError(f"a hysteresis is not negative: {self.hysteresis_m}")


@dataclass(frozen=True)
class Ladder:
    """A site's thresholds at one moment, by level; empty where nobody has set any, and then nothing is ever judged."""

    steps: Mapping[Level, Threshold] = field(default_factory=dict)

    @classmethod
    def at(cls, thresholds: Iterable[Threshold], when: datetime) -> "Ladder":
        """The ladder that was valid at a moment."""
        valid = (t for t in thresholds if t.valid_from <= when and (t.valid_to is None or when < t.valid_to))
        return cls({threshold.level: threshold for threshold in valid})

    def level_of(self, depth_m: float) -> Level:
        """The highest level whose threshold the depth has reached; a depth at the threshold has reached it."""
        reached = (level for level, threshold in self.steps.items() if depth_m >= threshold.depth_m)
        return max(reached, default=Level.NORMAL)

    def level_kept(self, depth_m: float, present: Level) -> Level:
        """The level when it is now `present`: a step down needs the depth to fall past that step's hysteresis."""
        kept = (
            level
            for level, threshold in self.steps.items()
            if level <= present and depth_m >= threshold.depth_m - threshold.hysteresis_m
        )
        return max(self.level_of(depth_m), max(kept, default=Level.NORMAL))
