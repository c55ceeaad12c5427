"""One MQTT connection that speaks for many devices, as a LoRaWAN or NB-IoT platform does."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence

import paho.mqtt.client as paho
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from floodcore.bus import address, new_client
from floodcore.errors import SettingsError
from floodcore.wire import topics

ONLINE = b"online"
NO_SUBSCRIBERS = 0x10
NOT_AUTHORISED = 0x87

Acknowledge = Callable[[int, int], None]


class Gateway:
    """Connects, says that its devices are online, publishes, and connects again by itself.

    A connection has one last will, so a gateway cannot leave one for each of its devices, as devices with connections
    of their own do. When it goes, its devices stay "online" and are seen to be stale.

    Everything here happens on the event loop; only paho's callbacks come from its thread, and hand over at once.
    """

    def __init__(self, url: str, device_ids: Sequence[str], on_break: Callable[[], None], on_ack: Acknowledge) -> None:
        self._url, self._device_ids = url, device_ids
        self._on_break, self._on_ack = on_break, on_ack
        self._loop = asyncio.get_running_loop()
        self._stirred = asyncio.Event()
        self._refused: str | None = None
        self._client = new_client(url, f"fleet-{secrets.token_hex(4)}")
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_publish = self._published
        self.is_connected = False

    async def __aenter__(self) -> "Gateway":
        self._client.connect_async(*address(self._url), clean_start=True)
        self._client.loop_start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_connected = False  # what follows is no break
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def publish(self, topic: str, payload: bytes) -> int:
        """Send with QoS 1; returns the packet id under which it will be acknowledged."""
        return self._client.publish(topic, payload, qos=1).mid

    def stir(self) -> None:
        """Let `stirred` return: something happened elsewhere."""
        self._stirred.set()

    async def stirred(self, within_s: float) -> None:
        """Wait until something happened on the connection, but no longer than this.

        Raises:
            SettingsError: The broker does not want us.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), within_s)
        self._stirred.clear()
        if self._refused:
            raise SettingsError(
                f"The broker refuses the account in ONEMAP_MQTT__URL ({self._refused}); "
                "name one that may publish for any device."
            )

    def _connected(
        self, _client: paho.Client, _data: object, _flags: object, code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._hand_over(self._refuse if code.is_failure else self._greet, str(code))

    def _disconnected(
        self, _client: paho.Client, _data: object, _flags: object, _code: ReasonCode, _properties: Properties | None
    ) -> None:
        self._hand_over(self._break)

    def _published(
        self, _client: paho.Client, _data: object, packet_id: int, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.value == NOT_AUTHORISED:
            self._hand_over(self._refuse, str(code))
        else:
            self._hand_over(self._on_ack, packet_id, code.value)

    def _hand_over(self, what: Callable[..., None], *arguments: object) -> None:
        def act() -> None:
            what(*arguments)
            self._stirred.set()

        with contextlib.suppress(RuntimeError):  # the loop closed while paho's thread was on its way
            self._loop.call_soon_threadsafe(act)

    def _greet(self, _code: str) -> None:
        self.is_connected = True
        for device_id in self._device_ids:  # retained ones may be lost with a killed broker: say it every time
            self._client.publish(topics.status(device_id), ONLINE, qos=1, retain=True)

    def _break(self) -> None:
        if self.is_connected:
            self.is_connected = False
            self._on_break()

    def _refuse(self, code: str) -> None:
        self._refused = code
