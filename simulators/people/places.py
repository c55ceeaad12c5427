"""Places as people know them, from the API's list of sites."""

from dataclasses import dataclass

from floodcore.domain.site import Place
from simulators.field_api import FieldApi

PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Known:
    """A place and its name."""

    name: str
    place: Place


async def places(api: FieldApi) -> dict[str, Known]:
    """Every site that has a position, by id.

    Raises:
        ApiAway: The API does not answer.
    """
    found: dict[str, Known] = {}
    cursor: dict[str, str] = {}
    while True:
        page = await api.get("/sites", limit=PAGE, **cursor) or {"items": [], "next_cursor": None}
        for site in page["items"]:
            if site["lon"] is not None:
                found[site["site_id"]] = Known(name=site["name"], place=Place(lon=site["lon"], lat=site["lat"]))
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}
