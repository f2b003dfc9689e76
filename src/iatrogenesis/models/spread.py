"""The spread between therapists in three forms: SD of log odds, share of variance (VPC), median odds ratio (MOR)."""

import numpy as np

LATENT_VARIANCE = np.pi**2 / 3  # of the standard logistic distribution
UPPER_QUARTILE = 0.6744897501960817  # of the standard normal distribution


def vpc(therapist_sd):
    """Variance partition coefficient of a therapist SD in log odds; numbers or arrays, in [0, 1)."""
    return therapist_sd**2 / (therapist_sd**2 + LATENT_VARIANCE)


def sd_of(share):
    """Therapist SD in log odds that a variance partition coefficient in [0, 1) means; the inverse of `vpc`."""
    return np.sqrt(share / (1 - share) * LATENT_VARIANCE)


def mor(therapist_sd):
    """Median odds ratio of a therapist SD in log odds; numbers or arrays, at least 1.

    Larsen & Merlo (2005), 10.1093/aje/kwi017.
    """
    return np.exp(np.sqrt(2.0) * UPPER_QUARTILE * therapist_sd)
