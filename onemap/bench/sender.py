"""A gateway that costs as little as possible, so that a load says something about the room and not about its sender.

MQTT 3.1.1 over a plain socket of this machine, QoS 1, with a bounded number of messages on their way. Packets are laid
out by hand (MQTT 3.1.1, sections 3.1 to 3.4); the broker's answers are counted, not interpreted.
"""

import socket
import struct
from collections.abc import Iterable
from typing import Self
from urllib.parse import unquote, urlsplit

CONNECT, CONNACK, PUBLISH_QOS1, DISCONNECT = 0x10, 0x20, 0x32, 0xE0
PUBACK_BYTES = 4
PATIENCE_S = 60.0
MOST_PACKET_ID = 0xFFFF
AT_ONCE = 100  # packets a system call


class Sender:
    """Publishes; used as `with Sender(url, name) as sender`.

    Args:
        url: Of a broker on this machine, with user and password.
        name: The client's.
        window: Messages on their way at once.
    """

    def __init__(self, url: str, name: str, window: int = 200) -> None:
        self._url, self._name, self._window = urlsplit(url), name, window
        self._packet = self._on_their_way = self._half = 0

    def __enter__(self) -> Self:
        self._socket = socket.create_connection((self._url.hostname or "127.0.0.1", self._url.port or 1883), PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        texts = (self._name, unquote(self._url.username or ""), unquote(self._url.password or ""))
        body = _text("MQTT") + bytes([4, 0xC2, 0, 0]) + b"".join(_text(text) for text in texts)
        self._socket.sendall(_packet(CONNECT, body))
        answer = self._socket.recv(4)
        if len(answer) != 4 or answer[0] != CONNACK or answer[3] != 0:
            raise ConnectionError("The broker refuses the load's account; see its log.")
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.sendall(_packet(DISCONNECT, b""))
        self._socket.close()

    def send(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Publish messages of topic and payload; returns when the broker has them all."""
        waiting: list[bytes] = []
        for topic, payload in messages:
            waiting.append(self._publish(topic, payload))
            if len(waiting) == AT_ONCE:
                self._push(waiting)
        self._push(waiting)
        while self._on_their_way:
            self._take_answers()

    def _push(self, waiting: list[bytes]) -> None:
        self._socket.sendall(b"".join(waiting))
        self._on_their_way += len(waiting)
        waiting.clear()
        while self._on_their_way > self._window - AT_ONCE:
            self._take_answers()

    def _publish(self, topic: str, payload: bytes) -> bytes:
        self._packet = self._packet % MOST_PACKET_ID + 1
        return _packet(PUBLISH_QOS1, _text(topic) + struct.pack(">H", self._packet) + payload)

    def _take_answers(self) -> None:
        answer = self._socket.recv(1 << 16)
        if not answer:
            raise ConnectionError("The broker closed the load's connection; see its log.")
        whole, self._half = divmod(self._half + len(answer), PUBACK_BYTES)
        self._on_their_way -= whole


def _packet(kind: int, body: bytes) -> bytes:
    length, digits = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([kind]) + bytes(digits) + body


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack(">H", len(encoded)) + encoded
