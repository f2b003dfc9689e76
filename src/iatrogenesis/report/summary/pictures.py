"""The five pictures of the summary: findings and a look in, a figure out; the one thing to see is the title."""

from collections.abc import Mapping, Sequence
from math import floor

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iatrogenesis.report.rounding import rounded
from iatrogenesis.report.summary.drawing import SMALL, Look, column
from iatrogenesis.report.summary.findings import FOUR_OF_FIVE, HALF, Findings, Ranged, called

MAIN = {
    "level": "All who get\nreliably worse",
    "net": "Net harm",
    "net_true": "Net harm without\nmeasurement error",
    "net_later": "Net harm at\nfollow-up",
}
RULES = {
    "remove_raw": "Remove the worst\n(raw rates)",
    "remove_adjusted": "Remove the worst\n(adjusted rates)",
    "remove_sure": "Remove only on\na clear record",
    "support_worst": "Support the worst",
    "support_burned_out": "Support the most\nburned out",
}
ACROSS, MOST = 20, 400
"""Marks in a row, and marks at most."""


def net(found: Findings, look: Look) -> Figure:
    """How many get worse, and how many of them on balance because of the routes of harm."""
    titles = {"above": "Part of those who get worse are net harm", "below": "Routine care does more good than harm"}
    titles["open"] = "Net harm may be none"
    if found.side("conclusions.net") == "above" and found.share("conclusions.net", "conclusions.level") > HALF:
        titles["above"] = "Most of those who get worse are net harm"
    made, axes = column(titles[found.side("conclusions.net")], 44)
    rows = {label: found.ranged(f"conclusions.{name}") for name, label in MAIN.items()}
    _ranges(axes, rows, look, strong=[MAIN["net"]])
    axes.set_xlabel("Clients per 1,000")
    return made


