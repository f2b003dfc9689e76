"""The tiny study as jobs of a real Slurm on this machine: the same bytes as locally, whatever happens to jobs."""

import os
import signal
from pathlib import Path

import pandas as pd
import pytest

pytestmark = [pytest.mark.cluster, pytest.mark.slow]

RESULTS = Path("results", "tiny")
# From simulated clients to what every method is worth: seven of the tiny study's jobs of a cluster.
PART = [f"{RESULTS}/tables/{name}.csv" for name in ("diagnostics", "performance", "true_rates")]
EVIDENCE = f"{RESULTS}/tables/evidence.csv"
SAME = (".parquet", ".csv", ".svg", ".png", ".html", ".pdf", ".json")
# Seconds, memory and times of jobs, and what lists the checksums of these.
NOT_SAME = {"tables/cost.csv", "manifest.csv", "ro-crate-metadata.json"}


def compared(project: Path, local: Path) -> list[str]:
    """Results that are there, all held to those of a local run, byte by byte."""
    whole = project / RESULTS
    names = [path.relative_to(whole).as_posix() for path in sorted(whole.rglob("*")) if path.suffix in SAME]
    names = [name for name in names if name not in NOT_SAME and not name.startswith(("records", "benchmarks"))]
    differing = [name for name in names if (whole / name).read_bytes() != (local / RESULTS / name).read_bytes()]
    assert not differing
    return names


def script_of(name: str, project: Path) -> int | None:
    """Process that runs a rule's script, which Snakemake copies into the project's `.snakemake/scripts`."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        script = f"{project}/.snakemake/scripts/"
        ours = any(word.startswith(script) and word.endswith(f".{name}.py") for word in words)
        if ours and "python" in Path(words[0]).name:
            return int(folder.name)
    return None


@pytest.mark.trial(kind="fault", what="a run on Slurm is cancelled, and started again")
def test_two_jobs_at_a_time_cancelled_and_taken_up_again_give_the_same_bytes(start, slurm, fresh, finished):
    run, most = start(*PART), 0

    def some_done() -> bool:
        nonlocal most
        most = max(most, len(slurm.jobs("running")))
        return len(slurm.jobs("completed")) >= 2 and bool(slurm.jobs("running"))

    run.until("two jobs are done and another runs", some_done)
    run.cancel()
    assert run.ended(120) != 0
    assert slurm.jobs("pending,running") == [], "jobs run on without anybody who waits for them"
    before = len(slurm.jobs())
    again = start(*PART)
    assert again.ended() == 0, again.said[-3000:]
    assert most == 2
    assert len(slurm.jobs()) - before <= 6, "what was done is done again"
    names = compared(fresh, finished)
    assert {"simulated/routine_care/clients.parquet", "tables/performance.csv", "tables/diagnostics.csv"} <= set(names)
    assert sum("simulation_study/" in name for name in names) > 20


@pytest.mark.trial(kind="fault", what="kill -9 of a job on Slurm, then Slurm puts it back into its queue")
def test_a_job_that_is_killed_or_requeued_starts_again(start, slurm, fresh, finished):
    run = start(EVIDENCE)
    run.until("the script runs", lambda: script_of("evidence", fresh) is not None)
    (first,) = slurm.jobs("running")
    killed = script_of("evidence", fresh)
    os.kill(killed, signal.SIGKILL)
    run.until("the script runs again", lambda: script_of("evidence", fresh) not in (None, killed))
    # Held, or a short script would be done before anybody asks for it.
    os.kill(script_of("evidence", fresh), signal.SIGSTOP)
    run.until("the first has ended", lambda: slurm.states()[first[0]] == "FAILED")
    (second,) = slurm.jobs("running")
    memory = {
        number: int(slurm.ask("squeue", "--noheader", "--states=all", f"--jobs={number}", "--format=%m").strip()[:-1])
        for number in (first[0], second[0])
    }
    assert memory[second[0]] == 2 * memory[first[0]], "killed for its memory it would be killed again"
    slurm.ask("scontrol", "requeue", second[0])
    run.until("it waits", lambda: slurm.states()[second[0]] in ("PENDING", "COMPLETING"))
    slurm.ask("scontrol", "update", f"JobId={second[0]}", "StartTime=now")
    assert run.ended() == 0, run.said[-3000:]
    assert slurm.states()[second[0]] == "COMPLETED"
    assert slurm.ask("scontrol", "show", "job", second[0]).count("Restarts=1") == 1
    assert compared(fresh, finished) == ["tables/evidence.csv"]


def test_the_whole_study_on_the_cluster_gives_the_same_bytes(start, slurm, fresh, finished, request):
    if not request.config.getoption("--whole-study", False):
        pytest.skip("takes about eight core minutes: make cluster-test")
    run = start("all")
    run.until("two jobs run at once", lambda: len(slurm.jobs("running")) == 2)
    assert run.ended(6 * 3600) == 0, run.said[-3000:]
    names = compared(fresh, finished)
    assert {"report.html", "report.pdf", "explorer.html", "tables/numbers.json"} <= set(names)
    checks = pd.read_csv(fresh / RESULTS / "tables" / "checks.csv").set_index("kind")
    assert checks.loc["invariant", "passed"].all()  # a study this small may miss a published pattern
