"""The models beyond the outcome models: their data, their densities against plain ones, and what they refuse."""
# long: one suite, run for every model

from dataclasses import replace

import numpy as np
import pandas as pd
import pytensor
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import dirichlet, halfnorm, multinomial, multivariate_normal, norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.covariates import KNOT
from iatrogenesis.inference.data.endings import stage_of
from iatrogenesis.inference.data.ordinal import outcome_of
from iatrogenesis.inference.models import MODELS, dropout, growth, interaction, measurement, ordinal, service
from iatrogenesis.inference.models.by_name import model
from iatrogenesis.inference.models.generative import log_odds
from iatrogenesis.inference.models.statistics import statistics
from iatrogenesis.study.study import load_study
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.tidy import clients_table, sessions_table
from tests.conftest import CONFIG


@pytest.fixture(scope="module")
def priors():
    return load_study(CONFIG / "tiny.yaml", CONFIG).config.fit.priors


@pytest.fixture(scope="module")
def tables(study) -> dict[str, pd.DataFrame]:
    design = Design(therapists=6, services=3, clients_per_therapist=12)
    run = study.setup.run(study.catalogue["routine_care"], design, record=True)
    found = {"clients": clients_table(run, study.setup.instruments, study.setup.judgement)}
    found["sessions"] = sessions_table(run)
    return found | {name: pd.DataFrame(columns) for name, columns in study.given["routine_care"].items()}


def density(built, point: dict) -> float:
    """Log density of a PyMC model at parameters given by name, without Jacobians."""
    logp = built.compile_logp(jacobian=False, mode="FAST_COMPILE")
    values = {}
    for variable in built.free_RVs:
        name, transform = built.rvs_to_values[variable].name, built.rvs_to_transforms[variable]
        plain = name.removesuffix("__").rsplit("_", 1)[0] if name.endswith("__") else name
        value = np.asarray(point[plain], dtype=float)
        if transform is not None and name.endswith("__"):
            value = transform.forward(pytensor.shared(value), *variable.owner.inputs).eval()
        values[name] = value
    return float(logp(values))


@pytest.mark.parametrize("name", MODELS)
def test_every_model_makes_data_a_point_and_replicated_data(name, tables, priors):
    data = model(name).prepare(tables, "a service")
    assert data.validate() is data
    point = model(name).prior_point(data, priors, Noise(3))
    again = model(name).replicate(data, point, Noise(4)).validate()
    assert {k: v.shape for k, (_, v) in again.arrays().items()} == {k: v.shape for k, (_, v) in data.arrays().items()}
    assert statistics(again).keys() == statistics(data).keys()
    same = model(name).replicate(data, point, Noise(4))
    for array in data.OBSERVED:
        np.testing.assert_array_equal(same.arrays()[array][1], again.arrays()[array][1])


@pytest.mark.parametrize("name", MODELS)
def test_parameters_of_a_point_are_those_of_the_posterior(name, tables, priors):
    data = model(name).prepare(tables, "a service")
    point = model(name).prior_point(data, priors, Noise(3))
    assert set(point) == set(model(name).PARAMETERS)


def test_service_density(tables, priors):
    data = service.prepare(tables, "d")
    point = service.prior_point(data, priors, Noise(1))
    standard = {
        "service_standard": point["service_effect"] / point["service_sd"],
        "therapist_standard": point["therapist_effect"] / point["therapist_sd"],
    }
    odds = point["intercept"] + point["service_effect"][data.service] + point["therapist_effect"]
    expected = np.sum(data.deteriorated * odds - data.trials * np.logaddexp(0, odds))
    expected += norm.logpdf(point["intercept"], priors.intercept.mean, priors.intercept.sd)
    expected += halfnorm.logpdf(point["therapist_sd"], scale=priors.therapist_sd.scale)
    expected += halfnorm.logpdf(point["service_sd"], scale=priors.service_sd.scale)
    expected += sum(norm.logpdf(values).sum() for values in standard.values())
    assert density(service.build(data, priors), point | standard) == pytest.approx(expected)


