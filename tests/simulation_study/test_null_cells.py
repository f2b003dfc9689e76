"""Cells in which therapists do not differ: every truth and measure is defined, and no data of other cells moved."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.simulation_study.data_generation import statistical
from iatrogenesis.simulation_study.estimands import concrete
from iatrogenesis.simulation_study.judge import judged
from iatrogenesis.simulation_study.methods import FACTS
from iatrogenesis.simulation_study.run import run
from iatrogenesis.simulation_study.truth import truth
from tests.conftest import design_cells

METHODS, REPLICATES = ("raw", "funnel", "logistic", "glmm"), 12


@pytest.fixture(scope="module")
def cells():
    return design_cells()


@pytest.fixture(scope="module")
def known(study, cells):
    cell = cells["null_therapists_small"]
    return truth(cell, study.surroundings(cell), REPLICATES, 0)


@pytest.fixture(scope="module")
def tables(study, cells, known) -> dict[str, pd.DataFrame]:
    cell = cells["null_therapists_small"]
    surroundings, settings, found = study.surroundings(cell), study.method_settings(cell), {}
    for name, estimates, therapists in run(METHODS, cell, surroundings, settings, range(REPLICATES)):
        about = (concrete(FACTS[name]["TARGETS"]), estimates, therapists, *known, REPLICATES)
        table = judged(cell.cell, name, *about, FACTS[name].get("EXCEEDS", "posterior"))
        found[name] = table.set_index(["estimand", "measure"])
    return found


@pytest.mark.parametrize(("name", "size"), [("null_therapists", (60, 50)), ("null_therapists_small", (20, 15))])
def test_nothing_of_the_therapist_is_in_the_model(study, cells, name, size):
    cell = cells[name]
    model = statistical(cell, study.surroundings(cell))
    slopes = model.coefficients
    assert (cell.therapists, cell.clients) == size
    assert (model.therapist_sd, slopes.competence, slopes.burnout, slopes.fit) == (0, 0, 0, 0)
    assert slopes.phq9_first != 0, "clients still differ"


def test_truths_say_that_therapists_are_equal(known):
    true, rates = known
    of_all = true[true["replicate"].isna()].set_index("estimand")["truth"]
    assert of_all.drop("mor").eq(0).all() and of_all["mor"] == 1
    assert true.loc[true["replicate"].notna(), "truth"].eq(0).all()
    assert rates.groupby("replicate")["rate"].nunique().eq(1).all(), "to the last bit, so that all ranks are shared"
    assert rates.groupby("replicate")["own_rate"].nunique().gt(1).all()


def test_every_measure_has_a_value_or_is_known_to_have_none(tables):
    """Shares of the harmful, and of the regret that could be avoided, are of nothing; everything else has a number."""
    of_nothing = {"sensitivity", "bias_harmful", "coverage_harmful", "auc", "avoided", "mfdr", "misordered"}
    for name, table in tables.items():
        for estimand, measure in table.index[table["value"].isna()]:
            alike = measure == "model_se_error" and table.loc[(estimand, "empirical_se"), "value"] == 0
            assert measure in of_nothing or alike, (name, estimand, measure)
        rules = {estimand for estimand, _ in table.index if estimand.startswith("flag_")}
        assert not rules or {"flag_worst", "flag_fdr"} <= rules
        for rule in sorted(rules):
            own = table.loc[rule, "value"]
            assert own["harmful"] == 0 and np.isnan(own["sensitivity"]), (name, rule)
            assert own["fdr"] == pytest.approx(1 - own["empty"]), "whoever is flagged is flagged falsely"
    assert tables["glmm"].loc[("therapist_rank", "rank_correlation"), "value"] == 0
    assert np.isnan(tables["raw"].loc[("therapist_rank", "auc"), "value"])


def test_what_is_found_of_nothing_is_an_error(tables):
    of_glmm = tables["glmm"]
    for estimand in ("therapist_sd", "mor", "log_odds_ratio_rated[competence]", "risk_change_rated[burnout]"):
        measures = of_glmm.loc[estimand].index
        assert "type_1_error" in measures and "power" not in measures, estimand


def test_an_empty_competence_is_that_of_the_world(study, cells):
    cell = cells["reference_cell"]
    surroundings = study.surroundings(cell)
    assert cell.competence is None
    told = float(surroundings.numbers.coefficients["competence"])
    same = statistical(cell.model_copy(update={"competence": told}), surroundings)
    assert statistical(cell, surroundings) == same and same.coefficients.competence == told != 0
