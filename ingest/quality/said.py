"""What was said about a sensor's readings: work at its device, corrections, and what a look over its weeks found.

A person's word outranks every check.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from floodcore.domain.quality import Flag
from floodcore.domain.upkeep import Action, Correction, Maintenance
from ingest.quality.series import FloatArray, IntArray

WORD = {
    Action.SET: Flag.CORRECTED | Flag.HELD_GOOD,
    Action.SHIFT: Flag.CORRECTED,  # what is shifted is checked like any other value
    Action.GOOD: Flag.CORRECTED | Flag.HELD_GOOD,
    Action.BAD: Flag.CORRECTED | Flag.HELD_BAD,
}
ANY_WORD = Flag.CORRECTED | Flag.HELD_GOOD | Flag.HELD_BAD


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Found by a look over the last weeks: DRIFT or OBSTRUCTED, from `begins` to before `ends` (None: still)."""

    flag: Flag
    begins: datetime
    ends: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """Of one sensor: work at its device, corrections that have not been revoked, the oldest first, and findings."""

    maintenance: tuple[Maintenance, ...] = ()
    corrections: tuple[Correction, ...] = ()
    findings: tuple[Finding, ...] = ()

    def applied(self, at_s: FloatArray, value: FloatArray) -> tuple[FloatArray, IntArray]:
        """The values by these words, and the flags that say so.

        A later correction outranks an earlier one; shifts add up, on whatever the value was by then.

        Args:
            at_s: Seconds since 1970, shape (n_readings,).
            value: In the quantity's unit, shape (n_readings,).

        Returns:
            Values in the same unit and flags, both of shape (n_readings,).
        """
        value, flags = value.copy(), np.zeros(len(value), dtype=np.int64)
        for work in self.maintenance:
            within = (work.begins.timestamp() <= at_s) & (at_s < work.ends.timestamp())
            flags[within] |= Flag.MAINTENANCE
        for finding in self.findings:
            ends_s = finding.ends.timestamp() if finding.ends else np.inf
            within = (finding.begins.timestamp() <= at_s) & (at_s < ends_s)
            flags[within] |= finding.flag
        for correction in self.corrections:
            within = (correction.begins.timestamp() <= at_s) & (at_s <= correction.ends.timestamp())
            if correction.action is Action.SHIFT:
                value[within] += correction.value or 0.0
                flags[within] |= WORD[Action.SHIFT]
                continue
            if correction.action is Action.SET:
                value[within] = correction.value
            flags[within] = flags[within] & ~ANY_WORD | WORD[correction.action]
        return value, flags
