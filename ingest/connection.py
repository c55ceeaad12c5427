"""paho's network work on our own event loop, by the calls that it has for this.

A thread of paho's takes turns with the loop that stores, and every one of its system calls is a chance to wait for the
other: two thirds of the messages a second were left of what one thread of both receives (15,700 against 24,400).
"""

import asyncio
import contextlib
import logging
import ssl

import paho.mqtt.client as paho

log = logging.getLogger(__name__)

AT_ONCE = 25  # packets read before others on the loop have their turn: 1 ms at 40 us each
MISC_EVERY_S = 1.0  # keep-alive and time-outs; paho's own loop looks as often
AGAIN_FIRST_S, AGAIN_MOST_S = 0.5, 5.0  # real seconds between attempts to connect, doubling


class Wire:
    """A client's connection: its callbacks run on the event loop that `connect` is awaited on.

    Args:
        client: Configured with `connect_async`, and never given a loop of paho's own.

    Attributes:
        heard: To be set by the client's `on_message`: there may be more where that came from.
    """

    def __init__(self, client: paho.Client) -> None:
        self._client = client
        self._client.on_socket_open = self._on_open
        self._client.on_socket_close = self._on_close
        self._client.on_socket_register_write = self._on_wants_to_write
        self._client.on_socket_unregister_write = self._on_has_written
        self._closed = asyncio.Event()
        self.heard = False

    async def connect(self) -> None:
        """Return once the broker is reached, however long it is away; whether it lets us in comes by `on_connect`."""
        self._loop = asyncio.get_running_loop()
        pause_s = AGAIN_FIRST_S
        while True:
            self._closed.clear()
            try:
                await asyncio.to_thread(self._client.reconnect)  # looks up names and waits for an answer
            except OSError as error:
                log.info("the broker cannot be reached (%s)", error)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, AGAIN_MOST_S)
            else:
                return

    async def lost(self) -> None:
        """Keep the connection alive; returns when it is gone."""
        while not self._closed.is_set():
            self._client.loop_misc()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), MISC_EVERY_S)
        await asyncio.sleep(AGAIN_FIRST_S)  # a broker that refuses us is not asked without a pause

    def leave(self) -> None:
        """Say goodbye, without waiting for an answer."""
        self._client.disconnect()
        self._client.loop_write()

    def _on_open(self, _client: paho.Client, _data: object, sock: "paho.SocketLike") -> None:
        self._loop.call_soon_threadsafe(self._watch, sock)  # we are in the connecting thread

    def _on_close(self, _client: paho.Client, _data: object, sock: "paho.SocketLike") -> None:
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)
        self._closed.set()

    def _on_wants_to_write(self, _client: paho.Client, _data: object, sock: "paho.SocketLike") -> None:
        self._loop.call_soon_threadsafe(self._write, sock)

    def _watch(self, sock: "paho.SocketLike") -> None:
        if sock.fileno() >= 0:  # it may be closed by now, and so may one that is to be written to
            self._loop.add_reader(sock, self._read, sock)

    def _write(self, sock: "paho.SocketLike") -> None:
        if sock.fileno() >= 0:
            self._loop.add_writer(sock, self._client.loop_write)

    def _on_has_written(self, _client: paho.Client, _data: object, sock: "paho.SocketLike") -> None:
        self._loop.remove_writer(sock)

    def _read(self, sock: "paho.SocketLike") -> None:
        for _ in range(AT_ONCE):
            self.heard = False
            self._client.loop_read()
            if not (self.heard or _is_decrypted(sock)):
                return
        if _is_decrypted(sock):
            self._loop.call_soon(self._read, sock)  # what TLS has decrypted already makes no socket readable


def _is_decrypted(sock: "paho.SocketLike") -> bool:
    return isinstance(sock, ssl.SSLSocket) and sock.fileno() >= 0 and sock.pending() > 0
