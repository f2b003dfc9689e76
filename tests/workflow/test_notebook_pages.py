"""Notebooks run from top to bottom in the workflow, draw, and become pages that need nothing else."""

import re

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_ran_drew_and_became_a_page(pages, path):
    text = (pages / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")
    pictures = text.count('src="data:image/png')
    assert pictures >= 2
    # A picture whose cell does not say what it shows gets a stand-in that tells nothing.
    assert pictures == len(re.findall(r'<img alt="[^"]{20,}"', text)) and "No description has been provided" not in text
    assert not re.findall(r"<script|<link|<iframe", text) and "jupyter.widget" not in text
    assert not re.findall(r"""(?:src|@import|url\()\s*=?\s*["']?https?:""", text)
    assert '<html lang="en-GB">' in text


def test_running_them_leaves_them_as_they_were(finished):
    ran = {path.name: path.read_bytes() for path in (finished / "notebooks").glob("*.ipynb")}
    assert ran == {path.name: path.read_bytes() for path in NOTEBOOKS}
