"""The report's page as a typeset document: its HTML turned into Typst, element by element.

There is one text. The page uses few elements, and each has its form here; an unknown one is an error, so that nothing
is lost on the way to paper. Words are written as Typst strings, which know no markup, so that no character of a table
can be taken for a command.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup, NavigableString, Tag

from iatrogenesis.report.broad_tables import Layout, layout, widths
from iatrogenesis.report.cuts import beyond, in_parts, space
from iatrogenesis.report.mathematics import UnknownElement, formula

HEAD_SHADE = "luma(92%)"
SHADES = {"bad": "luma(88%)", "assumed": "luma(94%)", "open": "luma(94%)"}
SHORT = 14  # a table of no more rows stays on one page
HEAD = """#set document(title: {title}, author: {author}, date: none)
#set page(paper: "a4", margin: (x: 2.2cm, y: 2.3cm), numbering: "1", number-align: right)
#set text(lang: "en", region: "GB", size: 10pt, hyphenate: true)
#set par(justify: true, leading: 0.62em, spacing: 0.95em)
#set table(stroke: (x, y) => (bottom: 0.3pt + luma(70%)), inset: (x: 3.2pt, y: 2.6pt), align: left + top)
#show heading: set block(above: 1.5em, below: 0.8em)
#show heading.where(level: 2): set text(size: 13pt)
#show heading.where(level: 3): set text(size: 11pt)
#show figure.where(kind: table): set block(breakable: true)
#show figure.where(kind: table): it => {{
  if it.caption != none {{ block(sticky: true, width: 100%, it.caption) }}
  it.body
}}
#show figure.caption: set text(size: 8.6pt)
#show figure.caption: set par(justify: false)
#show figure.caption: set align(left)
#show link: underline
#show raw: set text(size: 8pt)
"""


def typst(html: str, pictures: Path, author: str) -> str:
    """Return the source of the document, and write its pictures beside it.

    Parameters
    ----------
    html
        The page, as `iatrogenesis.report.render.render` makes it.
    pictures
        Folder for the pictures; the source names them without it.
    author
        For the document's properties.

    Raises
    ------
    UnknownElement
        Naming the element.
    """
    page = BeautifulSoup(html, "html.parser")
    title = page.title.get_text() if page.title else "Report"
    writer = _Writer(pictures)
    text = writer.of(page.main)
    return HEAD.format(title=json.dumps(title), author=json.dumps(author)) + "\n" + text + writer.appendix()


def markup(tag: Tag, pictures: Path) -> str:
    """One element's content as Typst markup, for documents with a form of their own; errors as `typst`."""
    return _Writer(pictures).of(tag)


