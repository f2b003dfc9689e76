"""The page of the checks: what a service lead reads."""

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from iatrogenesis.own_data.checks_page import page, verdict
from tests.own_data.test_preparing import clean_clients, messy, own, run, written

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    table = messy()
    table.loc[range(42, 82), "therapist_id"] = EVIL
    table.loc[90, "phq9_first"] = "<img src=x onerror=alert(1)>"
    return run(written(tmp_path_factory.mktemp("messy"), table))


def test_the_verdict_comes_first_in_one_sentence_or_two(found, tmp_path):
    said = BeautifulSoup(page(found, own(title="Our service")), "html.parser")
    assert said.h1.text == "Our service"
    assert said.select_one(".verdict").text == verdict(found, own())
    assert verdict(found, own()).startswith(
        "The data can be analysed: 394 of 401 courses can be judged, of 10 therapists."
    )
    clean = run(written(tmp_path))
    assert verdict(clean, own()).endswith("There is no warning.")
    few = run(written(tmp_path, clean_clients().head(120)))
    assert verdict(few, own()) == "The data cannot be analysed yet: 1 error must be put right first."


def test_nothing_in_the_data_becomes_html(found):
    text = page(found, own(title=EVIL))
    assert "<script" not in text and "<img" not in text
    assert "onerror=alert(1)&gt;" in text


def test_the_page_is_self_contained_and_runs_nothing(found):
    said = BeautifulSoup(page(found, own()), "html.parser")
    policy = said.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not said.find_all(["script", "link", "img", "iframe", "object", "form"])
    assert not [
        tag for tag in said.find_all(True) if tag.has_attr("style") or any(a.startswith("on") for a in tag.attrs)
    ]
    assert not re.search(r"https?://|url\(|@import", page(found, own()))


def test_headings_links_and_ids_are_in_order(found):
    said = BeautifulSoup(page(found, own()), "html.parser")
    levels = [int(tag.name[1]) for tag in said.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [tag["id"] for tag in said.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert all(link["href"][1:] in ids for link in said.find_all("a"))
    assert said.html["lang"] == "en-GB"


def test_each_finding_has_its_examples_and_the_passed_are_folded(found):
    said = BeautifulSoup(page(found, own()), "html.parser")
    loud = found.checks[found.checks["severity"].isin(["error", "warning", "note"])]
    assert len(said.find_all("article")) == len(loud)
    article = next(one for one in said.find_all("article") if "Scores outside" in one.h3.text)
    assert article.li.text == "row 3, phq9_last: 270"
    passed = said.find("details", id="passed")
    assert len(passed.tbody.find_all("tr")) == (found.checks["severity"] == "passed").sum()
    assert not passed.has_attr("open")


def test_the_flow_shows_each_step_and_reason(found):
    flow = BeautifulSoup(page(found, own()), "html.parser").select_one("ol.flow")
    assert [one.text for one in flow.select(".step .number")] == ["401", "397", "394"]
    reasons = [one.text.strip() for one in flow.select(".out li")]
    assert "1 no therapist (1 client)" in reasons and len(reasons) == 6


def test_small_numbers_are_left_out_of_the_flow(found):
    flow = BeautifulSoup(page(found, own(privacy={"small_numbers": "nhs"})), "html.parser").select_one("ol.flow")
    assert [one.text for one in flow.select(".step .number")] == ["400", "395", "395"]
    assert {one.strong.text for one in flow.select(".out li")} == {"*"}
