"""The run as a Workflow Run RO-Crate, for archives and for people who know no Snakemake.

REQUIRED INPUTS:
    results/{study}/run.yaml, and the records of all jobs
OUTPUTS:
    results/{study}/ro-crate-metadata.json, results/{study}/workflow
"""

# A crate has its authors, its licence and the workflow as a file: they are in a checkout alone.
CRATE = [result("ro-crate-metadata.json")] if (ROOT / "CITATION.cff").is_file() else []
RULES = sorted(path.name for path in (CHECKOUT / "workflow" / "rules").glob("*.smk"))


rule crate:
    """Describe who made which file from what, when all else is there."""
    input:
        run="<results>/{study}/run.yaml",
        citation=source("CITATION.cff"),
        workflow=[source("workflow/Snakefile"), *(source(f"workflow/rules/{name}") for name in RULES)],
        code=library("report/crate"),
    output:
        metadata="<results>/{study}/ro-crate-metadata.json",
        workflow=directory("<results>/{study}/workflow"),
    log:
        "<results>/{study}/logs/crate.log",
    benchmark:
        "<results>/{study}/benchmarks/crate.tsv"
    group:
        "pages"
    message:
        "Describing the run"
    script:
        "../../scripts/report/crate.py"
