"""One run at a time in a study's folder; its jobs end with it, and what a killed run left there is cleared.

Snakemake's own lock is a file, which stays when Snakemake is killed. The profile switches it off (`nolock`).
"""

from iatrogenesis.core.orphans import let_jobs_notice
from iatrogenesis.core.running import RunError, hold
from iatrogenesis.core.storage import WriteError


def take_the_folder():
    """Hold the folder of the study's results for as long as Snakemake runs."""
    try:
        hold(Path(result("")))
    except (RunError, WriteError) as error:
        raise WorkflowError(str(error)) from None
    if workflow.local_exec:  # jobs on other machines are not children of this process
        let_jobs_notice()
