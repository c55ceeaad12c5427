"""A gateway that publishes for any device, and knows when the broker has it; for tests with a real broker."""

import threading
from collections.abc import Iterable
from typing import Self

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from floodcore.bus import address, new_client
from floodcore.wire import senml, topics

PATIENCE_S = 20.0


class Gateway:
    """Publishes with QoS 1; used as `with Gateway(url) as gateway`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = new_client(url, "gateway")
        self._client.max_inflight_messages_set(1000)
        self._connected = threading.Event()
        self._client.on_connect = lambda *_: self._connected.set()

    def __enter__(self) -> Self:
        self._client.connect_async(*address(self._url), clean_start=True)
        self._client.loop_start()
        assert self._connected.wait(PATIENCE_S), "the broker does not answer"
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes, *, content_type: str | None = None, retain: bool = False) -> None:
        """Publish one message; returns when the broker has it."""
        self._send(topic, payload, content_type, retain).wait_for_publish(PATIENCE_S)

    def publish_all(self, device_id: str, payloads: Iterable[bytes]) -> None:
        """Publish a device's packs as fast as it goes; returns when the broker has them all."""
        sent = [self._send(topics.telemetry(device_id), payload, senml.JSON, retain=False) for payload in payloads]
        for one in sent:
            one.wait_for_publish(PATIENCE_S)

    def _send(self, topic: str, payload: bytes, content_type: str | None, retain: bool) -> paho.MQTTMessageInfo:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if content_type:
            properties.ContentType = content_type
        return self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)
