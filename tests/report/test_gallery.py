"""The gallery shows every figure once, with its words and its files, and needs nothing but those."""

import importlib.util
import re
from html import unescape
from importlib import import_module

import pytest

from iatrogenesis.figures import FACTS
from iatrogenesis.report.figure_words import words_of
from tests.conftest import ROOT

OF_STUDY = ["performance", "policies"]
NAMES = ["burnout_year", "evidence", "hospitals", *OF_STUDY]
FORMS = ["svg", "png", "pdf"]
IN_PAPER = ("performance",)
PAGES = {name: "report.html" if name in IN_PAPER else "supplement.html" for name in NAMES}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> str:
    """The page as its script writes it, from pictures that hold only their name."""
    folder = tmp_path_factory.mktemp("results")
    for name in NAMES:
        (folder / f"{name}.svg").write_text(f"<svg><title>{name}</title></svg>")
    spec = importlib.util.spec_from_file_location("gallery_script", ROOT / "scripts" / "report" / "gallery.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    drawn = {name: str(folder / f"{name}.svg") for name in NAMES}
    words = {name: words_of(name) for name in NAMES}
    script.main(drawn, words, OF_STUDY, FORMS, study="x", commit="abc1234", page=str(folder / "gallery.html"))
    return (folder / "gallery.html").read_text()


def test_every_figure_has_its_words_and_its_files(gallery):
    for name in NAMES:
        module = import_module(f"iatrogenesis.figures.{name}")
        part = re.search(rf'<figure id="figure-{name}">.*?</figure>', gallery, re.DOTALL)[0]
        words = unescape(part)
        assert words_of(name)["caption"] in words and words_of(name)["alt"] in words
        assert f"<b>{module.__doc__.splitlines()[0]}</b>" in words
        assert f"rule figure_{name} " in part and "commit abc1234" in part
        files = re.findall(r'href="(figures/[^"]+)"', part)
        assert files == [f"figures/{name}.svg", *(f"figures/{name}.{form}" for form in FORMS)]
        assert f'href="{PAGES[name]}#figure-{name}"' in part
    assert gallery.count("<figure ") == len(NAMES)


def test_figures_of_the_simulation_study_stand_apart(gallery):
    world, study = gallery.split("<h2>")[1:]
    assert re.findall(r'<figure id="figure-(\w+)"', world) == [name for name in NAMES if name not in OF_STUDY]
    assert re.findall(r'<figure id="figure-(\w+)"', study) == OF_STUDY


def test_pictures_are_inside_the_page_and_nothing_comes_from_elsewhere(gallery):
    assert not re.search(r"<script|<link|@import|url\(", gallery)
    assert all(found.startswith("data:image/svg+xml;base64,") for found in re.findall(r'src="([^"]*)"', gallery))
    for address in re.findall(r'href="([^"]*)"', gallery):
        assert address.startswith(("#", "figures/", "report.html", "supplement.html"))


def test_every_address_inside_the_page_has_its_place(gallery):
    wanted = re.findall(r'href="#([^"]+)"', gallery)
    assert len(wanted) == len(NAMES) and set(wanted) == set(re.findall(r'id="([^"]+)"', gallery))


def test_every_figure_has_a_first_line_that_can_be_its_title():
    for name in FACTS:
        title = words_of(name)["title"]
        assert 20 < len(title) < 100 and title.endswith(("?", ".")), name
