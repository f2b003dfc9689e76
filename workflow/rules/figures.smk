"""Figures, one module each, by one script; each says itself which tables it takes, and where it stands.

REQUIRED INPUTS:
    tables of results/{study}/tables, ranks of simulation-based calibration, and the clients, sessions and therapist-weeks of routine care
OUTPUTS:
    results/{study}/figures/{figure}.{svg,png,pdf}
"""

THERE = {"service counts": bool(SERVICE_COUNTS), "simulation-based calibration": bool(SIMULATIONS)}
# What each figure takes its own file says, and what a study must have for it.
FIGURES = {
    figure: {table: result(path.format(routine_care=STUDY.routine_care)) for table, path in facts["TABLES"].items()}
    for figure, facts in FIGURE_FACTS.items()
    if "NEEDS" not in facts or THERE[facts["NEEDS"]]
}
CHAPTER = {figure: FIGURE_FACTS[figure].get("CHAPTER", CHAPTERS[0]) for figure in FIGURES}
STUDY_FIGURES = [figure for figure in FIGURES if CHAPTER[figure] == "Simulation study"]
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
                subcategory=CHAPTER[figure],
                labels={"figure": figure.replace("_", " ")},
            ),
            png=result(f"figures/{figure}.png"),
            pdf=result(f"figures/{figure}.pdf"),
        log:
            result(f"logs/figure/{figure}.log"),
        benchmark:
            result(f"benchmarks/figure/{figure}.tsv")
        group:
            "figures"
        params:
            figure=figure,
            routine_care=STUDY.routine_care,
            caption=FIGURE_WORDS[figure]["caption"],
        message:
            "Drawing {params.figure}"
        script:
            "../../scripts/figures/figure.py"
