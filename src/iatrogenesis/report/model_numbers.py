"""Numbers of the report about the models: checks, SBC, comparison, and what would happen if."""

import pandas as pd

from iatrogenesis.report.entry import Number, number
from iatrogenesis.report.ranges import range_numbers

PREDICTIVE, PRIOR_SENSITIVITY, COMPARISON = (
    "tables/predictive.csv",
    "tables/prior_sensitivity.csv",
    "tables/model_comparison.csv",
)
REPRODUCTIONS = "tables/reproductions.csv"
FULL = "full"  # study
SBC, WHAT_IF, MARGINAL = "tables/sbc.csv", "tables/what_if.csv", "tables/marginal_effects.csv"


def predictive_numbers(predictive: pd.DataFrame) -> dict[str, Number]:
    """How many statistics of the data lie inside what the models expect, before and after the data."""
    found = {}
    for check, rows in predictive.groupby("check"):
        found[f"predictive.{check}.all"] = number(len(rows), PREDICTIVE, "statistics")
        found[f"predictive.{check}.inside"] = number(int(rows["inside"].astype(bool).sum()), PREDICTIVE, "statistics")
    return found


def prior_sensitivity_numbers(sensitivity: pd.DataFrame) -> dict[str, Number]:
    """How many estimands move when the prior does."""
    found = {"prior_sensitivity.all": number(len(sensitivity), PRIOR_SENSITIVITY, "estimands")}
    for name, verdict in (("dominates", "prior dominates"), ("conflict", "possible conflict of prior and data")):
        count = int((sensitivity["verdict"] == verdict).sum())
        found[f"prior_sensitivity.{name}"] = number(count, PRIOR_SENSITIVITY, "estimands")
    return found


def sbc_numbers(sbc: pd.DataFrame) -> dict[str, Number]:
    """How many quantities have uniform ranks, over how many models and engines, and what gave no draws."""
    if sbc.empty:
        return {}
    fits = sbc.drop_duplicates(["model", "engine"])
    of_full = 0 if set(fits["study"]) == {FULL} else int((fits["study"] == FULL).sum())
    found = {"sbc.full": number(of_full, SBC, "models and engines")} if of_full else {}
    return found | {
        "sbc.all": number(len(sbc), SBC, "quantities"),
        "sbc.calibrated": number(int(sbc["calibrated"].astype(bool).sum()), SBC, "quantities"),
        "sbc.fits": number(len(fits), SBC, "models and engines"),
        "sbc.simulations": number(int(fits["simulations"].sum()), SBC, "simulations"),
        "sbc.failed": number(int(fits["failed"].sum()), SBC, "simulations"),
    }


def comparison_numbers(comparison: pd.DataFrame) -> dict[str, Number]:
    """``comparison.<model>``: expected log predictive density less that of the best model."""
    return {
        f"comparison.{row.model}": number(
            -row.elpd_diff, COMPARISON, "log predictive density", -row.elpd_diff - 1.96 * row.dse,
            -row.elpd_diff + 1.96 * row.dse,
        )
        for row in comparison.itertuples()
    }  # fmt: skip


def what_if_numbers(what_if: pd.DataFrame) -> dict[str, Number]:
    """``what_if.<allocation>.<question>.<analysis>``, averted per 1,000, and ``what_if.<allocation>.<question>``."""
    found, unit = {}, "averted per 1,000 finished courses"
    for row in what_if.itertuples():
        name = f"what_if.{row.allocation}.{row.question}"
        analysis = row.analysis.replace(" ", "_")
        found[name] = number(-row.truth, WHAT_IF, unit, mcse=row.truth_mcse)
        found[f"{name}.{analysis}"] = number(-row.value, WHAT_IF, unit, -row.high, -row.low, row.mcse)
    right = int(what_if["covered"].astype(bool).sum())
    found |= {
        "what_if.right": number(right, WHAT_IF, "answers"),
        "what_if.all": number(len(what_if), WHAT_IF, "answers"),
    }
    return found


def what_if_range_numbers(table: pd.DataFrame) -> dict[str, Number]:
    """``what_if.<allocation>.<question>.median`` and the like: averted over plausible worlds."""
    found: dict[str, Number] = {}
    for row in table.to_dict("records"):
        name = f"what_if.{row['allocation']}.{row['question']}"
        found |= range_numbers(name, row, "tables/what_if_ranges.csv", "averted per 1,000 finished courses")
    return found


def marginal_numbers(marginal: pd.DataFrame) -> dict[str, Number]:
    """``marginal.<dataset>.<model>.<covariate>``: deteriorations more per 1,000 clients and unit."""
    return {
        f"marginal.{row.dataset}.{row.model}.{row.covariate}": number(
            row.value, MARGINAL, "per 1,000 clients and unit", row.low, row.high, row.mcse
        )
        for row in marginal.itertuples()
    }


def reproduction_numbers(table: pd.DataFrame) -> dict[str, Number]:
    """``reproduction.farthest``: largest distance from a published value, relative; and how many there are."""
    known = table.dropna(subset=["published"])
    away = (known["value"] / known["published"] - 1).abs()
    harm = table[table["quantity"].str.startswith("deteriorations")]
    wrong = table.loc[harm.index + 1]
    return {
        "reproduction.all": number(len(known), REPRODUCTIONS, "published values"),
        "reproduction.farthest": number(float(100 * away.max()), REPRODUCTIONS, "%"),
        "reproduction.averted": number(
            float(harm["value"].iloc[0]), REPRODUCTIONS, "clients", mcse=harm["mcse"].iloc[0]
        ),
        "reproduction.fdr": number(float(wrong["value"].iloc[0]), REPRODUCTIONS, "%", mcse=wrong["mcse"].iloc[0]),
    }
