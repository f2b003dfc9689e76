"""The summary on paper: the page's own words and pictures, typeset on exactly two sheets of A4."""

import base64
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from bs4 import BeautifulSoup, Tag

from iatrogenesis.report.summary.drawing import LIGHT
from iatrogenesis.report.typeset import markup

SHEETS = 2
SIZES = (10.6, 10.2, 9.8, 9.4, 9.0, 8.6)
"""Points of the text; the first with which all fits."""
HEAD = """#set document(title: {title}, author: {author}, date: none)
#set page(paper: "a4", margin: (x: 1.35cm, y: 1.4cm))
#set text(lang: "en", region: "GB", size: {size}pt, hyphenate: true)
#set par(justify: false, leading: 0.52em, spacing: 0.75em)
#set list(indent: 0pt, body-indent: 0.4em, spacing: 0.65em)
#show heading: set block(above: 1em, below: 0.65em)
#show heading.where(level: 1): set text(size: 16pt)
#show heading.where(level: 2): set text(size: 11.5pt)
#show heading.where(level: 3): set text(size: 10pt)
"""
END = "\n#context [#metadata(counter(page).final().first()) <sheets>]\n"


class DoesNotFit(ValueError):
    """The text is too long for its sheets."""


def pdf(html: str, author: str) -> bytes:
    """Return the document.

    Parameters
    ----------
    html
        As `iatrogenesis.report.summary.page.summary` returns it.
    author
        For the document's properties.

    Raises
    ------
    DoesNotFit
        If even the smallest type takes more than two sheets.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "summary.typ"
        body = _body(BeautifulSoup(html, "html.parser"), folder)
        for size in SIZES:
            head = HEAD.format(title=json.dumps(_title(html)), author=json.dumps(author), size=size)
            source.write_text(head + body + END, encoding="utf-8")
            # Only the fonts that come with the compiler: the same document on every machine.
            found = typst.query(str(source), "<sheets>", field="value", one=True, root=name, ignore_system_fonts=True)
            if int(json.loads(found)) == SHEETS:
                return typst.compile(str(source), root=name, ignore_system_fonts=True)
    raise DoesNotFit(
        f"the summary does not fit on {SHEETS} sheets with type of {SIZES[-1]} points: shorten its template"
    )


def _title(html: str) -> str:
    page = BeautifulSoup(html, "html.parser")
    return page.title.get_text() if page.title else "Summary"


def _body(page: BeautifulSoup, folder: Path) -> str:
    """The document's content, in the page's order."""
    for link in page.main.find_all("a"):
        link.unwrap()  # to pages beside this one, which paper has not
    parts = []
    for tag in page.main.find_all(recursive=False):
        kind = tag.get("class", [""])[0]
        if kind == "finding":
            parts.append(_finding(tag, folder))
        elif kind == "design":
            picture = _picture(tag.figure.extract(), folder, "design", "100%")
            parts.append(_heading(tag.h2.extract(), folder) + picture + markup(tag, folder))
        elif kind == "last":
            halves = ", ".join(f"[{markup(half, folder)}]" for half in tag.find_all("section", recursive=False))
            parts.append(
                f"\n#line(length: 100%, stroke: 0.4pt + luma(60%))\n#grid(columns: 2, gutter: 0.7cm, {halves})\n"
            )
        elif kind == "more":
            parts.append(f"\n#text(size: 0.85em)[{markup(tag, folder)}]\n")
        else:
            parts.append(_heading(tag, folder) if tag.name == "h2" else markup(tag, folder))
    return "".join(parts)


def _heading(tag: Tag, folder: Path) -> str:
    return f"\n#heading(level: {int(tag.name[1])})[{markup(tag, folder)}]\n\n"


def _finding(tag: Tag, folder: Path) -> str:
    """Words at the left, the picture at the right; on a new sheet where the page asks for one."""
    words = tag.find("div")
    number = words.find("p", class_="number").extract()
    big = f"#text(size: 1.55em, fill: rgb({json.dumps(LIGHT.strong)}))[#strong[{markup(number.b.extract(), folder)}]]"
    head = _heading(words.h3.extract(), folder)
    name = f"finding-{len(list(folder.glob('finding-*')))}"
    picture = _picture(tag.figure, folder, name, "89mm")
    left = f"{head}{big} {markup(number, folder)}\n\n{markup(words, folder)}"
    sheet = "#pagebreak()\n" if "new-sheet" in tag["class"] else "#line(length: 100%, stroke: 0.4pt + luma(60%))\n"
    return f"\n{sheet}#block(breakable: false)[#grid(columns: (1fr, 89mm), gutter: 0.5cm, [{left}], [{picture}])]\n"


def _picture(figure: Tag, folder: Path, name: str, width: str) -> str:
    image = figure.img
    (folder / f"{name}.svg").write_bytes(base64.b64decode(image["src"].partition("base64,")[2]))
    alt = json.dumps(image["alt"], ensure_ascii=False)
    return f'\n#image("{name}.svg", width: {width}, alt: {alt})\n\n'
