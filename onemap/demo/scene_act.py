"""A simulated city in a storm."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from floodcore.settings import Mode
from floodcore.store.database import Connection
from onemap.demo.act import PLAYER
from onemap.demo.city_register import register_city
from onemap.engines import kept, mosquitto
from onemap.home import Home, made, write_privately
from onemap.process import ProcessSpec
from simulators.scene import Scene, scene

MOST_TEAMS = 64  # Zhengzhou's
SITES_A_TEAM = 4  # in a smaller place; guessed
FEWEST_TEAMS = 4
READY_WITHIN = timedelta(minutes=5)  # a city is made, and hours of rain make it wet
TOKEN = "simulator.token"  # noqa: S105 - a file's name
DOOR = "simulator"  # its port's name among those that are kept


class SceneAct:
    """A scene with the words that name it, as the processes that play it are given them.

    Args:
        played: The scene.
        words: `--city`, `--model`, `--storm` and `--seed`.
        gauges: How many there are, where that was asked for.
        seed: Of its instruments.
        faults: How badly they behave.
    """

    mode = Mode.SIMULATION
    callers: tuple[str, ...] = ("posts", "citizens")

    def __init__(self, played: Scene, words: tuple[str, ...], gauges: int | None, seed: int, faults: str) -> None:
        self._scene, self._words, self._seed = played, words, seed
        self._more = ("--faults", faults, *(("--gauges", str(gauges)) if gauges is not None else ()))
        label, city = played.storm.label, played.city
        self.title, self.title_en = f"{city.title} · {label.title}", f"{city.title_en} · {label.title_en}"
        self.note = "".join(text for text, _ in city.notes)
        self.note_en = " ".join([label.source, *(text for _, text in city.notes)])
        self.start: datetime = played.start
        self.n_teams = min(MOST_TEAMS, max(FEWEST_TEAMS, len(city.watched) // SITES_A_TEAM))

    async def register(self, connection: Connection, now: datetime) -> None:
        """The city's sites, gauges and ladders."""
        await register_city(connection, self._scene.city, self._seed, now)

    def settings(self, home: Home) -> Mapping[str, str]:
        """The city's own layers of the map."""
        folder = made(home.run / "map")
        for old in folder.glob("*.geojson"):
            old.unlink()
        for name, features in self._scene.city.layers.items():
            collection = {"type": "FeatureCollection", "features": features}
            (folder / f"{name}.geojson").write_text(json.dumps(collection, ensure_ascii=False))
        return {"ONEMAP_MAP__LAYERS": str(folder)}

    def player(self, home: Home, mqtt_url: str, counts: Path, settings: Mapping[str, str]) -> ProcessSpec:
        """The world, which is ready when its water is wet."""
        write_privately(home.run / TOKEN, kept.password(home, "simulator-door"))
        door = ("--door", str(kept.port(home, DOOR)), "--token", str(home.run / TOKEN))
        return ProcessSpec(
            name=PLAYER,
            argv=(
                *(sys.executable, "-m", "simulators.world", *self._words),
                *(*self._more, "--counts", str(counts), *door),
            ),
            env={**settings, "ONEMAP_MQTT__URL": mqtt_url},
            ready_file=home.run / f"{PLAYER}.ready",
            ready_within=READY_WITHIN,
            needs=(mosquitto.NAME,),
            finite=True,
        )

    def people(self, home: Home) -> tuple[str, ...]:
        """Where the world's door is, and on what roads they drive."""
        world = f"http://127.0.0.1:{kept.kept_port(home, DOOR)}"
        return ("--world", world, "--world-token", str(home.run / TOKEN), *self._words)


def scene_act(
    *, city: str, model: Path | None, storm: str | None, seed: int, faults: str, gauges: int | None
) -> SceneAct:
    """The act for a city and a storm that a person named.

    Raises:
        NotFound: There is no such city, model or storm.
        Refused: The model cannot be read.
    """
    where = ("--model", str(model.absolute())) if model else ("--city", city)
    words = (*where, *(("--storm", storm) if storm else ()), "--seed", str(seed))
    played = scene(city=city, model=model, storm=storm, seed=seed, gauges=gauges)
    return SceneAct(played, words, gauges, seed, faults)
