"""Our session with the broker: it sends, we acknowledge what is stored, and what is not comes again.

The broker keeps the session under our name while we are away, so that nothing published meanwhile is lost. Where
several copies share the messages each has a session of its own and gets its share, also while it is away: a copy that
is taken out of service for good leaves its share waiting until the session ends.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Self

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from floodcore.bus import address, new_client
from floodcore.clock import Clock
from floodcore.errors import BrokerUnavailable
from floodcore.settings import IngestSettings
from floodcore.wire import topics
from ingest.batching import WINDOW
from ingest.connection import Wire
from ingest.inbox import Inbox
from ingest.message import Message

log = logging.getLogger(__name__)

SHARED_TELEMETRY = f"$share/ingest/{topics.TELEMETRY}"
SESSION_EXPIRY = timedelta(days=7)  # guessed: whoever is away for a week will not come back for what waits
KEEPALIVE_S = 15  # a broker that is silent for so long is taken for dead
# Real seconds after connecting in which what comes may have waited for us: an hour's queue of 5,000 gauges took 45 s.
SETTLING_S = 60.0
# About half a millisecond of reading; then others have their turn, the batch that is being stored above all.
AT_ONCE_BYTES = 4096
TAKEN_OVER = 0x8E  # MQTT 5: another client came with our name


class Subscription:
    """Messages of all devices; used as `async with Subscription(url, settings, clock) as subscription`.

    It connects by itself, and again after a loss, while `run` runs.
    """

    def __init__(self, url: str, settings: IngestSettings, clock: Clock) -> None:
        self._clock, self._instance = clock, settings.instance
        telemetry = (topics.TELEMETRY, SHARED_TELEMETRY)
        self._telemetry, self._other_telemetry = reversed(telemetry) if settings.shared else telemetry
        self._client = new_client(url, f"ingest-{settings.instance}")
        self._client.manual_ack_set(True)  # paho would acknowledge on arrival, before anything is stored
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = int(SESSION_EXPIRY.total_seconds())
        properties.ReceiveMaximum = WINDOW
        self._client.connect_async(*address(url), keepalive=KEEPALIVE_S, clean_start=False, properties=properties)
        self._wire = Wire(self._client)
        self._arrived = Inbox()
        self._something_arrived = asyncio.Event()
        self._subscribed = asyncio.Event()
        self._connection = 0
        self._connected_at = 0.0  # of the machine's steady clock
        self._ended_by: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._wire.leave()

    async def run(self) -> None:
        """Keep connected, for ever.

        Raises:
            BrokerUnavailable: Messages cannot come, and will not by waiting; end, and be started again.
        """
        while True:
            await self._wire.connect()
            await self._wire.lost()
            if self._ended_by:
                raise BrokerUnavailable(self._ended_by)

    @property
    def is_connected(self) -> bool:
        """Whether the broker is there now."""
        return self._client.is_connected()

    @property
    def dropped(self) -> int:
        """Messages of QoS 0 for which there was no room, since the process began."""
        return self._arrived.dropped

    async def subscribed(self) -> None:
        """Wait until the broker has accepted our subscriptions for the first time."""
        await self._subscribed.wait()

    async def messages(self) -> list[Message]:
        """Some of what has arrived; waits for the first."""
        if self._arrived:
            await asyncio.sleep(0)
        else:
            self._something_arrived.clear()
            await self._something_arrived.wait()
        return self._arrived.take(AT_ONCE_BYTES)

    def acknowledge(self, messages: Iterable[Message]) -> None:
        """Tell the broker that these are stored.

        What came by an earlier connection is passed over: the broker sends it again anyway, and may by now mean
        another message by the same number.
        """
        for message in messages:
            if message.connection == self._connection:
                self._client.ack(message.mid, message.qos)

    def _on_connect(
        self, client: paho.Client, _data: object, _flags: object, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            log.warning("the broker refuses us: %s", code)
            return
        self._connection += 1
        self._connected_at = time.monotonic()
        client.unsubscribe(self._other_telemetry)  # the session may remember it from before the setting was changed
        # Statuses are never shared: only a plain subscription is given the retained ones.
        client.subscribe([(self._telemetry, SubscribeOptions(qos=1)), (topics.STATUS, SubscribeOptions(qos=1))])

    def _on_disconnect(
        self, _client: paho.Client, _data: object, _flags: object, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._connection += 1
        if code.value == TAKEN_OVER:
            self._ended_by = (
                f"Another ingest calls itself {self._instance} and took our session; "
                "give each copy an ONEMAP_INGEST__INSTANCE of its own."
            )
        elif code.is_failure and not self._ended_by:
            log.warning("the broker is away (%s); connecting again", code)

    def _on_subscribe(
        self, client: paho.Client, _data: object, _mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        if any(code.is_failure for code in codes):
            self._ended_by = "The broker does not let us subscribe; give our account the right to read onemap/#."
            client.disconnect()
        else:
            self._subscribed.set()

    def _on_message(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        self._arrived.put(
            Message(
                topic=message.topic,
                payload=bytes(message.payload),
                content_type=getattr(message.properties, "ContentType", None),
                received_at=self._clock.now(),
                qos=message.qos,
                mid=message.mid,
                connection=self._connection,
                again=message.dup,
                waited=time.monotonic() - self._connected_at < SETTLING_S,
            )
        )
        self._wire.heard = True
        self._something_arrived.set()
