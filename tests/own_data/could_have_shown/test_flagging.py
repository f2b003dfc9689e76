"""Errors of flagging: exact limits hold what they state, and truths and expected numbers are those by brute force."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from iatrogenesis.core.definitions import HARMFUL_RATIO
from iatrogenesis.own_data.analysis.exact_limits import FAR_TAIL, TAIL, tails
from iatrogenesis.own_data.analysis.flags import flags
from iatrogenesis.own_data.analysis.risks import expected_risk
from iatrogenesis.own_data.analysis.therapists import Judged
from iatrogenesis.own_data.could_have_shown.flagging import (
    FDR,
    PROBABLE,
    _by_limits,
    _events,
    _harmful,
    error_rates,
    lists,
)
from iatrogenesis.planning.plasmode import Truth, plasmode
from tests.own_data.made_up import service


@pytest.fixture(scope="module")
def priors(study):
    return study.config.fit.priors


@pytest.fixture(scope="module")
def made():
    """Lists of 3 to 90 clients."""
    clients = service(24, 90, rate=0.1, seed=5).tables["clients"]
    keep = clients.groupby("therapist_id").cumcount() < 3 + 4 * clients["therapist_id"].str[1:].astype(int)
    courses = clients[keep & clients["finished"]]
    truth = Truth(therapist_sd=0.6, coefficients={"phq9_first": 0.4, "gad7_first": 0.1})
    return plasmode(courses, truth, 4, dataset="lists", covariates=("phq9_first", "gad7_first"))


def under(made, sd: float):
    return made.under(made.truth.model_copy(update={"therapist_sd": sd}))


def test_who_is_harmful_is_by_the_rate_of_all_clients(made):
    about = lists(made, 10)
    for replicate in range(5):
        odds = made.intercept + made.therapists(replicate)[about.seen]
        rates = np.array([expit(one + made.case_mix).mean() for one in odds])
        ratio = rates / rates.mean()
        clear = np.abs(ratio - HARMFUL_RATIO) > 1e-4
        found = _harmful(made, about, replicate)
        np.testing.assert_array_equal(found[clear], ratio[clear] > HARMFUL_RATIO)
    assert not _harmful(under(made, 0.0), about, 1).any()


def test_limits_are_those_of_the_analysis(made):
    """A binomial count of the mean risk flags as the exact one of every client's risk does, or a little less."""
    about, same, more = lists(made, 1), 0, 0
    for replicate in range(20):
        events, worse = _events(made, about, replicate), made.outcomes(replicate).astype(bool)
        exact = tails(expected_risk(made.case_mix, worse), made.data.therapist, events)
        ours = _by_limits(about, events, 0.1)["exact 95 % limit"]
        theirs = exact["p_high"].to_numpy() <= TAIL
        same += np.count_nonzero(ours == theirs)
        more += np.count_nonzero(ours & ~theirs)
    assert same >= 0.995 * 20 * 24 and more <= 2


def test_rules_are_those_of_the_analysis(made, priors):
    """By name: a reader finds each rule of one table in the other."""
    table = pd.DataFrame(
        {
            "therapist_id": ["A", "B", "C"],
            **{"deteriorated": [1, 2, 9], "expected": [3.0, 3.0, 3.0], "ratio": [1 / 3, 2 / 3, 3.0]},
            **{"p_high": [0.9, 0.8, 0.004], "p_low": [0.2, 0.4, 0.999], "p_harmful": [0.0, 0.1, 0.9]},
        }
    )
    of_analysis = flags(Judged(table, np.zeros((1, 3)), np.ones(3, dtype=bool)), 0.1)
    of_analysis = of_analysis[of_analysis["side"] == "above"]
    found = pd.DataFrame(error_rates(made, priors, 1, 10, 0.1, 4))
    assert set(found["rule"]) == set(of_analysis["rule"])


def test_where_therapists_are_alike_exact_limits_hold_at_every_number_of_clients(made, priors):
    alike = under(made, 0.0)
    about, flagged = lists(alike, 1), np.zeros((2, 24))
    number = 500
    for replicate in range(number):
        found = _by_limits(about, _events(alike, about, replicate), 0.1)
        flagged += [found["exact 95 % limit"], found["exact 99.8 % limit"]]
    for shares, tail in zip(flagged / number, (TAIL, FAR_TAIL), strict=True):
        assert (shares <= tail + 3.5 * np.sqrt(tail * (1 - tail) / number)).all()
    rows = pd.DataFrame(error_rates(alike, priors, 4, 10, 0.1, 4)).set_index("rule")
    assert rows["sensitivity"].isna().all() and (rows["harmful"] == 0).all()
    exact = rows.loc["exact 95 % limit"]
    assert exact["fpr"] <= TAIL + 4 * exact["fpr_mcse"] and exact["data_sets"] == 40
    assert exact["therapists"] == np.count_nonzero(lists(alike, 10).named) < 24
    assert rows.loc[PROBABLE, "data_sets"] == 4


@pytest.mark.slow
def test_rules_find_more_where_therapists_differ_more(made, priors):
    some, much = (
        pd.DataFrame(error_rates(under(made, sd), priors, 6, 10, 0.1, 4)).set_index("rule") for sd in (0.3, 1.2)
    )
    assert (much["flagged"] > some["flagged"]).all() and (much["harmful"] > some["harmful"]).all()
    wide, narrow = (much.loc[f"exact {name} % limit"] for name in ("99.8", "95"))
    assert wide["sensitivity"] < narrow["sensitivity"] and wide["fdr"] < narrow["fdr"]
    for measure in ("sensitivity", "fpr", "fdr"):
        assert much[measure].between(0, 1).all() and (much[f"{measure}_mcse"] >= 0).all()
    assert much.loc[FDR, "fdr"] < 0.35 and much.loc[PROBABLE, "sensitivity"] > 0
