"""The units that numbers come in, and between which bounds a number of each can lie at all: a closed list.

Bounds keep out slips of the keyboard, they are no beliefs: a severity of 4,000 points, a share of 7. What a number is
thought to be stands in its record. Another unit is added here.
"""

from collections.abc import Mapping

SHARES = (
    "ICC",
    "Cronbach's alpha",
    "probability per alarm",
    "probability per session",
    "reliability",
    "share",
    "share avoided",
    "share kept from week to week",
    "share more",
    "share of clients",
    "share of clients with psychotropic medication",
    "share of finished courses",
    "share of prescriptions",
    "share of ruptures left open",
    "share of the association",
    "share of the damage",
    "share of the gain",
    "share of the medicated",
    "share of the reliable change",
    "share of the reliable change per session",
    "share of the variance",
    "share of therapists per quarter",
    "share of what is missing",
    "share per point",
    "share per session",
)
CORRELATIONS = ("correlation", "correlation over one week", "correlation over one year")
SIZES = (
    *("SD", "SD of alliance", "SD of alliance per SD", "SD of burnout", "SD of burnout per share of clients worse"),
    *("SD of competence", "SD of workload", "g of Tukey's g-and-h distribution"),
)
LOGARITHMS = (
    *("log gain", "log odds", "log odds per SD", "log odds per decile", "log odds per point"),
    *("log odds per reliable change", "log odds per session", "log odds ratio", "log sessions"),
)
SPREADS = ("SD of log gain", "SD of log odds between places", "SD of log sessions")
POINTS = (
    *("points", "points at full dependence", "points per point", "points per point and session", "points per repair"),
    *("points per session", "points per session and drug", "points per session and further drug", "points per week"),
    *("points per session per SD", "points per session per SD below", "points per session per log odds"),
    "points per session per point",
)
AMOUNTS: Mapping[str, float] = {
    "clients at a time": 1000,
    "clients per therapist and quarter": 10_000,
    "clients per therapist and year": 10_000,
    "h of Tukey's g-and-h distribution": 1,
    "minutes per client": 10_000,
    "minutes per session": 1000,
    "minutes per therapist and week": 10_000,
    "responses in ten years": 1e9,
    "sessions": 1000,
    "therapists": 1_000_000,
    "weeks": 1000,
}

UNITS: Mapping[str, tuple[float, float]] = (
    dict.fromkeys(SHARES, (0.0, 1.0))
    | dict.fromkeys(CORRELATIONS, (-1.0, 1.0))
    | dict.fromkeys(SIZES, (-20.0, 20.0))
    | dict.fromkeys(LOGARITHMS, (-20.0, 20.0))
    | dict.fromkeys(SPREADS, (0.0, 20.0))
    | dict.fromkeys(POINTS, (-200.0, 200.0))
    | {name: (0.0, most) for name, most in AMOUNTS.items()}
)
"""Least and most by unit."""