class _Writer:
    """Turns elements into Typst markup."""

    def __init__(self, pictures: Path) -> None:
        self.pictures, self.count = pictures, 0
        self.unfolded: list[str] = []
        self.titles: list[str] = []
        inline = {"b": "strong", "strong": "strong", "i": "emph", "em": "emph"}
        self.forms: dict[str, Callable[[Tag], str]] = {
            **{name: self._wrapped(function) for name, function in inline.items()},
            **{f"h{level}": self._heading for level in (1, 2, 3, 4)},
            **dict.fromkeys(("ul", "ol"), self._list),
            **dict.fromkeys(("main", "span"), self.of),
            "section": self._section,
            "p": self._paragraph,
            "a": self._link,
            "br": lambda _: "#linebreak()",
            "code": lambda tag: f"#raw({_text(tag.get_text())})",
            "pre": lambda tag: f"\n#raw({_text(tag.get_text())}, block: true)\n\n",
            "small": lambda tag: f"#text(size: 0.86em, fill: luma(35%))[{self.of(tag)}]",
            "sub": self._wrapped("sub"),
            "sup": self._wrapped("super"),
            "div": self._division,
            "details": self._details,
            "figure": self._figure,
            "nav": lambda _: "\n#outline(depth: 2)\n\n",
            "math": lambda tag: f"$ {formula(tag)} $",
        }

    def of(self, tag: Tag) -> str:
        """Everything inside an element."""
        parts = []
        for child in tag.children:
            if isinstance(child, Tag):
                if child.name not in self.forms:
                    raise UnknownElement(f"<{child.name}> has no typeset form; add one to report/typeset.py")
                parts.append(self.forms[child.name](child))
            elif type(child) is NavigableString and (child.strip() or parts):
                parts.append(_words(str(child)))
        return "".join(parts)

    def _wrapped(self, function: str) -> Callable[[Tag], str]:
        return lambda tag: f"#{function}[{self.of(tag)}]"

    def _heading(self, tag: Tag) -> str:
        return f"\n#heading(level: {int(tag.name[1])})[{self.of(tag)}]{_label(tag)}\n\n"

    def _paragraph(self, tag: Tag) -> str:
        inside = self.of(tag)
        if "caution" in tag.get("class", []) or "answer" in tag.get("class", []):
            return f"\n#block(fill: luma(95%), inset: 8pt, radius: 2pt, width: 100%)[{inside}]\n\n"
        return f"\n{inside}\n\n"

    def _link(self, tag: Tag) -> str:
        target = tag.get("href", "")
        if target.startswith("#"):
            return f"#link(label({_text(target[1:])}))[{self.of(tag)}]"
        return f"#link({_text(target)})[{self.of(tag)}]"

    def _section(self, tag: Tag) -> str:
        """What has a page of its own is not followed by anything on it."""
        inside = self.of(tag)
        return f"{inside}\n#pagebreak(weak: true)\n" if "page" in tag.get("class", []) else inside

    def _list(self, tag: Tag) -> str:
        kind = "enum" if tag.name == "ol" else "list"
        items = ", ".join(f"[{_anchor(item)}{self.of(item)}]" for item in tag.find_all("li", recursive=False))
        return f"\n#{kind}({items})\n\n"

    def _division(self, tag: Tag) -> str:
        if (table := tag.find("table")) is not None:
            return self._table(table, _label(tag))
        if "answer" in tag.get("class", []) or "caution" in tag.get("class", []):
            return f"\n#block(fill: luma(95%), inset: 8pt, radius: 2pt, width: 100%)[{self.of(tag)}]\n\n"
        return self.of(tag)

    def _details(self, tag: Tag) -> str:
        """What unfolds on the page stands open on paper, in the appendix; here stays what it is and on which page."""
        title = self.of(tag.summary.extract())
        place = f"label({_text(f'appendix-{len(self.unfolded) + 1}')})"
        heading = f"#heading(level: 3, outlined: false)[{title}] #{place}"
        body = self.of(tag).lstrip()
        # The heading belongs on the table's own page where that lies on its side.
        sideways = body.startswith("#page(")
        body = body.replace(")[", f")[{heading}\n\n", 1) if sideways else f"{heading}\n\n{body}"
        self.unfolded.append(f"\n{body}\n\n")
        self.titles.append(f"#link({place})[{title}] (page #context counter(page).at({place}).first())")
        return f"\n#block[#sym.arrow.r {self.titles[-1]}]\n\n"

    def appendix(self) -> str:
        """All that was folded up, in its order."""
        if not self.unfolded:
            return ""
        contents = ", ".join(f"[{title}]" for title in self.titles)
        return f"\n#heading(level: 2)[Appendix]\n\n#list({contents})\n\n{''.join(self.unfolded)}"

    def _figure(self, tag: Tag) -> str:
        picture, caption = tag.img, tag.figcaption
        self.count += 1
        svg = base64.b64decode(picture["src"].partition("base64,")[2])
        cut = in_parts(svg)
        images = []
        for place, part in enumerate(cut, start=1):
            name = f"figure-{self.count}{f'-{place}' if len(cut) > 1 else ''}.svg"
            (self.pictures / name).write_bytes(part)
            image = f"image({_text(name)}, {space(svg, cut)}, alt: {_text(picture['alt'])})"
            images.append(f"pad(x: -{beyond(svg):.2f}cm, {image})" if beyond(svg) > 0 else image)
        image = images[0] if len(images) == 1 else f"[{''.join(f'#block({one})' for one in images)}]"
        options = f"placement: {_placement(cut)}{_counted(caption)}"
        made = f"#figure({image}, caption: [{self.of(caption)}], {options}){_label(tag)}"
        if len(cut) == 1:  # a picture and its caption stay on one page
            return f"\n{made}\n\n"
        return f"\n#[#show figure: set block(breakable: true)\n{made}]\n\n"

    def _table(self, table: Tag, label: str) -> str:
        rows = [[_Cell(*self._content(cell), HEAD_SHADE) for cell in table.thead.find_all("th")]]
        for row in table.tbody.find_all("tr"):
            shade = SHADES.get(" ".join(row.get("class", [])), "")
            rows.append([_Cell(*self._content(cell), shade) for cell in row.find_all(["td", "th"])])
        rows[0] = [cell._replace(inside=f"#strong[{cell.inside}]") for cell in rows[0]]
        stands = layout([[cell.text for cell in row] for row in rows])
        if stands.turned:  # headings stand at the left, and what stood at the left above
            rows = [list(column) for column in zip(*rows, strict=True)]
            rows[0] = [cell._replace(shade=HEAD_SHADE) for cell in rows[0]]
        chosen = [list(range(len(rows[0])))] if stands.turned else stands.parts
        bodies = [_body([[row[place] for place in part] for row in rows], stands) for part in chosen]
        body = bodies[0] if len(bodies) == 1 else f"[{' #v(0.5em) '.join(f'#{one}' for one in bodies)}]"
        caption = f"figure.caption(position: top)[{self.of(table.caption)}]" if table.caption else "none"
        found = (
            f"#[#set text(size: {stands.size}pt, hyphenate: true)\n#set par(justify: false, leading: 0.45em)\n"
            f"#figure({body}, caption: {caption}, kind: table{_counted(table.caption)}){label}]"
        )
        if stands.sideways:
            return f"\n#page(flipped: true, margin: (x: 1.5cm, y: 1.6cm))[{found}]\n\n"
        if len(rows) <= SHORT and len(chosen) == 1:
            found = f"#[#show figure.where(kind: table): set block(breakable: false)\n{found}]"
        return f"\n{found}\n\n"

    def _content(self, cell: Tag) -> tuple[str, str]:
        """A cell's text, and the same as markup."""
        return cell.get_text(" ", strip=True), self.of(cell)


