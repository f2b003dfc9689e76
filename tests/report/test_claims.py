"""What the report claims is in the tables, and what the abstract says is claimed, short and in few numbers."""

import json
import re
from html import unescape

import pandas as pd
import pytest
import yaml
from pydantic import ValidationError

from iatrogenesis.core.sources import bibliography
from iatrogenesis.core.tables import DataError
from iatrogenesis.core.yaml_text import ConfigError
from iatrogenesis.report.claims import Claim, Claims
from iatrogenesis.report.render import templates
from iatrogenesis.report.traces import traces
from iatrogenesis.study.named import recorded
from tests.conftest import CONFIG

ONE = {
    "sentence": "Net harm, deteriorations per 1,000 clients",
    "number": "{base}.net",
    "table": "tables/scenarios.csv",
    "row": {"scenario": "{base}", "measure": "net"},
    "column": "value",
    "mcse": "mcse",
    "kind": "simulated",
}
WORDS, NUMBERS = 250, 10


def abstract(claims) -> tuple[str, set[str]]:
    """The abstract's text, and the names of the numbers that it asked for."""
    asked = set()

    class Noted(dict):
        def __getitem__(self, name):
            asked.add(name)
            return super().__getitem__(name)

    # Long ones: no study has more words.
    numbers = Noted({claim.number: {"value": 123.4, "unit": ""} for claim in claims.values()})
    environment = templates(numbers, [], {"traces": traces({}, {}, {})}, {})
    html = environment.get_template("sections/abstract.html.j2").render()
    text = html.partition('<div class="answer">')[2].partition("</div>")[0]
    return unescape(re.sub(r"<[^>]*>", " ", text)), asked


def test_the_abstract_is_short_and_structured(study):
    text, _ = abstract(study.claims)
    assert len(text.split()) <= WORDS
    heads = [text.index(f"{head}.") for head in ("Background", "Methods", "Results", "Conclusions")]
    assert heads == sorted(heads)


def test_the_abstract_has_few_numbers_counted_in_whatever_form(study):
    text, asked = abstract(study.claims)
    assert len(re.findall(r"\d[\d.,]*", text)) <= NUMBERS
    assert 0 < len(asked) <= NUMBERS


def test_the_abstract_leads_with_the_net_and_its_range(study):
    text, _ = abstract(study.claims)
    results = text[text.index("Results.") :]
    assert re.search(r"^Results\.\s+Of every thousand clients, 123 \(123 to 123\) more", results)


def test_every_number_of_the_abstract_is_a_claim_and_no_other_is_marked(study):
    _, asked = abstract(study.claims)
    assert asked == {claim.number for claim in study.claims.values() if claim.abstract}


def test_a_number_that_is_no_claim_would_be_noticed(study):
    without = {name: claim for name, claim in study.claims.items() if name != "net_low"}
    with pytest.raises(KeyError, match=r"conclusions\.net\.low_90"):
        abstract(without)


def test_a_claim_is_found_in_its_row_with_its_error():
    claim = Claim(**ONE, times=-100).of("usual")
    rows = {"scenario": ["usual", "other"], "measure": "net", "value": [0.5, 9], "mcse": [0.1, 9]}
    assert claim.number == "usual.net"
    assert claim.found(pd.DataFrame(rows)) == (-50.0, 10.0)
    assert claim.of("nowhere").found(pd.DataFrame(rows)) == (-50.0, 10.0)  # the name is in it already
    assert Claim(**ONE).of("nowhere").found(pd.DataFrame(rows)) is None
    assert Claim(**{**ONE, "mcse": 2.0}).of("usual").found(pd.DataFrame(rows)) == (0.5, 2.0)
    with pytest.raises(DataError, match="2 rows"):
        claim.found(pd.DataFrame({**rows, "scenario": "usual"}))
    with pytest.raises(DataError, match="no column 'mcse'"):
        claim.found(pd.DataFrame(rows).drop(columns="mcse"))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"kind": "posterior", "mcse": None}, "needs the column of its error"),
        ({"number": "{scenario}.net"}, "only {base} may stand"),
        ({"row": {"scenario": "{b}"}}, "only {base} may stand"),
        ({"table": "../elsewhere.csv"}, "should match pattern"),
        ({"tolerance": 0}, "greater than 0"),
        ({"colum": "value"}, "Extra inputs"),
    ],
)
def test_a_faulty_claim_is_refused(changed, says):
    with pytest.raises(ValidationError, match=says):
        Claim(**(ONE | changed))


def test_a_faulty_file_says_which_claim(tmp_path):
    keys = frozenset(bibliography(CONFIG / "references.bib"))
    path = tmp_path / "claims.yaml"
    path.write_text(json.dumps({"net": ONE, "again": ONE}))
    with pytest.raises(ConfigError, match="two claims are about the same number"):
        recorded(Claims, path, keys)
    path.write_text(yaml.safe_dump({"Net harm": ONE}))
    with pytest.raises(ConfigError, match="an id is made of small letters"):
        recorded(Claims, path, keys)
    path.write_text(yaml.safe_dump({"net": {**ONE, "kind": "guessed"}}))
    with pytest.raises(ConfigError, match=r"claims\.yaml: .*net\.kind"):
        recorded(Claims, path, keys)


def test_a_trace_names_cell_rule_and_script():
    claims = {"net": Claim(**ONE, abstract=True).of("usual"), "more": Claim(**{**ONE, "number": "more"})}
    table = traces(claims, {"usual.net": {"value": 12.34}}, {"tables/scenarios.csv": ("compare", "scripts/x.py")})
    (row,) = table.rows
    assert dict(zip(table.columns, row, strict=True)) == {
        "Number": ONE["sentence"],
        "Value": "12.3",
        "Table": "tables/scenarios.csv",
        "Row": "scenario = usual, measure = net",
        "Column": "value",
        "Rule": "compare",
        "Script": "scripts/x.py",
        "Worked out again by": "recompute/net.py",
    }


@pytest.mark.slow
def test_claims_are_about_numbers_that_the_report_has(study, pages):
    """In the finished study; and each has the value of its cell."""
    numbers = json.loads((pages / "tables" / "numbers.json").read_text())
    for name, claim in study.claims.items():
        found = claim.found(pd.read_csv(pages / claim.table))
        assert found is not None, name
        assert numbers[claim.number]["value"] == pytest.approx(found[0], rel=1e-9), name
