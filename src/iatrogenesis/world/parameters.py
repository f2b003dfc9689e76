"""The parameters of the simulated world, section by section; every number carries its source record.

Severity is measured in PHQ-9-equivalent points ("points"), time in weekly sessions. The equations that use these
numbers stand in `cohort`, `engine`, `scores` and `burnout`.
"""

from pydantic import model_validator

from iatrogenesis.core.quantities import (
    Caseload,
    Correlation,
    Loading,
    NotNegative,
    Probability,
    Proportion,
    Reliability,
    Sessions,
    Severity,
    Spread,
    Stability,
    Weeks,
)
from iatrogenesis.core.sources import Sourced, SourcedShares, Strict


class Category(Strict):
    """A trait with few values: their shares, and the log odds of deterioration of each (0 where it is left out)."""

    shares: SourcedShares
    log_odds: dict[str, Sourced]

    @model_validator(mode="after")
    def _known(self) -> "Category":
        unknown = sorted(set(self.log_odds) - set(self.shares.value))
        if unknown:
            raise ValueError(f"log_odds names {unknown}; known: {sorted(self.shares.value)}")
        return self


class CaseMix(Strict):
    """Further traits that services record and that go with deterioration."""

    ethnicity: Category
    problem: Category
    cluster: Category


class Client(Strict):
    """Who comes: severity at intake, its fluctuation, its natural course, and case mix.

    Case mix is published as log odds of deterioration; `drift_per_log_odds` turns them into points per session.
    """

    severity_mean: Severity
    level_sd: Spread
    fluctuation_sd: Spread
    fluctuation_stability: Stability
    intake_elevation: Sourced
    natural_slope_mean: Sourced
    natural_slope_sd: Spread
    slope_with_alliance: Sourced
    fit_mean: Sourced
    age_shares: SourcedShares
    age_log_odds: dict[str, Sourced]
    deprivation_shares: SourcedShares
    deprivation_log_odds: Sourced
    drift_per_log_odds: NotNegative
    case_mix: CaseMix
    trauma_share: Proportion
    fragile_share: Proportion
    unrealistic_share: Proportion

    @model_validator(mode="after")
    def _known_ages(self) -> "Client":
        unknown = sorted(set(self.age_log_odds) - set(self.age_shares.value))
        if unknown:
            raise ValueError(f"age_log_odds names {unknown}; known age bands: {sorted(self.age_shares.value)}")
        return self


class Therapist(Strict):
    """Who treats: places in the caseload, and stable differences between therapists and services.

    `drift_skewness` and `drift_tails` give the differences their form (`iatrogenesis.world.shapes`). What goes with
    competence, burnout and busy weeks without being caused by them is `drift_with_...`; it stays in every world.
    """

    caseload_mean: Caseload
    caseload_sd: Spread
    competence_mean: Sourced
    drift_sd: Spread
    drift_skewness: Sourced
    drift_tails: NotNegative
    drift_with_competence: Sourced
    drift_with_burnout: Sourced
    drift_with_pressure: Sourced
    dropout_sd: Spread
    alliance_sd: Spread
    service_log_odds_sd: Spread
    service_stable_share: Proportion
    service_year_correlation: Stability


class BurnoutProcess(Strict):
    """How burnout lives on the therapist: slow reversion, pushed by workload and by clients who get worse."""

    mean: Sourced
    yearly_stability: Stability
    workload_correlation: Correlation
    distress_push: NotNegative
    pressure_stability: Stability
    expected_worse: Proportion
    support: Sourced


class Therapy(Strict):
    """What treatment does when nothing goes wrong, and how long it is meant to last."""

    gain: NotNegative
    half_gain_level: NotNegative
    gain_log_sd: Spread
    agreed_log_mean: Sourced
    agreed_log_sd: Spread
    agreed_maximum: Sessions
    extension: Probability
    good_enough_ending: Probability


class Alliance(Strict):
    """The working relationship: its spread, its ruptures, and what it does to severity and staying."""

    own_sd: Spread
    drift: Sourced
    dropout: Sourced
    rupture_logit: Sourced
    rupture_damage: NotNegative
    repair_drift: Sourced
    repair_probability: Probability


class Dropout(Strict):
    """Leaving against agreement, decided after each session: of a client without change, and by change so far."""

    logit: Sourced
    no_progress: Sourced


class Crisis(Strict):
    """Self-harm ideation breaking out, decided in each session, whatever the treatment."""

    logit: Sourced
    per_point: Sourced


class Recognition(Strict):
    """What therapists notice without being told."""

    unaided: Probability


class Fading(Strict):
    """What fades by itself: the share that is left a week later."""

    kept: Proportion


class HelpSeeking(Strict):
    """Coming back when still unwell at follow-up."""

    logit: Sourced


class Scores(Strict):
    """How severity becomes the scores of an instrument: loadings of level, change and new symptoms, its own part.

    ``changing_share`` is the share of the own part's variance that moves from week to week.
    """

    level_loading: Loading
    change_loading: Loading
    second_loading: Loading
    own_sd: Spread
    changing_share: Proportion


class Ratings(Strict):
    """Reliability of what can be observed of the latent states."""

    competence: Reliability
    burnout: Reliability
    fit: Reliability
    alliance: Reliability


class FollowUp(Strict):
    """What happens after the end."""

    weeks: Weeks
    relapse: Proportion


class World(Strict):
    """All parameters of one scenario's world apart from its mechanisms."""

    client: Client
    therapist: Therapist
    burnout: BurnoutProcess
    therapy: Therapy
    alliance: Alliance
    dropout: Dropout
    crisis: Crisis
    recognition: Recognition
    exacerbation: Fading
    second: Fading
    scores: dict[str, Scores]
    ratings: Ratings
    follow_up: FollowUp
    help_seeking: HelpSeeking
