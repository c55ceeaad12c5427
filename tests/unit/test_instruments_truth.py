"""The truth beside what was sent, and its picture."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from simulators.instruments import truth
from simulators.instruments.faults import Fault
from simulators.instruments.pictures import CASES, draw_faults
from simulators.instruments.rates import HARSH
from tests.unit.instruments_minutes import gauges, play


def test_what_is_read_back_is_what_was_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truth, "ROWS", 100)
    sent = play(gauges(3), 120, 0.3, HARSH)
    assert len(sent) > 250
    with truth.writing(tmp_path / "truth.parquet") as write:
        for one in sent:
            write([one])
    file = pq.ParquetFile(tmp_path / "truth.parquet")
    assert file.metadata.num_row_groups == -(-len(sent) // 100)
    rows = file.read().to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (
            one.device_id,
            one.quantity.value,
            one.true_at,
            one.true_value,
            one.observed_at,
            one.due,
            one.value,
            one.faults,
        )
        for one in sent
    ]
    assert file.schema_arrow.metadata[b"faults"].split(b",")[0] == f"{Fault.BLIP.value}=blip".encode()


def test_the_same_records_make_the_same_bytes(tmp_path: Path) -> None:
    sent = play(gauges(3), 120, 0.3, HARSH)
    for name, parts in (("a", [sent]), ("b", [sent[:50], sent[50:]])):
        with truth.writing(tmp_path / name) as write:
            for part in parts:
                write(part)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_run_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="broke off"), truth.writing(tmp_path / "truth.parquet") as write:
        write(play(gauges(1), 30))
        raise RuntimeError("broke off")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw_faults(tmp_path / name, CASES[8:10])
    picture = (tmp_path / "a.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert picture == (tmp_path / "b.png").read_bytes()
