"""Diagnostics of every fit, and predictive checks of those with draws."""

import re
from collections.abc import Mapping

import pandas as pd
import xarray as xr

from iatrogenesis.core.streams import derived_seed
from iatrogenesis.inference.checks import diagnostics as judged
from iatrogenesis.inference.checks import predictive as checked
from iatrogenesis.inference.checks.convergence import Convergence
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis.choose import Choice
from iatrogenesis.own_data.analysis.names import SAMPLED, drawn_by, model_name
from iatrogenesis.own_data.analysis.ready import Ready

MANY, FEWER = 10_000, 50  # rows above which so many replicated data sets have to do
USUAL = 200
OF_A_THERAPIST = re.compile(r"therapist\w*\[[^\]]*\]")
COLUMNS = ("model", "check", "statistic", "observed", "expected", "low", "high", "p", "p_mcse", "inside")


def diagnostics(posteriors: Mapping[str, xr.DataTree]) -> pd.DataFrame:
    """Return one row per fit, those without draws included: `passed` and, where not, `reasons`.

    Which therapist's effect has the worst diagnostics is not said: it may be one who is not to be named.
    """
    rows = []
    for key, tree in posteriors.items():
        row = judged.diagnose(tree, Convergence()) | {"model": model_name(key)}
        rows.append({name: _unnamed(value) if isinstance(value, str) else value for name, value in row.items()})
    return judged.table(rows).drop(columns="dataset")


def _unnamed(text: str) -> str:
    return OF_A_THERAPIST.sub("a therapist's effect", text)


def predictive(ready: Ready, choice: Choice, posteriors: Mapping[str, xr.DataTree], priors: Priors) -> pd.DataFrame:
    """Compare statistics of the data with those of data that the models would have given.

    Returns
    -------
    pandas.DataFrame
        One row per model, check (prior, posterior) and statistic: see
        `iatrogenesis.inference.checks.predictive.check`.
    """
    draws = FEWER if len(ready.judged) > MANY else USUAL
    tables = []
    for key, tree in posteriors.items():
        if "failed" in tree.attrs or key.endswith(SAMPLED) or key not in choice.datas:
            continue
        seed = derived_seed(ready.settings.analysis.seed, "predictive", drawn_by(key))
        found = checked.check(key, choice.datas[key], tree, priors, seed, draws=draws)
        tables.append(found.assign(model=model_name(key)))
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)] if tables else pd.DataFrame(columns=list(COLUMNS))
