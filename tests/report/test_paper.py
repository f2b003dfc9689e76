"""The paper keeps to its size, counts and mentions what it shows, and says each thing in one way."""

import re
import subprocess
import sys
from collections import Counter

import pytest
from bs4 import BeautifulSoup

from iatrogenesis.core.references import read_references
from iatrogenesis.figures import FACTS
from iatrogenesis.report.citing import Cited
from iatrogenesis.report.numbering import UnknownPlace, numbered, see, title
from iatrogenesis.report.page import page_tables
from iatrogenesis.report.pages import TEMPLATES, figures_of, page_of
from iatrogenesis.report.render import template_files
from tests.conftest import CONFIG
from tests.report.report_pages import TITLES, both, numbers_of, results_of, worlds

FIGURES, TABLES = 10, 5
KINDS = pytest.mark.parametrize("kind", ["figure", "table"])
PAGES = pytest.mark.parametrize("name", list(TEMPLATES))
# A name and no abbreviation: a licence.
NAMES = {"MIT"}
NOTATION = re.compile(r"\((?:95\u202f% (?:Monte Carlo )?|90\u202f% )$")


@pytest.fixture(scope="module")
def pages(study) -> dict[str, str]:
    results = results_of(study)
    return both(study, results, numbers_of(study, results))


def shown(page: str, kind: str) -> list:
    """Figures or tables of a page, in its order."""
    return BeautifulSoup(page, "html.parser").select(f'[id^="{kind}-"]')


def text_of(page: str) -> str:
    """What a reader reads, without references, sources of table cells, and names of files."""
    soup = BeautifulSoup(page, "html.parser").main
    for part in soup.select("ul.sources, code, pre, #table-population td:last-child"):
        part.decompose()
    return re.sub(r"[ \n]+", " ", soup.get_text(" "))


def own_title(one) -> str:
    return one.find("b").get_text().removesuffix(".")


def test_the_paper_has_few_figures_and_tables(pages):
    paper = pages["report.html"]
    assert 0 < len(shown(paper, "figure")) <= FIGURES and 0 < len(shown(paper, "table")) <= TABLES


def test_every_figure_stands_on_one_page():
    found = Counter(name for page in TEMPLATES for name in figures_of(page))
    assert found == Counter(FACTS.keys())
    assert [page_of(name) for name in ("key_patterns", "sbc", "none")] == ["report.html", "supplement.html", ""]


def test_every_table_stands_on_one_page(study):
    made = page_tables(results_of(study), worlds(study), TITLES, {}, read_references(CONFIG / "references.bib"))
    text = "".join(path.read_text() for path in template_files())
    assert Counter(re.findall(r'show\.table\("(\w+)"', text)) == Counter({*made, "traces", "figure_sources"})


@PAGES
@KINDS
def test_figures_and_tables_are_counted_and_say_what_they_show(pages, name, kind):
    prefix = "S" if name == "supplement.html" else ""
    ones = shown(pages[name], kind)
    assert [own_title(one) for one in ones] == [f"{kind.capitalize()} {prefix}{n + 1}" for n in range(len(ones))]
    assert all(len(one.find(["figcaption", "caption"]).get_text()) > 40 for one in ones)


@PAGES
@KINDS
def test_each_is_mentioned_before_it_is_seen(pages, name, kind):
    for one in shown(pages[name], kind):
        before = [link for link in one.find_all_previous("a") if link.get("href") == f"#{one['id']}"]
        folds = one.find_all_previous("summary")
        before += [fold for fold in folds if re.search(rf"{own_title(one)}\b", fold.get_text())]
        assert before, one["id"]
        assert own_title(one) in before[0].get_text().replace("\u00a0", " ")


@PAGES
def test_links_between_both_pages_lead_somewhere(pages, name):
    for address in re.findall(r'href="([^"]*)"', pages[name]):
        page, _, part = address.partition("#")
        if part and not page.startswith("https:"):
            assert f'id="{part}"' in pages[page or name], address


@PAGES
def test_intervals_have_one_notation(pages, name):
    text = text_of(pages[name])
    spans = list(re.finditer(r"(?:interval|range) [−\d][−\d.,]* to [−\d]", text))
    assert spans or name == "report.html"
    for span in spans:
        assert NOTATION.search(text[: span.start()]), text[span.start() - 60 : span.end() + 10]


def test_abbreviations_are_defined_once_before_they_are_used(pages):
    text = text_of(pages["report.html"])
    for abbreviation in set(re.findall(r"\b[A-Z]{2,}(?:-\d+)?\b", text)) - NAMES:
        uses = [found.start() for found in re.finditer(rf"\b{re.escape(abbreviation)}\b", text)]
        defined = [use for use in uses if text[use - 1] == "(" and re.match(r"[);,]", text[use + len(abbreviation) :])]
        assert defined == uses[:1], f"{abbreviation}: {[text[use - 40 : use + 20] for use in uses[:2]]}"


def test_names_of_files_and_cells_are_no_labels(pages):
    text = text_of(pages["report.html"])
    assert not re.findall(r"\w*[a-z]_[a-z]\w*", text)
    assert not [name for name in ("base cell", "burnout none") if name in text]


@PAGES
def test_spelling(pages, name, tmp_path):
    (tmp_path / "text.txt").write_text(text_of(pages[name]))
    options = ["--toml", str(CONFIG.parent / "pyproject.toml"), str(tmp_path / "text.txt")]
    found = subprocess.run([sys.executable, "-m", "codespell_lib", *options], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_citations_are_links_by_author_and_year():
    cited = Cited(read_references(CONFIG / "references.bib"))
    one = '<a href="#source-saxon2017therapist">Saxon et al., 2017</a>'
    other = '<a href="#source-swift2012dropout">Swift &amp; Greenberg, 2012</a>'
    assert cited.bracketed("swift2012dropout", "saxon2017therapist") == f"({one}; {other})"
    assert cited.bracketed("saxon2017therapist", first="d < 1") == f"(d &lt; 1; {one})"
    assert cited.narrative("swift2012dropout").endswith(">Swift and Greenberg (2012)</a>")
    assert [found.key for found in cited.listed()] == ["saxon2017therapist", "swift2012dropout"]
    with pytest.raises(KeyError):
        cited.bracketed("nobody2000")


def test_numbers_follow_the_order_of_each_page_and_lead_to_the_other():
    figure = '<figure id="figure-{0}">{1}.</figure>'
    first = f"{see('figure', 'b')} {figure.format('a', title('figure', 'a'))}"
    second = figure.format("c", "") + figure.format("b", title("figure", "b"))
    prefixes = {"one.html": "", "two.html": "S"}
    found = numbered({"one.html": first, "two.html": second}, prefixes)
    assert found["one.html"].startswith('<a href="two.html#figure-b">Figure\u00a0S2</a> ')
    assert ">Figure 1.<" in found["one.html"] and found["two.html"].endswith(">Figure S2.</figure>")
    with pytest.raises(UnknownPlace, match=r"one.html refers to the figure b"):
        numbered({"one.html": first}, prefixes)
    with pytest.raises(UnknownPlace, match="stands twice"):
        numbered({"one.html": second, "two.html": second}, prefixes)
