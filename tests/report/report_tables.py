"""Small result tables of the right columns, for tests of the report."""

import pandas as pd

from iatrogenesis.core.sources import bibliography_keys, records
from iatrogenesis.evidence.counted import Moments
from iatrogenesis.evidence.ensemble import LEVELS
from iatrogenesis.evidence.labels import labelled
from iatrogenesis.evidence.population import population_table, read_population
from iatrogenesis.harm.conclusions import MAIN
from iatrogenesis.harm.outcomes import OUTCOMES
from iatrogenesis.harm.policy_numbers import POLICY
from iatrogenesis.harm.second_episodes import episodes, rows, twin_sums, worlds_of
from iatrogenesis.harm.twins import MEASURES
from iatrogenesis.simulation_study.another_year import QUANTITIES
from iatrogenesis.simulation_study.judge import COLUMNS as JUDGED
from iatrogenesis.simulation_study.policies import CHOOSING, FEWER_SEEN, POLICIES
from iatrogenesis.simulation_study.policies import MEASURES as OF_POLICIES
from iatrogenesis.simulation_study.reproduced import Published
from iatrogenesis.simulation_study.reproductions import table as reproductions
from iatrogenesis.study.study import Study
from iatrogenesis.world.cohort import Design
from tests.conftest import CONFIG, design_cells

RANGED = {"low_90": 2.0, "low_50": 8.0, "median": 12.5, "high_50": 15.0, "high_90": 22.0, "low_90_mcse": 0.5}
RANGED |= {"high_90_mcse": 0.7, "mcse": 1.5, "widened": 4.0, "centre": 9.0, "centre_mcse": 0.4}


def of_the_world(study: Study, scenarios: list[str]) -> dict[str, pd.DataFrame]:
    """What is simulated: patterns, one of which is missed, scenarios, routes and preventions."""
    evidence = study.evidence.rename(columns={"value": "published"}).assign(
        published_low=study.evidence["lower"], published_high=study.evidence["upper"]
    )
    labels = labelled(study.evidence, records(study.catalogue[study.routine_care]).values())
    evidence = evidence.assign(simulated=evidence["published"], mcse=0.01, verdict="reproduced")
    evidence = evidence.assign(label=evidence["id"].map(labels)).drop(columns=["interval", "use"])
    evidence.loc[0, ["simulated", "verdict"]] = [0.9, "not reproduced"]
    compared = pd.DataFrame([(name, measure) for name in scenarios for measure in MEASURES])
    compared.columns = ["scenario", "measure"]
    compared = compared.assign(label="Something, per 1,000 clients", value=20.5, mcse=2.0, low=16.0, high=24.0)
    outcomes = list(OUTCOMES)
    attribution = pd.DataFrame(
        [
            (kind, what, o)
            for kind, what in (("all", "total"), *(("burnout", w) for w in ("alone", "removed", "shapley")))
            for o in outcomes
        ],
        columns=["mechanism", "attribution", "outcome"],
    ).assign(label="Something, per 1,000 clients", value=5.0, mcse=0.5, low=4.0, high=6.0)
    preventions = pd.DataFrame(
        [("all_preventions", reading, o) for reading in ("sceptical", "central", "optimistic") for o in outcomes],
        columns=["scenario", "reading", "outcome"],
    ).assign(label="Something, per 1,000 clients", value=-5.0, mcse=0.5, low=-6.0, high=-4.0)
    return {
        "evidence": evidence,
        "population": population(study, evidence),
        "scenarios": compared.assign(clients=100),
        "attribution": attribution,
        "preventions": preventions,
        "second_episodes": second_episodes(study),
    }


def population(study: Study, evidence: pd.DataFrame) -> pd.DataFrame:
    """Table 1, each variable with the same mean and SD."""
    rows = read_population(CONFIG / "population.csv", bibliography_keys(CONFIG / "references.bib"))
    counted = dict.fromkeys(rows["variable"], Moments(100, 25, 0.25, 0.01, 0.4, 0.02))
    return population_table(rows, evidence, records(study.catalogue[study.routine_care].world), counted)


def second_episodes(study: Study) -> pd.DataFrame:
    """Two episodes of a few clients of routine care."""
    few = Design(replicates=1, therapists=12, services=2, clients_per_therapist=30)

    worlds = worlds_of(study.catalogue[study.routine_care])
    seen = {name: episodes(study.setup.run(world, few), study.setup) for name, world in worlds.items()}
    table = pd.DataFrame(rows(twin_sums(seen)))
    ranged = {name: of for name, of in RANGED.items() if name in LEVELS or name.endswith("0_mcse")}
    return table.assign(**ranged, world_mcse=1.5, widened=4.0, members=40)


