"""`onemap status`: what runs in this home."""

from rich.console import Console
from rich.table import Table

from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.home import Home
from onemap.state import Phase, State, read_state

# Shape and word beside the colour.
MARKS = {Phase.READY: "[green]●[/]", Phase.FINISHED: "[green]✓[/]", Phase.PAUSING: "[red]▲[/]"}
OTHER_MARK = "[yellow]○[/]"


def status(json: JsonFile = None) -> None:
    """Show what runs in this home, and how each process does."""
    home = Home.from_environment()
    state = read_state(home)
    write_json(json, {"running": state is not None, **_facts(state)})
    if json == STANDARD_OUTPUT:
        return
    console = Console()
    if not state:
        console.print("Nothing runs here; start with `bin/onemap demo` or `bin/onemap up`.")
        return
    console.print(f"{state.mode}, process {state.pid}" + (f", wall at {state.address}" if state.address else ""))
    console.print(_table(state))
    console.print(f"Logs are in {home.logs}", soft_wrap=True)


def _facts(state: State | None) -> dict[str, object]:
    if not state:
        return {"mode": None, "pid": None, "address": None, "processes": []}
    return {"mode": state.mode, "pid": state.pid, "address": state.address, "processes": state.processes}


def _table(state: State) -> Table:
    table = Table("process", "state", "pid", "restarts", "peak MB", box=None, pad_edge=False)
    for report in state.processes:
        mark = MARKS.get(report.phase, OTHER_MARK)
        pid, restarts, peak = str(report.pid or "-"), str(report.restarts), f"{report.peak_rss_mb:.0f}"
        table.add_row(report.name, f"{mark} {report.phase}", pid, restarts, peak)
    return table
