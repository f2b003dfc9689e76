"""Prior beside posterior of the quantities that are in log odds, as the picture has them."""

import pandas as pd

from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results

RATIO = "log_odds_ratio["
ENDS = ("estimate", "low", "high", "prior_low", "prior_high")
COLUMNS = ("estimand", "label", *ENDS)
MOST = 30


def beside(results: Results) -> pd.DataFrame:
    """Return one row per quantity, columns `COLUMNS`; at most `MOST`.

    Spreads are those of every model; effects those of the model that has most of them, because models repeat them.
    """
    if not results.has("estimates", "model", "estimand", "estimate", "unit", "prior_low"):
        return pd.DataFrame(columns=list(COLUMNS))
    rows = numeric(results.table("estimates"), *ENDS).dropna(subset=list(ENDS))
    rows = rows[rows["unit"].astype(str).str.startswith("log odds")]
    effects = rows["estimand"].astype(str).str.startswith(RATIO)
    many = rows.loc[effects, "model"].value_counts()
    richest = rows[effects & (rows["model"] == (many.index[0] if len(many) else ""))]
    named = rows["name"] if "name" in rows else rows["estimand"]
    labels = named.astype(str).str.removeprefix("log odds ratio of ")
    rows = rows.assign(label=labels.where(effects, labels + " (" + rows["model"].astype(str) + ")"))
    found = pd.concat([rows[~effects], rows.loc[richest.index]], ignore_index=True)
    return found.loc[: MOST - 1, list(COLUMNS)]
