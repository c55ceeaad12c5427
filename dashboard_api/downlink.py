"""What is asked of devices: retained by the broker, so that one that sleeps has it when it wakes."""

import asyncio
import secrets
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any, Self

from paho.mqtt.reasoncodes import ReasonCode

from floodcore.bus import address, new_client
from floodcore.errors import BrokerUnavailable
from floodcore.store import device_commands
from floodcore.store.database import Connection
from floodcore.wire import command, topics

PATIENCE_S = 3.0  # a broker that is well answers within milliseconds


class Downlink:
    """A connection of its own for a message; used as `async with Downlink(url) as downlink`.

    It ends with the block and keeps nothing to send later: what was answered with an error is not done behind the
    back of whoever asked.
    """

    def __init__(self, url: str) -> None:
        self._address = address(url)
        self._client = new_client(url, f"downlink-{secrets.token_hex(4)}")
        self._connected: SimpleQueue[ReasonCode] = SimpleQueue()
        self._taken: SimpleQueue[ReasonCode] = SimpleQueue()
        self._client.on_connect = lambda *said: self._connected.put(said[3])
        self._client.on_publish = lambda *said: self._taken.put(said[3])

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self._connect)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    async def send(self, device_id: str, payload: bytes) -> None:
        """Leave a message for a device in place of the one before; returns when the broker has it.

        Raises:
            BrokerUnavailable: It does not take it, or has not said so in time: then it may have it or not.
        """
        self._client.publish(topics.command(device_id), payload, qos=1, retain=True)
        code = await asyncio.to_thread(_verdict, self._taken, "nobody knows whether the device was asked")
        if code.is_failure:
            raise BrokerUnavailable(
                f"The broker does not pass commands on ({code}); "
                f"let the room's account write to {topics.command('+')} as well."
            )

    def _connect(self) -> None:
        try:
            self._client.connect(*self._address)
        except OSError as error:
            raise BrokerUnavailable(
                f"The broker is away ({error.strerror or error}), so the device was not asked; try again in a moment."
            ) from error
        self._client.loop_start()
        code = _verdict(self._connected, "the device was not asked")
        if code.is_failure:
            raise BrokerUnavailable(f"The broker refuses the room's account ({code}); correct ONEMAP_MQTT__URL.")


async def ask_interval(
    connection: Connection, downlink: Downlink, device_id: str, interval_s: int | None, *, actor: str, now: datetime
) -> dict[str, Any]:
    """Ask a device to report so often, in place of what it was asked for before, and write that down.

    It is sent before it is committed: what the broker has not is not written down, and of two requests at once the
    last that is written down is the last that is sent. Should the commit fail, the same request again mends it.

    Args:
        connection: A journalled one.
        downlink: To the broker.
        device_id: The device.
        interval_s: Between two readings, seconds; None asks for nothing any more.
        actor: Who asks.
        now: The room's time.

    Returns:
        `device_id`, `asked_interval_s` and `asked_at`; the last two None where nothing is asked.

    Raises:
        NotFound: There is no such device.
        BrokerUnavailable: The broker does not take it.
    """
    if interval_s is None:
        await device_commands.take_back(connection, device_id, actor=actor, now=now)
    else:
        await device_commands.ask_interval(connection, device_id, interval_s, actor=actor, now=now)
    await downlink.send(device_id, command.NOTHING if interval_s is None else command.interval(interval_s))
    asked_at = None if interval_s is None else now
    return {"device_id": device_id, "asked_interval_s": interval_s, "asked_at": asked_at}


def _verdict(said: SimpleQueue[ReasonCode], otherwise: str) -> ReasonCode:
    try:
        return said.get(timeout=PATIENCE_S)
    except Empty:
        raise BrokerUnavailable(f"The broker does not answer, so {otherwise}; try again in a moment.") from None
