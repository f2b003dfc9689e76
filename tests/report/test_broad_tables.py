"""Tables on paper: never in small print, whatever their breadth; nothing of them is lost."""

import pytest

from iatrogenesis.report.broad_tables import SIZES, layout, widths
from iatrogenesis.report.typeset import typst as source_of
from tests.report.test_typeset import compiled, page


def grid(rows: int, columns: int, text: str = "12.34 (5.67 to 89.01)") -> list[list[str]]:
    return [[f"Heading {c}" for c in range(columns)]] + [[f"{text} {r}" for _ in range(columns)] for r in range(rows)]


@pytest.mark.parametrize(
    ("rows", "columns", "sideways", "turned", "parts"),
    [
        (5, 5, False, False, 1),
        (200, 5, False, False, 1),
        (2, 15, False, True, 1),  # each column a row
        (8, 15, False, False, 2),  # one part below the other
        (40, 11, True, False, 1),
        (40, 30, True, False, 3),
        (8, 60, True, False, 5),
    ],
)
def test_what_is_too_broad_is_laid_out_otherwise(rows, columns, sideways, turned, parts):
    found = layout(grid(rows, columns))
    assert (found.sideways, found.turned) == (sideways, turned) and found.size in SIZES
    assert parts - 1 <= len(found.parts) <= parts + 1 and (len(found.parts) == 1) == (parts == 1)
    if not turned:
        assert all(part[0] == 0 for part in found.parts), "each part begins with the first column"
        assert sorted({place for part in found.parts for place in part}) == list(range(columns))
        assert sum(len(part) - 1 for part in found.parts) == columns - 1


def test_a_column_of_words_longer_than_any_page_is_no_endless_loop():
    assert layout(grid(40, 9, "x" * 400)).sideways


def test_names_that_no_hyphen_breaks_have_their_room():
    """Two cells would be printed over each other."""
    rows = grid(20, 8, "x")
    rows[3][4] = "(therapist_effect[T0041])"
    for size, sideways in ((SIZES[0], False), (SIZES[-1], True)):
        assert widths(rows, size, sideways)[4] > len(rows[3][4])
    assert layout([[text.replace("x", rows[3][4]) for text in row] for row in rows]).sideways


def test_what_is_left_goes_to_those_that_hold_more():
    rows = [["A", "B"], ["1", "a text that is so long that it takes some lines of its own"]]
    first, second = widths(rows, SIZES[0], sideways=False)
    assert second > 3 * first


def markup(rows: list[list[str]]) -> str:
    head = "".join(f"<th>{text}</th>" for text in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows[1:])
    return page(f"<div><table><caption>C</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


@pytest.mark.parametrize(("rows", "columns"), [(2, 15), (8, 15), (40, 30)], ids=["turned", "parts", "sideways parts"])
def test_every_cell_is_on_paper_and_readable(tmp_path, rows, columns):
    texts = [[f"h{c}" if not r else f"r{r}c{c} and some more words" for c in range(columns)] for r in range(rows + 1)]
    source = source_of(markup(texts), tmp_path, "nobody")
    for row in texts:
        for text in row[1:]:
            assert source.count(f'#"{text}";') == 1, text
    assert min(float(one.split("pt")[0]) for one in source.split("#[#set text(size: ")[1:]) >= SIZES[-1]
    assert compiled(markup(texts), tmp_path).startswith(b"%PDF")


def test_a_turned_table_reads_the_other_way(tmp_path):
    rows = grid(2, 15)
    rows[1][0], rows[2][0] = "one", "two"
    source = source_of(markup(rows), tmp_path, "nobody")
    assert "columns: (" in source and source.split("columns: (")[1].split(")")[0].count("fr") == 3
    head = source.split("table.header(")[1].split('#strong[#"Heading 1"')[0]
    assert '"one"' in head and '"two"' in head and "Heading 0" in head
