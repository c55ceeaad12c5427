"""`onemap test`: the whole test suite against real engines."""

import os
import sys

import typer

from onemap.engines.prefix import provision
from onemap.engines.sets import BROWSER, ENGINES
from onemap.home import CHECKOUT, Home

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run the tests; whatever follows is pytest's: `onemap test tests/unit -k sensor`.

    Engines and browser are fetched on first use. Paths are relative to the checkout.
    """
    home = Home.from_environment()
    for engine_set in (ENGINES, BROWSER):
        provision(engine_set, home)
    os.chdir(CHECKOUT)
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *context.args], environment(os.environ, home))  # noqa: S606


def environment(environ: os._Environ[str], home: Home) -> dict[str, str]:
    """The environment without the user's settings: tests must not reach the user's own servers."""
    kept = {name: value for name, value in environ.items() if not name.startswith("ONEMAP_")}
    apt = {name: value for name, value in environ.items() if name == "ONEMAP_APT_MIRROR"}
    return {**kept, **apt, "ONEMAP_HOME": str(home.path)}
