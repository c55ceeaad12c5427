"""Store and forward: nothing is forgotten before the broker has surely kept it."""

from collections import deque
from dataclasses import dataclass

from simulators.schedule import Message

WINDOW = 20  # messages on their way at once: more is refused by a Mosquitto as it comes, and not sent by paho
OVERLAP_S = 60.0  # six times the broker's autosave interval, for one that saves more rarely
AGAIN_AFTER_S = 1.0  # until a subscriber is back; guessed


@dataclass
class Counts:
    """How far it is, in readings. `published` counts each once, `resent` every further time it was sent."""

    published: int = 0
    resent: int = 0
    acknowledged: int = 0
    finished: bool = False


@dataclass(eq=False)
class Parcel:
    """A message on its way; the same one however often it is sent."""

    message: Message
    sent: bool = False
    acknowledged: bool = False


class Outbox:
    """What is to be sent, what is on its way, and what has arrived so lately that it may be lost all the same.

    An acknowledgement says that the broker has a message, and a broker that is killed forgets what it has not saved
    since: Mosquitto saves every `autosave_interval`. So after every break the last minute is sent once more. Whoever
    stores readings by their identity takes that for what it is.

    Times are real seconds of any steady clock.
    """

    def __init__(self) -> None:
        self.counts = Counts()
        self._ready: deque[Parcel] = deque()
        self._later: deque[tuple[float, Parcel]] = deque()  # by time
        self._on_their_way: dict[int, Parcel] = {}  # by packet id
        self._arrived: deque[tuple[float, Parcel]] = deque()  # by time

    @property
    def has_room(self) -> bool:
        """Whether one more message may be on its way."""
        return len(self._on_their_way) < WINDOW

    @property
    def is_empty(self) -> bool:
        """Whether everything that was put in has arrived."""
        return not (self._ready or self._later or self._on_their_way)

    def put(self, message: Message) -> None:
        """Take a message to be sent."""
        self._ready.append(Parcel(message))

    def next(self, now: float) -> Parcel | None:
        """What is to be sent now, or None; whoever takes it tells `sent`."""
        while self._later and self._later[0][0] <= now:
            self._ready.append(self._later.popleft()[1])
        return self._ready.popleft() if self._ready and self.has_room else None

    def sent(self, packet_id: int, parcel: Parcel) -> None:
        """A parcel has left under this packet id."""
        self._on_their_way[packet_id] = parcel
        if parcel.sent:
            self.counts.resent += parcel.message.readings
        else:
            self.counts.published += parcel.message.readings
        parcel.sent = True

    def arrived(self, packet_id: int, now: float) -> None:
        """The broker has acknowledged a packet; one that is none of ours is passed over."""
        if parcel := self._on_their_way.pop(packet_id, None):
            if not parcel.acknowledged:
                self.counts.acknowledged += parcel.message.readings
            parcel.acknowledged = True
            self._arrived.append((now, parcel))
            self._forget(now)

    def nobody_listened(self, packet_id: int, now: float) -> None:
        """The broker has thrown a packet away, as nobody subscribes now: it is sent again in a while."""
        if parcel := self._on_their_way.pop(packet_id, None):
            self._later.append((now + AGAIN_AFTER_S, parcel))

    def broke(self, now: float) -> None:
        """The connection broke: what arrived lately is sent again first.

        What is still on its way stays there; the MQTT client itself repeats it under the same packet ids.
        """
        self._forget(now)
        self._ready.extendleft(parcel for _, parcel in reversed(self._arrived))
        self._arrived.clear()

    def _forget(self, now: float) -> None:
        while self._arrived and self._arrived[0][0] < now - OVERLAP_S:
            self._arrived.popleft()