def test_ordinal_density(tables, priors):
    data = ordinal.prepare(tables, "d")
    point = ordinal.prior_point(data, priors, Noise(1))
    standard = point["therapist_effect"] / point["therapist_sd"]
    odds = log_odds(data.people, {**point, "intercept": 0.0})
    reached = np.column_stack([np.zeros(len(odds)), expit(odds[:, None] + point["cutpoints"]), np.ones(len(odds))])
    chance = np.diff(reached, axis=1)[np.arange(len(odds)), data.outcome]
    expected = np.log(chance).sum() + norm.logpdf(standard).sum()
    np.testing.assert_allclose(ordinal.log_likelihood(data, point), np.log(chance))
    expected += norm.logpdf(point["coefficients"], 0, priors.coefficient.sd).sum()
    expected += halfnorm.logpdf(point["therapist_sd"], scale=priors.therapist_sd.scale)
    expected += dirichlet.logpdf(point["shares"], np.full(4, priors.outcome_shares.concentration))
    found = density(ordinal.build(data, priors), point | {"therapist_standard": standard})
    assert found == pytest.approx(expected)


def test_dropout_density(tables, priors):
    data = dropout.prepare(tables, "d")
    point = dropout.prior_point(data, priors, Noise(1))
    standard = {f"{event}_standard": point[f"{event}_effect"] / point[f"{event}_sd"] for event in dropout.EVENTS}
    odds = [
        point[f"{event}_baseline"][data.stage]
        + data.covariates @ point[f"{event}_coefficients"]
        + point[f"{event}_effect"][data.therapist]
        for event in dropout.EVENTS
    ]
    weights = np.column_stack([np.ones(len(odds[0])), *np.exp(odds)])
    chances = weights / weights.sum(axis=1, keepdims=True)
    sessions, dropped, completed = data.counts.T
    counts = np.column_stack([sessions - dropped - completed, dropped, completed])
    expected = (counts * np.log(chances)).sum()
    assert dropout.log_likelihood(data, point).sum() == pytest.approx(expected)
    # The same up to the multinomial coefficient, in which there is no parameter.
    whole = sum(multinomial.logpmf(row, row.sum(), p) for row, p in zip(counts, chances, strict=True))
    other = dropout.log_likelihood(data, point | {"dropout_sd": 2.0}).sum()
    assert other == pytest.approx(expected) and whole > expected
    for event in dropout.EVENTS:
        expected += norm.logpdf(point[f"{event}_baseline"], priors.hazard.mean, priors.hazard.sd).sum()
        expected += norm.logpdf(point[f"{event}_coefficients"], 0, priors.coefficient.sd).sum()
        expected += halfnorm.logpdf(point[f"{event}_sd"], scale=priors.therapist_sd.scale)
        expected += norm.logpdf(standard[f"{event}_standard"]).sum()
    assert density(dropout.build(data, priors), point | standard) == pytest.approx(expected)


def brute_growth(data, scores, point) -> float:
    """Log density of all scores from their whole covariance matrix, therapist by therapist."""
    t, row = data.times, data.row
    design = np.column_stack([np.ones_like(t), t])
    total = 0.0
    for j in range(len(data.therapist_ids)):
        mine = data.therapist[row] == j
        level = point["level"] + data.covariates[row[mine]] @ point["level_coefficients"]
        slope = point["slope"] + data.covariates[row[mine]] @ point["slope_coefficients"]
        z = design[mine]
        covariance = point["residual_sd"] ** 2 * np.eye(mine.sum()) + z @ _pair(point, "therapist") @ z.T
        same = row[mine][:, None] == row[mine]
        covariance += same * (z @ _pair(point, "client") @ z.T)
        total += multivariate_normal.logpdf(scores[mine], level + slope * t[mine], covariance)
    return total


def _pair(point, unit: str) -> np.ndarray:
    a, b, r = (float(point[f"{unit}_{what}"]) for what in ("level_sd", "slope_sd", "correlation"))
    return np.array([[a * a, r * a * b], [r * a * b, b * b]])


def test_growth_density_is_that_of_the_whole_covariance_matrix(tables, priors):
    clients = tables["clients"].groupby("therapist_id").head(6)
    small = tables | {"clients": clients, "sessions": tables["sessions"].merge(clients[["client_id"]])}
    data = growth.prepare(small, "d")
    truth = growth.prior_point(data, priors, Noise(2))
    scores, data = growth.scores(data, truth, Noise(9)), growth.replicate(data, truth, Noise(9))
    built, differences = growth.build(data, priors), []
    for seed in (2, 5, 6):
        point = growth.prior_point(data, priors, Noise(seed))
        found = density(
            built, {name: point[name] for name in point if name not in ("therapist_level", "therapist_slope")}
        )
        prior = sum(
            norm.logpdf(point[name], 0, getattr(priors.growth, name.removesuffix("s")).sd).sum()
            for name in ("level_coefficients", "slope_coefficients")
        )
        prior += sum(halfnorm.logpdf(point[name], scale=getattr(priors.growth, name).scale) for name in growth.SPREADS)
        for name in ("level", "slope"):
            prior += norm.logpdf(point[name], getattr(priors.growth, name).mean, getattr(priors.growth, name).sd)
        prior += 2 * np.log(0.5)  # two correlations, uniform on (-1, 1)
        differences.append(found - prior - brute_growth(data, scores, point))
    constant = 0.5 * len(data.times) * np.log(2 * np.pi)
    np.testing.assert_allclose(differences, constant, rtol=1e-8, atol=1e-6)


