"""Made-up services for tests: plain pseudo-random tables of no model of this project."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from iatrogenesis.own_data.prepared import About, Prepared
from iatrogenesis.own_data.settings import OwnData

BANDS = ["18-25", "26-64", "65-74", "75-89"]


def own(**sections) -> OwnData:
    """Settings with these sections."""
    needed = {"name": "mine", "data": {"clients": "c.csv"}, "columns": {"client": "id", "therapist": "who"}}
    return OwnData.model_validate(needed | sections)


def service(
    therapists: int = 20,
    clients: float = 40,
    *,
    sd: float = 0.5,
    drift: float = 0.0,
    rate: float = 0.1,
    periods: int = 3,
    slope: float = 0.05,
    trend: float = 0.0,
    seed: int = 1,
) -> Prepared:
    """A service whose therapists differ by `sd`, and by `drift` from year to year, in log odds."""
    rng = np.random.default_rng(seed)
    therapist = np.repeat(np.arange(therapists), rng.poisson(clients, therapists) + 3)
    number = therapist.size
    phq, period = rng.integers(5, 27, number), rng.integers(0, periods, number)
    effect = sd * rng.normal(size=therapists)
    shift = drift * rng.normal(size=(therapists, periods))
    odds = logit(rate) + slope * (phq - 15.5) + trend * period + effect[therapist] + shift[therapist, period]
    worse, finished = rng.random(number) < expit(odds), rng.random(number) < 0.9
    day = period * 365 + rng.integers(0, 365, number)
    table = pd.DataFrame(
        {
            "client_id": [f"C{k:06d}" for k in range(number)],
            "therapist_id": [f"T{k:04d}" for k in therapist],
            "period": [str(2020 + k) for k in period],
            "ended": pd.Timestamp("2020-01-01") + pd.to_timedelta(day, unit="D"),
            "phq9_first": phq.astype(float),
            "gad7_first": np.clip(phq - rng.integers(0, 8, number), 0, 21).astype(float),
            "age_band": rng.choice(BANDS, number, p=[0.2, 0.6, 0.15, 0.05]),
            "finished": finished,
            "deteriorated": pd.array(np.where(finished, worse, None), dtype="boolean"),
        }
    )
    about = About(
        name="mine",
        title="Mine",
        kind="clients",
        case_mix=("phq9_first", "gad7_first", "age_band"),
        periods=tuple(str(2020 + k) for k in range(periods)),
    )
    return Prepared(about, {"clients": table})


def with_clients(prepared: Prepared, clients: pd.DataFrame, **about) -> Prepared:
    """The same with another table of clients."""
    return Prepared(prepared.about.model_copy(update=about), {"clients": clients})
