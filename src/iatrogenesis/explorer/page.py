"""The explorer's page: the simulator itself, with words, pictures and the library that draws them."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from scipy.stats import t

from iatrogenesis.explorer import charts
from iatrogenesis.explorer.courses import help_of
from iatrogenesis.explorer.courses import packed as packed_courses
from iatrogenesis.explorer.measure import ALSO, FATES, WORK, clusters
from iatrogenesis.explorer.offline import filled
from iatrogenesis.explorer.ranges import Ranges
from iatrogenesis.explorer.settings import SLIDERS, Explorer, Setting, told
from iatrogenesis.explorer.words import FIRST, Words

SHOWN = ("worse_anyway", "worse_because", "unchanged", "improved", "not_judged")
"""Marks in this order, so that those of clients who get worse grow from one corner."""

SHAPES = {  # paths in a box from -8 to 8
    "improved": "M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0",
    "unchanged": "M-5,-5h10v10h-10z",
    "worse_anyway": "M0,-7L7,0L0,7L-7,0z",
    "worse_because": "M0,-7L7,6H-7z",
    "not_judged": "M-6,-2h4v-4h4v4h4v4h-4v4h-4v-4h-4z",
}
BOLD = re.compile(r"\*\*(.+?)\*\*")

type Averted = dict[str, tuple[int, int, int]]
"""By step, how many fewer of 1,000 get worse: as read usually, by a sceptic, by an optimist."""


def packed(
    explorer: Explorer, simulator: Mapping[str, object], measures: pd.DataFrame, words: Words, averts: Averted,
    ranges: Ranges, courses: pd.DataFrame, about: Mapping[str, str | int],
) -> dict:  # fmt: skip
    """All that the page's script needs."""
    return {
        **_offered(explorer, ranges.usual, words, averts),
        "fates": FATES,
        "shown": SHOWN,
        "also": ALSO,
        "work": WORK,
        "shapes": SHAPES,
        "t": float(t.ppf(0.975, clusters(explorer.design) - 1)),
        "simulator": simulator,
        "ranges": ranges.packed(),
        "charts": _charts(measures, courses),
        "courses": packed_courses(courses),
        "help": help_of(explorer),
        "words": {name: words.languages[name].model_dump() for name in _ordered(words)},
        "about": dict(about),
    }


def _offered(explorer: Explorer, usual: Sequence[float], words: Words, averts: Averted) -> dict:
    """What can be set and told in this study."""
    stories = [story for story in words.stories if story.fits(explorer)]
    told = {None} | {story.id for story in stories}
    return {
        "sliders": [
            {"name": name, "ends": ends, "usual": at, **words.sliders[name].model_dump()}
            for name, ends, at in zip(SLIDERS, explorer.ends.by_slider().values(), usual, strict=True)
        ],
        "preventions": [
            {"name": name, "averts": averts.get(name), "needs": _needed(words.needs.get(name), explorer)}
            for name in explorer.preventions
        ],
        "stories": [story.model_dump(exclude={"claims"}) for story in stories],
        "tour": [stop.model_dump() for stop in words.tour if {stop.story, stop.against} <= told],
        "vote": [name for name in words.vote if name in explorer.preventions],
    }


def _ordered(words: Words) -> list[str]:
    """Names of the languages, that in which the page opens before the others."""
    return sorted(words.languages, key=lambda name: (name != FIRST, name))


def _needed(other: str | None, explorer: Explorer) -> str | None:
    return other if other in explorer.preventions else None


def _charts(measures: pd.DataFrame, courses: pd.DataFrame) -> dict[str, dict]:
    """Pictures whose scales hold whatever is simulated, wherever sliders stand."""

    def ends(*names: str) -> tuple[float, float]:
        found = measures[[name for name in measures if name.split("@")[0] in names]].to_numpy()
        return float(found.min()), float(found.max())

    bond = courses["alliance"]
    return {
        "courses": charts.courses(5 * np.ceil(ends("unlucky", "severity_90")[1] / 5)),
        "burnout": charts.burnout(*(np.array([-0.2, 0.2]) + ends("burnout_10", "burnout_90", "burnout_one"))),
        "places": charts.places(5 * np.ceil(ends("places")[1] / 5)),
        "score": charts.followed("t:axis_score", 0, float(courses["score"].max()) + 1),
        "bond": charts.followed("t:axis_alliance", float(bond.min()) - 0.3, float(bond.max()) + 0.3),
    }


