"""A notebook, run from top to bottom, as a page that needs nothing else."""

import re
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from jinja2 import PackageLoader
from markupsafe import Markup
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

from iatrogenesis.core.pages import filled_page, strict_environment
from iatrogenesis.report.lesson import LIVE, fold

WIDGET = "application/vnd.jupyter.widget-view+json"
QUESTION = re.compile(r"^\*\*Question\.\*\* (.+)$", re.MULTILINE)
PICTURE = re.compile(r"^# Picture: (.+)$", re.MULTILINE)
"""A comment in a cell: what its picture shows, for who cannot see it."""

COLOURS = "bw"  # bold and italic instead of colours


class NotebookError(RuntimeError):
    """A notebook that does not run to its end; the message names notebook, cell and error."""


def executed(path: Path, seconds: int = 300) -> nbformat.NotebookNode:
    """Run a notebook in its own folder, changing nothing there.

    Parameters
    ----------
    seconds
        Allowed for each cell.

    Raises
    ------
    NotebookError
        If a cell fails or takes longer.
    """
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(book, timeout=seconds, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    # Answering output widgets on the channel that is waited on loses the reply now and then (nbclient's issue 312),
    # and then waits for as long as a cell may take. Without an answer, what they show is an output like any other.
    client.comm_open_handlers.clear()
    try:
        client.execute()
    except CellExecutionError as error:
        raise NotebookError(f"{path}: {_failed(book)}: {error.ename}: {error.evalue}") from None
    except CellTimeoutError:
        raise NotebookError(f"{path}: {_failed(book)}: took longer than {seconds} seconds") from None
    # What a slider calls fails without stopping the cell.
    for number, cell in enumerate(book.cells, start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise NotebookError(f"{path}: cell {number}: {output.ename}: {output.evalue}")
    return book


def _failed(book: nbformat.NotebookNode) -> str:
    """The last code cell that was begun."""
    begun = [
        number
        for number, cell in enumerate(book.cells, start=1)
        if cell.cell_type == "code" and "execution" in cell.metadata
    ]
    source = book.cells[begun[-1] - 1].source.strip().splitlines() if begun else [""]
    return f"cell {begun[-1] if begun else 1} ({source[0] if source else ''})"


def title(book: nbformat.NotebookNode) -> str:
    """The notebook's first heading."""
    return book.cells[0].source.splitlines()[0].lstrip("# ").strip()


def question(book: nbformat.NotebookNode) -> str:
    """What the notebook asks, from its first cell; empty where it says none."""
    said = QUESTION.search(book.cells[0].source)
    return said[1] if said else ""


def page(book: nbformat.NotebookNode, name: str, study: str, commit: str) -> str:
    """The HTML of an executed notebook: prose, code, tables and pictures, without scripts.

    Sliders that need a running notebook are left out; what moves by itself (`iatrogenesis.report.moving`) stays.
    """
    shown = nbformat.from_dict(book)
    shown.cells = [cell for cell in shown.cells if LIVE not in cell.metadata.get("tags", [])]
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _stays(output)]
            _describe(cell)
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(shown)
    context = {
        "title": title(book),
        "name": name,
        "study": study,
        "commit": commit,
        "colours": Markup(HtmlFormatter(style=COLOURS).get_style_defs(".highlight")),  # noqa: S704 -- the locked library
        "body": Markup(_plain(body)),  # noqa: S704 -- made from our own notebooks
    }
    return filled_page(strict_environment(PackageLoader("iatrogenesis.report", ".")), "notebook.html.j2", context)


def _stays(output: nbformat.NotebookNode) -> bool:
    """Whether an output means something on paper: neither a widget, nor what a library warns of."""
    return WIDGET not in output.get("data", {}) and output.get("name") != "stderr"


def _describe(cell: nbformat.NotebookNode) -> None:
    """Give pictures the alternative text that stands in the cell."""
    said = PICTURE.search(cell.source)
    for output in cell.outputs:
        if said and "image/png" in output.get("data", {}):
            output.setdefault("metadata", {})["image/png"] = {"alt": said[1]}


def _plain(body: str) -> str:
    """Without scripts and anchors, and with what is too wide reachable by keyboard."""
    soup = BeautifulSoup(body, "html.parser")
    for found in soup.select("script, style, a.anchor-link"):
        found.decompose()
    for table in soup.select("table.dataframe"):
        table.attrs.pop("border", None)
    for styled in soup.select("[style]"):  # the page's policy would refuse it, and its own style does the same
        del styled["style"]
    for empty in soup.select("th"):
        if not empty.get_text(strip=True):
            empty.name = "td"
    wide = [part for part in soup.select("pre, div.output_html") if not part.select(".moving")]
    for number, part in enumerate(wide, start=1):
        part.attrs |= {"tabindex": "0", "role": "group", "aria-label": f"code or result {number}"}
    fold(soup)
    return str(soup)
