"""Stream replicates in blocks to Parquet, in memory that does not grow with their number."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

from iatrogenesis.core.extras import missing

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError as error:
    raise missing("tables", error) from None

from iatrogenesis.core.files import replacing
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.run import Run
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.setup import Setup
from iatrogenesis.world.tidy import clients_table

Progress = Callable[[int, int, float], None]
"""Told after each block: replicates done, replicates in all, and about how many seconds are left."""


def blocks(
    setup: Setup, scenario: Scenario, design: Design, *, size: int = 20, progress: Progress | None = None
) -> Iterator[Run]:
    """Runs of ``size`` replicates each; any size gives the same clients the same course."""
    began = monotonic()
    for start in range(0, design.replicates, size):
        stop = min(start + size, design.replicates)
        yield setup.run(scenario, design, replicates=range(start, stop))
        if progress is not None:
            progress(stop, design.replicates, (monotonic() - began) / stop * (design.replicates - stop))


def stream_clients(
    setup: Setup,
    scenario: Scenario,
    design: Design,
    path: Path | str,
    *,
    size: int = 20,
    progress: Progress | None = None,
) -> int:
    """Write the clients table of a design of any size, one row group per block, and return how many clients it has.

    The file is the same as that of one run, but for its row groups; it appears when it is whole, or not at all.
    """
    written = 0
    with replacing(path) as temporary:
        writer = None
        try:
            for run in blocks(setup, scenario, design, size=size, progress=progress):
                table = clients_table(run, setup.instruments, setup.judgement)
                group = pa.Table.from_pandas(table, preserve_index=False)
                writer = writer or pq.ParquetWriter(temporary, group.schema, compression="zstd")
                writer.write_table(group.cast(writer.schema))
                written += len(table)
                del run, table, group  # or two blocks would be in memory at a time
        finally:
            if writer is not None:
                writer.close()
    return written
