"""What the summary says depends on the numbers: a study whose result is otherwise gets no false sentence."""

import re
from html import unescape

import pytest

from iatrogenesis.report.entry import number
from iatrogenesis.report.render import MissingNumber
from tests.report.summary.made import changed, findings, numbers, page, ranged

ABOVE, BELOW, OPEN = (7, 18, 41), (-41, -18, -7), (-4, 2, 9)


def text_of(found: dict) -> str:
    """What a reader sees, without style."""
    words = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page(found), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(words))


def test_the_headline_numbers_are_whole_and_have_their_ranges():
    text = text_of(numbers())
    for told in (
        "18 (7 to 41) more of 1,000 clients get reliably worse",
        "10 (2 to 21) fewer of 1,000 clients would get worse if every therapist",
        "25 (15 to 38) fewer of 1,000 clients would get worse with all 10 preventions",
        "76 (62 to 89) of a hundred therapists removed",
        "95 (21 to 100) of a hundred services would find the link",
    ):
        assert told in text
    assert text.index("18 (7 to 41)") < text.index("10 (2 to 21)")


@pytest.mark.parametrize(
    ("conclusion", "said"),
    [
        ("net", ("Harm on balance: more", "No harm on balance: fewer", "Whether therapy harms on balance stays open")),
        (
            "rested",
            (
                "With less burnout among therapists, fewer clients would get worse",
                "With less burnout among therapists, no fewer clients would get worse",
                "Whether less burnout among therapists would help clients is uncertain",
            ),
        ),
        (
            "averted",
            (
                "With prevention, fewer clients would get worse",
                "With the preventions, no fewer clients would get worse",
                "Whether the preventions would help clients is uncertain",
            ),
        ),
    ],
)
def test_a_direction_is_that_of_the_whole_range(conclusion, said):
    for ends, told in zip((ABOVE, BELOW, OPEN), said, strict=True):
        text = text_of(changed(**{conclusion: ends}))
        assert [one in text for one in said] == [one == told for one in said]
        assert ("18 (7 to 41)" if ends != OPEN else "2 (−4 to 9)") in text


def test_a_range_that_is_printed_from_zero_is_open():
    """Its end is above zero, but what a reader sees is 0."""
    assert findings(changed(net=(0.4, 5, 9))).side("conclusions.net") == "open"
    assert findings(changed(net=(0.6, 5, 9))).side("conclusions.net") == "above"
    assert findings(changed(net=(-9, -5, -0.4))).side("conclusions.net") == "open"


def test_that_more_is_averted_than_done_is_said_only_where_it_is_so():
    claim = "That is more than the net harm"
    assert claim in text_of(changed(averted=(15, 25, 38)))
    assert claim not in text_of(changed(averted=(5, 12, 38)))
    assert claim not in text_of(changed(averted=(-5, 25, 38)))


def test_a_prevention_leads_only_where_it_clearly_does():
    for monitoring, leads in (((5, 11, 22), True), ((0, 3.4, 9), False)):
        found = changed(**{"prevention.monitoring": monitoring})
        assert (findings(found).leader == "monitoring") == leads
        assert ("Most comes from routine outcome monitoring" in text_of(found)) == leads
    text = text_of(changed(**{"prevention.repair": (20, 30, 40)}))
    assert "Most comes from repair of trust" in text and "Most comes from routine" not in text


@pytest.mark.parametrize(
    ("ends", "heading", "advised"),
    [
        ((62, 76, 89), "mostly hits the wrong ones", "Do not remove therapists by league table."),
        ((30, 60, 80), "is often wrong", "Do not rely on a league table alone"),
        ((5, 12, 30), "mostly hits the right ones", "Do not rely on a league table alone"),
    ],
)
def test_what_is_said_of_league_tables_and_advised_follows_their_errors(ends, heading, advised):
    text = text_of(changed(fdr=ends))
    told = ("mostly hits the wrong ones", "is often wrong", "mostly hits the right ones")
    assert [one in text for one in told] == [one == heading for one in told]
    assert advised in text
    assert ("too few clients to tell" in text) == (heading == told[0])


def test_what_removal_averts_is_said_only_where_it_averts_something():
    assert "On paper ten years of removal avert 16 (9 to 26) of 1,000" in text_of(numbers())
    assert "On paper ten years of removal avert" not in text_of(changed(removing=(-3, 2, 9)))


@pytest.mark.parametrize(
    ("powers", "heading"),
    [
        ({"reference_cell": 95.0, "small": 90.0, "large": 99.0}, "A service can see a link"),
        ({"reference_cell": 9.0, "small": 20.0, "large": 30.0}, "No kind of service tried can see a link"),
        ({"reference_cell": 60.0, "small": 20.0, "large": 99.0}, "Only a large service can see a link"),
        ({"reference_cell": 95.0, "small": 20.0, "large": 30.0}, "Some services can see a link"),
    ],
)
def test_whether_services_can_see_it_follows_the_power(powers, heading):
    found = numbers()
    for cell, power in powers.items():
        found[f"study.{cell}.therapist.burnout.power"] = number(power, "x", "%")
    text = text_of(found)
    assert heading in text
    assert ("Pool data with other services" in text) == (heading != "A service can see a link")
    assert ("unless yours is large" in text) == (min(powers.values()) < 80 <= max(powers.values()))
    low, high = (f"{round(end(powers.values()))}" for end in (min, max))
    assert f"({low} to {high}) of a hundred services" in text


@pytest.mark.parametrize(
    ("monitoring", "advised"), [((5, 11, 22), "Monitor outcomes of every client"), (OPEN, "Test outcome monitoring")]
)
def test_what_is_advised_about_monitoring_and_burnout_follows_what_they_avert(monitoring, advised):
    assert advised in text_of(changed(**{"prevention.monitoring": monitoring}))
    assert "Prevent burnout" in text_of(numbers())
    assert "Prevent burnout" not in text_of(changed(rested=OPEN))


def test_every_number_is_asked_from_the_one_file():
    """What is changed there is changed on the page; what is missing there stops it."""
    found = numbers()
    for name in ("conclusions.net.median", "policy.remove_raw.fdr.low_90", "evidence.all", "drivers.informed"):
        with pytest.raises(MissingNumber, match=re.escape(name)):
            page({one: value for one, value in found.items() if one != name})
    for name in ("parameters.everything.assumed", "drivers.unknowns", "conclusions.level.median"):
        assert "777" in text_of(found | {name: number(777, "x", "x")})
    without = {name: value for name, value in found.items() if not name.endswith("burnout.power")}
    with pytest.raises(MissingNumber, match="power"):
        page(without)


def test_a_study_without_single_preventions_is_told_without_them():
    found = {name: value for name, value in numbers().items() if not name.startswith("conclusions.prevention")}
    text = text_of(found)
    assert "Most comes from" not in text and "outcome monitoring of every" not in text


def test_the_five_headline_numbers_are_claims(study):
    claimed = {claim.number for claim in study.claims.values()}
    for name in ("conclusions.net", "conclusions.rested", "conclusions.averted", "policy.remove_raw.fdr"):
        assert {f"{name}.median", f"{name}.low_90", f"{name}.high_90"} <= claimed
    assert "study.reference_cell.therapist.burnout.power" in claimed


def test_ranges_made_here_are_in_order():
    assert [one["value"] for one in ranged("a", 0, 4, 6).values()] == [0, 2, 4, 5, 6]
