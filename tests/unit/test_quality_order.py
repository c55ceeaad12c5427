"""The order of arrival does not matter: judged after each arrival, readings end as if judged all at once."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from floodcore.domain.quality import Flag
from floodcore.domain.reading import Quantity
from floodcore.domain.site import SiteKind
from floodcore.domain.upkeep import Action, Correction, Maintenance, Span
from ingest.quality.reach import Reach
from ingest.quality.said import Said
from ingest.quality.series import Series
from ingest.quality.verdict import beside_others, by_itself

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# A dry road and its noise, water, cars, a code of failure: whatever makes the checks speak, in any mixture.
DEPTHS_M = [0.0, 0.0, 0.01, 0.02, 0.30, 0.31, 0.90, 0.92, 1.40, 25.0]
SAID = Said(
    maintenance=(
        Maintenance(
            maintenance_id=1,
            device_id="gauge-A",
            begins=EPOCH + 20 * MINUTE,
            ends=EPOCH + 23 * MINUTE,
            reason="cleaned",
            author="crew",
        ),
    ),
    corrections=(
        Correction(
            correction_id=1,
            sensor_id=1,
            begins=EPOCH + 30 * MINUTE,
            ends=EPOCH + 34 * MINUTE,
            action=Action.SHIFT,
            value=-0.9,
            author="officer",
            reason="a crate below the gauge",
        ),
    ),
)
runs = st.tuples(st.sampled_from(DEPTHS_M), st.sampled_from([1, 1, 1, 2, 3, 6, 40]))


@st.composite
def stories(draw: st.DrawFn) -> dict[int, float]:
    """Depths by minute: runs of one depth, reported every 1, 5 or 15 minutes, with a reading missing here and there."""
    every = draw(st.sampled_from([1, 1, 5, 5, 15]))
    depths = [depth for depth, length in draw(st.lists(runs, min_size=1, max_size=14)) for _ in range(length)]
    missing = draw(st.sets(st.integers(0, len(depths) - 1), max_size=len(depths) // 4))
    return {number * every: depth for number, depth in enumerate(depths) if number not in missing}


def flags_of(depths_m: dict[int, float]) -> dict[int, int]:
    """Flags by minute, all readings judged at once."""
    minutes = sorted(depths_m)
    series = Series(
        quantity=Quantity.LEVEL,
        kind=SiteKind.ROAD,
        at_s=np.array(minutes) * 60.0,
        value=np.array([depths_m[minute] for minute in minutes]),
    )
    found = beside_others(by_itself(series, np.zeros(len(series), dtype=np.int64), SAID))
    return dict(zip(minutes, found.flags.tolist(), strict=True))


def within(span: Span, minute: int) -> bool:
    return span.earliest <= EPOCH + minute * MINUTE <= span.latest


def judged_as_it_came(story: dict[int, float], batch_of: dict[int, int]) -> dict[int, int]:
    """Flags by minute, judged after each batch as far as it reaches."""
    known: dict[int, float] = {}
    flags: dict[int, int] = {}
    for batch in sorted({*batch_of.values()}):
        arrived = [minute for minute in story if batch_of[minute] == batch]
        known |= {minute: story[minute] for minute in arrived}
        first, last = EPOCH + arrived[0] * MINUTE, EPOCH + arrived[-1] * MINUTE
        reach = Reach(Span(sensor_id=1, earliest=first, latest=last))
        read = {one: depth for one, depth in known.items() if within(reach.read, one)}
        flags |= {one: found for one, found in flags_of(read).items() if within(reach.judged, one)}
    return flags


@settings(max_examples=400, deadline=None)
@given(story=stories(), random=st.randoms(use_true_random=False), late=st.integers(1, 8))
def test_any_order_of_arrival_ends_in_the_same_flags(story: dict[int, float], random: Random, late: int) -> None:
    alone = random.sample(sorted(story), min(late, len(story)))  # come late, one by one; the others in three batches
    batch_of = {minute: random.randrange(3) for minute in story} | {minute: 3 + n for n, minute in enumerate(alone)}
    assert judged_as_it_came(story, batch_of) == flags_of(story)


def test_a_car_that_comes_back_is_seen_as_far_ahead_as_the_reach_says() -> None:
    # Away from minute 70 to 95, back at 100, watched until 115: AHEAD is 45 minutes. The gauge lives on until the late
    # reading shows that it did not stay.
    story = {60: 0.01, 65: 0.02, **dict.fromkeys(range(70, 100, 5), 0.9), 100: 0.02, 105: 0.01, 110: 0.02, 115: 0.9}
    before = flags_of({minute: depth for minute, depth in story.items() if minute < 115})
    flags = judged_as_it_came(story, {minute: int(minute == 115) for minute in story})
    assert Flag.DISPROVED in Flag(before[70])
    assert flags == flags_of(story)
    assert Flag.ZERO_STEP in Flag(flags[70]) and Flag.DISPROVED not in Flag(flags[70])


@given(story=stories())
def test_judging_is_deterministic(story: dict[int, float]) -> None:
    assert flags_of(story) == flags_of(dict(reversed(story.items())))
