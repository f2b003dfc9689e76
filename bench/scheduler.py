"""What Snakemake's scheduler costs while jobs run, with and without its limit of jobs per second.

Run by `python -m bench.scheduler`, for each new Snakemake: the Snakefile takes the limit away (`onstart`) where that
was found to save time. Both workflows run at once, so that a busy machine is the same for them.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from snakemake import __version__

JOBS, INPUTS, SECONDS = 150, 100, 2.0
SNAKEFILE = f"""\
rule all:
    input:
        expand("done/{{number}}", number=range({JOBS})),


rule one:
    input:
        expand("code/{{number}}", number=range({INPUTS})),
    output:
        "done/{{number}}",
    shell:
        "sleep {SECONDS}; touch {{output}}"


onstart:
    if config["unlimited"]:
        workflow.scheduler.job_rate_limiter = None
"""


def start(folder: Path, unlimited: bool) -> subprocess.Popen:
    """Start the workflow in a new folder."""
    (folder / "code").mkdir(parents=True)
    for number in range(INPUTS):
        (folder / "code" / str(number)).touch()
    (folder / "Snakefile").write_text(SNAKEFILE, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--cores",
        "2",
        "--quiet",
        "all",
        "--config",
        f"unlimited={unlimited}",
    ]
    return subprocess.Popen(command, cwd=folder)


def main() -> None:
    """Print core seconds of the main process and what it started."""
    with tempfile.TemporaryDirectory() as folder:
        limits = {"with the limit": False, "without": True}
        running = {name: start(Path(folder) / name, unlimited) for name, unlimited in limits.items()}
        for name, process in running.items():
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise SystemExit(f"the workflow {name} failed; see above")
            seconds = usage.ru_utime + usage.ru_stime
            print(f"Snakemake {__version__}, {JOBS} jobs, {name}: {seconds:.1f} core seconds", flush=True)


if __name__ == "__main__":
    main()
