"""One order's push: to each of its channels once, as far as they take it, and what the order then says of it.

A channel that has taken the message is noted before anything else, so a retry goes to the others only. Killed between
the sending and the note it sends again: twice is better than not at all.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatch.alerts import provider
from dispatch.alerts.channels import Channel, allowed, channels_of
from dispatch.alerts.message import Message, message_for
from floodcore.bus import Bus
from floodcore.clock import Clock
from floodcore.domain.levels import Level
from floodcore.domain.order import OrderState, Step
from floodcore.domain.site import SiteKind
from floodcore.errors import Conflict, OneMapError
from floodcore.settings import Mode
from floodcore.store import orders
from floodcore.store.database import Database, fetch_all, fetch_one
from floodcore.store.journal import journalled
from floodcore.store.orders import Alert
from floodcore.store.statements import statements
from floodcore.wire.announcement import Kind

log = logging.getLogger(__name__)
SQL = statements("alerts", "dispatch")
ACTOR = "service:alerts"
MARKS = {Mode.LIVE: "", Mode.DRILL: "演练", Mode.REPLAY: "回放", Mode.SIMULATION: "模拟演练"}


class NotDelivered(OneMapError):
    """Some channel has not taken the message."""

    retryable = True


@dataclass(frozen=True, kw_only=True)
class Pusher:
    """Pushes orders.

    Attributes:
        urls: The room's channels, separated by blanks.
        team_urls: The teams' own, by team id, in the same way.
        mode: Says whether it is meant.
    """

    database: Database
    bus: Bus
    clock: Clock
    urls: str
    team_urls: Mapping[str, str]
    mode: Mode

    async def push(self, order_id: int, *, is_last: bool) -> None:
        """Push an order to the channels that have not taken it yet.

        Args:
            order_id: The order.
            is_last: Whether nobody will try again: then a failure is written down instead of raised.

        Raises:
            NotDelivered: Some channel has not taken it, and there is another try.
        """
        order, delivered = await self._read(order_id)
        if not OrderState(order["state"]).is_active:
            if order["alert"] == Alert.QUEUED and delivered:
                await self._settle(order_id, Alert.SENT, None)
            elif order["alert"] == Alert.QUEUED:
                await self._settle(order_id, Alert.NONE, "the order ended before it was pushed")
            return
        channels = channels_of(self.urls, self.team_urls.get(order["team_id"], ""))
        used, suppressed = allowed(channels, only_here=self.mode is not Mode.LIVE)
        taken = delivered | await self._send(order, [channel for channel in used if channel.digest not in delivered])
        reached = sum(channel.digest in taken for channel in used)
        left_out = f"channels left out in mode {self.mode}: {suppressed}" if suppressed else None
        count = f"{reached} of {len(used)} channels have taken it"
        log.info("order %d: %s; %s", order_id, count, left_out or "none left out")
        if not used:
            await self._settle(order_id, Alert.NONE, left_out)
        elif reached:
            await self._settle(order_id, Alert.SENT, count if reached < len(used) else left_out)
        elif is_last:
            await self._settle(order_id, Alert.FAILED, f"{count}; call the team by phone")
        if reached < len(used) and not is_last:
            raise NotDelivered(f"Order {order_id}: {count}; trying the others again.")

    async def give_up(self, order_id: int) -> None:
        """Say of an order whose push broke down for good that it has failed, unless a channel had taken it before."""
        order, _ = await self._read(order_id)
        if order["alert"] == Alert.QUEUED:
            await self._settle(order_id, Alert.FAILED, "the push broke down; call the team by phone")

    async def _read(self, order_id: int) -> tuple[Mapping[str, Any], set[str]]:
        async with self.database.connection() as connection:
            order = await fetch_one(connection, SQL["order"], {"order_id": order_id})
            assert order, "orders are never deleted"
            rows = await fetch_all(connection, SQL["delivered"], {"order_id": order_id})
        return order, {row["channel"] for row in rows}

    async def _send(self, order: Mapping[str, Any], channels: list[Channel]) -> set[str]:
        message = self._message(order)
        answers = await asyncio.gather(*(provider.send(message, channel) for channel in channels))
        taken = {channel.digest for channel, answer in zip(channels, answers, strict=True) if answer}
        async with self.database.connection() as connection:
            for digest in sorted(taken):
                noted = {"order_id": order["order_id"], "channel": digest, "now": self.clock.now()}
                await connection.execute(SQL["note_delivery"], noted)
        return taken

    def _message(self, order: Mapping[str, Any]) -> Message:
        return message_for(
            order_id=order["order_id"],
            team=order["team_name"],
            site=order["site_name"],
            kind=SiteKind(order["site_kind"]),
            level=Level(order["level"]),
            depth_m=order["depth_m"],
            mark=MARKS[self.mode],
        )

    async def _settle(self, order_id: int, alert: Alert, detail: str | None) -> None:
        """Write down how far the push has come. A failed one leaves the order confirmed: nobody has been told."""
        now = self.clock.now()
        async with journalled(self.database) as connection:
            if alert is not Alert.FAILED:
                try:
                    await orders.take_step(connection, order_id, Step.SEND, actor=ACTOR, now=now)
                except Conflict:
                    log.info("order %d ended while it was pushed", order_id)
            await orders.set_alert(connection, order_id, alert, actor=ACTOR, now=now, detail=detail)
        self.bus.announce(Kind.ORDERS, [str(order_id)])
