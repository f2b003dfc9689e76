"""Confounded allocation of clients inflates the apparent ICC of therapists, as Magnusson showed.

Source: Magnusson 2023, psyarxiv f7mvz (magnusson2023causal).

Outcomes are continuous: therapist's effect + what the therapist's clients bring + a client's own part. The first has
the true intraclass correlation (ICC), the second one of its own in the same sense; an analyst who does not know the
second finds (a + b) / (a + b + residual variance).
"""

from dataclasses import dataclass

import numpy as np

from iatrogenesis.core.streams import Noise


@dataclass(frozen=True)
class Referral:
    """Sizes and variances; the residual variance is 1 less the true ICC."""

    icc: float
    confounding: float
    therapists: int = 10
    clients: int = 20

    @property
    def variances(self) -> tuple[float, float, float]:
        """Of therapists, of what their clients bring, and within."""
        within = 1.0 - self.icc
        return self.icc, self.confounding / (1.0 - self.confounding) * within, within

    @property
    def apparent(self) -> float:
        """ICC that an analyst finds in the long run."""
        therapists, brought, within = self.variances
        return (therapists + brought) / (therapists + brought + within)


def simulate(design: Referral, noise: Noise, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Return variances between (by analysis of variance; it may be negative) and within, shape (replicates,) each."""
    therapists, brought, within = design.variances
    who = {"replicate": np.arange(replicates)[:, None], "therapist": np.arange(design.therapists)}
    effect = np.sqrt(therapists) * noise.normal("effect", **who) + np.sqrt(brought) * noise.normal("brought", **who)
    whom = {name: np.asarray(values)[..., None] for name, values in who.items()}
    own = noise.normal("own", **whom, client=np.arange(design.clients))
    outcome = effect[:, :, None] + np.sqrt(within) * own
    means = outcome.mean(axis=2)
    inside = outcome.var(axis=2, ddof=1).mean(axis=1)
    between = means.var(axis=1, ddof=1) - inside / design.clients
    return between, inside


def icc(between: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """ICC from the mean variances over replicates, with its Monte Carlo standard error (delta method)."""
    n, b, w = len(between), between.mean(), inside.mean()
    slope = np.array([w, -b]) / (b + w) ** 2
    error = np.sqrt(slope @ np.cov(between, inside) @ slope / n)
    return float(b / (b + w)), float(error)
