"""The demo's room: the act's sites, constructed teams around them, and accounts with generated passwords."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dashboard_api.accounts import put_user
from floodcore.domain.team import Team
from floodcore.store import register
from floodcore.store.database import Database
from floodcore.store.journal import journalled
from floodcore.store.teams import put_team
from onemap.demo.act import Act
from onemap.engines.kept import password
from onemap.home import Home, write_privately
from simulators.roster import make_roster

OFFICER, VIEWER, SIMULATED_OFFICER, HOTLINE = "officer", "wall", "simulated-officer", "simulated-hotline"


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Who may sign in; the passwords are the same in every demo of one home."""

    officer_password: str
    viewer_password: str
    officer_file: Path
    crews_file: Path
    hotline_file: Path
    one_crew: tuple[str, str]


async def furnish(database_url: str, act: Act, home: Home) -> Accounts:
    """Register the act's sites, put teams around them, make the accounts; a second time changes nothing.

    Args:
        database_url: A migrated database.
        act: Its places and gauges are registered; what they observe comes over MQTT.
        home: Keeps the passwords and the crews' accounts, in files that only their owner reads.
    """
    now = datetime.now(UTC)
    async with Database(database_url, size=2, name="onemap demo") as database:
        async with journalled(database) as connection:
            await act.register(connection, now)
            teams = make_roster(await register.sites(connection), act.n_teams)
            for team in teams:
                await put_team(connection, team, actor="service:demo", now=now)
        accounts = _accounts(home, teams)
        async with database.connection() as connection:
            await put_user(connection, OFFICER, accounts.officer_password, "officer")
            await put_user(connection, VIEWER, accounts.viewer_password, "viewer")
            for file, role in ((accounts.officer_file, "officer"), (accounts.hotline_file, "hotline")):
                for one in json.loads(file.read_text()):
                    await put_user(connection, one["user"], one["password"], role)
            for crew in json.loads(accounts.crews_file.read_text()):
                await put_user(connection, crew["user"], crew["password"], "crew", crew["team_id"])
    return accounts


def _accounts(home: Home, teams: list[Team]) -> Accounts:
    crews = [
        {
            "user": team.team_id.lower(),
            "password": password(home, f"demo-{team.team_id.lower()}"),
            "team_id": team.team_id,
        }
        for team in teams
    ]
    officer_file, hotline_file = _one(home, SIMULATED_OFFICER), _one(home, HOTLINE)
    crews_file = home.run / "demo-crews.json"
    write_privately(crews_file, json.dumps(crews, indent=1))
    return Accounts(
        officer_password=password(home, f"demo-{OFFICER}"),
        viewer_password=password(home, f"demo-{VIEWER}"),
        officer_file=officer_file,
        crews_file=crews_file,
        hotline_file=hotline_file,
        one_crew=(crews[0]["user"], crews[0]["password"]),
    )


def _one(home: Home, user: str) -> Path:
    """The file with the account of one simulated person."""
    file = home.run / f"demo-{user}.json"
    write_privately(file, json.dumps([{"user": user, "password": password(home, f"demo-{user}")}], indent=1))
    return file
