"""The explorer's page: what was simulated, packed small, with words, pictures and the library that draws them."""

import base64
import re
from collections import Counter
from collections.abc import Callable, Mapping

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
from iatrogenesis.explorer.settings import SLIDERS, Explorer, Setting, every_setting
from iatrogenesis.explorer.surface import Surface, is_logarithmic
from iatrogenesis.explorer.tables import accuracy
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
LEVELS_OF_INTEGER = 2**16 - 1
BOLD = re.compile(r"\*\*(.+?)\*\*")

type Averted = dict[str, tuple[int, int, int]]
"""By step, how many fewer of 1,000 get worse: as read usually, by a sceptic, by an optimist."""


def packed(
    explorer: Explorer, surface: Surface, words: Words, check: pd.DataFrame, averts: Averted, ranges: Ranges,
    courses: pd.DataFrame, about: Mapping[str, str | int],
) -> dict:  # fmt: skip
    """All that the page's script needs; measures as 16-bit integers between the lowest and highest of each."""
    low, high = surface.values.min(axis=0), surface.values.max(axis=0)
    step = (high - low) / LEVELS_OF_INTEGER
    levels = np.divide(surface.values - low, step, out=np.zeros_like(surface.values), where=step > 0)
    off = accuracy(check)["typical_off_share"].fillna(0.0)
    number = clusters(explorer.design)
    return {
        **_offered(explorer, surface, words, averts),
        "fates": FATES,
        "shown": SHOWN,
        "also": ALSO,
        "work": WORK,
        "shapes": SHAPES,
        "clusters": number,
        "t": float(t.ppf(0.975, number - 1)),
        "off": {name: float(off[name]) for name in (*FATES, *ALSO, *WORK)},
        "columns": surface.columns,
        "logarithmic": [is_logarithmic(name) for name in surface.columns],
        "low": low.tolist(),
        "step": step.tolist(),
        "ranges": ranges.packed(),
        "values": base64.b64encode(np.rint(levels).astype("<u2").tobytes()).decode(),
        "charts": _charts(surface, courses),
        "courses": packed_courses(courses),
        "help": help_of(explorer),
        "words": {name: words.languages[name].model_dump() for name in _ordered(words)},
        "about": dict(about),
    }


def _offered(explorer: Explorer, surface: Surface, words: Words, averts: Averted) -> dict:
    """What can be set and told: only what this study has simulated."""
    stories = [story for story in words.stories if story.fits(explorer)]
    told = {None} | {story.id for story in stories}
    return {
        "sliders": [
            {"name": name, "levels": list(levels), "usual": at, **words.sliders[name].model_dump()}
            for name, levels, at in zip(SLIDERS, surface.levels, surface.usual, strict=True)
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


def _charts(surface: Surface, courses: pd.DataFrame) -> dict[str, dict]:
    """Pictures whose scales hold whatever was simulated."""

    def ends(*names: str) -> tuple[float, float]:
        columns = [i for i, name in enumerate(surface.columns) if name.split("@")[0] in names]
        found = surface.values[:, columns]
        return float(found.min()), float(found.max())

    bond = courses["alliance"]
    return {
        "courses": charts.courses(5 * np.ceil(ends("unlucky", "severity_90")[1] / 5)),
        "burnout": charts.burnout(*(np.array([-0.2, 0.2]) + ends("burnout_10", "burnout_90", "burnout_one"))),
        "places": charts.places(5 * np.ceil(np.exp(ends("places")[1]) / 5)),
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


def worse_of_finished(surface: Surface) -> float:
    """Clients reliably worse per 1,000 finished courses, where all sliders stand as usual and nothing is done."""
    here = surface.at(Setting(surface.usual))
    judged = 1 - here["not_judged.0"]
    return 1000 * (here["worse_because.0"] + here["worse_anyway.0"]) / judged


def page(
    explorer: Explorer, surface: Surface, words: Words, check: pd.DataFrame, averts: Averted, ranges: Ranges,
    courses: pd.DataFrame, about: Mapping[str, str | int],
) -> str:  # fmt: skip
    """The page's HTML.

    Parameters
    ----------
    check
        As `tables.checked`.
    averts
        As `averted`.
    courses
        As `iatrogenesis.explorer.courses.courses`.
    about
        ``study`` and ``commit``; ``published``: deteriorations per 1,000 finished courses, as services report.
    """
    because = accuracy(check).loc["worse_because"]
    kinds = Counter(kind for kind, _ in every_setting(explorer, surface.usual))
    design = explorer.design
    numbers = {
        "settings": kinds.total(),
        "clients": int(design.replicates * design.therapists * design.clients_per_therapist),
        "grid": kinds["grid"],
        "single": kinds["alone"] + kinds["axes"],
        "sets": kinds["sets"],
        "checks": explorer.checks,
        "typical": round(100 * because["typical_off_share"]),
        "worst": round(100 * because["worst_off_share"]),
        "worse": round(worse_of_finished(surface)),
        "worlds": ranges.members,
    }
    said = {**about, **numbers, "commit": about["commit"] or "–"}
    data = packed(explorer, surface, words, check, averts, ranges, courses, said)
    return filled("explorer.html.j2", data, first=words.languages[FIRST], say=_saying(words, said))


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
