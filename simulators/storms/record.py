"""Storms of record, constructed from their published totals: nobody here has their series, and they say so.

The hours at Zhengzhou's national station (57083) are laid out so that every total that is known comes out; what lies
between the totals is ours. The station is put where the crossing lies that is usually named for it: approximate.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from floodcore.domain.site import Place
from simulators.storms.recorded import Course

STATION = Place(lon=113.65, lat=34.72)  # approximate


@dataclass(frozen=True, kw_only=True)
class Record:
    """A storm that was, its course made up between what is known of it."""

    course: Course
    title: str
    title_en: str
    source: str


# 20 July 2021, from 17 July 20:00 Beijing time on. 48 h with 64.6 mm; then, from 19 July 20:00 on, 50 mm by 06:00 and
# 200 mm by 16:00 (a secondary source), 201.9 mm from 16 to 17 h, 150.6 until 20 h: 552.5 mm in the 24 h. With 91.6 mm
# until midnight the calendar day has 624.1 mm, which is the largest 24 h; in which window it fell nobody says.
# Sources: the city's weather service as quoted at yhppr.com/newsview.asp?id=1498 (201.9, 552.5, 617.1); the answers of
# the State Council's investigators, epaper.lnd.com.cn, 22 January 2022 (624.1). More fell in the west and south-west,
# 333 mm in three hours somewhere; the core went from west to east (J. Appl. Meteor. Sci. 33(6):668). How much: ours.
CALM = (0.4,) * 24 + (1.5,) * 12 + (3.0,) * 12  # 9.6 + 18 + 36 = 63.6 mm
REST = 64.6 - sum(CALM)
JULY_2021 = Course(
    start=datetime(2021, 7, 17, 12, tzinfo=UTC),
    hours_mm=(
        *(*CALM[:-1], CALM[-1] + REST),
        *(5.0,) * 10,
        *(8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 15.0, 18.0, 22.0, 32.0),
        *(201.9, 85.0, 42.0, 23.6),
        *(35.0, 26.0, 18.0, 12.6),
        *(3.0, 2.0, 2.0, 1.0, 1.0, 1.0),
    ),
    gusty=(58, 72),
    core=(67, 70),
    west=0.35,
    south=0.15,
)
# 29 July 2023, 08 to 14 h Beijing time: city mean 30.7 mm; nowhere did water stand.
JULY_2023 = Course(start=datetime(2023, 7, 29, tzinfo=UTC), hours_mm=(3.0, 5.5, 8.2, 7.0, 4.5, 2.5))
# 11 to 12 July 2024: main city 50.2 mm in 18 h, six short ponds; half of it in one shower, the rest evenly: ours.
JULY_2024 = Course(start=datetime(2024, 7, 11, 10, tzinfo=UTC), hours_mm=(*(1.67,) * 7, 4.0, 17.15, 4.0, *(1.67,) * 8))
# 24 to 25 September 2021: 44.8 mm, four short cuts of roads; that it took 24 h, and in what hours, is ours.
SEPTEMBER_2021 = Course(
    start=datetime(2021, 9, 24, 4, tzinfo=UTC), hours_mm=(*(1.12,) * 10, 3.2, 14.88, 3.2, *(1.12,) * 11)
)

RECORDS = {
    "zhengzhou-2021-07-20": Record(
        course=JULY_2021,
        title="郑州“7·20”特大暴雨（构造雨型）",
        title_en="Zhengzhou, 20 July 2021 (constructed)",
        source=(
            "constructed from published totals at the national station: 201.9 mm from 16 to 17 h, 552.5 mm in the 24 h "
            "and 617.1 mm in the 72 h to 20 July 20:00 (Zhengzhou weather service), 624.1 mm in the largest 24 h "
            "(State Council's investigation); the hours between and the field around the station are made up, its "
            "place is approximate"
        ),
    ),
    "zhengzhou-2023-07-29": Record(
        course=JULY_2023,
        title="郑州2023年7月29日降雨（构造雨型）",
        title_en="Zhengzhou, 29 July 2023 (constructed)",
        source="constructed from the city mean, 30.7 mm from 08 to 14 h; nowhere did water stand",
    ),
    "zhengzhou-2024-07-11": Record(
        course=JULY_2024,
        title="郑州2024年7月11日降雨（构造雨型）",
        title_en="Zhengzhou, 11 July 2024 (constructed)",
        source="constructed from the main city's total, 50.2 mm in 18 h, with six short ponds",
    ),
    "zhengzhou-2021-09-24": Record(
        course=SEPTEMBER_2021,
        title="郑州2021年9月24日降雨（构造雨型）",
        title_en="Zhengzhou, 24 September 2021 (constructed)",
        source="constructed from the total, 44.8 mm, with four short cuts of roads; its 24 hours are made up",
    ),
}
