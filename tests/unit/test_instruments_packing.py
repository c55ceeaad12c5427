"""What gauges send, as ingest reads it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from floodcore.domain.reading import Reason
from ingest.decode import decode
from ingest.message import Message as Arrived
from simulators.city.plan import GaugeKind
from simulators.instruments.packing import messages
from simulators.instruments.rates import HARSH, NONE, TYPICAL, FaultRates
from simulators.instruments.sent import Sent
from simulators.schedule import MOST_RECORDS, Message
from tests.unit.instruments_minutes import MIDNIGHT, MINUTE, gauges, play

EVERY_KIND = [replace(gauge, device_id=f"{kind}-{gauge.device_id}") for kind in GaugeKind for gauge in gauges(4, kind)]


def arrived(message: Message) -> Arrived:
    return Arrived(topic=message.topic, payload=message.payload, content_type=None, received_at=message.due)


@pytest.mark.parametrize("rates", [NONE, TYPICAL, HARSH], ids=["none", "typical", "harsh"])
def test_ingest_reads_every_record_as_it_was_sent(rates: FaultRates) -> None:
    sent = play(EVERY_KIND, 400, lambda number: number / 500, replace(rates, wrong_zone=0.0), 30)
    packed = list(messages(sent))
    decoded = [decode(arrived(message)) for message in packed]
    assert not any(one.faults for one in decoded)
    assert [
        (reading.device_id, reading.quantity, reading.observed_at, reading.value, reading.received_at)
        for one in decoded
        for reading in one.readings
    ] == [(one.device_id, one.quantity, one.observed_at, one.value, one.due) for one in sent]
    assert sum(message.readings for message in packed) == len(sent)
    assert [message.due for message in packed] == sorted(message.due for message in packed)


def test_a_device_and_moment_make_one_message() -> None:
    sent = play(EVERY_KIND, 120, 0.3)
    assert len(list(messages(sent))) == len({(one.device_id, one.due) for one in sent})


def test_what_is_sent_eight_hours_ahead_is_refused_and_what_comes_late_is_taken() -> None:
    sent = play(gauges(20), 10, 0.3, replace(NONE, wrong_zone=1.0))
    ahead = {one.device_id for one in sent if one.observed_at > one.due}
    assert 0 < len(ahead) < 20
    for message in messages(sent):
        decoded = decode(arrived(message))
        if message.topic.split("/")[3] in ahead:
            assert {fault.reason for fault in decoded.faults} == {Reason.BAD_TIME}
        else:
            assert {message.due - one.observed_at for one in decoded.readings} == {timedelta(hours=8)}


def test_a_long_backlog_goes_in_packs() -> None:
    backlog = [
        Sent(
            device_id="g-0",
            due=MIDNIGHT,
            observed_at=MIDNIGHT - number * MINUTE,
            true_at=MIDNIGHT - number * MINUTE,
            quantity=one.quantity,
            value=0.1,
            true_value=0.1,
        )
        for one in play(gauges(1), 1, 0.3)[:1]
        for number in range(MOST_RECORDS + 1)
    ]
    assert [message.readings for message in messages(backlog)] == [MOST_RECORDS, 1]