def of_the_fits(routine_care: str) -> dict[str, pd.DataFrame]:
    """What is fitted: effects, one therapist whose name looks like a tag, a fit that did not pass, and what follows."""
    estimands = ["therapist_sd", "vpc", "mor", "mean_rate"]
    ratings = ["competence_rating", "burnout_rating", "fit_rating_within"]
    rows = [(routine_care, "intercept_only", name) for name in estimands] + [
        ("hospitals", "intercept_only", name) for name in estimands
    ]
    rows += [(routine_care, "therapist", f"log_odds_ratio[{name}]") for name in ratings]
    effects = pd.DataFrame(rows, columns=["dataset", "model", "estimand"])
    effects = effects.assign(truth=0.3, truth_mcse=0.01, estimate=0.25, low=0.1, high=0.4, sd=0.1, mcse=0.004)
    therapist = {
        "dataset": routine_care,
        "model": "intercept_only",
        "therapist_id": "T<1>",
        "clients": 40,
        "deteriorated": 4,
    }
    shares = {"raw_rate": 0.1, "raw_low": 0.05, "raw_high": 0.2, "rate": 0.08, "rate_low": 0.05, "rate_high": 0.12}
    ranks = {"rank_low": 1.0, "rank_high": 20.0, "p_harmful": 0.6, "p_harmful_mcse": 0.01}
    therapists = pd.DataFrame([therapist | shares | ranks | {"true_rate": 0.07, "true_rate_mcse": 0.01}])
    fit = {
        "dataset": routine_care,
        "model": "intercept_only",
        "passed": False,
        "reasons": "R-hat 1.2",
        "rhat": 1.2,
        "rhat_of": "a",
    }
    fit |= {"ess_bulk": 90.0, "ess_bulk_of": "a", "ess_tail": 80.0, "ess_tail_of": "b", "divergences": 3, "bfmi": 0.5}
    ranked = {"rank": 0, "elpd": -100.0, "se": 9.0, "elpd_diff": 0.0, "dse": 0.0, "p": 5.0, "weight": 1.0}
    marginal = {"model": "therapist", "dataset": routine_care, "covariate": "burnout_rating", "value": 9.0, "low": 2.0}
    return {
        "therapist_effects": effects.assign(covered=True),
        "therapists": therapists,
        "diagnostics": pd.DataFrame([fit]),
        "model_comparison": pd.DataFrame([ranked | {"model": "therapist", "worst_k": 0.4, "high_k": 0}]),
        "marginal_effects": pd.DataFrame([marginal | {"high": 17.0, "mcse": 0.1}]),
    }


def of_the_checks(study: Study, routine_care: str) -> dict[str, pd.DataFrame]:
    """Whether fits can be trusted: predictions, what-ifs, calibration, priors, engines, others' simulations."""
    checked = {
        "model": "intercept_only",
        "dataset": routine_care,
        "statistic": "deterioration rate, %",
        "observed": 6.0,
        "expected": 5.0,
    }
    checked |= {"low": 2.0, "high": 8.0, "p": 0.3, "p_mcse": 0.03}
    answers = [
        {"allocation": allocation, "question": question, "analysis": analysis, "covered": analysis == "ratings"}
        for allocation in ("chance", "severity", "course")
        for question in ("burnout_down", "caseload_limit")
        for analysis in ("ratings", "true states")
    ]
    ranks = {"model": "intercept_only", "engine": "collapsed", "quantity": "intercept", "simulations": 40, "failed": 1}
    ranks |= {"mean_rank": 0.52, "mcse": 0.05, "spread": 1.0, "p": 0.4, "calibrated": True, "study": "tiny"}
    moved = {"model": "intercept_only", "dataset": routine_care, "estimand": "vpc", "prior": 0.2, "likelihood": 0.01}
    return {
        "predictive": pd.DataFrame([checked | {"check": c, "inside": c == "prior"} for c in ("prior", "posterior")]),
        "what_if": pd.DataFrame(answers).assign(
            truth=-16.0, truth_mcse=1.0, value=-14.0, low=-20.0, high=-9.0, mcse=0.1
        ),
        "what_if_ranges": pd.DataFrame(answers)[["allocation", "question"]]
        .drop_duplicates()
        .assign(**RANGED, members=40),
        "reproductions": reproductions(1, 10, Published(0.0584, 0.101, 0.6), study.reproduced),
        "sbc": pd.DataFrame([ranks, ranks | {"engine": "nuts", "study": "full"}]),
        "prior_sensitivity": pd.DataFrame([moved | {"verdict": "prior dominates"}]),
        "engines": pd.DataFrame({"agree": [True, False], "distance": [1.5, 6.0], "pareto_k": [0.1, 0.2]}),
    }


