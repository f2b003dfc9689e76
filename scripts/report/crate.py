"""Write the run as a Workflow Run RO-Crate: its metadata, and the workflow's files that it describes."""

import shutil
from pathlib import Path

import yaml

from iatrogenesis.core.files import replacing, write_json
from iatrogenesis.report.run_record import job_times, read_record
from iatrogenesis.verification.crate import jobs_of, metadata_of_run
from iatrogenesis.verification.records import recorded


def main(run: str, citation: str, sources: list[str], workflow: str, metadata: str) -> None:
    """Copy the workflow, whose main file is the first of the sources, and write ``ro-crate-metadata.json``."""
    results = Path(metadata).parent
    copies = []
    for path in sources:
        copy = Path(workflow) / Path(path).relative_to(Path(sources[0]).parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with replacing(copy) as unfinished:
            shutil.copyfile(path, unfinished)
        copies.append(copy.relative_to(results).as_posix())
    content = metadata_of_run(
        results,
        read_record(run),
        jobs_of(results),
        job_times(results),
        copies,
        yaml.safe_load(Path(citation).read_text(encoding="utf-8")),
    )
    write_json(content, metadata)
    print(f"{len(content['@graph'])} entities", flush=True)


if __name__ == "__main__":
    with recorded(snakemake):
        main(
            run=snakemake.input.run,
            citation=snakemake.input.citation,
            sources=list(snakemake.input.workflow),
            workflow=snakemake.output.workflow,
            metadata=snakemake.output.metadata,
        )
