"""Conclusions over plausible worlds as the report has them: numbers with their errors apart, and tables."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.figures.unknown_names import by_chance
from iatrogenesis.report import conclusions as of_worlds
from iatrogenesis.report.ranges import with_range
from iatrogenesis.report.render import Numbers
from tests.report.report_tables import of_the_ensemble


@pytest.fixture(scope="module")
def results() -> dict[str, pd.DataFrame]:
    return of_the_ensemble()


def test_conclusions_are_told_by_numbers_of_their_tables(results):
    numbers = of_worlds.conclusion_numbers(results["conclusions"]) | of_worlds.driver_numbers(
        results["drivers"], results["conclusions"]
    )
    numbers |= of_worlds.study_numbers(results["next_studies"])
    net = {level: numbers[f"conclusions.net.{level}"] for level in ("median", "low_50", "high_50", "low_90", "high_90")}
    assert [entry["value"] for entry in net.values()] == [12.5, 8.0, 15.0, 2.0, 22.0]
    assert net["low_90"]["mcse"] == 0.5 and net["high_90"]["mcse"] == 0.7 and "mcse" not in net["median"]
    assert Numbers(numbers).plausible("conclusions.net") == "12 (90\u202f% range 2 to 22)"
    assert numbers["conclusions.net.centre"]["value"] == 9 and numbers["conclusions.net.members"]["value"] == 300
    assert numbers["drivers.unknowns"]["value"] == 2 and numbers["drivers.informed"]["value"] == 1
    assert numbers["drivers.net.first"]["value"] == 36 and numbers["next.net.narrower"]["value"] == 14
    assert of_worlds.first_drivers(results["drivers"], results["conclusions"])["net"] == "burnout: causal share"


def test_tables_of_conclusions_have_their_own_rows_in_order(results):
    main, routes, preventions = (
        of_worlds.conclusion_table(results["conclusions"], kind).rows for kind in ("main", "route", "prevention")
    )
    assert len(main) == 7 and [row[0] for row in routes] == ["misfit", "burnout"] and preventions[0][0] == "repair"
    assert routes[0][6] == "over 100" and main[0][4:6] == ["2 to 22", "0.50 and 0.70"]
    driver = of_worlds.driver_table(results["drivers"], results["conclusions"]).rows[0]
    assert driver[1:] == ["burnout: causal share", "36", "yes", "raises", "99", "no"]
    studies = of_worlds.study_table(results["next_studies"], results["drivers"], results["conclusions"])
    assert studies.rows[1][1:] == ["burnout: drift per SD", "a trial", "0.2 (now 0.29)", "3"]


def test_what_is_no_more_than_chance_is_said_to_be(results):
    few = results["conclusions"].assign(members=10)
    assert set(of_worlds.first_drivers(results["drivers"], few).values()) == {""}
    assert of_worlds.driver_table(results["drivers"], few).rows[0][3] == "no"
    assert set(of_worlds.study_table(results["next_studies"], results["drivers"], few).marks) == {"open"}


def test_the_best_of_many_exceeds_chance_in_one_of_twenty():
    unknowns, members, rng = 30, 50, np.random.default_rng(1)
    value, others = rng.normal(size=(1500, members)), rng.normal(size=(1500, unknowns, members))
    value -= value.mean(axis=1, keepdims=True)
    others -= others.mean(axis=2, keepdims=True)
    squared = np.einsum("im,ium->iu", value, others) ** 2
    squared /= (value**2).sum(axis=1)[:, None] * (others**2).sum(axis=2)
    explained = (squared - 1 / (members - 1)) / (1 - 1 / (members - 1))
    assert np.mean(explained.max(axis=1) > by_chance(unknowns, members)) == pytest.approx(0.05, abs=0.02)


def test_ranges_are_rounded_by_their_width():
    """A quarter of the width to its first digit, or to its second after a leading 1; never to tens."""
    cases = {
        (18.3, 7.04, 41.2): "18 (7 to 41)",
        (0.42, 0.13, 0.98): "0.4 (0.1 to 1.0)",
        (2.12, 0.3, 7.29): "2.1 (0.3 to 7.3)",
    }
    cases |= {(585.0, 375.4, 717.2): "585 (375 to 717)", (-3.0, -24.3, -0.34): "−3 (−24 to 0)", (120.0,) * 3: "120"}
    assert {numbers: with_range(*numbers) for numbers in cases} == cases
