"""Input files as people and programs really write them."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floodcore.errors import Refused
from simulators.engine.clocked import by_our_clock
from simulators.engine.inp import Inp, date_of, decoded, span_of, words_of
from tests.unit.engine_models import PUBLISHED, bowl


def moment(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """On a model's clock, which has no zone."""
    return datetime(year, month, day, hour)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("A 1 2 ; a comment", ["A", "1", "2"], id="comment"),
        pytest.param("\tA\t 1\t2  ", ["A", "1", "2"], id="tabs"),
        pytest.param('S FILE "my rain.dat" X', ["S", "FILE", "my rain.dat", "X"], id="quotes"),
        pytest.param('S FILE "never closed', ["S", "FILE", "never closed"], id="open-quote"),
        pytest.param(";; nothing", [], id="only-comment"),
    ],
)
def test_words_of_a_row(line: str, words: list[str]) -> None:
    assert words_of(line) == words


@pytest.mark.parametrize("head", ["[junctions]", "[JUNC]", "  [Junctions]  ; here", "[JUNCTIONS"])
def test_a_section_is_known_by_how_its_name_begins(head: str) -> None:
    assert Inp.parse(f"{head}\r\nA 1 2\r\n").rows("JUNCTIONS") == [["A", "1", "2"]]


def test_inlets_and_their_usage_are_two_sections() -> None:
    inp = Inp.parse("[INLETS]\nI 1\n[INLET_USAGE]\nC I\n[LID_USAGE]\nS L\n")
    assert list(inp.sections) == ["INLETS", "INLET_USAGE", "LID_USAGE"]


def test_a_section_that_comes_twice_is_one() -> None:
    assert Inp.parse("[PUMPS]\nP 1 2\n[TAGS]\n[PUMPS]\nQ 3 4\n").rows("PUMPS") == [["P", "1", "2"], ["Q", "3", "4"]]


@pytest.mark.parametrize("name", ["epa_user3.inp", "norfolk_hague_paper.inp"])
def test_what_is_written_is_what_was_read(name: str) -> None:
    inp = Inp.read(PUBLISHED / name)
    again = Inp.parse(inp.text())
    assert {name: again.rows(name) for name in again.sections} == {name: inp.rows(name) for name in inp.sections}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb2312", "utf-16"])
def test_chinese_names_in_the_encodings_of_this_country(encoding: str) -> None:
    assert "京广路隧道" in decoded("[TITLE]\n京广路隧道\n".encode(encoding))


def test_an_accent_in_latin_1() -> None:
    assert decoded("[TITLE]\nGrün élève\n".encode("latin-1")) == "[TITLE]\nGrün élève\n"


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("07/20/2021", moment(2021, 7, 20)),
        ("7-20-2021", moment(2021, 7, 20)),
        ("JUL-20-2021", moment(2021, 7, 20)),
        ("20/07/2021", None),
        ("1.5", None),
    ],
)
def test_dates(word: str, day: datetime | None) -> None:
    assert date_of(word) == day


@pytest.mark.parametrize(
    ("word", "minutes"), [("1:30", 90), ("01:30:00", 90), ("0.25", 15), ("0:00:30", 0.5), ("soon", None), ("-1", None)]
)
def test_spans(word: str, minutes: float | None) -> None:
    assert span_of(word) == (None if minutes is None else timedelta(minutes=minutes))


def test_by_our_clock_the_gages_are_dry_and_the_end_is_far() -> None:
    ready = by_our_clock(Inp.parse(bowl()))
    assert ready.rows("RAINGAGES") == [["SKY", "INTENSITY", "0:01", "1.0", "TIMESERIES", "ONEMAP_DRY"]]
    assert ready.end() - ready.start() == timedelta(days=3650)
    assert ready.options()["DRY_STEP"] == "00:01:00"


def test_by_our_clock_nothing_is_written_beside_the_model() -> None:
    text = bowl() + '[FILES]\nSAVE HOTSTART "x.hsf"\n[GRID]\nof another program\n'
    assert not {"FILES", "GRID"} & set(by_our_clock(Inp.parse(text)).sections)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \r\n\t", "empty", id="blank"),
        pytest.param(bytes(range(256)), "binary", id="binary"),
        pytest.param(b"PK\x03\x04" + b"\0" * 40, "binary", id="zip"),
        pytest.param(b"<html>not here</html>", "no .SECTION.", id="html"),
    ],
)
def test_what_is_no_model_is_a_sentence_with_its_name(tmp_path: Path, data: bytes, says: str) -> None:
    file = tmp_path / "x.inp"
    file.write_bytes(data)
    with pytest.raises(Refused, match=says) as told:
        Inp.read(file)
    assert "x.inp" in str(told.value)


@given(st.binary(max_size=300))
def test_any_bytes_are_sections_or_a_sentence(data: bytes) -> None:
    try:
        inp = Inp.parse(decoded(data))
    except Refused:
        return
    assert inp.sections
    by_our_clock(inp)
