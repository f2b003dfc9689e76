"""The median odds ratio is that of the share of variance: .101 means 1.79 (Larsen & Merlo 2005, by hand)."""

import pytest

from iatrogenesis.evidence.patterns import PATTERNS


def test_by_hand(monkeypatch):
    monkeypatch.setitem(PATTERNS, "T01", lambda counterparts: 0.101)
    assert PATTERNS["T01_mor"](None) == pytest.approx(1.79, abs=0.005)


def test_the_study_reads_its_row(study):
    assert study.evidence.set_index("id").loc["T01_mor", "value"] == 1.79
