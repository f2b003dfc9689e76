"""Expected risks follow case mix, add up to what was seen, and stand at their clients."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from iatrogenesis.own_data.analysis.fits import priors_of
from iatrogenesis.own_data.expected import expected
from iatrogenesis.own_data.prepared import About, Prepared
from iatrogenesis.own_data.settings import OwnData

SETTINGS = OwnData.model_validate({"name": "mine", "data": {"clients": "my.csv"}, "columns": {}})
ABOUT = About(name="mine", title="Mine", kind="clients", case_mix=("deprivation",))


@pytest.fixture(scope="module")
def clients():
    rng = np.random.default_rng(1)
    deprivation = rng.integers(1, 11, 900).astype(float)
    worse = rng.random(900) < expit(-3 + 0.25 * deprivation)
    finished = np.arange(900) % 9 > 0
    table = pd.DataFrame(
        {
            "client_id": [f"c{number}" for number in range(900)],
            "therapist_id": (np.arange(900) % 15).astype(str),
            "finished": finished,
            "deteriorated": pd.arrays.BooleanArray(worse, mask=~finished),
            "deprivation": deprivation,
        }
    )
    return table.sample(frac=1, random_state=2)  # the index is not in order


def test_they_rise_with_deprivation_and_add_up(clients):
    risk = expected(Prepared(ABOUT, {"clients": clients}), priors_of(SETTINGS), 1)
    finished = clients["finished"].to_numpy()
    assert np.isnan(risk[~finished]).all()
    assert risk[finished].sum() == pytest.approx(clients["deteriorated"].sum())
    by_tenth = pd.Series(risk[finished]).groupby(clients.loc[finished, "deprivation"].to_numpy()).agg(["min", "max"])
    assert by_tenth["min"].is_monotonic_increasing and np.allclose(by_tenth["min"], by_tenth["max"])
    assert by_tenth["min"].iloc[-1] > 2 * by_tenth["min"].iloc[0]


def test_nothing_can_be_expected(clients):
    alike = clients.assign(deteriorated=clients["deteriorated"].where(clients["deteriorated"].isna(), False))
    assert expected(Prepared(ABOUT, {"clients": alike}), priors_of(SETTINGS), 1) is None
    assert expected(Prepared(ABOUT, {"counts": pd.DataFrame()}), priors_of(SETTINGS), 1) is None
