"""The planning page: the surface of simulated plans (`iatrogenesis.planning.surface`) with sliders, offline."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from iatrogenesis.core.definitions import PHRASES, RATIO_IN_WORDS
from iatrogenesis.explorer.charts import EDGE, QUIET, finished
from iatrogenesis.explorer.offline import filled
from iatrogenesis.planning.plan import POWER
from iatrogenesis.planning.surface import Surface
from iatrogenesis.planning.surface_points import RANGES, SPREAD
from iatrogenesis.planning.usual import Usual
from iatrogenesis.simulation_study.needed import RELIABILITY

YEARS = (0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10)
SHOWN_YEARS = (1, 2, 3, 5, 10)
STEPS = 200  # of a slider that moves along a logarithm
SLIDERS: Mapping[str, dict[str, Any]] = {
    "therapists": {"label": "Therapists", "low": 8, "high": 250, "usual": 35, "means": "How many take part."},
    "clients_per_year": {
        "label": "Clients per therapist and year",
        "low": 15,
        "high": 200,
        "usual": 60,
        "means": "Finished courses, on average.",
    },
    "years": {
        "label": "Years of data",
        "low": 0.5,
        "high": 10,
        "usual": 3,
        "step": 0.5,
        "digits": 1,
        "means": "How long outcomes are collected.",
    },
    "rate": {
        "label": "Deterioration rate",
        "low": 0.02,
        "high": 0.2,
        "times": 100,
        "digits": 1,
        "unit": " %",
        "means": "Share of finished courses that end reliably worse.",
    },
    "vpc": {
        "label": "Share of variance between therapists (VPC)",
        "low": 0.01,
        "high": 0.25,
        "digits": 3,
        "means": "0.05 to 0.10 is common for outcomes.",
    },
    "odds_ratio": {
        "label": "Effect of burnout (odds ratio per SD)",
        "low": 1.05,
        "high": 2.5,
        "step": 0.01,
        "digits": 2,
        "means": "By how much the odds of deterioration multiply where burnout is one SD higher.",
    },
    "reliability": {
        "label": "Reliability of the burnout rating",
        "low": 0.4,
        "high": 1.0,
        "step": 0.01,
        "digits": 2,
        "means": "Of the questionnaire by which burnout is rated.",
    },
}
ANSWERS = {
    "power": ("power", 100, " percentage points"),
    "width": ("width of the interval of the VPC", 100, " % of it"),
    "sensitivity": ("harmful therapists flagged", 100, " percentage points"),
    "fdr": ("flagged, not harmful", 100, " percentage points"),
    "raw_rate": ("reliability of a raw rate", 1, ""),
}


def sliders(usual: Mapping[str, Usual]) -> list[dict[str, Any]]:
    """Return the sliders as the page takes them; usual places and their sources are the plan's."""
    found = []
    for name, given in SLIDERS.items():
        one: dict[str, Any] = {"times": 1, "digits": 0, "unit": "", "step": None, "source": ""} | given
        if name in usual:
            one |= {"usual": usual[name].value, "source": usual[name].source}
        one |= {"name": name, "logarithmic": one["step"] is None}
        one["from"], one["to"] = (
            float(np.log(one[end])) if one["logarithmic"] else one[end] for end in ("low", "high")
        )
        one["step"] = one["step"] or (one["to"] - one["from"]) / STEPS
        one["ends"] = [f"{one[end] * one['times']:g}{one['unit']}" for end in ("low", "high")]
        found.append(one)
    return found


def chart() -> dict:
    """Power by years; table `power` with years, power and who."""
    x = alt.X(
        "years:Q",
        title="years of data",
        scale=alt.Scale(domain=[0, max(YEARS)], nice=False),
        axis=alt.Axis(tickCount=10),
    )
    y = alt.Y("power:Q", title="power", scale=alt.Scale(domain=[0, 1], nice=False), axis=alt.Axis(format="%"))
    who = ["as set", "twice as many"]
    dash = alt.StrokeDash("who:N", legend=None, scale=alt.Scale(domain=who, range=[[1, 0], [6, 3]]))
    lines = alt.Chart(alt.NamedData("power")).mark_line(color=EDGE, strokeWidth=2.5)
    aim = alt.Chart(alt.Data(values=[{"power": POWER}])).mark_rule(color=QUIET, strokeWidth=0.8).encode(y=y)
    return finished(aim + lines.encode(x=x, y=y, strokeDash=dash), 230)


def packed(surface: Surface, simulated: pd.DataFrame, usual: Mapping[str, Usual]) -> dict[str, Any]:
    """Return all that the page's script and template need."""
    settings = simulated.drop_duplicates(["therapists", "clients", "rate", "vpc"])
    held = int(settings["held_out"].astype(bool).sum())
    errors = [
        {
            "label": ANSWERS[row.quantity][0],
            **{of: _said(getattr(row, of), *ANSWERS[row.quantity][1:]) for of in ("typical", "nine_of_ten", "worst")},
        }
        for row in surface.error.itertuples()
    ]
    return {
        "surface": surface.packed(),
        "sliders": sliders(usual),
        "therapists": list(RANGES["therapists"]),
        "clients": list(RANGES["clients"]),
        "years": YEARS,
        "shown_years": SHOWN_YEARS,
        "ratio": RATIO_IN_WORDS,
        "probability": PHRASES["probability"],
        "reliable": RELIABILITY,
        "target": POWER,
        "chart": chart(),
        "simulated": f"{len(settings):,}",
        "fitted": f"{len(settings) - held:,}",
        "held": f"{held:,}",
        "spread": SPREAD,
        "errors": errors,
    }


def page(simulated: pd.DataFrame, usual: Mapping[str, Usual], about: Mapping[str, str]) -> str:
    """Return the page's HTML.

    Parameters
    ----------
    simulated
        ``config/planning_points.csv``.
    about
        ``study`` and ``commit``.
    """
    data = packed(Surface.of(simulated), simulated, usual)
    return filled("planner.html.j2", data, study=about["study"], commit=about["commit"])


def _said(value: float, times: float, unit: str) -> str:
    return f"{value * times:.1f}{unit}" if times > 1 else f"{value:.3f}{unit}"
