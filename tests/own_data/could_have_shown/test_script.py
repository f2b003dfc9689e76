"""The rule's script simulates with the threads that the workflow gives its job."""

import runpy
from types import SimpleNamespace

import pandas as pd

from iatrogenesis.own_data import could_have_shown
from iatrogenesis.own_data.prepared import Prepared
from tests.conftest import ROOT
from tests.own_data.made_up import own


def test_all_threads_of_the_job_are_used(tmp_path, monkeypatch):
    found = {}

    def simulated(*_, workers=1):
        found["workers"] = workers
        return {"ceiling": pd.DataFrame({"reason": ["x"]})}

    monkeypatch.setattr(could_have_shown, "tables", simulated)
    monkeypatch.setattr(Prepared, "read", lambda _: None)
    job = SimpleNamespace(
        input=SimpleNamespace(prepared=str(tmp_path)),
        params=SimpleNamespace(settings=own().model_dump(mode="json")),
        output=SimpleNamespace(tables=[str(tmp_path / "ceiling.csv")]),
        log=[str(tmp_path / "log.txt")],
        threads=3,
    )
    script = ROOT / "scripts" / "own_data" / "could_have_shown.py"
    runpy.run_path(str(script), init_globals={"snakemake": job}, run_name="__main__")
    assert found == {"workers": 3} and (tmp_path / "ceiling.csv").is_file()
