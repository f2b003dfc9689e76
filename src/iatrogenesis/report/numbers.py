"""Every number of the report, by name, with its uncertainty, unit and the table it comes from."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import binom

from iatrogenesis.core.definitions import CERTAIN_PROBABILITY, harmful_rate
from iatrogenesis.core.registry import declarations
from iatrogenesis.core.sources import Record, records
from iatrogenesis.evidence.labels import LABELS
from iatrogenesis.report import conclusions as of_worlds
from iatrogenesis.report import model_numbers as of_models
from iatrogenesis.report.entry import CONFIGURED, Number, number
from iatrogenesis.report.second_episodes import second_episode_numbers
from iatrogenesis.report.study_numbers import study_numbers
from iatrogenesis.world.scenarios import Scenario

SCENARIOS, EFFECTS, EVIDENCE = "tables/scenarios.csv", "tables/therapist_effects.csv", "tables/evidence.csv"
THERAPISTS, DIAGNOSTICS = "tables/therapists.csv", "tables/diagnostics.csv"
ENGINES = "tables/engines.csv"
ATTRIBUTION, PREVENTIONS = "tables/attribution.csv", "tables/preventions.csv"
UNITS = {"therapist_sd": "log odds", "vpc": "share", "mor": "odds ratio", "mean_rate": "share"}
for _facts in declarations("iatrogenesis.inference.models").values():
    UNITS |= _facts.get("UNITS", {})
SIZES = ("simulate", "known_truth", "count_twins", "evidence", "true_effects", "true_rates", "fit")
DERIVED = ("vpc", "mor")  # functions of the therapist SD: their intervals cover whenever its does


def every_number(
    tables: Mapping[str, pd.DataFrame], routine_care: Scenario, everything: Scenario, config: Mapping
) -> dict[str, Number]:
    """All numbers of the report: from its tables by name, its smallest and its fullest world, and the configuration."""
    parameters = records(routine_care)
    return (
        scenario_numbers(tables["scenarios"])
        | effect_numbers(tables["therapist_effects"])
        | evidence_numbers(tables["evidence"])
        | pattern_numbers(tables["evidence"])
        | therapist_numbers(tables["therapists"], routine_care.id)
        | fit_numbers(tables["diagnostics"])
        | engine_numbers(tables["engines"])
        | study_numbers(tables)
        | of_models.predictive_numbers(tables["predictive"])
        | of_models.prior_sensitivity_numbers(tables["prior_sensitivity"])
        | of_models.sbc_numbers(tables["sbc"])
        | of_models.comparison_numbers(tables["model_comparison"])
        | of_models.marginal_numbers(tables["marginal_effects"])
        | of_models.what_if_numbers(tables["what_if"])
        | of_models.what_if_range_numbers(tables["what_if_ranges"])
        | of_models.reproduction_numbers(tables["reproductions"])
        | attribution_numbers(tables["attribution"], tables["scenarios"], routine_care.id)
        | prevention_numbers(tables["preventions"])
        | second_episode_numbers(tables["second_episodes"])
        | of_worlds.conclusion_numbers(tables["conclusions"])
        | of_worlds.driver_numbers(tables["drivers"], tables["conclusions"])
        | of_worlds.study_numbers(tables["next_studies"])
        | parameter_numbers(parameters, "parameters")
        | parameter_numbers(records(everything), "parameters.everything")
        | config_numbers(config, SIZES)
    )


def scenario_numbers(scenarios: pd.DataFrame) -> dict[str, Number]:
    """``<scenario>.<measure>``: per 1,000, with MCSE and Monte Carlo interval; ``scenarios.clients``."""
    found = {}
    for row in scenarios.itertuples():
        unit = "sessions" if row.measure == "sessions" else row.label.rpartition(", ")[2]
        found[f"{row.scenario}.{row.measure}"] = number(row.value, SCENARIOS, unit, row.low, row.high, row.mcse)
    return found | {"scenarios.clients": number(int(scenarios["clients"].iloc[0]), SCENARIOS, "clients")}


def effect_numbers(effects: pd.DataFrame) -> dict[str, Number]:
    """``<dataset>.<model>.<estimand>``, ``.truth`` where it is known, odds ratios, and how many intervals cover."""
    found = {}
    for row in effects.itertuples():
        name = f"{row.dataset}.{row.model}.{row.estimand}"
        unit = unit_of(row.estimand)
        found[name] = number(row.estimate, EFFECTS, unit, row.low, row.high, row.mcse)
        if pd.notna(row.truth):
            found[f"{name}.truth"] = number(row.truth, EFFECTS, unit, mcse=row.truth_mcse)
        if row.estimand.startswith("log_odds_ratio"):
            found |= _odds_ratio(name.replace("log_odds_ratio", "odds_ratio"), row)
    known = effects[effects["truth"].notna() & ~effects["estimand"].isin(DERIVED)]
    fewest = int(binom.ppf(0.001, len(known), 0.95)) if len(known) else 0
    return found | {
        "covered": number(int(known["covered"].astype(bool).sum()), EFFECTS, "intervals"),
        "covered.of": number(len(known), EFFECTS, "intervals"),
        "covered.fewest_by_chance": number(fewest, EFFECTS, "intervals"),
    }


def unit_of(estimand: str) -> str:
    """Unit of an estimand of `iatrogenesis.inference.answers.estimands`."""
    if estimand in UNITS:
        return UNITS[estimand]
    if estimand.startswith("log_odds_ratio"):
        return "log odds ratio"
    if estimand.startswith("share["):
        return "share"
    if estimand.endswith("correlation"):
        return "correlation"
    return "points" if "level" in estimand or estimand == "residual_sd" else "points per doubling of sessions"


def _odds_ratio(name: str, row) -> dict[str, Number]:
    # The exponential of the posterior mean; its error by the delta method. Ends of intervals are transformed exactly.
    value = float(np.exp(row.estimate))
    found = {name: number(value, EFFECTS, "odds ratio", np.exp(row.low), np.exp(row.high), value * row.mcse)}
    if pd.notna(row.truth):
        truth = float(np.exp(row.truth))
        found[f"{name}.truth"] = number(truth, EFFECTS, "odds ratio", mcse=truth * row.truth_mcse)
    return found


def evidence_numbers(evidence: pd.DataFrame) -> dict[str, Number]:
    """How many patterns are reproduced, apart for those that were put in, fitted to, and predicted."""
    found = {}
    parts = {f"evidence.{label}": evidence[evidence["label"] == label] for label in LABELS}
    for name, part in ({"evidence": evidence} | parts).items():
        found[f"{name}.all"] = number(len(part), EVIDENCE, "patterns")
        for verdict in ("reproduced", "unclear", "not reproduced"):
            count = int((part["verdict"] == verdict).sum())
            found[f"{name}.{verdict.replace(' ', '_')}"] = number(count, EVIDENCE, "patterns")
    return found


def pattern_numbers(evidence: pd.DataFrame) -> dict[str, Number]:
    """``pattern.<id>.published``, where it is a number and not a bound."""
    return {
        f"pattern.{row.id}.published": number(row.published, EVIDENCE, row.unit)
        for row in evidence[evidence["published"].notna()].itertuples()
    }


def therapist_numbers(therapists: pd.DataFrame, routine_care: str) -> dict[str, Number]:
    """How many therapists of routine care there are, and how sure it is who stands out, by the intercept-only model."""
    rows = therapists[(therapists["dataset"] == routine_care) & (therapists["model"] == "intercept_only")]
    if rows.empty:
        return {}
    exceeds, width = rows["p_harmful"], rows["rank_high"] - rows["rank_low"]
    found = {
        "all": (len(rows), "therapists"),
        "median_clients": (float(rows["clients"].median()), "finished courses"),
        "likely_harmful": (int((exceeds > 0.5).sum()), "therapists"),
        "surely_harmful": (int((exceeds > CERTAIN_PROBABILITY).sum()), "therapists"),
        "highest_p_harmful": (float(exceeds.max()), "probability"),
        "rank_width": (float(width.median()), "ranks"),
        "raw_zero": (int((rows["deteriorated"] == 0).sum()), "therapists"),
        "raw_highest": (float(100 * rows["raw_rate"].max()), "%"),
        "rate_highest": (float(100 * rows["rate"].max()), "%"),
    }
    known = rows.dropna(subset=["true_rate"]) if "true_rate" in rows else rows.iloc[:0]
    if len(known):
        found["truly_harmful"] = (
            int((known["true_rate"] > harmful_rate(known["true_rate"].mean())).sum()),
            "therapists",
        )
    return {f"therapists.{name}": number(value, THERAPISTS, unit) for name, (value, unit) in found.items()}


def engine_numbers(engines: pd.DataFrame) -> dict[str, Number]:
    """How many estimands both engines agree on, and the largest distance."""
    found = {
        "engines.all": number(len(engines), ENGINES, "estimands"),
        "engines.agree": number(int(engines["agree"].astype(bool).sum()), ENGINES, "estimands"),
    }
    known = engines.dropna(subset=["distance"])
    if len(known):
        found["engines.farthest"] = number(float(known["distance"].max()), ENGINES, "Monte Carlo standard errors")
        found["engines.worst_k"] = number(float(known["pareto_k"].max()), ENGINES, "Pareto k")
    return found


def fit_numbers(diagnostics: pd.DataFrame) -> dict[str, Number]:
    """How many fits there are and how many met the convergence criteria."""
    passed = int(diagnostics["passed"].astype(bool).sum())
    return {
        "fits.all": number(len(diagnostics), DIAGNOSTICS, "fits"),
        "fits.passed": number(passed, DIAGNOSTICS, "fits"),
        "fits.failed": number(len(diagnostics) - passed, DIAGNOSTICS, "fits"),
    }


def attribution_numbers(attribution: pd.DataFrame, scenarios: pd.DataFrame, routine_care: str) -> dict[str, Number]:
    """``attribution.<mechanism>.<attribution>.<outcome>``, how many mechanisms, and their share of deteriorations."""
    found = {
        f"attribution.{row.mechanism}.{row.attribution}.{row.outcome}": number(
            row.value, ATTRIBUTION, row.label.rpartition(", ")[2], row.low, row.high, row.mcse
        )
        for row in attribution.itertuples()
    }
    kinds = attribution.loc[attribution["attribution"] == "shapley", "mechanism"].nunique()
    whole = attribution[(attribution["attribution"] == "total") & (attribution["outcome"] == "deteriorated")]
    level = scenarios[(scenarios["scenario"] == routine_care) & (scenarios["measure"] == "deteriorated_per_client")]
    (total, total_error), (worse, worse_error) = (part[["value", "mcse"]].to_numpy()[0] for part in (whole, level))
    share, error = 100 * total / worse, 100 / worse * np.hypot(total_error, total / worse * worse_error)
    return found | {
        "attribution.mechanisms": number(int(kinds), ATTRIBUTION, "mechanisms"),
        "attribution.share": number(share, f"{ATTRIBUTION}, {SCENARIOS}", "% of deteriorations", mcse=error),
    }


def prevention_numbers(preventions: pd.DataFrame) -> dict[str, Number]:
    """``prevention.<scenario>.<reading>.<outcome>``: with less without; ``averted...``: the other way round."""
    averted = preventions[preventions["outcome"] == "deteriorated"]
    return {
        f"averted.{row.scenario}.{row.reading}": number(
            -row.value, PREVENTIONS, "per 1,000 clients", -row.high, -row.low, row.mcse
        )
        for row in averted.itertuples()
    } | {
        f"prevention.{row.scenario}.{row.reading}.{row.outcome}": number(
            row.value, PREVENTIONS, row.label.rpartition(", ")[2], row.low, row.high, row.mcse
        )
        for row in preventions.itertuples()
    }


def parameter_numbers(parameters: Mapping[str, Record], prefix: str) -> dict[str, Number]:
    """How many parameters a world has, by status, and how many were read from memory only."""
    records = list(parameters.values())
    status = [record.status for record in records]
    found = {name: status.count(name) for name in ("reported", "converted", "assumed", "calibrated")}
    found |= {"all": len(records), "from_memory": sum(record.certainty == "memory" for record in records)}
    return {f"{prefix}.{name}": number(count, "config/scenarios", "parameters") for name, count in found.items()}


def config_numbers(config: Mapping, sections: tuple[str, ...]) -> dict[str, Number]:
    """Every number in some sections of the study's configuration, by its dotted path; and the seed."""
    found = {"seed": number(config["seed"], "config", CONFIGURED)}
    waiting = [(name, config[name]) for name in sections]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, Mapping):
            waiting += [(f"{path}.{name}", child) for name, child in node.items()]
        elif isinstance(node, int | float) and not isinstance(node, bool):
            found[path] = number(node, "config", CONFIGURED)
    return found
