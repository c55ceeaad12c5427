"""The dashboard, the alert rules and the scrape configuration under deploy/ ask for nothing that is not exported."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from floodcore.settings import HttpSettings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus/onemap-alerts.yml").read_text())
DASHBOARD = json.loads((DEPLOY / "grafana/onemap-ingest.json").read_text())

ROW = re.compile(r"^\| `(onemap_\w+)` \| [^|]*\| ([^|]*)\| ([^|]*)\|", re.MULTILINE)
BY_PROMETHEUS = {"up": {"job", "instance"}}
ADDED = {"job", "instance"}  # by the scrape, to everything
WORDS = {
    *("sum", "max", "min", "abs", "rate", "increase", "histogram_quantile"),
    *("by", "without", "on", "and", "unless"),
}
TOKEN = re.compile(
    r'(?P<text>"[^"]*")|(?P<range>\[(?:\d+[smhd]|\$__rate_interval)\])|(?P<number>\d+(?:\.\d+)?(?:e\d+)?)'
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>==|!=|=~|!~|[<>]=?|[-+*/=,(){}])|(?P<blank>\s+)"
)
CHINESE_FIRST = re.compile(r"[\u4e00-\u9fff].* · ?.*[A-Za-z]")


def documented() -> dict[str, set[str]]:
    """The labels of every name that may be queried, by docs/reference/metrics.md, whose test holds it to the code."""
    labels = dict(BY_PROMETHEUS)
    for name, told, meaning in ROW.findall((ROOT / "docs/reference/metrics.md").read_text()):
        own = {label.strip("` ") for label in told.split(",")} - {""}
        if meaning.strip().startswith("histogram"):
            labels |= {f"{name}_bucket": own | {"le"}, f"{name}_sum": own, f"{name}_count": own}
        else:
            labels[name] = own
    return labels


def targets() -> list[Any]:
    return [
        pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
    ]


def rules() -> list[Any]:
    return [pytest.param(rule["expr"], id=rule["alert"]) for group in RULES["groups"] for rule in group["rules"]]


def tokens(expr: str) -> list[tuple[str, str]]:
    """Kinds and texts; whatever is no token of PromQL fails."""
    found, at = [], 0
    while at < len(expr):
        match = TOKEN.match(expr, at)
        assert match, f"no PromQL: {expr[at:]}"
        at = match.end()
        assert match.lastgroup
        if match.lastgroup != "blank":
            found.append((match.lastgroup, match.group()))
    return found


def check(expr: str) -> set[str]:
    """Brackets close, names are functions, exported metrics or labels of one; returns the metrics."""
    open_brackets: list[str] = []
    names: set[str] = set()
    for kind, text in tokens(expr):
        if text in "({" and kind == "sign":
            open_brackets.append(text)
        elif text in ")}" and kind == "sign":
            assert open_brackets, expr
            assert open_brackets.pop() + text in {"()", "{}"}, expr
        elif kind == "name":
            names.add(text)
    assert not open_brackets, expr
    known = documented()
    metrics = names & known.keys()
    labels = names - metrics - WORDS
    assert labels <= ADDED.union(*(known[metric] for metric in metrics)), f"{labels} in {expr}"
    return metrics


@pytest.mark.parametrize("expr", [*targets(), *rules()])
def test_an_expression_asks_for_what_is_exported(expr: str) -> None:
    assert check(expr)


@pytest.mark.parametrize(
    "wrong",
    ["sum(onemap_live_clients", "onemap_live_client", "max by (route) (onemap_live_clients)", "onemap_live_clients; 1"],
    ids=["a bracket that stays open", "no such metric", "a label that it has not", "no PromQL"],
)
def test_the_check_finds_what_is_wrong(wrong: str) -> None:
    with pytest.raises(AssertionError):
        assert check(wrong)


def test_nothing_of_ingest_is_missing_on_the_dashboard() -> None:
    shown = set().union(*(check(target.values[0]) for target in targets()))
    of_ingest = {name for name in documented() if name.startswith(("onemap_ingest_", "onemap_database_records"))}
    # What the rates of a graph say better, and what nobody should see move: an alert does.
    assert of_ingest - shown == {"onemap_ingest_received_records_per_second", "onemap_ingest_dropped_messages_total"}


def test_the_dashboard_can_be_imported() -> None:
    assert DASHBOARD["schemaVersion"] >= 39
    assert [variable["type"] for variable in DASHBOARD["templating"]["list"]] == ["datasource", "query"]
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert CHINESE_FIRST.match(panel["title"]), panel["title"]
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}


def test_no_panel_covers_another() -> None:
    covered: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & covered, panel["title"]
        assert max(x for x, _ in cells) < 24
        covered |= cells


def test_every_rule_says_what_is_wrong_in_both_languages() -> None:
    for rule in (rule for group in RULES["groups"] for rule in group["rules"]):
        assert CHINESE_FIRST.search(rule["annotations"]["summary"]), rule["alert"]
        assert rule["annotations"]["description"]
        assert rule["labels"]["severity"] in {"critical", "warning"}


def test_the_scrape_finds_the_api_and_the_rules() -> None:
    prometheus = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    [job] = prometheus["scrape_configs"]
    http = HttpSettings()
    assert job["static_configs"] == [{"targets": [f"{http.host}:{http.port}"]}]
    assert job["metrics_path"] == "/metrics"
    assert f'up{{job="{job["job_name"]}"}} == 0' in {rule.values[0] for rule in rules()}
    assert [(DEPLOY / "prometheus" / name).is_file() for name in prometheus["rule_files"]] == [True]
