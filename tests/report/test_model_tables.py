"""Tables about the models name covariates in words."""

import pandas as pd
import pytest

from iatrogenesis.report.model_tables import marginal_effects


@pytest.mark.parametrize(
    ("covariate", "words"),
    [
        ("phq9_first", "first PHQ-9 score"),
        ("age[18-25]", "age 18 to 25, against 26 to 64"),
        ("fit_rating", "fit rating, of all clients together"),
        ("fit_rating[one]", "fit rating, of one client alone"),
        ("burnout_rating", "burnout rating"),
    ],
)
def test_a_covariate_is_told_in_words(covariate, words):
    row = {"model": "casemix", "dataset": "routine_care", "covariate": covariate, "value": 4.0, "low": 2.0, "high": 7.0}
    (found,) = marginal_effects(pd.DataFrame([row])).rows
    assert found[0] == words
