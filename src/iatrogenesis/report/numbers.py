"""Every number of the report, by name, with its uncertainty, unit and the table it comes from."""

import pandas as pd

from iatrogenesis.sources import Record

Number = dict[str, float | int | str]


def scenario_numbers(scenarios: pd.DataFrame) -> dict[str, Number]:
    """``<scenario>.<measure>``: per 1,000, with MCSE and Monte Carlo interval."""
    return {
        f"{row.scenario}.{row.measure}": _number(row.value, "tables/scenarios.csv", row.low, row.high, row.mcse)
        for row in scenarios.itertuples()
    } | {"scenarios.clients": _number(int(scenarios["clients"].iloc[0]), "tables/scenarios.csv")}


def effect_numbers(effects: pd.DataFrame) -> dict[str, Number]:
    """``<dataset>.<model>.<estimand>``, and ``.truth`` where it is known; and how many intervals cover the truth."""
    found = {}
    for row in effects.itertuples():
        name, source = f"{row.dataset}.{row.model}.{row.estimand}", "tables/therapist_effects.csv"
        found[name] = _number(row.estimate, source, row.low, row.high, row.mcse)
        if pd.notna(row.truth):
            found[f"{name}.truth"] = _number(row.truth, source, mcse=row.truth_mcse)
    known = effects[effects["truth"].notna() & (effects["estimand"] != "mor") & (effects["estimand"] != "vpc")]
    found["covered"] = _number(int(known["covered"].astype(bool).sum()), "tables/therapist_effects.csv")
    found["covered.of"] = _number(len(known), "tables/therapist_effects.csv")
    return found


def count_numbers(evidence: pd.DataFrame, therapists: pd.DataFrame, diagnostics: pd.DataFrame, base: str) -> dict:
    """How many patterns, therapists and fits there are, and how many of them pass."""
    rows = therapists[(therapists["dataset"] == base) & (therapists["model"] == "null")]
    counts = {f"evidence.{name.replace(' ', '_')}": int(n) for name, n in evidence["verdict"].value_counts().items()}
    return {
        **{f"evidence.{name}": _number(0, "tables/evidence.csv") for name in ("unclear", "not_reproduced")},
        **{name: _number(count, "tables/evidence.csv") for name, count in counts.items()},
        "evidence.all": _number(len(evidence), "tables/evidence.csv"),
        "therapists.all": _number(len(rows), "tables/therapists.csv"),
        "therapists.median_clients": _number(float(rows["clients"].median()), "tables/therapists.csv"),
        "therapists.likely_twice": _number(int((rows["exceeds_twice_average"] > 0.5).sum()), "tables/therapists.csv"),
        "therapists.surely_twice": _number(int((rows["exceeds_twice_average"] > 0.9).sum()), "tables/therapists.csv"),
        "therapists.rank_width": _number(
            float((rows["rank_high"] - rows["rank_low"]).median()), "tables/therapists.csv"
        ),
        "fits.all": _number(len(diagnostics), "tables/diagnostics.csv"),
        "fits.passed": _number(int(diagnostics["passed"].sum()), "tables/diagnostics.csv"),
    }


def performance_numbers(performance: pd.DataFrame) -> dict[str, Number]:
    """``performance.<true sd>.<estimand>.<measure>``."""
    return {
        f"performance.{row.true_sd:g}.{row.estimand}.{row.measure}": _number(
            row.value, "tables/performance.csv", mcse=row.mcse
        )
        for row in performance.itertuples()
    }


def parameter_numbers(parameters: dict[str, Record], seed: int) -> dict[str, Number]:
    """How many parameters the base world has, and how many nobody has measured."""
    status = [record.status for record in parameters.values()]
    return {
        "parameters.all": _number(len(status), "config/scenarios"),
        "parameters.assumed": _number(status.count("assumed"), "config/scenarios"),
        "parameters.calibrated": _number(status.count("calibrated"), "config/scenarios"),
        "seed": _number(seed, "config"),
    }


def _number(value, source: str, low=None, high=None, mcse=None) -> Number:
    number: Number = {"value": value, "source": source}
    for name, extra in (("low", low), ("high", high), ("mcse", mcse)):
        if extra is not None and pd.notna(extra):
            number[name] = float(extra)
    return number
