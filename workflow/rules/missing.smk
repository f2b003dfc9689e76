"""Scores that nobody has seen: how far they would have to be moved to change what is concluded.

REQUIRED INPUTS:
    results/{study}/simulated/{routine_care}/{clients,sessions}.parquet
OUTPUTS:
    results/{study}/tables/missing_last_scores.csv
"""


rule missing_last_scores:
    """Deterioration rate, spread and order of therapists if those who left did worse than their course said."""
    input:
        clients=result(f"simulated/{STUDY.routine_care}/clients.parquet"),
        sessions=result(f"simulated/{STUDY.routine_care}/sessions.parquet"),
        code=library("inference/missing_last_scores"),
    output:
        table="<results>/{study}/tables/missing_last_scores.csv",
    log:
        "<results>/{study}/logs/missing_last_scores.log",
    benchmark:
        "<results>/{study}/benchmarks/missing_last_scores.tsv"
    params:
        routine_care=STUDY.routine_care,
        priors=plain(CONFIG.fit.priors),
        setup=SETUP,
    message:
        "Moving the scores that nobody has seen"
    script:
        "../../scripts/inference/missing_last_scores.py"
