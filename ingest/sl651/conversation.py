"""One connection: bytes in, messages on their way to the memory, confirmations out once they are there."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from floodcore.clock import Clock
from ingest.message import Message
from ingest.sl651.answer import UNANSWERED, confirmation, resend
from ingest.sl651.frame import HEAD, Frame, Packet
from ingest.sl651.framer import Broken, Framed, Framer
from ingest.sl651.intake import Intake
from ingest.sl651.packets import Missing, Packets, TooLargeError, Whole
from ingest.sl651.pulse import Pulse
from ingest.sl651.report import TEST, topic_of

log = logging.getLogger(__name__)

READ_BYTES = 4096
FIRST_FRAME_WITHIN_S = 30.0  # real seconds; a station connects because it has something to say
# A station that stays connected keeps its link every 1 to 255 s (6.6.4.2); after an ESC it waits 10 minutes (table 10).
NEXT_FRAME_WITHIN_S = 660.0
# A station waits less and sends again over a new connection. While the database is away none need hold its place here.
STORED_WITHIN_S = 60.0
ANSWERED_WITHIN_S = 10.0  # a confirmation has 25 bytes: who does not take it is gone


@dataclass(frozen=True, kw_only=True)
class _Due:
    """An answer that is to be given once a message is stored; at once where there is none to wait for."""

    stored: asyncio.Event | None
    answer: Callable[[datetime], bytes]


class Conversation:
    """What goes on over one connection.

    Attributes:
        is_station: Whether a whole frame has come over it.
    """

    def __init__(self, intake: Intake, clock: Clock, pulse: Pulse) -> None:
        self.is_station = False
        self._intake, self._clock, self._pulse = intake, clock, pulse
        self._framer, self._packets = Framer(), Packets()

    async def hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk until the other side ends, falls silent, or shows that it is no station.

        Raises:
            TimeoutError: It does not take its answers, or the database is away for long.
            ConnectionError: It is gone.
        """
        while data := await self._read(reader):
            skipped = self._framer.skipped
            pieces = self._framer.feed(data)
            self._pulse.garbage += self._framer.skipped - skipped
            try:
                await self._give(writer, await self._take(pieces))
            except TooLargeError as error:
                log.info("a connection ends: %s", error)
                break
            if self._framer.is_hopeless:
                log.info("a connection ends: it is no station's, or its line damages everything")
                break
        if broken := self._framer.end():
            self._keep(broken.raw)
        if raw := self._packets.end():
            self._keep(raw)

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        """The next bytes; none where the other side has ended or fallen silent."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(NEXT_FRAME_WITHIN_S if self.is_station else FIRST_FRAME_WITHIN_S):
                return await reader.read(READ_BYTES)
        return b""

    async def _take(self, pieces: Sequence[Framed | Broken]) -> list[_Due]:
        due: list[_Due] = []
        for piece in pieces:
            if isinstance(piece, Broken):
                self._keep(piece.raw)
            else:
                self._pulse.frames += 1
                self.is_station = True
                if one := await self._take_frame(piece):
                    due.append(one)
        return due

    async def _take_frame(self, piece: Framed) -> _Due | None:
        frame = piece.frame
        if frame.function == TEST:
            log.info("a test report of station %s has come", frame.station)
        if frame.packet:
            return await self._take_packet(piece, frame.packet)
        if frame.function in UNANSWERED:
            return None
        return await self._due(piece.raw, frame, frame)

    async def _take_packet(self, piece: Framed, packet: Packet) -> _Due | None:
        match self._packets.add(piece, packet):
            case Whole(raw=raw, first=first, last=last):
                return await self._due(raw, first, last)
            case Missing(number=number, last=last):
                return _Due(stored=None, answer=partial(resend, number, last))
        return None

    async def _due(self, raw: bytes, first: Frame, last: Frame) -> _Due:
        return _Due(stored=await self._hand_in(first.station, raw), answer=partial(confirmation, first, last))

    async def _hand_in(self, station: str, raw: bytes) -> asyncio.Event:
        async with asyncio.timeout(STORED_WITHIN_S):
            return await self._intake.put(self._message(station, raw))

    def _keep(self, raw: bytes) -> None:
        self._pulse.broken += 1
        claimed = raw[3:8].hex().upper() if len(raw) >= HEAD else "unknown"  # may be damaged too
        self._intake.keep(self._message(claimed, raw))

    def _message(self, station: str, raw: bytes) -> Message:
        return Message(topic=topic_of(station), payload=raw, content_type=None, received_at=self._clock.now())

    async def _give(self, writer: asyncio.StreamWriter, due: Sequence[_Due]) -> None:
        for one in due:
            if one.stored:
                async with asyncio.timeout(STORED_WITHIN_S):
                    await one.stored.wait()
            writer.write(one.answer(self._clock.now()))
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            await writer.drain()
