"""What-ifs of ratings, each with the assumptions under which it is an answer."""

import pandas as pd
import xarray as xr

from iatrogenesis.inference.answers.what_if import risk_change, summary
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.own_data.analysis.names import model_name
from iatrogenesis.own_data.analysis.ready import Ready

SHIFTS = {"burnout": -1.0, "competence": 1.0, "fit": 1.0, "alliance": 1.0}
COLUMNS = ("question", "model", "value", "low", "high", "mcse", "unit", "assumptions")
ASSUMED = (
    "Clients are dealt out to therapists by chance, given the case mix in the model; nothing else that harms goes with "
    "the rating; the rating came before the outcomes, and nobody rated because clients fared well or badly; it changes "
    "because what it rates does; its error makes the answer too small. An observational table cannot show any of these."
)


def table(ready: Ready, data: OutcomeData | None, tree: xr.DataTree | None) -> pd.DataFrame:
    """Return one row per rating: deteriorations per 1,000 clients more if it were one SD better for everybody.

    Parameters
    ----------
    data, tree
        Of the model with ratings; None where there is none, and then the table has no rows.
    """
    if data is None or tree is None or "failed" in tree.attrs:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = []
    for column in ready.ratings:
        trait = column.removesuffix("_rating")
        change = "lower" if SHIFTS[trait] < 0 else "higher"
        drawn = risk_change(data, tree, {column: SHIFTS[trait]})
        rows.append(
            {
                "question": f"if the rating of {trait} were one SD {change} for everybody",
                "model": model_name("therapist"),
                **summary(drawn, tree),
                "unit": "deteriorations per 1,000 finished courses, more (+) or fewer (-)",
                "assumptions": ASSUMED,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
