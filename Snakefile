"""From configuration and literature to simulated clients, fitted models, figures and a report.

Choose the study with `--config study=NAME` (a file in config/) or `--config study=path/to/mine.yaml`.
"""

from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/common.smk"


rule all:
    """Everything, ending with the report."""
    input:
        [
            result(f"tables/{t}.csv")
            for t in "evidence scenarios therapist_effects therapists diagnostics performance".split()
        ],


include: "workflow/rules/simulate.smk"
include: "workflow/rules/fit.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"