def test_growth_draws_therapists_from_their_conditional(tables, priors):
    """With little noise and many sessions the drawn levels and slopes are those that made the data."""
    data = growth.prepare(tables, "d")
    point = growth.prior_point(data, priors, Noise(2)) | {"client_level_sd": 0.05, "client_slope_sd": 0.05}
    point |= {"residual_sd": 0.05, "therapist_level_sd": 1.0, "therapist_slope_sd": 0.5}
    data = growth.replicate(data, point, Noise(3))
    posterior = {
        name: np.broadcast_to(np.asarray(value), (1, 50, *np.shape(value)))
        for name, value in point.items()
        if name not in ("therapist_level", "therapist_slope")
    }
    drawn = growth.complete(data, posterior, Noise(4))
    for name in ("therapist_level", "therapist_slope"):
        np.testing.assert_allclose(drawn[name].mean(axis=(0, 1)), point[name], atol=0.12)
        assert drawn[name].std() > 0.05


def test_measurement_density_is_an_integral_over_the_traits(tables, priors):
    """One therapist, one client: the density of outcome and ratings by quadrature over the client's own trait."""
    data = measurement.prepare(tables, "d")
    point = measurement.prior_point(data, priors, Noise(6))
    one = replace(
        data.people,
        deteriorated=np.array([1]), trials=np.array([1]), therapist=np.array([0]), therapist_ids=("T",),
        covariates=np.array([[0.3]]), covariate_names=("x",), centre=np.zeros(1), scale=np.ones(1),
    )  # fmt: skip
    two = replace(
        one, deteriorated=np.array([1, 0]), trials=np.array([1, 1]), therapist=np.array([0, 0]),
        covariates=np.array([[0.3], [-0.3]]),
    )  # fmt: skip
    ratings = np.array([[0.4, 0.8, 1.2], [0.4, -0.1, -0.5]])
    rated = measurement.RatedData(two, ratings, np.array([0.6, 0.8, 0.5]))
    assert rated.shared == (True, False, False)
    point |= {"coefficients": np.array([0.5]), "trait_coefficients": np.array([-0.4, 0.7, 0.0])}
    point |= {"trait_between": np.array([0.9, 0.0001, 0.0001]), "trait_within": np.array([1.1, 0.8])}
    point |= {"trait_mean": np.array([0.1, -0.2, 0.3]), "therapist_sd": 0.0001, "intercept": -1.0}
    built = measurement.build(rated, priors)
    base = density(built, point | {"therapist_standard": np.zeros(1)})
    # Now without any effect of the traits: what is left is the density of outcomes given ratings, by quadrature.
    flat = point | {"trait_coefficients": np.zeros(3)}
    without = density(built, flat | {"therapist_standard": np.zeros(1)})
    prior = norm.logpdf(point["trait_coefficients"], 0, priors.coefficient.sd).sum()
    prior -= norm.logpdf(np.zeros(3), 0, priors.coefficient.sd).sum()
    expected = _outcomes(rated, point) - _outcomes(rated, flat)
    assert base - without - prior == pytest.approx(expected, abs=2e-4)


def _outcomes(rated, point) -> float:
    """Log probability of both outcomes given ratings, with competence at what its rating leads to expect."""
    r, mean = rated.reliability, point["trait_mean"]
    share = np.sqrt(r[0]) * point["trait_between"][0] ** 2 / (r[0] * point["trait_between"][0] ** 2 + 1 - r[0])
    competence = share * (rated.ratings[0, 0] - np.sqrt(r[0]) * mean[0])
    total = 0.0
    for i in range(2):
        within, rating = point["trait_within"][0], rated.ratings[i, 1]
        odds = point["intercept"] + rated.people.covariates[i] @ point["coefficients"]
        odds = float(odds + point["trait_coefficients"][0] * competence)
        spread = r[1] * within**2 + 1 - r[1]
        expected = np.sqrt(r[1]) * within**2 / spread * (rating - np.sqrt(r[1]) * mean[1])
        left = np.sqrt(within**2 * (1 - r[1]) / spread)

        def chance(u, odds=odds, expected=expected, left=left):
            return norm.pdf(u) * expit(odds + point["trait_coefficients"][1] * (expected + left * u))

        rate = quad(chance, -9, 9)[0]
        total += np.log(rate if rated.people.deteriorated[i] else 1 - rate)
    return total


