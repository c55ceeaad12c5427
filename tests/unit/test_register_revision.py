"""What given rows come to in the register: what is new, what is another than before, what cannot be taken."""

from datetime import datetime, timedelta

import pytest

from floodcore.domain.levels import Level
from floodcore.domain.reading import Quantity
from floodcore.domain.upkeep import Mount
from floodcore.register.book import Book
from floodcore.register.entries import Device, Fitting, Rung
from floodcore.register.given import Given, read_files
from floodcore.register.revision import Revision, Tally, mounted_otherwise, revise
from floodcore.register.sheets import MOUNTS, SENSORS, SITES, THRESHOLDS
from floodcore.register.validity import joined, reheighted
from floodcore.testing.five_streets import NOON, SINCE, STREETS

DAY = timedelta(days=1)
GAUGE = Fitting(
    device_id="gauge-A",
    quantity=Quantity.LEVEL,
    site_id="street-A",
    dry_interval_s=900,
)


def streets() -> Book:
    return Book([*STREETS, Device(device_id="gauge-A"), GAUGE])


def read(**sheets: str) -> Given:
    return read_files({f"{name}.csv": text.encode() for name, text in sheets.items()})


def taken(book: Book, **sheets: str) -> Revision:
    given = read(**sheets)
    assert given.rejected == []
    return revise(book, given.rows)


def mount(day: int, until: int | None = None, height_m: float | None = 3.0) -> Mount:
    """A mount of gauge-A from a day after noon of the storm until another."""
    return Mount(
        device_id="gauge-A",
        height_m=height_m,
        datum_m=None,
        valid_from=on(day),
        valid_to=None if until is None else on(until),
        source="survey",
    )


def on(day: int) -> datetime:
    return NOON + day * DAY


def test_a_column_that_is_not_there_leaves_what_is_known() -> None:
    book = streets()
    revision = taken(book, sites="site_id,name,kind\nstreet-A,A大街,road\nstreet-B,B街,road\n")
    (change,) = revision.changes
    site = book.find(SITES, "street-A")
    assert change.after is site
    assert (site.name, site.district, site.place) == ("A大街", "二七区", STREETS[0].place)  # type: ignore[union-attr]
    assert revision.tallies() == {"sites": Tally(changed=1, unchanged=1)}


def test_a_blank_cell_is_nothing() -> None:
    book = streets()
    taken(book, sites="site_id,name,kind,district,lon,lat\nstreet-A,A街,road,,,\n")
    site = book.find(SITES, "street-A")
    assert (site.district, site.place) == (None, None)  # type: ignore[union-attr]


def test_a_sensor_brings_its_device() -> None:
    revision = taken(streets(), sensors="device_id,quantity,site_id\nnew-1,distance,street-E\nnew-1,rain,street-E\n")
    assert revision.tallies() == {"devices": Tally(added=1), "sensors": Tally(added=2)}
    assert [change.sheet.name for change in revision.changes] == ["devices", "sensors", "sensors"]


def test_a_site_of_the_same_import_is_there_for_its_sensors() -> None:
    revision = taken(Book(), sensors="device_id,quantity,site_id\ng,level,s\n", sites="site_id,name,kind\ns,S,road\n")
    assert revision.rejected == []


def test_a_sensor_that_has_been_heard_stays_where_its_readings_are_of() -> None:
    heard = Book(streets().entries(SITES), heard=[("gauge-A", "level")])
    for entry in (Device(device_id="gauge-A"), GAUGE):
        heard.put(entry)
    moved = "device_id,quantity,site_id\ngauge-A,level,street-B\n"
    (refused,) = taken(heard, sensors=moved).rejected
    assert refused.reason == (
        "The level of gauge-A has been heard at street-A and its readings are of there; "
        "a device that has moved gets another name."
    )
    assert taken(streets(), sensors=moved).tallies() == {"sensors": Tally(changed=1)}, "nothing was ever heard there"
    slower = "device_id,quantity,site_id,dry_interval_s\ngauge-A,level,street-A,3600\n"
    assert taken(heard, sensors=slower).tallies() == {"sensors": Tally(changed=1)}


def test_of_two_rows_for_one_entry_the_second_is_refused() -> None:
    revision = taken(streets(), sites="site_id,name,kind\nstreet-A,one,road\nstreet-A,two,road\n")
    assert [(one.line, one.reason) for one in revision.rejected] == [
        (3, "It is described already, in sites.csv line 2; keep one of the two.")
    ]


def test_the_same_mounts_again_change_nothing_although_the_first_has_no_end_in_the_file() -> None:
    book = streets()
    text = (
        "device_id,valid_from,valid_to,height_m,source\n"
        "gauge-A,2021-07-20T04:00Z,,3.00,survey\n"
        "gauge-A,2021-07-25T04:00Z,,3.20,survey\n"
    )
    assert taken(book, mounts=text).tallies() == {"mounts": Tally(added=2)}
    assert book.history(MOUNTS, ("gauge-A",)) == [mount(0, 5), mount(5, height_m=3.2)]
    assert taken(book, mounts=text).tallies() == {"mounts": Tally(unchanged=2)}


