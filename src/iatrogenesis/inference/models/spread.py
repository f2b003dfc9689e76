"""The spread between therapists in three forms: SD of log odds, share of variance (VPC), median odds ratio (MOR)."""

import numpy as np
from scipy.special import expit

LATENT_VARIANCE = np.pi**2 / 3  # of the standard logistic distribution
UPPER_QUARTILE = 0.6744897501960817  # of the standard normal distribution


def vpc(therapist_sd):
    """Variance partition coefficient of a therapist SD in log odds; numbers or arrays, in [0, 1)."""
    return therapist_sd**2 / (therapist_sd**2 + LATENT_VARIANCE)


def sd_of(share):
    """Therapist SD in log odds that a variance partition coefficient in [0, 1) means; the inverse of `vpc`."""
    return np.sqrt(share / (1 - share) * LATENT_VARIANCE)


def log_odds_at(rate: float, sd: float) -> float:
    """Log odds around which normal differences of this SD leave a share `rate`, in (0, 1), on average.

    It is less than the log odds of the share itself: who is far above adds more than who is far below takes away.
    """
    from scipy.optimize import brentq  # here, because reading a study, before every run, does without it

    points, weights = np.polynomial.hermite.hermgauss(61)
    share = weights / np.sqrt(np.pi)
    return float(brentq(lambda x: expit(x + np.sqrt(2) * sd * points) @ share - rate, -15.0, 5.0))


def mor(therapist_sd):
    """Median odds ratio of a therapist SD in log odds; numbers or arrays, at least 1.

    Larsen & Merlo (2005), 10.1093/aje/kwi017.
    """
    return np.exp(np.sqrt(2.0) * UPPER_QUARTILE * therapist_sd)
