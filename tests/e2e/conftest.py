"""The whole house for browser tests: engines, services and a real storm, without simulated crews."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import pytest

from onemap.demo.plan import Plan, act_for
from onemap.demo.run import Demo
from onemap.engines.kept import free_port
from onemap.home import Home

T = TypeVar("T")
SPEED = 60.0


class Provider:
    """A push provider on loopback: it keeps what it is sent."""

    def __init__(self) -> None:
        self.received: SimpleQueue[dict[str, Any]] = SimpleQueue()
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.put(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """As apprise writes it."""
        return f"json://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Stage:
    """A demo on an event loop of its own: Playwright has the main thread's."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Stage":
        self._thread.start()
        self._wait_for(self.demo.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._wait_for(self.demo.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=120)


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The push channel of the whole room."""
    running = Provider()
    yield running
    running.close()


@pytest.fixture
def stage(make_home: Callable[[], Home], provider: Provider) -> Iterator[Stage]:
    """The shipped storm, with people, not simulations, for officer and crews."""
    plan = Plan(act=act_for("floodnet-2023-09-29"), speed=SPEED, port=int(free_port()), people=False)
    with Stage(Demo(make_home(), plan, settings={"ONEMAP_ALERTS__URLS": provider.url})) as running:
        yield running


@pytest.fixture
def full_stage(make_home: Callable[[], Home]) -> Iterator[Stage]:
    """The shipped storm with simulated officer and crews, twice as fast."""
    plan = Plan(act=act_for("floodnet-2023-09-29"), speed=2 * SPEED, port=int(free_port()))
    with Stage(Demo(make_home(), plan)) as running:
        yield running


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where screenshots go, if they are wanted: `--pictures docs/images`."""
    folder = request.config.getoption("--pictures")
    return Path(folder) if folder else None
