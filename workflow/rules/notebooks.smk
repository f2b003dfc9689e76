"""Notebooks, run and rendered: a page each, to read without running anything.

REQUIRED INPUTS:
    notebooks/{notebook}.ipynb
OUTPUTS:
    results/{study}/notebooks/{notebook}.html
"""

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))

CONFIGURATION = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "config").rglob("*")
    if path.suffix in (".yaml", ".csv", ".bib")
)


rule notebook:
    """Run a notebook from top to bottom and render it."""
    input:
        notebook="notebooks/{notebook}.ipynb",
        # They use the library and the configuration as a reader would: any part of it.
        code=library("**/*.py", "report/notebook.*"),
        config=CONFIGURATION,
    output:
        page=report(
            "results/{study}/notebooks/{notebook}.html",
            caption="../report/notebook.rst",
            category="Notebooks",
            labels={"notebook": "{notebook}"},
        ),
    log:
        "results/{study}/logs/notebook/{notebook}.log",
    benchmark:
        "results/{study}/benchmarks/notebook/{notebook}.tsv"
    conda:
        "../../environment.yml"
    params:
        commit=git_commit(ROOT),
    message:
        "Running the notebook {wildcards.notebook}"
    script:
        "../../scripts/notebook.py"
