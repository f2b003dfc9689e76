"""The priors of the models: numbers from the configuration, each with its reason."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Reason = Annotated[str, Field(min_length=10, description="Why this prior; printed in the report.")]


class Prior(BaseModel):
    """What all priors share: strict fields, and a reason."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Reason


class Normal(Prior):
    """Normal(mean, sd)."""

    mean: Finite
    sd: Positive


class CentredNormal(Prior):
    """Normal(0, sd): no direction is favoured."""

    sd: Positive


class HalfNormal(Prior):
    """The upper half of Normal(0, scale); its mean is 0.8 scale."""

    scale: Positive


class Dirichlet(Prior):
    """Dirichlet with one concentration for every share: 1 is flat, larger draws shares towards equality."""

    concentration: Positive


class MeasurementPriors(BaseModel):
    """Of the model `measurement`: where the true traits lie in the population, in SD of the reference population."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    trait_mean: CentredNormal
    trait_sd: HalfNormal


class GrowthPriors(BaseModel):
    """Of the model `growth`, in points of the instrument; slopes are per doubling of the number of sessions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    level: Normal
    slope: Normal
    level_coefficient: CentredNormal
    slope_coefficient: CentredNormal
    residual_sd: HalfNormal
    client_level_sd: HalfNormal
    client_slope_sd: HalfNormal
    therapist_level_sd: HalfNormal
    therapist_slope_sd: HalfNormal


class Priors(BaseModel):
    """The priors of one study.

    Attributes
    ----------
    intercept
        Log odds of deterioration of the average client with the average therapist.
    coefficient
        Log odds ratio of each covariate, per unit of its column (see `iatrogenesis.inference.data.covariates`).
    therapist_sd
        Standard deviation of the therapists' log odds.
    service_sd
        Standard deviation of the services' log odds, for the model `service`.
    measurement
        For the model `measurement`.
    outcome_shares
        Shares of the four outcomes with the average client and therapist, for the model `ordinal`.
    hazard
        Log odds of dropping out, and of completing, against coming again, at each stage, for the model `dropout`.
    growth
        For the model `growth`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    intercept: Normal
    coefficient: CentredNormal
    therapist_sd: HalfNormal
    service_sd: HalfNormal | None = None
    measurement: MeasurementPriors | None = None
    outcome_shares: Dirichlet | None = None
    hazard: Normal | None = None
    growth: GrowthPriors | None = None

    def section(self, name: str):
        """Return the priors that one model needs beyond the common ones.

        Raises
        ------
        ValueError
            If the study gives none.
        """
        found = getattr(self, name)
        if found is None:
            raise ValueError(f"fit.priors.{name}: missing; the model that needs it cannot be fitted without")
        return found
