"""`onemap doctor`: what is wrong here, and how to mend it."""

import typer
from rich.console import Console
from rich.markup import escape

from floodcore.settings import load_settings
from onemap.checks import Verdict, findings
from onemap.commands.output import STANDARD_OUTPUT, JsonFile, write_json
from onemap.home import Home

MARKS = {Verdict.GOOD: "[green]●[/]", Verdict.DOUBTFUL: "[yellow]▲[/]", Verdict.BAD: "[red]✗[/]"}


def doctor(json: JsonFile = None) -> None:
    """Check this machine; every complaint comes with its remedy. Exit code 1 if something must be mended."""
    found = list(findings(Home.from_environment(), load_settings()))
    sound = all(finding.verdict is not Verdict.BAD for finding in found)
    write_json(json, {"sound": sound, "findings": found})
    if json != STANDARD_OUTPUT:
        console = Console(soft_wrap=True)
        for finding in found:
            console.print(f"{MARKS[finding.verdict]} {finding.check}: {escape(finding.seen)}")
            if finding.remedy:
                console.print(f"    {escape(finding.remedy)}")
    if not sound:
        raise typer.Exit(1)
