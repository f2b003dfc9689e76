"""Everything a simulation needs besides a scenario and a size: seed, instruments, and the rule of change."""

from iatrogenesis.evaluate.sample import Sample
from iatrogenesis.instruments import Instruments, Judgement
from iatrogenesis.scenarios import Scenario
from iatrogenesis.simulate.cohort import Design
from iatrogenesis.simulate.engine import Run, simulate
from iatrogenesis.sources import Strict
from iatrogenesis.streams import Noise


class Setup(Strict):
    """The fixed surroundings of a study's simulations; plain data, so that it can be handed to a job."""

    seed: int
    instruments: Instruments
    judgement: Judgement

    def run(self, scenario: Scenario, design: Design, *, replicates: range | None = None, record: bool = False) -> Run:
        """Simulate a scenario; see :func:`iatrogenesis.simulate.engine.simulate`."""
        return simulate(
            scenario,
            design,
            self.instruments,
            self.judgement,
            Noise(self.seed),
            replicates=replicates,
            record=record,
        )

    def sample(self, scenario: Scenario, design: Design, *, replicates: range | None = None) -> Sample:
        """Simulate a scenario and judge every client."""
        return Sample.of(self.run(scenario, design, replicates=replicates), self.instruments, self.judgement)
