"""Recovery of known truths: estimates beside the truth, where there is one."""

import pandas as pd

from iatrogenesis.inference.models.spread import UPPER_QUARTILE, mor, vpc

COLUMNS = (
    "dataset", "model", "estimand", "truth", "truth_mcse", "estimate", "low", "high", "sd", "mcse",
    "ess_bulk", "covered",
)  # fmt: skip


def exact_truth(known: pd.DataFrame) -> pd.DataFrame:
    """Exact truths of the known data set, with VPC and MOR from the therapist SD; columns estimand, truth."""
    sd = float(known.set_index("estimand").loc["therapist_sd", "truth"])
    derived = pd.DataFrame({"estimand": ["vpc", "mor"], "truth": [vpc(sd), mor(sd)]})
    return pd.concat([known, derived], ignore_index=True).assign(truth_mcse=0.0)


def large_sample_truth(effects: pd.DataFrame) -> pd.DataFrame:
    """Truths of one model from a very large simulated service; adds the MOR with its error by the delta method."""
    sd = effects.set_index("estimand").loc["therapist_sd"]
    slope = mor(sd["truth"]) * UPPER_QUARTILE * 2**0.5
    derived = pd.DataFrame({"estimand": ["mor"], "truth": [mor(sd["truth"])], "truth_mcse": [slope * sd["truth_mcse"]]})
    return pd.concat([effects[["estimand", "truth", "truth_mcse"]], derived], ignore_index=True)


def beside_truth(estimates: pd.DataFrame, truth: pd.DataFrame | None, dataset: str, model: str) -> pd.DataFrame:
    """Estimates of one fit with their truth (missing where unknown) and whether the interval covers it.

    A truth that is itself known only to a Monte Carlo error counts as covered if two of its MCSE reach the interval.
    """
    truth = pd.DataFrame(columns=["estimand", "truth", "truth_mcse"]) if truth is None else truth
    table = estimates.merge(truth, on="estimand", how="left").assign(dataset=dataset, model=model)
    table[["truth", "truth_mcse"]] = table[["truth", "truth_mcse"]].astype(float)
    reach = 2 * table["truth_mcse"].fillna(0)
    inside = (table["truth"] >= table["low"] - reach) & (table["truth"] <= table["high"] + reach)
    table["covered"] = inside.astype("boolean").mask(table["truth"].isna())
    return table[list(COLUMNS)]
