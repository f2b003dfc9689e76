"""The methods of the analysis as a paragraph to paste, with versions and seed; sources from our own list."""

import platform
import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

from iatrogenesis.core.definitions import RATIO_IN_WORDS
from iatrogenesis.core.references import Reference, read_references
from iatrogenesis.core.resources import config_folder
from iatrogenesis.own_data.analysis.names import column_name
from iatrogenesis.own_data.prepared import KnownInstrument
from iatrogenesis.own_data.reporting.beside import RATIO, beside
from iatrogenesis.own_data.reporting.cells import numeric
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.report.rounding import interval

PACKAGES = ("iatrogenesis", "numpy", "scipy", "pandas", "pymc", "arviz")
KEY = re.compile(r"[a-z]+\d{4}[a-z]+")
ENGINES = {"collapsed": "importance sampling with therapist effects integrated out", "nuts": "the no-U-turn sampler"}
_NO_CASE_MIX = " No covariates were known."
NHS_RULE = frozenset({"phq9", "gad7"})


class Cites:
    """Short forms of sources, and which were used."""

    def __init__(self, references: Mapping[str, Reference]) -> None:
        """Know all sources."""
        self.references = references
        self.used: set[str] = set()

    def __call__(self, *keys: str) -> str:
        """Return the sources in brackets; raise KeyError for one that the bibliography does not have."""
        self.used |= set(keys)
        return f"({'; '.join(self.references[key].short for key in keys)})"


@cache
def references() -> dict[str, Reference]:
    """Return the project's sources by key."""
    return read_references(config_folder() / "references.bib")


def methods(results: Results, cite: Cites) -> list[str]:
    """Return the paragraphs; `cite` then knows the sources that they cite."""
    paragraphs = [_outcome(results, cite), _models(results), _therapists(results), _rest(results, cite), _made(results)]
    return [text for text in paragraphs if text]


def _outcome(results: Results, cite: Cites) -> str:
    about, least = results.about, results.settings.outcome.finished_sessions
    if about.kind == "counts":
        text = f"We analysed numbers of finished courses and of deteriorations of each {results.unit}"
        return f"{text} and period." if len(about.periods) > 1 else f"{text}."
    finished = f"Courses of at least {least} sessions with a known outcome were analysed"
    if not about.judged_by:
        return f"{finished}; deterioration was taken as recorded."
    judged = [about.instruments[name] for name in about.judged_by]
    rules = " and ".join(f"{one.name} by {one.reliable_change:.3g} points ({_source(one, cite)})" for one in judged)
    also = " and none improved by as much" if len(judged) > 1 else ""
    nhs = f", the rule of NHS Talking Therapies {cite('nhstt2024manual')}" if set(about.judged_by) == NHS_RULE else ""
    return (
        f"{finished}. A client was classed as reliably deteriorated {cite('jacobson1991clinical')} if, from the first "
        "to "
        f"the last score, at least one instrument rose by its reliable change{also}{nhs}: {rules}."
    )


def _source(one: KnownInstrument, cite: Cites) -> str:
    """The source of an instrument's rule: keys of the bibliography become their short forms."""
    return with_sources(one.source, cite)


def with_sources(text: str, cite: Cites) -> str:
    """Return a text whose keys of sources are replaced by their short forms, and so cited."""

    def short(found: re.Match) -> str:
        return cite(found[0]).strip("()") if found[0] in cite.references else found[0]

    return KEY.sub(short, text)


def _models(results: Results) -> str:
    if "services_model" in results:
        text = (
            "Counts were modelled by a hierarchical binomial model on the log-odds scale, with effects of units that "
            "go "
            "on from period to period. Estimates are posterior means with equal-tailed 95 % credible intervals."
        )
        checked = ", checked by rolling origin" if "rolling_origin" in results else ""
        return f"{text} Forecasts are posterior predictive distributions{checked}." if "forecast" in results else text
    if "estimates" not in results:
        return ""
    case_mix = ", ".join(column_name(name) for name in results.about.case_mix)
    adjusted = f" Models with case mix adjust for {case_mix}{_filled(results)}." if case_mix else _NO_CASE_MIX
    engines = sorted(set(results.table("diagnostics").get("engine", [])))
    how = f" Posteriors were computed by {' and '.join(ENGINES.get(one, one) for one in engines)}" if engines else ""
    checked = " and judged by R-hat, effective sample size and, for importance sampling, Pareto k." if engines else ""
    return (
        f"Deterioration was modelled by Bayesian logistic regression with random intercepts of {results.units}, normal "
        "on "
        f"the log-odds scale.{adjusted}{_priors(results)}{how}{checked} Estimates are posterior means with "
        "equal-tailed "
        "95 % credible intervals."
    )


