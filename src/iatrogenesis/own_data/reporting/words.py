"""Headings and names of result tables for people."""

HEADINGS = {
    "model": "Model",
    "estimand": "Quantity",
    "therapist_id": "Therapist",
    "unit_id": "Unit",
    "service_id": "Service",
    "clients": "Courses",
    "n": "Courses",
    "rows": "Rows",
    "deteriorated": "Deteriorated",
    "raw_rate": "Raw rate",
    "rate": "Standardised rate",
    "expected": "Expected",
    "ratio": "Observed / expected",
    "rank": "Rank",
    "rank_simultaneous": "Rank, all at once",
    "p_high": "Upper tail (mid-p)",
    "p_low": "Lower tail (mid-p)",
    "p_harmful": "P (harmful)",
    "rhat": "Worst R-hat",
    "ess_bulk": "Least bulk ESS",
    "ess_tail": "Least tail ESS",
    "bfmi": "E-BFMI",
    "pareto_k": "Pareto k",
    "mcse": "MCSE",
    "sensitivity": "Sensitivity",
    "fpr": "False positive rate",
    "fdr": "False discovery rate",
    "sd": "SD",
    "vpc": "VPC",
    "mor": "MOR",
    "p_value": "p",
    "passed": "Converged",
    "fitted": "Fitted",
    "reasons": "Reasons",
    "what_the_analysis_does": "What the analysis does",
}

PERCENT = frozenset({"raw_rate", "rate", "mean_rate", "observed_rate", "share", "base_rate"})
"""Columns of shares that are printed in per cent."""

SAID = {
    "null": "intercept only",
    "vpc": "variance partition coefficient (VPC)",
    "mor": "median odds ratio",
    "mean_rate": "mean deterioration rate",
    "therapist_sd": "therapists’ SD (log odds)",
    "service_sd": "services’ SD (log odds)",
    "casemix": "case mix",
}
"""Names in cells, as people say them."""