def test_interactions_are_products_and_bends(tables):
    data = interaction.prepare(tables, "d", truth=True)
    columns = dict(zip(data.covariate_names, data.covariates.T, strict=True))
    clients = tables["clients"][tables["clients"]["finished"].astype(bool)]
    product = (clients["burnout"] - clients["burnout"].mean()) * (clients["vulnerable"] - clients["vulnerable"].mean())
    np.testing.assert_allclose(columns["burnout:vulnerable"], product - product.mean(), atol=1e-12)
    below = np.maximum(KNOT - clients["competence"], 0)
    np.testing.assert_allclose(columns["competence_below"], below - below.mean(), atol=1e-12)
    with pytest.raises(DataError, match="needs burnout:vulnerable"):
        interaction.build(from_clients(clients, ("burnout",), dataset="d"), None)


def test_outcomes_in_four_steps():
    table = pd.DataFrame(
        {
            "client_id": list("abcde"),
            "finished": [True, True, True, True, False],
            "deteriorated": pd.array([True, False, False, False, None], dtype="boolean"),
            "improved": pd.array([False, False, True, True, None], dtype="boolean"),
            "recovered": pd.array([False, None, False, True, None], dtype="boolean"),
        }
    )
    assert outcome_of(table, "d").tolist() == [0, 1, 2, 3]
    table.loc[0, "improved"] = True
    with pytest.raises(DataError, match="are both true"):
        outcome_of(table, "d")


def test_stages_of_sessions():
    assert stage_of(np.array([1, 2, 3, 4, 5, 6, 7, 9, 10, 14, 15, 40])).tolist() == [0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7]


@pytest.mark.trial(kind="refused", what="sessions for the model {name}, refused with: {words}")
@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("growth", {"session": 0}, "must count from 1"),
        ("growth", {"client_id": "nobody"}, "not in the table of clients"),
        ("growth", {"phq9": "ten"}, "must hold numbers"),
        ("growth", {"session": 1}, "duplicate session of a client"),
        ("dropout", {"client_id": "nobody"}, "not in the table of clients"),
    ],
)
def test_faulty_sessions_are_refused(tables, name, change, words):
    sessions = tables["sessions"].astype({"phq9": object})
    place = sessions.index[sessions["session"] == 3][0]
    for column, value in change.items():
        sessions.loc[place, column] = value
    with pytest.raises(DataError, match=words):
        model(name).prepare(tables | {"sessions": sessions}, "d")


@pytest.mark.trial(kind="refused", what="services, ratings and counts that cannot be")
def test_faulty_services_ratings_and_counts_are_refused(tables):
    clients = tables["clients"].copy()
    clients.loc[0, "service_id"] = "S99"
    with pytest.raises(DataError, match="works in two services"):
        service.prepare(tables | {"clients": clients}, "d")
    clients = tables["clients"].astype({"fit_rating": float})
    clients.loc[clients["finished"].astype(bool), "fit_rating"] = np.nan
    with pytest.raises(DataError, match="fit_rating"):
        measurement.prepare(tables | {"clients": clients}, "d")
    with pytest.raises(DataError, match="reliability of ratings of fit"):
        measurement.prepare(tables | {"reliability": tables["reliability"].iloc[:2]}, "d")
    rated = measurement.prepare(tables, "d")
    with pytest.raises(DataError, match="above 0 and up to 1"):
        replace(rated, reliability=np.array([0.5, 0.5, 1.5])).validate()
    endings = dropout.prepare(tables, "d")
    with pytest.raises(DataError, match="more courses ended than"):
        replace(endings, counts=endings.counts * [[1, 9, 9]]).validate()
    ordinals = ordinal.prepare(tables, "d")
    with pytest.raises(DataError, match="index from 0 to 3"):
        replace(ordinals, outcome=ordinals.outcome + 4).validate()
    services = service.prepare(tables, "d")
    with pytest.raises(DataError, match="index into the 3 services"):
        replace(services, service=services.service + 3).validate()


def test_endings_count_every_course_once(tables):
    data = dropout.prepare(tables, "d")
    clients = tables["clients"]
    assert data.counts[:, 0].sum() == len(tables["sessions"])
    assert data.counts[:, 1].sum() == (clients["end"] == "dropped_out").sum()
    assert data.counts[:, 2].sum() == (clients["end"] == "completed").sum()
