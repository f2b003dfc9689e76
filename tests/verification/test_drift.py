"""What another lock moves: by how many Monte Carlo errors, and whether that is more than chance."""

from types import SimpleNamespace

import pandas as pd
import pytest

from iatrogenesis.core.claims import Claim
from iatrogenesis.core.tables import DataError
from iatrogenesis.verification import drift as module
from iatrogenesis.verification.drift import code_of, drift, tell
from iatrogenesis.verification.verdicts import NOT, REPRODUCED, UNKNOWN, WITHIN


def claim(kind):
    about = {"sentence": "A number of which something is claimed", "table": "tables/a.csv", "row": {"x": "y"}}
    return Claim(number="a.b", column="value", kind=kind, mcse="mcse", **about)


CLAIMS = {"net": claim("simulated"), "bias": claim("posterior"), "rate": claim("posterior"), "gone": claim("posterior")}
BEFORE = {"net": (14.0, 3.0), "bias": (0.10, 0.03), "rate": (0.50, 0.001), "gone": (1.0, 0.1)}


def claims(values):
    return pd.DataFrame(
        [
            {
                "claim": name,
                "number": "a.b",
                "value": value,
                "mcse": mcse,
                "kind": CLAIMS[name].kind if name in CLAIMS else "",
                "data_sets": None,
                "inputs": "same",
            }
            for name, (value, mcse) in values.items()
        ]
    )


def rates(values):
    return pd.DataFrame(
        {"therapist_id": list(values), "competence": 0.1, "true_rate": values.values(), "true_rate_mcse": 0.03}
    )


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Drift of claims and of a table, as they are now."""
    reference, results = tmp_path / "reference", tmp_path / "results"
    for folder in (reference, results / "tables"):
        folder.mkdir(parents=True)

    def of(now, table):
        claims(BEFORE).to_csv(reference / "claims.csv", index=False)
        rates({"T0": 0.20, "T1": 0.30}).to_csv(reference / "true_rates.csv", index=False)
        rates(table).to_csv(results / "tables" / "true_rates.csv", index=False)
        monkeypatch.setattr(module, "claimed", lambda study, chain: claims(now))
        return drift(SimpleNamespace(name="small", claims=CLAIMS), results, reference)

    return of


def test_nothing_moves_where_nothing_is_otherwise(found):
    table = found(BEFORE, {"T0": 0.20, "T1": 0.30})
    assert set(table["verdict"]) == {REPRODUCED} and len(table) == 6 and code_of(table) == 0


def test_moves_are_in_errors_of_the_difference_and_the_farthest_come_first(found, capsys):
    now = {"net": (14.0 + 1e-3, 3.0), "bias": (0.14, 0.04), "rate": (0.51, 0.001), "new": (2.0, 0.1)}
    table = found(now, {"T0": 0.26, "T1": 0.30 * (1 + 1e-9)})
    rows = table.set_index("number")
    # Simulated numbers are the same everywhere; those by draws may move.
    assert rows["verdict"].to_dict() == {
        "rate": NOT,
        "T0": NOT,
        "net": NOT,
        "gone": NOT,
        "bias": WITHIN,
        "T1": REPRODUCED,
        "new": UNKNOWN,
    }
    assert rows.loc["bias", "errors"] == pytest.approx(0.8) and rows.loc["rate", "errors"] == pytest.approx(
        7.07, abs=0.01
    )
    assert rows.loc["T0", "errors"] == pytest.approx(0.06 / (0.03 * 2**0.5))
    assert list(table["number"])[:2] == ["rate", "T0"] and code_of(table) == 1
    tell(table)
    said = capsys.readouterr().out
    assert "claim rate: 0.5 -> 0.51 (+7.07 MCSE), not reproduced" in said and "1 numbers: reproduced" in said


def test_a_number_without_reference_cannot_be_compared(found):
    table = found(BEFORE | {"new": (2.0, 0.1)}, {"T0": 0.20, "T1": 0.30})
    assert code_of(table) == 2


@pytest.mark.trial(kind="refused", what="drift of a study of which nothing is kept")
def test_without_a_reference_it_says_how_one_is_kept(tmp_path):
    with pytest.raises(DataError, match=r"claims\.csv: nothing is kept of study small; `make reference` keeps it"):
        drift(SimpleNamespace(name="small", claims={}), tmp_path, tmp_path)
