"""Orders: proposed, and then step by step to their end; each change with its entry in the journal.

Whatever writes here runs inside `floodcore.store.journal.journalled`, on its connection.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg.types.json import Jsonb

from floodcore.domain.levels import Level
from floodcore.domain.order import OrderReason, OrderState, Step, after
from floodcore.errors import Conflict, NotFound
from floodcore.store import journal
from floodcore.store.database import Connection, fetch_one
from floodcore.store.statements import statements

SQL = statements("orders")
ALERT_QUEUE, ALERT_TASK = "alerts", "push_order"  # stored with queued jobs: a new name orphans those that wait


class Alert(StrEnum):
    """How far an order's push has come."""

    NONE = "none"  # nobody to push to, or not confirmed yet
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


async def order(connection: Connection, order_id: int) -> dict[str, Any]:
    """The order's row: keys are the columns of dispatch_order.

    Raises:
        NotFound: There is no such order.
    """
    return _found(await fetch_one(connection, SQL["order"], {"order_id": order_id}), order_id)


async def propose(
    connection: Connection,
    *,
    incident_id: int,
    site_id: str,
    team_id: str,
    level: Level,
    reason: OrderReason,
    actor: str,
    now: datetime,
) -> dict[str, Any]:
    """Propose that a team goes to an incident; returns the new row.

    Args:
        connection: A journalled one.
        incident_id: The incident.
        site_id: Where it is.
        team_id: The team.
        level: The incident's level now.
        reason: Why this team.
        actor: Who proposes.
        now: The room's time.

    Raises:
        Conflict: The team or the incident has an active order already.
    """
    row = await fetch_one(
        connection,
        SQL["propose"],
        {
            "incident_id": incident_id,
            "site_id": site_id,
            "team_id": team_id,
            "level": int(level),
            "reason": Jsonb(
                {"zh": reason.zh, "en": reason.en, "distance_m": reason.distance_m, "travel_s": reason.travel_s}
            ),
            "now": now,
        },
    )
    if row is None:
        raise Conflict(f"Team {team_id} or incident {incident_id} has an active order; end that one first.")
    await journal.record(connection, "order", "proposed", before=None, after=row, actor=actor, now=now)
    return row


async def take_step(
    connection: Connection,
    order_id: int,
    step: Step,
    *,
    actor: str,
    now: datetime,
    version: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Take one step of an order's life; returns the row after it.

    A step that has been taken already leaves the row as it is and writes no entry, whatever version was named: what
    was asked for is so. CONFIRM also queues the order's alert, in the same transaction.

    Args:
        connection: A journalled one.
        order_id: The order.
        step: What is done to it.
        actor: A user's id, or `service:name`.
        now: The room's time; becomes the time of the new state.
        version: The version the actor saw; None where that does not matter.
        details: What else the actor said, kept in the journal: values that JSON can hold.

    Raises:
        NotFound: There is no such order.
        Conflict: The step is not possible now, or the order is no longer at `version`.
    """
    before = _found(await fetch_one(connection, SQL["lock"], {"order_id": order_id}), order_id)
    present = OrderState(before["state"])
    state = after(present, step)
    if state is present:
        return before
    if version is not None and version != before["version"]:
        raise Conflict(
            f"Order {order_id} is at version {before['version']} and {present}, no longer at version {version}; "
            "reload it and decide again."
        )
    row = _found(
        await fetch_one(
            connection, SQL["take_step"], {"order_id": order_id, "state": state, "actor": actor, "now": now}
        ),
        order_id,
    )
    told = {**row, "details": dict(details)} if details else row
    await journal.record(connection, "order", state, before=before, after=told, actor=actor, now=now)
    if step is Step.CONFIRM:
        await queue_alert(connection, order_id)
    return row


async def set_alert(
    connection: Connection, order_id: int, alert: Alert, *, actor: str, now: datetime, detail: str | None = None
) -> dict[str, Any]:
    """Note how far an order's alert has come; returns the row after it, unchanged where it was so already.

    Args:
        connection: A journalled one.
        order_id: The order.
        alert: How far.
        actor: Who notes it.
        now: The room's time.
        detail: One sentence for the wall; never a channel's URL.

    Raises:
        NotFound: There is no such order.
    """
    before = _found(await fetch_one(connection, SQL["lock"], {"order_id": order_id}), order_id)
    if (before["alert"], before["alert_detail"]) == (alert, detail):
        return before
    row = _found(
        await fetch_one(connection, SQL["set_alert"], {"order_id": order_id, "alert": alert, "detail": detail}),
        order_id,
    )
    await journal.record(connection, "order", f"alert_{alert}", before=before, after=row, actor=actor, now=now)
    return row


async def queue_alert(connection: Connection, order_id: int) -> None:
    """Queue an order's push: CONFIRM does, and whoever finds an order whose push has got lost."""
    await connection.execute(
        SQL["defer_alert"],
        {
            "queue": ALERT_QUEUE,
            "task": ALERT_TASK,
            "lock": f"order-{order_id}",  # two workers never push one order at a time
            "arguments": Jsonb({"order_id": order_id}),
        },
    )


def _found(row: dict[str, Any] | None, order_id: int) -> dict[str, Any]:
    if row is None:
        raise NotFound(f"There is no order {order_id}; reload the list.")
    return row
