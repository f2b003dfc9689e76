"""Settings of the sampler, apart from the sampler itself, which takes seconds to import."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Sampler(BaseModel):
    """Settings of the sampler.

    Attributes
    ----------
    chains, draws, tune
        Independent chains; draws kept and draws thrown away while adapting, in each.
    target_accept
        Acceptance the step size is adapted to; nearer 1 means smaller steps.
    cores
        Threads for the chains of one fit. The draws do not depend on it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    chains: Annotated[int, Field(ge=2, le=100)] = 4  # one chain cannot disagree with itself
    draws: Annotated[int, Field(ge=100, le=1_000_000)] = 1000
    tune: Annotated[int, Field(ge=100, le=1_000_000)] = 500
    target_accept: Annotated[float, Field(gt=0.5, lt=1)] = 0.9
    cores: Annotated[int, Field(ge=1, le=1000)] = 1

    def described(self) -> str:
        """Return the settings that decide the draws, as JSON."""
        return self.model_dump_json(exclude={"cores"})
