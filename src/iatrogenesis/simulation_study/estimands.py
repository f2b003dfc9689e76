"""The estimands of the simulation study, written before any method: what each number means, and its truth.

A method is judged on the estimands that it targets (``TARGETS`` in its file) and on no others: what a rating is
associated with is not what the state behind it does, and an odds ratio of one therapist's clients is not one of the
population.
"""

from typing import NamedTuple

TRAITS = ("competence", "burnout", "fit")


class Estimand(NamedTuple):
    """One number, or one per trait or therapist.

    Attributes
    ----------
    name
        As in tables; ``[t]`` stands for a trait.
    meaning
        In words and as a formula.
    in_a, in_b
        How its truth is found in the statistical family and in the simulated worlds; empty where it has none.
    """

    name: str
    meaning: str
    in_a: str
    in_b: str


_LARGE = "maximum likelihood in very many services of the same world and size"
_POOL = "from the equations, averaged over clients of many data sets"

ESTIMANDS = (
    Estimand(
        "therapist_sd",
        "SD of therapists' log odds of deterioration among clients of like case mix, competence and burnout included: "
        "SD(own_j), log odds",
        "sqrt(therapist_sd^2 + service_sd^2 + b_competence^2 + b_burnout^2)",
        _LARGE + ", case mix adjusted",
    ),
    Estimand("vpc", "share of the latent variance: SD^2 / (SD^2 + pi^2 / 3)", "from therapist_sd", "from therapist_sd"),
    Estimand("mor", "median odds ratio of two therapists: exp(sqrt(2) 0.6745 SD)", "from therapist_sd", "the same"),
    Estimand(
        "residual_sd",
        "SD of therapists' log odds among like clients of therapists with the same true states",
        "sqrt(therapist_sd^2 + service_sd^2)",
        _LARGE + ", true states as covariates",
    ),
    Estimand(
        "residual_sd_rated",
        "the same among therapists with the same ratings",
        "sqrt(residual_sd^2 + sum over competence and burnout of b^2 (1 - reliability))",
        _LARGE + ", ratings as covariates",
    ),
    Estimand(
        "log_odds_ratio[t]",
        "log odds ratio per SD of the true state, among like clients of one therapist: logit P(D | x, s + 1, j) - "
        "logit P(D | x, s, j)",
        "its coefficient b",
        _LARGE + ", true states as covariates; an association there, not all of it caused",
    ),
    Estimand(
        "log_odds_ratio_rated[t]",
        "log odds ratio per SD of the rating, among like clients of one therapist: that of the state, attenuated",
        "b sqrt(reliability), but for the client's part of fit, which is integrated out",
        _LARGE + ", ratings as covariates",
    ),
    Estimand(
        "log_odds_ratio_marginal[t]",
        "log odds ratio per SD of the rating over the whole population: the limit of a logistic regression that leaves "
        "therapists out, clients coming by chance",
        _POOL,
        "logistic regression in the same services",
    ),
    Estimand(
        "risk_change[burnout]",
        "deteriorations per 1,000 clients more (negative: fewer) if all true burnout were 1 SD lower: "
        "1000 E[p(burnout - 1) - p(burnout)], over the clients and therapists of the data set (B: of the world)",
        "of each data set, from its equations",
        "counterfactual simulation of the same clients; what goes with burnout and is not caused by it stays",
    ),
    Estimand(
        "risk_change_rated[burnout]",
        "the same contrast of the rating: 1000 E[P(D | rating - 1) - P(D | rating)], over the clients and therapists "
        "of the data set (B: of the world)",
        "of each data set, from its equations with what the rating leads to expect",
        "of each world, by g-computation from the large fit with ratings",
    ),
    Estimand(
        "net_fraction",
        "share by which the deterioration rate would fall (negative: rise) if competence, burnout and fit were average "
        "in all: 1 - E[p(0, 0, 0)] / E[p]; net, so that no assumption on shared chance is needed",
        "its equations, averaged over the clients of all data sets",
        "counterfactual simulation with these three routes closed",
    ),
    Estimand(
        "net_fraction_rated",
        "the same contrast of the three ratings, among the clients and therapists of the data set",
        "of each data set, from its equations with what the ratings lead to expect",
        "",
    ),
    Estimand(
        "on_slope[burnout]",
        "points per doubling of the number of sessions and SD of the burnout rating",
        "",
        "0 where burnout does nothing; elsewhere no number is claimed",
    ),
    Estimand(
        "therapist_rate",
        "of each therapist: deterioration rate if all clients of the data were with this one, in the weeks of the "
        "data; harmful is who exceeds twice the mean of the service's therapists by it",
        "mean over clients of expit(case mix_i + own_j)",
        "conditional risk given the therapist: other clients of the same therapists in the same weeks are simulated, "
        "and what chance is left is removed by a mixed model on the therapists' true states",
    ),
    Estimand(
        "own_rate",
        "of each therapist: expected deterioration rate of the own clients, case mix included",
        "mean over own clients of their true risk",
        "as therapist_rate, clients coming as they do in the cell",
    ),
)


def concrete(names: tuple[str, ...]) -> frozenset[str]:
    """Names of estimands with ``[t]`` spelt out for every trait."""
    found = set()
    for name in names:
        found |= {name.replace("[t]", f"[{trait}]") for trait in TRAITS} if "[t]" in name else {name}
    return frozenset(found)


KNOWN = concrete(tuple(one.name for one in ESTIMANDS))
THERAPISTS = ("therapist_rate", "own_rate")
"""Estimands of which there is one per therapist: columns ``rate`` and ``own_rate`` of the table of true rates."""


def null_of(estimand: str) -> float:
    """Return the value at which there is no effect: 1 for a ratio on its own scale, otherwise 0."""
    return 1.0 if estimand == "mor" else 0.0


def is_odds_ratio_of(trait: str, estimand: str) -> bool:
    """Whether an estimand is the log odds ratio of a trait, of whatever kind a method targets."""
    return estimand.startswith("log_odds_ratio") and estimand.endswith(f"[{trait}]")
