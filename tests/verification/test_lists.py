"""What the lists call left over is held to its own record only; what the reference has cannot be called so."""

from pathlib import Path

import pytest

from iatrogenesis.verification.chain import OLDER, Chain
from iatrogenesis.verification.verify import misfits
from tests.verification import jobs
from tests.verification.alterations import code_edited
from tests.verification.jobs import finished  # noqa: F401  a fixture


@pytest.mark.trial(kind="altered", what="a list of files that calls tables left over, and their code")
def test_what_the_reference_has_cannot_be_left_over(finished):  # noqa: F811
    """Even if checksums and records agreed with the list."""
    path = Path(jobs.at("manifest.csv"))
    rows = path.read_text().splitlines()
    path.write_text("\n".join(f"{row}yes" if row.startswith(("tables/", "simulated/")) else row for row in rows) + "\n")
    code_edited()
    chain = Chain(jobs.RESULTS, pinned=["tables/scenarios.csv"])
    found = {fault.path: fault.kind for fault in misfits(chain, Path())}
    assert found["tables/scenarios.csv"] == OLDER
    assert found["simulated/routine_care/clients.parquet"] == OLDER  # the table rests on it
    assert "tables/true_rates.csv" not in found
