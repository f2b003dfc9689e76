"""The report takes numbers from one file only, says so loudly when one is missing, and needs no network."""

import json
import re
from math import isfinite

import jinja2
import pandas as pd
import pytest

from iatrogenesis.core.references import read_references
from iatrogenesis.core.sources import records
from iatrogenesis.report import numbers as collect
from iatrogenesis.report.inputs import parameters, shortcomings
from iatrogenesis.report.page import open_routes, page_tables
from iatrogenesis.report.pages import report_pages
from iatrogenesis.report.render import MissingNumber, Numbers, template_files
from iatrogenesis.report.rounding import with_interval
from iatrogenesis.report.second_episodes import over_worlds, second_course, who_comes_back
from tests.conftest import CONFIG
from tests.report.report_pages import FIGURES, TITLES, both, numbers_of, results_of, worlds

# What may be typed: names of instruments, "per 1,000", and the levels of intervals and ranges.
ALLOWED = ("PHQ-9", "GAD-7", "1,000", "95", "90")


def prose(source: str) -> str:
    """What a reader would see of a template: without its logic, tags, addresses, formulas and style."""
    for what in (r"<math>.*?</math>", r"\{\{.*?\}\}", r"\{%.*?%\}", r"<[^>]*>", r"&#\d+;"):
        source = re.sub(what, " ", source, flags=re.DOTALL)
    return source


def test_no_number_is_typed_into_the_templates():
    assert len(template_files()) > 5
    for path in template_files():
        text = prose(path.read_text())
        for allowed in ALLOWED:
            text = text.replace(allowed, " ")
        assert re.findall(r"\d+", text) == [], path.name


def test_the_guard_would_notice_a_typed_number():
    assert re.findall(r"\d+", prose("<p>{{ n('a') }} of 12&#8239;clients</p>")) == ["12"]


def test_a_missing_number_stops_the_report():
    with pytest.raises(MissingNumber, match=r"no number 'routine_care\.nothing'.*routine_care\.iatrogenic"):
        Numbers({"routine_care.iatrogenic": {"value": 1, "unit": ""}}).n("routine_care.nothing")
    with pytest.raises(MissingNumber, match="has no interval"):
        Numbers({"a": {"value": 1.5, "unit": ""}}).ci("a")


def test_plain_numbers_have_the_size_and_no_more():
    values = {"a": 0.0, "b": 9.7, "c": 0.354, "d": 3.26, "e": 1234.4, "f": -18.2}
    numbers = Numbers({name: {"value": value} for name, value in values.items()})
    assert [numbers.plain(name) for name in values] == ["0", "10", "0.35", "3.3", "1,234", "−18"]
    with pytest.raises(MissingNumber):
        numbers.plain("g")


@pytest.fixture(scope="module")
def results(study) -> dict[str, pd.DataFrame]:
    return results_of(study)


@pytest.fixture(scope="module")
def numbers(study, results) -> dict:
    return numbers_of(study, results)


def page(study, results, numbers) -> str:
    """Both, one behind the other."""
    return "\n".join(both(study, results, numbers).values())


def test_numbers_are_finite_and_say_where_they_come_from(numbers):
    for name, entry in json.loads(json.dumps(numbers, allow_nan=False)).items():
        assert {"value", "unit", "source"} <= set(entry), name
        assert all(isfinite(entry[key]) for key in ("value", "low", "high", "mcse") if key in entry), name
    with pytest.raises(ValueError, match=r"tables/x\.csv.*missing or infinite"):
        collect.number(float("nan"), "tables/x.csv", "share")


