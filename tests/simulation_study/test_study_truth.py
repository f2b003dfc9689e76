"""The truths of the simulation study: against brute force, and against a large simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.therapist import COVARIATES
from iatrogenesis.simulation_study.data_generation import data_sets, statistical
from iatrogenesis.simulation_study.estimands import ESTIMANDS, KNOWN, THERAPISTS, concrete
from iatrogenesis.simulation_study.logit_normal import simulate
from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.simulation_study.methods.regression import design
from iatrogenesis.simulation_study.people import SHAPES, shaped
from iatrogenesis.simulation_study.truth import truth
from iatrogenesis.simulation_study.truth_of_ratings import expected
from iatrogenesis.simulation_study.truth_of_therapists import mechanistic_rates, without_chance
from iatrogenesis.simulation_study.worlds import in_world
from tests.conftest import design_cells


@pytest.fixture(scope="module")
def cells():
    return design_cells()


def by_name(table):
    return table.set_index("estimand")["truth"]


def test_family_a_is_what_its_equations_say(study, cells):
    cell = cells["small"]
    surroundings = study.surroundings(cell)
    found, rates = truth(cell, surroundings, 4, 0)
    known, b = by_name(found), surroundings.numbers.slopes(burnout=cell.burnout)
    sd = np.sqrt(cell.therapist_sd**2 + b.burnout**2 + b.competence**2)
    assert known["therapist_sd"] == pytest.approx(sd)
    assert known["residual_sd"] == cell.therapist_sd and known["log_odds_ratio[burnout]"] == b.burnout
    kept = surroundings.reliability
    open_ = b.burnout**2 * (1 - kept["burnout"]) + b.competence**2 * (1 - kept["competence"])
    assert known["residual_sd_rated"] == pytest.approx(np.sqrt(cell.therapist_sd**2 + open_))
    assert known["log_odds_ratio_rated[burnout]"] == pytest.approx(b.burnout * np.sqrt(kept["burnout"]), abs=0.002)
    model, noise = statistical(cell, surroundings), Noise(surroundings.setup.seed)
    change, before, average, of_each, changes = [], [], [], [], []  # change and changes: of states, and of ratings
    step = b.burnout * np.sqrt(kept["burnout"])  # what one SD of the rating leads to expect
    for replicate in range(4):
        made = simulate(model, noise, replicate)
        clients = made.clients
        neutral = made.log_odds - b.competence * clients["competence"] - b.burnout * clients["burnout"]
        change.append(1000 * np.mean(expit(made.log_odds - b.burnout) - expit(made.log_odds)))
        before += list(expit(made.log_odds))
        average += list(expit(neutral - b.fit * clients["fit"]))
        risks = [(1 / (1 + np.exp(step - odds)), 1 / (1 + np.exp(-odds))) for odds in made.log_odds]
        changes.append(1000 * sum(then - now for then, now in risks) / len(risks))
        of_each.append(1 - expit(made.log_odds - expected(model, made).sum(axis=1)).sum() / expit(made.log_odds).sum())
    assert known["net_fraction"] == pytest.approx(1 - sum(average) / sum(before))
    names = ("net_fraction_rated", "risk_change[burnout]", "risk_change_rated[burnout]")
    for name, truths in zip(names, (of_each, change, changes), strict=True):
        own = found[found["estimand"] == name]
        assert own["replicate"].tolist() == [0, 1, 2, 3] and own["truth"].tolist() == pytest.approx(truths), name
    assert np.ptp(change) > 1 and np.ptp(changes) > 1, "data sets differ"
    assert len(rates) == 4 * cell.therapists


@pytest.mark.slow
def test_truths_about_ratings_are_what_large_data_show(study, cells):
    """The equations, integrated, against regressions on 240,000 clients who came by chance."""
    cell = cells["reference_cell"].model_copy(update={"therapists": 16_000, "clients": 15.0, "clients_spread": 0.0})
    surroundings = study.surroundings(cell)
    known = by_name(truth(cells["reference_cell"], surroundings, 2, 0)[0])
    made = simulate(statistical(cell, surroundings), Noise(99), 0)
    data = from_clients(made.clients, COVARIATES, dataset="large")
    logistic = GLM(data.deteriorated, design(data), family=families.Binomial()).fit()
    errors = (
        GLM(data.deteriorated, design(data), family=families.Binomial())
        .fit(cov_type="cluster", cov_kwds={"groups": data.therapist})
        .bse
    )
    mixed = fit(data, 7)
    for column, trait in (
        ("competence_rating", "competence"),
        ("burnout_rating", "burnout"),
        ("fit_rating_within", "fit"),
    ):
        place = 1 + data.covariate_names.index(column)
        marginal, given = known[f"log_odds_ratio_marginal[{trait}]"], known[f"log_odds_ratio_rated[{trait}]"]
        assert logistic.params[place] == pytest.approx(marginal, abs=4 * errors[place])
        assert mixed.estimate[place] == pytest.approx(given, abs=4 * mixed.standard_error[place])
    assert mixed.estimate[-1] == pytest.approx(known["residual_sd_rated"], abs=4 * mixed.standard_error[-1])


def test_a_therapists_rates_are_those_of_all_and_of_own_clients(study, cells):
    cell = cells["small"]
    surroundings = study.surroundings(cell)
    _, rates = truth(cell, surroundings, 2, 0)
    made = simulate(statistical(cell, surroundings), Noise(surroundings.setup.seed), 0)
    whose = made.clients["therapist_id"]
    own = made.therapists.set_index("therapist_id")["own"]
    parts = made.log_odds - own.loc[whose].to_numpy()
    for place in (0, 7):
        assert rates["rate"][place] == pytest.approx(expit(parts + own.iloc[place]).mean(), rel=1e-9)
        theirs = expit(made.log_odds[(whose == own.index[place]).to_numpy()])
        assert rates["own_rate"][place] == pytest.approx(theirs.mean(), rel=1e-9)


@pytest.mark.parametrize(
    "name", ["rate_low", "reference_cell", "rate_10", "sd_high", "two_classes", "by_unmeasured", "services"]
)
def test_rates_are_about_as_stated(study, cells, name):
    cell = cells[name]
    found = [one.clients["deteriorated"].mean() for one in data_sets(cell, study.surroundings(cell), range(16), False)]
    assert np.mean(found) == pytest.approx(cell.rate, abs=5 * np.std(found, ddof=1) / 4 + 0.02 * cell.rate)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("by_severity", 1),
        ("none_by_severity", 1),
        ("unreliable_by_severity", 1),
        ("by_deprivation", 1),
        ("reference_cell", 0),
    ],
)
def test_confounded_allocation_gives_harmful_therapists_clients_of_greater_risk(study, cells, name, expected):
    """The clients' own risk, and not a score whose coefficient may be negative."""
    cell = cells[name]
    model, found = statistical(cell, study.surroundings(cell)), []
    for replicate in range(12):
        made = simulate(model, Noise(study.surroundings(cell).setup.seed), replicate)
        own = made.therapists.set_index("therapist_id")
        harm = own["burnout"] + own["effect"] / model.therapist_sd
        risk = pd.Series(made.case_mix).groupby(made.clients["therapist_id"].to_numpy()).mean()
        found.append(np.corrcoef(harm.loc[risk.index], risk)[0, 1])
    if expected:
        assert np.mean(found) > 0.4
    else:
        assert abs(np.mean(found)) < 0.12


