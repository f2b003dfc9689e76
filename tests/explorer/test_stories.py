"""What a story says is what the model does."""

import pytest

from iatrogenesis.explorer.measure import Measures
from iatrogenesis.explorer.settings import Setting, by_kind, usual, world_of
from iatrogenesis.explorer.stories import Claim, Story, untrue
from iatrogenesis.study.study import load_study
from tests.conftest import CONFIG


@pytest.fixture(scope="module")
def measured():
    """Every story of the full study, simulated; and a step that waits for another, with and without it."""
    study = load_study(CONFIG / "full.yaml", CONFIG)
    explorer = study.config.explorer
    design = explorer.design.model_copy(update={"replicates": 1})
    world, every = study.catalogue[explorer.world], by_kind(study.catalogue[explorer.prevented])
    measures = Measures.of(study.setup.apart("explorer"), design, world, study.catalogue["reference"])
    at = usual(world)
    settings = {story.id: story.setting(at) for story in study.words.stories}
    settings |= {name: Setting(at, (name,)) for name in (*study.words.needs, *study.words.needs.values())}
    found = measures.measure_all([world_of(setting, world, every) for setting in settings.values()])
    return study.words, dict(zip(settings, found, strict=True))


def test_every_claim_of_every_story_holds(measured):
    words, numbers = measured
    assert list(untrue(words.stories, numbers)) == []
    assert sum(len(story.claims) for story in words.stories) > 15


def test_what_waits_for_another_step_does_next_to_nothing_without_it(measured):
    """Fewer than one of 1,000 clients, while what it waits for does a lot."""
    words, numbers = measured

    def worse(name):
        return 1000 * (numbers[name]["worse_because.0"] + numbers[name]["worse_anyway.0"])

    for name, needed in words.needs.items():
        assert abs(worse(name) - worse("usual")) < 1 < worse("usual") - worse(needed), name


def test_claims_that_do_not_hold_are_told():
    here, there = ({"worse_because.0": share, "worse_anyway.0": 0.0, "spared.0": 0.0} for share in (0.02, 0.05))
    story = Story(
        id="rest",
        claims=(Claim(of="worse", above=30), Claim(of="worse", less_than="winter"), Claim(of="net", below=10)),
    )
    said = list(untrue([story], {"rest": here, "winter": there}))
    assert said == [
        "rest: worse is 20.00, and not above 30.00",
        "rest: net is 20.00, and not below 10.00",
    ]
    assert list(untrue([story], {"winter": there})) == []
    swapped = list(untrue([story], {"rest": there, "winter": here}))
    assert "rest: worse is 50.00, and not less than in winter, 20.00" in swapped
