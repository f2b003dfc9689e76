"""Every number of the catalogue has its source, every source its number, every column its description."""

import re
from pathlib import Path

import pytest
import yaml

from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.sources import Record, bibliography, records
from iatrogenesis.core.yaml_text import read_yaml
from iatrogenesis.evidence.patterns import OVER_YEARS, PATTERNS
from iatrogenesis.evidence.worlds import DISTRESSED
from iatrogenesis.world.tidy import clients_table, sessions_table, therapist_weeks_table, therapists_table

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"
SCENARIOS = sorted(path.stem for path in (CONFIG / "scenarios").glob("*.yaml"))
UNITS = re.compile(
    r"^(points|share|SD|log|correlation|probability|reliability|sessions|weeks|clients|minutes|Cronbach|[gh] of Tukey)"
)


def numbers(study) -> dict[str, Record]:
    found = {}
    for name, scenario in study.catalogue.items():
        found |= {f"{name}.{path}": record for path, record in records(scenario).items()}
    every = Instruments.model_validate(read_yaml(CONFIG / "instruments.yaml"))
    return found | {f"instruments.{path}": record for path, record in records(every).items()}


def test_there_are_numbers_to_check(study):
    assert len(numbers(study)) > 300
    assert {"routine_care.world.dropout.logit", "routine_care.mechanisms.burnout.drift_per_sd"} <= set(numbers(study))


def test_no_plain_number_stands_in_a_world(study):
    """Every leaf of a world and of its mechanisms carries a record."""

    def leaves(node, path):
        if isinstance(node, Record):
            return []
        if hasattr(type(node), "model_fields"):
            return [leaf for name in type(node).model_fields for leaf in leaves(getattr(node, name), f"{path}.{name}")]
        if isinstance(node, dict):
            return [leaf for name, child in node.items() for leaf in leaves(child, f"{path}.{name}")]
        return [path]

    routine_care = study.catalogue["routine_care"]
    plain = leaves(routine_care.world, "world") + [leaf for m in routine_care.mechanisms for leaf in leaves(m, m.kind)]
    assert plain == [f"{m.kind}.kind" for m in routine_care.mechanisms]


def test_units_are_known(study):
    assert [path for path, record in numbers(study).items() if not UNITS.match(record.unit)] == []


def test_calibrated_numbers_name_patterns_that_exist(study):
    known = set(study.evidence["id"]) | {DISTRESSED}
    for path, record in numbers(study).items():
        assert set(record.fitted_to) <= known, path
        assert not record.fitted_to or record.status == "calibrated", path


def test_every_pattern_of_the_code_is_in_the_evidence_and_the_other_way_round(study):
    assert set(study.evidence["id"]) == set(PATTERNS | OVER_YEARS)


def test_every_source_is_used(study):
    text = "\n".join(path.read_text() for form in ("*.py", "*.j2") for path in (ROOT / "src").rglob(form))
    cited = {record.cite for record in numbers(study).values()} | set(study.evidence["cite"])
    sources = bibliography(CONFIG / "references.bib")
    for key in sources.keys() - cited:
        doi = sources[key].get("doi")
        assert key in text or (doi and doi in text), f"nothing cites {key}"


def entry(key: str = "a2020", **fields: str) -> str:
    """One source in BibTeX; a field given as "" is left out."""
    fields = {"author": "A", "title": "T", "year": "2020"} | fields
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{key},\n{body}}}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry() + entry("b2020") + entry(), "duplicate keys a2020"),
        (entry() + entry("b2020").removesuffix("}\n") + entry("c2020"), r"line 6: '@misc\{b2020,' is malformed"),
        (entry().replace("a2020,", "a2020"), r"line 1: '@misc\{a2020' is malformed"),
        (entry().replace("title", "author"), "malformed: Duplicate field keys on entry: 'author'"),
        (entry().replace("{T},", "{T}"), "a2020: year is missing"),
        (entry(author="", year=""), "a2020: author, year is missing"),
        (entry(""), "line 1: the entry has no key"),
        (entry().removeprefix("@"), r"line 1: text outside entries: 'misc\{a2020,'"),
        (entry() + "}\n", "line 6: text outside entries: '}'"),
        (entry(title="5% of clients"), r"a2020: LaTeX would drop a plain %; write \\%"),
        (entry(title="Clients & therapists"), "a2020: LaTeX would drop a plain &"),
    ],
)
def test_a_faulty_bibliography_is_refused_by_file_and_place(tmp_path, text, said):
    (tmp_path / "x.bib").write_text(text)
    with pytest.raises(ValueError, match=f"^{re.escape(str(tmp_path / 'x.bib'))}: .*{said}"):
        bibliography(tmp_path / "x.bib")


def test_a_bibliography_is_read_as_latex_reads_it(tmp_path):
    text = "% a comment\n" + entry(
        author='Fl{\\"u}ckiger and {{NHS England}}', title="{RCT}s: 5\\% \\& more", doi="10.1/a_b"
    )
    (tmp_path / "x.bib").write_text(text.replace("{2020}", '"2020"'))
    found = {"author": "Flückiger and NHS England", "title": "RCTs: 5% & more", "year": "2020", "doi": "10.1/a_b"}
    assert bibliography(tmp_path / "x.bib") == {"a2020": found}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_says_what_it_asks_and_runs(study, small, name):
    scenario = study.catalogue[name]
    assert scenario.question.endswith("?") and scenario.title
    run = study.setup.run(scenario, small)
    assert (run.state.end > 0).all()


def test_every_column_is_in_the_codebook_and_the_other_way_round(study, small):
    codebook = yaml.safe_load((CONFIG / "codebook.yaml").read_text())
    del codebook["own_data"]
    every = Instruments.model_validate(read_yaml(CONFIG / "instruments.yaml"))
    setup = study.setup.model_copy(update={"instruments": every})
    run = setup.run(study.catalogue["routine_care"], small, record=True)
    tables = {
        "clients": clients_table(run, every, study.config.judgement, run),
        "sessions": sessions_table(run),
        "therapists": therapists_table(run),
        "therapist_weeks": therapist_weeks_table(run),
    }
    assert set(codebook) == set(tables)
    for name, table in tables.items():
        assert list(codebook[name]) == list(table.columns), name
        for column, about in codebook[name].items():
            values = table[column].dropna()
            if "range" in about:
                assert values.between(*about["range"]).all(), column
            if "levels" in about:
                assert set(values) <= set(about["levels"]), column
