"""What the collapsed engine integrates is the density of the PyMC model: at points, and by brute force."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logsumexp
from scipy.stats import norm

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.outcomes import OutcomeData, counts
from iatrogenesis.inference.engines.collapsed.coordinates import Coordinates
from iatrogenesis.inference.engines.collapsed.general import INTEGRALS, coordinates
from iatrogenesis.inference.engines.collapsed.rows import Rows
from iatrogenesis.inference.engines.collapsed.whitened import Parameters
from iatrogenesis.inference.models import FACTS, classes, measurement, skewed
from iatrogenesis.inference.models.by_name import model as module_of
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG
from tests.inference.test_model_family import density

NAMES = [name for name, facts in FACTS.items() if facts.get("COLLAPSED") in INTEGRALS]
POINTS = 5
U = np.linspace(-9.0, 9.0, 3601)


@pytest.fixture(scope="module")
def priors():
    return load_study(CONFIG / "default.yaml", CONFIG).config.fit.priors


def people(clients=(7, 12, 0, 5), covariates: int = 2) -> OutcomeData:
    """Therapists with few clients, one of them with none."""
    therapist = np.repeat(np.arange(len(clients)), clients)
    rows = len(therapist)
    x = Noise(1).normal("x", client=np.arange(rows)[:, None], occasion=np.arange(covariates))
    return OutcomeData(
        dataset="d",
        deteriorated=(Noise(2).uniform("y", client=np.arange(rows)) < 0.3).astype(np.int64),
        trials=np.ones(rows, dtype=np.int64),
        therapist=therapist,
        therapist_ids=tuple(f"T{j}" for j in range(len(clients))),
        covariates=x - x.mean(axis=0),
        covariate_names=tuple(f"x{k}" for k in range(covariates)),
        centre=np.zeros(covariates),
        scale=np.ones(covariates),
        allow_empty=True,
    ).validate()


def data_of(name: str):
    if name == "service":
        found = counts("d", tuple("ABCDE"), [2, 0, 9, 1, 3], [30, 12, 60, 4, 40])
        return replace(found, service=np.array([0, 0, 1, 1, 1]), service_ids=("one", "two"))
    if name == "measurement":
        some = people((7, 12, 5))
        who = {"client": np.arange(24)[:, None], "occasion": np.arange(3)}
        ratings = Noise(3).normal("rating", **who)
        ratings[:, 0] = Noise(3).normal("competence", therapist=np.arange(3))[some.therapist]
        return measurement.RatedData(some, ratings, np.array([0.6, 0.8, 0.5])).validate()
    return people()


def points(name: str, data, priors) -> tuple[Coordinates, dict[str, np.ndarray]]:
    """Random common parameters, and the density at them."""
    found = coordinates(name, FACTS[name]["COLLAPSED"], data, priors)
    at = 0.6 * Noise(5).normal("at", client=np.arange(POINTS)[:, None], occasion=np.arange(found.parameters.size))
    return found, found.parameters.point(at)


def one_of(point: dict[str, np.ndarray], number: int) -> dict[str, np.ndarray]:
    return {key: value[number] for key, value in point.items()}


def standard_normals(name: str, data) -> dict[str, np.ndarray]:
    found = {"therapist_standard": 0.9 * Noise(6).normal("u", client=np.arange(len(data.therapist_ids)))}
    if name == "service":
        found["service_standard"] = 0.9 * Noise(6).normal("v", client=np.arange(len(data.service_ids)))
    return found


def log_joint(name: str, data, found: Coordinates, one: dict, standard: dict) -> float:
    """Everything, effects included, by the engine's priors and the model's functions in NumPy."""
    u = standard["therapist_standard"]
    value = found.parameters.log_prior(one)
    if name == "measurement":
        given = data.summary().given({key: np.asarray(values)[None] for key, values in one.items()})
        odds = one["intercept"] + given.intercept[0] + data.people.covariates @ one["coefficients"]
        odds = odds + data.ratings @ given.own[0]
        odds = (
            odds + (given.shared[0] + np.sqrt(one["therapist_sd"] ** 2 + given.unknown[0]) * u)[data.people.therapist]
        )
        at, weights = np.polynomial.hermite.hermgauss(measurement.NODES)
        rate = expit(odds[:, None] + np.sqrt(2 * given.rest[0] + 1e-12) * at) @ weights / np.sqrt(np.pi)
        worse = data.people.deteriorated == 1
        return value + given.log_density.sum() + np.log(np.where(worse, rate, 1 - rate)).sum() + norm.logpdf(u).sum()
    module = module_of(name)
    if name == "service":
        v = standard["service_standard"]
        effects = {"service_effect": one["service_sd"] * v, "therapist_effect": one["therapist_sd"] * u}
        return value + module.log_likelihood(data, one | effects).sum() + norm.logpdf(u).sum() + norm.logpdf(v).sum()
    if name == "skewed":
        effect, of_effects = one["therapist_sd"] * skewed.bent(u, one["therapist_skew"]), norm.logpdf(u)
    else:
        share, apart = one["class_share"], one["class_log_odds"] / one["class_sd"]
        parts = [np.log1p(-share) + norm.logpdf(u, -share * apart), np.log(share) + norm.logpdf(u, (1 - share) * apart)]
        effect, of_effects = one["class_sd"] * u, logsumexp(parts, axis=0)
    return value + module.log_likelihood(data, one | {"therapist_effect": effect}).sum() + of_effects.sum()


@pytest.mark.parametrize("name", NAMES)
def test_log_density_is_that_of_the_pymc_model(name, priors):
    data = data_of(name)
    built = module_of(name).build(data, priors)
    found, point = points(name, data, priors)
    standard = standard_normals(name, data)
    for number in range(POINTS):
        one = one_of(point, number)
        theirs = density(built, one | standard)
        assert log_joint(name, data, found, one, standard) == pytest.approx(theirs, rel=1e-8)


def brute(name: str, data, one: dict) -> np.ndarray:
    """Log integral of each unit on a fine grid."""
    step = np.log(U[1] - U[0])
    if name == "service":
        inner = []
        for events, trials, place in zip(data.deteriorated, data.trials, data.service, strict=True):
            at = one["intercept"] + one["service_sd"] * U[::20, None] + one["therapist_sd"] * U
            log = events * at - trials * np.logaddexp(0, at) + norm.logpdf(U)
            inner.append((place, logsumexp(log, axis=1) + step))
        totals = [sum(value for place, value in inner if place == s) + norm.logpdf(U[::20]) for s in (0, 1)]
        return np.array([logsumexp(total) + step + np.log(20) for total in totals])
    some = data.people if name == "measurement" else data
    odds = one["intercept"] + some.covariates @ one["coefficients"]
    if name == "skewed":
        effects, weight = one["therapist_sd"] * skewed.bent(U, one["therapist_skew"]), norm.logpdf(U)
    elif name == "classes":
        share, apart = one["class_share"], one["class_log_odds"]
        means = np.array([[-share * apart], [(1 - share) * apart]])
        effects = (means + one["class_sd"] * U).ravel()
        weight = (np.log([[1 - share], [share]]) + norm.logpdf(U)).ravel()
    else:
        given = data.summary().given({key: np.asarray(values)[None] for key, values in one.items()})
        odds = odds + given.intercept[0] + data.ratings @ given.own[0] + given.shared[0][some.therapist]
        at, weights = np.polynomial.hermite.hermgauss(measurement.NODES)
        rest, weight = np.sqrt(2 * given.rest[0] + 1e-12) * at, norm.logpdf(U)
    found = []
    for j in np.flatnonzero(some.clients):
        mine = some.therapist == j
        if name == "measurement":
            x = odds[mine, None] + np.sqrt(one["therapist_sd"] ** 2 + given.unknown[0, j]) * U
            rate = expit(x[:, :, None] + rest) @ weights / np.sqrt(np.pi)
            log = np.log(np.where(some.deteriorated[mine, None] == 1, rate, 1 - rate)).sum(axis=0)
            found.append(logsumexp(log + weight) + step + given.log_density[0, j])
            continue
        x = odds[mine, None] + effects
        log = (some.deteriorated[mine, None] * x - np.logaddexp(0, x)).sum(axis=0)
        found.append(logsumexp(log + weight) + step)
    return np.array(found)


@pytest.mark.parametrize("name", NAMES)
def test_integrals_are_those_of_a_fine_grid(name, priors):
    data = data_of(name)
    found, point = points(name, data, priors)
    few, many = (found.integrated.integrals(point, nodes).value for nodes in (7, 21))
    expected = np.array([brute(name, data, one_of(point, number)) for number in range(POINTS)]).T
    np.testing.assert_allclose(many, expected, atol=1e-5)
    np.testing.assert_allclose(few, expected, atol=5e-3)


@pytest.mark.parametrize("name", NAMES)
def test_coordinates_are_a_change_of_variables(name, priors):
    """The density in coordinates is the parameters' density times the volume that a unit of coordinates takes."""
    data = data_of(name)
    found, _ = points(name, data, priors)
    d = found.parameters.size
    at = 0.5 * Noise(8).normal("at", client=np.arange(4)[:, None], occasion=np.arange(d))
    names = list(found.parameters.sizes)

    def flat(y: np.ndarray) -> np.ndarray:
        point = found.point(y)[0]
        return np.concatenate([np.asarray(point[key]).reshape(len(y), -1) for key in names], axis=1)

    values = []
    for row in at:
        step = 1e-5 * np.eye(d)
        jacobian = (flat(row + step) - flat(row - step)) / 2e-5
        point, log_prior = found.point(row[None])
        volume = np.linalg.slogdet(jacobian)[1]
        values.append(log_prior[0] - volume - found.parameters.log_prior(one_of(point, 0)))
    np.testing.assert_allclose(values, values[0], atol=1e-6)
    back = found.parameters.coordinates(one_of(found.parameters.point(at), 2))
    np.testing.assert_allclose(back, at[2], atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_effects_are_drawn_from_their_conditionals(name, priors):
    """Mean and SD of the first therapist's effect at one point, by many draws and by a fine grid."""
    data = data_of(name)
    found, point = points(name, data, priors)
    draws, one = 20_000, one_of(point, 1)
    many = {key: np.broadcast_to(value, (draws, *np.shape(value))) for key, value in one.items()}
    drawn = found.integrated.integrals(many, 15, Noise(11)).effects["therapist_effect"][0]
    some = data.people if name == "measurement" else data
    if name == "service":
        expected = _of_service(data, one)
    else:
        mine, given = some.therapist == 0, None
        odds = one["intercept"] + some.covariates[mine] @ one["coefficients"]
        grid = np.linspace(-12.0, 12.0, 24_001)
        if name == "skewed":
            effects, weight = one["therapist_sd"] * skewed.bent(U, one["therapist_skew"]), norm.logpdf(U)
        elif name == "classes":
            share, apart, within = one["class_share"], one["class_log_odds"], one["class_sd"]
            low, high = norm.logpdf(grid, -share * apart, within), norm.logpdf(grid, (1 - share) * apart, within)
            effects, weight = grid, np.logaddexp(np.log1p(-share) + low, np.log(share) + high)
        else:
            given = data.summary().given({key: np.asarray(values)[None] for key, values in one.items()})
            odds = odds + given.intercept[0] + data.ratings[mine] @ given.own[0] + given.shared[0, 0]
            effects, weight = U * np.sqrt(one["therapist_sd"] ** 2 + given.unknown[0, 0]), norm.logpdf(U)
        x = odds[:, None] + effects
        if given is None:
            log = (some.deteriorated[mine, None] * x - np.logaddexp(0, x)).sum(axis=0)
        else:
            at, weights = np.polynomial.hermite.hermgauss(measurement.NODES)
            rate = expit(x[:, :, None] + np.sqrt(2 * given.rest[0] + 1e-12) * at) @ weights / np.sqrt(np.pi)
            log = np.log(np.where(some.deteriorated[mine, None] == 1, rate, 1 - rate)).sum(axis=0)
        expected = _moments(effects, log + weight)
    error = expected[1] / np.sqrt(draws)
    assert drawn.mean() == pytest.approx(expected[0], abs=5 * error)
    assert drawn.std() == pytest.approx(expected[1], rel=0.03)


def _moments(values: np.ndarray, log_weight: np.ndarray) -> tuple[float, float]:
    weight = np.exp(log_weight - logsumexp(log_weight))
    mean = float(weight @ values)
    return mean, float(np.sqrt(weight @ (values - mean) ** 2))


def _of_service(data: OutcomeData, one: dict) -> tuple[float, float]:
    """The first therapist's effect: over the service's effect, in which a colleague has a say."""
    v, u = U[::10], U[::10]
    base = one["intercept"] + one["service_sd"] * v[:, None] + one["therapist_sd"] * u
    logs = [data.deteriorated[j] * base - data.trials[j] * np.logaddexp(0, base) + norm.logpdf(u) for j in (0, 1)]
    log = logs[0] + (logsumexp(logs[1], axis=1) + norm.logpdf(v))[:, None]
    return _moments(np.broadcast_to(one["therapist_sd"] * u, log.shape).ravel(), log.ravel())


def test_effects_have_mean_0_and_the_sd_of_their_name():
    """Skewed effects and those of two classes, drawn from the models run forwards."""
    z = Noise(1).normal("z", client=np.arange(400_000))
    for skew in (-0.6, 1e-12, 0.3):
        found = skewed.bent(z, skew)
        assert abs(found.mean()) < 0.01 and found.std() == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(skewed.bent(z[:100], 0.0), z[:100], atol=1e-6)
    share, log_odds, within = 0.2, 1.5, 0.4
    high = Noise(2).uniform("class", client=np.arange(400_000)) < share
    effect = log_odds * (high - share) + within * z
    assert abs(effect.mean()) < 0.01 and effect.std() == pytest.approx(
        classes.spread(share, log_odds, within), rel=0.01
    )
    near = np.abs(effect - 0.7) < 0.02
    expected = expit(classes.raised(0.7, share, log_odds, within))
    assert high[near].mean() == pytest.approx(expected, abs=5 * np.sqrt(expected * (1 - expected) / near.sum()))


def test_rows_of_therapists_without_clients_are_left_out():
    rows = Rows.of(people())
    assert rows.seen.tolist() == [0, 1, 3] and rows.starts.tolist() == [0, 7, 19, 24]


def test_parameters_are_those_that_the_model_declares(priors):
    found = Parameters.of("classes", people(), priors)
    assert list(found.sizes) == ["intercept", "coefficients", "class_share", "class_log_odds", "class_sd"]
    assert found.sizes["coefficients"] == 2 and found.size == 6
    assert "coefficients" not in Parameters.of("skewed", people(covariates=0), priors).sizes
