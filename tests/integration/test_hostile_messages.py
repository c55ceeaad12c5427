"""1,000 messages by somebody who means harm, each with what must become of it, among 500 by somebody who does not.

They are made from one seed, so that a failure comes again. What becomes of each is said where it is made, by hand: none
of it is asked of the code under test.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cbor2
import psycopg
import pytest

from floodcore.domain.reading import Reason
from floodcore.store.database import Database
from floodcore.testing.five_streets import NOON
from floodcore.testing.gateway import Gateway
from floodcore.testing.street_room import furnish
from floodcore.wire import senml, topics
from onemap.engines.mosquitto import FLEET, MosquittoEngine
from tests.integration.ingest_process import ingest_at_noon

SEED = 20210720
EACH = 25  # of each of 40 kinds
GOOD = 500
T = int(NOON.timestamp())
DAY = 86_400
A, B, STRANGER = topics.telemetry("gauge-A"), topics.telemetry("gauge-B"), topics.telemetry("gauge-Z")


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """A message, how many readings of it are stored, and how many records are refused, and why."""

    payload: bytes
    topic: str = B
    content_type: str | None = None
    stored: int = 0
    reason: Reason | None = None
    records: int = 0


def refused(payload: bytes, reason: Reason, records: int = 1, stored: int = 0, **more: Any) -> Hostile:
    return Hostile(payload=payload, reason=reason, records=records, stored=stored, **more)


def as_cbor(payload: bytes, reason: Reason = Reason.UNREADABLE, **more: Any) -> Hostile:
    return refused(payload, reason, content_type=senml.CBOR, **more)


def record(value: object = 1, **fields: object) -> bytes:
    """A record as JSON, its value written as it is given: `record("1e999")`."""
    return b"{%s}" % b",".join(
        b'"%s":%s' % (name.encode(), str(told).encode())
        for name, told in {"n": '"level"', "v": value, **fields}.items()
    )


def pack(*records: bytes) -> bytes:
    return b"[%s]" % b",".join(records)


def mark(n: int) -> bytes:
    """A reading of its own of gauge B: n seconds before noon, minus a day."""
    return record(0.5, t=T - DAY - n)


@dataclass
class Maker:
    """Makes messages; no two readings that it lets through have one identity."""

    dice: random.Random = field(default_factory=lambda: random.Random(SEED))
    _n: int = 0

    def n(self) -> int:
        self._n += 1
        return self._n

    def good(self) -> bytes:
        return mark(self.n())

    def json(self) -> bytes:
        return pack(self.good(), self.good())

    def cbor(self) -> bytes:
        return cbor2.dumps([{0: "level", 1: "m", 2: 0.25, 6: T - DAY - self.n()}])

    def bit_flipped_json(self) -> Hostile:
        """The high bit of one byte of ASCII: nowhere the beginning of a UTF-8 letter with its end."""
        payload = bytearray(self.json())
        payload[self.dice.randrange(len(payload))] |= 0x80
        return refused(bytes(payload), Reason.UNREADABLE)

    def bit_flipped_cbor(self) -> Hostile:
        """The first byte, which says that a list of one follows: of another kind, it is no list."""
        payload = bytearray(self.cbor())
        payload[0] ^= self.dice.choice([0x80, 0x40, 0x20])
        return as_cbor(bytes(payload))

    def cut_json(self) -> Hostile:
        payload = self.json()
        return refused(payload[: self.dice.randrange(1, len(payload))], Reason.UNREADABLE)

    def cut_cbor(self) -> Hostile:
        payload = self.cbor()
        return as_cbor(payload[: len(payload) - self.dice.randrange(1, 4)])

    def two_packs_in_one(self) -> Hostile:
        return self.dice.choice([refused(self.json() + b"[]", Reason.UNREADABLE), as_cbor(self.cbor() + b"\x80")])

    def the_wrong_content_type(self) -> Hostile:
        json, cbor = as_cbor(self.json()), refused(b"\x81\xa4" + self.cbor(), Reason.UNREADABLE)
        return self.dice.choice([json, cbor])

    def a_strange_content_type(self) -> Hostile:
        """It does not say CBOR, so it is JSON."""
        strange = self.dice.choice(["text/html", "水" * 20_000, "application/senml+cborg", ";;;", " "])
        return Hostile(payload=pack(self.good()), content_type=strange, stored=1)

    def noise(self) -> Hostile:
        """CBOR's first byte of it says "text, indefinite", and JSON's that it is no UTF-8."""
        content_type = self.dice.choice([None, senml.CBOR])
        return refused(b"\xff" + self.dice.randbytes(100), Reason.UNREADABLE, content_type=content_type)

    def another_encoding(self) -> Hostile:
        encoding = self.dice.choice(["utf-16", "utf-32", "utf-8-sig"])
        return refused(self.json().decode().encode(encoding), Reason.UNREADABLE)

    def empty(self) -> Hostile:
        """Nothing, or nothing but blanks, or an empty list; a device of its own, as equal messages are kept once."""
        topic, payload = (
            topics.telemetry(f"empty-{self.n()}"),
            self.dice.choice([b"", b" \n", b"[]", b"[ ]", b"null"]),
        )
        return refused(payload, Reason.UNREADABLE, topic=topic)

    def deep(self) -> Hostile:
        depth = 50_000 + self.n()
        begin, end = self.dice.choice([(b"[", b"]"), (b'[{"n":', b"}]"), (b'{"a":', b"}")])
        return refused(begin * depth + b"1" + end * depth, Reason.UNREADABLE)

    def deep_cbor(self) -> Hostile:
        return as_cbor(self.dice.choice([b"\x81", b"\x9f", b"\xa1", b"\xc1", b"\xd9\xd9\xf7"]) * (1000 + self.n()))

    def bomb(self) -> Hostile:
        """A few bytes that promise up to 2^64 - 1 of what follows."""
        head = self.dice.choice([b"\x9b", b"\x5b", b"\x7b", b"\xbb", b"\x81\xbb", b"\x81\xa1\x00\x7b"])
        return as_cbor(head + b"\xff" * 4 + self.dice.randbytes(4))

    def a_tag_nobody_needs(self) -> Hostile:
        tag = self.dice.choice([0, 1, 2, 3, 5, 30, 35, 36, 37, 100, 256, 258, 260, 1004, 43000, 65535])
        value = self.dice.choice([b"\xff" * 5000, "(a+)+" * 500, 10**18, [1 << 40, 1]])
        tagged = self.dice.choice(
            [{2: cbor2.CBORTag(tag, value)}, {-1: cbor2.CBORTag(2, b"\xff" * 5000)}, {1 << 5000: 1}]
        )
        return as_cbor(cbor2.dumps([{0: "level", 6: self.n(), **tagged}]))

    def decimal_fraction_beyond_floats(self) -> Hostile:
        value = cbor2.CBORTag(4, [1000 + self.n(), 7])
        return as_cbor(cbor2.dumps([{0: "level", 2: value}]), Reason.BAD_RECORD)

    def indefinite(self) -> Hostile:
        """Legal CBOR of lists and maps that end when they end: a reading; and without its end none."""
        payload = b"\x9f\xbf" + cbor2.dumps({0: "level", 2: 0.25, 6: T - DAY - self.n()})[1:] + b"\xff\xff"
        whole = Hostile(payload=payload, content_type=senml.CBOR, stored=1)
        return self.dice.choice([whole, as_cbor(payload[:-1])])

    def not_a_number(self) -> Hostile:
        told = self.dice.choice(["NaN", "Infinity", "-Infinity"])
        json = refused(pack(record(told, t=-self.n())), Reason.UNREADABLE)
        cbor = as_cbor(cbor2.dumps([{0: "level", 2: float(told), 6: -self.n()}]), Reason.BAD_RECORD)
        return self.dice.choice([json, cbor])

    def huge_number(self) -> Hostile:
        """More than a float holds is no value; more digits than Python reads are no JSON."""
        digits = self.dice.choice(["9" * self.dice.randrange(310, 4000), "1e" + "9" * self.dice.randrange(3, 500)])
        too_large = self.beside_a_good_one(record(digits, t=-self.n()))
        too_long = refused(pack(self.good(), record("9" * self.dice.randrange(5000, 9000))), Reason.UNREADABLE)
        return self.dice.choice([too_large, too_long])

    def the_same_field_twice(self) -> Hostile:
        json = refused(b'[{"n":"level","v":1,"t":-%d,"v":2}]' % self.n(), Reason.UNREADABLE)
        cbor = as_cbor(b"\x81\xa3\x00\x65level\x02\x01\x02\x19" + self.n().to_bytes(2))
        number_and_name = as_cbor(cbor2.dumps([{0: "level", 2: 1, "v": self.n()}]))
        return self.dice.choice([json, cbor, number_and_name])

    def unit_of_something_else(self) -> Hostile:
        unit = self.dice.choice(['"ft"', '"V"', '""', '"\\u0000"', '"M"', '"m\\ud800"', '"%"', '"米"'])
        return self.beside_a_good_one(record(1, u=unit, t=-self.n()), Reason.UNKNOWN_UNIT)

    def quantity_nobody_measures(self) -> Hostile:
        name = self.dice.choice(['"mood"', '"sealevel"', '"LEVEL"', '"level "', '""', '"' + "x" * 100_000 + '"'])
        return self.beside_a_good_one(b'{"n":%s,"v":%d}' % (name.encode(), self.n()), Reason.UNKNOWN_QUANTITY)

    def name_no_database_takes(self) -> Hostile:
        """Half a surrogate, zero bytes, letters that are none: they are quoted in the quarantine's sentence."""
        letter = self.dice.choice(["\\ud800", "\\udfff", "\\u0000", "\\uffff", "\\u202e", "\\ud83d\\ude31"])
        name = f'"level{letter}{self.n()}"'.encode()
        return self.beside_a_good_one(b'{"n":%s,"v":1}' % name, Reason.UNKNOWN_QUANTITY)

    def stranger(self) -> Hostile:
        """Of a device that the register does not know, or of a quantity of one that it does."""
        n = self.dice.randrange(1, 9)
        stranger = refused(pack(*(self.good() for _ in range(n))), Reason.UNKNOWN_DEVICE, n, topic=STRANGER)
        flow = self.beside_a_good_one(b'{"n":"flow","v":1,"t":-%d}' % self.n(), Reason.UNKNOWN_DEVICE)
        return self.dice.choice([stranger, flow])

    def topic_of_no_device(self) -> Hostile:
        names = ["", " ", "gauge B", "gauge.B", "gauge-Ä", "g" * 65, "$SYS", "../gauge-B", "gauge-B'; --", "水" * 5000]
        return refused(self.json(), Reason.BAD_TOPIC, topic=topics.telemetry(self.dice.choice(names).replace("/", "_")))

    def nothing_for_the_room(self) -> Hostile:
        """Topics that ingest does not listen to, a status that is taken back, and one of a stranger."""
        unheard = self.dice.choice(
            [f"{B}/raw", f"{B}s", "onemap/v1/devices/gauge-B", "onemap/v1/devices/gauge-B/command"]
        )
        status = topics.status("gauge-Z")
        said = [(unheard, self.json()), (topics.status("gauge-B"), b""), (status, b"online"), (status, b"offline")]
        topic, payload = self.dice.choice(said)
        return Hostile(topic=topic, payload=payload)

    def oversized(self) -> Hostile:
        return refused(self.json() + b" " * (1 << 20), Reason.TOO_LARGE)

    def ten_thousand_records_and_more(self) -> Hostile:
        n = 10_000 + self.n()
        return refused(pack(*[b"1"] * n), Reason.TOO_LARGE, n)

    def future(self) -> Hostile:
        """More than ten minutes ahead, by an hour at least as the room's time goes on; or seconds as milliseconds."""
        time = self.dice.choice([T + 3600 + self.n(), 4600 + self.n(), (T + self.n()) * 1000, 253402300799])
        return self.beside_a_good_one(record(1, t=time), Reason.BAD_TIME)

    def before_there_was_time(self) -> Hostile:
        time = self.dice.choice([-T - DAY - self.n(), -62135596801 - T, -1_000_000_000_000])
        return self.beside_a_good_one(record(1, t=time), Reason.BAD_TIME)

    def too_old(self) -> Hostile:
        """Older than 400 days; the first time that does not count from now lies in July 1978."""
        time = self.dice.choice([T - 401 * DAY - self.n(), -401 * DAY - self.n(), 1 << 28])
        return self.beside_a_good_one(record(1, t=time), Reason.TOO_OLD)

    def no_time(self) -> Hostile:
        json = self.beside_a_good_one(
            record(1, t=self.dice.choice(["1e999", "-1e999", "1e300", "-1e18"])), Reason.BAD_TIME
        )
        time = self.dice.choice([float("nan"), float("inf"), -float("inf")])
        cbor = as_cbor(cbor2.dumps([{0: "level", 2: self.n() / 100, 6: time}]), Reason.BAD_TIME)
        return self.dice.choice([json, cbor])

    def base_that_overflows(self) -> Hostile:
        time = self.beside_a_good_one(record(self.n() / 100, bt="1e308", t="1e308"), Reason.BAD_TIME)
        value = self.beside_a_good_one(record("1e308", bv="1e308", t=-self.n()))
        return self.dice.choice([time, value])

    def base_that_spoils_what_follows(self) -> Hostile:
        """One good record, one with a base that cannot be read, and up to eight that rest on it."""
        n = self.dice.randrange(9)
        field = self.dice.choice(
            ['"bt":"noon"', '"bn":7', '"bu":null', '"bv":[]', '"bver":11', '"bver":0', '"bver":1.5']
        )
        spoilt = b'{%s,"n":"level","v":1}' % field.encode()
        return refused(pack(self.good(), spoilt, *(self.good() for _ in range(n))), Reason.BAD_RECORD, 1 + n, stored=1)

    def error_code(self) -> Hostile:
        code = self.dice.choice([-9999, -999.9, -99.99, 9999, 32767, -32768, 65535, "-99.98999786"])
        return self.beside_a_good_one(record(code, u=self.dice.choice(['"m"', '"cm"', '"mm"']), t=-self.n()))

    def what_no_gauge_shows(self) -> Hostile:
        name, value = self.dice.choice([("level", 9001), ("level", -51), ("rain", -1), ("tide", 31), ("pump", -1)])
        return self.beside_a_good_one(record(value, n=f'"{name}"', t=-self.n()))

    def list_of_no_records(self) -> Hostile:
        n = self.dice.randrange(1, 100)
        other = self.dice.choice([b"7", b"null", b'"level"', b"[1]", b"true", b"{}", b'[{"n":"level","v":1}]'])
        empty = Reason.UNKNOWN_QUANTITY if other == b"{}" else Reason.BAD_RECORD
        return refused(pack(*[other] * n), empty, n)

    def value_of_another_kind(self) -> Hostile:
        kinds = [
            '"v":"0.3"',
            '"v":true',
            '"v":null',
            '"v":[1]',
            '"vs":"wet"',
            '"vb":true',
            '"vd":"AA"',
            '"v":1,"vb":true',
            '"s":1',
        ]
        return self.beside_a_good_one(b'{"n":"level","t":-%d,%s}' % (self.n(), self.dice.choice(kinds).encode()))

    def field_that_must_be_understood(self) -> Hostile:
        name = self.dice.choice(["speed_", "_", "v_", "\\ud800_"])
        return self.beside_a_good_one(b'{"n":"level","v":1,"%s":%d}' % (name.encode(), self.n()))

    def status_of_no_kind(self) -> Hostile:
        said = self.dice.choice([b"ONLINE", b"online\n", b" ", b"1", b"\xff\xfe", b"online" * 1000, b"[]", b"\0"])
        return refused(said, Reason.UNREADABLE, topic=topics.status("gauge-B"))

    def clock_that_is_none(self) -> Hostile:
        """A clock that cannot be read is a bad record; one that shows nonsense is taken for wrong, and no more."""
        told = self.dice.choice(['"vs":"late"', '"v":"noon"', '"v":1e999', '"v":1,"vb":true', '"vd":"AA"'])
        unreadable = self.beside_a_good_one(b'{"n":"clock",%s}' % told.encode())
        wrong = Hostile(
            payload=pack(self.good(), b'{"n":"clock","v":%s}' % self.dice.choice([b"1e15", b"1e300"])), stored=1
        )
        return self.dice.choice([unreadable, wrong])

    def beside_a_good_one(self, bad: bytes, reason: Reason = Reason.BAD_RECORD) -> Hostile:
        return refused(pack(self.good(), bad), reason, stored=1)

    def every_kind(self) -> Iterator[Callable[[], Hostile]]:
        """The methods above that make a message, in the order in which they stand."""
        for name, made in vars(Maker).items():
            if getattr(made, "__annotations__", {}) == {"return": Hostile}:
                yield getattr(self, name)