def test_numbers_are_those_of_the_tables(numbers, results):
    assert numbers["routine_care.iatrogenic"]["value"] == 20.5
    assert numbers["routine_care.intercept_only.therapist_sd.truth"] == {
        "value": 0.3,
        "mcse": 0.01,
        "unit": "log odds",
        "source": "tables/therapist_effects.csv",
    }
    ratio = numbers["routine_care.therapist.odds_ratio[burnout_rating]"]
    assert ratio["value"] == pytest.approx(1.2840254) and ratio["high"] == pytest.approx(1.4918247)
    assert numbers["evidence.not_reproduced"]["value"] == 1
    labels = [numbers[f"evidence.{label}.all"]["value"] for label in ("input", "fitted", "predicted")]
    assert sum(labels) == len(results["evidence"]) and min(labels) > 5
    assert numbers["attribution.share"]["value"] == pytest.approx(100 * 5.0 / 20.5)
    assert numbers["therapists.likely_harmful"]["value"] == 1 and numbers["therapists.surely_harmful"]["value"] == 0
    assert numbers["fits.failed"]["value"] == 1
    assert numbers["predictive.posterior.inside"]["value"] == 0 and numbers["predictive.prior.inside"]["value"] == 1
    assert numbers["what_if.right"]["value"] == 6 and numbers["what_if.chance.burnout_down"]["value"] == 16.0
    assert numbers["what_if.chance.burnout_down.ratings"]["low"] == 9.0
    assert numbers["sbc.failed"]["value"] == 2 and numbers["sbc.full"]["value"] == 1
    assert numbers["prior_sensitivity.dominates"]["value"] == 1
    assert numbers["seed"]["value"] == 20261122


def test_the_page_is_whole_the_same_each_time_and_needs_no_network(study, results, numbers):
    text = page(study, results, numbers)
    assert text == page(study, results, numbers)
    assert not re.search(r"<script|<link|@import|url\(", text)
    sources = re.findall(r'src="([^"]*)"', text)
    assert len(sources) == len(FIGURES) and all(source.startswith("data:image/svg+xml;base64,") for source in sources)
    for address in re.findall(r'href="([^"]*)"', text):
        assert address.startswith(("#", "report.html", "supplement.html", "https://doi.org/"))
    assert len(re.findall(r'<img [^>]*alt="[^"]{40,}"', text)) == len(FIGURES)
    assert text.count("commit abc1234") > 2
    assert "T&lt;1&gt;" in text and "T<1>" not in text


def test_the_page_names_the_routes_that_are_open_in_its_world_and_no_others(study, results, numbers):
    text = page(study, results, numbers)
    assert [name in text for name in ("<b>Burnout:</b>", "<b>Misfit:</b>", "<b>Labelling:</b>")] == [True, True, True]
    assert "Burnout" not in [route["name"] for route in open_routes(study.catalogue["no_burnout"])]
    for world in ("routine_care", "untreated"):
        routes = open_routes(study.catalogue[world])
        assert len(routes) == len(study.catalogue[world].mechanisms)
        assert all(route["name"] and route["words"].endswith(".") for route in routes)


def test_a_share_of_none_or_all_is_shown_with_its_interval():
    """Its standard error is 0, which would look like certainty."""
    numbers = Numbers(
        {"none": collect.number(0.0, "x", "%", 0.0, 4.74, 0.0), "some": collect.number(8.0, "x", "%", mcse=3.1)}
    )
    assert numbers.mc("none", "%") == "0\u202f% (95\u202f% Monte Carlo interval 0.0 to 4.7)"
    assert numbers.mc("some", "%") == "8.0\u202f% (MCSE 3.1)"
    with pytest.raises(MissingNumber, match="no Monte Carlo"):
        Numbers({"bare": collect.number(8.0, "x", "%")}).mc("bare")


def test_words_follow_the_numbers(study, results, numbers):
    """Intervals are called too narrow only where the whole interval of its coverage is below 95 %."""
    name = "study.reference_cell.logistic.burnout.coverage"
    for low, high, claimed in ((80.0, 91.0, True), (90.0, 99.0, False), (47.8, 100.0, False)):
        text = page(study, results, numbers | {name: numbers[name] | {"low": low, "high": high}})
        assert ("they are too narrow" in text) == claimed


