"""Messages of stations that were found to hurt."""

from floodcore.domain.reading import Reason
from floodcore.testing.five_streets import NOON
from floodcore.wire.senml_time import Arrival
from ingest.decode import decode, rejected
from ingest.message import Message
from ingest.sl651.bcd import to_moment
from ingest.sl651.frame import End, Frame
from ingest.sl651.report import read, topic_of

STATION = "0012345678"


def test_a_uniform_report_without_a_single_value_is_one_bad_record() -> None:
    """It was a fault of no records, which the quarantine does not take: it ended the gateway, and then came again."""
    no_levels = b"\x00\x01" + to_moment(NOON) + b"\x04\x18\x00\x00\x05\x39\x23"  # every 5 minutes, from no time on
    payload = Frame(station=STATION, centre=1, password=b"\0\0", function=0x31, text=no_levels, end=End.ETX).encode()
    assert [(fault.reason, fault.records) for fault in read(payload, Arrival(at=NOON)).faults] == [
        (Reason.BAD_RECORD, 1)
    ]
    message = Message(topic=topic_of(STATION), payload=payload, content_type=None, received_at=NOON)
    kept = rejected(decode(message), ())
    assert kept
    assert kept.records == 1
