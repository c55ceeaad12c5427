"""docs/reference/metrics.md against what is exported, so that it cannot lie."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from dashboard_api.testing.served import Served

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(onemap_\w+)` \| ([^|]*)\| ([^|]*)\|", re.MULTILINE)
PAGE = (ROOT / "docs/reference/metrics.md").read_text()


async def exported(room: Served) -> dict[str, str]:
    """The kind of every metric by the name under which it is queried; histograms without their endings."""
    async with room.http() as http:
        text = (await http.get("/metrics")).text
    return {
        family.name + ("_total" if family.type == "counter" else ""): family.type
        for family in text_string_to_metric_families(text)
    }


async def test_the_page_lists_what_is_exported_and_nothing_else(room: Served) -> None:
    listed = [name for name, _, _ in ROW.findall(PAGE)]
    assert sorted(listed) == sorted(await exported(room))


async def test_a_histogram_is_called_one_and_a_unit_is_told(room: Served) -> None:
    kinds = await exported(room)
    meanings = {line.split("`")[1]: line for line in PAGE.splitlines() if ROW.match(line)}
    assert {name for name, line in meanings.items() if "histogram" in line} == {
        name for name, kind in kinds.items() if kind == "histogram"
    }
    for name, unit, _ in ROW.findall(PAGE):
        assert unit.strip(), name
        assert ("seconds" in name and "per_second" not in name) == (unit.strip() == "s"), name
        assert ("_bytes" in name) == (unit.strip() == "bytes"), name
