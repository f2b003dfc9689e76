"""Tables of an analysis as the report takes them, small and made up, with the columns that the analysis writes."""

import numpy as np
import pandas as pd
from scipy.stats import binom
from tests.own_data.reporting.made_estimates import ALLOCATION, DIAGNOSTICS, MODELS, PREDICTIVE, estimates, priors

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
    truth = RATE * np.exp(random.normal(0, 0.4, count))
    worse = random.binomial(n, truth)
    expected = n * RATE * random.uniform(0.9, 1.1, count)
    p = expected / n
    rate = (worse + 6) / (n + 100)
    half = 1.96 * np.sqrt(rate * (1 - rate) / (n + 100))
    rank = pd.Series(rate).rank().to_numpy()
    found = pd.DataFrame(
        {
            "therapist_id": [f"{place:03d}" for place in range(1, count + 1)],
            "clients": n,
            "deteriorated": worse,
            "raw_rate": worse / n,
            "expected": expected,
            "ratio": worse / expected,
            "p_high": binom.sf(worse - 1, n, p),
            "p_low": binom.cdf(worse, n, p),
            "beyond_exact": np.select(
                [binom.sf(worse - 1, n, p) <= 0.025, binom.cdf(worse, n, p) <= 0.025], ["above", "below"], "within"
            ),
            "rate": rate,
            "rate_low": rate - half,
            "rate_high": rate + 1.3 * half,
            "rank": rank,
            "rank_low": np.maximum(rank - count // 4, 1),
            "rank_high": np.minimum(rank + count // 4, count),
            "rank_low_simultaneous": np.maximum(rank - count // 2, 1),
            "rank_high_simultaneous": np.minimum(rank + count // 2, count),
            "p_harmful": np.clip((rate - 0.05) * 10, 0.001, 0.97),
            "named": True,
        }
    )
    few = {"therapist_id": "fewer than 10 courses (2 therapists)", "clients": 9, "deteriorated": 1, "named": False}
    return pd.concat([found, pd.DataFrame([few])], ignore_index=True)


def flow(count: int, courses: int) -> pd.DataFrame:
    rows = [
        ("records in the file", "", courses + 61, courses + 55, count + 3),
        ("usable courses", "no therapist", 21, 20, 0),
        ("usable courses", "the same course twice", 2, 0, 0),
        ("usable courses", "", courses + 38, courses + 35, count + 3),
        ("courses judged", "fewer than 2 sessions", 30, 28, 1),
        ("courses judged", "first or last score, or outcome, missing", 8, 7, 0),
        ("courses judged", "", courses, courses, count + 2),
    ]
    return pd.DataFrame(rows, columns=["step", "reason", "rows", "clients", "therapists"])


CHECKS = pd.DataFrame(
    [
        ("scores in range", "warning", 3, "row 7, client 4711: 99", "/home/x/clients.csv", "Takes them as missing."),
        ("dates in order", "passed", 0, "", "", "Nothing."),
    ],
    columns=["check", "severity", "rows", "examples", "file", "analysis"],
)


def flags(people: pd.DataFrame) -> pd.DataFrame:
    named = people[people["named"]]
    rules = {
        ("exact 95 % limit", "above"): (named["beyond_exact"] == "above", 0.025, "at most 2.5 % of alike therapists"),
        ("exact 95 % limit", "below"): (named["beyond_exact"] == "below", 0.025, "at most 2.5 % of alike therapists"),
        ("false discovery rate", "above"): (
            named["p_harmful"].rank(ascending=False) <= 2, 0.1, "no more than 10 % expected wrongly",
        ),
        ("exact tests, Benjamini and Hochberg", "above"): (named["p_high"] < 0.001, 0.1, "10 % are like the others"),
    }  # fmt: skip
    parts = [
        pd.DataFrame({"rule": rule, "side": side, "therapist_id": named["therapist_id"], "flagged": chosen})
        .assign(error_rate=rate, expected_false=0.2, stated=stated)
        for (rule, side), (chosen, rate, stated) in rules.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def funnel(most: int) -> pd.DataFrame:
    n = np.arange(1, most + 20)
    found = {"clients": n}
    for name, tail in (("95", 0.025), ("998", 0.001)):
        upper, lower = binom.isf(tail, n, RATE) + 1, binom.ppf(tail, n, RATE)
        lower = np.where(binom.cdf(lower, n, RATE) <= tail, lower, lower - 1)
        found[f"low_{name}"] = np.where(lower >= 0, (lower + 0.5) / n, np.nan)
        found[f"high_{name}"] = np.where(upper <= n, (upper - 0.5) / n, np.nan)
    sd = np.sqrt(RATE * (1 - RATE) / n + 0.02**2)
    return pd.DataFrame(
        found
        | {"low_95_additive": np.maximum(RATE - 1.96 * sd, 0), "high_95_additive": np.minimum(RATE + 1.96 * sd, 1)}
    )


def charts(people: pd.DataFrame, seed: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(seed)
    units = [("service", "all", 300), *(("therapist", one.therapist_id, one.clients) for one in people.itertuples())]
    rows, paths = [], []
    for level, unit, courses in units:
        steps = np.where(random.random(courses) < RATE, np.log(2), 0) - np.log1p(RATE)
        values = np.zeros(courses)
        for place, step in enumerate(steps):
            values[place] = max(0.0, (values[place - 1] if place else 0.0) + step)
        rows.append((level, unit, courses, 3.1, values.max() > 2.5, values.max(), 0.04, ""))
        paths.append(
            pd.DataFrame({"level": level, "unit": unit, "number": np.arange(1, courses + 1), "value": values}).assign(
                threshold=2.5, date="2024-01-01", reason=""
            )
        )
    columns = ["level", "unit", "n", "expected", "alarm", "max", "p_value", "reason"]
    return pd.DataFrame(rows, columns=columns).assign(threshold=2.5), pd.concat(paths, ignore_index=True)


def periods() -> pd.DataFrame:
    rows = [
        ("stable_sd", "", 0.31, 0.05, 0.6, 0.34, 0.02, 1.1, 0.6, np.nan, ""),
        ("drift_sd", "", 0.2, 0.01, 0.9, 0.34, 0.02, 1.1, 0.1, np.nan, "the data hardly move the prior"),
        *(("rate", year, rate, rate - 0.02, rate + 0.02, *[np.nan] * 4, rate + 0.004, "")
          for year, rate in (("2022", 0.055), ("2023", 0.061), ("2024", 0.07))),
        ("rate_change", "2022 to 2024", 0.015, -0.01, 0.04, *[np.nan] * 5, ""),
    ]  # fmt: skip
    columns = [
        "quantity",
        "period",
        "estimate",
        "low",
        "high",
        "prior",
        "prior_low",
        "prior_high",
        "learnt",
        "raw_rate",
    ]
    return pd.DataFrame(rows, columns=[*columns, "note"]).assign(reason="")


def ceiling() -> pd.DataFrame:
    rows = [
        ("odds_ratio", 1.6, 1.5, 1.75, 3.0, "yes", "made up", "With these therapists: an odds ratio of 1.6."),
        ("vpc", 0.061, 0.052, 0.071, 0.4, "yes", "", "With these therapists: a share of 0.06."),
    ]
    columns = ["quantity", "value", "low", "high", "largest", "reachable", "ratings", "sentence"]
    return pd.DataFrame(rows, columns=columns).assign(target=0.8, note="Two values were filled in.", reason="")


def error_rates() -> pd.DataFrame:
    rules = ("exact 95 % limit", "99.8 % limit with additive overdispersion", "false discovery rate")
    rows = [
        (rule, differ, sd, 0.3 + sd / 3 if sd else np.nan, 0.02, 0.4 - sd / 3, 30)
        for differ, sd in (("not at all", 0.0), ("low", 0.1), ("median", 0.4), ("high", 0.7))
        for rule in rules
    ]
    columns = ["rule", "therapists_differ", "therapist_sd", "sensitivity", "fpr", "fdr", "data_sets"]
    return pd.DataFrame(rows, columns=columns).assign(sensitivity_mcse=0.03, note="", reason="")


def table1() -> pd.DataFrame:
    rows = [
        ("courses", "", 2261, 0.93, np.nan, np.nan, pd.NA, np.nan, np.nan),
        ("therapists", "", 24, np.nan, np.nan, np.nan, pd.NA, np.nan, np.nan),
        ("employment", "unemployed", 400, 0.2, np.nan, np.nan, 12, 0.31, np.nan),
        ("employment", "employed", 1600, 0.8, np.nan, np.nan, 12, 0.69, np.nan),
        ("PHQ-9, at the first session", "", 2261, np.nan, 14.2, 5.1, 0, np.nan, 15.9),
    ]
    columns = [
        "characteristic",
        "category",
        "n",
        "share",
        "mean",
        "sd",
        "missing",
        "share_not_judged",
        "mean_not_judged",
    ]
    return pd.DataFrame(rows, columns=columns)


NOISE = pd.DataFrame(
    [
        ("deterioration rate, observed", 0.061, 0.052, 0.07, "share"),
        ("rate if nobody truly changed", 0.049, 0.03, 0.08, "share"),
        ("clients of 2261 counted as deteriorated if nobody truly changed", 111.0, np.nan, np.nan, "clients"),
        ("of those counted as deteriorated: not truly worse", 0.31, 0.22, 0.4, "share of deteriorated"),
    ],
    columns=["quantity", "value", "low", "high", "unit"],
).assign(basis="error of the reliable change")


def sensitivity() -> dict[str, pd.DataFrame]:
    def rows(label: str, names: tuple[str, ...], **more) -> pd.DataFrame:
        place = np.arange(len(names))
        sd = 0.3 + 0.04 * place
        table = pd.DataFrame({label: names, "rate": 0.06 + 0.01 * place, "therapist_sd": sd})
        ends = {"therapist_sd_low": sd / 3, "therapist_sd_high": 2 * sd, "rank_correlation": 1 - 0.05 * place}
        return table.assign(**ends, flagged=2, flagged_also=1, **more)

    methods = ("the one used", "PHQ-9: reliable change", "PHQ-9: half as much again", "worse on one, better on none")
    odds = tuple(f"courses without a known outcome have {ratio} times the odds of like ones" for ratio in (1, 2, 5))
    definition = rows("definition", methods)
    return {
        "sensitivity_definition": definition.assign(used=definition.index == 0),
        "sensitivity_missing": rows("assumption", ("judged courses only", *odds), kind="outcomes"),
    }


def tables(count: int = 22, clients: int = 140) -> dict[str, pd.DataFrame]:
    people = therapists(count, clients)
    cusum, paths = charts(people[people["named"]].head(30))
    return {
        "therapists": people,
        "flow": flow(count, int(people["clients"].sum())),
        "checks": CHECKS,
        "flags": flags(people),
        "funnel": funnel(int(people["clients"].max())),
        "cusum": cusum,
        "cusum_paths": paths,
        "periods": periods(),
        "table1": table1(),
        "noise": NOISE,
        "models": MODELS,
        "diagnostics": DIAGNOSTICS,
        "predictive": PREDICTIVE,
        "estimates": estimates(),
        "allocation": ALLOCATION,
        "sensitivity_priors": priors(),
        **sensitivity(),
        "ceiling": ceiling(),
        "error_rates": error_rates(),
    }