def _filled(results: Results) -> str:
    """What was done about gaps in the case mix; nothing where there are none."""
    table = results.table("missing_covariates")
    filled = "treatment" in table and table["treatment"].astype(str).str.startswith("filled in").any()
    return "; missing values were filled in once, by what the other covariates lead to expect" if filled else ""


def _priors(results: Results) -> str:
    """The priors by their 95 % intervals, from the table of estimates."""
    rows = beside(results)
    spread = rows["estimand"] == "therapist_sd"
    effect = rows["estimand"].astype(str).str.startswith(RATIO)
    found = {f"the {results.units}’ SD": rows[spread], "log odds ratios": rows[effect]}
    said = [
        f"{interval(part['prior_low'].iloc[0], part['prior_high'].iloc[0])} for {what}"
        for what, part in found.items()
        if len(part)
    ]
    own = results.settings.analysis.priors
    chosen = f"; those of {', '.join(own)} were set by us" if own else ""
    return f" Priors have 95 % intervals of {' and '.join(said)}{chosen}." if said else ""


def _therapists(results: Results) -> str:
    if "therapists" not in results:
        return ""
    fdr = 100 * results.settings.analysis.false_discovery_rate
    return (
        f"{results.units.capitalize()} were compared by standardised rates (all clients, had they been with this "
        f"{results.unit}), by 95 % credible sets of ranks, and by observed against expected numbers with exact "
        "(Poisson-binomial) tails, given what is expected. "
        f"Flagged are those whose rate probably exceeds {RATIO_IN_WORDS} the mean, as many as "
        f"keep the false discovery rate that the posterior expects at or below {fdr:g} %."
    )


def _rest(results: Results, cite: Cites) -> str:
    found = []
    own = results.settings.surveillance
    if "cusum" in results:
        found.append(
            f"Risk-adjusted Bernoulli CUSUM charts looked for odds of deterioration {own.odds_ratio:g} times those "
            f"expected; thresholds were simulated for a chance of at most {own.false_alarms:g} of a false alarm per "
            "chart; expected risks came from the same courses."
        )
    if "ceiling" in results or "error_rates" in results:
        found.append(
            "What the data could have shown was found by simulating outcomes of the same clients with a known truth "
            f"{cite('morris2019simulation')}, {_data_sets(results)}."
        )
    return " ".join(found)


def _data_sets(results: Results) -> str:
    """How many data sets were simulated, which may be fewer than were asked for."""
    columns = {
        "each strength of an effect": ("ceiling", "replicates"),
        "a rule of flagging": ("error_rates", "data_sets"),
    }
    said = []
    for what, (name, column) in columns.items():
        if results.has(name, column):
            known = numeric(results.table(name), column)[column].dropna().astype(int)
            ends = list(dict.fromkeys(f"{end:,}" for end in (known.min(), known.max()))) if len(known) else []
            said += [f"{' to '.join(ends)} data sets for {what}"] if ends else []
    return " and ".join(said) or f"{results.settings.could_have_shown.replicates} data sets for each"


def _made(results: Results) -> str:
    used = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Seed {results.settings.analysis.seed}; {used}, Python {platform.python_version()}. The same data, settings "
        "and "
        "versions give the same numbers."
    )


def citation(commit: str = "") -> str:
    """Return how to cite the software."""
    made = f", commit {commit}" if commit else ""
    return (
        "Iatrogenesis maintainers. Iatrogenesis: when does therapy harm, and who would have been spared? (software, "
        f"version {version('iatrogenesis')}{made}). See CITATION.cff, and cite the sources listed above."
    )
