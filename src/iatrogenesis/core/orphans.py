"""Nobody works on for a process that is gone: jobs end with their run, and workers with their job.

A run is Snakemake. Its jobs inherit its standard input, a pipe that only Snakemake could write to: reading from it
waits for as long as Snakemake is there, and ends when Snakemake does, killed or not, on Linux and on a Mac.
"""

import multiprocessing
import os
import signal
import stat
import threading
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

WATCH = "IATROGENESIS_WATCHES_STDIN"
GRACE = 5.0
"""Seconds that a job is given to clear up after itself."""


def let_jobs_notice() -> None:
    """Make this process's standard input end for its children when it ends; for runs whose jobs are its children."""
    theirs, _ours = os.pipe()  # what is not closed here, closes with this process; children do not inherit it
    os.dup2(theirs, 0)
    os.close(theirs)
    os.environ[WATCH] = "1"


@contextmanager
def ended_with_the_run() -> Generator[None]:
    """End this process, as Ctrl-C would, when the run that began it is gone; nothing where it cannot be noticed."""
    done = threading.Event()
    if os.environ.get(WATCH) and stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_end_with_the_run, args=(done,), daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _end_with_the_run(done: threading.Event) -> None:
    os.read(0, 1)
    if done.is_set():
        return
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)  # wakes it, where interrupt_main would not
    if not done.wait(GRACE):
        os._exit(1)


def workers(number: int) -> ProcessPoolExecutor:
    """Give processes that work for this one, and end when it is gone, killed or not."""
    return ProcessPoolExecutor(number, initializer=_end_with_the_job)


def _end_with_the_job() -> None:
    job = multiprocessing.parent_process()

    def wait() -> None:
        if job is not None:
            job.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
