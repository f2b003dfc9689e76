"""The simulator against closed forms, and a wrong simulator against the same checks.

A check that a simulator biased by five per cent would pass is no check, so each is run on a biased one too.
"""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.sources import records
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.therapist import TRUE_STATES
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario, with_values
from iatrogenesis.world.tidy import clients_table

MANY = Design(replicates=12, therapists=100, services=100, clients_per_therapist=60)
ALARM = 5.0  # in standard errors: a correct simulator is stopped once in two million
SESSIONS = 6


def loosened(scenario: Scenario, values: dict[str, float]) -> Scenario:
    """The scenario with other values, whatever their records allow."""
    content = scenario.model_dump()
    for path, value in values.items():
        record = content
        for part in path.split("."):
            record = record[part]
        if record["low"] is not None:
            record["low"], record["high"] = min(record["low"], value), max(record["high"], value)
    return with_values(Scenario.model_validate(content), values)


def plain(study, **changes) -> Scenario:
    """Without treatment, case mix or variation in length: what is left is a pair of normals, and scores."""
    values = {
        "world.client.drift_per_log_odds": 0.0,
        "world.therapy.agreed_log_mean": np.log(SESSIONS),
        "world.therapy.agreed_log_sd": 0.0,
    }
    return loosened(study.catalogue["untreated"], values | changes)


def true_moments(study) -> tuple[float, np.ndarray]:
    """Mean change and covariance of the PHQ-9 before rounding, first and last, worked out by hand."""
    world = study.catalogue["untreated"].world
    client, steps = world.client, SESSIONS - 1
    kept = float(client.fluctuation_stability) ** steps
    level, fluctuation, slope = (float(x) for x in (client.level_sd, client.fluctuation_sd, client.natural_slope_sd))
    slope = np.hypot(slope, float(client.slope_with_alliance) * float(world.alliance.own_sd))
    error = study.instruments.phq9.error_sd**2
    elevation = float(client.intake_elevation)
    variance_first = level**2 + fluctuation**2 + error
    variance_last = level**2 + (steps * slope) ** 2 + fluctuation**2 + error
    covariance = level**2 + kept * fluctuation**2
    change = (kept - 1) * elevation + steps * float(client.natural_slope_mean)
    return change, np.array([[variance_first, covariance], [covariance, variance_last]])


def expected_rises(study) -> tuple[np.ndarray, np.ndarray]:
    """Distribution of last less first score, rounded and bounded: sums of bivariate normal rectangles."""
    phq9 = study.instruments.phq9
    change, covariance = true_moments(study)
    both = multivariate_normal([float(phq9.mean), float(phq9.mean) + change], covariance)
    edges = np.concatenate([[-60.0], np.arange(phq9.minimum, phq9.maximum) + 0.5, [90.0]])
    grid = np.array([[both.cdf([a, b]) for b in edges] for a in edges])
    cells = np.diff(np.diff(grid, axis=0), axis=1)
    score = np.arange(phq9.minimum, phq9.maximum + 1)
    return (score[None, :] - score[:, None]).ravel(), cells.ravel()


def alarm(study, scenario: Scenario) -> float:
    """Largest distance from the closed form in standard errors: deterioration, mean and mean squared change."""
    setup = study.setup.model_copy(update={"judgement": Judgement(instruments=("phq9",))})
    sample = setup.sample(scenario, MANY)
    seen = sample.last["phq9"].astype(float) - sample.first["phq9"]
    threshold = float(study.instruments.phq9.reliable_change)
    assert np.array_equal(sample.deteriorated, seen >= threshold)
    rise, probability = expected_rises(study)
    distances = []
    for measure in (lambda x: x >= threshold, lambda x: x, lambda x: x**2):
        expected = probability @ measure(rise)
        error = np.std(measure(seen)) / np.sqrt(len(seen))
        distances.append(abs(measure(seen).mean() - expected) / error)
    return max(distances)


def test_untreated_change_is_the_closed_form(study):
    assert alarm(study, plain(study)) < ALARM


