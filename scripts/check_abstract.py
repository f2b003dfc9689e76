"""Work all numbers of the abstract out again, without the library: python scripts/check_abstract.py results/tiny."""

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd

results = Path(sys.argv[1])
page = re.search(r'<h2 id="abstract">.*?</div>', (results / "report.html").read_text(encoding="utf-8"), re.DOTALL)[0]
printed = [int(text) for text in re.findall(r"\d+", re.sub(r"<[^>]*>|&#\d+;|,", " ", page))]
members = pd.read_csv(results / "tables/members.csv").dropna(subset=["value"]).set_index("conclusion")["value"]
midpoints, found = (np.arange(1_000_000) + 0.5) / 1_000_000, {}
for name in ("net", "rested", "averted"):
    for p in (0.5, 0.05, 0.95):  # quantiles of Harrell and Davis: the values in order, weighted by a beta distribution
        values, n = np.sort(members[name]), len(members[name])
        beta = np.exp(((n + 1) * p - 1) * np.log(midpoints) + ((n + 1) * (1 - p) - 1) * np.log1p(-midpoints))
        share = np.interp(np.arange(n + 1) / n, np.linspace(0, 1, 1_000_001), np.append(0, beta.cumsum()) / beta.sum())
        found[f"{name}, quantile {p:g}, per 1,000 clients"] = float(np.diff(share) @ values)
folder = results / "simulation_study/reference_cell/therapist"
answers = pd.concat(map(pd.read_parquet, folder.glob("*.estimates.parquet")))
power = answers.loc[answers["estimand"] == "log_odds_ratio_rated[burnout]", "rejects"].dropna().mean()
if own := len(printed) > len(found):
    found["power, % of data sets"] = 100 * power
    table = pd.read_csv(results / "tables/method_results.csv")
    table = table[(table["cell"] == "reference_cell") & (table["method"] == "therapist")]
    own = (table["study"] == results.name).all()  # or the abstract has the full study's
for (name, value), said in zip(found.items(), printed, strict=True):
    print(f"{name}: {value:.2f}, in the abstract {said}")
compared = list(zip(found.values(), printed, strict=True))[: None if own else 9]
sys.exit(any(round(value) != said for value, said in compared))
