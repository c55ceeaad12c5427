"""Event packs by strangers: each row is taken, or rejected and counted; or the pack is refused in a sentence."""

import csv
import json
import random
from pathlib import Path

import numpy as np

from floodcore.errors import Refused
from floodcore.packs.read import read_pack
from tests.fuzz.hammer import Mutator, hammer

STATIONS = b"station_id,name,kind,lon,lat,datum_m\ns1,A street,level,113.64,34.75,80.5\nr1,Rain,rain,,,\n"
OBSERVATIONS = (
    b"observed_at,station_id,quantity,value,quality,received_at\n2021-07-20T04:00:00Z,s1,level,0.10,good,\n"
    b'2021-07-20 12:00:00+08:00,r1,rain,1.5,,2021-07-20T04:05:00Z\n"2021-07-20T04:10Z",s1,level,"-9999",,\n'
)
WORDS = [
    b",",
    b'"',
    b"\n",
    b"\r",
    b"\0",
    b"nan",
    b"1e999",
    b"-99.99",
    b"24:00",
    b"+99:99",
    b"0001-01-01",
    b"9999-12-31T23:59:59Z",
]


def rows(file: Path) -> int:
    """How many rows below the header say anything, as any reader of CSV counts them."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return sum(any(row) for row in list(csv.reader(text))[1:])


def test_damaged_files(budget_s: float, dice: random.Random, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "five-streets"}))
    stations, observations = Mutator([STATIONS], WORDS, dice), Mutator([OBSERVATIONS], WORDS, dice)

    def make() -> bytes:
        """One of the two files is damaged; which one is told by its first line."""
        return dice.choice([observations, observations, stations]).message()

    def check(content: bytes) -> None:
        is_stations = content.startswith(STATIONS[:20])
        (tmp_path / "stations.csv").write_bytes(content if is_stations else STATIONS)
        (tmp_path / "observations.csv").write_bytes(OBSERVATIONS if is_stations else content)
        try:
            pack = read_pack(tmp_path)
        except Refused:
            return
        assert np.isfinite(pack.observations["value"]).all()
        assert set(pack.observations["station_id"]) <= {station.station_id for station in pack.stations}
        taken = len(pack.stations) + len(pack.observations)
        assert taken + pack.rejections.total == rows(tmp_path / "stations.csv") + rows(tmp_path / "observations.csv")

    print(hammer(check, make, budget_s), "files")