@pytest.mark.parametrize("path", ["world.client.fluctuation_sd", "world.client.fluctuation_stability"])
def test_a_simulator_biased_by_five_per_cent_is_caught(study, path):
    value = records(study.catalogue["untreated"])[path].value
    assert alarm(study, plain(study, **{path: 0.95 * value})) > ALARM


def test_constant_dropout_is_geometric(study):
    """With one hazard for all, the share that drops out within k sessions is 1 - (1 - h)^(k - 1)."""
    logit = -2.0
    held = {
        "world.dropout.logit": logit,
        "world.dropout.no_progress": 0.0,
        "world.alliance.dropout": 0.0,
        "world.therapist.dropout_sd": 0.0,
        "world.therapy.extension": 0.0,
        "world.therapy.good_enough_ending": 0.0,
        "world.therapy.agreed_log_mean": np.log(SESSIONS),
        "world.therapy.agreed_log_sd": 0.0,
    }
    sample = study.setup.sample(loosened(study.catalogue["reference"], held), MANY)
    hazard = 1 / (1 + np.exp(-logit))
    expected = 1 - (1 - hazard) ** (SESSIONS - 1)
    error = np.sqrt(expected * (1 - expected) / len(sample.dropped_out))
    assert abs(sample.dropped_out.mean() - expected) < ALARM * error
    biased = study.setup.sample(
        loosened(study.catalogue["reference"], held | {"world.dropout.logit": 0.95 * logit}), MANY
    )
    assert abs(biased.dropped_out.mean() - expected) > ALARM * error


def test_rounding_and_bounds_of_first_scores(study):
    """Mean of the first PHQ-9 from its normal, cell by cell."""
    phq9 = study.instruments.phq9
    sample = study.setup.sample(plain(study), MANY)
    sd = np.sqrt(true_moments(study)[1][0, 0])
    score = np.arange(phq9.minimum, phq9.maximum + 1)
    edges = np.concatenate([[-np.inf], score[:-1] + 0.5, [np.inf]])
    expected = score @ np.diff(norm.cdf(edges, float(phq9.mean), sd))
    error = sample.first["phq9"].std() / np.sqrt(len(sample.sessions))
    assert abs(sample.first["phq9"].mean() - expected) < ALARM * error


@pytest.fixture(scope="module")
def effects(study):
    """Log odds ratios of the true states in a large service: of routine care, and of worlds without mechanisms.

    There nothing goes with a state either, or .2 points per session and SD do.
    """

    def without_cause(drift):
        paths = (f"world.therapist.drift_with_{state}" for state in ("burnout", "competence"))
        return loosened(study.catalogue["reference"], dict.fromkeys(paths, drift))

    worlds = {
        "routine_care": study.catalogue["routine_care"],
        "nothing": without_cause(0.0),
        "goes with": without_cause(0.2),
    }

    def estimated(name):
        run = study.setup.run(worlds[name], MANY)
        clients = clients_table(run, study.instruments, study.config.judgement).assign(replicate=0)
        found = fit(from_clients(clients, TRUE_STATES, dataset=name))
        return dict(zip(found.names, zip(found.estimate, found.standard_error, strict=True), strict=True))

    return {name: estimated(name) for name in worlds}


@pytest.mark.parametrize(("state", "sign"), [("burnout", 1), ("competence", -1), ("fit_within", -1)])
def test_an_effect_that_is_there_is_found_and_one_that_is_not_is_not(effects, state, sign):
    estimate, error = effects["routine_care"][state]
    assert sign * estimate / error > ALARM
    estimate, error = effects["nothing"][state]
    assert abs(estimate / error) < ALARM


@pytest.mark.parametrize(("state", "sign"), [("burnout", 1), ("competence", -1)])
def test_what_goes_with_a_state_is_found_where_it_causes_nothing(effects, state, sign):
    """What is published is an association; a part of it may stay in the reference world."""
    estimate, error = effects["goes with"][state]
    assert sign * estimate / error > ALARM
