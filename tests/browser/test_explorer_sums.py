"""Numbers of the explorer that tell of the same clients agree wherever they stand."""

import re

import pytest

from tests.browser.explorer import put, says, shown

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_whoever_adds_up_what_the_page_says_finds_what_it_says(explore, study, at):
    """Marks, table, sentences and rings agree to the client, wherever controls stand."""
    page = explore()
    begun = shown(page)
    worse = begun["worse_because"] + begun["worse_anyway"]
    ends = list(study.config.explorer.ends.by_slider().items())
    for place, (name, both) in enumerate(ends):
        for end in (*both, at[place]):
            put(page, **{name: end})
            found, before = shown(page), worse
            worse = found["worse_because"] + found["worse_anyway"]
            net = found["worse_because"] - found["spared"]
            said = re.match(r"(?:(\d+) (more|fewer)|As many)", says(page, ".net"))
            assert signed(*said.groups()) == net, (name, end)
            assert says(page, ".all").startswith(f"In all, {worse:.0f} end")
            if change := re.search(r"before: (?:(\d+) (more|fewer)|as many)", says(page, ".change")):
                assert signed(*change.groups()) == worse - before, (name, end)
                assert page.locator("#panel-a .ghosts > *").count() == abs(worse - before)


def signed(many, which):
    """A difference as a number, from how it is said."""
    return 0 if many is None else int(many) * (1 if which == "more" else -1)
