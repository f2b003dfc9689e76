"""On paper the summary takes exactly two sheets of A4, whatever the numbers."""

import re
import zlib

import pytest

from iatrogenesis.report.summary.page import pictures, summary
from iatrogenesis.report.summary.paper import DoesNotFit, pdf
from tests.report.summary.made import ABOUT, changed, findings, numbers


def page(numbers: dict) -> str:
    """With its pictures, whose height matters."""
    found = findings(numbers)
    return summary(found, pictures(found, ABOUT), ABOUT)


@pytest.fixture(scope="module")
def expected() -> str:
    return page(numbers())


def unpacked(document: bytes) -> bytes:
    """A document with its packed objects opened."""
    found = [document]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, flags=re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def sheets(document: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, in points."""
    opened = unpacked(document)
    pages = len(re.findall(rb"/Type\s*/Page\b", opened))
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", opened)
    assert len(boxes) == pages
    return [(float(width), float(height)) for width, height in boxes]


def test_it_is_two_sheets_of_a4(expected):
    uncertain = changed(net=(-4, 2, 9), rested=(-4, 2, 9), averted=(-4, 2, 9), fdr=(30, 60, 80))
    for html in (expected, page(uncertain)):
        assert sheets(pdf(html, "nobody")) == [pytest.approx((595.28, 841.89), abs=0.01)] * 2


def test_the_same_page_gives_the_same_bytes(expected):
    assert pdf(expected, "nobody") == pdf(expected, "nobody")


def test_longer_text_is_set_in_smaller_type_and_too_long_a_text_is_an_error(expected):
    more = "<li>Another assumption that takes a line or two of the sheet, as those above it do.</li>"
    longer = expected.replace("<li>Ranges hold", 6 * more + "<li>Ranges hold")
    assert len(sheets(pdf(longer, "nobody"))) == 2
    with pytest.raises(DoesNotFit, match="does not fit on 2 sheets"):
        pdf(expected.replace("<li>Ranges hold", 90 * more + "<li>Ranges hold"), "nobody")
