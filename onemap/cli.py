"""The command line: one file a command, read only when it is asked for, so that the front door stays quick."""

import errno
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from floodcore.errors import OneMapError
from floodcore.settings import unknown_names

# Name on the command line: module and what it calls the command, a function or a Typer of its own.
COMMANDS = {
    "demo": "onemap.commands.demo:demo",
    "up": "onemap.commands.up:up",
    "down": "onemap.commands.down:down",
    "status": "onemap.commands.status:status",
    "doctor": "onemap.commands.doctor:doctor",
    "simulate": "onemap.commands.simulate:app",
    "test": "onemap.commands.test:app",
    "import": "onemap.commands.import_:import_pack",
    "export": "onemap.commands.export:export_pack",
    "register": "onemap.commands.register:app",
    "device": "onemap.commands.device:app",
    "quarantine": "onemap.commands.quarantine:app",
    "bench": "onemap.commands.bench:app",
}
DISK_FULL = "The disk is full; free some room, or set ONEMAP_HOME to a roomier disk, and run this again."


class Commands(TyperGroup):
    """Finds a command's module by its name."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002
        """Names, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # noqa: ARG002
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        found: typer.Typer | Callable[..., None] = getattr(import_module(module), attribute)
        command = typer.main.get_command(found if isinstance(found, typer.Typer) else _alone(found))
        command.name = cmd_name
        return command

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run a command; a wrong value is told without pydantic's word before the sentence."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise


def _alone(function: Callable[..., None]) -> typer.Typer:
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command()(function)
    return alone


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.callback()
def onemap() -> None:
    """One Map: live urban flood monitoring, forecasting and dispatch.

    Begin with `onemap demo`: a city in a storm, on this machine. `onemap doctor` says what is wrong and how to mend it.
    """
    for name in unknown_names():
        sys.stderr.write(f"onemap: {name} is set and no setting has this name; is it misspelt?\n")


def main() -> NoReturn:
    """Run the command line; an expected failure is one sentence and exit code 1, wrong usage is 2, Ctrl-C is 130."""
    try:
        app(prog_name="onemap")
    except OneMapError as error:
        _fail(str(error))
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            _fail(DISK_FULL)
        if error.filename is None:
            raise
        _fail(f"{error.filename}: {error.strerror}; check the path and its rights, and run this again.")
    sys.exit(0)


def _fail(sentence: str) -> NoReturn:
    sys.stderr.write(f"onemap: {sentence}\n")
    sys.exit(1)
