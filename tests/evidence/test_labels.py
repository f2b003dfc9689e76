"""Each pattern is an input, fitted or predicted: computed from the records, never by hand."""

import re

import pandas as pd
import pytest

from iatrogenesis.core.sources import Sourced, records
from iatrogenesis.evidence.labels import LABELS, inputs, labelled


def number(**about) -> Sourced:
    return Sourced.model_validate(
        {"value": 0.5, "unit": "share", "status": "reported", "cite": "a2000", "where": "p. 1", "certainty": "read"}
        | about
    )


def test_only_sources_of_values_are_inputs():
    known = [
        number(where="evidence D12"),
        number(status="converted", note="from T24_lag1 and T24_lag2"),
        number(status="assumed", low=0, high=1, note="C02 gives the direction"),
        number(status="calibrated", low=0, high=1, fitted_to=["B01"], note="as in A01"),
    ]
    assert inputs(known) == {"D12", "T24_lag1", "T24_lag2"}


def test_labels():
    evidence = pd.DataFrame(
        {
            "id": ["M02_first_mean", "M02_last_mean", "M04", "D01", "T03"],
            "use": ["fit"] * 2 + ["predict", "fit", "predict"],
        }
    )
    known = [number(where="evidence M02_first_mean"), number(where="evidence M04, residual SD")]
    assert labelled(evidence, known) == {
        "M02_first_mean": "input",
        "M02_last_mean": "fitted",
        "M04": "input",
        "D01": "fitted",
        "T03": "predicted",
    }
    whole = labelled(evidence, [number(where="evidence M02")])
    assert whole["M02_last_mean"] == "input" and whole["M04"] == "predicted"


@pytest.fixture(scope="module")
def labels(study):
    worlds = ("routine_care", "untreated", "reference", "with_monitoring")
    known = [record for name in worlds for record in records(study.catalogue[name]).values()]
    known += records(study.instruments).values()
    return labelled(study.evidence, known), known


def test_every_label_occurs_and_no_input_is_called_predicted(study, labels):
    found, known = labels
    assert set(found.values()) == set(LABELS)
    text = " ".join(f"{one.where} {one.note}" for one in known if one.status in ("reported", "converted"))
    for name, label in found.items():
        if label == "predicted":
            row = name.partition("_")[0]
            assert not re.search(rf"\b({row}|{name})\b", text), name
