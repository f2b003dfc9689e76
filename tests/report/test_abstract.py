"""What the abstract says is claimed, in few words and few numbers, and says where each comes from."""

import json
import re
from html import unescape

import pandas as pd
import pytest

from iatrogenesis.report.numbering import see
from iatrogenesis.report.render import templates
from iatrogenesis.report.traces import traces

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
    environment = templates(numbers, [], {}, {"see": see})
    html = environment.get_template("paper/abstract.html.j2").render()
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


def test_a_trace_names_cell_rule_and_script(study):
    claims = {name: study.claims[name] for name in ("net_low", "counted_net")}
    values = {claim.number: {"value": 12.34} for claim in claims.values()}
    table = traces(claims, values, {"tables/conclusions.csv": ("conclude", "scripts/x.py")})
    (row,) = table.rows  # the other does not stand in the abstract
    assert dict(zip(table.columns, row, strict=True)) == {
        "Number": claims["net_low"].sentence,
        "Value": "12.3",
        "Table": "tables/conclusions.csv",
        "Row": "conclusion = net",
        "Column": "low_90",
        "Rule": "conclude",
        "Script": "scripts/x.py",
        "Recomputed by": "recompute/net_low.py",
    }
    assert traces(claims, {}, {}).rows == []


@pytest.mark.slow
def test_claims_are_about_numbers_that_the_report_has(study, pages):
    """In the finished study; and each has the value of its cell."""
    numbers = json.loads((pages / "tables" / "numbers.json").read_text())
    for name, claim in study.claims.items():
        found = claim.found(pd.read_csv(pages / claim.table))
        assert found is not None, name
        assert numbers[claim.number]["value"] == pytest.approx(found[0], rel=1e-9), name
