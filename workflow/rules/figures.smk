"""Figures, one module each, by one rule.

REQUIRED INPUTS:
    tables of results/{study}/tables, and the sessions of routine care
OUTPUTS:
    results/{study}/figures/{figure}.{svg,png}
"""

EFFECTS = result("tables/therapist_effects.csv")
THERAPISTS = result("tables/therapists.csv")
FIGURES = {
    "evidence": {"evidence": result("tables/evidence.csv")},
    "trajectories": {
        "clients": result(f"simulated/{STUDY.base}/clients.parquet"),
        "sessions": result(f"simulated/{STUDY.base}/sessions.parquet"),
    },
    "scenarios": {"scenarios": result("tables/scenarios.csv")},
    "posterior_against_truth": {"effects": EFFECTS},
    "caterpillar": {"therapists": THERAPISTS},
    "funnel": {"therapists": THERAPISTS},
    "hospitals": {"therapists": THERAPISTS},
}
FIGURE_FILES = expand(result("figures/{figure}.{form}"), figure=FIGURES, form=["svg", "png"])

for figure, tables in FIGURES.items():

    rule:
        """Draw one figure."""
        name:
            f"figure_{figure}"
        input:
            **tables,
            code=library(f"figures/{figure}.py", "figures/style.py"),
        output:
            svg=result(f"figures/{figure}.svg"),
            png=result(f"figures/{figure}.png"),
        log:
            result(f"logs/figure/{figure}.log"),
        benchmark:
            result(f"benchmarks/figure/{figure}.tsv")
        conda:
            "../../environment.yml"
        params:
            figure=figure,
            base=STUDY.base,
        message:
            "Drawing {params.figure}"
        script:
            "../../scripts/figure.py"
