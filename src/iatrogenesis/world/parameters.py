"""The parameters of the simulated world, section by section; every number carries its source record.

Severity is measured in PHQ-9-equivalent points ("points"), time in weekly sessions. The equations that use these
numbers stand in `cohort`, `engine`, `scores` and `burnout`.
"""

from pydantic import model_validator

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

    severity_mean: Sourced
    level_sd: Sourced
    fluctuation_sd: Sourced
    fluctuation_stability: Sourced
    intake_elevation: Sourced
    natural_slope_mean: Sourced
    natural_slope_sd: Sourced
    slope_with_alliance: Sourced
    fit_mean: Sourced
    age_shares: SourcedShares
    age_log_odds: dict[str, Sourced]
    deprivation_shares: SourcedShares
    deprivation_log_odds: Sourced
    drift_per_log_odds: Sourced
    case_mix: CaseMix
    trauma_share: Sourced
    fragile_share: Sourced
    unrealistic_share: Sourced

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

    caseload_mean: Sourced
    caseload_sd: Sourced
    competence_mean: Sourced
    drift_sd: Sourced
    drift_skewness: Sourced
    drift_tails: Sourced
    drift_with_competence: Sourced
    drift_with_burnout: Sourced
    drift_with_pressure: Sourced
    dropout_sd: Sourced
    alliance_sd: Sourced
    service_log_odds_sd: Sourced
    service_stable_share: Sourced
    service_year_correlation: Sourced


class BurnoutProcess(Strict):
    """How burnout lives on the therapist: slow reversion, pushed by workload and by clients who get worse."""

    mean: Sourced
    yearly_stability: Sourced
    workload_correlation: Sourced
    distress_push: Sourced
    pressure_stability: Sourced
    expected_worse: Sourced
    support: Sourced


class Therapy(Strict):
    """What treatment does when nothing goes wrong, and how long it is meant to last."""

    gain: Sourced
    half_gain_level: Sourced
    gain_log_sd: Sourced
    agreed_log_mean: Sourced
    agreed_log_sd: Sourced
    agreed_maximum: Sourced
    extension: Sourced
    good_enough_ending: Sourced


class Alliance(Strict):
    """The working relationship: its spread, its ruptures, and what it does to severity and staying."""

    own_sd: Sourced
    drift: Sourced
    dropout: Sourced
    rupture_logit: Sourced
    rupture_damage: Sourced
    repair_drift: Sourced
    repair_probability: Sourced


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

    unaided: Sourced


class Fading(Strict):
    """What fades by itself: the share that is left a week later."""

    kept: Sourced


class HelpSeeking(Strict):
    """Coming back when still unwell at follow-up."""

    logit: Sourced


class Scores(Strict):
    """How severity becomes the scores of an instrument: loadings of level, change and new symptoms, its own part.

    ``changing_share`` is the share of the own part's variance that moves from week to week.
    """

    level_loading: Sourced
    change_loading: Sourced
    second_loading: Sourced
    own_sd: Sourced
    changing_share: Sourced


class Ratings(Strict):
    """Reliability of what can be observed of the latent states."""

    competence: Sourced
    burnout: Sourced
    fit: Sourced
    alliance: Sourced


class FollowUp(Strict):
    """What happens after the end."""

    weeks: Sourced
    relapse: Sourced


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
