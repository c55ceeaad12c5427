"""The live channel without its sockets: what is known, what has been told to whom, and in which order."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from dashboard_api.live.audience import STAFF, Audience
from dashboard_api.live.messages import ClockReading, Delta, ResumeFailed, Snapshot, ages, text
from dashboard_api.live.outbox import Outbox
from dashboard_api.live.state import Changes, State, Topic, as_of, difference
from dashboard_api.live.stream import Stream


@dataclass(frozen=True, kw_only=True)
class Since:
    """Where a client wants to go on: an epoch, and the sequence of the last message it has."""

    epoch: str
    seq: int


class Hub:
    """Takes what was loaded, tells it in frames, keeps the clients.

    Attributes:
        epoch: Of this start of the server.
        seq: The last frame's sequence.
        known: The room as it was last loaded; clients learn of it with the next frame.
    """

    def __init__(self, epoch: str) -> None:
        self.epoch = epoch
        self.seq = 0
        self.known = State()
        self._told = State()
        self._untold: Changes = {}
        self._streams: dict[Audience, Stream] = {STAFF: Stream(STAFF, self._told, 0)}

    @property
    def has_news(self) -> bool:
        """Whether something is known that has not been told."""
        return bool(self._untold)

    @property
    def clients(self) -> int:
        """How many there are."""
        return sum(len(stream.clients) for stream in self._streams.values())

    def take(self, topic: Topic, objects: Mapping[str, Struct]) -> None:
        """A topic was loaded: these are all of its objects."""
        self._change(topic, difference(self.known.topic(topic), objects))

    def patch(self, topic: Topic, objects: Mapping[str, Struct], *, gone: Collection[str] = ()) -> None:
        """Some of a topic's objects were loaded; `gone` are no more."""
        mine = self.known.topic(topic)
        changed = difference({key: mine[key] for key in objects if key in mine}, objects)
        self._change(topic, changed | {key: None for key in gone if key in mine})

    def tick(self, clock: ClockReading) -> int:
        """Tell everybody what has changed; returns how many clients have fallen behind by it."""
        changes, self._untold = self._untold, {}
        self._told.apply(changes)
        self.seq += 1
        moments = as_of(self._told)
        delta = Delta(
            seq=self.seq,
            at=clock.now,
            changes=changes,
            as_of=moments,
            age_s=ages(moments, clock.now),
            clock=clock,
        )
        behind = sum(stream.advance(self._told, delta) for stream in self._streams.values())
        self._streams = {audience: stream for audience, stream in self._streams.items() if not stream.is_over}
        return behind

    def join(self, audience: Audience, hello: Struct, since: Since | None, wake: Callable[[], None]) -> Outbox:
        """A client comes: it is greeted, and gets what it missed or a snapshot."""
        if audience not in self._streams:
            self._streams[audience] = Stream(audience, self._told, self.seq)
        stream = self._streams[audience]
        missed = stream.ring.after(since.seq) if since and since.epoch == self.epoch else None
        first = [text(hello)]
        if missed is not None:
            first += missed
        elif since:
            first.append(text(ResumeFailed(reason=self._why_not(since))))
        client = Outbox(wake, first, is_behind=missed is None)
        stream.clients.add(client)
        return client

    def leave(self, audience: Audience, client: Outbox) -> None:
        """A client goes."""
        if audience in self._streams:
            self._streams[audience].clients.discard(client)

    def snapshot(self, audience: Audience, now: datetime) -> str:
        """All that has been told to an audience, as of the last frame."""
        moments = as_of(self._told)
        empty = Snapshot(seq=self.seq, at=now, state={}, as_of=moments, age_s=ages(moments, now))
        return self._streams[audience].snapshot(empty)

    def _change(self, topic: Topic, changed: dict[str, Struct | None]) -> None:
        if changed:
            self.known.apply({topic: changed})
            self._untold.setdefault(topic, {}).update(changed)

    def _why_not(self, since: Since) -> str:
        if since.epoch != self.epoch:
            return "The server has started anew since; here is all of it."
        return f"The deltas after {since.seq} are no longer held, the newest is {self.seq}; here is all of it."
