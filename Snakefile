"""From configuration and literature to simulated clients, fitted models, figures and a report.

Choose the study with `--config study=NAME` (a file in config/) or `--config study=path/to/mine.yaml`.
"""

from snakemake import __version__ as snakemake_version
from snakemake.utils import min_version

min_version("9.27")


report: "workflow/report/workflow.rst"


include: "workflow/rules/interpreter.smk"
include: "workflow/rules/common.smk"
include: "workflow/rules/world.smk"
include: "workflow/rules/inference.smk"
include: "workflow/rules/missing.smk"
include: "workflow/rules/evidence.smk"
include: "workflow/rules/simulation_study.smk"
include: "workflow/rules/advice.smk"
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
        result("planner.html"),
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


# Every rule has the one environment of the project, which `--sdm conda` makes; its own `conda:` line would say the same.
# Only the rules of this workflow, where another one uses it.
for each in workflow.modifier.rules:
    if each.script and (ROOT / "environment.yml").is_file():
        each.conda_env = str(ROOT / "environment.yml")


onstart:
    # Each job that starts begins one more endless round of looking, once a second, at the inputs of all jobs that wait
    # (snakemake issue 2967); with a hundred of them this takes half a core. The rounds hold back submissions to a
    # cluster, and no option switches them off. bench/scheduler.py measures what this saves, for each new Snakemake.
    if workflow.local_exec and snakemake_version.startswith("9.27."):
        workflow.scheduler.job_rate_limiter = None
    alone = "study" in workflow.dag_settings.targets
    print(announce(ANNOUNCED, 0 if alone else REST, workflow.cores), flush=True)


LIBRARY.remember()
