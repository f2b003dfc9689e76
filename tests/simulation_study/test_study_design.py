"""The design table of the simulation study: what it holds, and what is refused."""

import pytest

from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.simulation_study.cells import read_cells
from iatrogenesis.simulation_study.data_generation import list_lengths
from tests.conftest import CONFIG, design_cells

TABLE = CONFIG / "study_design.csv"


@pytest.fixture(scope="module")
def cells():
    return design_cells()


def test_the_design_spans_what_it_is_about(cells):
    assert len(cells) >= 24
    family = {name: [cell for cell in cells.values() if cell.family == name] for name in "AB"}
    assert min(cell.therapists for cell in family["A"]) == 20 and max(cell.therapists for cell in family["A"]) == 1000
    assert min(cell.clients for cell in family["A"]) == 15 and max(cell.clients for cell in family["A"]) == 150
    assert {cell.shape for cell in family["A"]} == {"normal", "skewed", "heavy_tailed", "two_classes"}
    asked = ("severity", "deprivation", "unmeasured", "between", "referred", "dropout", "lists_by_harm", "prior_rate")
    for name in asked:
        assert any(getattr(cell, name) for cell in family["A"]), name
    assert any(cell.services > 1 for cell in family["A"]) and any(cell.prior_scale != 1 for cell in family["A"])
    assert any(cell.course for cell in family["B"]) and any(cell.severity for cell in family["B"])
    assert all(len(cell.reason) > 10 for cell in cells.values())


def test_words_of_the_table_are_numbers_of_the_plausible_worlds(cells, study):
    known = study.numbers
    assert (
        cells["reference_cell"].therapist_sd == known.therapist_sd.value
        and cells["sd_high"].therapist_sd == known.therapist_sd.high
    )
    assert cells["reference_cell"].burnout == known.coefficients["burnout"].value
    assert (
        cells["rate_low"].rate == known.rate.low and cells["burnout_high"].burnout == known.coefficients["burnout"].high
    )


def test_cells_read_one_at_a_time_change_one_thing(cells):
    own = ("cell", "reading", "also", "reason")
    for cell in cells.values():
        reference = next(one for one in cells.values() if one.family == cell.family and one.reading == "reference")
        changed = [
            name
            for name in type(cell).model_fields
            if name not in own and getattr(cell, name) != getattr(reference, name)
        ]
        if cell.reading == "one at a time":
            # a service's size is one thing
            assert len(set(changed) - {"clients"} if "therapists" in changed else changed) == 1, (cell.cell, changed)
        elif cell.reading == "interaction":
            assert len(changed) >= 2, cell.cell


def test_lists_have_the_stated_mean_and_are_unequal(cells):
    lengths = list_lengths(cells["reference_cell"])
    assert len(lengths) == 60 and sum(lengths) / 60 == pytest.approx(50, rel=0.02)
    assert min(lengths) < 20 and max(lengths) > 100
    assert set(list_lengths(cells["equal_lists"])) == {50}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("therapist_sd,shape", "therapist_ds,shape"), "column 'therapist_ds' is unknown or missing"),
        (("therapists_20,A,one at a time,20", "therapists_20,A,one at a time,many"), "line 3: .*therapists"),
        (("rate_10,A,one at a time,,,,,,,,0.1", "rate_10,A,one at a time,,,,,,,,0.6"), "rate: .*0.5"),
        (("rate_low,A", "rate_10,A"), "duplicate cell 'rate_10'"),
        (
            ("between,A,one at a time,,,,,,,,,,,,,,,,,,,0.33", "between,A,one at a time,,,,,,,,,,,,,,,,,,,low"),
            "between: give a number",
        ),
        (("reference_cell,A,reference", "reference_cell,A,interaction"), "must begin with its reference"),
        (("sd_0,A,one at a time", "sd_0,A,sometimes"), "reading: "),
        ((",laplace,", ",measurment,"), "also: .*measurment"),  # codespell:ignore
        (("sd_0,A,one at a time,,,,,0", "sd_0,A,one at a time,,,,,-1"), "therapist_sd"),
        (
            ("world_small,B,one at a time,20,30,,,,", "world_small,B,one at a time,20,30,,,0.04,"),
            "not used in family B",
        ),
        (("small,A,interaction,20,15", "small,A,interaction,20,nan"), "clients"),
    ],
)
def test_faulty_tables_are_refused_by_line_and_column(tmp_path, study, change, words):
    path = tmp_path / "study_design.csv"
    assert change[0] in TABLE.read_text()
    path.write_text(TABLE.read_text().replace(*change, 1))
    with pytest.raises(ConfigError, match=words):
        read_cells(path, study.numbers)


def test_a_table_without_rows_is_refused(tmp_path, study):
    path = tmp_path / "study_design.csv"
    path.write_text(TABLE.read_text().splitlines()[0] + "\n")
    with pytest.raises(ConfigError, match="no rows"):
        read_cells(path, study.numbers)


def test_a_missing_table_is_named(tmp_path, study):
    with pytest.raises(ConfigError, match=r"nowhere\.csv: cannot be read"):
        read_cells(tmp_path / "nowhere.csv", study.numbers)
