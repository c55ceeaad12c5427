"""What can stop the front door: each error is one sentence that says what to do next."""

from floodcore.errors import OneMapError


class SetupError(OneMapError):
    """Something this machine lacks; the sentence names it and the remedy."""


class StartError(OneMapError):
    """A process that did not become ready, or a second supervisor in one home."""