def _label(tag: Tag) -> str:
    """What links lead to."""
    return f" <{tag['id']}>" if tag.get("id") else ""


def _anchor(item: Tag) -> str:
    """Something to label where the thing itself is none that Typst knows."""
    return f"#metadata(none){_label(item)} " if item.get("id") else ""


def _placement(cut: list[bytes]) -> str:
    """A picture floats to the top or foot of a page, and leaves no gap behind; one that is cut stays where it is."""
    return "auto" if len(cut) == 1 else "none"


def _counted(caption: Tag | None) -> str:
    """Typst counts what the page has not numbered itself, in bold at the beginning of the caption."""
    own = caption is not None and caption.b is not None and caption.b.get_text().startswith(("Figure", "Table"))
    return ", numbering: none, supplement: none" if own else ""


class _Cell(NamedTuple):
    """A cell: its text, the same as markup, and its shade, if it has one."""

    text: str
    inside: str
    shade: str

    @property
    def typst(self) -> str:
        return f"table.cell(fill: {self.shade})[{self.inside}]" if self.shade else f"[{self.inside}]"


def _body(rows: list[list[_Cell]], stands: Layout) -> str:
    """Typst's table; the first row is its head, and stands again on each further page."""
    shares = widths([[cell.text for cell in row] for row in rows], stands.size, stands.sideways)
    columns = ", ".join(f"{share:.2f}fr" for share in shares)
    head, *others = (", ".join(cell.typst for cell in row) for row in rows)
    return f"table(columns: ({columns},), table.header({head}), {', '.join(others)})"


def _words(text: str) -> str:
    """Text as a Typst string in markup; white space in between collapses as on a page."""
    collapsed = " ".join(text.split())
    if not collapsed:
        return " "
    before = " " if text[0].isspace() else ""
    after = " " if text[-1].isspace() else ""
    return f"{before}#{_text(collapsed)};{after}"


def _text(words: str) -> str:
    """A Typst string: JSON's escapes, with characters beyond the plain ones as they are."""
    return json.dumps(words, ensure_ascii=False)
