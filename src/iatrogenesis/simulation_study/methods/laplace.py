"""Random effects by Laplace's approximation, as glmmTMB and lme4 fit them by default: one node per therapist.

The same as maximum likelihood in all but the integral, so that what differs between the two is what exactness buys.
With few clients a therapist, or a large spread, Laplace's estimate of the therapist SD is biased.
"""

from functools import partial

from iatrogenesis.simulation_study.methods.answer import one_by_one
from iatrogenesis.simulation_study.methods.likelihood import LAPLACE
from iatrogenesis.simulation_study.methods.random_effects import answer

PLACE = 4.8
LABEL = "Laplace"
LOOK = ("1", "dark")
GROUP = "laplace"
SECONDS = (0.03, 0.05)
SLOW = True
TARGETS = (
    "therapist_sd",
    "vpc",
    "mor",
    "residual_sd_rated",
    "log_odds_ratio_rated[t]",
    "risk_change_rated[burnout]",
    "therapist_rate",
)

answers = one_by_one(partial(answer, nodes=LAPLACE))
