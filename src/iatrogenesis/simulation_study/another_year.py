"""What is another year of data worth? What the decision's posterior promises, beside what the year brings.

In the statistical world without case mix, as in `iatrogenesis.simulation_study.advice`. Each therapist has one year of
clients; by the posterior (Bayes, intercept only) an action is chosen, and the value of another year's outcomes is
expected (`iatrogenesis.inference.answers.decisions`). Then as many clients come again, the model is fitted to both
years, and actions are chosen anew. True rates are known, so both choices have a true loss. The promise counts what the
therapist's own clients will teach; the refit also uses what the others' teach.

An upper bound of what waiting is worth: nothing is done in between (who would be paused sees as many clients), rates
stand still, and the year costs nothing. Losses are choices of this study.

===============  =======================================================================================================
quantity         per 1,000 clients of each therapist, mean over therapists and data sets
===============  =======================================================================================================
`promised`       expected fall of the loss by another year (EVSI)
`realised`       true loss of the first year's action less that of the action after both years
`perfect`        expected fall of the loss if the rates were known (EVPI)
`regret`         true loss of the first year's action less the least one; no data can avert more
`gap`            promised less realised, by data set
`changed`        share of therapists whose action changes
===============  =======================================================================================================
"""

from collections.abc import Iterator

import numpy as np

from iatrogenesis.inference.answers.decisions import LOSSES, decided, value_of_another_year
from iatrogenesis.inference.answers.standardise import therapists_rates
from iatrogenesis.inference.data.outcomes import counts
from iatrogenesis.inference.models.priors import Priors
from iatrogenesis.simulation_study.setting import Setting, mean_row, posterior

QUESTION = "another_year"
QUANTITIES = ("promised", "realised", "perfect", "regret", "gap", "changed")


def another_year(setting: Setting, replicates: int, priors: Priors, seed: int) -> Iterator[dict]:
    """Yield what another year promises and brings in a setting of one service, one row per quantity."""
    found = [one for replicate in range(replicates) if (one := in_data_set(setting, replicate, priors, seed))]
    for quantity in QUANTITIES:
        yield mean_row(QUESTION, quantity, np.array([one[quantity] for one in found], dtype=float))


def in_data_set(setting: Setting, replicate: int, priors: Priors, seed: int) -> dict[str, float]:
    """Return `QUANTITIES` in one data set; none where a fit gives no draws."""
    events, rate, _ = setting.drawn(seed, replicate)
    name = f"{setting.name}, {replicate}"
    both_years = events + setting.next_year(seed, replicate, rate)
    before_it = posterior(counts(name, setting.ids(), events, setting.sizes), priors, seed)
    after_it = posterior(counts(f"{name}, both years", setting.ids(), both_years, 2 * setting.sizes), priors, seed)
    if before_it is None or after_it is None:
        return {}
    first, second = (therapists_rates(tree, np.arange(setting.therapists)) for tree in (before_it, after_it))
    promise, before, after = value_of_another_year(first, setting.sizes), decided(first), decided(second)
    loss, place = LOSSES.of(rate, rate.mean()), np.arange(setting.therapists)
    promised, realised = float(promise.evsi.mean()), float(np.mean(loss[before, place] - loss[after, place]))
    return {
        "promised": promised,
        "realised": realised,
        "perfect": float(promise.evpi.mean()),
        "regret": float(np.mean(loss[before, place] - loss.min(axis=0))),
        "gap": promised - realised,
        "changed": float(np.mean(before != after)),
    }
