"""What a demo plays, and how fast."""

from dataclasses import dataclass
from pathlib import Path

from floodcore.errors import NotFound
from onemap.demo.act import Act
from onemap.demo.pack_act import pack_act
from onemap.demo.scene_act import scene_act
from simulators import packs
from simulators.chance import SEED
from simulators.scene import DEFAULT_STORM
from simulators.storms.catalogue import is_named


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One act on a scaled clock.

    Attributes:
        act: What is played.
        speed: Seconds of the storm in one real second.
        host, port: Where the API listens.
        people: Whether simulated crews and a simulated officer answer; otherwise people do.
    """

    act: Act
    speed: float
    host: str = "127.0.0.1"
    port: int = 8000
    people: bool = True


def act_for(
    storm: str | None,
    *,
    city: str = "city",
    model: Path | None = None,
    seed: int = SEED,
    faults: str = "typical",
    gauges: int | None = None,
) -> Act:
    """The act for what a person named.

    Args:
        storm: A storm of the catalogue, which falls on the city or the model; or a shipped pack, or a pack's folder,
            or `PACK:STORM`. Without one it is the model's own rain, or the storm of record.
        city: A constructed one.
        model: An input file for EPA SWMM 5, which then is the city.
        seed: Of city, storm and gauges.
        faults: How badly the gauges behave.
        gauges: How many there are; as many as the city has by itself when None.

    Raises:
        NotFound: There is no such storm, pack, city or model.
        Refused: What there is cannot be read or played.
    """
    if storm is None or model or is_named(storm):
        named = storm if storm or model else DEFAULT_STORM
        return scene_act(city=city, model=model, storm=named, seed=seed, faults=faults, gauges=gauges)
    try:
        return pack_act(storm)
    except NotFound as error:
        raise NotFound(f"{error} Or name a storm of the catalogue; there are {packs_and_storms()}.") from error


def packs_and_storms() -> str:
    """What may be named, for people."""
    from simulators.storms.catalogue import NAMES

    return ", ".join([*NAMES, *packs.SHIPPED])
