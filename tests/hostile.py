"""Pages of every template, filled with a text that wants to be more than text wherever a user's text may stand."""

import dataclasses
import functools
from collections.abc import Callable
from html.parser import HTMLParser
from types import SimpleNamespace

import nbformat

from iatrogenesis.core.files import read_csv
from iatrogenesis.core.references import read_references
from iatrogenesis.explorer.offline import filled
from iatrogenesis.explorer.planner import packed
from iatrogenesis.own_data.checks_page import page as checks_page
from iatrogenesis.own_data.reporting.page import report as own_report
from iatrogenesis.planning.surface import Surface
from iatrogenesis.planning.usual import configured
from iatrogenesis.report.figure_words import words_of
from iatrogenesis.report.notebook import page as notebook_page
from iatrogenesis.report.page import page_tables, page_words
from iatrogenesis.report.pages import report_pages
from iatrogenesis.report.pictures import page_figures
from iatrogenesis.report.render import render
from iatrogenesis.report.summary.findings import Findings
from iatrogenesis.report.summary.page import summary as summary_page
from iatrogenesis.report.summary.pictures import PICTURES
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG
from tests.own_data.reporting.made_tables import about, settings, tables
from tests.own_data.test_preparing import messy, own, run, written
from tests.report import report_pages as of_report

EVIL = (
    """</script></title></style><script>window.evil=1</script>"><img src=x onerror="window.evil=1">' onclick='evil()'"""
    " <!--<script>]]>&lt;{{7*7}}${7*7}$\\frac{1}{2}$\u202e=HYPERLINK(1)"
)
HARMLESS = "x" * len(EVIL)


@functools.cache
def _study():
    study = load_study(CONFIG / "tiny.yaml", CONFIG)
    results = of_report.results_of(study)
    numbers = of_report.numbers_of(study, results)
    return study, results, numbers


def report(text: str, page: str = "report.html") -> str:
    """A page of the report: titles of scenarios, notes, sources, reasons of priors, names of questionnaires."""
    study, results, numbers = _study()
    evidence = results["evidence"].assign(quantity=text, note=text, where=text, unit=text)
    references = {
        key: dataclasses.replace(one, short=text, text=text, note=text)
        for key, one in read_references(CONFIG / "references.bib").items()
    }
    worlds = of_report.worlds(study)
    worlds["routine_care"] = worlds["routine_care"].model_copy(update={"title": text, "question": text})
    priors = study.config.fit.priors.model_dump(mode="json")
    priors = {
        name: prior | {"reason": text} if prior and "reason" in prior else prior for name, prior in priors.items()
    }
    words = {name: words_of(name) | {"caption": text, "alt": text} for name in of_report.FIGURES}
    shown = page_tables(
        results | {"evidence": evidence}, worlds, {"routine_care": text, "high_burnout": text}, priors, references
    )
    words_of_page = page_words(results, study.catalogue[study.routine_care])
    return report_pages(
        numbers,
        page_figures(dict.fromkeys(of_report.FIGURES, b"<svg/>"), words),
        shown | {"traces": of_report.traced(study, numbers)},
        words_of_page
        | {
            "study": text,
            "judged_by": [text],
            "commit": text,
            "versions": [text],
        },
        references,
    )[page]


def supplement(text: str) -> str:
    """The other page."""
    return report(text, "supplement.html")


def managers(text: str) -> str:
    """The page for managers."""
    _, _, numbers = _study()
    said = {"rate": text, "sd": "0.61", "sizes": ["15", "60"], "few": text, "effect": "0.25", "raised": text}
    known = {name: number for name, number in numbers.items() if not name.startswith("needed")}
    needed = {"value": 12.0, "unit": text, "source": text}
    known |= {f"needed.reliability.{name}": needed for name in ("0.61", "0.61.formula", "target")}
    figures = page_figures({"policies": b"<svg/>"}, {"policies": words_of("policies") | {"caption": text, "alt": text}})
    return render(known, figures, {}, said | {"study": text, "commit": text}, template="manager.html.j2")


def summary(text: str) -> str:
    """The summary in two pages."""
    study, _, numbers = _study()
    sizes = {name: (cell.therapists, cell.clients) for name, cell in study.designed.items()}
    drawings = {name: {"light": b"<svg/>", "dark": b"<svg/>"} for name in (*PICTURES, "wide", "narrow")}
    about = {"study": text, "commit": text, "routes": 16, "preventions": 10}
    return summary_page(Findings(numbers, sizes), drawings, about)


def gallery(text: str) -> str:
    """Every figure with its words."""
    words = {"advice": words_of("advice") | {"caption": text, "alt": text, "title": text}}
    groups = [SimpleNamespace(title=text, figures=["advice"])]
    context = {"study": text, "commit": text, "groups": groups, "forms": ["svg", "png"]}
    figures = [figure | {"page": "report.html"} for figure in page_figures({"advice": b"<svg/>"}, words)]
    return render({}, figures, {}, context, template="gallery.html.j2")


def notebook(text: str) -> str:
    """A notebook that has run: its title, code, what it printed and what it drew."""
    code = nbformat.v4.new_code_cell(f"# {text}")
    code.outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=text),
        nbformat.v4.new_output("execute_result", data={"text/plain": text}),
    ]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A title"), code])
    return notebook_page(book, text, text, text)


def planner(text: str) -> str:
    """The planning page: labels and sources inside the page and inside its data."""
    points = read_csv(CONFIG / "planning_points.csv")
    usual = {name: one._replace(source=text) for name, one in configured(CONFIG).numbers.items()}
    data = packed(Surface.of(points), points, usual)
    data["sliders"] = [slider | {"label": text, "means": text} for slider in data["sliders"]]
    return filled("planner.html.j2", data, study=text, commit=text)


def own_page(text: str) -> str:
    """The report of own data: ids of therapists and services, titles, labels."""
    found = tables()
    for name in ("therapists", "flags"):
        found[name] = found[name].replace({"therapist_id": {"009": text}})
    for name in ("cusum", "cusum_paths"):
        found[name] = found[name].replace({"unit": {"009": text}})
    return own_report(found, about().model_copy(update={"title": text}), settings(title=text), {})


def checks(text: str, folder) -> str:
    """The page of the checks: values and ids as they stand in a file."""
    table = messy()
    table.loc[range(42, 82), "therapist_id"] = text
    table.loc[90, "phq9_first"] = text
    return checks_page(run(written(folder, table)), own(title=text))


PAGES: dict[str, Callable[..., str]] = {
    "report": report,
    "supplement": supplement,
    "managers": managers,
    "summary": summary,
    "gallery": gallery,
    "notebook": notebook,
    "planner": planner,
    "own data": own_page,
    "checks of own data": checks,
}


class Skeleton(HTMLParser):
    """Elements in their order with the names of their attributes, and nothing of any text."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, ...]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, *sorted(name for name, _ in attrs if name != "class")))

    def handle_comment(self, data):
        self.found.append(("comment",))
