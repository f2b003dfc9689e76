"""All tables of the analysis, by name; each module says what is in its own.

=========================  ===========================================================================================
`models`                   which models were fitted, by which therapists are judged (`main`), and what missing columns
                           cost (`choose`)
`missing_covariates`       gaps in the case mix, and how they were filled (`completing`)
`diagnostics`              of every fit, those that failed included (`fit_checks`)
`predictive`               data beside data that the models would have given (`fit_checks`)
`estimates`                per SD and per point, prior beside posterior (`estimates`)
`noise`                    how much of the rate is noise of the questionnaire (`noise`)
`allocation`               case mix by therapist, before any ranking (`allocation`)
`therapists`, `flags`,     observed against expected, rates, ranks; who is flagged by which rule; limits by number of
`funnel`                   clients (`therapists`, `flags`, `exact_limits`)
`overdispersion`           by how much more than chance therapists differ, for the funnel
`sensitivity_definition`,  the same answers under other definitions of deterioration, other assumptions about what is
`sensitivity_missing`,     missing, other attributions to therapists, and other priors
`sensitivity_attribution`,
`sensitivity_priors`
`what_if`                  with the assumptions of each
=========================  ===========================================================================================
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.own_data.analysis import (
    allocation,
    attribution,
    choose,
    definitions,
    estimates,
    exact_limits,
    fit_checks,
    flags,
    noise,
    prior_scales,
    therapists,
    unfinished,
    what_ifs,
)
from iatrogenesis.own_data.analysis.names import SAMPLED, column_name
from iatrogenesis.own_data.analysis.ready import Ready, ready
from iatrogenesis.own_data.analysis.risks import expected_risk, score
from iatrogenesis.own_data.prepared import Prepared
from iatrogenesis.own_data.settings import OwnData

FUNNEL_POINTS = 200


def tables(
    prepared: Prepared, posteriors: Mapping[str, xr.DataTree], settings: OwnData, priors: Priors
) -> dict[str, pd.DataFrame]:
    """Return every table of the analysis, by name.

    Parameters
    ----------
    posteriors
        What `iatrogenesis.own_data.analysis.fits.fit_all` returned.

    Raises
    ------
    DataError
        If there is nothing to analyse, or neither of the models by which therapists are judged has draws.
    """
    start = ready(prepared, settings)
    choice = choose.choose(start)
    fitted = tuple(key for key, tree in posteriors.items() if "failed" not in tree.attrs and not key.endswith(SAMPLED))
    main = choose.main_model(start, fitted)
    tree, data = posteriors[main], choice.datas[main]
    case_mix = score(tree)
    scores = case_mix if case_mix.size else np.zeros(len(start.judged))
    ratings = choice.datas.get("therapist")
    found = {
        "models": choose.table(start, choice, fitted),
        "missing_covariates": _gaps(start),
        "diagnostics": fit_checks.diagnostics(posteriors, therapists.named(start)),
        "predictive": fit_checks.predictive(start, choice, posteriors, priors),
        "estimates": estimates.table(start, posteriors, priors),
        "noise": noise.table(start),
        "allocation": allocation.table(start, _columns(start), expected_risk(scores, start.worse)),
        **_therapists(start, tree, scores),
        "sensitivity_definition": definitions.table(start, case_mix, priors),
        "sensitivity_missing": unfinished.table(start, tree, case_mix, priors),
        "sensitivity_attribution": attribution.table(start, case_mix, priors),
        "sensitivity_priors": prior_scales.table(main, data, tree, priors),
        # pyrefly: ignore[bad-argument-type]: this model's data have ratings
        "what_if": what_ifs.table(start, ratings, posteriors.get("therapist")),
    }
    return found


def _therapists(start: Ready, tree: xr.DataTree, scores: np.ndarray) -> dict[str, pd.DataFrame]:
    judged = therapists.judge(start, tree, scores)
    every = judged.table
    more = exact_limits.Overdispersion(every["deteriorated"].to_numpy(), every["expected"].to_numpy(dtype=float))
    most = int(every["clients"].max() * 1.1) + 1
    n = np.unique(np.geomspace(1, most, FUNNEL_POINTS).astype(np.int64)) if most > FUNNEL_POINTS else np.arange(1, most)
    privacy, analysis = start.settings.privacy, start.settings.analysis
    return {
        "therapists": therapists.for_people(judged, privacy.least_named),
        "flags": flags.flags(judged, analysis.false_discovery_rate),
        "funnel": exact_limits.funnel(n, float(start.worse.mean()), more),
        "overdispersion": more.table(),
    }


def _columns(start: Ready) -> dict[str, np.ndarray]:
    """Columns of the case mix in their own units."""
    if not start.case_mix:
        return {}
    data = start.data()
    return {name: data.centre[k] + data.scale[k] * data.covariates[:, k] for k, name in enumerate(data.covariate_names)}


def _gaps(start: Ready) -> pd.DataFrame:
    """One row per column of the case mix: how many judged courses lack it, and what was done."""
    rows = []
    for name in start.about.case_mix:
        missing = int(start.gaps[name].isna().sum()) if name in start.gaps else len(start.gaps)
        said = "nothing is missing"
        if name in start.left_out:
            said = f"left out of the models: {start.left_out[name]}"
        elif missing:
            numeric = pd.api.types.is_numeric_dtype(start.gaps[name])
            what = "the value expected from the other columns" if numeric else "the most frequent level"
            said = f"filled in by {what}; see sensitivity_missing"
        share = missing / len(start.gaps)
        rows.append({"column": column_name(name), "missing": missing, "share": share, "treatment": said})
    return pd.DataFrame(rows, columns=["column", "missing", "share", "treatment"])
