"""Figures, one module each, some by a job; each says itself which tables it takes, and where it stands.

REQUIRED INPUTS:
    tables of results/{study}/tables, ranks of simulation-based calibration, and the clients, sessions and therapist-weeks of routine care
OUTPUTS:
    results/{study}/figures/{figure}.{svg,png,pdf}
"""

THERE = {"service counts": bool(SERVICE_COUNTS), "simulation-based calibration": bool(SIMULATIONS)}
# What each figure takes its own file says, and what a study must have for it.
FIGURES = {
    figure: {table: result(path.format(base=STUDY.base)) for table, path in facts["TABLES"].items()}
    for figure, facts in FIGURE_FACTS.items()
    if "NEEDS" not in facts or THERE[facts["NEEDS"]]
}
CHAPTER = {figure: FIGURE_FACTS[figure].get("CHAPTER", CHAPTERS[0]) for figure in FIGURES}
STUDY_FIGURES = [figure for figure in FIGURES if CHAPTER[figure] == "Simulation study"]
# For pages, for slides and mail, and for print.
FIGURE_FORMS = ["svg", "png", "pdf"]
FIGURE_FILES = expand(result("figures/{figure}.{form}"), figure=FIGURES, form=FIGURE_FORMS)


FIGURE_WORDS = {figure: words_of(figure) for figure in FIGURES}


# Starting a job and drawing the first letter of a PDF take as long as drawing two figures.
for drawn in [
    some for chapter in CHAPTERS for some in shared_out([one for one in FIGURES if CHAPTER[one] == chapter], 7)
]:

    rule:
        """Draw some figures of one chapter."""
        name:
            f"figures_{drawn[0]}"
        input:
            tables=sorted({path for figure in drawn for path in FIGURES[figure].values()}),
            code=library("figures/figures", {"figures": drawn}),
        output:
            **{
                f"{figure}_{form}": (
                    report(
                        result(f"figures/{figure}.svg"),
                        caption="../report/figure.rst",
                        category="Figures",
                        subcategory=CHAPTER[figure],
                        labels={"figure": figure.replace("_", " ")},
                    )
                    if form == "svg"
                    else result(f"figures/{figure}.{form}")
                )
                for figure in drawn
                for form in FIGURE_FORMS
            },
        log:
            result(f"logs/figures/{drawn[0]}.log"),
        benchmark:
            result(f"benchmarks/figures/{drawn[0]}.tsv")
        params:
            tables={figure: FIGURES[figure] for figure in drawn},
            drawn={figure: [result(f"figures/{figure}.{form}") for form in FIGURE_FORMS] for figure in drawn},
            base=STUDY.base,
            captions={figure: FIGURE_WORDS[figure]["caption"] for figure in drawn},
        message:
            "Drawing {params.drawn}"
        script:
            "../../scripts/figures/figures.py"
