"""The spool: what cannot be stored now is safe on disk, the newest comes first, and it takes only so much."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from floodcore.domain.reading import Quantity
from floodcore.errors import OneMapError
from floodcore.testing.five_streets import NOON
from floodcore.wire import senml, topics
from ingest.decode import Decoded, decode
from ingest.lanes import apart
from ingest.message import Message
from ingest.spool import Spool, SpoolFull, Waiting

MINUTE = timedelta(minutes=1)
ROOM = 1_000_000


def said(minute: float, payload: bytes | None = None) -> Decoded:
    observed = [(Quantity.LEVEL, NOON + minute * MINUTE, 0.1)]
    payload = payload or senml.encode("gauge-A", observed)
    return decode(Message(topic=topics.telemetry("gauge-A"), payload=payload, content_type=None, received_at=NOON))


def test_what_was_put_is_there_after_a_restart_the_newest_first(tmp_path: Path) -> None:
    one = Message(topic="t", payload=b"\x00\xff", content_type="x", received_at=NOON, mid=7, again=True, waited=True)
    with Spool(tmp_path / "folder/spool", ROOM) as spool:
        spool.put([said(-3), said(-1), said(-2)], is_live=False)
        spool.put([decode(one)], is_live=True)
        before = spool.waiting
    with Spool(tmp_path / "folder/spool", ROOM) as spool:
        assert spool.waiting == before
        kept = spool.newest(10, 100)
        assert [entry.message for entry in kept] == [one, *(said(minute).message for minute in (-1, -2, -3))]
        assert (spool.waiting.messages, spool.waiting.live, spool.waiting.records) == (4, 1, 4)
        spool.forget(kept[:3])
        assert [entry.message for entry in spool.newest(10, 100)] == [said(-3).message]
        spool.forget(kept[3:])
        assert spool.waiting == Waiting()


def test_of_two_values_for_one_moment_the_first_to_arrive_comes_first(tmp_path: Path) -> None:
    first, second = (senml.encode("gauge-A", [(Quantity.LEVEL, NOON, value)]) for value in (0.1, 0.2))
    with Spool(tmp_path / "spool", ROOM) as spool:
        spool.put([said(0, first), said(0, second)], is_live=False)
        assert [entry.message.payload for entry in spool.newest(2, 100)] == [first, second]


def test_it_takes_only_so_much(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool", 300) as spool:
        spool.put([said(-1)], is_live=False)
        spool.put([said(-2)], is_live=False)
        with pytest.raises(SpoolFull, match="takes no more"):
            spool.put([said(-3)], is_live=False)
        spool.forget(spool.newest(2, 100))
        spool.put([said(-3)], is_live=False)
        assert spool.waiting.messages == 1


def test_a_disk_that_takes_nothing_keeps_nothing_half(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool", ROOM) as spool:
        spool.put([said(-1)], is_live=False)
        with sqlite3.connect(tmp_path / "spool") as other:
            other.execute("CREATE TRIGGER full BEFORE INSERT ON waiting BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        with pytest.raises(SpoolFull, match="disk full"):
            spool.put([said(-2), said(-3)], is_live=False)
        assert spool.waiting.messages == len(spool.newest(10, 100)) == 1


def test_a_spool_that_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(b"no database" * 1000)
    with pytest.raises(OneMapError, match="ONEMAP_INGEST__SPOOL"), Spool(tmp_path / "spool", ROOM):
        pass


def test_a_delivery_that_comes_again_and_has_no_time_of_its_own_is_kept_once(tmp_path: Path) -> None:
    untimed = said(0, b'[{"n":"level","v":0.1}]')
    again = decode(replace(untimed.message, received_at=NOON + MINUTE, again=True))
    another = decode(replace(untimed.message, received_at=NOON + MINUTE, again=True, mid=8))
    with Spool(tmp_path / "spool", ROOM) as spool:
        assert spool.put([untimed], is_live=True) == 0
        assert spool.put([again, another], is_live=True) == 1, "one record was there already"
        assert spool.waiting.messages == 2
    with Spool(tmp_path / "other", ROOM) as spool:
        assert spool.put([untimed, again, another], is_live=True) == 1, "nor do both come in one batch"


def test_news_is_what_was_seen_just_now_or_speaks_of_no_time() -> None:
    noise, hour = said(0, b"noise"), [(Quantity.LEVEL, NOON - n * MINUTE, 0.1) for n in range(60)]
    gauge_with_an_hour = said(0, senml.encode("gauge-A", hour))
    news, rest = apart([said(-2), said(-3), noise, gauge_with_an_hour, said(1)], timedelta(seconds=5))
    assert (len(news), rest) == (4, [said(-3)])
    assert apart([said(-6)], 5 * MINUTE)[1] == [], "five real seconds on the way are five minutes of the room"


def test_a_batch_out_of_the_spool_holds_only_so_many_records(tmp_path: Path) -> None:
    ten = senml.encode("gauge-A", [(Quantity.LEVEL, NOON - n * MINUTE, 0.1) for n in range(10)])
    with Spool(tmp_path / "spool", ROOM) as spool:
        spool.put([said(0, ten), said(0, ten), said(-1)], is_live=False)
        assert [len(spool.newest(10, most)) for most in (25, 20, 19, 3)] == [3, 2, 1, 1]


def test_a_disk_that_forgets_nothing_keeps_all(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool", ROOM) as spool:
        spool.put([said(-1)], is_live=False)
        with sqlite3.connect(tmp_path / "spool") as other:
            other.execute("CREATE TRIGGER full BEFORE DELETE ON waiting BEGIN SELECT RAISE(ABORT, 'read-only'); END")
        with pytest.raises(SpoolFull, match="read-only"):
            spool.forget(spool.newest(10, 100))
        assert spool.waiting.messages == len(spool.newest(10, 100)) == 1
