"""Truths about ratings in the statistical family: what a rating, and not the state behind it, has to do with the risk.

Given its rating a state is normal around sqrt(reliability) x rating, and what the rating leaves open does not move with
it. So a contrast of ratings is one of what they lead to expect, at the risk that each client of the cell really has.

Odds ratios are those of regressions. For competence and burnout what the rating leaves open belongs to the therapist
and joins the therapist's effect; for fit it belongs to the client. Both are integrated out over a large pool of clients
who came by chance, so that no chance is left but in who is in the pool.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.covariates import AGE_BANDS, AGE_REFERENCE
from iatrogenesis.simulation_study.estimands import TRAITS
from iatrogenesis.simulation_study.logit_normal import Dropout, LogitNormal, LogitNormalData, simulate
from iatrogenesis.simulation_study.people import CENTRE, SCALE, Allocation, shaped

POOL = 40_000  # clients
EACH = 5  # of each therapist: many therapists, because they differ
PARTS = 8  # of the pool, by whose differences its error is known
NODES = 40  # of what ratings leave open, at equal probabilities
OFFSETS = 5  # therapists' effects at which a rating's own coefficient is looked at
STEPS, CLOSE = 50, 1e-10

Row = tuple[str, float, float]


@dataclass(frozen=True)
class Pool:
    """Clients, and their log odds by what can be seen of them.

    Attributes
    ----------
    columns
        An intercept, case mix and the three ratings, shape (clients, k + 3).
    case_mix
        Log odds without therapists and states, shape (clients,).
    rated
        What the ratings lead to expect, by trait, shape (clients, 3).
    therapist, client
        Log odds that ratings leave open, at equal probabilities, shape (NODES,): the therapist's and the client's.
    """

    columns: np.ndarray
    case_mix: np.ndarray
    rated: np.ndarray
    therapist: np.ndarray
    client: np.ndarray

    def only(self, part: slice) -> "Pool":
        """The same with some of the clients."""
        return Pool(self.columns[part], self.case_mix[part], self.rated[part], self.therapist, self.client)


def odds_ratios(model: LogitNormal, noise: Noise) -> list[Row]:
    """Return the odds ratios of ratings, marginal and given the therapist, with their Monte Carlo standard errors."""
    pool = pool_of(model, noise)
    size = len(pool.case_mix) // PARTS
    parts = [_answers(pool.only(slice(part * size, (part + 1) * size)), model) for part in range(PARTS)]
    whole = _answers(pool, model)
    return [
        (name, value, float(np.std([part[name] for part in parts], ddof=1) / np.sqrt(PARTS)))
        for name, value in whole.items()
    ]


def pool_of(model: LogitNormal, noise: Noise) -> Pool:
    """Draw the clients."""
    by_chance = model.model_copy(
        update={
            "clients_per_therapist": (EACH,) * (POOL // EACH),
            "allocation": Allocation(between=model.allocation.between),
            "dropout": Dropout(),
            "lists_by_harm": 0.0,
            "referred": 0.0,
            "cause": 0.0,
        }
    )
    slopes, kept = model.coefficients, model.reliability
    made = simulate(by_chance, noise)
    clients = made.clients
    ratings = np.column_stack([clients[f"{trait}_rating"] for trait in TRAITS])
    seen = [(clients[name] - CENTRE[name]) / SCALE[name] for name in SCALE]
    ages = [clients["age_band"] == band for band in AGE_BANDS if band != AGE_REFERENCE]
    therapist, client = _open(model)
    return Pool(
        columns=np.column_stack([np.ones(len(clients)), *seen, *ages, ratings]).astype(float),
        case_mix=made.case_mix - slopes.fit * clients["fit"].to_numpy(),
        rated=ratings * [getattr(slopes, trait) * np.sqrt(kept[trait]) for trait in TRAITS],
        therapist=therapist,
        client=client,
    )


def _open(model: LogitNormal) -> tuple[np.ndarray, np.ndarray]:
    """What ratings leave open of the log odds: the therapist's part and the client's, each shape (NODES,)."""
    slopes, kept = model.coefficients, model.reliability
    place = ndtri((np.arange(NODES) + 0.5) / NODES)
    place /= place.std()
    normal = model.service_sd**2 + model.cause**2
    normal += sum(getattr(slopes, name) ** 2 * (1 - kept[name]) for name in ("competence", "burnout"))
    effect = model.therapist_sd * shaped(place, model.shape)
    fit = abs(slopes.fit) * np.sqrt(1 - kept["fit"])
    return _together(effect, np.sqrt(normal) * place), fit * place


def _together(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The sum of two independent parts at equal probabilities, with the SD that it has."""
    whole = np.sort((one[:, None] + other).ravel()).reshape(NODES, -1).mean(axis=1)
    sd = np.sqrt(one.var() + other.var())
    return whole * (sd / whole.std()) if sd else whole


def _answers(pool: Pool, model: LogitNormal) -> dict[str, float]:
    left = _together(pool.therapist, pool.client)
    odds = pool.case_mix + pool.rated.sum(axis=1)
    now = _risk(odds, left)
    found = {}
    marginal = _slopes(pool.columns, now)
    effects = pool.therapist.reshape(OFFSETS, -1).mean(axis=1)
    given = [_risk(odds + effect, pool.client) for effect in effects]
    own = _slopes(np.tile(pool.columns, (OFFSETS, 1)), np.concatenate(given), np.repeat(effects, len(odds)))
    for k, trait in enumerate(TRAITS):
        nothing = getattr(model.coefficients, trait) == 0.0
        found[f"log_odds_ratio_marginal[{trait}]"] = 0.0 if nothing else marginal[k]
        found[f"log_odds_ratio_rated[{trait}]"] = 0.0 if nothing else own[k]
    return found


def expected(model: LogitNormal, made: LogitNormalData) -> np.ndarray:
    """What the ratings lead to expect of each client's log odds, by trait, shape (clients, 3)."""
    clients, found = made.clients, []
    for trait in TRAITS:
        rating = clients[f"{trait}_rating"].to_numpy()
        if trait != "fit" and "first_share" in clients:
            of_therapist = clients.groupby("therapist_id")[f"{trait}_rating"].first()
            first = clients["first_therapist_id"].map(of_therapist).fillna(0.0).to_numpy()
            share = clients["first_share"].to_numpy()
            rating = share * first + (1 - share) * rating
        found.append(getattr(model.coefficients, trait) * np.sqrt(model.reliability[trait]) * rating)
    return np.column_stack(found)


def _risk(odds: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Mean risk of each client over what is left open."""
    total = np.zeros(len(odds))
    for one in left:
        total += expit(odds + one)
    return total / len(left)


def _slopes(columns: np.ndarray, risk: np.ndarray, offset: np.ndarray | float = 0.0) -> np.ndarray:
    """The ratings' coefficients in the logistic regression nearest to these risks, by Newton's method."""
    beta = np.zeros(columns.shape[1])
    beta[0] = logit(risk.mean()) - np.mean(offset)
    for _ in range(STEPS):
        fitted = expit(columns @ beta + offset)
        weight = fitted * (1 - fitted)
        step = np.linalg.solve(columns.T @ (columns * weight[:, None]), columns.T @ (risk - fitted))
        beta = beta + step
        if np.abs(step).max() < CLOSE:
            return beta[-len(TRAITS) :]
    raise FloatingPointError("the logistic regression nearest to the true risks was not found")
