"""The explorer's page: what was simulated, packed small, with words, pictures and the library that draws them."""

import base64
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import t

from iatrogenesis.explorer import charts
from iatrogenesis.explorer.measure import ALSO, FATES, WORK, clusters
from iatrogenesis.explorer.offline import filled
from iatrogenesis.explorer.ranges import Ranges
from iatrogenesis.explorer.settings import SLIDERS, Explorer, Setting, every_setting
from iatrogenesis.explorer.surface import Surface, is_logarithmic
from iatrogenesis.explorer.tables import accuracy
from iatrogenesis.explorer.words import Words

LABELS = {
    "improved": "Reliably improved",
    "unchanged": "Not reliably changed",
    "worse_anyway": "Reliably worse, and would be anyway",
    "worse_because": "Reliably worse because of therapy",
    "not_judged": "Came once; nobody can tell",
    "spared": "Prevented: would be worse if all were average",
    "dropped_out": "Dropped out",
    "worse_at_follow_up": "Reliably worse at follow-up",
    "crises": "Episodes of self-harm ideation in therapy",
    "sessions": "Sessions per client",
    "new_clients": "New clients per therapist and year",
    "prevention_minutes": "Minutes for prevention per client",
}
SHAPES = {  # as Vega draws its symbols
    "improved": "M-6,0a6,6 0 1,0 12,0a6,6 0 1,0 -12,0",
    "unchanged": "M-5,-5h10v10h-10z",
    "worse_anyway": "M0,-7L6,0L0,7L-6,0z",
    "worse_because": "M0,-6L7,6H-7z",
    "not_judged": "M-6,-2h4v-4h4v4h4v4h-4v4h-4v-4h-4z",
}
LEVELS_OF_INTEGER = 2**16 - 1


def packed(
    explorer: Explorer, surface: Surface, words: Words, check: pd.DataFrame, averts: Mapping[str, str], ranges: Ranges
) -> dict:
    """All that the page's script needs; measures as 16-bit integers between the lowest and highest of each."""
    low, high = surface.values.min(axis=0), surface.values.max(axis=0)
    step = (high - low) / LEVELS_OF_INTEGER
    levels = np.divide(surface.values - low, step, out=np.zeros_like(surface.values), where=step > 0)
    off = accuracy(check)["typical_off_share"].fillna(0.0)
    sliders = [
        {"name": name, "levels": list(levels), "usual": at, **words.sliders[name].model_dump()}
        for name, levels, at in zip(SLIDERS, surface.levels, surface.usual, strict=True)
    ]
    switches = [
        {"name": name, "averts": averts.get(name, ""), **words.preventions[name].model_dump()}
        for name in explorer.preventions
    ]
    number = clusters(explorer.design)
    return {
        "sliders": sliders,
        "preventions": switches,
        "stories": [story.model_dump() for story in words.stories if story.fits(explorer)],
        "fates": FATES,
        "also": ALSO,
        "work": WORK,
        "labels": LABELS,
        "clients": {name: label for name, (label, _, _) in charts.CLIENTS.items()},
        "rows": charts.ROWS,
        "clusters": number,
        "t": float(t.ppf(0.975, number - 1)),
        "off": {name: float(off[name]) for name in (*FATES, *ALSO, *WORK)},
        "columns": surface.columns,
        "logarithmic": [is_logarithmic(name) for name in surface.columns],
        "low": low.tolist(),
        "step": step.tolist(),
        "ranges": ranges.packed(),
        "values": base64.b64encode(np.rint(levels).astype("<u2").tobytes()).decode(),
        "charts": _charts(surface),
    }


def _charts(surface: Surface) -> dict[str, dict]:
    """Pictures whose scales hold whatever was simulated."""

    def ends(*names: str) -> tuple[float, float]:
        columns = [i for i, name in enumerate(surface.columns) if name.split("@")[0] in names]
        found = surface.values[:, columns]
        return float(found.min()), float(found.max())

    return {
        "clients": charts.clients(),
        "courses": charts.courses(5 * np.ceil(ends("unlucky", "severity_90")[1] / 5)),
        "burnout": charts.burnout(*(np.array([-0.2, 0.2]) + ends("burnout_10", "burnout_90", "burnout_one"))),
        "places": charts.places(5 * np.ceil(np.exp(ends("places")[1]) / 5)),
    }


def averted(preventions: pd.DataFrame, averting: Mapping[str, str | None]) -> dict[str, str]:
    """In words, what preventions avert where all sliders stand as usual, in three readings.

    Parameters
    ----------
    preventions
        ``tables/preventions.csv``: prevented less unprevented world, so that what is averted is negative.
    averting
        By name, the scenario that has this prevention and no other (or, for "together", all of them), or None.
    """
    rows = preventions[preventions["outcome"] == "deteriorated"].set_index(["scenario", "reading"])
    found = {}
    for name, scenario in averting.items():
        if scenario is None or (scenario, "base") not in rows.index:
            continue
        base, low, high = (
            _fewer(-rows.loc[(scenario, reading), "value"]) for reading in ("base", "sceptical", "optimistic")
        )
        found[name] = f"{base} of 1,000 get worse (to a sceptic: {low}; to an optimist: {high})"
    return found


def worse_of_finished(surface: Surface) -> float:
    """Clients reliably worse per 1,000 finished courses, where all sliders stand as usual and nothing is done."""
    here = surface.at(Setting(surface.usual))
    judged = 1 - here["not_judged.0"]
    return 1000 * (here["worse_because.0"] + here["worse_anyway.0"]) / judged


def _fewer(number: float) -> str:
    """A number of deteriorations averted, in words."""
    whole = round(number)
    return "as many" if whole == 0 else f"{abs(whole)} {'fewer' if whole > 0 else 'more'}"


def page(
    explorer: Explorer,
    surface: Surface,
    words: Words,
    check: pd.DataFrame,
    averts: Mapping[str, str],
    ranges: Ranges,
    about: Mapping[str, str],
) -> str:
    """The page's HTML.

    Parameters
    ----------
    check
        As `tables.checked`.
    averts
        As `averted`.
    about
        ``study`` and ``commit``; ``published``: deteriorations per 1,000 finished courses, as services report.
    """
    data = packed(explorer, surface, words, check, averts, ranges)
    because = accuracy(check).loc["worse_because"]
    kinds = Counter(kind for kind, _ in every_setting(explorer, surface.usual))
    design = explorer.design
    counts = {
        "settings": f"{kinds.total():,}",
        "clients": f"{design.replicates * design.therapists * design.clients_per_therapist:,.0f}",
        "grid": f"{kinds['grid']:,}",
        "single": f"{kinds['alone'] + kinds['axes']:,}",
        "sets": f"{kinds['sets']:,}",
        "checks": explorer.checks,
        "typical": f"{100 * because['typical_off_share']:.1f}",
        "worst": f"{100 * because['worst_off_share']:.1f}",
        "worse": f"{worse_of_finished(surface):.0f}",
        "together": averts.get("together", ""),
        "worlds": ranges.members,
    }
    return filled("explorer.html.j2", data, colours=charts.FATE_COLOURS, shapes=SHAPES, about=counts, **about)
