"""The course of treatment as arrows: what happens to clients and therapists when no route of harm is open.

By process its label and its arrows: direction, node and the world's parameters that are its strength. Nodes and
directions are those of `iatrogenesis.world.causal_arrows`; the equations stand in `iatrogenesis.world.steps`.
"""

type Part = tuple[str, str, tuple[str, ...]]

_EVENTS = ("client.fluctuation_sd", "client.fluctuation_stability")

COURSE: dict[str, tuple[str, tuple[Part, ...]]] = {
    "workload": (
        "Workload",
        (
            ("in", "caseload", ("burnout.workload_correlation",)),
            ("out", "burnout", ("burnout.workload_correlation",)),
        ),
    ),
    "distress": (
        "Strain by distressed clients",
        (
            ("in", "scores", ("burnout.distress_push",)),
            ("in", "crisis", ("burnout.distress_push",)),
            ("out", "burnout", ("burnout.distress_push", "burnout.expected_worse")),
        ),
    ),
    "therapist": (
        "Other differences of therapists",
        (
            ("with", "pressure", ("therapist.drift_with_pressure",)),
            ("with", "burnout", ("therapist.drift_with_burnout",)),
            ("with", "competence", ("therapist.drift_with_competence",)),
            ("out", "alliance", ("therapist.alliance_sd",)),
            ("out", "level", ("therapist.drift_sd",)),
            ("out", "ending", ("therapist.dropout_sd",)),
        ),
    ),
    "service": (
        "Differences of services",
        (("out", "level", ("therapist.service_log_odds_sd", "client.drift_per_log_odds")),),
    ),
    "case_mix": (
        "Age, deprivation, problem",
        (
            ("in", "case_mix", ("client.age_log_odds", "client.deprivation_log_odds", "client.case_mix")),
            (
                "out",
                "level",
                (
                    *("client.age_log_odds", "client.deprivation_log_odds", "client.case_mix"),
                    "client.drift_per_log_odds",
                ),
            ),
        ),
    ),
    "intake": (
        "Severity at intake",
        (("out", "level", ("client.severity_mean", "client.level_sd", "client.intake_elevation")),),
    ),
    "natural_course": (
        "Course without treatment",
        (("out", "level", ("client.natural_slope_mean", "client.natural_slope_sd")),),
    ),
    "trust": (
        "Ease of trusting",
        (
            ("out", "alliance", ("alliance.own_sd",)),
            ("out", "level", ("client.slope_with_alliance",)),
        ),
    ),
    "events": (
        "Events outside therapy",
        (
            ("out", "crisis", (*_EVENTS, "crisis.per_point")),
            ("out", "scores", _EVENTS),
            ("out", "follow_up", _EVENTS),
        ),
    ),
    "treatment": (
        "Treatment",
        (
            ("in", "gain", ("therapy.gain", "therapy.gain_log_sd")),
            ("out", "level", ("therapy.gain", "therapy.half_gain_level", "therapy.gain_log_sd")),
        ),
    ),
    "ruptures": (
        "Rupture and repair",
        (
            ("in", "rupture", ("alliance.rupture_logit", "alliance.repair_probability")),
            ("out", "alliance", ("alliance.rupture_damage",)),
            ("out", "level", ("alliance.repair_drift",)),
        ),
    ),
    "relationship": (
        "Working relationship",
        (
            ("in", "alliance", ("alliance.drift", "alliance.dropout")),
            ("out", "level", ("alliance.drift",)),
            ("out", "ending", ("alliance.dropout",)),
        ),
    ),
    "ideation": (
        "Severity and self-harm ideation",
        (
            ("in", "level", ("crisis.per_point",)),
            ("in", "transient", ("crisis.per_point",)),
            ("out", "crisis", ("crisis.logit", "crisis.per_point")),
        ),
    ),
    "questionnaires": (
        "Questionnaires",
        (
            ("in", "level", ("scores",)),
            ("in", "transient", ("scores",)),
            ("in", "second", ("scores",)),
            ("out", "scores", ("scores",)),
        ),
    ),
    "recognition": (
        "Recognition unaided",
        (
            ("in", "scores", ("recognition.unaided",)),
            ("out", "noticed", ("recognition.unaided",)),
        ),
    ),
    "ending": (
        "No progress, or well enough",
        (
            ("in", "scores", ("dropout.no_progress", "therapy.good_enough_ending", "therapy.extension")),
            ("out", "ending", ("dropout.no_progress", "therapy.good_enough_ending", "therapy.extension")),
        ),
    ),
    "relapse": (
        "After the end",
        (
            ("in", "level", ("follow_up.relapse",)),
            ("in", "second", ("second.kept",)),
            ("out", "follow_up", ("follow_up.relapse", "follow_up.weeks", "second.kept")),
        ),
    ),
    "return": (
        "Return when unwell",
        (
            ("in", "follow_up", ("help_seeking.logit",)),
            ("out", "help_seeking", ("help_seeking.logit",)),
        ),
    ),
}

NO_ARROWS = {
    "client.fit_mean": "where fit has its mean",
    "client.age_shares": "how many clients are of which kind",
    "client.deprivation_shares": "how many clients are of which kind",
    "client.trauma_share": "how many clients are vulnerable",
    "client.fragile_share": "how many clients are vulnerable",
    "client.unrealistic_share": "how many clients are vulnerable",
    "therapist.caseload_mean": "how many places there are",
    "therapist.caseload_sd": "how many places there are",
    "therapist.competence_mean": "where competence has its mean",
    "therapist.drift_skewness": "form of a distribution",
    "therapist.drift_tails": "form of a distribution",
    "therapist.service_stable_share": "how a difference lasts",
    "therapist.service_year_correlation": "how a difference lasts",
    "burnout.mean": "where burnout has its mean",
    "burnout.support": "where burnout has its mean",
    "burnout.yearly_stability": "how a state lasts",
    "burnout.pressure_stability": "how a state lasts",
    "therapy.agreed_log_mean": "how long a course is meant to last",
    "therapy.agreed_log_sd": "how long a course is meant to last",
    "therapy.agreed_maximum": "how long a course is meant to last",
    "dropout.logit": "how often it happens without a cause",
    "exacerbation.kept": "how a state lasts",
    "ratings": "how well a state can be rated",
}
"""The world's other parameters, and what they say instead."""
