"""The states of the simulated world that arrows of the causal diagram lead from and to, by name and label."""

GROUPS = ("Course of treatment", "Routes of harm", "Preventions")

LEFT = {
    "caseload": "Caseload",
    "pressure": "Busy weeks",
    "burnout": "Burnout",
    "competence": "Competence",
    "fit": "Fit",
    "vulnerability": "Vulnerability",
    "case_mix": "Case mix",
}
"""States of therapist, dyad and client that are there before a session, with their labels, in the order drawn."""

RIGHT = {
    "noticed": "Therapist notices",
    "rupture": "Open ruptures",
    "alliance": "Alliance",
    "gain": "Benefit of treatment",
    "transient": "Passing severity",
    "second": "New symptoms",
    "crisis": "Self-harm ideation",
    "level": "Lasting severity",
    "scores": "Scores",
    "ending": "Dropout, ending",
    "follow_up": "Severity at follow-up",
    "help_seeking": "Seeking help again",
}
"""States that the course changes, with their labels, in the order drawn."""

NODE_OF_STATE = {
    **{name: name for name in ("competence", "burnout", "fit", "pressure")},
    **dict.fromkeys(("trauma", "fragile", "unrealistic"), "vulnerability"),
    "young": "case_mix",
    **dict.fromkeys(("level", "intake_level", "severity"), "level"),
    **{name: name for name in ("transient", "second", "alliance", "crisis", "noticed")},
    **dict.fromkeys(("rupture", "strained", "repaired"), "rupture"),
    **dict.fromkeys(("rise", "worse"), "scores"),
}
"""Node of each state that a route may look at (`Week`, `Intake`); the number of the session is no cause."""

NODE_OF_CHANNEL = {
    **{name: name for name in ("alliance", "rupture", "crisis", "gain", "help_seeking")},
    "dropout": "ending",
    "drift": "level",
    "exacerbation": "transient",
    "symptom": "second",
    "after": "follow_up",
}
"""Node that each channel feeds."""

NODES_OF_HOOK = {
    "relief": ("burnout",),
    "notice": ("noticed",),
    "repair": ("rupture",),
    "soothe": ("alliance",),
    "refer": ("fit", "alliance"),
}
"""Nodes that a prevention changes by what is no channel; `staff` says itself what it replaces."""

NODE_OF_STAFF = {"competence": "competence", "caseload": "caseload", "workload": "caseload"}
