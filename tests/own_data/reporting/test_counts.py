"""The report of an analysis of counts: units and periods, forecasts, and numbers from their tables."""

import numpy as np
import pytest
from tests.own_data.reporting.made_counts import tables
from tests.own_data.reporting.made_tables import about, settings
from tests.own_data.reporting.test_page import PICTURES, text_of

from iatrogenesis.own_data.figures import draw_all
from iatrogenesis.own_data.reporting.numbers import numbers
from iatrogenesis.own_data.reporting.page import report
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.sentences import answers, headline
from iatrogenesis.own_data.reporting.unit_tables import rolling

ABOUT = about(kind="counts", case_mix=(), instruments={}, judged_by=(), periods=("2023", "2024"))


def results(**found) -> Results:
    return Results(tables() | found, ABOUT, settings())


def test_numbers_are_those_of_the_tables():
    found = numbers(results())
    services, forecast = tables()["services"], tables()["forecast"]
    assert found["therapists"]["value"] == 12 and found["courses"]["value"] == services["n"].sum()
    assert [found["rate"][end] for end in ("value", "low", "high")] == pytest.approx([6.1, 5.0, 7.0])
    assert found["mor"]["value"] == pytest.approx(np.exp(np.sqrt(2) * 0.6745 * 0.45))
    assert (found["beyond"]["value"], found["judged"]["value"]) == (1, 11)
    assert found["forecast_width"]["value"] == pytest.approx(100 * (forecast["q975"] - forecast["q025"]).mean())
    assert found["covered"]["value"] == pytest.approx(96)


def test_page_one_speaks_of_units_and_the_next_period():
    known = numbers(results())
    said = {one.question: one.text for one in answers(results(), known)}
    assert headline(results(), known).startswith("One unit stands out in the last period.")
    assert "Of 100 earlier counts, 96 lay within" in said["How well can the next period be forecast?"]
    assert said["Who stands out?"].startswith("1 of 11 units")


def test_sections_are_those_of_counts():
    html = report(tables(), ABOUT, settings(), PICTURES)
    assert 'id="services"' in html and 'id="therapists"' not in html and 'id="allocation"' not in html
    text = text_of(html)
    assert "Forecast rate, %" in text and "2025" in text and "S05" in text


def test_units_with_few_courses_are_not_named():
    html = report(tables(), ABOUT, settings(), PICTURES)
    assert ">S00<" not in html and "not named" in html and ">S01<" in html


def test_without_tables_each_gap_has_its_sentence():
    text = text_of(report({}, ABOUT, settings(), PICTURES))
    assert "There is no forecast: it needs counts of at least two periods." in text
    assert "These data do not allow a comparison of units." in text


def test_pictures_of_counts_are_drawn(tmp_path):
    names = {path.stem for path in draw_all(tables(), ABOUT, settings(), tmp_path)}
    assert names == {"overview", "services", "forecast"}


def test_errors_of_rolling_origin_are_not_called_monte_carlo_errors():
    table = tables()["rolling_origin"].assign(
        covered_95_mcse=0.01, log_score_difference=-0.1, log_score_difference_mcse=0.04
    )
    found = rolling(results(rolling_origin=table))
    assert {"Covered 95 (standard error)", "Log score difference (standard error)"} <= set(found.columns)
    assert not any("MCSE" in one for one in found.columns)
