"""The numbers of the statistical cells (family A), as the plausible worlds have them: `config/statistical_world.yaml`.

In members of the ensemble, many clients of routine care are simulated and the mixed model is fitted to them by maximum
likelihood, with the true states that only a simulation knows: what comes out is the statistical model nearest to each
of these worlds (`iatrogenesis.simulation_study.nearest_model`). The file holds the medians over the members, and their
90 % ranges, between which cells move.
"""

from iatrogenesis.core.quantities import Correlation, Proportion, Spread
from iatrogenesis.core.sources import Sourced, Strict
from iatrogenesis.simulation_study.logit_normal import Coefficients

WORDS = ("low", "median", "high")


class StatisticalWorld(Strict):
    """What all statistical cells share, unless a cell says otherwise.

    Attributes
    ----------
    rate, therapist_sd
        Deterioration rate; SD of therapists' log odds beyond competence, burnout and fit.
    coefficients
        Log odds ratios per standardised unit (`iatrogenesis.simulation_study.people.SCALE`), per SD of true states.
    score_correlation
        Of the first PHQ-9 and GAD-7.
    cause, service_sd, referred
        In cells that have them: log odds per SD of a cause that a therapist's clients share; SD of services' log odds;
        share of clients who change their therapist.
    """

    rate: Proportion
    therapist_sd: Spread
    coefficients: dict[str, Sourced]
    score_correlation: Correlation
    cause: Sourced
    service_sd: Spread
    referred: Proportion

    def slopes(self, **others: float | None) -> Coefficients:
        """The coefficients, with others where they are given."""
        usual = {name: float(one) for name, one in self.coefficients.items()}
        return Coefficients(**usual | {name: one for name, one in others.items() if one is not None})

    def number(self, column: str, word: str) -> float:
        """What ``low``, ``median`` and ``high`` mean in a column of the design table.

        Raises
        ------
        ValueError
            If the column has no such number.
        """
        known = {"rate": self.rate, "therapist_sd": self.therapist_sd, "cause": self.cause}
        known |= {trait: self.coefficients[trait] for trait in ("burnout", "competence", "fit")}
        if column not in known:
            raise ValueError(f"{column}: give a number, {word!r} is known of {', '.join(known)} only")
        record = known[column]
        return float({"low": record.low, "median": record.value, "high": record.high}[word])  # pyrefly: ignore