def of_the_study() -> dict[str, pd.DataFrame]:
    """Small tables of the simulation study, of the right columns."""
    of = {
        "all": ("failed",),
        "log_odds_ratio_rated[burnout]": ("bias", "coverage", "power"),
        "therapist_sd": ("bias", "coverage"),
        "therapist_rank": ("rank_correlation",),
        "flag_worst": ("sensitivity", "mfdr"),
        "flag_probable": ("sensitivity", "mfdr"),
    }
    rows = [
        (method, estimand, "reference_cell", measure, 0.5, 0.02, 76, 1)
        for method in ("raw", "logistic", "glmm", "casemix", "therapist")
        for estimand, measures in of.items()
        for measure in measures
    ]
    cells = pd.DataFrame([cell.model_dump() for cell in design_cells().values()])
    row = {"question": "burnout", "therapist_sd": 0.61, "effect": 0.25, "target": 0.8, "clients": 60.0, "needed": 70.2}
    known = row | {"low": 60.0, "high": 85.0, "beyond_grid": False}
    spread = known | {"question": "spread", "effect": None, "target": 0.1}
    alone = known | {"question": "reliability", "effect": None, "clients": None, "target": 0.7, "formula": 116.0}
    never = alone | {"question": "flagging", "needed": None, "low": None, "high": None, "formula": None}
    advice = {"question": "flagging", "therapists": 40, "clients": 60, "therapist_sd": 0.61, "quantity": "sensitivity"}
    years = [advice | {"question": "another_year", "quantity": quantity} for quantity in QUANTITIES]
    policies = [
        {"policy": policy, "measure": measure, "label": label}
        for policy in POLICIES
        for measure, label in OF_POLICIES.items()
        if measure == "averted"
        or (measure == "not_seen" and policy.startswith(FEWER_SEEN))
        or (measure != "not_seen" and policy.startswith(CHOOSING))
    ]
    return {
        "method_results": pd.DataFrame(rows, columns=list(JUDGED)).assign(study="full"),
        "method_cells": cells.assign(also=cells["also"].str.join(" ")),
        "method_agreement": pd.DataFrame({"z": [-0.5, 1.0, 2.5, 0.1]}),
        "needed": pd.DataFrame([known, spread, alone, never]),
        "advice": pd.DataFrame([one | {"value": 0.3, "mcse": 0.02, "replicates": 76} for one in (advice, *years)]),
        "policies": pd.DataFrame(policies).assign(**RANGED, members=200),
    }


def of_the_ensemble() -> dict[str, pd.DataFrame]:
    """Conclusions over plausible worlds: main ones, routes, a prevention; two unknowns, of which one is informed."""
    labels = {name: one.label for name, one in MAIN.items()}
    labels |= {"route.burnout": "Averted if closed: burnout", "route.misfit": "Averted if closed: misfit"}
    labels |= {"prevention.repair": "Averted by this prevention alone: repair"}
    labels |= {name: one.label for name, one in POLICY.items()}
    ranged = pd.DataFrame({"conclusion": list(labels), "label": list(labels.values())})
    ranged = ranged.assign(**RANGED, members=300)
    ranged.loc[ranged["conclusion"] == "route.misfit", ["median", "widened"]] = [14.0, 1e6]
    unknowns = [("share of burnout", 0.6, 0.36, 0.99), ("mechanisms.burnout.drift_per_sd", -0.3, 0.09, 0.4)]
    drivers = pd.DataFrame(
        [(name, *unknown) for name in MAIN for unknown in unknowns],
        columns=["conclusion", "unknown", "correlation", "explained", "spread_left"],
    )
    studies = drivers[["conclusion", "unknown"]].assign(
        sample="a trial", se=0.2, spread_now=0.29, narrower_percent=[14.0, 3.0] * len(MAIN)
    )
    members = ranged[["conclusion", "label"]].merge(pd.DataFrame({"member": [0, 1], "value": [12.0, 13.0]}), "cross")
    return {
        "members": members.assign(mcse=1.5),
        "conclusions": ranged,
        "drivers": drivers,
        "next_studies": studies,
    }