def test_a_wrong_sign_of_confounding_is_refused(study, cells, monkeypatch):
    from iatrogenesis.simulation_study import people

    monkeypatch.setattr(people, "_signed", lambda allocation, risk, name: allocation.severity)
    with pytest.raises(DataError, match="by_severity: allocation by severity gives harmful therapists clients of less"):
        truth(cells["by_severity"], study.surroundings(cells["by_severity"]), 3, 0)


def test_an_unmeasured_cause_goes_with_the_harm(study, cells):
    cell = cells["by_unmeasured"]
    surroundings = study.surroundings(cell)
    model = statistical(cell, surroundings)
    drawn = [simulate(model, Noise(surroundings.setup.seed), replicate) for replicate in range(10)]
    harm, own = [], []
    for made in drawn:
        whose = made.clients["therapist_id"].to_numpy()
        harm.append((made.therapists["burnout"] + made.therapists["effect"] / model.therapist_sd) / np.sqrt(2))
        own.append(pd.Series(made.case_mix).groupby(whose).mean().to_numpy())
    # The cause has .3 log odds per SD, of which case mix adds a little noise.
    assert np.corrcoef(np.concatenate(harm), np.concatenate(own))[0, 1] == pytest.approx(0.3, abs=0.08)


@pytest.mark.parametrize("shape", SHAPES)
def test_therapists_effects_have_mean_0_and_sd_1_whatever_their_shape(shape):
    values = shaped(Noise(3).normal("x", client=np.arange(400_000)), shape)
    assert values.mean() == pytest.approx(0, abs=0.01) and values.std() == pytest.approx(1, abs=0.02)
    skewness = np.mean(values**3)
    assert skewness > 1.2 if shape == "skewed" else shape == "two_classes" or abs(skewness) < 0.5


def test_referred_clients_have_something_of_both_therapists(study, cells):
    cell = cells["referred"]
    surroundings = study.surroundings(cell)
    made = simulate(statistical(cell, surroundings), Noise(surroundings.setup.seed), 0)
    clients, own = made.clients, made.therapists.set_index("therapist_id")["own"]
    moved = clients["first_share"] > 0
    assert moved.mean() == pytest.approx(float(surroundings.numbers.referred), abs=0.03)
    assert (clients.loc[moved, "first_therapist_id"] != clients.loc[moved, "therapist_id"]).all()
    assert clients.loc[~moved, "first_therapist_id"].isna().all()
    share = clients.loc[moved, "first_share"].to_numpy()
    first, last = (own.loc[clients.loc[moved, name]].to_numpy() for name in ("first_therapist_id", "therapist_id"))
    odds = made.case_mix[moved.to_numpy()] + share * first + (1 - share) * last
    np.testing.assert_allclose(made.log_odds[moved.to_numpy()], odds)


