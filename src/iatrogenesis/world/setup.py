"""Everything a simulation needs besides a scenario and a size: seed, instruments, and the rule of change."""

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.sources import Strict
from iatrogenesis.core.streams import Noise, derived_seed
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.engine import simulate
from iatrogenesis.world.judged import Sample
from iatrogenesis.world.run import Run
from iatrogenesis.world.scenarios import Scenario


class Setup(Strict):
    """The fixed surroundings of a study's simulations; plain data, so that it can be handed to a job."""

    seed: int
    instruments: Instruments
    judgement: Judgement

    def apart(self, purpose: str) -> "Setup":
        """The same with a seed of its own, for a simulation that must not meet the study's clients again.

        The truth that a fit should recover, say, must not be found from the clients that were fitted.
        """
        return self.model_copy(update={"seed": derived_seed(self.seed, purpose)})

    def run(
        self,
        scenario: Scenario,
        design: Design,
        *,
        replicates: range | None = None,
        apart: bool = False,
        record: bool = False,
    ) -> Run:
        """Simulate a scenario; see :func:`iatrogenesis.world.engine.simulate`."""
        return simulate(
            scenario,
            design,
            self.instruments,
            self.judgement,
            Noise(self.seed),
            replicates=replicates,
            apart=apart,
            record=record,
        )

    def sample(
        self, scenario: Scenario, design: Design, *, replicates: range | None = None, apart: bool = False
    ) -> Sample:
        """Simulate a scenario and judge every client."""
        run = self.run(scenario, design, replicates=replicates, apart=apart)
        return Sample.of(run, self.instruments, self.judgement)
