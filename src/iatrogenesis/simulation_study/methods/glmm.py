"""Random effects by maximum likelihood, as lme4, Stata and SAS fit them (adaptive Gauss-Hermite quadrature).

Twice: with case mix alone, for the spread between therapists and for each therapist's rate; and with competence,
burnout and fit, for their odds ratios given the therapist. Intervals of the therapist SD are of its profile likelihood,
as in lme4, and begin at 0 where no spread is not excluded; the test of "no spread" is the likelihood ratio's, whose
null distribution is half a point mass at zero (Self & Liang 1987, 10.1080/01621459.1987.10478472). Intervals of
coefficients take Student's t with the degrees of freedom between therapists for what belongs to the therapist, and
within them for what belongs to the client. A therapist's rate is predicted with an error that includes that of the
estimates (after Booth & Hobert 1998).
"""

from functools import partial

from iatrogenesis.simulation_study.methods.answer import one_by_one
from iatrogenesis.simulation_study.methods.likelihood import NODES
from iatrogenesis.simulation_study.methods.random_effects import answer

PLACE = 5
LABEL = "maximum likelihood"
LOOK = ("s", "dark")
GROUP = "fast"
SECONDS = (0.022, 0.0143)
TARGETS = (
    "therapist_sd",
    "vpc",
    "mor",
    "residual_sd_rated",
    "log_odds_ratio_rated[t]",
    "risk_change_rated[burnout]",
    "therapist_rate",
)

answers = one_by_one(partial(answer, nodes=NODES))
