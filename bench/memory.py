"""Peak memory and time of one streamed file, in a process of its own: ``python -m bench.memory CLIENTS FILE``."""

import resource
import sys
from pathlib import Path
from time import perf_counter

from bench.settings import load, sized
from iatrogenesis.simulate.stream import stream_clients


def main(clients: int, path: str) -> None:
    """Print clients, sessions' worth of seconds, and peak memory in megabytes."""
    study = load()
    began = perf_counter()
    written = stream_clients(
        study.setup,
        study.catalogue["full_harm"],
        sized(clients),
        path,
        progress=lambda done, all_, left: print(f"{done} of {all_} replicates, {left:.0f} s left", file=sys.stderr),
    )
    seconds = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * (1024 if sys.platform == "darwin" else 1))
    print(written, seconds, peak, Path(path).stat().st_size)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
