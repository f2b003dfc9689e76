"""The parameters of the simulated world, section by section; every number carries its source record.

Severity is measured in PHQ-9-equivalent points ("points"), time in weekly sessions. The equations that use these
numbers stand in `cohort`, `engine`, `scores` and `burnout`.
"""

from pydantic import model_validator

from iatrogenesis.core.sources import Sourced, SourcedShares, Strict


class Category(Strict):
    """A trait with few values: their shares, and what each adds to drift (none where it is left out)."""

    shares: SourcedShares
    drift: dict[str, Sourced]

    @model_validator(mode="after")
    def _known(self) -> "Category":
        unknown = sorted(set(self.drift) - set(self.shares.value))
        if unknown:
            raise ValueError(f"drift names {unknown}; known: {sorted(self.shares.value)}")
        return self


class CaseMix(Strict):
    """Further traits that services record and that go with deterioration."""

    ethnicity: Category
    problem: Category
    cluster: Category


class Client(Strict):
    """Who comes: severity at intake, its fluctuation, its natural course, and case mix."""

    severity_mean: Sourced
    level_sd: Sourced
    fluctuation_sd: Sourced
    fluctuation_stability: Sourced
    intake_elevation: Sourced
    natural_slope_mean: Sourced
    natural_slope_sd: Sourced
    fit_mean: Sourced
    age_shares: SourcedShares
    age_drift: dict[str, Sourced]
    deprivation_shares: SourcedShares
    deprivation_drift: Sourced
    case_mix: CaseMix
    trauma_share: Sourced
    fragile_share: Sourced
    unrealistic_share: Sourced

    @model_validator(mode="after")
    def _known_ages(self) -> "Client":
        unknown = sorted(set(self.age_drift) - set(self.age_shares.value))
        if unknown:
            raise ValueError(f"age_drift names {unknown}; known age bands: {sorted(self.age_shares.value)}")
        return self


class Therapist(Strict):
    """Who treats: places in the caseload, and stable differences between therapists and services."""

    caseload_mean: Sourced
    caseload_sd: Sourced
    competence_mean: Sourced
    drift_sd: Sourced
    dropout_sd: Sourced
    alliance_sd: Sourced
    service_drift_sd: Sourced
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
    good_enough_ending: Sourced


class Alliance(Strict):
    """The working relationship: its spread, its ruptures, and what it does to severity and staying."""

    own_sd: Sourced
    drift: Sourced
    dropout: Sourced
    rupture_logit: Sourced
    rupture_damage: Sourced
    repair_probability: Sourced


class Dropout(Strict):
    """Leaving against agreement, decided after each session."""

    logit: Sourced


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
    """How severity becomes the scores of an instrument: loadings of level, change and new symptoms, its own parts."""

    level_loading: Sourced
    change_loading: Sourced
    second_loading: Sourced
    own_sd: Sourced
    occasion_sd: Sourced


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
