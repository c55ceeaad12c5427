"""Who may do what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from floodcore.domain.order import Step
from floodcore.domain.report import Source


class Role(StrEnum):
    """viewer < hotline, viewer < officer < admin; crew stands beside them and sees its own team."""

    VIEWER = "viewer"
    HOTLINE = "hotline"  # the desk that takes the citizens' calls
    OFFICER = "officer"
    ADMIN = "admin"
    CREW = "crew"


STAFF = frozenset({Role.VIEWER, Role.HOTLINE, Role.OFFICER, Role.ADMIN})
OFFICERS = frozenset({Role.OFFICER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
EVERYBODY = frozenset(Role)

CREW_STEPS = frozenset({Step.ACKNOWLEDGE, Step.DEPART, Step.ARRIVE, Step.FINISH, Step.DECLINE})
# Citizens and posts call the desk; an officer may write down what anybody saw.
REPORTS: dict[Role, frozenset[Source]] = {
    Role.HOTLINE: frozenset({Source.HOTLINE, Source.POST}),
    Role.CREW: frozenset({Source.CREW}),
    Role.OFFICER: frozenset(Source),
    Role.ADMIN: frozenset(Source),
}


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

    def may_report(self, source: Source) -> bool:
        """Whether the role takes down what such a person saw."""
        return source in REPORTS.get(self.role, ())
