"""What the engine says of a model it cannot run, as one sentence that says what to do."""

import re

from floodcore.errors import Refused

# "ERROR 209: undefined object ZZ at line 17 of [CONDUIT] section:", then the line itself.
ERROR = re.compile(r"ERROR (\d+):\s*(.*?)\s*(?:\n|$)(?:[ \t]*(\S[^\n]*)\n)?")
AT_LINE = re.compile(r" at line \d+ of ")
GENERAL = 200  # "one or more errors in input file"

# By the engine's own numbers (EPA SWMM User's Manual 5.2, appendix E).
DO = {
    191: "set END_DATE after START_DATE",
    205: "take out what SWMM 5.2 does not know",
    207: "give each object a name of its own; names that differ only in capitals are the same to the engine",
    209: "add the object that is named, or take out what names it",
    211: "put a number there",
    313: "put the rain file that it names beside the model",
    317: "put the rain file that it names beside the model",
    318: "sort the rain file by time",
    319: "bring the rain file into a format that SWMM knows",
    330: "give the hot start file of this very model",
    336: "put the climate file that it names beside the model",
    361: "put the file of the time series beside the model",
}
OTHERWISE = "mend the model and try again"
LINE_SHOWN = 120  # characters


def refusal(name: str, said: str, report: str = "") -> Refused:
    """The sentence.

    Args:
        name: The model, for people.
        said: What the engine's call raised.
        report: The text of its report, which tells more.
    """
    found = [match.groups() for match in ERROR.finditer(report)] or [match.groups() for match in ERROR.finditer(said)]
    told = [one for one in found if int(one[0]) != GENERAL] or found
    if not told:
        what = " ".join(said.split()) or "it ended without a word"
        return Refused(f"{name}: the engine cannot run this model: {what}; {OTHERWISE}.")
    number, what, line = told[0]
    shown = f' ("{" ".join(line.split())[:LINE_SHOWN]}")' if line and AT_LINE.search(what) else ""
    more = f", and {len(told) - 1} more" if len(told) > 1 else ""
    what = AT_LINE.sub(" in ", " ".join(what.split()).rstrip(":."))  # lines are counted in a text that nobody sees
    return Refused(f"{name}: the engine refuses this model, error {number}: {what}{shown}{more}; {_do(int(number))}.")


def _do(number: int) -> str:
    return DO.get(number, OTHERWISE)
