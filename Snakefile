"""From configuration and literature to simulated clients, fitted models, figures and a report.

Choose the study with `--config study=NAME` (a file in config/) or `--config study=path/to/mine.yaml`.
"""

from snakemake.utils import min_version

min_version("9.27")


report: "workflow/report/workflow.rst"


include: "workflow/rules/interpreter.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/world.smk"
include: "workflow/rules/inference.smk"
include: "workflow/rules/evidence.smk"
include: "workflow/rules/simulation_study.smk"
include: "workflow/rules/harm.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/explorer.smk"
include: "workflow/rules/report.smk"


rule all:
    """Everything, ending with the report and the record of the run."""
    default_target: True
    input:
        result("report.html"),
        result("report.pdf"),
        result("for_managers.html"),
        result("explorer.html"),
        expand(result("notebooks/{notebook}.html"), notebook=NOTEBOOKS),
        result("gallery.html"),
        result("tables/checks.csv"),
        result("run.yaml"),
        *BATCH_FILES.values(),


rule study:
    """The simulation study alone: performance, advice, policies, published simulations done again, and their figures."""
    input:
        *BATCH_FILES.values(),
        expand(result("tables/{table}.csv"), table=STUDY_TABLES),
        expand(result("figures/{figure}.{form}"), figure=STUDY_FIGURES, form=FIGURE_FORMS),


onstart:
    # Up to 9.27 each job that ends starts one more endless round of looking at all inputs once a second, which in the end
    # takes a core for itself (snakemake issue 2967). The rounds are there to hold back submissions to a cluster.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
    alone = "study" in workflow.dag_settings.targets
    print(announce(ANNOUNCED, Path(PLAN), 0 if alone else REST, workflow.cores), flush=True)


LIBRARY.remember()
