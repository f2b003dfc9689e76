"""Numbers, report, checks, and the record of the run.

REQUIRED INPUTS:
    tables and figures of results/{study}
OUTPUTS:
    results/{study}/tables/{numbers.json,checks.csv}, results/{study}/{report,supplement}.{html,pdf}, results/{study}/{for_managers.html,gallery.html,run.yaml},
    results/{study}/notebooks/{notebook}.html
"""

TABLES = [
    "evidence",
    "population",
    "scenarios",
    "attribution",
    "preventions",
    "second_episodes",
    "therapist_effects",
    "therapists",
    "diagnostics",
    "method_results",
    "engines",
    "predictive",
    "prior_sensitivity",
    "model_comparison",
    "sbc",
    "marginal_effects",
    "what_if",
    "what_if_ranges",
    "reproductions",
    "method_cells",
    "method_agreement",
    "advice",
    "needed",
    "policies",
    "conclusions",
    "drivers",
    "next_studies",
]
NOT_CHECKED = ["method_results", "preventions", "predictive", "prior_sensitivity", "model_comparison"]
NOT_CHECKED += ["marginal_effects", "what_if", "reproductions", "method_cells", "advice", "needed", "policies"]
NOT_CHECKED += ["drivers", "next_studies", "second_episodes", "what_if_ranges", "population"]

CONFIGURATION = sorted(
    source(path.relative_to(CONFIG_FOLDER.parent).as_posix())
    for path in CONFIG_FOLDER.rglob("*")
    if path.suffix in (".yaml", ".csv", ".bib")
)


rule numbers:
    """Collect every number of the report, with its uncertainty and its table."""
    input:
        **{name: result(f"tables/{name}.csv") for name in TABLES},
        code=library("report/numbers"),
    output:
        numbers="<results>/{study}/tables/numbers.json",
    log:
        "<results>/{study}/logs/numbers.log",
    benchmark:
        "<results>/{study}/benchmarks/numbers.tsv"
    group:
        "pages"
    params:
        routine_care=scenario(STUDY.routine_care),
        everything=scenario(CONFIG.conclusions.prevented),
        config=plain(CONFIG),
    message:
        "Collecting numbers"
    script:
        "../../scripts/report/numbers.py"


rule report:
    """Write the report as a paper, and its supplement: two self-contained pages."""
    input:
        **{name: result(f"tables/{name}.csv") for name in TABLES},
        numbers="<results>/{study}/tables/numbers.json",
        references=source("config/references.bib"),
        figures=[result(f"figures/{figure}.svg") for figure in FIGURES],
        code=library("report/report"),
    output:
        report=report(
            "<results>/{study}/report.html",
            caption="../report/page.rst",
            category="Pages",
            labels={"page": "report"},
        ),
        supplement=report(
            "<results>/{study}/supplement.html",
            caption="../report/supplement.rst",
            category="Pages",
            labels={"page": "supplement"},
        ),
    log:
        "<results>/{study}/logs/report.log",
    benchmark:
        "<results>/{study}/benchmarks/report.tsv"
    group:
        "pages"
    params:
        figures=list(FIGURES),
        words=FIGURE_WORDS,
        titles={name: STUDY.catalogue[name].title for name in CONFIG.scenarios},
        worlds={
            "routine_care": scenario(STUDY.routine_care),
            "everything": scenario(CONFIG.conclusions.prevented),
            "policies": plain(STUDY.policies),
            "instruments": SETUP["instruments"],
        },
        priors=plain(CONFIG.fit.priors),
        judged_by=STUDY.judged_by,
        claims={name: plain(claim) for name, claim in STUDY.claims.items() if claim.abstract},
        made_by=made_by({claim.table for claim in STUDY.claims.values() if claim.abstract}),
        commit=git_commit(ROOT),
    message:
        "Writing {output.report}"
    script:
        "../../scripts/report/report.py"


rule report_pdf:
    """Typeset the report and its supplement for paper: the same text, numbers and figures."""
    input:
        report="<results>/{study}/report.html",
        supplement="<results>/{study}/supplement.html",
        code=library("report/report_pdf"),
    output:
        pdf="<results>/{study}/report.pdf",
        supplement="<results>/{study}/supplement.pdf",
    log:
        "<results>/{study}/logs/report_pdf.log",
    benchmark:
        "<results>/{study}/benchmarks/report_pdf.tsv"
    group:
        "pages"
    params:
        author="Iatrogenesis maintainers",
    message:
        "Typesetting {output.pdf}"
    script:
        "../../scripts/report/report_pdf.py"


