"""A bare client: what a broker gives to somebody who only listens and acknowledges."""

import threading
import time

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from floodcore.bus import address, new_client
from floodcore.wire import topics

SESSION_S = 3600
PATIENCE_S = 300.0


def open_session(url: str, name: str, window: int) -> None:
    """Subscribe to all telemetry under this name and go away: the broker keeps what comes."""
    subscribed = threading.Event()
    client = new_client(url, name)

    def subscribe(*_: object) -> None:
        client.subscribe([(topics.TELEMETRY, SubscribeOptions(qos=1))])

    client.on_connect = subscribe
    client.on_subscribe = lambda *_: subscribed.set()
    _connect(client, url, window)
    if not subscribed.wait(PATIENCE_S):
        raise TimeoutError("The broker did not accept a subscription; see its log.")
    client.disconnect()
    client.loop_stop()


def messages_per_s(url: str, name: str, window: int, expected: int) -> float:
    """How fast a session of `expected` waiting messages is received, each acknowledged by hand, and nothing else."""
    client = new_client(url, name)
    client.manual_ack_set(True)
    arrivals: list[float] = []
    done = threading.Event()

    def received(client: paho.Client, _data: object, message: paho.MQTTMessage) -> None:
        client.ack(message.mid, message.qos)
        arrivals.append(time.perf_counter())
        if len(arrivals) == expected:
            done.set()

    client.on_message = received
    _connect(client, url, window)
    if not done.wait(PATIENCE_S):
        raise TimeoutError(f"A bare client received {len(arrivals)} of {expected} messages; see the broker's log.")
    client.disconnect()
    client.loop_stop()
    return (expected - 1) / (arrivals[-1] - arrivals[0])


def _connect(client: paho.Client, url: str, window: int) -> None:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_S
    properties.ReceiveMaximum = window
    client.connect(*address(url), clean_start=False, properties=properties)
    client.loop_start()
