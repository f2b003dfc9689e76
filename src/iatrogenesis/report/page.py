"""What the report's page is made of: its tables, figures and words, from result tables and the study."""

import sys
from collections.abc import Mapping
from textwrap import dedent

import pandas as pd
from pydantic import BaseModel

from iatrogenesis.core.references import Reference
from iatrogenesis.core.sources import records
from iatrogenesis.figures.episode_worlds import barriers
from iatrogenesis.inference.models import MODELS
from iatrogenesis.inference.models.by_name import model
from iatrogenesis.report import (
    conclusions,
    inputs,
    model_tables,
    paper_tables,
    second_episodes,
    study_tables,
    tables,
)
from iatrogenesis.report.population import population
from iatrogenesis.world.scenarios import Scenario


def page_tables(
    results: Mapping[str, pd.DataFrame],
    worlds: Mapping[str, BaseModel],
    titles: Mapping[str, str],
    priors: Mapping[str, Mapping],
    references: Mapping[str, Reference],
) -> dict[str, tables.Table]:
    """Every table of the page by name.

    `worlds`: ``routine_care`` and ``everything`` (every route and prevention) are scenarios; ``policies`` and
    ``instruments`` are what else has numbers with a source.
    """
    routine_care, parameters = worlds["routine_care"], records(worlds["routine_care"])
    everything = records(worlds["everything"])
    routes = {path: record for path, record in everything.items() if path.startswith("mechanisms.")}
    preventions = {path: record for path, record in everything.items() if path.startswith("preventions.")}
    every = results["therapists"]
    return {
        "evidence": inputs.evidence(results["evidence"], references),
        "population": population(results["population"], references),
        "predicted": inputs.predicted(results["evidence"]),
        "scenarios": tables.scenarios(results["scenarios"], dict(titles)),
        "attribution": tables.attribution(results["attribution"]),
        "preventions": tables.preventions(results["preventions"]),
        "second_episodes": second_episodes.who_comes_back(results["second_episodes"]),
        "second_ranges": second_episodes.over_worlds(results["second_episodes"]),
        "second_courses": second_episodes.second_course(results["second_episodes"]),
        "priors": inputs.priors(priors),
        "effects": tables.effects(results["therapist_effects"]),
        "therapists": tables.therapists(
            every[(every["dataset"] == routine_care.id) & (every["model"] == "intercept_only")]
        ),
        "services": tables.services(results["therapist_effects"]),
        **of_methods(results),
        "predictive": model_tables.predictive(results["predictive"]),
        "prior_sensitivity": model_tables.prior_sensitivity(results["prior_sensitivity"]),
        "sbc": model_tables.sbc(results["sbc"]),
        "comparison": model_tables.comparison(results["model_comparison"]),
        "marginal_effects": model_tables.marginal_effects(results["marginal_effects"]),
        "what_if": model_tables.what_if(results["what_if"], results["what_if_ranges"]),
        "reproductions": model_tables.reproductions(results["reproductions"]),
        "diagnostics": tables.diagnostics(results["diagnostics"]),
        "main_conclusions": paper_tables.main_conclusions(results["conclusions"]),
        "analyses": paper_tables.analyses(results["method_results"]),
        "main_policies": paper_tables.main_policies(results["policies"]),
        "conclusions": conclusions.conclusion_table(results["conclusions"], "main"),
        "route_conclusions": conclusions.conclusion_table(results["conclusions"], "route"),
        "prevention_conclusions": conclusions.conclusion_table(results["conclusions"], "prevention"),
        "policy_conclusions": conclusions.conclusion_table(results["conclusions"], "policy"),
        "drivers": conclusions.driver_table(results["drivers"], results["conclusions"]),
        "next_studies": conclusions.study_table(results["next_studies"], results["drivers"], results["conclusions"]),
        "parameters": inputs.parameters(
            {path: record for path, record in parameters.items() if path.startswith("world.")}, references
        ),
        "route_parameters": inputs.parameters(routes, references),
        "prevention_parameters": inputs.parameters(preventions, references),
        "policy_parameters": inputs.parameters(records(worlds["policies"]), references),
        "instrument_parameters": inputs.parameters(records(worlds["instruments"]), references),
    }


def of_methods(results: Mapping[str, pd.DataFrame]) -> dict[str, tables.Table]:
    """Tables about the simulation study."""
    judged = results["method_results"]
    return {
        "cells": study_tables.cells(results["method_cells"]),
        "burnout_performance": study_tables.odds_ratios(judged, study_tables.BURNOUT),
        "spread_performance": study_tables.performance(judged, "therapist_sd", study_tables.SPREAD),
        "therapist_performance": study_tables.therapists(judged),
        "needed": study_tables.needed(results["needed"]),
        "reliability": study_tables.reliability(results["needed"]),
        "another_year": study_tables.another_year(results["advice"]),
        "policies": study_tables.policies(results["policies"]),
    }


def family_member(name: str) -> dict[str, str]:
    """A model's docstring in parts: what it is, what it asks, its equations, and how to read it."""
    text = (model(name).__doc__ or "").strip()
    title, question, *rest = text.split("\n\n")
    equations = [dedent(part) for part in rest if part.startswith("    ")]
    words = [part for part in rest if not part.startswith("    ")]
    return {
        "name": name,
        "title": title.partition(": ")[2],
        "question": " ".join(question.split()),
        "equations": "\n\n".join(equations),
        "words": " ".join(" ".join(words).split()).replace("`", ""),
    }


def open_routes(world: Scenario) -> list[dict[str, str]]:
    """The routes of harm that are open in a world, each in the words of its own file."""
    found = []
    for mechanism in world.mechanisms:
        name, _, words = (sys.modules[type(mechanism).__module__].__doc__ or "").strip().partition(": ")
        found.append({"name": name, "words": words})
    return found


def page_words(results: Mapping[str, pd.DataFrame], world: Scenario) -> dict:
    """What the page says of the world of routine care that is neither number, table nor figure."""
    routine_care = world.id
    effects, therapists = results["therapist_effects"], results["therapists"]
    return {
        "routine_care": routine_care,
        "routes": open_routes(world),
        "barriers": barriers(results["second_episodes"]["less"].dropna()),
        "first_driver": conclusions.first_drivers(results["drivers"], results["conclusions"]),
        "family": [family_member(name) for name in MODELS if name in set(results["diagnostics"]["model"])],
        "models": sorted(effects.loc[effects["dataset"] == routine_care, "model"].unique()),
        "truly_known": bool("true_rate" in therapists and therapists["true_rate"].notna().any()),
        "prevented": sorted(results["preventions"]["scenario"].unique()),
        "missed": inputs.shortcomings(results["evidence"], "not reproduced"),
        "unclear": inputs.shortcomings(results["evidence"], "unclear"),
    }
