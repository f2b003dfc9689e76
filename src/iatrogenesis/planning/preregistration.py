"""A paragraph for the preregistration of a study that was planned here: numbers, methods, seed and versions."""

from importlib.metadata import version

import pandas as pd

from iatrogenesis.planning.plan import POWER, Numbers
from iatrogenesis.planning.sentences import needed_in_words
from iatrogenesis.simulation_study.power_curve import TEST

PACKAGES = ("iatrogenesis", "numpy", "scipy", "numba", "pandas")


def paragraph(found: pd.DataFrame, numbers: Numbers, seed: int) -> str:
    """Return the paragraph, about the largest number of years.

    Parameters
    ----------
    found
        As `iatrogenesis.planning.plan.plan` returns it.
    """
    years = max(numbers.years)
    rows = {row.quantity: row for row in found[found["years"] == years].itertuples()}
    width, flags = rows["width_vpc"], rows["sensitivity"]
    text = (
        f"Sample size was planned by simulation. We assumed {numbers.therapists} therapists with "
        f"{numbers.clients_per_year:g} finished courses a year each (log SD of their numbers "
        f"{numbers.clients_spread:g}) over {years:g} years, a reliable deterioration rate of "
        f"{100 * numbers.rate:.3g} %, therapist effects that are normal on the log-odds scale with SD "
        f"{numbers.sd:.2f}, and no case mix. "
    )
    if numbers.services > 1:
        text += (
            f"The therapists work in {numbers.services} services, whose log odds differ with SD "
            f"{numbers.service_sd:.2f}; all analyses adjust for the service. "
        )
    if numbers.effect:
        power, needed = rows["power"], rows["therapists_needed"]
        text += (
            f"Burnout is rated with reliability {numbers.reliability:g}; its odds ratio per SD of the true state was "
            f"taken to be {numbers.odds_ratio:.3g}, as a part of the therapist effects. Power of the two-sided t-test "
            f"of the rating at {100 * TEST:g} %, in a random-intercept logistic model fitted by maximum likelihood "
            f"({'therapists less two' if numbers.services == 1 else 'therapists less services less one'} degrees of "
            f"freedom), is {power.value:.2f} (95 % Monte Carlo interval "
            f"{power.low:.2f} to {power.high:.2f}, {power.replicates:.0f} data sets); a power of {POWER:g} is reached "
            f"with {needed_in_words(needed)} therapists. "
        )
    text += (
        f"The expected width of the 95 % credible interval of the variance partition coefficient is {width.value:.3f} "
        f"(Monte Carlo SE {width.mcse:.3f}); the sensitivity of flagging harmful therapists is {flags.value:.2f} "
        f"(Monte Carlo SE {flags.mcse:.2f}). "
    )
    used = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return text + f"Seed {seed}; {used}."
