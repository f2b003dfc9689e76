"""The truths of the simulation study: against brute force, and against twins counted one by one."""

import numpy as np
import pytest
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.simulation_study.cells import read_cells
from iatrogenesis.simulation_study.data_generation import data_sets, statistical
from iatrogenesis.simulation_study.logit_normal import simulate
from iatrogenesis.simulation_study.truth import truth
from tests.conftest import CONFIG


@pytest.fixture(scope="module")
def cells():
    return read_cells(CONFIG / "study_design.csv")


def by_name(table):
    return table.set_index("estimand")["truth"]


def test_family_a_is_what_its_equations_say(study, cells):
    cell = cells["small"]
    surroundings = study.surroundings(cell)
    found, rates = truth(cell, surroundings, 4, 0)
    known = by_name(found)
    assert known["therapist_sd"] == pytest.approx(np.sqrt(0.61**2 + 0.25**2 + 0.15**2))
    assert known["residual_sd"] == 0.61 and known["log_odds_ratio[burnout]"] == 0.25
    model, noise = statistical(cell, surroundings), Noise(surroundings.setup.seed)
    change, before, spared = [], [], []
    for replicate in range(4):
        made = simulate(model, noise, replicate)
        clients = made.clients
        less = made.log_odds - 0.25
        neutral = made.log_odds + 0.15 * clients["competence"] - 0.25 * clients["burnout"] + 0.2 * clients["fit"]
        change += list(expit(less) - expit(made.log_odds))
        before += list(expit(made.log_odds))
        spared += list(np.maximum(expit(made.log_odds) - expit(neutral), 0))
    assert known["risk_change[burnout]"] == pytest.approx(1000 * np.mean(change))
    assert known["iatrogenic_fraction"] == pytest.approx(sum(spared) / sum(before))
    assert len(rates) == 4 * cell.therapists


def test_a_therapists_rate_is_that_of_all_clients_with_this_one(study, cells):
    cell = cells["small"]
    surroundings = study.surroundings(cell)
    _, rates = truth(cell, surroundings, 2, 0)
    model = statistical(cell, surroundings)
    made = simulate(model, Noise(surroundings.setup.seed), 0)
    clients, own = made.clients, made.therapists
    parts = made.log_odds - 0.25 * clients["burnout"] + 0.15 * clients["competence"]
    parts = parts - own.set_index("therapist_id")["effect"].loc[clients["therapist_id"]].to_numpy()
    for place in (0, 7):
        odds = parts + 0.25 * own["burnout"][place] - 0.15 * own["competence"][place] + own["effect"][place]
        assert rates["rate"][place] == pytest.approx(expit(odds).mean(), rel=1e-9)


@pytest.mark.parametrize("name", ["rate_4", "base", "rate_10", "sd_100"])
def test_rates_are_about_as_stated(study, cells, name):
    cell = cells[name]
    found = [one.clients["deteriorated"].mean() for one in data_sets(cell, study.surroundings(cell), range(12), False)]
    assert np.mean(found) == pytest.approx(cell.rate, abs=5 * np.std(found, ddof=1) / np.sqrt(12))


def test_confounded_allocation_gives_worse_therapists_worse_clients(study, cells):
    for name, column, sign in (
        ("by_severity", "phq9_first", 1),
        ("by_deprivation", "deprivation", 1),
        ("base", "phq9_first", 0),
    ):
        cell = cells[name]
        model = statistical(cell, study.surroundings(cell))
        r = []
        for replicate in range(12):
            made = simulate(model, Noise(study.surroundings(cell).setup.seed), replicate)
            own = made.therapists.set_index("therapist_id")
            harm = (own["burnout"] + own["effect"] / 0.61) / np.sqrt(2)
            r.append(np.corrcoef(harm.loc[made.clients["therapist_id"]], made.clients[column])[0, 1])
        assert np.mean(r) == pytest.approx(0.3 * sign, abs=0.05), name


def test_scores_are_missing_as_stated(study, cells):
    cell = cells["dropout"]
    surroundings = study.surroundings(cell)
    model, noise = statistical(cell, surroundings), Noise(surroundings.setup.seed)
    complete = model.model_copy(update={"dropout": type(model.dropout)()})
    lost, worse, burnout = [], [], []
    for replicate in range(12):
        clients = simulate(complete, noise, replicate).clients
        lost.append(~simulate(model, noise, replicate).clients["finished"].to_numpy())
        worse.append(clients["deteriorated"].to_numpy(dtype=bool))
        burnout.append(clients["burnout"].to_numpy())
    lost, worse, burnout = map(np.concatenate, (lost, worse, burnout))
    assert lost[~worse].mean() == pytest.approx(0.197, abs=0.01)
    odds = np.log(0.197 / 0.803) + 0.7 + 0.35 * burnout
    expected = expit(odds[worse]).mean()
    assert lost[worse].mean() == pytest.approx(expected, abs=4.5 * np.sqrt(expected * (1 - expected) / worse.sum()))
    assert lost[worse & (burnout > 1)].mean() > lost[worse & (burnout < -1)].mean()


def test_family_b_is_counted_with_twins(study, cells):
    """Without a burnout mechanism nothing changes when burnout falls; with one, fewer get worse."""
    found = {
        name: by_name(truth(cells[name], study.surroundings(cells[name]), 10, 60)[0])
        for name in ("world_small", "world_by_course")
    }
    assert found["world_by_course"]["risk_change[burnout]"] == 0
    assert (
        found["world_by_course"]["log_odds_ratio[burnout]"] == 0 and found["world_by_course"]["on_slope[burnout]"] == 0
    )
    assert found["world_small"]["risk_change[burnout]"] < -5
    assert found["world_small"]["log_odds_ratio[burnout]"] > 0.1
    assert "on_slope[burnout]" not in found["world_small"]
    assert 0.05 < found["world_small"]["iatrogenic_fraction"] < 0.95


def test_long_run_rates_belong_to_the_therapists_of_the_data(study, cells):
    """In one replicate therapists who do worse in the long run also do worse in the data."""
    cell = cells["world_large"]
    surroundings = study.surroundings(cell)
    _, rates = truth(cell, surroundings, 2, 400)
    one = next(data_sets(cell, surroundings, range(1), False))
    own = one.clients[one.clients["finished"].astype(bool)].groupby("therapist_id")["deteriorated"].mean().astype(float)
    rates = rates.loc[rates["replicate"] == 0, "rate"]
    assert list(own.index) == sorted(own.index) and len(own) == len(rates)
    assert np.corrcoef(own, rates)[0, 1] > 0.35
