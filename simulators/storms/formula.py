"""Storm-intensity formulas, as configuration: how much it rains in how long once in so many years, and who says so."""

from dataclasses import dataclass
from math import log10


@dataclass(frozen=True, kw_only=True)
class Formula:
    """q = a (1 + c lg(P + p0)) / (t + b)^n in L/(s ha), t in minutes, P in years.

    Attributes:
        name: As on the command line.
        source: Who says so.
        verified: Whether a city has confirmed it; what is not is shown as unverified.
        longest_min: Up to which duration it is said to hold.
    """

    name: str
    a: float
    c: float
    b: float
    n: float
    p0: float = 0.0
    source: str
    verified: bool = False
    longest_min: float = 180.0

    def intensity_mm_h(self, years: float, minutes: float) -> float:
        """Mean intensity of a rain of so many minutes; 1 L/(s ha) is 0.36 mm/h."""
        return float(0.36 * self.a * self._recurs(years) / (minutes + self.b) ** self.n)

    def depth_mm(self, years: float, minutes: float) -> float:
        """What falls in so many minutes."""
        return self.intensity_mm_h(years, minutes) * minutes / 60

    def _recurs(self, years: float) -> float:
        return 1 + self.c * log10(years + self.p0)


CIRCULATES = "circulates for Zhengzhou without a trustworthy source; unverified"
FORMULAS = {
    formula.name: formula
    for formula in (
        Formula(
            name="3073", a=3073.0, c=0.892, b=15.1, n=0.824, source=f"3073(1+0.892lgP)/(t+15.1)^0.824, {CIRCULATES}"
        ),
        Formula(
            name="2679",
            a=2679.226,
            c=0.775,
            b=14.138,
            n=0.751,
            source=f"2679(1+0.775lgP)/(t+14.138)^0.751, {CIRCULATES}",
        ),
        Formula(
            name="7650",
            a=7650.0,
            c=1.15,
            b=37.3,
            n=0.99,
            p0=0.143,
            source=f"7650[1+1.15lg(P+0.143)]/(t+37.3)^0.99, {CIRCULATES}",
        ),
    )
}
DEFAULT = FORMULAS["3073"]
