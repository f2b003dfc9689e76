"""The report of own data: every number from a table, every gap with its reason, and nothing that could do harm."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from jinja2 import UndefinedError
from tests.own_data.reporting.made_tables import about, settings, tables

from iatrogenesis.own_data.figures import NAMES, draw_all
from iatrogenesis.own_data.reporting import page as page_module
from iatrogenesis.own_data.reporting.absent import WHY
from iatrogenesis.own_data.reporting.cells import read_tables
from iatrogenesis.own_data.reporting.names import POOLED
from iatrogenesis.own_data.reporting.numbers import numbers
from iatrogenesis.own_data.reporting.page import report
from iatrogenesis.own_data.reporting.results import Results
from iatrogenesis.own_data.reporting.sentences import answers
from iatrogenesis.own_data.table_files import write_tables

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>'
PICTURES = dict.fromkeys(NAMES, SVG)
EVIL = ("<script>alert(1)</script>", '\'=HYPERLINK("http://evil")', 'a"b', "{{ 7 * 7 }}", "$\\frac$")


def page(found=None, **changes) -> str:
    return report(tables() if found is None else found, about(), settings(**changes), PICTURES)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main>")[2]).replace("\u202f", " ").split())


class Outline(HTMLParser):
    """Levels of headings, ids, images without a text, tables without headers."""

    def __init__(self, html: str):
        super().__init__()
        self.levels, self.ids, self.alts, self.tags = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.tags.append((tag, known))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if "id" in known:
            self.ids.append(known["id"])
        if tag == "img":
            self.alts.append(known.get("alt", ""))


def test_sections_stand_in_their_order_with_their_tables():
    html = page()
    titles = re.findall(r'<h2 id="(\w+)">', html)
    assert titles[0] == "flow" and titles[-2:] == ["methods", "files"] and "services" not in titles
    assert "2,322" in html and "003" in html and "therapists.csv" in html


def test_without_any_table_each_section_says_why():
    text = text_of(page({}))
    for name, sentence in WHY.items():
        if name not in ("services", "forecast", "rolling_origin", "error_rates", "ceiling"):
            assert sentence in text, name
    assert "These data do not allow a comparison of therapists." in text


@pytest.mark.parametrize("name", sorted(tables()))
def test_each_table_may_be_absent(name):
    missing = {one: table for one, table in tables().items() if one != name}
    html = page(missing)
    assert name not in WHY or WHY[name] in text_of(html)


def test_tables_without_rows_are_absent():
    pages = [page({name: table.head(0) for name, table in tables().items()}), page({})]
    sections = [html.partition("Tables, and how to cite</h2>")[0] for html in pages]
    assert sections[0] == sections[1]


def test_a_reason_in_a_table_is_printed():
    found = tables() | {"cusum": pd.DataFrame({"unit": [None], "reason": ["nobody or everybody deteriorated"]})}
    text = text_of(page(found))
    assert "nobody or everybody deteriorated" in text and WHY["cusum"] in text


def test_a_model_that_was_not_fitted_gives_its_reason():
    models = pd.DataFrame([{"model": "case mix", "fitted": False, "reason": "fewer than 5 therapists"}])
    text = text_of(page({"models": models}))
    assert f"{WHY['therapists']} The table of models says: fewer than 5 therapists." in text


def test_no_plasmode_study_is_said_to_be_asked_for():
    assert "the settings want no plasmode study" in text_of(page({}, could_have_shown={"replicates": 0}))


def test_a_template_that_asks_for_what_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setattr(page_module, "headline", lambda *_: page_module_undefined())
    with pytest.raises(UndefinedError):
        page()


def page_module_undefined():
    from jinja2 import StrictUndefined

    return StrictUndefined(name="headline")


@pytest.mark.trial(kind="refused", what="an id that reads {evil}")
@pytest.mark.parametrize("evil", EVIL)
def test_ids_cannot_become_markup(evil):
    found = tables()
    for name in ("therapists", "flags"):
        found[name] = found[name].replace({"therapist_id": {"009": evil}})
    for name in ("cusum", "cusum_paths"):
        found[name] = found[name].replace({"unit": {"009": evil}})
    html = page(found)
    assert "<script" not in html.lower() and "49" not in re.findall(r'scope="row">([^<]*)<', html)
    cells = [cell.replace("&#39;", "'").replace("&#34;", '"') for cell in re.findall(r'scope="row">([^<]*)<', html)]
    assert evil.replace("<", "&lt;").replace(">", "&gt;") in cells


def test_the_page_needs_and_runs_nothing():
    html = page()
    assert "default-src 'none'" in html and "<script" not in html
    links = [known for tag, known in Outline(html).tags if tag in ("a", "img", "link", "iframe", "form")]
    addresses = [known.get("src") or known.get("href") for known in links]
    assert all(one.startswith(("#", "data:image/svg+xml;base64,", "https://doi.org/")) for one in addresses)
    assert "url(" not in html and "@import" not in html


def test_headings_ids_pictures_and_tables_are_accessible():
    html = page()
    outline = Outline(html)
    assert outline.levels[0] == 1 and outline.levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(outline.levels, outline.levels[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert len(outline.alts) == len(PICTURES) - 2 and all(
        len(alt) > 60 and re.search(r"\d", alt) for alt in outline.alts
    )
    heads = [known for tag, known in outline.tags if tag == "th"]
    assert heads and all(known["scope"] in ("col", "row") for known in heads)
    assert html.count("<table>") == html.count("<caption>") and '<html lang="en-GB">' in html
    targets = re.findall(r'href="#([\w-]+)"', html)
    assert targets and set(targets) <= set(outline.ids)


def test_examples_ids_of_clients_and_paths_are_not_printed():
    html = page(tables() | {"what_if": pd.DataFrame({"client_id": ["C-9999"], "value": [0.3]})})
    assert "4711" not in html and "/home/x" not in html and "C-9999" not in html


def test_therapists_with_few_courses_are_not_named():
    found = tables()
    found["therapists"].loc[0, ["clients", "named"]] = [7, True]
    html = page(found)
    assert ">001<" not in html and "not named" in html
    assert ">001<" in page(found, privacy={"least_named": 5})


def test_diagnostics_name_nobody_who_is_not_named():
    found = tables()
    worst = {"rhat_of": ["therapist_effect[tiny one]", "therapist_effect[009]"]}
    html = page(found | {"diagnostics": found["diagnostics"].assign(**worst)})
    assert "tiny one" not in html and "therapist_effect[009]" in html


def test_suppressed_counts_stay_suppressed():
    found = tables()
    people = found["therapists"].astype(object)
    people.loc[3, ["clients", "deteriorated", "raw_rate"]] = ["*", "*", None]
    html = page(found | {"therapists": people})
    assert '<td class="short">*</td>' in html and "nan" not in html.lower().replace("finan", "")


def test_the_word_null_never_stands_on_the_page():
    estimates = pd.DataFrame(
        [{"model": "intercept_only", "estimand": "vpc", "estimate": 0.05, "low": 0.01, "high": 0.1}]
    )
    text = text_of(page(tables() | {"estimates": estimates}))
    assert "intercept only" in text and not re.search(r"\bnull\b", text)


def test_the_same_tables_give_the_same_page():
    assert page() == page()


def test_ids_keep_their_zeros_when_tables_are_read(tmp_path):
    for name, table in tables().items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "empty.csv").write_text("reason\n", encoding="utf-8")
    found = read_tables(tmp_path)
    assert found["therapists"]["therapist_id"].iloc[0] == "001" and found["cusum"]["unit"].iloc[1] == "001"
    assert found["empty"].empty
    assert page({name: table for name, table in found.items() if name != "empty"}) == page()


def test_every_row_of_a_table_has_a_header():
    assert not re.search(r'<th scope="row">\s*</th>', page())


def test_the_page_says_what_small_numbers_leave_out(tmp_path):
    """Tables as they are written: page, pictures and page one speak of those whose numbers are shown."""
    nhs = settings(privacy={"small_numbers": "nhs"})
    found = tables(clients=90)
    people = found["therapists"][~found["therapists"]["therapist_id"].str.startswith(POOLED)]
    few = people.set_index("therapist_id")["deteriorated"] < 5
    write_tables(found, [str(tmp_path / f"{name}.csv") for name in found], nhs.privacy)
    written = read_tables(tmp_path)
    results = Results(written, about(), nhs)
    hidden = set(results.people.query("deteriorated == '*'")["therapist_id"])
    assert set(few[few].index) <= hidden and 0 < len(hidden) < len(few)
    said = text_of(report(written, about(), nhs, {}))
    assert f"left out (*) for {len(hidden)} of {len(few)} therapists" in said
    known = numbers(results)
    unsaid = len(hidden & set(found["flags"]["therapist_id"]))  # flags are of those who may be named
    assert known["unsaid"]["value"] == unsaid > 0
    assert known["judged"]["value"] == found["flags"]["therapist_id"].nunique() - unsaid
    answer = next(one.text for one in answers(results, known) if one.question == "Who stands out?")
    assert f"Of {unsaid} more it is left out, because their numbers are small." in answer
    draw_all(written, about(), nhs, tmp_path)
    assert (tmp_path / "caterpillar.svg").is_file() and "average" not in (tmp_path / "caterpillar.svg").read_text()


def test_without_that_rule_nothing_is_said_of_it():
    assert "left out (*)" not in text_of(page(tables()))
