"""`python -m simulators.engine.worker FD`: one part's engine in a process of its own, spoken to over a pipe.

It ends when the pipe is closed, so also when whoever owns it is killed. Whatever goes wrong is answered as a sentence.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from floodcore.errors import OneMapError
from simulators.engine.part import Model, Running

READY = "ready"


def serve(pipe: Connection) -> None:
    """Answer until the pipe is closed: first a model to open, then orders to it."""
    try:
        model: Model = pipe.recv()
        with Running(model) as running:
            pipe.send((True, (running.nodes, running.links, running.gages)))
            while True:
                name, arguments = pipe.recv()
                pipe.send(_answer(getattr(running, name), arguments))
    except OneMapError as error:
        pipe.send((False, error))
    except (EOFError, ConnectionError):
        return


def _answer(call: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, call(*arguments)
    except (OneMapError, ValueError) as error:
        return False, error.with_traceback(None)


def _silence() -> None:
    """What the engine prints concerns nobody; Ctrl-C is for the owner, whose end is ours too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


if __name__ == "__main__":
    _silence()
    with contextlib.closing(Connection(int(sys.argv[1]))) as owner:
        serve(owner)
