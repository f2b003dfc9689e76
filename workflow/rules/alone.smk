"""One run at a time in a study's folder; its jobs end with it, and what a killed run left there is cleared.

Snakemake's own lock is a file, which stays when Snakemake is killed. The profile switches it off (`nolock`).
"""

import atexit

from iatrogenesis.core.orphans import let_jobs_notice
from iatrogenesis.core.running import RunError, hold
from iatrogenesis.core.storage import WriteError, explaining, full

try:  # before Snakemake wants to remember something there
    with explaining(Path(".snakemake")):
        Path(".snakemake").mkdir(exist_ok=True)
except WriteError as error:
    raise WorkflowError(str(error)) from None


def take_the_folder():
    """Hold the folder of the study's results for as long as Snakemake runs."""
    try:
        hold(Path(result("")))
    except (RunError, WriteError) as error:
        raise WorkflowError(str(error)) from None
    atexit.register(say_if_full)
    if workflow.local_exec:  # jobs on other machines are not children of this process
        let_jobs_notice()


def say_if_full():
    """Say at the end that the disk is full, wherever that was noticed: Snakemake shows its own tracebacks then."""
    for said in filter(None, map(full, (Path(result("")), Path()))):
        print(said, file=sys.stderr, flush=True)
        return
