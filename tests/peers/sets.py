"""The data that R packages and both engines are held to each other on: simulated, and two sets that ship with R."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.simulation_study.logit_normal import Coefficients, LogitNormal, simulate

HERE = Path(__file__).parent
REASON = "the same in tests/peers/fit.R"
PRIORS = Priors.model_validate(
    {
        "intercept": {"mean": -1.0, "sd": 1.5, "reason": REASON},
        "coefficient": {"sd": 1.0, "reason": REASON},
        "therapist_sd": {"scale": 1.0, "reason": REASON},
    }
)


def simulated() -> OutcomeData:
    """Uneven therapists, one client a row."""
    effects = Coefficients(phq9_first=0.3, deprivation=0.2, burnout=0.4)
    design = LogitNormal(
        clients_per_therapist=(10, 30, 80) * 12, intercept=-2.0, therapist_sd=0.6, coefficients=effects
    )
    clients = simulate(design, Noise(11)).clients
    return from_clients(clients, ("phq9_first", "deprivation", "burnout"), dataset="simulated")


def cbpp() -> OutcomeData:
    """Fifty-six counts of fifteen herds."""
    table = pd.read_csv(HERE / "data" / "cbpp.csv")
    columns = {f"period{number}": (table["period"] == number).astype(float) for number in (2, 3, 4)}
    return _data("cbpp", table["incidence"], table["size"], table["herd"], columns)


def contraception() -> OutcomeData:
    """One thousand nine hundred women of sixty districts."""
    table = pd.read_csv(HERE / "data" / "Contraception.csv")
    age = table["age"] / 10
    columns = {"age": age, "age squared": age**2, "urban": (table["urban"] == "Y").astype(float)}
    columns |= {f"children {number}": (table["livch"] == number).astype(float) for number in ("1", "2", "3+")}
    events = (table["use"] == "Y").astype(int)
    return _data("contraception", events, pd.Series(1, index=events.index), table["district"], columns)


SETS = {"simulated": simulated, "cbpp": cbpp, "contraception": contraception}


def _data(name: str, events, trials, unit, columns: dict[str, pd.Series]) -> OutcomeData:
    ids, index = np.unique(unit.astype(str), return_inverse=True)
    values = np.column_stack([column - column.mean() for column in columns.values()])
    return OutcomeData(
        dataset=name,
        deteriorated=events.to_numpy(dtype=np.int64),
        trials=trials.to_numpy(dtype=np.int64),
        therapist=index.astype(np.int64),
        therapist_ids=tuple(ids),
        covariates=np.ascontiguousarray(values),
        covariate_names=tuple(columns),
        centre=np.array([column.mean() for column in columns.values()]),
        scale=np.ones(len(columns)),
    ).validate()


def write(folder: Path, names: Iterable[str] = SETS) -> None:
    """Write sets as R reads them: events, trials, unit, x1, x2, ..."""
    for name in names:
        data = SETS[name]()
        table = pd.DataFrame({"events": data.deteriorated, "trials": data.trials, "unit": data.therapist})
        for number, values in enumerate(data.covariates.T, start=1):
            table[f"x{number}"] = values
        table.to_csv(folder / f"{name}.csv", index=False, float_format="%.17g")