def averted(preventions: pd.DataFrame, averting: Mapping[str, str | None]) -> Averted:
    """What preventions avert where all sliders stand as usual, in three readings, of 1,000 clients.

    Parameters
    ----------
    preventions
        ``tables/preventions.csv``: prevented less unprevented world, so that what is averted is negative.
    averting
        By name, the scenario that has this prevention and no other (or, for "together", all of them), or None.
    """
    rows = preventions[preventions["outcome"] == "deteriorated"].set_index(["scenario", "reading"])
    return {
        name: tuple(round(-rows.loc[(scenario, of), "value"]) for of in ("central", "sceptical", "optimistic"))
        for name, scenario in averting.items()
        if scenario is not None and (scenario, "central") in rows.index
    }


def as_shown(averts: Averted, settings: Sequence[tuple[str, Setting]], measures: pd.DataFrame) -> Averted:
    """The same, where the central reading is what the page shows when a step is switched on: it has other clients.

    Parameters
    ----------
    settings, measures
        As `iatrogenesis.explorer.settings.told`, and what was measured there.
    """
    worse = np.floor(1000 * (measures["worse_because.0"] + measures["worse_anyway.0"]) + 0.5)  # as the page rounds
    alone = {
        setting.preventions: int(worse.iloc[0] - here)
        for (what, setting), here in zip(settings, worse, strict=True)
        if what == "alone"
    }
    return {name: (alone[name,], low, high) for name, (_, low, high) in averts.items() if (name,) in alone}


def worse_of_finished(here: Mapping[str, float]) -> float:
    """Clients reliably worse per 1,000 finished courses, from measures of a setting."""
    judged = 1 - here["not_judged.0"]
    return 1000 * (here["worse_because.0"] + here["worse_anyway.0"]) / judged


def page(
    explorer: Explorer, simulator: Mapping[str, object], measures: pd.DataFrame, words: Words, averts: Averted,
    ranges: Ranges, courses: pd.DataFrame, about: Mapping[str, str | int],
) -> str:  # fmt: skip
    """The page's HTML.

    Parameters
    ----------
    simulator
        As `iatrogenesis.explorer.live.packed`.
    measures
        Of the settings `iatrogenesis.explorer.settings.told`, in their order: the first is as usual.
    averts
        As `averted`.
    courses
        As `iatrogenesis.explorer.courses.courses`.
    about
        ``study`` and ``commit``; ``published``: deteriorations per 1,000 finished courses, as services report.
    """
    design = explorer.design
    numbers = {
        "settings": len(measures),
        "clients": int(design.replicates * design.therapists * design.clients_per_therapist),
        "worse": round(worse_of_finished(measures.iloc[0].to_dict())),
        "worlds": ranges.members,
    }
    said = {**about, **numbers, "commit": about["commit"] or "–"}
    shown = as_shown(averts, told(explorer, ranges.usual), measures)
    data = packed(explorer, simulator, measures, words, shown, ranges, courses, said)
    return filled("explorer.html.j2", data, compiles=True, first=words.languages[FIRST], say=_saying(words, said))


def _saying(words: Words, about: Mapping[str, str | int]) -> Callable[[str], Markup]:
    """Say a text of the page in its first language, as its script does in every other."""
    texts = words.languages[FIRST].page

    def say(name: str) -> Markup:
        text = str(escape(texts[name]))
        for place, value in about.items():
            said = f"{value:,}" if isinstance(value, int) else str(escape(value))
            text = text.replace(f"{{{place}}}", said)
        return Markup(BOLD.sub(r"<b>\1</b>", text))  # noqa: S704 -- escaped above

    return say
