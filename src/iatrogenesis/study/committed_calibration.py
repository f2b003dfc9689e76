"""Simulation-based calibration by the full study, taken over into the repository: `results/reference/full/sbc.csv`.

Run as a module (``python -m iatrogenesis.study.committed_calibration config config/full.yaml results/reference/full``)
after ``make study STUDY=full``. As with the cells (`iatrogenesis.study.committed`), a study based on `full` may have
made this part alone. Smaller studies with the same priors, design and sampler show it for the pairs of model and engine
that they leave out: the sampler takes hours for what collapsed fits do in seconds.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import yaml

from iatrogenesis.core.files import read_benchmark, read_csv, write_csv, write_text
from iatrogenesis.core.former_names import as_before
from iatrogenesis.report.provenance import git_commit
from iatrogenesis.study.protocol import FULL, PROTOCOL, digest
from iatrogenesis.study.renamed import written
from iatrogenesis.study.study import Study, load_study

TABLE = "sbc.csv"
PART = "calibration"


def key(study: Study) -> str:
    """Return a fingerprint of what calibration follows from, but for seed and number of simulations."""
    settings = study.config
    return digest(
        {
            "priors": settings.fit.priors.model_dump(mode="json"),
            "calibration": settings.sbc.model_dump(mode="json", exclude={"collapsed", "nuts"}),
            "scenario": as_before(study.catalogue[study.routine_care].model_dump(mode="json")),
        }
    )


def take_over(config: Path, file: Path, folder: Path, results: Path = Path("results")) -> None:
    """Write the table beside the full study's, and into its `protocol.yaml` what it follows from.

    Raises
    ------
    SystemExit
        If the study that was run is not the full one in what calibration follows from, or a pair of model and engine
        has fewer simulations than the full study asks for.
    """
    study, full = load_study(file, config), load_study(config / f"{FULL}.yaml", config)
    if key(study) != key(full) or study.config.seed != full.config.seed:
        raise SystemExit(f"{file}: has other priors, another design, sampler or seed than {FULL}; base it on {FULL}")
    made = results / study.name
    table = read_csv(made / "tables" / TABLE)
    done = (table["simulations"] + table["failed"]).groupby([table["model"], table["engine"]]).min()
    for (model, engine), asked in full.config.sbc.simulations(full.config.fit.models).items():
        if (there := int(done.get((model, engine), 0))) < asked:
            raise SystemExit(f"{made / 'tables' / TABLE}: {model} by {engine} has {there} simulations of {asked}")
    if not (folder / PROTOCOL).is_file():
        raise SystemExit(f"{folder / PROTOCOL}: take over cells of the full study first (`make take-over`)")
    write_csv(table, folder / TABLE)
    seconds = core_seconds((made / "benchmarks").rglob("sbc*.tsv"))
    about = yaml.safe_load((folder / PROTOCOL).read_text(encoding="utf-8"))
    about[PART] = {"key": key(study), "commit": git_commit(config.parent), "core_seconds": seconds}
    write_text(written(about), folder / PROTOCOL)


def shown(folder: Path, study: Study) -> list[str]:
    """Path of the full study's table, if it is there and is about the same as a study's own; none in the full study."""
    if not all((folder / name).is_file() for name in (PROTOCOL, TABLE)):
        return []
    about = yaml.safe_load((folder / PROTOCOL).read_text(encoding="utf-8"))
    same = about["seed"] != study.config.seed and about.get(PART, {}).get("key") == key(study)
    return [f"{folder.as_posix()}/{TABLE}"] if same else []


def core_seconds(benchmarks: Iterable[Path]) -> int:
    """Return what jobs took together, by the files in which Snakemake measured them."""
    return round(float(pd.Series([read_benchmark(path)["cpu_time"] for path in benchmarks], dtype=float).sum()))


if __name__ == "__main__":
    take_over(*(Path(argument) for argument in sys.argv[1:4]))