def test_a_threshold_holds_until_the_next_one_begins() -> None:
    book = streets()
    for since in ("2021-01-01T00:00Z,0.15", "2021-07-21T04:00Z,0.10"):
        taken(book, thresholds=f"site_id,level,valid_from,depth_m,source\nstreet-A,blue,{since},city\n")
    steps = book.history(THRESHOLDS, ("street-A", Level.BLUE))
    assert [(step.depth_m, step.valid_from, step.valid_to) for step in steps] == [
        (0.15, SINCE, on(1)),
        (0.10, on(1), None),
    ]


def test_levels_that_would_not_rise_are_refused_and_all_else_goes_in() -> None:
    book = streets()
    first = Rung(site_id="street-A", level=Level.BLUE, depth_m=0.15, valid_from=SINCE, source="city")
    book.put(first)
    revision = taken(
        book,
        thresholds="site_id,level,valid_from,depth_m,source\n"
        "street-A,yellow,2021-07-21T04:00Z,0.10,city\n"
        "street-B,blue,2021-07-21T04:00Z,0.10,city\n",
    )
    (refused,) = revision.rejected
    assert refused.reason == (
        "The levels of street-A do not rise: from 2021-07-21 04:00 UTC on yellow would begin at 0.1 m "
        "and blue at 0.15 m."
    )
    assert next(book.entries(THRESHOLDS)) == first
    assert revision.tallies() == {"thresholds": Tally(added=1, rejected=1)}


def test_a_whole_ladder_may_be_raised_at_once() -> None:
    # One by one, blue at 0.30 m would lie above yellow at 0.27 m until yellow's row is read.
    book = streets()
    for depths in (("0.15", "0.27"), ("0.30", "0.40")):
        rows = [f"street-A,{level},2021-01-01T00:00Z,{depth},city" for level, depth in enumerate(depths, start=1)]
        revision = taken(book, thresholds="\n".join(["site_id,level,valid_from,depth_m,source", *rows]))
        assert revision.rejected == []
    assert [step.depth_m for step in book.entries(THRESHOLDS)] == [0.30, 0.40]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("held", "new", "after"),
    [
        pytest.param([], mount(0), [mount(0)], id="the first"),
        pytest.param([mount(0)], mount(5), [mount(0, 5), mount(5)], id="a later one ends it"),
        pytest.param([mount(5)], mount(0), [mount(0, 5), mount(5)], id="an earlier one ends at it"),
        pytest.param([mount(0, 9)], mount(5), [mount(0, 5), mount(5)], id="although it was to last longer"),
        pytest.param([mount(0, 2)], mount(5, 7), [mount(0, 2), mount(5, 7)], id="a gap stays a gap"),
        pytest.param([mount(0, 5), mount(5)], mount(0, 3), [mount(0, 3), mount(5)], id="a shorter one in its place"),
        pytest.param([mount(0)], mount(0, None, 4.0), [mount(0, None, 4.0)], id="another in its place"),
    ],
)
def test_no_entry_reaches_into_another(held: list[Mount], new: Mount, after: list[Mount]) -> None:
    assert joined(held, new) == after
    assert joined(after, after[-1]) == after


@pytest.mark.parametrize(
    ("before", "after", "span"),
    [
        pytest.param([mount(0)], [mount(0)], None, id="nothing"),
        pytest.param([], [mount(0)], (on(0), None), id="known for the first time"),
        pytest.param([mount(0)], [mount(0, 5), mount(5, None, 3.2)], (on(5), None), id="re-hung"),
        pytest.param([mount(0)], [mount(0, 5), mount(5)], None, id="surveyed again, and the same"),
        pytest.param([mount(0, 5), mount(5)], [mount(0, 5, 2.9), mount(5)], (on(0), on(5)), id="a typing error"),
        pytest.param([mount(0, 2), mount(5)], [mount(0, 5), mount(5)], (on(2), on(5)), id="a gap is closed"),
    ],
)
def test_what_is_judged_anew_is_where_the_height_was_another(
    before: list[Mount], after: list[Mount], span: object
) -> None:
    assert reheighted(before, after) == span


def test_a_mount_that_is_corrected_tells_which_device_hung_otherwise() -> None:
    book = streets()
    for one in (mount(0, 5), mount(5)):
        book.put(one)
    header = "device_id,valid_from,height_m,source\n"
    revision = taken(book, mounts=f"{header}gauge-A,2021-07-25T04:00Z,3.4,survey\n")
    assert mounted_otherwise(book, revision.changes) == {"gauge-A": (on(5), None)}
    renamed = taken(book, mounts=f"{header}gauge-A,2021-07-25T04:00Z,3.4,another survey\n")
    assert renamed.tallies() == {"mounts": Tally(changed=1)}
    assert mounted_otherwise(book, renamed.changes) == {}, "who measured it changes no level"
    assert book.find(SENSORS, "gauge-A", Quantity.LEVEL) == GAUGE
