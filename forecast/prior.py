"""What to expect of a forecaster's errors before a storm has shown any: measured on other storms, elsewhere.

`prior.csv` holds quantiles of standardised errors, every storm weighing the same, from forecasts every five minutes.
Roads: street gauges of New York on nine rain days (FloodNet NYC through NYC Open Data; 2023-09-29 was left out to be
judged by). Other water: an urban stream at Bel Air, Maryland, in 159 rises (USGS NWIS), five river gauges of the Calder
valley in four storms (Environment Agency), and an observation well at Philadelphia in 91 storms (Philadelphia Water
Department), each of the three places weighing the same. `n` counts the errors. None of it was measured in Zhengzhou.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from forecast.distribution import MEASURED
from forecast.forecasters import FORECASTERS
from forecast.known import FloatArray
from forecast.spread import LEADS_MIN, TABLE_SHAPE
from forecast.state import Regime


@cache
def prior() -> Mapping[str, FloatArray]:
    """By forecaster a table of errors, each as a share of its scale; shape spread.TABLE_SHAPE."""
    tables = {name: np.full(TABLE_SHAPE, np.nan) for name in FORECASTERS}
    with files("forecast").joinpath("prior.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            at = (int(row["road"]), Regime[row["regime"].upper()], LEADS_MIN.index(float(row["lead_min"])))
            tables[row["forecaster"]][at] = [float(row[f"p{round(100 * p):02d}"]) for p in MEASURED]
    for table in tables.values():
        table[0, Regime.DRY] = table[0, Regime.STEADY]  # only a road is ever dry
    return tables
