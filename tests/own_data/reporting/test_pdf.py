"""The document: page one alone on its page, the same bytes each time, ids are texts."""

import pytest
from tests.own_data.reporting.made_tables import about, settings, tables
from tests.own_data.reporting.test_page import PICTURES

from iatrogenesis.own_data.reporting.page import report
from iatrogenesis.own_data.reporting.pdf import pdf
from iatrogenesis.report.typeset import typst as source_of


def html(evil: str = "009") -> str:
    found = {name: table.replace("009", evil) for name, table in tables().items()}
    return report(found, about(), settings(), PICTURES)


@pytest.mark.parametrize("evil", ["#panic()", '"] #panic() ["', "<script>alert(1)</script>", "\\", "$x$ *b* _i_ @a"])
def test_no_id_is_a_command(evil, tmp_path):
    path = tmp_path / "report.pdf"
    pdf(html(evil), path)
    assert path.read_bytes().startswith(b"%PDF") and [one.name for one in tmp_path.iterdir()] == ["report.pdf"]


def test_the_same_page_gives_the_same_bytes(tmp_path):
    made = []
    for name in ("a", "b"):
        pdf(html(), tmp_path / name)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_page_one_ends_with_its_page(tmp_path):
    source = source_of(html(), tmp_path, "nobody")
    before, after = source.split("#pagebreak(weak: true)")
    assert "What cannot be concluded" in before and "#outline" in after and "Data flow" not in before
