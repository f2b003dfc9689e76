"""Gather what Sphinx makes the site of: docs/ as it is, pages that follow from code, and what a study has made."""

import re
import shutil
from pathlib import Path, PurePosixPath

import api
import links
import nbformat
import rules
import settings

from iatrogenesis.report import notebook

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).resolve().parent / "pages"
MADE = {
    "summary.html": "the summary: two pages, if you read nothing else",
    "report.html": "the report: a paper with ten figures and five tables",
    "report.pdf": "the report on paper",
    "supplement.html": "its supplement: further results, every assumption and its source",
    "supplement.pdf": "the supplement on paper",
    "explorer.html": "the explorer: what becomes of 1,000 clients if therapists burn out",
    "planner.html": "the planner: what a service of your size could show",
    "for_managers.html": "one page for managers",
    "gallery.html": "every picture with its caption",
    "summary.pdf": "the summary on paper",
    "verification.html": "the verdict on each claim",
}


def stage(study: str, folder: Path, beside: Path) -> None:
    """Fill the folder of the site's sources, and the folder of files that go beside its pages as they are.

    Raises
    ------
    iatrogenesis.report.notebook.NotebookError, LinkError, ValueError
        If a page cannot be made; the message says which and why.
    """
    folder.mkdir(parents=True)
    paths = [*(path for path in (ROOT / "docs").glob("*.md")), *(ROOT / path for path in links.PAGES)]
    for path in sorted(paths):
        place = PurePosixPath(path.relative_to(ROOT))
        if str(place) == "README.md":  # the landing page stands for it
            continue
        text = path.read_text(encoding="utf-8")
        if place.name == "workflow.md":
            text = rules.as_table(text)
        (folder / str(links.page_of(place))).write_text(links.relinked(text, place, ROOT, folder), encoding="utf-8")
    api.write(ROOT / "src", folder / "api")
    settings.write(ROOT / "workflow" / "schemas", folder / "configuration.md")
    _own(study, folder, beside)


def _own(study: str, folder: Path, beside: Path) -> None:
    """The pages that lead to the others, with lists of what there is."""
    lessons, made = _lessons(study, beside), _made(study, beside)
    shutil.copyfile(ROOT / "results" / "reference" / "scenarios.png", folder / "scenarios.png")
    for path in OWN.glob("*.md"):
        text = path.read_text(encoding="utf-8").replace("<!-- lessons -->", lessons).replace("<!-- made -->", made)
        (folder / path.name).write_text(text, encoding="utf-8")
    _rest(folder)


def _rest(folder: Path) -> None:
    """Put pages of docs/ that no list names at the end of the explanations, so that none is lost."""
    named = "\n".join((folder / path.name).read_text(encoding="utf-8") for path in OWN.glob("*.md"))
    pages = {path.stem for path in folder.glob("*.md")} - set(re.split(r"[\s<>]+", named)) - {"index"}
    if pages:
        lines = ["", "```{toctree}", ":maxdepth: 1", "", *sorted(pages), "```", ""]
        with (folder / "explanation.md").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines))


def _made(study: str, beside: Path) -> str:
    """List the study's pages that there are, and take them along."""
    results, place = ROOT / "results" / study, beside / study
    found = [name for name in MADE if (results / name).is_file()]
    place.mkdir(parents=True, exist_ok=True)
    for name in found:
        shutil.copyfile(results / name, place / name)
    if "gallery.html" in found:
        shutil.copytree(results / "figures", place / "figures", dirs_exist_ok=True)
    items = [f'<li><a href="{study}/{name}">{MADE[name]}</a></li>' for name in found]
    if not items:
        return f"Nothing yet: after `make report STUDY={study}`, `make site` shows the report and the explorer here."
    return "\n".join(["<ul>", *items, "</ul>"])


def _lessons(study: str, beside: Path) -> str:
    """List the notebooks, as they ran if they have, else with code and prose alone, and take them along."""
    place = beside / study / "notebooks"
    place.mkdir(parents=True)
    items = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        book = nbformat.read(path, as_version=4)
        ran = ROOT / "results" / study / "notebooks" / f"{path.stem}.html"
        text = ran.read_text(encoding="utf-8") if ran.is_file() else notebook.page(book, path.stem, study, "not run")
        (place / f"{path.stem}.html").write_text(text, encoding="utf-8")
        how = "as it ran" if ran.is_file() else "not run yet: without results"
        link = f'<a href="{study}/notebooks/{path.stem}.html">{notebook.title(book)}</a>'
        items.append(f"<li>{link} ({how})<br>{notebook.question(book)}</li>")
    return "\n".join(["<ol>", *items, "</ol>"])
