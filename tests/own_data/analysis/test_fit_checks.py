"""Diagnostics name therapists as they may be named, whatever the parameter and the id are called."""

import numpy as np
import pytest
import xarray as xr

from iatrogenesis.own_data.analysis import fit_checks, therapists
from iatrogenesis.own_data.analysis.ready import ready
from tests.own_data.analysis.conftest import own

IDS = ("T001", "Dr ]x[ Smith", "12")


def posterior(worst: int) -> xr.DataTree:
    """Two chains that agree but for the effect of one therapist."""
    draws = np.random.default_rng(1).normal(size=(2, 200, len(IDS)))
    draws[0, :, worst] += 5
    parameters = xr.Dataset({"dropout_effect": (("chain", "draw", "therapist"), draws)}, {"therapist": list(IDS)})
    statistics = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((2, 200), dtype=bool))})
    tree = xr.DataTree.from_dict({"posterior": parameters, "sample_stats": statistics})
    tree.attrs = {"model": "dropout", "engine": "nuts", "dataset": "mine"}
    return tree


@pytest.mark.parametrize("worst", range(len(IDS)))
def test_who_may_not_be_named_is_not(worst):
    tree, named = posterior(worst), ("T001", "2", "0")
    found = fit_checks.diagnostics({"dropout": tree}, named).iloc[0]
    whose = "T001" if worst == 0 else "a therapist"
    assert found["rhat_of"] == found["ess_bulk_of"] == f"dropout_effect[{whose}]"
    assert f"of dropout_effect[{whose}] is not below" in found["reasons"]
    assert "Smith" not in found.to_string() and "\ue000" not in found.to_string()
    assert list(tree["posterior"]["therapist"].values) == list(IDS), "the posterior itself is as it was"


def test_named_are_those_with_courses_enough(prepared):
    settings = own()
    start = ready(prepared, settings)
    clients = start.judged["therapist_id"].value_counts()
    least = int(clients.median())
    asked = settings.model_copy(update={"privacy": settings.privacy.model_copy(update={"least_named": least})})
    assert therapists.named(ready(prepared, asked)) == set(clients.index[clients >= least])
