"""DISPROVED: an excursion that was no water, as something else than its shape shows.

A tunnel's gauge may show a surge in one reading and die, with zeros for a voice; and a gauge in a flood may lose its
echo for a while, again and again. So what looked like water is only taken away when the gauge stayed where it had come
from, and
- lived on there, with values that are not all the same as a dead gauge's are, while neither rain nor a wet gauge around
  was heard: in a flood it is the zeros that are false, and a head under water has an echo once in a while;
- or, without a sign of life, where the weather and the gauges around are known to have been dry.
A dip that came back is disproved at once: taking it away hides no water.
"""

from ingest.quality.excursion import Excursion
from ingest.quality.series import Series
from ingest.quality.surroundings import WET_M, Surroundings


def is_disproved(away: Excursion, level: Series, around: Surroundings) -> bool:
    """Whether an excursion of a level (m) was no water."""
    if not away.upwards:
        return True
    if not away.stayed:
        return False
    one = slice(away.begins, away.ends)
    at_s = level.at_s[one]
    if (level.value[one] < WET_M).any():  # not even a notice: nobody around need be asked
        return away.alive
    if away.alive:
        return not bool(around.is_wet(at_s).any())
    return bool(around.is_dry(at_s).all())
