"""Tables about models as the report takes them, small and made up."""

import numpy as np
import pandas as pd

MODELS = pd.DataFrame(
    [
        ("intercept only", True, False, "", ""),
        ("case mix", True, True, "", "employment: 12 missing (0.5 %), filled in"),
        ("case mix and ratings", False, False, "no trait is rated for every course", "No ratings"),
    ],
    columns=["model", "fitted", "main", "reason", "cost"],
)

DIAGNOSTICS = pd.DataFrame(
    [
        ("intercept only", "collapsed", True, "", 1.001, 2100.0, 0.31),
        ("case mix", "nuts", False, "R-hat", 1.2, 90.0, np.nan),
    ],
    columns=["model", "engine", "passed", "reasons", "rhat", "ess_bulk", "pareto_k"],
)

PREDICTIVE = pd.DataFrame(
    [
        ("case mix", "prior", "rate", 0.061, 0.07, 0.001, 0.4, 0.5, True),
        ("case mix", "posterior", "rate", 0.061, 0.06, 0.05, 0.07, 0.5, True),
        ("case mix", "posterior", "highest_rate", 0.2, 0.12, 0.09, 0.17, 0.001, False),
    ],
    columns=["model", "check", "statistic", "observed", "expected", "low", "high", "p", "inside"],
)


def estimates() -> pd.DataFrame:
    rows = [
        ("therapist_sd", "SD of therapists' log odds", 0.43, 0.2, 0.69, "log odds", 0.56, 0.02, 1.6, "mostly the data"),
        ("vpc", "share of variance between therapists (VPC)", 0.05, 0.01, 0.12, "share", 0.11, 0, 0.44, "in part"),
        ("mor", "median odds ratio between two therapists (MOR)", 1.5, 1.2, 1.9, "odds ratio", 1.9, 1, 4.6, "in part"),
        ("mean_rate", "deterioration rate", 0.0612, 0.0512, 0.0722, "share", 0.1, 0.01, 0.33, "mostly the data"),
        (
            "log_odds_ratio[phq9_first]", "log odds ratio of PHQ9 at the first session", 0.2, 0.04, 0.37,
            "log odds ratio per SD of these clients", 0, -0.98, 0.98, "mostly the data",
        ),
        (
            "log_odds_ratio[x_employment[unemployed]]", "log odds ratio of employment (unemployed)", 0.1, -0.8, 0.9,
            "log odds ratio against the most frequent level", 0, -0.98, 0.98,
            "hardly moved by the data: this is mostly the prior",
        ),
    ]  # fmt: skip
    columns = [
        "estimand",
        "name",
        "estimate",
        "low",
        "high",
        "unit",
        "prior_estimate",
        "prior_low",
        "prior_high",
        "moved",
    ]
    return pd.DataFrame(rows, columns=columns).assign(model="case mix", per_point=0.04, point="point of the score")


ALLOCATION = pd.DataFrame(
    [
        ("PHQ9 at the first session", 0.08, 0.0, 0.006, 0.001, 10.1, 17.2, "not dealt out by chance"),
        ("employment (unemployed)", 0.0, 0.0, 0.006, 0.76, 0.24, 0.37, "chance alone could have done it"),
    ],
    columns=["covariate", "icc", "chance_low", "chance_high", "p", "lowest", "highest", "verdict"],
)


def priors() -> pd.DataFrame:
    rows = [
        (prior, f"scale {change}", estimand, value, value / 2, value * 2, verdict)
        for prior in ("therapist_sd", "coefficients")
        for change, verdict in (("halved", "the prior matters"), ("doubled", "hardly moves"))
        for estimand, value in (("therapist_sd", 0.43), ("mean_rate", 0.0612))
    ]  # fmt: skip
    columns = ["prior", "change", "estimand", "estimate", "low", "high", "verdict"]
    return pd.DataFrame(rows, columns=columns).assign(model="case mix", usual=0.06, name="a name")
