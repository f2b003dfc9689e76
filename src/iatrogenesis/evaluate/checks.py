"""Claims of the report as assertions on the results: each is a row, and a broken one stops the run."""

import numpy as np
import pandas as pd

from iatrogenesis.instruments import Instruments, Judgement


def client_checks(clients: pd.DataFrame, instruments: Instruments, judgement: Judgement) -> list[dict]:
    """The clients table against its own scores."""
    scores = {
        which: {name: clients[f"{name}_{which}"].to_numpy() for name in judgement.instruments}
        for which in ("first", "last")
    }
    worse, better = judgement.worse_and_better(scores["first"], scores["last"], instruments)
    done = clients["finished"].to_numpy()
    told = {
        name: clients[name].fillna(False).to_numpy(dtype=bool) for name in ("deteriorated", "improved", "iatrogenic")
    }
    twin = clients["deteriorated_reference"].fillna(False).to_numpy(dtype=bool)
    return [
        row("client ids are unique", int(clients["client_id"].duplicated().sum()), 0),
        row("deteriorated follows from the scores", int((told["deteriorated"] != (worse & done)).sum()), 0),
        row("improved follows from the scores", int((told["improved"] != (better & done)).sum()), 0),
        row("iatrogenic follows from the twins", int((told["iatrogenic"] != (worse & done & ~twin)).sum()), 0),
    ]


def table_checks(
    scenarios: pd.DataFrame, therapists: pd.DataFrame, effects: pd.DataFrame, diagnostics: pd.DataFrame, base: str
) -> list[dict]:
    """The report's tables against each other."""
    wide = scenarios.pivot(index="scenario", columns="measure", values="value")
    gap = np.abs(wide["iatrogenic"] - wide["spared"] - wide["net_against_reference"]).max()
    fits = len(effects[["dataset", "model"]].drop_duplicates())
    inside = (effects["low"] <= effects["estimate"]) & (effects["estimate"] <= effects["high"])
    raw = therapists["deteriorated"] / therapists["clients"]
    return [
        row("iatrogenic less spared is the net", bool(gap < 1e-6), True),
        row("routine care does not differ from itself", float(wide.loc[base, "net_against_base"]), 0.0),
        row("every fit is diagnosed", len(diagnostics), fits),
        row("estimates lie inside their intervals", int((~inside).sum()), 0),
        row("raw rates are deteriorated over clients", bool(np.allclose(raw, therapists["raw_rate"])), True),
        row("every estimate has a Monte Carlo error", int(effects["mcse"].isna().sum()), 0),
    ]


def row(claim: str, found, expected) -> dict:
    """One claim, what was found, what was expected, and whether they agree."""
    return {"claim": claim, "found": found, "expected": expected, "passed": bool(found == expected)}
