"""The page about mechanisms and preventions is that of the code, and it leaves no part of the founding text out."""

import re
from pathlib import Path

import pytest

from iatrogenesis.study.routes_page import SEED, page, scenario_of
from iatrogenesis.world.mechanisms import KINDS as MECHANISMS
from iatrogenesis.world.preventions import KINDS as PREVENTIONS

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT.parent / "shared" / "seed.txt"
KINDS = MECHANISMS | PREVENTIONS


def test_the_page_is_up_to_date(study):
    assert (ROOT / "docs" / "routes.md").read_text(encoding="utf-8") == page(study.catalogue), "run `make docs`"


@pytest.mark.parametrize("heading", SEED)
def test_every_part_of_the_text_has_a_route(heading):
    assert any(heading in cls.seed for cls in KINDS.values())


@pytest.mark.parametrize("kind", KINDS)
def test_every_route_has_its_files_its_scenario_and_its_place_in_the_text(study, kind):
    group = "mechanisms" if kind in MECHANISMS else "preventions"
    assert (ROOT / "src" / "iatrogenesis" / "world" / group / f"{kind}.py").is_file()
    assert (ROOT / "config" / group / f"{kind}.yaml").is_file()
    here, usual = (
        {one.kind for one in getattr(study.catalogue[name], group)} for name in (scenario_of(kind), "routine_care")
    )
    assert here ^ usual == {kind}  # closed there, or added
    assert KINDS[kind].seed and set(KINDS[kind].seed) <= set(SEED)


@pytest.mark.skipif(not TEXT.is_file(), reason="the founding text lies outside the project and is not here")
def test_headings_are_those_of_the_text():
    lines = [line.strip() for line in TEXT.read_text(encoding="utf-8").splitlines()]
    found = [line for line in lines if 0 < len(line) < 60 and not re.search(r"[.:;|,]$|^[-|]|^Step", line)]
    assert set(SEED[1:]) == set(found)
