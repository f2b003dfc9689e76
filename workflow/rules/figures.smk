"""Figures, one module each, by one script; their order here is that of the report.

REQUIRED INPUTS:
    tables of results/{study}/tables, ranks of simulation-based calibration, and the clients, sessions and therapist-weeks of routine care
OUTPUTS:
    results/{study}/figures/{figure}.{svg,png,pdf}
"""

ROUTINE_CARE = {
    name: result(f"simulated/{STUDY.base}/{name}.parquet") for name in ("clients", "sessions", "therapist_weeks")
}
EFFECTS = result("tables/therapist_effects.csv")
THERAPISTS = result("tables/therapists.csv")
FIGURES = {
    "burnout_year": {"therapist_weeks": ROUTINE_CARE["therapist_weeks"]},
    "evidence": {"evidence": result("tables/evidence.csv")},
    "trajectories": {name: ROUTINE_CARE[name] for name in ("clients", "sessions")},
    "scenarios": {"scenarios": result("tables/scenarios.csv")},
    "attribution": {"attribution": result("tables/attribution.csv")},
    "preventions": {"preventions": result("tables/preventions.csv")},
    "posterior_against_truth": {"effects": EFFECTS},
    "caterpillar": {"therapists": THERAPISTS},
    "funnel": {"therapists": THERAPISTS},
    "hospitals": {"therapists": THERAPISTS},
}
if SERVICE_COUNTS:
    FIGURES["services"] = {"effects": EFFECTS}
FIGURES["predictive"] = {"predictive": result("tables/predictive.csv")}
FIGURES["what_if"] = {"what_if": result("tables/what_if.csv")}
PERFORMANCE = result("tables/performance.csv")
FIGURES["performance"] = {"performance": PERFORMANCE}
FIGURES["spread_found"] = {"performance": PERFORMANCE}
FIGURES["flagging"] = {"performance": PERFORMANCE}
FIGURES["advice"] = {"advice": result("tables/advice.csv")}
FIGURES["policies"] = {"policies": result("tables/policies.csv")}
FIGURES["sensitivity"] = {"sensitivity": result("tables/sensitivity.csv")}
if SIMULATIONS:
    FIGURES["sbc"] = {"curves": result("sbc/curves.parquet")}
# For pages, for slides and mail, and for print.
FIGURE_FORMS = ["svg", "png", "pdf"]
FIGURE_FILES = expand(result("figures/{figure}.{form}"), figure=FIGURES, form=FIGURE_FORMS)


FIGURE_WORDS = {figure: words_of(figure) for figure in FIGURES}

for figure, tables in FIGURES.items():

    rule:
        """Draw one figure."""
        name:
            f"figure_{figure}"
        input:
            **tables,
            code=library("figures/figure", {"figures": [figure]}),
        output:
            svg=report(
                result(f"figures/{figure}.svg"),
                caption="../report/figure.rst",
                category="Figures",
                subcategory="Simulation study" if figure in STUDY_FIGURES else "World and models",
                labels={"figure": figure.replace("_", " ")},
            ),
            png=result(f"figures/{figure}.png"),
            pdf=result(f"figures/{figure}.pdf"),
        log:
            result(f"logs/figure/{figure}.log"),
        benchmark:
            result(f"benchmarks/figure/{figure}.tsv")
        params:
            figure=figure,
            base=STUDY.base,
            caption=FIGURE_WORDS[figure]["caption"],
        message:
            "Drawing {params.figure}"
        script:
            "../../scripts/figures/figure.py"
