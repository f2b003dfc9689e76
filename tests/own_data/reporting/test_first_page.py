"""Page one: each number is a cell of a table, and the words follow from the numbers."""

import re

import pandas as pd
import pytest
from tests.conftest import ROOT
from tests.own_data.reporting.made_tables import about, settings, tables

from iatrogenesis.own_data.analysis.noise import ROWS
from iatrogenesis.own_data.reporting.flagged import RATE, TESTS
from iatrogenesis.own_data.reporting.methods_paragraph import Cites, methods, references
from iatrogenesis.own_data.reporting.numbers import NOT_WORSE, numbers
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.sentences import answers, headline


def estimates(mor=(1.5, 1.2, 1.9), **more) -> pd.DataFrame:
    table = tables()["estimates"]
    table.loc[table["estimand"] == "mor", ["estimate", "low", "high"]] = mor
    return table.assign(**more)


def made(**found) -> Results:
    return Results(tables() | found, about(), settings())


def said(results: Results) -> dict[str, str]:
    known = numbers(results)
    return {one.question: one.text for one in answers(results, known)} | {"headline": headline(results, known)}


def test_every_number_is_that_of_its_table():
    results = made()
    found = numbers(results)
    flags = results.table("flags")
    by_rate = flags[flags["rule"] == "false discovery rate"]
    assert (found["rate"]["value"], found["rate"]["low"], found["rate"]["high"]) == pytest.approx((6.12, 5.12, 7.22))
    assert found["mor"]["value"] == 1.5 and found["vpc"]["value"] == pytest.approx(5.0)
    assert found["flagged"]["value"] == by_rate["flagged"].sum() and found["judged"]["value"] == len(by_rate)
    last = results.table("flow").iloc[-1]
    assert found["courses"]["value"] == last["rows"] and found["therapists"]["value"] == last["therapists"]
    assert found["noise"]["value"] == pytest.approx(31) and found["fdr"]["value"] == 10
    assert all(one["source"].startswith("tables/") or one["source"] == "settings" for one in found.values())


def test_what_was_counted_is_not_what_a_therapist_drawn_at_random_would_have():
    results = made()
    people, found = results.table("therapists"), numbers(results)
    share = 100 * people["deteriorated"].sum() / people["clients"].sum()
    assert found["observed"]["value"] == pytest.approx(share) and share != pytest.approx(found["rate"]["value"])
    text = said(results)["How many get worse?"]
    assert text.startswith(f"Of 100 finished courses, {share:.1f} ended in") and "drawn at random, 6.1 (95" in text
    hidden = people.assign(deteriorated=people["deteriorated"].where(people["deteriorated"] >= 5))
    assert "observed" not in numbers(made(therapists=hidden))


def test_like_is_compared_with_like_only_where_case_mix_is_in_the_model():
    question = "Do therapists differ by more than chance?"
    assert "same recorded case mix" in said(made())[question]
    plain = tables()["models"].assign(main=lambda table: table["model"] == "intercept only")
    assert "no account taken" in said(made(models=plain, estimates=estimates(model="intercept only")))[question]


def test_the_range_of_noise_is_not_called_an_interval():
    text = said(made())["How much is noise of the questionnaire?"]
    assert "interval" not in text and "a fifth smaller or greater" in text and "week to week" in text


def test_no_digit_on_page_one_comes_from_elsewhere():
    results = made()
    known = numbers(results)
    allowed = {"95", "100", "1"}  # of the interval, of 100 courses, and of no difference
    for one in known.values():
        for name in ("value", "low", "high"):
            if name in one:
                allowed |= {f"{one[name]:.{digits}f}".rstrip(".") for digits in range(4)}
    digits = [one for text in said(results).values() for one in re.findall(r"\d[\d.,]*\d|\d", text)]
    assert len(digits) > 12 and set(digits) <= allowed


@pytest.mark.parametrize(
    ("mor", "start"), [((1.5, 1.2, 1.9), "Yes."), ((1.2, 1.01, 1.5), "Not clearly")], ids=["clear", "near nothing"]
)
def test_whether_they_differ_follows_from_the_interval(mor, start):
    found = said(made(estimates=estimates(mor)))["Do therapists differ by more than chance?"]
    assert found.startswith(start) and f"{mor[0]:.1f}" in found


def test_a_prior_that_hardly_moved_is_no_finding():
    results = made(estimates=estimates(moved="hardly moved by the data: this is mostly the prior"))
    assert "hardly moved" in said(results)["Do therapists differ by more than chance?"]


def test_other_words_for_estimands_are_understood():
    table = estimates().replace({"mor": "median odds ratio between two therapists (MOR)"})
    assert numbers(made(estimates=table))["mor"]["value"] == 1.5


def test_numbers_are_those_of_the_model_that_judges_therapists():
    table = estimates()
    other = table.assign(model="intercept only", estimate=9.0, low=8.0, high=10.0)
    both = pd.concat([other, table], ignore_index=True)
    assert numbers(made(estimates=both))["mor"]["value"] == 1.5
    without = {name: one for name, one in tables().items() if name != "models"} | {"estimates": both}
    assert numbers(Results(without, about(), settings()))["mor"]["value"] == 9.0


@pytest.mark.parametrize(
    ("harmful", "beyond", "words"),
    [
        (0, 0, "No therapist stands out"),
        (0, 1, "One therapist has more deteriorations than chance"),
        (0, 3, "3 therapists have more deteriorations than chance"),
        (1, 3, "One therapist is flagged: its rate"),
        (2, 0, "2 therapists are flagged: their rates"),
    ],
)
def test_the_headline_counts_who_stands_out(harmful, beyond, words):
    flags = tables()["flags"]
    for rule, count in (("false discovery rate", harmful), ("exact tests, Benjamini and Hochberg", beyond)):
        rows = flags["rule"] == rule
        flags.loc[rows, "flagged"] = [place < count for place in range(rows.sum())]
    found = said(made(flags=flags))
    assert found["headline"].startswith(words)
    assert found["Who stands out?"].startswith(f"The model flags {harmful} of 22 therapists")
    assert f"more deteriorations than expected with {beyond}." in found["Who stands out?"]
    assert ("no proof" in found["Who stands out?"]) is (harmful + beyond == 0)


def test_counts_speak_of_units():
    results = Results({}, about(kind="counts"), settings())
    assert headline(results, numbers(results)) == "These data do not allow a comparison of units."


def test_without_scores_the_noise_has_a_reason():
    reason = "the outcome was given without scores: how much of it is error cannot be said"
    results = made(noise=pd.DataFrame([{"quantity": "not possible", "basis": reason}]))
    assert said(results)["How much is noise of the questionnaire?"] == f"Not known: {reason}."


def test_the_quantity_of_page_one_is_one_of_the_table_of_noise():
    assert ROWS["not_worse"][0].startswith(NOT_WORSE)


def test_the_rules_of_page_one_are_rules_of_the_analysis():
    made_by = (ROOT / "src/iatrogenesis/own_data/analysis/flags.py").read_text(encoding="utf-8")
    assert f'"{RATE}"' in made_by and f'"{TESTS}"' in made_by


def test_the_methods_count_the_data_sets_that_were_simulated_and_not_those_asked_for():
    rules = tables()["error_rates"].assign(data_sets=[12, *[120] * (len(tables()["error_rates"]) - 1)])
    results = made(error_rates=rules, ceiling=tables()["ceiling"].assign(replicates=23))
    text = " ".join(methods(results, Cites(references())))
    assert "23 data sets for each strength of an effect and 12 to 120 data sets for a rule of flagging" in text
    assert "credible sets of ranks" in text
