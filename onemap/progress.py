"""Progress a person can follow: a moving bar on a terminal, one line a phase anywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Update = Callable[[float], None]


@contextmanager
def phase(title: str, console: Console | None = None) -> Iterator[Update]:
    """Show one phase while it runs; the caller may say how far it is.

    Yields:
        A function that takes the share done, 0 to 1. Until it is called the bar only pulses.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        sys.stderr.write(f"onemap: {title}\n")
        sys.stderr.flush()
        yield lambda _share: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        task = bars.add_task(title, total=None)
        yield lambda share: bars.update(task, total=1.0, completed=min(share, 1.0))
        bars.update(task, total=1.0, completed=1.0)
