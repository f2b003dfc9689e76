"""Covariates of a service's own: first scores of any instrument, numbers, yes/no, and categories."""

import numpy as np
import pandas as pd
import pytest

from iatrogenesis.core.streams import Noise
from iatrogenesis.core.tables import DataError
from iatrogenesis.inference.answers.what_if import contrasts, counterfactual
from iatrogenesis.inference.data.clients import from_clients

ROWS = 400


@pytest.fixture
def clients() -> pd.DataFrame:
    noise, who = Noise(5), np.arange(ROWS)
    kinds = np.array(["cbt"] * 200 + ["counselling"] * 100 + ["ipt"] * 40 + ["dit"] * 19 + ["emdr"] * 12 + ["-"] * 29)
    return pd.DataFrame(
        {
            "client_id": [f"C{row}" for row in who],
            "therapist_id": [f"T{row % 8}" for row in who],
            "finished": True,
            "deteriorated": noise.uniform("worse", client=who) < 0.2,
            "oq45_first": 80 + 20 * noise.normal("score", client=who),
            "x_weeks_waited": np.abs(noise.normal("wait", client=who)) * 9,
            "x_medicated": noise.uniform("medicated", client=who) < 0.4,
            "x_kind": kinds[np.argsort(noise.uniform("order", client=who))],
        }
    )


def test_numbers_and_yes_or_no_are_standardised_and_levels_have_columns(clients):
    data = from_clients(clients, ("oq45_first", "x_weeks_waited", "x_medicated", "x_kind"), dataset="own")
    levels = ("x_kind[-]", "x_kind[counselling]", "x_kind[ipt]", "x_kind[other]")  # dit and emdr are too few alone
    assert data.covariate_names == ("oq45_first", "x_weeks_waited", "x_medicated", *levels)
    np.testing.assert_allclose(data.covariates.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(data.covariates[:, :3].std(axis=0), 1.0)
    np.testing.assert_allclose(data.scale[0], clients["oq45_first"].std(ddof=0))
    other = data.covariates[:, -1] + data.centre[-1]
    np.testing.assert_array_equal(other, clients["x_kind"].isin(["dit", "emdr"]).astype(float))


def test_too_few_even_together_are_counted_with_the_most_frequent(clients):
    few = clients.assign(x_kind=clients["x_kind"].replace({"dit": "cbt", "-": "cbt"}))
    data = from_clients(few, ("x_kind",), dataset="own")
    assert data.covariate_names == ("x_kind[counselling]", "x_kind[ipt]")


def test_what_ifs_change_a_level(clients):
    data = from_clients(clients, ("oq45_first", "x_kind"), dataset="own")
    changed = counterfactual(data, {"x_kind": "counselling"}) + data.centre / data.scale
    np.testing.assert_allclose(changed[:, data.covariate_names.index("x_kind[counselling]")], 1.0)
    np.testing.assert_allclose(changed[:, data.covariate_names.index("x_kind[ipt]")], 0.0, atol=1e-12)
    assert [name for name, _, _ in contrasts(data)] == ["oq45_first", *data.covariate_names[1:]]


def test_other_clients_have_the_columns_of_those_fitted(clients):
    fitted = from_clients(clients, ("oq45_first", "x_medicated", "x_kind"), dataset="own")
    assert fitted.profile is not None
    np.testing.assert_allclose(fitted.profile.of_others(clients, "own"), fitted.covariates)
    others = clients.iloc[:2].assign(x_kind=["never seen", "cbt"])
    found = fitted.profile.of_others(others, "own") + fitted.centre / fitted.scale
    np.testing.assert_allclose(found[:, -1], [1.0, 0.0], atol=1e-12)  # counted with the rare ones
    split = from_clients(clients.assign(fit_rating=clients["oq45_first"]), ("fit_rating",), dataset="own")
    with pytest.raises(DataError, match="'fit_rating' is split by therapist"):
        split.profile.of_others(clients.assign(fit_rating=1.0), "own")


@pytest.mark.trial(kind="refused", what="a covariate named {name}")
@pytest.mark.parametrize("name", ["X_kind", "kind", "x_", "_first", "oq45_last"])
def test_other_names_are_refused(clients, name):
    with pytest.raises(DataError, match="is not known; choose among phq9_first"):
        from_clients(clients.assign(**{name: 1.0}), (name,), dataset="own")


@pytest.mark.trial(kind="refused", what="a covariate with a missing level")
def test_missing_levels_are_refused_with_their_row(clients):
    clients.loc[3, "x_kind"] = None
    with pytest.raises(DataError, match=r"'x_kind' is missing a value.*row 3"):
        from_clients(clients, ("x_kind",), dataset="own")
