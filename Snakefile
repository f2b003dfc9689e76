"""The workflow, whose rules and targets are in workflow/Snakefile.

Choose the study with `--config study=NAME` (a file in config/) or `--config study=path/to/mine.yaml`.
"""


include: "workflow/Snakefile"


# Snakemake forgets the default target of a file that is included.
workflow.default_target = "all"
