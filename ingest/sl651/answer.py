"""What the centre answers: received, or which packet to send again (SL 651-2014, 6.3.1.2, tables 21 and 23)."""

from dataclasses import replace
from datetime import datetime

from ingest.sl651.bcd import to_moment
from ingest.sl651.frame import End, Frame, Packet

SERIAL = 2  # bytes, before everything else in a text
UNANSWERED = frozenset({0x2F})  # link keep: the standard has no answer to it


def confirmation(first: Frame, last: Frame, at: datetime) -> bytes:
    """Received: the station may forget the message.

    Args:
        first: The frame that carries the message's number: the message itself, or the first of its packets.
        last: The frame that is answered, the same one where there are no packets.
        at: The room's time.
    """
    packet = Packet(number=last.packet.of, of=last.packet.of) if last.packet else None
    end = End.ACK if last.end is End.ETB and not packet else End.EOT
    return _down(last, first.text[:SERIAL], at, end, packet)


def resend(missing: int, last: Frame, at: datetime) -> bytes:
    """Packet `missing` has not come: the station sends that one again, and ends it like the last."""
    packet = Packet(number=missing, of=last.packet.of if last.packet else missing)
    return _down(last, bytes(SERIAL), at, End.NAK, packet)


def _down(frame: Frame, serial: bytes, at: datetime, end: End, packet: Packet | None) -> bytes:
    return replace(frame, text=serial + to_moment(at), end=end, is_down=True, packet=packet).encode()
