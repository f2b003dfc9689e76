"""Table 1: who is in the data, those whose outcome is judged beside those whose outcome is not."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from iatrogenesis.own_data.prepared import Prepared

COLUMNS = (
    "characteristic", "category", "n", "share", "mean", "sd", "sd_therapists", "missing", "n_not_judged",
    "share_not_judged", "mean_not_judged",
)  # fmt: skip
WITHIN = ("characteristic",)
"""Groups whose counts add up to a known total."""
RATES = {
    **dict.fromkeys(("share", "mean", "sd", "sd_therapists"), "n"),
    **dict.fromkeys(("share_not_judged", "mean_not_judged"), "n_not_judged"),
}
"""Columns that give a count away, and which."""
PEOPLE = ("n", "missing", "n_not_judged")
FEW = 5
"""Therapists with fewer courses have no part in `sd_therapists`: their means are mostly chance."""
IDS = {"client_id": "clients", "therapist_id": "therapists", "service_id": "services", "period": "periods"}


def table1(prepared: Prepared) -> pd.DataFrame:
    """Return one row per characteristic, or per category of it.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: `n`, `share`, `mean`, `sd` and `missing` of the courses that are judged; the last three of
        the others. `share` is of the courses whose value is known. `sd_therapists` is the SD of the therapists' means
        or shares, chance included. Of counts, units and courses alone.
    """
    found = _of_counts(prepared) if prepared.about.kind == "counts" else _of_clients(prepared)
    table = pd.DataFrame([{"category": ""} | row for row in found]).reindex(columns=list(COLUMNS))
    return table.astype(dict.fromkeys(PEOPLE, "Int64"))


def _of_counts(prepared: Prepared) -> Iterator[dict[str, Any]]:
    counts = prepared.tables["counts"]
    for name, number in {
        "units": counts["unit_id"].nunique(),
        "periods": counts["period"].nunique(),
        "finished courses": counts["n"].sum(),
        "of these, deteriorated": counts["deteriorated"].sum(),
    }.items():
        yield {"characteristic": name, "n": int(number)}
    yield {
        "characteristic": "finished courses per unit and period",
        "mean": counts["n"].mean(),
        "sd": counts["n"].std(),
    }


def _of_clients(prepared: Prepared) -> Iterator[dict[str, Any]]:
    clients, about = prepared.tables["clients"], prepared.about
    judged = clients["finished"].astype(bool) & clients["deteriorated"].notna()
    yield {"characteristic": "courses", "n": int(judged.sum()), "share": judged.mean()}
    for column, label in IDS.items():
        if column in clients:
            yield {"characteristic": label, "n": int(clients.loc[judged, column].nunique())}
    outcomes = [name for name in ("deteriorated", "improved", "completed") if name in clients]
    for name in outcomes:
        yield from _categories(name, clients[name].astype("boolean").map({True: "yes"}), judged, clients, name)
    ends = {"first": "at the first session", "last": "at the last session"}
    scores = {
        f"{key}_{end}": f"{one.name}, {said}" for key, one in about.instruments.items() for end, said in ends.items()
    }
    numbers = {"n_sessions": "sessions"} | {name: name.removeprefix("x_") for name in about.case_mix} | scores
    for column, label in numbers.items():
        if column in clients and pd.api.types.is_numeric_dtype(clients[column]):
            yield _number(label, clients[column].astype("Float64"), judged, clients["therapist_id"])
        elif column in clients:
            yield from _categories(label, clients[column], judged, clients, column)


def _number(label: str, values: pd.Series, judged: pd.Series, therapist: pd.Series) -> dict[str, Any]:
    own, other = (part.dropna().to_numpy(dtype=float) for part in (values[judged], values[~judged]))
    return {
        "characteristic": label.replace("_", " "),
        "n": len(own),
        "mean": own.mean() if len(own) else np.nan,
        "sd": own.std(ddof=1) if len(own) > 1 else np.nan,
        "sd_therapists": _between(values[judged].astype("float64"), therapist),
        "missing": int(judged.sum()) - len(own),
        "n_not_judged": len(other),
        "mean_not_judged": other.mean() if len(other) else np.nan,
    }


def _between(values: pd.Series, therapist: pd.Series) -> float:
    """SD of the therapists' means."""
    found = values.dropna().groupby(therapist).agg(["mean", "size"])
    return float(found.loc[found["size"] >= FEW, "mean"].std(ddof=1))


def _categories(
    label: str, values: pd.Series, judged: pd.Series, clients: pd.DataFrame, column: str
) -> Iterator[dict[str, Any]]:
    """A row for each category; `values` may be missing where `column` is known, and then count among all alone."""
    known = clients[column].notna()
    own, other = int((judged & known).sum()), int((~judged & known).sum())
    for category in sorted(values.dropna().unique()):
        here = values.eq(category).fillna(False).astype(bool)
        number = int((here & judged).sum())
        yield {
            "characteristic": label.replace("_", " "),
            "category": str(category),
            "n": number,
            "share": number / own if own else np.nan,
            "sd_therapists": _between(here[judged & known].astype(float), clients["therapist_id"]),
            "missing": int(judged.sum()) - own,
            "n_not_judged": int((here & ~judged).sum()),
            "share_not_judged": (here & ~judged).sum() / other if other else np.nan,
        }