def test_a_page_without_one_of_its_numbers_is_not_written(study, results, numbers):
    for name in ("routine_care.iatrogenic", "fits.passed", "seed", "covered"):
        with pytest.raises(MissingNumber):
            page(study, results, {key: entry for key, entry in numbers.items() if key != name})
    with pytest.raises(jinja2.UndefinedError):
        report_pages(numbers, [], {}, {"study": "x"}, {})


def test_the_page_shows_what_failed(study, results, numbers):
    text = page(study, results, numbers)
    assert "no: R-hat 1.2" in text
    assert "Reliable deterioration among finished courses (fitted): 0.900, published 0.0584" in text
    assert "there are no results on" in re.sub(r"\s+", " ", text)


def test_every_number_of_every_world_stands_in_the_report(study, results):
    references = read_references(CONFIG / "references.bib")
    found = page_tables(results, worlds(study), TITLES, {}, references)
    parts = ("", "route_", "prevention_", "policy_", "instrument_")
    shown = {name: len(found[f"{name}parameters"].rows) for name in parts}
    everything = records(study.catalogue["all_preventions"])
    assert shown[""] + shown["route_"] + shown["prevention_"] == len(everything) > 200
    assert shown["policy_"] == len(records(study.policies)) > 5
    assert shown["instrument_"] == len(records(study.setup.instruments)) > 5
    monitoring = {row[0]: row[-1] for row in found["prevention_parameters"].rows if row[0].startswith("monitoring")}
    assert any("a sceptic reads" in words for words in monitoring.values())


def test_second_episodes_are_told_by_numbers_of_their_table(study, results, numbers):
    table = results["second_episodes"].set_index(["world", "less", "people", "course", "outcome"]).sort_index()
    kept = table.loc[("routine_care", "resistance_barrier", "clients", "follow_up", "not_returning")]
    told = numbers["second.less_resistance_barrier.clients.follow_up.not_returning"]
    assert {name: told[name] for name in ("value", "low", "high", "mcse")} == pytest.approx(
        kept[["value", "low", "high", "mcse"]].to_dict()
    )
    assert told["unit"] == "per 1,000 clients" and len(set(table.index)) == len(table)
    assert numbers["second.routine_care.clients.follow_up.unwell.high_90"]["value"] == 22
    ranged = over_worlds(results["second_episodes"])
    assert len(ranged.rows) == 5 + 1 + 2 * 3 + 2 * 3 + 2 and all(all(row) for row in ranged.rows)
    assert {tuple(row[2:]) for row in ranged.rows} == {("12", "8 to 15", "2 to 22", "0.50 and 0.70", "1.5")}
    who, courses = who_comes_back(results["second_episodes"]), second_course(results["second_episodes"])
    assert [row[0] for row in who.rows][:2] == ["routine care", "reference world"] and len(who.rows) == 5
    assert who.rows[0][-2:] == ["", ""] and all(len(row) == len(who.columns) for row in who.rows)
    assert {row[0]: row[-1] for row in who.rows}["without resistance"] == with_interval(*kept[["value", "low", "high"]])
    assert len(courses.rows) == 2 * 4 + 4 and all(all(row) for row in courses.rows)


def test_assumed_and_remembered_numbers_are_marked(study):
    shown = parameters(records(study.catalogue["routine_care"]), read_references(CONFIG / "references.bib"))
    status = {row[0]: (row, mark) for row, mark in zip(shown.rows, shown.marks, strict=True)}
    row, mark = status["burnout · distress push"]
    assert mark == "assumed" and "ASSUMED" in row and "0 to 4" in row
    row, mark = status["burnout · yearly stability"]
    assert mark == "open" and "PROVISIONAL" in row[-1]
    assert len(shown.rows) == len(records(study.catalogue["routine_care"]))


def test_shortcomings_say_how_far_off(results):
    evidence = results["evidence"]
    far = (0.9 - 0.0584) / evidence["tolerance"].iloc[0]
    assert f"{far:.1f} tolerances above the published value" in shortcomings(evidence, "not reproduced")[0]
    bound = evidence[evidence["published"].isna()].assign(simulated=-0.5, verdict="not reproduced")
    assert "; below the bound by 0.5" in shortcomings(bound, "not reproduced")[0]
    assert shortcomings(results["evidence"], "unclear") == []


