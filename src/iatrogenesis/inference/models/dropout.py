"""Model `dropout`: after each session a client comes again, drops out, or completes.

Who drops out, with whom, and do clients who get worse leave before anyone can see it at the end?

    after each session: coming again, dropping out, completing with odds 1 : e^a : e^b       (competing risks)
    a = dropout_baseline[stage] + x dropout_coefficients + dropout_effect[therapist]
    b = completion_baseline[stage] + x completion_coefficients + completion_effect[therapist]
    dropout_effect_j ~ Normal(0, dropout_sd), completion_effect_j ~ Normal(0, completion_sd)

    baselines ~ Normal(mean, sd), one per stage; coefficients ~ Normal(0, sd); SDs ~ HalfNormal(scale)

x are whether the client's score lies reliably above the first one by then, the rating of the therapist's competence and
the mean rating of the therapist's burnout. Sessions that are alike in all that (therapist, stage, worse or not) are
counted together, which is the same likelihood: sixty thousand sessions become a thousand rows.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit
from scipy.stats import binom

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import Tables
from iatrogenesis.inference.data.endings import EndingData, from_courses
from iatrogenesis.inference.models import generative
from iatrogenesis.inference.models.answered import per_name
from iatrogenesis.inference.models.generative import Point, many
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.inference.models.spread import vpc

PLACE = 9
COVARIATES = ("worse", "competence_rating", "burnout_rating")
PARAMETERS = {
    "dropout_baseline": ("stage", "hazard"),
    "dropout_coefficients": ("covariate", "coefficient"),
    "dropout_sd": (None, "therapist_sd"),
    "dropout_effect": ("therapist", None),
    "completion_baseline": ("stage", "hazard"),
    "completion_coefficients": ("covariate", "coefficient"),
    "completion_sd": (None, "therapist_sd"),
    "completion_effect": ("therapist", None),
}
OWN_PRIORS = {
    "hazard": ("Normal", "Log odds of dropping out, and of completing, against coming again, at each stage."),
}
UNITS = {"dropout_sd": "log odds", "completion_sd": "log odds", "vpc_dropout": "share"}
TABLES = ("clients", "sessions")
DATASETS = ("routine_care",)
SCORE = "phq9"
EVENTS = ("dropout", "completion")


def prepare(tables: Tables, dataset: str, *, truth: bool = False) -> EndingData:
    """Return what happened after each session, counted; `instruments` is a table of instrument and reliable_change."""
    change = float(tables["instruments"].set_index("instrument").loc[SCORE, "reliable_change"])
    return from_courses(tables["sessions"], tables["clients"], dataset=dataset, score=SCORE, reliable_change=change)


def build(data: EndingData, priors: Priors, *, centred: bool = False):
    """Return the PyMC model; see the module for its equations.

    Raises
    ------
    DataError
        If the data fail a check.
    """
    import pymc as pm
    import pytensor.tensor as pt

    from iatrogenesis.inference.models import base

    hazard = priors.section("hazard")
    with base.model_of(data.validate()) as model:
        odds = []
        for event in EVENTS:
            baseline = pm.Normal(f"{event}_baseline", hazard.mean, hazard.sd, dims="stage")
            sd = base.spread(f"{event}_sd", priors.therapist_sd.scale)
            effect = base.effects(event, sd, dims="therapist")
            explained = base.covariate_sum(model, priors, f"{event}_coefficients")
            odds.append(baseline[model["stage_index"]] + explained + effect[model["therapist_index"]])
        counts = model["counts"]
        either = pt.softplus(pt.logaddexp(*odds))
        density = counts[:, 1] * odds[0] + counts[:, 2] * odds[1] - counts[:, 0] * either
        pm.Potential("endings", density.sum())
    return model


def estimands(posterior) -> dict:
    """Return the spread between therapists in both endings, and the odds ratios of each."""
    found = {f"{event}_sd": posterior[f"{event}_sd"] for event in EVENTS}
    found["vpc_dropout"] = vpc(posterior["dropout_sd"])
    for event in EVENTS:
        found |= per_name(posterior, f"{event}_coefficients", f"log_odds_ratio[{event}:{{}}]")
    return found


def prior_point(data: EndingData, priors: Priors, noise: Noise) -> dict[str, np.ndarray]:
    """Draw every parameter from its prior."""
    hazard, point = priors.section("hazard"), {}
    for event in EVENTS:
        sd = generative.positive(noise, f"{event}_sd", priors.therapist_sd.scale)
        point |= {
            f"{event}_baseline": hazard.mean + hazard.sd * many(noise, f"{event}_baseline", len(data.stage_names)),
            f"{event}_coefficients": priors.coefficient.sd * many(noise, f"{event}_coef", len(data.covariate_names)),
            f"{event}_sd": sd,
            f"{event}_effect": sd * many(noise, f"{event}_effect", len(data.therapist_ids)),
        }
    return point


def chances(data: EndingData, point: Point) -> tuple[np.ndarray, np.ndarray]:
    """Return each row's probabilities of dropping out and of completing after a session."""
    odds = [
        point[f"{event}_baseline"][data.stage]
        + data.covariates @ point[f"{event}_coefficients"]
        + point[f"{event}_effect"][data.therapist]
        for event in EVENTS
    ]
    either = np.logaddexp(*odds)
    return tuple(expit(either) * np.exp(of - either) for of in odds)


def log_likelihood(data: EndingData, point: Point) -> np.ndarray:
    """Return each row's log likelihood, shape (rows,)."""
    dropping, completing = chances(data, point)
    sessions, dropped, completed = data.counts.T
    staying = sessions - dropped - completed
    return dropped * np.log(dropping) + completed * np.log(completing) + staying * np.log1p(-dropping - completing)


def replicate(data: EndingData, point: Point, noise: Noise) -> EndingData:
    """Return the same sessions with endings drawn anew from the model at one point."""
    dropping, completing = chances(data, point)
    rows = np.arange(len(data.counts))
    dropped = binom.ppf(noise.uniform("dropped", client=rows), data.counts[:, 0], dropping)
    left = data.counts[:, 0] - dropped
    completed = binom.ppf(noise.uniform("completed", client=rows), left, completing / (1 - dropping))
    return replace(data, counts=np.column_stack([data.counts[:, 0], dropped, completed]).astype(np.int64))
