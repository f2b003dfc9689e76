"""The page on paper: every element has a form, no character is a command, and the bytes are the same each time."""

import base64
import re

import pytest
import typst

from iatrogenesis.report.cuts import parts
from iatrogenesis.report.typeset import UnknownElement
from iatrogenesis.report.typeset import typst as source_of
from tests.conftest import ROOT

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 90"><rect width="40" height="90"/></svg>'
NASTY = 'a #b $c$ *d* _e_ `f` <g> @h ~i \\j "k" [l] = m // n /* o */ 100 % − é'


def page(body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>T</title></head><body><main>{body}</main></body></html>"


def compiled(html: str, folder, form: str = "pdf") -> bytes:
    path = folder / "page.typ"
    path.write_text(source_of(html, folder, "nobody"), encoding="utf-8")
    return typst.compile(str(path), root=str(folder), ignore_system_fonts=True, format=form)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


ADDRESS = f"data:image/svg+xml;base64,{base64.b64encode(PICTURE).decode()}"
FIGURE = (
    f'<figure id="figure-a"><img src="{ADDRESS}" alt="a &quot;box&quot;">'
    "<figcaption><b>Figure 1.</b> A box <small>rule x</small></figcaption></figure>"
)
TABLE = (
    '<div class="scroll"><table><caption>Numbers</caption><thead><tr><th>A</th><th>B</th></tr></thead>'
    f'<tbody><tr class="bad"><td>{escaped(NASTY)}</td><td>2</td></tr></tbody></table></div>'
)
FORMULA = (
    "<p><math><msub><mi>p</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><mo>=</mo><mfrac><mn>1</mn><msqrt><mn>2</mn></msqrt></mfrac>"
    '<mspace width="1em"/><mtext>VPC</mtext><mo>/</mo><mi>σ</mi></math></p>'
)
WHOLE = (
    f'<h1 id="top">Title</h1><nav><ol><li>x</li></ol></nav><h2>{escaped(NASTY)}</h2><p>{escaped(NASTY)} <b>bold</b>, '
    f'<a href="#top">inside</a> <a href="https://doi.org/10.1000/x_y#z">outside</a> <code>{escaped(NASTY)}</code></p>'
    f"<ul><li>one</li><li>two <i>three</i></li></ul>{FIGURE}{TABLE}{FORMULA}"
    '<details><summary>More</summary><pre>a  b\n  c</pre></details><p class="caution">Careful.</p>'
)


def test_every_form_compiles_to_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, second = (compiled(page(WHOLE), tmp_path / name) for name in ("a", "b"))
    assert first.startswith(b"%PDF") and first == second and len(first) > 8000


def test_no_character_is_a_command(tmp_path):
    source = source_of(page(f"<p>{escaped(NASTY)}</p>"), tmp_path, "nobody")
    quoted = NASTY.replace("\\", "\\\\").replace('"', '\\"')
    assert f'#"{quoted}";' in source


def test_an_unknown_element_is_an_error(tmp_path):
    with pytest.raises(UnknownElement, match="<video>"):
        source_of(page("<p>x</p><video></video>"), tmp_path, "nobody")
    with pytest.raises(UnknownElement, match="<munder>"):
        source_of(page("<p><math><munder><mi>a</mi></munder></math></p>"), tmp_path, "nobody")


def test_pictures_keep_to_the_page(tmp_path):
    source = source_of(page(FIGURE), tmp_path, "nobody")
    assert "height: 20.5cm" in source and 'alt: "a \\"box\\""' in source
    assert (tmp_path / "figure-1.svg").read_bytes() == PICTURE
    assert "Figure 1." in source and "numbering: none, supplement: none) <figure-a>" in source
    bare = source_of(page(FIGURE.replace("<b>Figure 1.</b>", "")), tmp_path, "nobody")
    assert "numbering: none, supplement: none" not in bare  # then Typst counts


def test_tables_keep_their_numbers_and_sources_are_linked_to(tmp_path):
    table = TABLE.replace('class="scroll"', 'id="table-a"').replace("<caption>", "<caption><b>Table S4.</b> ")
    linked = '<p><a href="#table-a">Table S4</a> <a href="#source-a">A, 2020</a></p><ul><li id="source-a">A</li></ul>'
    assert compiled(page(table + linked), tmp_path).startswith(b"%PDF")
    with pytest.raises(typst.TypstError, match="source-a"):
        compiled(page(table + linked.replace(' id="source-a"', "")), tmp_path)


def test_what_is_folded_stands_in_the_appendix_and_is_pointed_to(tmp_path):
    folded = "<p>before</p><details><summary>More</summary><p>inside</p></details><p>after</p>"
    source = source_of(page(folded), tmp_path, "n")
    text, appendix = source.split("#heading(level: 2)[Appendix]")
    assert "inside" in appendix and "inside" not in text
    assert text.index("before") < text.index('label("appendix-1")') < text.index("after")
    assert '#"More";] #label("appendix-1")' in appendix
    assert "Appendix" not in source_of(page("<p>x</p>"), tmp_path, "n")


def test_a_sideways_table_keeps_its_heading_on_its_page(tmp_path):
    cells = "".join(f"<td>of a quantity with a long name, {i}</td>" for i in range(12))
    heads = "".join(f"<th>{i}</th>" for i in range(12))
    table = f"<div><table><thead><tr>{heads}</tr></thead><tbody>{f'<tr>{cells}</tr>' * 20}</tbody></table></div>"
    folded = page(f"<details><summary>Wide</summary>{table}</details>")
    source = source_of(folded, tmp_path, "n")
    assert source.index("#page(flipped: true") < source.index("#heading(level: 3")
    assert compiled(folded, tmp_path).startswith(b"%PDF")


def test_a_very_tall_picture_is_cut_between_its_lines(tmp_path):
    lines = [20.0 * i for i in range(1, 100) if i not in (32, 33, 66)]
    words = "".join(f'<g transform="translate(3.0 {y}) scale(0.1 -0.1)"><path d="M0 0"/></g>' for y in lines)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="400pt" height="2000pt" viewBox="0 0 400 2000">{words}</svg>'
    cut = parts(svg.encode(), 1.7)
    boxes = [re.search(rb'viewBox="0 ([\d.]+) ([\d.]+) ([\d.]+)"', one).groups() for one in cut]
    tops, heights = [float(one[0]) for one in boxes], [float(one[2]) for one in boxes]
    assert tops == pytest.approx([0, 647.5, 1317.5])  # in the middle of the gaps at 620 to 680 and 1300 to 1340
    assert sum(heights) == pytest.approx(2000) and tops[1] == pytest.approx(heights[0], abs=0.02)
    assert parts(svg.encode(), 5.0) == [svg.encode()]
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    source = source_of(page(FIGURE.replace(ADDRESS, address)), tmp_path, "n")
    assert source.count("image(") == 4 and source.count("width: 14.11cm") == 4


@pytest.mark.parametrize(("points", "stands"), [(252.28, "(image("), (518.74, "(pad(x: -0.85cm, image(")])
def test_a_picture_has_the_width_that_it_was_made_for(points, stands, tmp_path):
    """One column of 89 mm, or 183 mm across the page, which reaches into the margins: so type has its size."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{points}pt" height="200pt" viewBox="0 0 {points} 200"></svg>'
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    source = source_of(page(FIGURE.replace(ADDRESS, address)), tmp_path, "n")
    assert f"#figure{stands}" in source and f"width: {points * 2.54 / 72:.2f}cm" in source


def test_every_element_of_the_templates_has_a_form(tmp_path):
    """Elements of the report's templates, whatever the study."""
    import re

    folder = ROOT / "src" / "iatrogenesis" / "report"
    parts = [path for place in ("macros*", "paper/*", "supplement/*") for path in folder.glob(f"{place}.j2")]
    text = "".join(path.read_text() for path in parts)
    used = set(re.findall(r"<([a-z][a-z0-9]*)[ >/]", text)) - {"caption", "thead", "tbody", "tr", "th", "td", "table"}
    inner = {"img", "figcaption", "summary", "li"}
    formulas = {name for name in used if name.startswith("m") and name not in ("main", "math")}
    for name in used - inner - formulas - {"figure", "details"}:
        source_of(page(f"<{name}>x</{name}>"), tmp_path, "nobody")


@pytest.mark.parametrize("columns", [3, 10, 18], ids=["upright", "on its side", "in parts"])
@pytest.mark.parametrize("folded", [False, True], ids=["shown", "folded"])
def test_a_long_table_goes_on_over_as_many_pages_as_it_needs(tmp_path, columns, folded):
    """A block that may not be broken is printed over itself at the foot of one page instead."""
    head = "".join(f"<th>Column_{c}_with_a_long_name</th>" for c in range(columns))
    rows = "".join(f"<tr>{''.join(f'<td>{r} {c}</td>' for c in range(columns))}</tr>" for r in range(600))
    table = f"<div><table><caption>Long</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    body = f"<details><summary>More</summary>{table}</details>" if folded else table
    assert len(compiled(page(f"<p>Before</p>{body}<p>After</p>"), tmp_path, "png")) >= 600 / 70
