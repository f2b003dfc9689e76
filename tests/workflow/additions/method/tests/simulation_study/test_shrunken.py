"""Shrunken rates lie between the raw ones and the mean; their intervals are narrower."""

import numpy as np
from tests.conftest import design_cells

from iatrogenesis.simulation_study.data_generation import data_sets
from iatrogenesis.simulation_study.methods.by_name import method


def test_rates_are_drawn_to_the_mean(study):
    cell = design_cells()["reference_cell"]
    (one,) = data_sets(cell, study.surroundings(cell), range(1), sessions=False)
    raw, shrunken = (next(method(name).answers([one], None)).therapists for name in ("raw", "shrunken"))
    mean = one.clients.loc[one.clients["finished"].astype(bool), "deteriorated"].mean()
    kept = (shrunken["rate"] - mean) / (raw["rate"] - mean)
    assert np.all((kept > 0) & (kept < 1))
    assert np.all(shrunken["high"] - shrunken["low"] < raw["high"] - raw["low"])