def burnout(found: Findings, look: Look) -> Figure:
    """A mark for each of 1,000 clients who gets worse; filled: those who would not with less burnout."""
    worse = max(round(found.value("conclusions.level.median")), 0)
    spared = found.ranged("conclusions.rested")
    least, half, most = (min(max(round(number), 0), worse) for number in (spared.low_90, spared.median, spared.high_90))
    titles = {
        "above": f"{half} of {worse} who get worse would not",
        "below": "Less burnout would help nobody",
        "open": "How many would fare better is uncertain",
    }
    made, axes = column(titles[found.side("conclusions.rested")], 44)
    fills = [look.strong] * least + [look.other] * (half - least) + [look.faint] * (most - half)
    fills += [look.paper] * (worse - most)
    each = max(1, -(-worse // MOST))
    shown = np.arange(0, worse, each)
    across, down = (shown // each) % ACROSS, (shown // each) // ACROSS
    markers = {look.strong: "s", look.other: "D", look.faint: "o", look.paper: "o"}
    labels = {
        look.strong: "would not, in nearly all worlds",
        look.other: "or more would not, in half of the worlds",
        look.faint: "or more would not, in few worlds",
        look.paper: "get reliably worse in routine care",
    }
    for fill, marker in markers.items():
        here = np.array([fills[at] == fill for at in shown], dtype=bool)
        axes.plot(across[here], down[here], marker, color=fill, mec=look.ink, mew=0.5, ms=6.2, ls="")
    lowest = float(down.max()) if len(down) else 0.0
    words = {look.strong: least, look.other: half, look.faint: most, look.paper: worse}
    for place, fill in enumerate(markers):
        y = lowest + 1.5 + 1.05 * place
        axes.plot(0, y, markers[fill], color=fill, mec=look.ink, mew=0.5, ms=6.2)
        axes.annotate(f"{words[fill]} {labels[fill]}", (0.7, y), va="center", fontsize=SMALL)
    axes.set(xlim=(-0.7, ACROSS - 0.3), ylim=(lowest + 5.4, -0.8))
    axes.set_axis_off()
    return made


def preventions(found: Findings, look: Look) -> Figure:
    """What all preventions avert together, and each alone, the one that averts most first."""
    names = found.preventions
    leader = found.leader
    told = f"{called(leader)[0].upper()}{called(leader)[1:]} averts most by itself" if leader else ""
    made, axes = column(told or "No single prevention stands out", 58)
    rows = {"All together": found.ranged("conclusions.averted")}
    rows |= {_name(name): found.ranged(f"conclusions.prevention.{name}") for name in names}
    _ranges(axes, rows, look, strong=["All together", *([_name(leader)] if leader else [])])
    axes.set_xlabel("Clients per 1,000 who would not get worse")
    return made


def _name(prevention: str) -> str:
    short = {"monitoring": "Outcome monitoring", "non_pathologising_language": "Less labelling language"}
    return short.get(prevention, prevention.replace("_", " ").capitalize())


def removal(found: Findings, look: Look) -> Figure:
    """How many of those whom a rule chooses are not harmful."""
    rows = {
        label: found.ranged(f"policy.{name}.fdr")
        for name, label in RULES.items()
        if f"policy.{name}.fdr.median" in found.numbers
    }
    right = [label for label, row in rows.items() if row.median < HALF]
    told = "Rules differ in how often they are wrong"
    if not right:
        told = "Each rule mostly chooses the wrong therapists"
    elif right == [RULES["remove_sure"]]:
        told = "A clear record is wrong least often"
    made, axes = column(told, 52)
    _ranges(axes, rows, look, strong=right or [RULES["remove_raw"]], unit="\u202f%")
    axes.axvline(HALF, color=look.quiet, lw=0.8, ls=":")
    axes.set(xlim=(0, 100), xlabel="Chosen therapists who are not harmful (%)")
    return made


def power(found: Findings, look: Look) -> Figure:
    """In how many services the analysis finds what burnout does, by how many clients they have."""
    titles = {"all": "Every kind of service would find it", "none": "No kind of service would find it"}
    titles["some"] = "Large services find it, small ones miss it"
    if found.enough == "some" and not found.larger_is_better:
        titles["some"] = "Some kinds of services find it, others miss it"
    made, axes = column(titles[found.enough], 50)
    sizes = [found.clients(cell) for cell in found.power]
    axes.set_xscale("log")
    axes.plot(sizes, list(found.power.values()), "o", color=look.strong, mec=look.ink, mew=0.5, ms=5.5, clip_on=False)
    axes.axhline(FOUR_OF_FIVE, color=look.quiet, lw=0.8, ls=":")
    axes.annotate(
        "found in four of five", (0.01, FOUR_OF_FIVE - 2), xycoords=("axes fraction", "data"), va="top",
        fontsize=SMALL, color=look.quiet,
    )  # fmt: skip
    for size, (text, height, ha) in _services(found).items():
        off = (6, -3) if ha == "left" else (-6, -3)
        axes.annotate(text, (size, height), off, textcoords="offset points", ha=ha, va="center", fontsize=SMALL)
    low, high = min(sizes), max(sizes)
    axes.set_xlim(low / 1.6, high * 1.6)
    ticks = sorted({low, high})
    axes.set_xticks(ticks, [rounded(round(tick)) for tick in ticks])
    axes.minorticks_off()
    axes.set(ylim=(0, 103), xlabel="Clients of the service in all", ylabel="Found in % of services")
    return made


def _services(found: Findings) -> Mapping[float, tuple[str, float, str]]:
    """What is written beside the smallest and the largest service: text, height and side, by its number of clients."""
    cells = list(found.power)
    told = {}
    for cell, side in ((cells[0], "left"), (cells[-1], "right")):
        therapists, each = found.sizes[cell]
        told[found.clients(cell)] = (f"{therapists:g} therapists × {each:g} clients", found.power[cell], side)
    return told


def _ranges(axes: Axes, rows: Mapping[str, Ranged], look: Look, strong: Sequence[str], unit: str = "") -> None:
    """A row for each conclusion: median, 50 % and 90 % range, and at the right the same in whole numbers."""
    for place, (label, row) in enumerate(rows.items()):
        colour = look.strong if label in strong else look.quiet
        axes.hlines(place, row.low_90, row.high_90, color=look.ink, lw=0.9)
        axes.hlines(place, row.low_50, row.high_50, color=colour, lw=4.2)
        axes.plot(row.median, place, "o", color=look.paper, mec=look.ink, ms=4.6, mew=0.9)
        middle, low, high = (rounded(round(number)) for number in (row.median, row.low_90, row.high_90))
        text = f"{middle}{unit} ({low} to {high})"
        weight = "bold" if label in strong else "normal"
        axes.annotate(
            text, (1.03, place), xycoords=("axes fraction", "data"), va="center", fontsize=SMALL, fontweight=weight
        )
    axes.axvline(0, color=look.ink, lw=0.7)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.tick_params(axis="y", length=0, labelsize=SMALL)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.margins(x=0.02)
    axes.set_xlim(left=min(0.0, floor(min(row.low_90 for row in rows.values()))))


PICTURES = {"net": net, "burnout": burnout, "preventions": preventions, "removal": removal, "power": power}
