"""A city's water: the engine, a process for each of its parts."""

from simulators.city.plan import City
from simulators.engine.part import Model
from simulators.engine.parts import Parts
from simulators.world.world import link_names


def hydraulics(city: City) -> Parts:
    """The water of a city, dry; a context manager.

    Raises:
        Refused: The engine refuses a part's model.
        EngineLost: A part's process died.
    """
    return Parts(
        [
            Model(name=part.part_id, text=part.model, folder=part.folder, links=tuple(links))
            for part, links in zip(city.parts, link_names(city), strict=True)
        ]
    )
