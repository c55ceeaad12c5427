"""The units of a model, and what makes SI of them."""

from dataclasses import dataclass

from floodcore.errors import Refused

FOOT_M = 0.3048
INCH_MM = 25.4
# m3/s in one of each. US gallons of 231 cubic inches; a day has 86,400 s.
FLOW_M3_S = {
    "CFS": FOOT_M**3,
    "GPM": 231 * 0.0254**3 / 60,
    "MGD": 231 * 0.0254**3 * 1e6 / 86_400,
    "CMS": 1.0,
    "LPS": 1e-3,
    "MLD": 1000 / 86_400,
}
FLOW_UNITS = tuple(FLOW_M3_S)  # in the order of the engine
US = ("CFS", "GPM", "MGD")


@dataclass(frozen=True, kw_only=True)
class Units:
    """Factors from a model's units to SI.

    Attributes:
        flow: To m3/s.
        length: To m.
        rain: To mm or mm/h.
    """

    flow: float
    length: float
    rain: float

    @classmethod
    def of(cls, flow_units: str) -> "Units":
        """By FLOW_UNITS, which decides all others too; feet and inches with CFS, GPM and MGD.

        Raises:
            Refused: The engine knows no such units.
        """
        name = flow_units.upper()
        if name not in FLOW_M3_S:
            raise Refused(f"FLOW_UNITS {flow_units} are not known; one of {', '.join(FLOW_UNITS)} is.")
        us = name in US
        return cls(flow=FLOW_M3_S[name], length=FOOT_M if us else 1.0, rain=INCH_MM if us else 1.0)

    @property
    def volume(self) -> float:
        """To m3."""
        return self.length**3
