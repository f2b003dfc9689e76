"""Tables of an analysis of counts as the report takes them, small and made up."""

import numpy as np
import pandas as pd


def tables(units: int = 12) -> dict[str, pd.DataFrame]:
    place = np.arange(units)
    ids = [f"S{one:02d}" for one in place]
    rate = 0.03 + 0.005 * place
    n = np.r_[6, 100 + place[1:]]
    periods = []
    for period in ("2023", "2024"):
        rows = pd.DataFrame({"unit_id": ids, "period": period, "n": n, "deteriorated": np.rint(rate * n).astype(int)})
        rows = rows.assign(raw_rate=rate, rate=rate, rate_low=rate / 2, rate_high=2 * rate, ratio=rate / 0.06)
        periods.append(rows.assign(exceeds="", unlike_others=np.where(place == units - 1, "high", "")))
    last = ("as it came", "all", 0.55, 0.96)
    return {
        "services": pd.concat(periods, ignore_index=True),
        "services_model": pd.DataFrame(
            [
                ("total", 0.45, 0.3, 0.6),
                ("typical rate 2023", 0.05, 0.04, 0.06),
                ("typical rate 2024", 0.061, 0.05, 0.07),
            ],
            columns=["parameter", "estimate", "low", "high"],
        ),
        "services_notes": pd.DataFrame([("process", "as it is")], columns=["subject", "note"]),
        "forecast": pd.DataFrame({"unit_id": ids, "period": "2025", "n": n, "mean": rate}).assign(
            q025=rate / 3, q25=rate / 2, q50=rate, q75=1.5 * rate, q975=2.5 * rate
        ),
        "rolling_origin": pd.DataFrame(
            [("ar", *last), ("last rate", *last), ("ar", "as it came", "2024", 0.5, 0.9)],
            columns=["method", "courses", "period", "covered_50", "covered_95"],
        ),
    }
