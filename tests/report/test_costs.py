"""What a run cost, by rule and by job."""

import pytest

from iatrogenesis.core.logs import cost_of, logged
from iatrogenesis.report.run_record import cost


def test_costs_are_summed_by_rule(tmp_path):
    (tmp_path / "benchmarks" / "fit").mkdir(parents=True)
    (tmp_path / "logs" / "fit").mkdir(parents=True)
    for name, wall, core, memory in (("check", 2.0, None, "NA"), ("fit/a", 3.0, 2.5, "90"), ("fit/b", 4.5, 6.0, "120")):
        (tmp_path / "benchmarks" / f"{name}.tsv").write_text(f"s\tmax_rss\n{wall}\t{memory}\n")
        (tmp_path / "logs" / f"{name}.log").write_text("said\n" + (f"Core seconds: {core}\n" if core else ""))
    found = cost(tmp_path).set_index("rule")
    assert list(found.index) == ["fit", "check"]
    assert found.loc["fit"].to_dict() == {"jobs": 2, "core_seconds": 8.5, "wall_seconds": 7.5, "max_rss_mb": 120}
    # A job that says nothing, as before this was kept, counts its wall time.
    assert found.loc["check", "core_seconds"] == 2.0


def test_a_log_ends_with_what_the_job_cost(tmp_path):
    with logged(tmp_path / "job.log"):
        sum(range(3_000_000))
    assert cost_of(tmp_path / "job.log") > 0.05
    with pytest.raises(ZeroDivisionError), logged(tmp_path / "failed.log"):
        print(1 / 0)
    assert cost_of(tmp_path / "failed.log") is None
