"""Peak memory and time of one streamed file, in a process of its own: ``python -m bench.memory CLIENTS FILE``."""

import resource
import sys
from pathlib import Path
from time import perf_counter

from bench.settings import load, sized
from iatrogenesis.world.streaming import stream_clients


def peak_megabytes() -> float:
    """Most memory this process ever held.

    Linux's getrusage would also count what the parent held before this program was started, /proc does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)  # macOS counts bytes


def main(clients: int, path: str) -> None:
    """Print clients, sessions' worth of seconds, and peak memory in megabytes."""
    study = load()
    began = perf_counter()
    written = stream_clients(
        study.setup,
        study.catalogue["routine_care"],
        sized(clients),
        path,
        progress=lambda done, all_, left: print(f"{done} of {all_} replicates, {left:.0f} s left", file=sys.stderr),
    )
    seconds = perf_counter() - began
    print(written, seconds, peak_megabytes(), Path(path).stat().st_size)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
