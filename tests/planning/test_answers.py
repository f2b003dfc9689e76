"""Beyond one spread and one size: assurance, ceilings, costs, and what is said of them."""

import re
from math import inf

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm, truncnorm

from iatrogenesis.core.resources import config_folder
from iatrogenesis.inference.models.spread import vpc
from iatrogenesis.planning.answers import first_answer, whole_answer
from iatrogenesis.planning.assurance import END, SpreadRange, assurance
from iatrogenesis.planning.costs import Costs, cheapest, power_of, priced
from iatrogenesis.planning.endless import endless
from iatrogenesis.planning.plan import COLUMNS, Numbers
from iatrogenesis.planning.preregistration import paragraph
from iatrogenesis.planning.sentences import sentences
from iatrogenesis.planning.usual import configured
from iatrogenesis.simulation_study.advice import power
from iatrogenesis.simulation_study.power_curve import noncentrality_for
from iatrogenesis.simulation_study.power_curve import power as of_t_test

OWN = {"therapists": 30, "clients_per_year": 60, "rate": 0.1, "odds_ratio": 1.35, "reliability": 0.88, "vpc": 0.1}
NUMBERS = Numbers(**OWN, years=(1, 3))
SPREAD = SpreadRange.of_shares(0.05, 0.16)
COSTS = Costs(therapist=100, client=10, year=5000, budget=60_000)


@pytest.fixture(scope="module")
def usual():
    return configured(config_folder())


@pytest.fixture(scope="module")
def whole(usual):
    return whole_answer(NUMBERS, usual.priors, 4, SPREAD, COSTS, replicates=20)


def test_spreads_are_those_of_the_range():
    sds = SPREAD.quantiles(20_000, 0.0)
    assert vpc(np.quantile(sds, [0.05, 0.95])) == pytest.approx([0.05, 0.16], rel=0.01)
    least = float(np.median(sds))
    width = np.log(SPREAD.high / SPREAD.low) / (2 * END)
    cut = truncnorm(0.0, inf, loc=np.log(least), scale=width)  # above the median of a log-normal
    assert np.log(SPREAD.quantiles(2000, least)).mean() == pytest.approx(cut.mean(), rel=0.01)
    assert SPREAD.quantiles(2000, least).min() >= least
    moved = SPREAD.about(0.5)
    assert np.sqrt(moved.low * moved.high) == pytest.approx(0.5)
    assert moved.high / moved.low == pytest.approx(SPREAD.high / SPREAD.low)
    with pytest.raises(ValueError, match="more than the range of the spread"):
        SPREAD.quantiles(5, 2.0)
    for low, high in ((0.2, 0.1), (0.0, 0.1), (0.1, 1.0)):
        with pytest.raises(ValueError, match="the lower one first"):
            SpreadRange.of_shares(low, high)


def test_assurance_is_power_over_the_range():
    """By the formula of the noncentral t, integrated over the log-normal by quadrature."""
    (row,) = assurance(NUMBERS, 3, SPREAD, 300, 2)
    width, centre = np.log(SPREAD.high / SPREAD.low) / (2 * END), np.sqrt(SPREAD.low * SPREAD.high)
    density, chance, effect = lognorm(width, scale=centre), 1 / (180 * 0.1 * 0.9), NUMBERS.effect

    def of(sd: float) -> float:
        hidden = sd**2 - 0.88 * effect**2 + chance
        return float(of_t_test(effect * np.sqrt(30 * 0.88 / hidden), 28)) * density.pdf(sd)

    above, expected = density.sf(effect), quad(of, effect, 3)[0]
    assert row["value"] == pytest.approx(expected / above, abs=4 * row["mcse"])
    assert row["low"] < row["value"] < row["high"] and row["replicates"] == 300


def test_without_end_power_is_that_of_known_rates():
    ever, size = endless(NUMBERS, 100, 3)
    effect = NUMBERS.effect
    hidden = NUMBERS.sd**2 - 0.88 * effect**2
    assert ever["value"] == pytest.approx(
        float(of_t_test(effect * np.sqrt(30 * 0.88 / hidden), 28)), abs=4 * ever["mcse"]
    )
    enough = of_t_test(effect * np.sqrt(size["value"] * 0.88 / hidden), size["value"] - 2)
    assert float(enough) == pytest.approx(0.8, abs=0.08)
    assert ever["years"] == size["years"] == inf
    assert list(endless(Numbers(**OWN | {"odds_ratio": 1.0}), 20, 3)) == []


def test_a_design_costs_what_its_parts_cost():
    rows = [
        (1.0, 60, "therapists_needed", 80.2, 70.0, 95.5, False),
        (2.0, 120, "therapists_needed", 60.0, 50.1, np.inf, False),
        (3.0, 180, "therapists_needed", 1400.0, 900.0, 2000.0, True),
        (inf, 100_000, "therapists_needed", 40.0, 35.0, 45.0, False),
    ]
    found = pd.DataFrame(rows, columns=["years", "clients", "quantity", "value", "low", "high", "beyond"])
    found["replicates"] = 300
    table = pd.DataFrame(priced(found, NUMBERS, COSTS))
    cost = table[table["quantity"] == "cost"].set_index("years")
    assert cost.loc[1.0, ["value", "low", "high"]].tolist() == [81 * 700 + 5000, 70 * 700 + 5000, 96 * 700 + 5000]
    assert cost.loc[2.0, "value"] == 60 * 1300 + 10_000 and cost.loc[2.0, "high"] == np.inf
    assert set(cost.index) == {1.0, 2.0, 3.0}
    best = cheapest(table)
    assert best is not None and best["years"] == 1.0
    affordable = table[table["quantity"] == "therapists_affordable"].set_index("years")["value"]
    assert affordable.tolist() == [78, 38, 23]
    powers = table[table["quantity"] == "power_affordable"].set_index("years")
    assert 0.7 < powers.loc[1.0, "value"] < 0.8 and powers.loc[1.0, "low"] < powers.loc[1.0, "value"]
    assert cheapest(table.assign(beyond=True)) is None


