"""The study on two pages, for people who read nothing else.

REQUIRED INPUTS:
    results/{study}/tables/numbers.json
OUTPUTS:
    results/{study}/summary.{html,pdf}
"""


rule summary:
    """Write the summary in two pages, for the screen and for paper."""
    input:
        numbers="<results>/{study}/tables/numbers.json",
        code=library("report/summary"),
    output:
        page=report(
            "<results>/{study}/summary.html",
            caption="../report/summary.rst",
            category="Pages",
            labels={"page": "summary"},
        ),
        paper="<results>/{study}/summary.pdf",
    log:
        "<results>/{study}/logs/summary.log",
    benchmark:
        "<results>/{study}/benchmarks/summary.tsv"
    group:
        "pages"
    params:
        sizes={name: [cell.therapists, cell.clients] for name, cell in STUDY.designed.items()},
        routes=len(STUDY.catalogue[STUDY.routine_care].mechanisms),
        preventions=len(STUDY.catalogue[CONFIG.conclusions.prevented].preventions),
        author="Iatrogenesis maintainers",
        commit=git_commit(ROOT),
    message:
        "Writing {output.page}"
    script:
        "../../scripts/report/summary.py"
