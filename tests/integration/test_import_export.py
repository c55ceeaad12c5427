"""Packs into the database and out again: everything once, and everything back, bit for bit."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from floodcore.domain.reading import Quantity
from floodcore.domain.site import Site, SiteKind
from floodcore.errors import NotFound, Refused
from floodcore.packs.read import Pack, read_pack
from floodcore.store import register
from floodcore.store.database import Database, fetch_all
from floodcore.store.pack_export import export_pack
from floodcore.store.packs import Imported, import_pack
from onemap.home import CHECKOUT
from simulators.packs import SHIPPED, shipped

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EVER = {"start": datetime(1900, 1, 1, tzinfo=UTC), "end": datetime(2100, 1, 1, tzinfo=UTC)}
BESIDE = CHECKOUT.parent / "shared/data/packs"


def write(folder: Path, name: str, stations: str, observations: str) -> Pack:
    folder.mkdir(exist_ok=True)
    (folder / "datapackage.json").write_text(json.dumps({"name": name, "licenses": [{"title": "MIT"}]}))
    (folder / "stations.csv").write_text("station_id,name,kind,site_id\n" + stations)
    (folder / "observations.csv").write_text(
        "observed_at,station_id,quantity,value,quality,received_at\n" + observations
    )
    return read_pack(folder)


def rows(pack: Pack) -> set[tuple[Any, ...]]:
    frame = pack.observations.astype({"value": object})
    frame["value"] = [repr(value) for value in pack.observations["value"]]
    return set(frame.itertuples(index=False, name=None))


async def exported(database: Database, folder: Path, pack_id: str | None = None) -> Pack:
    async with database.connection() as connection:
        await export_pack(connection, folder, **EVER, pack_id=pack_id)
    return read_pack(folder)


def beside(name: str) -> Path:
    if not (BESIDE / name).is_dir():
        pytest.skip(f"{name} does not lie beside the checkout in ../shared/data/packs")
    return BESIDE / name


@pytest.mark.parametrize("name", [*SHIPPED, "philadelphia-2016-2017", "calder-2025 as it came"])
async def test_what_is_imported_is_exported_and_is_all_duplicates_again(
    database_url: str, tmp_path: Path, name: str
) -> None:
    pack = read_pack(shipped(name) if name in SHIPPED else beside(name.partition(" ")[0]))
    async with Database(database_url) as database:
        first = await import_pack(database, pack, NOW)
        again = await import_pack(database, pack, NOW)
        back = await exported(database, tmp_path / "back")
        third = await import_pack(database, back, NOW)
    n = len(pack.observations)
    assert first == Imported(stored=n)
    assert again == third == Imported(duplicate=n)
    assert rows(back) == rows(pack)
    assert back.description.licences == pack.description.licences
    assert (back.pack_id, back.title, back.storms) == (pack.pack_id, pack.title, pack.storms)
    assert {station.station_id: station for station in back.stations} == {
        station.station_id: station for station in pack.stations
    }


async def test_a_span_has_both_its_ends(database_url: str, tmp_path: Path) -> None:
    pack = read_pack(shipped("floodnet-2023-09-29"))
    start, end = (pack.observations["observed_at"].iloc[n].to_pydatetime() for n in (100, 200))
    async with Database(database_url) as database:
        await import_pack(database, pack, NOW)
        async with database.connection() as connection:
            await export_pack(connection, tmp_path / "part", start=start, end=end)
    part = read_pack(tmp_path / "part")
    assert rows(part) == {row for row in rows(pack) if start <= row[0] <= end}


async def test_what_two_packs_call_alike_stays_apart_and_comes_back_under_its_own_name(
    database_url: str, tmp_path: Path
) -> None:
    here = write(tmp_path / "here", "here", "1,Here,level,\n", "2021-07-20T04:00:00Z,1,level,0.1,,\n")
    there = write(tmp_path / "there", "there", "1,There,level,\n", "2021-07-20T04:00:00Z,1,level,0.2,,\n")
    async with Database(database_url) as database:
        assert [await import_pack(database, pack, NOW) for pack in (here, there)] == [Imported(stored=1)] * 2
        assert await import_pack(database, there, NOW) == Imported(duplicate=1)
        async with database.connection() as connection:
            assert [site.name for site in await register.sites(connection)] == ["Here", "There"]
        assert rows(await exported(database, tmp_path / "only-there", "there")) == rows(there)
        both = await exported(database, tmp_path / "both")
        assert (both.pack_id, len(both.stations)) == ("both", 2)
        assert await import_pack(database, both, NOW) == Imported(duplicate=2)
        async with database.connection() as connection:
            assert len(await register.sites(connection)) == 2


async def test_odd_names_late_arrivals_and_qualities_survive_the_way_there_and_back(
    database_url: str, tmp_path: Path
) -> None:
    pack = write(
        tmp_path / "odd",
        "odd",
        "京广路 1,京广路,level,tunnel\nrain/1,雨,rain,tunnel\nsilent,安静,flow,\n",
        "2021-07-20T04:00:00.123456Z,京广路 1,level,0.30000000000000004,Good,2021-07-20T05:00:00Z\n"
        "2021-07-20T04:00:00Z,京广路 1,distance,2.5,,\n2021-07-20T04:00:00Z,rain/1,rain,1e-7,未检,\n",
    )
    async with Database(database_url) as database:
        await import_pack(database, pack, NOW)
        back = await exported(database, tmp_path / "back")
        async with database.connection() as connection:
            sites = await register.sites(connection)
            sensors = await register.sensors(connection)
    assert rows(back) == rows(pack)
    assert {(site.site_id, site.name, site.kind) for site in sites} == {
        ("tunnel", "京广路", SiteKind.RIVER),
        ("silent", "安静", SiteKind.FLOW),
    }
    assert sorted(sensor.quantity for sensor in sensors) == sorted(
        [*(Quantity(q) for q in ("distance", "flow", "level", "rain"))]
    )
    assert {station.station_id: station.kind for station in back.stations} == {
        "京广路 1": Quantity.LEVEL,
        "rain/1": Quantity.RAIN,
        "silent": Quantity.FLOW,
    }


async def test_another_value_for_a_known_moment_is_a_conflict_and_never_replaces_it(
    database_url: str, tmp_path: Path
) -> None:
    first = write(tmp_path / "a", "pack", "s,S,level,\n", "2021-07-20T04:00:00Z,s,level,0.1,,\n")
    other = write(tmp_path / "b", "pack", "s,S,level,\n", "2021-07-20T04:00:00Z,s,level,0.2,,\n" * 2)
    async with Database(database_url) as database:
        await import_pack(database, first, NOW)
        assert await import_pack(database, other, NOW) == Imported(duplicate=1, conflict=1)
        assert rows(await exported(database, tmp_path / "back")) == rows(first)


async def test_a_site_of_the_citys_own_is_joined_and_left_as_it_is(database_url: str, tmp_path: Path) -> None:
    own = Site(site_id="tunnel", name="Our tunnel", kind=SiteKind.UNDERPASS)
    pack = write(tmp_path / "p", "p", "s,Theirs,level,tunnel\n", "2021-07-20T04:00:00Z,s,level,0.1,,\n")
    async with Database(database_url) as database:
        async with database.connection() as connection:
            await register.put_site(connection, own)
        await import_pack(database, pack, NOW)
        async with database.connection() as connection:
            assert await register.sites(connection) == [own]
            assert await register.thresholds(connection) == {}


async def test_readings_count_as_received_when_the_pack_says_so(database_url: str, tmp_path: Path) -> None:
    pack = write(
        tmp_path / "p",
        "p",
        "s,S,level,\n",
        "2021-07-20T04:00:00Z,s,level,0.1,,\n2021-07-20T04:01:00Z,s,level,0.2,,2021-07-20T06:00:00Z\n",
    )
    async with Database(database_url) as database:
        await import_pack(database, pack, NOW)
        async with database.connection() as connection:
            found = await fetch_all(connection, "SELECT received_at FROM reading ORDER BY observed_at")
    assert [row["received_at"].hour for row in found] == [4, 6]


async def test_nothing_is_written_over_and_nothing_half_written_is_left(database_url: str, tmp_path: Path) -> None:
    async with Database(database_url) as database:
        with pytest.raises(NotFound, match="nothing to export"):
            await exported(database, tmp_path / "empty")
        await import_pack(database, read_pack(shipped("calder-2025")), NOW)
        taken = tmp_path / "taken"
        taken.mkdir()
        (taken / "precious").touch()
        with pytest.raises(Refused, match="not empty"):
            await exported(database, taken)
        with pytest.raises(NotFound, match="calder-2025"):
            await exported(database, tmp_path / "other", "no-such-pack")
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def onemap(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ONEMAP_DATABASE__URL": database_url}
    command = [sys.executable, "-m", "onemap", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_command_line_imports_once_says_so_and_exports(database_url: str, tmp_path: Path) -> None:
    first = onemap(database_url, "import", "floodnet-2023-09-29", "--json", "-")
    facts = json.loads(first.stdout)
    assert {name: facts[name] for name in ("stations", "stored", "duplicate", "conflict", "rejected")} == {
        "stations": 23,
        "stored": 6330,
        "duplicate": 0,
        "conflict": 0,
        "rejected": {},
    }
    again = onemap(database_url, "import", str(shipped("floodnet-2023-09-29") / "datapackage.json"))
    assert "nothing new, 6,330 known already" in again.stdout
    out = onemap(
        database_url, "export", str(tmp_path / "out"), "--from", "2023-09-29T12:00Z", "--to", "2023-09-29T13:00Z"
    )
    assert out.returncode == 0
    assert "23 stations, 772 observations" in out.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        pytest.param(["import", "nowhere"], 1, "There is no event pack 'nowhere'", id="no pack"),
        pytest.param(["export", "out", "--from", "noon"], 2, "write it like", id="no time"),
        pytest.param(["export", "out", "--from", "2023-09-29T12:00"], 2, "say where", id="no offset"),
        pytest.param(["import"], 2, "Missing argument", id="nothing"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    database_url: str, arguments: list[str], code: int, sentence: str
) -> None:
    ended = onemap(database_url, *arguments)
    assert ended.returncode == code
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_bad_rows_are_listed_and_the_rest_is_stored(database_url: str, tmp_path: Path) -> None:
    write(
        tmp_path / "p", "p", "s,S,level,\n", "2021-07-20T04:00:00Z,s,level,0.1,,\n2021-07-20T04:01:00,s,level,[x],,\n"
    )
    ended = onemap(database_url, "import", str(tmp_path / "p"), "--json", str(tmp_path / "facts.json"))
    assert "observations.csv line 3: no_offset: 2021-07-20T04:01:00,s,level,[x],," in ended.stdout
    facts = json.loads((tmp_path / "facts.json").read_text())
    assert (facts["stored"], facts["rejected"]) == (1, {"no_offset": 1})
    assert facts["rejected_rows"][0]["line"] == 3
