"""The plan of the simulation study is what the configuration and the code say today."""

import re

from tests.conftest import CONFIG, ROOT

from iatrogenesis.figures.methods import LABELS
from iatrogenesis.study.ademp_page import STUDIES, page
from iatrogenesis.study.study import load_study


def test_the_page_is_what_make_docs_writes():
    studies = {name: load_study(CONFIG / f"{name}.yaml", CONFIG) for name in STUDIES}
    text = (ROOT / "docs" / "ADEMP.md").read_text()
    assert text == page(studies), "run `make docs`"
    for cell in studies["full"].cells:
        assert f"| {cell} |" in text
    for label in LABELS.values():
        assert f"**{label}**" in text
    assert re.findall(r"\{\{|\}\}|\bnan\b", text) == []
    headings = re.findall(r"^## (\d) ", text, flags=re.MULTILINE)
    assert headings == list("1234567")
