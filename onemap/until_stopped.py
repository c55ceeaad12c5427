"""Running until the work is done or somebody says stop."""

import asyncio
import signal
from collections.abc import Coroutine

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_until_stopped(work: Coroutine[object, object, None]) -> None:
    """Run the work; a signal to stop cancels it, and that is an orderly end, not an error.

    A second signal cancels the clearing up as well: what still runs then dies with this process.
    """
    asyncio.run(_guard(work))


async def _guard(work: Coroutine[object, object, None]) -> None:
    task = asyncio.create_task(work, name="work")
    loop = asyncio.get_running_loop()
    for number in STOP:
        loop.add_signal_handler(number, task.cancel)
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()
