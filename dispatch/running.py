"""Running until somebody asks us to end."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def until(stopping: asyncio.Event, work: Coroutine[Any, Any, None], name: str) -> None:
    """Do the work until the event is set, then cancel it; what it raises is raised here."""
    task = asyncio.create_task(work, name=name)
    stop = asyncio.create_task(stopping.wait(), name=f"{name} until stopped")
    await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    for one in (task, stop):
        one.cancel()
    await asyncio.wait({task, stop})
    if not task.cancelled():
        task.result()
