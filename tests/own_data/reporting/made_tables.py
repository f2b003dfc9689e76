"""Tables of an analysis as the report takes them, small and made up, with the columns that the analysis writes."""

import numpy as np
import pandas as pd
from scipy.stats import binom

from iatrogenesis.own_data.prepared import About
from iatrogenesis.own_data.settings import OwnData

RATE = 0.06


def settings(**changes) -> OwnData:
    content = {
        "name": "my_service",
        "title": "Talking therapies in Northtown, 2024",
        "data": {"clients": "clients.csv"},
        "columns": {"client": "id", "therapist": "therapist"},
    }
    return OwnData.model_validate(content | changes)


def about(**changes) -> About:
    instrument = {"minimum": 0, "maximum": 27, "source": "nhstt2024manual"}
    content = {
        "name": "my_service",
        "title": "Talking therapies in Northtown, 2024",
        "kind": "clients",
        "case_mix": ("phq9_first", "x_employment"),
        "instruments": {
            "phq9": {"name": "PHQ-9", "reliable_change": 6} | instrument,
            "gad7": {"name": "GAD-7", "reliable_change": 4} | instrument,
        },
        "judged_by": ("phq9", "gad7"),
    }
    return About.model_validate(content | changes)


def therapists(count: int = 22, clients: int = 140, seed: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    n = np.maximum(random.poisson(clients, count) - 40 * (np.arange(count) % 3), 3)
    n[0] = 6  # one with few
    truth = RATE * np.exp(random.normal(0, 0.4, count))
    worse = random.binomial(n, truth)
    expected = n * RATE * random.uniform(0.9, 1.1, count)
    p = expected / n
    tie = binom.pmf(worse, n, p) / 2
    rate = (worse + 6) / (n + 100)
    half = 1.96 * np.sqrt(rate * (1 - rate) / (n + 100))
    rank = pd.Series(rate).rank().to_numpy()
    return pd.DataFrame(
        {
            "therapist_id": [f"{place:03d}" for place in range(1, count + 1)],
            "clients": n,
            "deteriorated": worse,
            "raw_rate": worse / n,
            "expected": expected,
            "ratio": worse / expected,
            "p_high": binom.sf(worse, n, p) + tie,
            "p_low": binom.cdf(worse - 1, n, p) + tie,
            "rate": rate,
            "rate_low": rate - half,
            "rate_high": rate + 1.3 * half,
            "rank": rank,
            "rank_low": np.maximum(rank - count // 4, 1),
            "rank_high": np.minimum(rank + count // 4, count),
            "rank_low_simultaneous": np.maximum(rank - count // 2, 1),
            "rank_high_simultaneous": np.minimum(rank + count // 2, count),
            "p_harmful": np.clip((rate - 0.05) * 10, 0.001, 0.97),
            "named": n >= 10,
        }
    )
