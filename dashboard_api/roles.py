"""Who may do what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from floodcore.domain.order import Step


class Role(StrEnum):
    """viewer < officer < admin; crew stands beside them and sees its own team."""

    VIEWER = "viewer"
    OFFICER = "officer"
    ADMIN = "admin"
    CREW = "crew"


STAFF = frozenset({Role.VIEWER, Role.OFFICER, Role.ADMIN})
OFFICERS = frozenset({Role.OFFICER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
EVERYBODY = frozenset(Role)

CREW_STEPS = frozenset({Step.ACKNOWLEDGE, Step.DEPART, Step.ARRIVE, Step.FINISH, Step.DECLINE})


@dataclass(frozen=True, kw_only=True)
class User:
    """Who is signed in, until when (real time); `team_id` is a crew's."""

    user_id: str
    role: Role
    team_id: str | None
    until: datetime

    def may_take(self, step: Step) -> bool:
        """Whether this step is one for the role; a crew's must also be of its own team."""
        return self.role in OFFICERS or (self.role is Role.CREW and step in CREW_STEPS)
