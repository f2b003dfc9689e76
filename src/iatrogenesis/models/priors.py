"""The priors of the deterioration models: numbers from the configuration, each with its reason."""

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
    """Normal(mean, sd), on the log-odds scale."""

    mean: Finite
    sd: Positive


class CentredNormal(Prior):
    """Normal(0, sd), on the log-odds scale: no direction is favoured."""

    sd: Positive


class HalfNormal(Prior):
    """The upper half of Normal(0, scale), on the log-odds scale; its mean is 0.8 scale."""

    scale: Positive


class Priors(BaseModel):
    """The priors of one study.

    Attributes
    ----------
    intercept
        Log odds of deterioration of the average client with the average therapist.
    coefficient
        Log odds ratio of each covariate, per unit of its column (see `iatrogenesis.models.covariates`).
    therapist_sd
        Standard deviation of the therapists' log odds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    intercept: Normal
    coefficient: CentredNormal
    therapist_sd: HalfNormal
