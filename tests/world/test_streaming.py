"""A streamed file is the table of one run; what fails leaves nothing behind."""

import pandas as pd
import pytest

from iatrogenesis.world import streaming as stream
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.tidy import clients_table

DESIGN = Design(replicates=5, therapists=6, services=2, clients_per_therapist=12)


@pytest.mark.parametrize("size", [1, 2, 5, 50])
def test_a_streamed_file_is_the_table_of_one_run(study, tmp_path, size):
    scenario, told = study.catalogue["routine_care"], []
    path = tmp_path / "clients.parquet"
    written = stream.stream_clients(
        study.setup, scenario, DESIGN, path, size=size, progress=lambda *step: told.append(step)
    )
    whole = clients_table(study.setup.run(scenario, DESIGN), study.instruments, study.config.judgement)
    pd.testing.assert_frame_equal(pd.read_parquet(path), whole, check_dtype=False)
    assert written == len(whole)
    assert [done for done, _, _ in told][-1] == 5 and told[-1][2] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["clients.parquet"]


@pytest.mark.trial(kind="fault", what="an error in the middle of a simulation")
def test_what_fails_midway_leaves_nothing_and_spoils_nothing(study, tmp_path, monkeypatch):
    path = tmp_path / "clients.parquet"
    path.write_text("what was there before")

    def fail(run, *_):
        if run.clients.replicate[0] == 2:
            raise RuntimeError("no more")
        return clients_table(run, study.instruments, study.config.judgement)

    monkeypatch.setattr(stream, "clients_table", fail)
    with pytest.raises(RuntimeError, match="no more"):
        stream.stream_clients(study.setup, study.catalogue["routine_care"], DESIGN, path, size=1)
    assert [path.name for path in tmp_path.iterdir()] == ["clients.parquet"]
    assert path.read_text() == "what was there before"