@pytest.fixture
async def street(database_url: str) -> str:
    async with Database(database_url) as database:
        await furnish(database)
    return database_url


def test_a_thousand_hostile_messages_leave_exact_counts(
    own_engines: Any,
    engines_prefix: Path,
    street: str,
    tmp_path: Path,
    eventually: Callable[..., Any],
) -> None:
    maker = Maker()
    kinds = list(maker.every_kind())
    hostile = [kind() for _ in range(EACH) for kind in kinds]
    assert len(hostile) == 1000
    stored = GOOD + sum(one.stored for one in hostile)
    records: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    for one in hostile:
        if one.reason:
            records[one.reason] += one.records
            messages[one.reason] += 1

    broker = MosquittoEngine(own_engines.home, engines_prefix)
    broker.prepare()
    own_engines.start(broker.spec())
    with psycopg.connect(street, autocommit=True) as connection:

        def ask(sql: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql.encode()).fetchall()

        with ingest_at_noon(street, broker.url(), tmp_path, eventually), Gateway(broker.url(FLEET)) as gateway:
            for n, one in enumerate(hostile):
                gateway.publish(one.topic, one.payload, content_type=one.content_type)
                if n % 2:
                    gateway.publish(A, pack(record(n / 1000, t=T - n)))
            counted = stored + records.total()
            eventually(lambda: ask("SELECT sum(n) FROM ingest_total")[0][0] >= counted, within_s=60)

        assert dict(ask("SELECT name, n FROM ingest_total WHERE n > 0")) == {
            "stored": stored,
            "quarantined": records.total(),
        }
        kept = ask("SELECT reason, sum(seen)::int, sum(seen * records)::int FROM quarantine GROUP BY reason")
        assert {reason: n for reason, n, _ in kept} == messages
        assert {reason: n for reason, _, n in kept} == records
        assert set(messages) == set(Reason)
        good = ask(
            f"SELECT {T} - extract(epoch FROM observed_at)::int, value FROM reading JOIN sensor USING (sensor_id) "
            "WHERE device_id = 'gauge-A' ORDER BY observed_at DESC"
        )
        assert good == [(n, n / 1000) for n in range(1, 1000, 2)]
        assert ask("SELECT count(*) FROM device WHERE status <> 'unknown'") == [(0,)]
