"""`onemap register` from outside: files in and out, work at devices, words about readings."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from floodcore.store.database import Database
from floodcore.testing.street_room import furnish

SITES = "site_id,name,kind,lon,lat\nstation,河南工业大学,road,113.542167,34.826588\nbad,B,lake,,\n"


@pytest.fixture
async def streets(database_url: str) -> str:
    """The five streets in a database; its URL."""
    async with Database(database_url) as database:
        await furnish(database)
    return database_url


def onemap(database_url: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "ONEMAP_DATABASE__URL": database_url}
    command = [sys.executable, "-m", "onemap", "register", *map(str, arguments)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def facts(database_url: str, *arguments: object) -> Any:
    ran = onemap(database_url, *arguments, "--json", "-")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_a_folder_comes_in_and_what_cannot_be_taken_is_told(streets: str, tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text(SITES)
    tried = onemap(streets, "import", tmp_path, "--dry-run")
    assert "sites: 1 would be added, 1 rejected" in tried.stdout
    assert "Nothing was changed: this was a dry run." in tried.stdout
    strict = onemap(streets, "import", tmp_path, "--strict")
    assert (strict.returncode, strict.stderr.splitlines()[-1]) == (
        1,
        "onemap: Nothing was changed: not all rows could be taken. Mend them, or leave out --strict.",
    )
    assert "sites: 1 would be added, 1 rejected" in strict.stdout
    first = facts(streets, "import", tmp_path, "--coordinates", "gcj02")
    assert first["sheets"] == {"sites": {"added": 1, "changed": 0, "unchanged": 0, "rejected": 1}}
    assert first["changes"] == [{"entity": "site", "id": "station", "what": "added"}]
    (refused,) = first["rejected_rows"]
    assert (refused["file"], refused["line"], refused["row"]) == ("sites.csv", 3, "bad,B,lake,,")
    again = onemap(streets, "import", tmp_path, "--coordinates", "gcj02")
    assert "sites: 1 unchanged, 1 rejected" in again.stdout
    assert "sites.csv line 3: Column kind: 'lake' is none of road" in again.stdout


def test_what_is_exported_is_imported_and_nothing_is_written_over(streets: str, tmp_path: Path) -> None:
    folder, file = tmp_path / "register", tmp_path / "sites.geojson"
    assert facts(streets, "export", folder)["files"] == {
        "sites.csv": 5,
        "sensors.csv": 5,
        "mounts.csv": 0,
        "thresholds.csv": 16,
    }
    assert onemap(streets, "export", file, "--format", "geojson").returncode == 0
    for path in (folder, folder / "sensors.csv", file):
        tallies = facts(streets, "import", path)["sheets"].values()
        assert {(tally["added"], tally["changed"], tally["rejected"]) for tally in tallies} == {(0, 0, 0)}
    again = onemap(streets, "export", folder)
    assert (again.returncode, "is there already; name a new one" in again.stderr) == (1, True)
    nowhere = onemap(streets, "import", tmp_path / "nowhere")
    assert (nowhere.returncode, "name a folder with sites.csv in it" in nowhere.stderr) == (1, True)


def test_work_at_a_device_is_planned_listed_and_ended(streets: str) -> None:
    made = facts(streets, "maintenance", "add", "gauge-A", "--for", "2h", "--reason", "a new battery")
    assert (made["device_id"], made["state"], made["author"][:4]) == ("gauge-A", "under_way", "cli:")
    assert "under way: a new battery" in onemap(streets, "maintenance", "list", "--state", "under_way").stdout
    assert facts(streets, "maintenance", "end", made["maintenance_id"])["state"] == "over"
    assert facts(streets, "maintenance", "list", "--device", "gauge-B") == []
    unsaid = onemap(streets, "maintenance", "add", "gauge-A", "--reason", "x")
    assert (unsaid.returncode, "Say when it ends" in unsaid.stderr) == (2, True)
    endless = onemap(streets, "maintenance", "add", "gauge-A", "--for", "a while", "--reason", "x")
    assert (endless.returncode, "is no duration" in endless.stderr) == (2, True)
    unknown = onemap(streets, "maintenance", "add", "nobody", "--for", "2h", "--reason", "x")
    assert (unknown.returncode, unknown.stderr.splitlines()[-1]) == (
        1,
        "onemap: There is no device nobody in the register; see the list of devices.",
    )


def test_a_word_about_readings_is_said_listed_and_taken_back(streets: str) -> None:
    span = ("--from", "2021-07-20T11:59+08:00", "--to", "2021-07-20T12:00+08:00", "--reason", "a bag under the head")
    made = facts(streets, "correction", "add", "shift", *span, "--value", "-0.05", "--site", "street-A")
    assert (made["device_id"], made["quantity"], made["value"]) == ("gauge-A", "level", -0.05)
    listed = onemap(streets, "correction", "list", "--site", "street-A").stdout
    assert "shift -0.05: a bag under the head" in listed
    facts(streets, "correction", "revoke", made["correction_id"])
    assert "taken back by cli:" in onemap(streets, "correction", "list").stdout
    refused = onemap(streets, "correction", "add", "set", *span, "--sensor", made["sensor_id"])
    assert (refused.returncode, "sets or shifts has a value" in refused.stderr) == (1, True)
