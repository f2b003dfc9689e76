"""Tables of the report about the models: checks, SBC, comparison, marginal effects, what would happen if."""

import pandas as pd

from iatrogenesis.inference.data.covariates import AGE_REFERENCE
from iatrogenesis.report.ranges import HEADS, cells
from iatrogenesis.report.rounding import rounded, with_error, with_interval
from iatrogenesis.report.tables import Table

COVARIATES = {
    "phq9_first": "first PHQ-9 score",
    "gad7_first": "first GAD-7 score",
    "fit_rating": "fit rating, of all clients together",
    "fit_rating[one]": "fit rating, of one client alone",
    "vulnerable": "vulnerable client",
}
"""What a step of a covariate is of, where its name does not say it."""


def predictive(table: pd.DataFrame) -> Table:
    """One row per model and statistic: observed, expected before and after the data; those outside are marked."""
    by = table.set_index(["model", "dataset", "statistic", "check"])
    rows, marks = [], []
    for model, dataset, statistic in dict.fromkeys(
        zip(table["model"], table["dataset"], table["statistic"], strict=True)
    ):
        before, after = (by.loc[(model, dataset, statistic, check)] for check in ("prior", "posterior"))
        cells = [with_interval(*part[["expected", "low", "high"]]) for part in (before, after)]
        rows.append(
            [model, statistic, rounded(float(after["observed"])), *cells, with_error(after["p"], after["p_mcse"])]
        )
        marks.append("" if bool(after["inside"]) else "bad")
    heads = ["Model", "Statistic", "Observed", "Prior expects (95 %)", "Posterior expects (95 %)", "p (MCSE)"]
    return Table(heads, rows, marks)


def prior_sensitivity(table: pd.DataFrame) -> Table:
    """Estimands that move when the prior weighs a little more or less; the others are left out."""
    moved = table[table["verdict"] != "-"]
    rows = [
        [row.model, row.estimand.replace("_", " "), f"{row.prior:.2f}", f"{row.likelihood:.2f}", row.verdict]
        for row in moved.itertuples()
    ]
    return Table(["Model", "Estimand", "By the prior", "By the data", "Reading"], rows, [""] * len(rows))


def sbc(table: pd.DataFrame) -> Table:
    """One row per model and engine: in which study, how many quantities are calibrated, and the most uneven one."""
    rows, marks = [], []
    for (model, engine), part in table.groupby(["model", "engine"], sort=False):
        worst, fine = part.loc[part["p"].idxmin()], part["calibrated"].astype(bool)
        rows.append(
            [
                model,
                engine,
                part["study"].iloc[0],
                str(int(part["simulations"].iloc[0])),
                str(int(part["failed"].iloc[0])),
                f"{int(fine.sum())} of {len(part)}",
                worst["quantity"].replace("_", " "),
                f"{worst['p']:.4f}",
                with_error(worst["mean_rank"], worst["mcse"]),
            ]
        )
        marks.append("" if fine.all() else "bad")
    heads = [
        "Model",
        "Engine",
        "Study",
        "Simulations",
        "Without draws",
        "Uniform",
        "Most uneven",
        "its p",
        "its mean rank (MCSE)",
    ]
    return Table(heads, rows, marks)


def comparison(table: pd.DataFrame) -> Table:
    """One row per model, best first."""
    rows = [
        [
            row.model,
            with_error(row.elpd, row.se),
            with_error(-row.elpd_diff, row.dse),
            f"{row.p:.1f}",
            f"{row.weight:.2f}",
            f"{row.worst_k:.2f}",
        ]
        for row in table.itertuples()
    ]
    heads = ["Model", "Log predictive density (SE)", "Less than the best (SE)", "Effective parameters", "Weight"]
    return Table([*heads, "Worst Pareto k"], rows, [""] * len(rows))


def marginal_effects(table: pd.DataFrame) -> Table:
    """One row per covariate, one column per model of routine care."""
    routine_care = table[table["dataset"] == table["dataset"].iloc[0]] if len(table) else table
    models = list(dict.fromkeys(routine_care["model"]))
    by = routine_care.set_index(["covariate", "model"])
    rows = []
    for covariate in dict.fromkeys(routine_care["covariate"]):
        cells = [
            with_interval(*by.loc[(covariate, model), ["value", "low", "high"]])
            if (covariate, model) in by.index
            else ""
            for model in models
        ]
        rows.append([_covariate(covariate), *cells])
    return Table(["Deteriorations more per 1,000 clients", *models], rows, [""] * len(rows))


def _covariate(name: str) -> str:
    if name.startswith("age["):
        return f"age {name[4:-1]}, against {AGE_REFERENCE}".replace("-", " to ")
    return COVARIATES.get(name, name.replace("_", " "))


def what_if(table: pd.DataFrame, ranged: pd.DataFrame) -> Table:
    """One row per allocation, question and analysis; answers that miss the truth are marked.

    At the end how far the truth ranges over plausible worlds, and the Monte Carlo error of one of them.
    """
    by = {key: row for key, row in ranged.set_index(["allocation", "question"]).iterrows()}
    worlds = [by[row.allocation, row.question] for row in table.itertuples()]
    rows = [
        [
            row.allocation,
            row.question.replace("_", " "),
            row.analysis,
            with_error(-row.truth, row.truth_mcse),
            with_interval(-row.value, -row.high, -row.low),
            "yes" if bool(row.covered) else "no",
            *cells(world)[1:],
        ]
        for row, world in zip(table.itertuples(), worlds, strict=True)
    ]
    heads = ["Clients come by", "If", "Model sees", "Averted in truth (MCSE)", "Averted by the model (95 %)", "Covers"]
    first, *others = HEADS[1:]
    heads += [f"Truth in plausible worlds: {first.lower()}", *others]
    return Table(heads, rows, ["" if covered else "bad" for covered in table["covered"].astype(bool)])


def reproductions(table: pd.DataFrame) -> Table:
    """One row per study, setting and quantity, with the published value where there is one."""
    rows = [
        [
            row.study if isinstance(row.study, str) else "",
            row.setting,
            row.quantity,
            "" if pd.isna(row.published) else f"{row.published:,g}",
            with_error(row.value, row.mcse),
            row.note if isinstance(row.note, str) else "",
        ]
        for row in table.itertuples()
    ]
    return Table(["Study", "Setting", "Quantity", "Published", "Here (MCSE)", "Note"], rows, [""] * len(rows))
