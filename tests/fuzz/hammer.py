"""Throws messages at a reader for a while: good ones damaged byte by byte, and what hypothesis makes of random bytes.

A reader passes when it never raises, its answer holds what the check asks of it, and no message takes it long.
"""

import random
import time
from collections.abc import Callable, Sequence

SLOWEST_S = 0.25  # of the processor, for one message; the largest messages of all have limits in tests of their own
SLOW_TIMES = 3  # in a row: a busy host takes time from a thread now and then, a slow reader is slow every time
MOST_BYTES = 1 << 14
ENTROPY_BYTES = 1024  # what hypothesis draws one example from
EDGES = (0x00, 0x01, 0x7E, 0x7F, 0x80, 0x9F, 0xBF, 0xC4, 0xDF, 0xF9, 0xFA, 0xFB, 0xFF)


class Mutator:
    """Damages good messages: a few wounds each, so that most of the message still makes sense to its reader.

    Args:
        seeds: Good messages.
        words: What the format means something by, and is worth writing somewhere else.
        dice: Decides.
    """

    def __init__(self, seeds: Sequence[bytes], words: Sequence[bytes], dice: random.Random) -> None:
        self._seeds, self._words, self._dice = seeds, words, dice
        self._wounds = (self._flip, self._edge, self._cut, self._insert, self._repeat, self._word, self._splice)

    def message(self) -> bytes:
        """The next message."""
        message = self._dice.choice(self._seeds)
        for _ in range(self._dice.randrange(1, 7)):
            message = self._dice.choice(self._wounds)(message)[:MOST_BYTES]
        return message

    def _place(self, message: bytes) -> int:
        return self._dice.randrange(len(message) + 1)

    def _slice(self, message: bytes) -> tuple[int, int]:
        begin = self._place(message)
        return begin, min(len(message), begin + self._dice.choice([1, 2, 4, 8, 16, 64]))

    def _flip(self, message: bytes) -> bytes:
        at = self._place(message)
        return (
            message[:at]
            + bytes(byte ^ 1 << self._dice.randrange(8) for byte in message[at : at + 1])
            + message[at + 1 :]
        )

    def _edge(self, message: bytes) -> bytes:
        at = self._place(message)
        return message[:at] + bytes([self._dice.choice(EDGES)]) + message[at + 1 :]

    def _cut(self, message: bytes) -> bytes:
        begin, end = self._slice(message)
        return message[:begin] + message[end:]

    def _insert(self, message: bytes) -> bytes:
        at = self._place(message)
        return message[:at] + self._dice.randbytes(self._dice.choice([1, 2, 8])) + message[at:]

    def _repeat(self, message: bytes) -> bytes:
        begin, end = self._slice(message)
        return message[:end] + message[begin:end] * self._dice.choice([1, 2, 10, 1000]) + message[end:]

    def _word(self, message: bytes) -> bytes:
        begin, end = self._slice(message)
        return message[:begin] + self._dice.choice(self._words) + message[self._dice.choice([begin, end]) :]

    def _splice(self, message: bytes) -> bytes:
        other = self._dice.choice(self._seeds)
        return message[: self._place(message)] + other[self._place(other) :]


def hammer(check: Callable[[bytes], None], make: Callable[[], bytes], budget_s: float) -> int:
    """Make messages and have each checked, until the time is over.

    Args:
        check: Reads a message and asserts what must hold.
        make: The next message.
        budget_s: Real seconds.

    Returns:
        How many messages there were.

    Raises:
        Exception: What the check raised, with the message beside it in hexadecimal.
    """
    done, ends = 0, time.monotonic() + budget_s
    while time.monotonic() < ends:
        message = make()
        took = _seconds(check, message, done)
        for _ in range(SLOW_TIMES - 1):
            if took < SLOWEST_S:
                break
            took = min(took, _seconds(check, message, done))
        assert took < SLOWEST_S, f"{took:.3f} s for {message.hex()}"
        done += 1
    return done


def _seconds(check: Callable[[bytes], None], message: bytes, done: int) -> float:
    """Of the processor, for one check."""
    began = time.thread_time()
    try:
        check(message)
    except Exception as error:
        error.add_note(f"after {done} messages, for {message.hex()}")
        raise
    return time.thread_time() - began


def hammer_examples(test: Callable[..., None], budget_s: float, seed: int) -> int:
    """Run a test of hypothesis on examples drawn from random bytes, until the time is over; returns how many."""
    dice = random.Random(seed)
    one_input = test.hypothesis.fuzz_one_input  # type: ignore[attr-defined]
    return hammer(one_input, lambda: dice.randbytes(dice.randrange(ENTROPY_BYTES)), budget_s)
