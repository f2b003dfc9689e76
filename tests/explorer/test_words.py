"""The words of the explorer: every language says everything, with the same values in the same places."""

import re
from copy import deepcopy

import pytest
import yaml
from pydantic import ValidationError

from iatrogenesis.core.yaml_text import ConfigError, read_yaml
from iatrogenesis.explorer.settings import SLIDERS
from iatrogenesis.explorer.words import PLACEHOLDER, Words, read_words
from tests.conftest import CONFIG, ROOT

PAGE = ROOT / "src" / "iatrogenesis" / "explorer" / "page"
UNSAID = ("unlucky", "outbreak", "strokes of fate", "1 times the usual share", "spared")


@pytest.fixture(scope="module")
def words():
    return read_words(CONFIG)


@pytest.fixture
def raw():
    """What the files hold, to be spoiled."""
    languages = {name: read_yaml(CONFIG / "words" / f"{name}.yaml") for name in ("en", "de")}
    return deepcopy(read_yaml(CONFIG / "explorer.yaml") | {"languages": languages})


def test_english_and_german_are_there_and_no_text_is_left_untranslated(words):
    english, german = (dict(words.languages[name].texts()) for name in ("en", "de"))
    assert english.keys() - german.keys() == german.keys() - english.keys() == set()
    free = {place for place, text in english.items() if len(PLACEHOLDER.sub("", text).strip(" .:;–")) > 12}
    same = {place for place in free if english[place] == german[place]}
    assert same == set()


@pytest.mark.parametrize("language", ["en", "de"])
def test_words_that_trainers_stumbled_over_are_not_said(words, language):
    text = " ".join(text for _, text in words.languages[language].texts()).lower()
    assert [word for word in UNSAID if word in text] == []


def test_every_text_that_the_page_asks_for_is_there_and_none_besides(words):
    """Names that are put together at run time are those of fates, views, kinds and ends."""
    asked = "".join(path.read_text() for path in [*PAGE.glob("*.js"), *PAGE.glob("*.j2")])
    charts = (PAGE.parent / "charts.py").read_text()
    names = set(
        re.findall(r"""["'](?:t:)?([a-z][a-z0-9_]+)["']""", asked + charts + (PAGE.parent / "page.py").read_text())
    )
    made = {
        name
        for name in words.languages["en"].page
        if re.match(r"(short|view|twin|panel|courses|burnout|places|client)_", name)
    }
    plain = {"improved", "unchanged", "worse_anyway", "worse_because", "not_judged", "spared", "dropped_out",
             "worse_at_follow_up", "crises", "sessions", "new_clients", "prevention_minutes"}  # fmt: skip
    assert set(words.languages["en"].page) - names - made - plain == set()
    said = re.findall(r"""\b(?:words\.t|words\.plain|t|text|say)\((?:say, )?["']([a-z_0-9]+)["'][,)]""", asked)
    assert len(said) > 80 and set(said) - set(words.languages["en"].page) == set()


def test_sliders_stand_at_their_ends_and_on_every_story_by_their_steps(study, words):
    from iatrogenesis.study.study import load_study

    full = load_study(CONFIG / "full.yaml", CONFIG).config.explorer
    for name, ends in full.ends.by_slider().items():
        stops = [*ends, *(story.sliders[name] for story in words.stories if name in story.sliders)]
        for stop in stops:
            steps = (stop - ends[0]) / words.sliders[name].step
            assert steps == pytest.approx(round(steps)), (name, stop)
    assert all(story.fits(full) for story in words.stories)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw["sliders"].pop("fit"), "sliders: 'fit' has no words"),
        (lambda raw: raw["languages"]["de"]["sliders"].pop("fit"), "de: sliders: 'fit' has no words"),
        (lambda raw: raw["languages"]["de"]["page"].pop("guess"), "de: page: 'guess' has no words"),
        (lambda raw: raw["languages"]["de"]["page"].update(weather="Regen"), "de: page: unknown 'weather'"),
        (lambda raw: raw["languages"]["de"]["stories"].pop("winter"), "de: stories: 'winter' has no words"),
        (lambda raw: raw["languages"]["de"]["page"].update(more="{m} mehr"), r"de: page\.more: takes other {names}"),
        (lambda raw: raw["languages"].pop("en"), r"languages: en\.yaml is missing"),
        (lambda raw: raw["stories"][1]["sliders"].update(weather=1), "winter: sliders: unknown 'weather'"),
        (lambda raw: raw["stories"][1]["claims"].append({"of": "worse", "more_than": "spring"}), "unknown 'spring'"),
        (lambda raw: raw["stories"][1]["claims"].append({"of": "worse"}), "a claim needs a bound"),
        (lambda raw: raw["stories"].append(raw["stories"][0]), "stories: duplicate id"),
        (lambda raw: raw["tour"][0].update(story="spring"), "stories: unknown 'spring'"),
        (lambda raw: raw["needs"].update(prayer="monitoring"), "needs: unknown 'prayer'"),
        (lambda raw: raw["sliders"]["fit"].update(step=0), "step"),
    ],
)
@pytest.mark.trial(kind="refused", what="words of the explorer: {said}")
def test_faulty_words_are_refused(raw, change, said):
    Words.model_validate(raw)
    change(raw)
    with pytest.raises(ValidationError, match=said):
        Words.model_validate(raw)


def test_a_fault_names_the_file_of_its_language(raw, tmp_path):
    (tmp_path / "words").mkdir()
    raw["languages"]["de"]["name"] = None
    for name, content in raw.pop("languages").items():
        (tmp_path / "words" / f"{name}.yaml").write_text(yaml.safe_dump(content))
    (tmp_path / "explorer.yaml").write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError, match=r"words/de\.yaml: line \d+: languages\.de\.name: "):
        read_words(tmp_path)


def test_the_session_takes_45_minutes_and_has_the_parts_that_the_page_promises(words):
    assert sum(stop.minutes for stop in words.tour) == 45
    assert [stop.view for stop in words.tour if stop.view != "clients"] == ["twin", "year", "vote", "numbers"]
    assert words.tour[0].guess and len(words.vote) == 6 and set(SLIDERS) == set(words.sliders)