def test_every_source_is_listed(tmp_path):
    text = (CONFIG / "references.bib").read_text()
    found = read_references(CONFIG / "references.bib")
    assert set(found) == set(re.findall(r"^@\w+\{([^,]+),", text, flags=re.MULTILINE))
    assert found["saxon2017therapist"].short == "Saxon et al. 2017"
    assert found["swift2012dropout"].short == "Swift & Greenberg 2012"
    assert "Flückiger" in found["fluckiger2018alliance"].text
    assert not any("{" in one.text or "\\" in one.text for one in found.values())
    (tmp_path / "x.bib").write_text("@misc{a2020,\n  author = {A},\n  year = {2020},\n}\n")
    with pytest.raises(ValueError, match="a2020: title is missing"):
        read_references(tmp_path / "x.bib")


@pytest.mark.parametrize(
    ("author", "fields", "short", "text"),
    [
        ("{NHS England}", "title = {T}", "NHS England 2020", "NHS England (2020). T."),
        ("Branson and Myles", "title = {T}", "Branson & Myles 2020", "Branson, Myles (2020). T."),
        (
            "de Jong, K. and Del Re, A. C.",
            r"title = {T}, journal = {Social Science \& Medicine}, volume = {71}, number = {12}, pages = {2150--2161}",
            "de Jong & Del Re 2020",
            "de Jong, K., Del Re, A. C. (2020). T. Social Science & Medicine, 71(12), 2150–2161.",
        ),
        (
            r"Fl{\"u}ckiger, C. and Wampold, B. E. and others",
            "title = {Does it?}, journal = {Psychotherapy}, pages = {e1}",
            "Flückiger et al. 2020",
            "Flückiger, C., Wampold, B. E., et al. (2020). Does it? Psychotherapy, e1.",
        ),
        (
            "Maslach, C.",
            "title = {T}, edition = {3rd}, publisher = {Press}",
            "Maslach 2020",
            "Maslach, C. (2020). T (3rd ed.). Press.",
        ),
        (
            "Shaw, D. E.",
            "title = {T}, booktitle = {SC}, pages = {1--12}",
            "Shaw 2020",
            "Shaw, D. E. (2020). T. SC, 1–12.",
        ),
    ],
)
def test_references_have_initials_and_places_and_citations_surnames(tmp_path, author, fields, short, text):
    (tmp_path / "x.bib").write_text(f"@misc{{a, author = {{{author}}}, year = {{2020}}, {fields}}}\n")
    found = read_references(tmp_path / "x.bib")["a"]
    assert (found.short, found.text) == (short, text)


def test_no_citation_carries_an_initial():
    found = read_references(CONFIG / "references.bib").values()
    assert not [one.short for one in found if "," in one.short or re.search(r"\b[A-Z]\. ", one.short)]


def test_sources_that_would_be_cited_alike_have_letters(tmp_path):
    alike = {"b": ("Ash, J. and Oak, K. and Elm, L.", "A title"), "a": ("Ash, J. and others", "B title")}
    alike |= {"c": ("Ash, J. and Oak, K.", "C title")}
    (tmp_path / "x.bib").write_text(
        "\n".join(
            f"@misc{{{key}, author = {{{who}}}, title = {{{title}}}, year = {{2020}}}}"
            for key, (who, title) in alike.items()
        )
    )
    found = read_references(tmp_path / "x.bib")
    assert {key: one.short for key, one in found.items()} == {
        "a": "Ash et al. 2020a",
        "b": "Ash et al. 2020b",
        "c": "Ash & Oak 2020",
    }
    assert found["a"].text == "Ash, J., et al. (2020a). B title."
    every = [one.short for one in read_references(CONFIG / "references.bib").values()]
    assert len(every) == len(set(every))