def test_lists_go_with_harm_where_the_cell_says_so(study, cells):
    cell = cells["lists_by_harm"]
    made = [
        simulate(statistical(cell, study.surroundings(cell)), Noise(5), replicate).therapists for replicate in range(10)
    ]
    table = pd.concat(made)
    harm = table["burnout"] + table["effect"] / cell.therapist_sd
    assert np.corrcoef(harm, np.log(table["clients"]))[0, 1] == pytest.approx(0.5, abs=0.1)
    assert made[0]["clients"].sum() == sum(statistical(cell, study.surroundings(cell)).clients_per_therapist)


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


def test_a_scenario_keeps_its_own_numbers_in_every_world(study, cells):
    cell = cells["world_harmless"]
    surroundings = study.surroundings(cell)
    own = surroundings.own[cell.scenario]
    assert "world.therapist.drift_with_burnout" in own
    world = {"world.therapist.drift_with_burnout": 0.4, "world.therapist.drift_sd": 0.33}
    there = in_world(surroundings.scenarios[cell.scenario], world, own)
    assert there.world.therapist.drift_with_burnout.value == 0 and there.world.therapist.drift_sd.value == 0.33


def test_each_replicate_of_family_b_is_made_in_its_own_world(study, cells):
    cell = cells["world_small"]
    worlds = ({"world.therapy.gain": 0.5}, {"world.therapy.gain": 2.5})
    surroundings = study.surroundings(cell).model_copy(update={"worlds": worlds})
    made = [one.clients for one in data_sets(cell, surroundings, range(4), False)]
    change = [(one["phq9_last"] - one["phq9_first"]).mean() for one in made]
    assert max(change[1], change[3]) < min(change[0], change[2]) - 1, "those of greater gain improve more"
    again = list(data_sets(cell, surroundings, range(2, 4), False))
    pd.testing.assert_frame_equal(again[1].clients, made[3])


def test_true_rates_belong_to_the_therapists_of_the_data(study, cells):
    """Therapists who truly do worse also do worse in the data; and other clients give nearly the same truth."""
    cell = cells["world_large"]
    surroundings = study.surroundings(cell)
    rates, error = mechanistic_rates(cell, surroundings, 2, 300)
    assert 0.001 < error < 0.5 * rates["rate"].std()
    one = next(data_sets(cell, surroundings, range(1), False))
    own = one.clients[one.clients["finished"].astype(bool)].groupby("therapist_id")["deteriorated"].mean().astype(float)
    first = rates.loc[rates["replicate"] == 0, "rate"]
    assert list(own.index) == sorted(own.index) and len(own) == len(first)
    assert np.corrcoef(own, first)[0, 1] > 0.35
    assert rates["own_rate"].equals(rates["rate"].rename("own_rate")), "clients come by chance here"


@pytest.mark.parametrize("drift_is_own", [True, False])
def test_chance_is_removed_from_counts(drift_is_own):
    """Rates known beforehand, in part by the states, are found more exactly than by counting.

    Also where a therapist's drift is competence alone and nobody is overworked, as where no route of harm is open.
    """
    noise, number = Noise(8), np.arange(400)
    columns = {
        name: noise.normal(name, client=number) for name in ("burnout", "competence", "drift", "alliance", "workload")
    }
    table = pd.DataFrame(columns).assign(competence_squared=columns["competence"] ** 2)
    if not drift_is_own:
        table = table.assign(drift=-0.3 * table["competence"], workload=0.0)
    odds = -2.8 + 0.4 * table["burnout"] - 0.2 * table["competence"] + 0.4 * table["drift"]
    true = expit(odds + 0.1 * noise.normal("rest", client=number)).to_numpy()
    chance = noise.uniform("count", client=number[:, None], occasion=np.arange(500))
    table = table.assign(clients=500, events=(chance < true[:, None]).sum(axis=1))
    found = without_chance(table)
    counted = (table["events"] / table["clients"]).to_numpy()
    assert np.std(found - true) < 0.6 * np.std(counted - true)


def test_every_method_targets_known_estimands():
    known = KNOWN | set(THERAPISTS)
    for name, facts in FACTS.items():
        assert facts["TARGETS"], name
        assert concrete(facts["TARGETS"]) <= known, name
    targeted = frozenset().union(*(concrete(facts["TARGETS"]) for facts in FACTS.values()))
    for one in ESTIMANDS:
        assert concrete((one.name,)) & targeted or one.name == "net_fraction", f"nobody targets {one.name}"
