"""Each therapist's integral where there are two classes of therapists: the sum of two plain ones.

    L_j = (1 - q) integral over Normal(-q d, w) + q integral over Normal((1 - q) d, w),   w = class_sd

Each is that of a random intercept around another intercept, so the plain integral serves twice.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit

from iatrogenesis.core.streams import Noise
from iatrogenesis.inference.data.outcomes import OutcomeData
from iatrogenesis.inference.engines.collapsed.integrals import Integrals, Integrated
from iatrogenesis.inference.engines.collapsed.marginal import integrate, rule
from iatrogenesis.inference.engines.collapsed.rows import Rows
from iatrogenesis.inference.engines.collapsed.whitened import Draws
from iatrogenesis.inference.models.classes import raised, spread


@dataclass(frozen=True)
class Classes(Integrated):
    """Clients with covariates, whose therapists are of two classes."""

    LOCATIONS: ClassVar = ("intercept", "coefficients")

    rows: Rows

    @classmethod
    def of(cls, data: OutcomeData) -> "Classes":
        """Sort checked data."""
        return cls(Rows.of(data))

    def start(self) -> Draws:
        """The pooled rate, an SD as it usually is, and a class that is told apart a little."""
        found = dict(self.rows.start())
        return {
            "intercept": found["intercept"],
            "class_sd": found["therapist_sd"],
            "class_share": np.asarray(0.1),
            "class_log_odds": np.asarray(0.6),
        }

    def intercept(self, point: Draws) -> tuple[np.ndarray, np.ndarray]:
        """Most therapists' log odds lie below the intercept, by what the raised class adds to the mean.

        The data see most therapists where the classes are far apart, the mean of all where they are not: half-way.
        """
        share, apart, within = (point[name] for name in ("class_share", "class_log_odds", "class_sd"))
        return 0.5 * share * apart, self.rows.variance(spread(share, apart, within) ** 2)

    def integrals(self, point: Draws, nodes: int, noise: Noise | None = None) -> Integrals:
        """See `iatrogenesis.inference.engines.collapsed.integrals.Integrated`; one value per therapist."""
        rows, (share, apart, within) = self.rows, (point[n] for n in ("class_share", "class_log_odds", "class_sd"))
        low, drawn_low = self._class(point, -share * apart, within, nodes, noise)
        high, drawn_high = self._class(point, (1.0 - share) * apart, within, nodes, noise)
        low, high = low + np.log1p(-share), high + np.log(share)
        value = np.logaddexp(low, high)
        if noise is None:
            return Integrals(value)
        draws = np.arange(len(share))
        chosen = noise.uniform("class", therapist=rows.seen[:, None], client=draws) < np.exp(high - value)
        everybody = np.arange(rows.therapists)[:, None]
        of_class = noise.uniform("unseen class", therapist=everybody, client=draws) < share
        effect = apart * (of_class - share) + within * noise.normal("unseen", therapist=everybody, client=draws)
        effect[rows.seen] = np.where(chosen, (1.0 - share) * apart + drawn_high, -share * apart + drawn_low)
        chance = expit(raised(effect, share, apart, within))
        sd = spread(share, apart, within)
        return Integrals(value, {"therapist_sd": sd, "therapist_effect": effect, "therapist_raised": chance})

    def _class(
        self, point: Draws, shift: np.ndarray, within: np.ndarray, nodes: int, noise: Noise | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Log integrals of one class's normal, shifted by `shift`, and effects around its mean, (J_seen, draws)."""
        rows, by = self.rows, rule(nodes)
        quadrature, data = (by.points, by.log_weights, by.interpolation, by.at), (rows.events, rows.trials)
        uniforms, value, drawn = rows.uniforms(noise, len(shift)), rows.empty(len(shift)), rows.empty(len(shift))
        beta = rows.beta(point)
        beta = np.concatenate([beta[:, :1] + shift[:, None], beta[:, 1:]], axis=1)
        guess = np.zeros((2, len(rows.seen)))
        for part, eta, odds in rows.blocks(beta):
            some = [np.ascontiguousarray(one[:, part]) for one in (uniforms, value, drawn)]
            integrate(*quadrature, *data, rows.single, rows.starts, eta, odds, within[part], guess, *some)
            value[:, part], drawn[:, part] = some[1:]
        return value, drawn
