"""One audience's view of the room, its last deltas, and its clients."""

from msgspec.structs import replace

from dashboard_api.live.audience import STAFF, Audience, View, view_of
from dashboard_api.live.messages import Delta, Snapshot, text
from dashboard_api.live.outbox import Outbox
from dashboard_api.live.ring import HELD, Ring
from dashboard_api.live.state import Changes, State, difference


class Stream:
    """Every delta is encoded once for all clients of the audience, and so is every snapshot.

    Attributes:
        ring: The last deltas.
        clients: Their outboxes.
    """

    def __init__(self, audience: Audience, state: State, seq: int) -> None:
        self._audience = audience
        self._view: View = view_of(state, audience)
        self._snapshot: tuple[int, str] | None = None
        self._alone = 0  # deltas since the last client left
        self.ring = Ring(seq)
        self.clients: set[Outbox] = set()

    @property
    def is_over(self) -> bool:
        """Whether nobody can resume from it any more; the staff's is always kept."""
        return self._audience is not STAFF and self._alone > HELD

    def advance(self, state: State, delta: Delta) -> int:
        """Tell all clients; returns how many of them have just fallen behind.

        Args:
            state: After the changes.
            delta: With all of the room's changes; the audience is told its own of them.
        """
        frame = text(replace(delta, changes=self._own(state, delta.changes)))
        self.ring.add(delta.seq, frame)
        self._alone = 0 if self.clients else self._alone + 1
        return sum(not client.put(frame) for client in self.clients)

    def snapshot(self, empty: Snapshot) -> str:
        """The audience's state, as it was last told; `empty` is the snapshot without it."""
        if self._snapshot is None or self._snapshot[0] != empty.seq:
            self._snapshot = empty.seq, text(replace(empty, state=self._view))
        return self._snapshot[1]

    def _own(self, state: State, changes: Changes) -> Changes:
        if self._audience is STAFF:  # its view is the state itself
            return changes
        before, self._view = self._view, view_of(state, self._audience)
        own = {topic: difference(before[topic], objects) for topic, objects in self._view.items()}
        return {topic: changed for topic, changed in own.items() if changed}
