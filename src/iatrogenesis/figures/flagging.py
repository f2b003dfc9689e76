"""Who is flagged, rightly and wrongly, with how many clients of each therapist?"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.core.definitions import PHRASES
from iatrogenesis.figures.style import BLUE, DARK, ORANGE, SMALL, figure, heading, styled

PLACE = 16
TABLES = {"advice": "tables/advice.csv"}
CHAPTER = "Simulation study"
ALT = (
    "Two panels of stacked bars over the number of clients of each therapist, one for each rule: of 100 therapists, "
    "how many are rightly and how many wrongly flagged as harmful, and a line that marks how many are harmful."
)
CAPTION = (
    "Of 100 therapists in a service with the largest number of therapists that was simulated, and a spread between "
    "therapists as published for deterioration. A therapist is harmful if the true standardised rate is above {ratio} "
    "the service's mean. Filled: harmful, and flagged; hatched: flagged, but not harmful; dashed line: how many are "
    "harmful. Left: flagged if harmful with a probability of at least {percent} by the model. Right: the worst 5 % by "
    "raw rates are flagged, whoever they are. Thin lines: 95 % Monte Carlo intervals of all flagged and of those "
    "rightly flagged. Other rules and methods are in the supplement."
)
RULES = {"": f"{PHRASES['percent']} probable (model)", "raw_": "Worst 5 % (raw rates)"}


@styled()
def draw(advice: pd.DataFrame) -> Figure:
    """Draw from the grid of advice."""
    part = advice[(advice["question"] == "flagging") & (advice["therapist_sd"] == advice["therapist_sd"].max())]
    part = part[part["therapists"] == part["therapists"].max()]
    found = {prefix: counts(part, prefix) for prefix in RULES}
    made, axes = figure(_title(found[""], found["raw_"]), 2.75, ncols=2, sharey=True)
    harmful = float(np.nanmean([rule["harmful"].mean() for rule in found.values()]))
    for axis, (prefix, title) in zip(axes, RULES.items(), strict=True):
        _panel(axis, found[prefix], harmful)
        heading(axis, title)
    axes[0].set_ylabel("Of 100 therapists")
    axes[0].set_xlabel("Clients of each therapist", x=1.1)
    _name(axes, found, harmful)
    return made


def counts(part: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Of 100 therapists those flagged, rightly and wrongly, and those harmful; a row per number of clients.

    Parameters
    ----------
    part
        Rows of the grid of advice about flagging, of one number of therapists.
    """
    table = part.pivot_table(index="clients", columns="quantity", values=["value", "mcse"], sort=True)
    value, error = table["value"], table["mcse"]
    unit = 100 / part["therapists"].iloc[0]
    flagged = unit * value[f"{prefix}flagged"]
    wrongly = (flagged * value[f"{prefix}mfdr"]).fillna(0.0)
    rightly, sensitivity = flagged - wrongly, value[f"{prefix}sensitivity"]
    known = sensitivity > 0
    harmful = (rightly / sensitivity.where(known)).rename("harmful")
    found = pd.DataFrame({"rightly": rightly, "wrongly": wrongly, "harmful": harmful})
    of_harmful = harmful.fillna(harmful.mean())
    return found.assign(
        flagged_error=1.96 * unit * error[f"{prefix}flagged"].fillna(0.0),
        rightly_error=1.96 * of_harmful * error[f"{prefix}sensitivity"].fillna(0.0),
    )


def _title(model: pd.DataFrame, raw: pd.DataFrame) -> str:
    share = 100 * raw["wrongly"].iloc[0] / max(raw["wrongly"].iloc[0] + raw["rightly"].iloc[0], 1e-9)
    harmful = 100 * model["rightly"].iloc[0] / max(float(np.nanmean([model["harmful"], raw["harmful"]])), 1e-9)
    return (
        f"With {raw.index[0]:g} clients each, “worst 5 %” is wrong in {share:.0f} % of cases, and "
        f"“{PHRASES['percent']} probable” finds {harmful:.0f} % of the harmful"
    )


def _panel(axis: Axes, table: pd.DataFrame, harmful: float) -> None:
    at = np.arange(len(table))
    both = table["rightly"] + table["wrongly"]
    axis.bar(at, table["rightly"], 0.62, color=BLUE)
    axis.bar(
        at, table["wrongly"], 0.62, bottom=table["rightly"], color="white", hatch="/////", edgecolor=ORANGE, lw=0.8
    )
    axis.vlines(at + 0.1, both - table["flagged_error"], both + table["flagged_error"], color=DARK, lw=0.9)
    ends = table["rightly"] - table["rightly_error"], table["rightly"] + table["rightly_error"]
    axis.vlines(at - 0.1, *ends, color=DARK, lw=0.9)
    axis.axhline(harmful, color=DARK, ls="--", lw=0.9)
    axis.set_xticks(at, [f"{clients:g}" for clients in table.index])
    axis.tick_params(axis="x", length=0)


def _name(axes: np.ndarray, found: dict[str, pd.DataFrame], harmful: float) -> None:
    """Words beside the bars of the rule that always flags somebody, and on the line."""
    highest = max(float((one["rightly"] + one["wrongly"] + one["flagged_error"]).max()) for one in found.values())
    top = max(highest, harmful)
    axes[0].set_ylim(0, 1.45 * top)
    axes[0].annotate(
        f"{harmful:.1f} harmful",
        (-0.4, harmful),
        xytext=(0, 2),
        textcoords="offset points",
        fontsize=SMALL,
        va="bottom",
    )
    for place, (words, look) in enumerate(
        {"wrongly": {"fc": "white", "ec": ORANGE, "hatch": "/////"}, "rightly": {"fc": BLUE, "ec": BLUE}}.items()
    ):
        y = 1.36 * top - 0.13 * top * place
        axes[1].bar(-0.2, 0.07 * top, 0.5, bottom=y - 0.035 * top, lw=0.8, **look)
        axes[1].annotate(f"{words} flagged", (0.2, y), fontsize=SMALL, va="center")
