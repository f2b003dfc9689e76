"""What a notebook's page makes of the tags of its cells: code, answers and solutions are hidden until asked for.

Tags are those of Jupyter Book where it has them (`hide-input`). In Jupyter itself the same cells have their source
hidden, or lie under a folded heading.
"""

from bs4 import BeautifulSoup, Tag

HIDDEN = {"answer": "Show the answer", "solution": "Show a solution"}
"""Cells with these tags, one after the other, are hidden together; what the reader clicks on says this."""

CODE = "hide-input"
"""Cells whose code is hidden, and whose pictures and tables are not."""

LIVE = "live"
"""Cells that do something only while the notebook runs; a page has none of them."""


def fold(soup: BeautifulSoup) -> None:
    """Hide what is tagged so, in the body of a page as nbconvert's basic template gives it."""
    for cell in soup.select(f".celltag_{CODE} .input"):
        _into(soup, [cell], "code", "Code")
    for tag, words in HIDDEN.items():
        for run in _runs(soup, f"celltag_{tag}"):
            _into(soup, run, "asked", words)


def _runs(soup: BeautifulSoup, name: str) -> list[list[Tag]]:
    """Cells of a class that follow each other without another between them."""
    runs: list[list[Tag]] = []
    before = False
    for cell in soup.select(".cell"):
        has = name in cell.get("class", [])
        if has and before:
            runs[-1].append(cell)
        elif has:
            runs.append([cell])
        before = has
    return runs


def _into(soup: BeautifulSoup, parts: list[Tag], kind: str, words: str) -> None:
    """Put parts that follow each other into a fold of this kind."""
    folded = soup.new_tag("details", attrs={"class": f"fold {kind}"})
    summary = soup.new_tag("summary")
    summary.string = words
    parts[0].insert_before(folded)
    folded.append(summary)
    for part in parts:
        folded.append(part.extract())
