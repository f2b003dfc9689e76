"""The data that R packages and both engines are held to each other on: simulated, and two sets that ship with R."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from iatrogenesis.inference.data.clients import from_clients
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.simulation_study.methods.answer import TRAITS, DataSet
from iatrogenesis.simulation_study.methods.regression import estimable, prepared

HERE = Path(__file__).parent
RELIABILITY = 0.8
REASON = "the same in tests/peers/fit.R"
PRIORS = Priors.model_validate(
    {
        "intercept": {"mean": -1.0, "sd": 1.5, "reason": REASON},
        "coefficient": {"sd": 1.0, "reason": REASON},
        "therapist_sd": {"scale": 1.0, "reason": REASON},
    }
)


def clients() -> pd.DataFrame:
    """Simulated clients, kept as a table: what R gave stays comparable whatever the simulator draws."""
    table = pd.read_csv(HERE / "data" / "clients.csv")
    return table.assign(finished=True, deteriorated=table["deteriorated"].astype(bool), replicate=0)


def simulated() -> OutcomeData:
    """Uneven therapists, one client a row."""
    return from_clients(clients(), ("phq9_first", "deprivation", "burnout_rating"), dataset="simulated")


def rated() -> DataSet:
    """The same clients, as a method of the simulation study is given them."""
    return DataSet("rated", 0, clients(), dict.fromkeys(TRAITS, RELIABILITY))


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


def write_rated(folder: Path) -> None:
    """Write `rated` as R reads it: events, unit, and the covariates by name."""
    data = estimable(prepared(rated()))
    table = pd.DataFrame({"events": data.deteriorated, "unit": data.therapist})
    names = [name.translate(str.maketrans("[]-", "___")) for name in data.covariate_names]
    table[names] = data.covariates
    table.to_csv(folder / "rated.csv", index=False, float_format="%.17g")
