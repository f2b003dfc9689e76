"""How fast are the engines, beside what others would use, on the same data with the same priors?

Run by `make bench-engines`. Every contender runs in a process of its own, so that its memory can be told; time is that
of the fit, with what must be compiled for it, and without starting the process. `BENCH_LARGEST=50000` adds the largest
data set, for those that finish there; peers that are not installed are left out, and said so.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import pandas as pd

from bench.data import SIZES, write
from bench.engine_picture import draw
from bench.settings import ROOT
from iatrogenesis.core.files import write_csv
from iatrogenesis.figures.style import save

RESULTS = ROOT / "results" / "bench" / "benchmarks"
ROUNDS = 5  # of the quick contender, between the slow ones
LIMIT = 1800  # seconds until a contender is given up
# Inside BLAS: what is said to take one core must not take two.
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PYTHON = ("nuts", "pymc-default", "pymc-own", "numpyro")
R = ("rstanarm", "brms")
UP_TO = {"nuts": 50_000, "pymc-default": 10_500, "pymc-own": 2_400, "numpyro": 2_400, "rstanarm": 2_400, "brms": 2_400}


def run(contender: str, clients: int, folder: Path) -> dict[str, float] | None:
    """Seconds, effective draws of the worst parameter, and peak memory of one fit; None where it cannot be done."""
    if contender in R:
        command = ["Rscript", str(ROOT / "bench" / "fit.R"), contender, str(folder / f"{clients}.csv")]
    else:
        command = [sys.executable, "-m", "bench.one_fit", contender, str(clients)]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=LIMIT, env=ONE_THREAD
        )
    except subprocess.TimeoutExpired:
        print(f"{contender}, {clients:,} clients: given up after {LIMIT} s", flush=True)
        return None
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:]
        print(f"{contender}, {clients:,} clients: left out: {' '.join(reason)}", flush=True)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(sizes: list[int]) -> pd.DataFrame:
    """One row per run."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for clients in sizes:
            write(clients, folder / f"{clients}.csv")
            slow = [one for one in PYTHON if clients <= UP_TO[one]]
            slow += [one for one in R if clients <= UP_TO[one] and shutil.which("Rscript")]
            # The quick one takes its turns between the slow ones, so that a busy spell meets both.
            order = [one for other in [*slow, *[None] * (ROUNDS - len(slow))] for one in ("collapsed", other) if one]
            for contender in order:
                found = run(contender, clients, folder)
                if found is not None:
                    rows.append({"contender": contender, "clients": clients, **found})
                    print(
                        f"{contender}, {clients:,} clients: {found['seconds']:.2f} s, "
                        f"{found['effective'] / found['seconds']:,.1f} effective draws per second",
                        flush=True,
                    )
    return pd.DataFrame(rows)


def summary(runs: pd.DataFrame) -> pd.DataFrame:
    """One row per contender and size; medians over its runs, and how many times faster the collapsed engine is."""
    runs = runs.assign(per_second=runs["effective"] / runs["seconds"])
    rows = []
    for (clients, contender), part in runs.groupby(["clients", "contender"], sort=False):
        quick = runs[(runs["clients"] == clients) & (runs["contender"] == "collapsed")]["per_second"]
        rows.append(
            {
                "clients": clients,
                "therapists": SIZES[clients],
                "contender": contender,
                "runs": len(part),
                "seconds": median(part["seconds"]),
                "seconds_best": part["seconds"].min(),
                "compiling": median(part["compiling"]),
                "effective": median(part["effective"]),
                "effective_per_second": median(part["per_second"]),
                "collapsed_is_times_faster": median(quick) / median(part["per_second"]),
                "cores": int(part["cores"].iloc[0]),
                "peak_mb": median(part["peak_mb"]),
            }
        )
    return pd.DataFrame(rows)


def main() -> None:
    """Measure, write the table and the picture; then a thousand data sets."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    largest = int(os.environ.get("BENCH_LARGEST", 10_500))
    table = summary(measure([clients for clients in SIZES if clients <= largest]))
    write_csv(table, RESULTS / "engines.csv")
    save(draw(table), RESULTS / "engines.svg", RESULTS / "engines.png")
    print(table.to_string(index=False, float_format=lambda value: f"{value:,.2f}"))
    command = [sys.executable, "-m", "bench.many_fits", "1000"]
    many = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, env=ONE_THREAD)
    (RESULTS / "many_fits.json").write_bytes(many.stdout)
    print(many.stdout.decode())


if __name__ == "__main__":
    main()
