"""Page one: each number is a cell of a table, and the words follow from the numbers."""

import re

import pandas as pd
import pytest
from tests.own_data.reporting.made_tables import about, settings, tables

from iatrogenesis.own_data.analysis.noise import ROWS
from iatrogenesis.own_data.reporting.numbers import NOT_WORSE, numbers
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.sentences import answers, headline


def estimates(mor=(1.5, 1.2, 1.9), model="intercept only", **prior) -> pd.DataFrame:
    rows = {"mean_rate": (0.0612, 0.0512, 0.0722), "vpc": (0.05, 0.01, 0.12), "mor": mor}
    table = pd.DataFrame([(model, name, *row) for name, row in rows.items()])
    table.columns = ["model", "estimand", "estimate", "low", "high"]
    return table.assign(**prior)


def made(**found) -> Results:
    return Results(tables() | {"estimates": estimates()} | found, about(), settings())


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
    results = made(estimates=estimates(prior_low=1.2, prior_high=1.95))
    assert "hardly moved" in said(results)["Do therapists differ by more than chance?"]


def test_other_words_for_estimands_are_understood():
    table = estimates().replace({"mor": "median odds ratio between two therapists (MOR)"})
    assert numbers(made(estimates=table))["mor"]["value"] == 1.5


@pytest.mark.parametrize(
    ("count", "words"), [(0, "No therapist stands out"), (1, "One therapist stands"), (2, "2 thera")]
)
def test_the_headline_counts_who_stands_out(count, words):
    flags = tables()["flags"]
    by_rate = flags["rule"] == "false discovery rate"
    flags.loc[by_rate, "flagged"] = [place < count for place in range(by_rate.sum())]
    found = said(made(flags=flags))
    assert found["headline"].startswith(words)
    assert ("no proof" in found["Who stands out?"]) is (count == 0)


def test_counts_speak_of_units():
    results = Results({}, about(kind="counts"), settings())
    assert headline(results, numbers(results)) == "These data do not allow a comparison of units."


def test_without_scores_the_noise_has_a_reason():
    reason = "the outcome was given without scores: how much of it is error cannot be said"
    results = made(noise=pd.DataFrame([{"quantity": "not possible", "basis": reason}]))
    assert said(results)["How much is noise of the questionnaire?"] == f"Not known: {reason}."


def test_the_quantity_of_page_one_is_one_of_the_table_of_noise():
    assert ROWS["not_worse"][0] == NOT_WORSE