rule manager_page:
    """Write the one-page answer for a service's manager."""
    input:
        numbers="<results>/{study}/tables/numbers.json",
        figure="<results>/{study}/figures/policies.svg",
        code=library("report/manager_page"),
    output:
        page=report(
            "<results>/{study}/for_managers.html",
            caption="../report/managers.rst",
            category="Pages",
            labels={"page": "for managers"},
        ),
    log:
        "<results>/{study}/logs/manager_page.log",
    benchmark:
        "<results>/{study}/benchmarks/manager_page.tsv"
    group:
        "pages"
    params:
        words={"policies": FIGURE_WORDS["policies"]},
        grid=plain(CONFIG.advice),
        commit=git_commit(ROOT),
    message:
        "Writing {output.page}"
    script:
        "../../scripts/report/manager_page.py"


rule gallery:
    """Show every figure on one page, with its caption and its files."""
    input:
        figures=[result(f"figures/{figure}.svg") for figure in FIGURES],
        files=FIGURE_FILES,
        code=library("report/gallery"),
    output:
        page=report(
            "<results>/{study}/gallery.html",
            caption="../report/gallery.rst",
            category="Pages",
            labels={"page": "gallery"},
        ),
    log:
        "<results>/{study}/logs/gallery.log",
    benchmark:
        "<results>/{study}/benchmarks/gallery.tsv"
    group:
        "pages"
    params:
        figures=list(FIGURES),
        words=FIGURE_WORDS,
        of_study=STUDY_FIGURES,
        forms=FIGURE_FORMS,
        commit=git_commit(ROOT),
    message:
        "Writing {output.page}"
    script:
        "../../scripts/report/gallery.py"


rule check:
    """Hold the results against each other."""
    input:
        **{name: result(f"tables/{name}.csv") for name in TABLES if name not in NOT_CHECKED},
        numbers="<results>/{study}/tables/numbers.json",
        clients=result(f"simulated/{STUDY.routine_care}/clients.parquet"),
        figures=FIGURE_FILES,
        code=library("report/check"),
    output:
        table="<results>/{study}/tables/checks.csv",
    log:
        "<results>/{study}/logs/check.log",
    benchmark:
        "<results>/{study}/benchmarks/check.tsv"
    group:
        "pages"
    params:
        routine_care=STUDY.routine_care,
        fits=len(FITS),
        setup=SETUP,
    message:
        "Checking the results"
    script:
        "../../scripts/report/check.py"


rule run_record:
    """Record how the results were made, and what that cost, when all else is there."""
    input:
        report="<results>/{study}/report.html",
        pages=[
            result(f"{page}")
            for page in (
                "report.pdf",
                "supplement.html",
                "supplement.pdf",
                "summary.html",
                "summary.pdf",
                "for_managers.html",
                "explorer.html",
                "planner.html",
                "gallery.html",
            )
        ],
        notebooks=expand(result("notebooks/{notebook}.html"), notebook=NOTEBOOKS),
        checks="<results>/{study}/tables/checks.csv",
        code=library("report/run_record"),
    output:
        record="<results>/{study}/run.yaml",
        cost="<results>/{study}/tables/cost.csv",
    log:
        "<results>/{study}/logs/run_record.log",
    group:
        "pages"
    params:
        config=plain(CONFIG),
        scenarios={name: plain(scenario) for name, scenario in STUDY.catalogue.items()},
        commit=git_commit(ROOT),
    message:
        "Recording the run"
    script:
        "../../scripts/report/run_record.py"


rule notebook:
    """Run a notebook from top to bottom and render it."""
    input:
        notebook=source("notebooks/{notebook}.ipynb"),
        code=code_of_notebook,
        config=CONFIGURATION,
    output:
        page=report(
            "<results>/{study}/notebooks/{notebook}.html",
            caption="../report/notebook.rst",
            category="Notebooks",
            labels={"notebook": "{notebook}"},
        ),
    log:
        "<results>/{study}/logs/notebook/{notebook}.log",
    benchmark:
        "<results>/{study}/benchmarks/notebook/{notebook}.tsv"
    group:
        "pages"
    params:
        commit=git_commit(ROOT),
    message:
        "Running the notebook {wildcards.notebook}"
    script:
        "../../scripts/report/notebook.py"
