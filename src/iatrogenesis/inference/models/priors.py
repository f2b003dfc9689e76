"""The priors of the models: numbers from the configuration, each with its reason.

Three are common; the others are declared by the models that need them (``OWN_PRIORS``) and put together here, so that a
study is checked as a whole and editors know every field.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from iatrogenesis.core.declared import Undeclared
from iatrogenesis.inference.models import FACTS, sections

# Wider ones say nothing, and overflow where they are exponentiated.
Finite = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
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


class Beta(Prior):
    """Beta(a, b) of a share; its mean is a / (a + b)."""

    a: Positive
    b: Positive


FORMS = {form.__name__: form for form in (Normal, CentredNormal, HalfNormal, Dirichlet, Beta)}


class Common(BaseModel):
    """The priors that several models share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intercept: Normal = Field(description="Log odds of deterioration of the average client with the average therapist.")
    coefficient: CentredNormal = Field(
        description="Log odds ratio of each covariate, per unit of its column; see inference/data/covariates.py."
    )
    therapist_sd: HalfNormal = Field(description="Standard deviation of the therapists' log odds.")


def _form(where: str, name: str) -> type[Prior]:
    if name not in FORMS:
        raise Undeclared(f"{where}: {name!r} is not among {', '.join(FORMS)}")
    return FORMS[name]


def _own() -> dict[str, Any]:
    """The sections that models declare, as optional fields."""
    found: dict[str, Any] = {}
    for model, facts in FACTS.items():
        for section, (form, about) in facts.get("OWN_PRIORS", {}).items():
            where = f"models/{model}.py: OWN_PRIORS: {section}"
            if section in found or section in Common.model_fields:
                raise Undeclared(f"{where}: there is such a section; read it, or give yours another name")
            text = f"For the model `{model}`. {about}"
            if isinstance(form, Mapping):
                parts: dict[str, Any] = {part: (_form(where, name), ...) for part, name in form.items()}
                own = create_model(f"{section.title().replace('_', '')}Priors", __config__=Common.model_config, **parts)
                own.__doc__ = text
            else:
                own = _form(where, form)
            found[section] = (own | None, Field(None, description=text))
    for model in FACTS:
        if unknown := [name for name in sections(model) if name not in found and name not in Common.model_fields]:
            raise Undeclared(
                f"models/{model}.py: PARAMETERS: no section {unknown[0]!r} of priors; add it to OWN_PRIORS"
            )
    return found


# pyrefly: ignore[invalid-inheritance]: the fields are those that the models ask for
class Priors(create_model("Own", __base__=Common, **_own())):
    """The priors of one study, those that all its models need."""

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

    def at(self, path: str) -> Prior:
        """Return the prior of one parameter, as the models' ``PARAMETERS`` name it: ``section`` or ``section.part``."""
        section, _, part = path.partition(".")
        return getattr(self.section(section), part) if part else self.section(section)
