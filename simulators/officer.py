"""`python -m simulators.officer --api URL --accounts FILE --after MINUTES`: a constructed duty officer.

Orders that no person has confirmed for so long, on the room's clock, are confirmed: whoever sits at the wall comes
first.
FILE is JSON, [{"user", "password"}], readable by its owner alone; the first account is the officer's.
"""

import asyncio
import logging
import sys
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from floodcore.clock import Clock
from floodcore.domain.order import OrderState, Step
from floodcore.service import run, say_ready
from floodcore.settings import Settings
from simulators.accounts import read_accounts
from simulators.field_api import ApiAway, FieldApi

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.5  # real
NOTE = "simulated officer"


def overdue(orders: list[dict[str, Any]], now: datetime, after: timedelta) -> list[dict[str, Any]]:
    """The orders that have waited for a confirmation at least so long, the worst first, then the oldest.

    Args:
        orders: As the API lists them.
        now: The room's time.
        after: How long a person has for it.
    """
    waiting = [
        order
        for order in orders
        if order["state"] == OrderState.PROPOSED and now - datetime.fromisoformat(order["proposed_at"]) >= after
    ]
    return sorted(waiting, key=lambda order: (-order["level"], order["proposed_at"]))


async def confirm_overdue(api: FieldApi, clock: Clock, after: timedelta) -> None:
    """Look once, and confirm what has waited too long.

    Raises:
        ApiAway: The API does not answer.
    """
    answer = await api.get("/orders", state=OrderState.PROPOSED, limit=1000) or {"items": []}
    for order in overdue(answer["items"], clock.now(), after):
        # The version makes sure that an order which a person has just recalled stays so. The key may be the same in
        # every attempt, as the request is.
        body = {"version": order["version"], "note": NOTE}
        path = f"/orders/{order['order_id']}/{Step.CONFIRM}"
        status = await api.post(path, body, f"officer-{order['order_id']}-{order['version']}")
        log.info("order %s: confirmed (%s)", order["order_id"], status)


async def main(given: Namespace, settings: Settings, stopping: asyncio.Event) -> None:
    """Confirm until asked to stop; an API that is away is asked again."""
    clock, account = settings.clock.clock(), read_accounts(given.accounts)[0]
    async with FieldApi(given.api, account.user, account.password) as api:
        say_ready(settings)
        while not stopping.is_set():
            try:
                await confirm_overdue(api, clock, timedelta(minutes=given.after))
            except ApiAway as error:
                log.warning("%s", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_EVERY_S)


def arguments(words: list[str]) -> Namespace:
    """What the command line says."""
    parser = ArgumentParser(prog="python -m simulators.officer", description=__doc__.partition("\n")[0])
    parser.add_argument("--api", required=True, metavar="URL", help="the API's address, such as http://127.0.0.1:8000/")
    parser.add_argument("--accounts", required=True, type=Path, metavar="FILE", help="JSON, mode 0600")
    parser.add_argument("--after", type=float, default=5.0, metavar="MINUTES", help="how long a person has, room time")
    return parser.parse_args(words)


if __name__ == "__main__":
    run("officer", partial(main, arguments(sys.argv[1:])))
