"""A claim is found in its cell, and a faulty one is refused."""

import json

import pandas as pd
import pytest
import yaml
from pydantic import ValidationError

from iatrogenesis.core.claims import Claim, Claims
from iatrogenesis.core.sources import bibliography
from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.study.named import recorded
from tests.conftest import CONFIG

ONE = {
    "sentence": "Net harm, deteriorations per 1,000 clients",
    "number": "{routine_care}.net",
    "table": "tables/scenarios.csv",
    "row": {"scenario": "{routine_care}", "measure": "net"},
    "column": "value",
    "mcse": "mcse",
    "kind": "simulated",
}


def test_a_claim_is_found_in_its_row_with_its_error():
    claim = Claim(**ONE, times=-100).of("usual")
    rows = {"scenario": ["usual", "other"], "measure": "net", "value": [0.5, 9], "mcse": [0.1, 9]}
    assert claim.number == "usual.net"
    assert claim.found(pd.DataFrame(rows)) == (-50.0, 10.0)
    assert claim.of("nowhere").found(pd.DataFrame(rows)) == (-50.0, 10.0)  # the name is in it already
    assert Claim(**ONE).of("nowhere").found(pd.DataFrame(rows)) is None
    decisions = Claim(**{**ONE, "kind": "decisions", "data_sets": "n"}).of("usual")
    assert decisions.counted(pd.DataFrame({**rows, "n": [40, 9]})) == 40 and claim.counted(pd.DataFrame(rows)) is None
    with pytest.raises(DataError, match="could not convert"):
        claim.found(pd.DataFrame({**rows, "value": ["many", 9]}))
    with pytest.raises(DataError, match="2 rows"):
        claim.found(pd.DataFrame({**rows, "scenario": "usual"}))
    with pytest.raises(DataError, match="no column 'mcse'"):
        claim.found(pd.DataFrame(rows).drop(columns="mcse"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"kind": "posterior", "mcse": None}, "needs the column of its error"),
        ({"number": "{scenario}.net"}, "only {routine_care} may stand"),
        ({"row": {"scenario": "{b}"}}, "only {routine_care} may stand"),
        ({"table": "../elsewhere.csv"}, "should match pattern"),
        ({"tolerance": 0}, "greater than 0"),
        ({"tolerance": 0.001}, "less than or equal to 0.0001"),
        ({"mcse": 1000}, "valid string"),
        ({"times": 0}, "between 0.001 and 1000"),
        ({"times": 1e9}, "between 0.001 and 1000"),
        ({"kind": "decisions"}, "need the column with the number of data sets"),
        ({"data_sets": "replicates"}, "need the column with the number of data sets"),
        ({"cell": "value"}, "Extra inputs"),
    ],
)
def test_a_faulty_claim_is_refused(changed, says):
    with pytest.raises(ValidationError, match=says):
        Claim(**(ONE | changed))


def test_a_faulty_file_says_which_claim(tmp_path):
    keys = frozenset(bibliography(CONFIG / "references.bib"))
    path = tmp_path / "claims.yaml"
    path.write_text(json.dumps({"net": ONE, "again": ONE}))
    with pytest.raises(ConfigError, match="two claims are about the same number"):
        recorded(Claims, path, keys)
    path.write_text(yaml.safe_dump({"Net harm": ONE}))
    with pytest.raises(ConfigError, match="an id is made of small letters"):
        recorded(Claims, path, keys)
    path.write_text(yaml.safe_dump({"net": {**ONE, "kind": "guessed"}}))
    with pytest.raises(ConfigError, match=r"claims\.yaml: .*net\.kind"):
        recorded(Claims, path, keys)