def test_power_of_other_sizes_follows_the_curve():
    """Simulated anew with fewer therapists than are needed; exactly .8 with as many."""
    assert power_of(60, 60.0) == pytest.approx(0.8)
    assert power_of(2, 60.0) == 0 and power_of(50, inf) == 0
    setting = Numbers(**OWN, years=(3,)).setting(3)
    c = NUMBERS.effect * np.sqrt(0.88 / (NUMBERS.sd**2 - 0.88 * NUMBERS.effect**2 + 1 / 16.2))
    needed = (noncentrality_for(0.8, 50) / c) ** 2
    found = power(type(setting)(20, 180, NUMBERS.sd, 0.1, 0.88, NUMBERS.effect), 300, 9)
    assert power_of(20, needed) == pytest.approx(found["value"], abs=4 * found["mcse"])


def test_the_whole_answer_has_every_part_once(whole, usual):
    assert tuple(whole.columns) == COLUMNS and not whole.duplicated(["years", "quantity"]).any()
    by = whole.groupby("years")["quantity"].agg(set)
    assert {"power", "assurance", "therapists_needed", "width_vpc", "cost", "power_affordable"} <= by[1.0] & by[3.0]
    assert by[inf] == {"power", "therapists_needed"}
    first = first_answer(NUMBERS, usual.priors, 4)
    assert set(first["years"]) == {3.0, inf} and "assurance" not in set(first["quantity"])


def test_numbers_do_not_depend_on_cores(whole, usual):
    one = Numbers(**OWN, years=(1,))
    again = whole_answer(one, usual.priors, 4, SPREAD, COSTS, replicates=20, cores=2)
    same = whole[whole["years"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(again[again["years"] == 1].reset_index(drop=True), same)


def test_what_is_said_stands_in_the_table(whole):
    said = list(sentences(whole, NUMBERS, COSTS))
    heads = [text.partition(":")[0] for text in said]
    assert heads == [
        *(
            "Burnout",
            "Years",
            "Assurance",
            "Smallest effect",
            "Differences between therapists",
            "Flagging",
            "Raw rates",
        ),
        *("Costs", "Budget"),
    ]
    by = whole.set_index(["years", "quantity"])["value"]
    needed = int(np.ceil(by[3.0, "therapists_needed"]))
    assert f"{needed} (" in said[0] and "with 3 years of data" in said[0] and "odds ratio of 1.35" in said[0]
    assert f"{100 * by[1.0, 'power']:.0f} %" in said[1] and "one year" in said[1]
    assert f"{by[3.0, 'smallest_odds_ratio']:.2f}" in said[3]


def told(power_ever: float, needed: float) -> pd.DataFrame:
    """A table in which only what is known of burnout differs."""
    rows = [(3.0, "power", 0.5, 0.4, 0.6), (3.0, "therapists_needed", needed, 0.9 * needed, 1.1 * needed)]
    rows += [(inf, "power", power_ever, power_ever - 0.05, power_ever + 0.05)]
    rows += [(inf, "therapists_needed", 40.0, 35.0, 45.5), (3.0, "smallest_odds_ratio", 1.4, 1.3, 1.5)]
    rows += [(3.0, "width_vpc", 0.1, 0.09, 0.11), (3.0, "reliability", 0.8, 0.79, 0.81)]
    table = pd.DataFrame(rows, columns=["years", "quantity", "value", "low", "high"])
    return table.assign(clients=180, mcse=0.01, replicates=100, beyond=False)


@pytest.mark.parametrize(
    ("power_ever", "needed", "words"),
    [
        (0.6, 70.2, "never reach 80 % power .* 71 \\(64 to 78\\) are needed .* at least 40 \\(35 to 46\\)"),
        (0.9, 70.2, "30 therapists do not reach 80 % power"),
        (0.95, 25.0, "30 therapists reach 80 % power"),
        (0.3, 2000.0, "more than 1,000 are needed"),
    ],
)
def test_never_is_said_only_where_no_number_of_clients_helps(power_ever, needed, words):
    text = next(iter(sentences(told(power_ever, needed), Numbers(**OWN, years=(3,)))))
    assert re.search(words, text), text


def test_the_paragraph_says_how_it_can_be_done_again(whole):
    text = paragraph(whole, NUMBERS, 4)
    by = whole.set_index(["years", "quantity"])["value"]
    for part in ("30 therapists", "Seed 4", "numpy ", "1.35", f"{by[3.0, 'power']:.2f}", f"{by[3.0, 'width_vpc']:.3f}"):
        assert part in text


def test_usual_numbers_have_their_source(usual):
    assert set(usual.numbers) == {"rate", "vpc", "odds_ratio", "reliability", "service_sd"}
    assert usual.numbers["vpc"].value == pytest.approx(0.101) and "Saxon et al. 2017, " in usual.numbers["vpc"].source
    assert usual.numbers["vpc"].low < 0.101 < usual.numbers["vpc"].high
    assert Numbers(therapists=20, clients_per_year=50, **{name: one.value for name, one in usual.numbers.items()})
