"""Real engines for the tests: one database server and one broker a session, a fresh database a test."""

import asyncio
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import pytest

from floodcore.migrate import migrate
from onemap.engines import browser
from onemap.engines.mosquitto import MosquittoEngine
from onemap.engines.postgres import PostgresEngine
from onemap.engines.prefix import provision
from onemap.engines.sets import BROWSER, ENGINES
from onemap.home import Home
from onemap.process import ProcessSpec
from onemap.state import Report
from onemap.supervisor import Supervisor

T = TypeVar("T")
TEMPLATE = "onemap_template"
POLL_S = 0.02


def pytest_addoption(parser: pytest.Parser) -> None:
    """Pictures for the README are made by the tests that look at the wall."""
    parser.addoption("--pictures", metavar="FOLDER", help="write the browser tests' screenshots into this folder")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's event loop stays in the main thread, where no other can run after it."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


class Engines:
    """A supervisor on a thread of its own, for tests with and without an event loop; it dies with pytest."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._supervisor = Supervisor(home, mode="tests")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="engines", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._wait_for(self._supervisor.__aenter__())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait_for(self._supervisor.__aexit__(kind, error, trace))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def start(self, *specs: ProcessSpec) -> None:
        """Start these; returns when each is ready."""
        self._wait_for(self._supervisor.start(specs))

    def report(self, name: str) -> Report:
        """How the process of this name stands."""
        return self._supervisor.reports()[name]

    def _wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=100)


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    """Wait for a condition with a deadline: `eventually(lambda: file.exists())` returns what it gave.

    In a coroutine: `await asyncio.to_thread(eventually, condition)`.
    """

    def wait(condition: Callable[[], T], within_s: float = 30.0) -> T:
        deadline = time.monotonic() + within_s
        while not (outcome := condition()):
            assert time.monotonic() < deadline, f"still waiting after {within_s} s"
            time.sleep(POLL_S)
        return outcome

    return wait


@pytest.fixture(scope="session")
def engines_prefix() -> Path:
    """The unpacked engines of this checkout."""
    return provision(ENGINES, Home.from_environment())


@pytest.fixture(scope="session")
def make_home(engines_prefix: Path) -> Iterator[Callable[[], Home]]:
    """Homes with data of their own and this checkout's engines, gone after the session.

    They lie below a folder that the engines' unprivileged user may enter.
    """
    with tempfile.TemporaryDirectory(prefix="onemap-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        numbers = count(1)

        def make() -> Home:
            home = Home(Path(folder) / f"home{next(numbers)}")
            (home.engines / ENGINES.name).symlink_to(engines_prefix)
            return home

        yield make


@pytest.fixture(scope="session")
def engines_home(make_home: Callable[[], Home]) -> Home:
    """The home of the engines that all tests share."""
    return make_home()


@pytest.fixture(scope="session")
def engines(engines_home: Home) -> Iterator[Engines]:
    """Runs the engines that all tests share."""
    with Engines(engines_home) as running:
        yield running


@pytest.fixture
def own_engines(make_home: Callable[[], Home]) -> Iterator[Engines]:
    """A supervisor of this test's own, whose processes it may kill."""
    home = make_home()
    with Engines(home) as running:
        yield running
    shutil.rmtree(home.path)


@pytest.fixture(scope="session")
def postgres(engines: Engines, engines_prefix: Path) -> PostgresEngine:
    """The running database server."""
    engine = PostgresEngine(engines.home, engines_prefix, durable=False)
    engine.prepare()
    engines.start(engine.spec())
    return engine


@pytest.fixture(scope="session")
def template_database(postgres: PostgresEngine) -> str:
    """A migrated database to copy: a copy takes a fraction of a second, the migrations take seconds."""
    migrate(postgres.create_database(TEMPLATE, fresh=True))
    postgres.close_as_template(TEMPLATE)
    return TEMPLATE


@pytest.fixture
def database_url(postgres: PostgresEngine, template_database: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh, migrated database of this test's own."""
    name = f"test_{id(request.node):x}"
    yield postgres.create_database(name, fresh=True, template=template_database)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def broker(engines: Engines, engines_prefix: Path) -> MosquittoEngine:
    """The running broker; `broker.url()` is the services', `broker.url(FLEET)` the gateway's."""
    engine = MosquittoEngine(engines.home, engines_prefix)
    engine.prepare()
    engines.start(engine.spec())
    return engine


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Playwright with our Chromium, fetched when the first test asks for it."""
    prefix = provision(BROWSER, Home.from_environment())
    fonts = browser.environment(prefix, tmp_path_factory.mktemp("fonts"))
    return {
        **browser_type_launch_args,
        "executable_path": str(browser.executable(prefix)),
        "args": list(browser.FLAGS),
        "env": {**os.environ, **fonts},
    }
