"""From configuration and literature to simulated clients, fitted models, figures and a report.

Choose the study with `--config study=NAME` (a file in config/) or `--config study=path/to/mine.yaml`.
"""

from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/common.smk"


rule all:
    """Everything, ending with the report and the record of the run."""
    input:
        result("report.html"),
        result("tables/checks.csv"),
        result("run.yaml"),


include: "workflow/rules/simulate.smk"
include: "workflow/rules/fit.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/study.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"


rule study:
    """Simulations, fits, tables and figures, without the report."""
    input:
        result("tables/numbers.json"),
        FIGURE_FILES,
