"""The bus between services: announcements over MQTT, QoS 0. A hint may be lost; a poll finds what it spoke of."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Collection, Sequence
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from floodcore.wire.announcement import Announcement, Kind, decode, encode
from floodcore.wire.topics import live

log = logging.getLogger(__name__)

WAITING = 1000  # hints kept for a slow listener; beyond that the oldest goes, as a poll finds it anyway
RECONNECT_MAX_S = 5


def new_client(url: str, client_id: str) -> paho.Client:
    """A paho client, MQTT 5, with the URL's user and password; not yet connected."""
    parts = urlsplit(url)
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=paho.MQTTv5)
    if parts.username:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set()
    client.reconnect_delay_set(1, RECONNECT_MAX_S)
    return client


def address(url: str) -> tuple[str, int]:
    """Host and port of a broker's URL; the settings have made sure that it can be read."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or (8883 if parts.scheme == "mqtts" else 1883)


class Bus:
    """Announces and listens; used as `async with Bus(url, "forecast") as bus`.

    It connects in the background and again after every loss: a service works on without it, a little later.
    """

    def __init__(self, url: str, name: str, listen_to: Collection[Kind] = ()) -> None:
        self._url, self._kinds = url, tuple(listen_to)
        self._client = new_client(url, f"{name}-{secrets.token_hex(4)}")
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._heard: asyncio.Queue[Announcement] = asyncio.Queue(WAITING)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> "Bus":
        self._loop = asyncio.get_running_loop()
        self._client.connect_async(*address(self._url), clean_start=True)
        self._client.loop_start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    @property
    def is_connected(self) -> bool:
        """Whether the broker is there now."""
        return self._client.is_connected()

    def announce(self, kind: Kind, ids: Sequence[str] = ()) -> None:
        """Tell the others; without a broker nobody hears it, and that is all right."""
        if self._client.is_connected():
            self._client.publish(*encode(kind, ids), qos=0)

    async def heard(self) -> AsyncIterator[Announcement]:
        """What the others announce, as it comes."""
        while True:
            yield await self._heard.get()

    async def hint(self, within_s: float) -> list[Announcement]:
        """What was announced since the last call; waits for the first, but no longer than `within_s` real seconds."""
        with contextlib.suppress(TimeoutError):
            hints = [await asyncio.wait_for(self._heard.get(), within_s)]
            while not self._heard.empty():
                hints.append(self._heard.get_nowait())
            return hints
        return []

    def _on_connect(
        self, client: paho.Client, _data: object, _flags: object, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            log.warning("the broker refuses us: %s", code)
            return
        for kind in self._kinds:
            client.subscribe(live(kind), qos=0)

    def _on_message(self, _client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        announcement = decode(bytes(message.payload))
        if announcement and self._loop:
            with contextlib.suppress(RuntimeError):  # the loop closed while this thread was on its way
                self._loop.call_soon_threadsafe(self._put, announcement)

    def _put(self, announcement: Announcement) -> None:
        if self._heard.full():
            self._heard.get_nowait()
        self._heard.put_nowait(announcement)
