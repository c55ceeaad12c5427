"""Errors are sentences with facts: what happened, and what to do next."""

from typing import ClassVar


class OneMapError(Exception):
    """Base of every error we raise on purpose; its text is for a person."""

    retryable: ClassVar[bool] = False


def first_line(error: Exception) -> str:
    """What a driver's error says, without the hints and positions below it; its type where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class SettingsError(OneMapError):
    """A setting is missing or cannot be read; the sentence names the variable."""


class DatabaseUnavailable(OneMapError):
    """The database cannot be reached now, or it broke off; the same work may succeed later."""

    retryable = True


class BrokerUnavailable(OneMapError):
    """The broker cannot be reached now."""

    retryable = True


class NotFound(OneMapError):
    """There is no such thing."""


class Conflict(OneMapError):
    """The thing is in a state that does not allow this step, or was changed by someone else meanwhile."""


class Refused(OneMapError):
    """Input that we do not take; the sentence says what would be taken."""
