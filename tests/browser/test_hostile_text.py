"""A real browser's parser sees the same elements, whatever a user's texts say, and runs none of them."""

import pytest

from iatrogenesis.core.files import write_text
from tests.hostile import EVIL, HARMLESS, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SKELETON = """() => [...document.querySelectorAll('*')].map(one =>
  [one.localName, ...one.getAttributeNames().filter(name => name !== 'class').sort()].join(' '))"""


@pytest.mark.trial(kind="refused", what="markup in a user's texts, in Chromium's own parser, on every page")
def test_no_text_becomes_markup_in_chromium(visit, tmp_path):
    for name, made in PAGES.items():
        more = [tmp_path] if name == "checks of own data" else []
        seen = []
        for text in (EVIL, HARMLESS):
            write_text(made(text, *more), tmp_path / "page.html")
            opened = visit(tmp_path / "page.html")
            assert opened.evaluate("window.evil ?? null") is None
            seen.append(opened.evaluate(SKELETON))
            opened.close()
        assert len(seen[0]) > 20 and seen[0] == seen[1], name
