"""What is true of a scenario and a size in plausible worlds: by counterfactuals, and beside the cells' own data."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.engines.maximum_likelihood import fit
from iatrogenesis.inference.models.therapist import COVARIATES
from iatrogenesis.simulation_study.data_generation import data_sets
from iatrogenesis.simulation_study.truth_of_worlds import of_worlds
from tests.conftest import design_cells


@pytest.fixture(scope="module")
def cells():
    return design_cells()


def by_name(table):
    return table.set_index("estimand")["truth"]


@pytest.mark.slow
def test_what_burnout_does_in_family_b_is_counted_with_the_same_clients(study, cells):
    """Without a burnout mechanism nothing changes when burnout falls; with one, fewer get worse."""
    found = {
        cell: by_name(of_worlds(cells[cell], study.surroundings(cells[cell])))
        for cell in ("world_small", "world_by_course")
    }
    assert found["world_by_course"]["risk_change[burnout]"] == 0
    assert (
        found["world_by_course"]["log_odds_ratio[burnout]"] == 0 and found["world_by_course"]["on_slope[burnout]"] == 0
    )
    assert found["world_small"]["risk_change[burnout]"] < -2
    assert found["world_small"]["log_odds_ratio[burnout]"] > 0.1
    assert "on_slope[burnout]" not in found["world_small"]
    rated, true = (found["world_small"][f"log_odds_ratio{kind}[burnout]"] for kind in ("_rated", ""))
    assert 0 < rated < true, "a rating is less reliable than the state"


@pytest.mark.slow
def test_what_ratings_are_associated_with_depends_on_the_length_of_lists(study, cells):
    """Burnout moves while a long list is seen, and its rating says less of it; the cell's own data show the same."""
    found, rated = {}, "log_odds_ratio_rated[burnout]"
    for clients in (8.0, 300.0):
        cell = cells["world_small"].model_copy(update={"clients": clients})
        table = of_worlds(cell, study.surroundings(cell)).set_index("estimand")
        found[clients] = table.loc[rated, ["truth", "truth_mcse"]]
    (short, short_error), (long, long_error) = found.values()
    assert short - long > 4 * np.hypot(short_error, long_error)
    own = pd.concat([one.clients for one in data_sets(cell, study.surroundings(cell), range(10), False)])
    fitted = fit(from_clients(own.assign(replicate=0), COVARIATES, dataset="own", allow_empty=True), 7)
    place = fitted.names.index("burnout_rating")
    assert abs(fitted.estimate[place] - long) < 4 * np.hypot(fitted.standard_error[place], long_error)
    assert abs(fitted.estimate[place] - short) > 4 * np.hypot(fitted.standard_error[place], short_error)
