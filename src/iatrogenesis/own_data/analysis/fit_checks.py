"""Diagnostics of every fit, and predictive checks of those with draws."""

import re
from collections.abc import Collection, Mapping, Sequence

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
MARK = "\ue000"  # for private use: no text has it
CODE = re.compile(f"{MARK}([0-9]+){MARK}")
NOT_NAMED = "a therapist"
COLUMNS = ("model", "check", "statistic", "observed", "expected", "low", "high", "p", "p_mcse", "inside")


def diagnostics(posteriors: Mapping[str, xr.DataTree], named: Collection[str] = ()) -> pd.DataFrame:
    """Return one row per fit, those without draws included: `passed` and, where not, `reasons`.

    Parameters
    ----------
    named
        Therapists who may be named; of others it is not said whose effect has the worst diagnostics. Where ids are
        replaced by codes, these are codes.
    """
    rows = []
    for key, tree in posteriors.items():
        coded, labels = _coded(tree, named)
        row = judged.diagnose(coded, Convergence()) | {"model": model_name(key)}
        rows.append(
            {name: _labelled(value, labels) if isinstance(value, str) else value for name, value in row.items()}
        )
    return judged.table(rows).drop(columns="dataset")


def _coded(tree: xr.DataTree, named: Collection[str]) -> tuple[xr.DataTree, list[str]]:
    """Return the posterior with a code for each therapist that no text holds by chance, and the labels of these."""
    if "failed" in tree.attrs or "therapist" not in tree["posterior"].coords:
        return tree, []
    ids = [str(one) for one in tree["posterior"]["therapist"].values]
    codes = [f"{MARK}{place}{MARK}" for place in range(len(ids))]
    posterior = tree["posterior"].to_dataset().assign_coords(therapist=codes)
    coded = xr.DataTree.from_dict({"posterior": posterior, "sample_stats": tree["sample_stats"].to_dataset()})
    coded.attrs = tree.attrs
    return coded, [one if one in named else NOT_NAMED for one in ids]


def _labelled(text: str, labels: Sequence[str]) -> str:
    return CODE.sub(lambda found: labels[int(found[1])], text)


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
