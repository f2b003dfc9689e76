"""Labelling: a label is taken over as a view of oneself. It isolates, and bars the way to help."""

from typing import ClassVar, Literal

import numpy as np

from iatrogenesis.core.quantities import Proportion
from iatrogenesis.core.sources import Sourced
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.mechanisms.base import Intake, Mechanism, Own, Share, Week


class Labelling(Mechanism):
    """Stigma grows in labelled clients, and stays when therapy ends.

    labelled = 1 with probability share, drawn once per client
    stigma = 0 at first; after each session stigma + internalising * labelled * (1 - stigma); carried into the
             next episode
    drift = self_worth_points * stigma       (reduced self-worth)
    gain = -isolation_gain_loss * stigma     (social isolation: what others could give is missing)
    help_seeking = -barrier * stigma         (barrier to care)
    """

    kind: Literal["labelling"] = "labelling"
    seed: ClassVar = (
        "Opening",
        "Common Types of Therapy-Induced Harm",
        "Labeling’s Harmful Impact",
        "Reinforcing Negative Self-Perception",
        "How Misdiagnosis Harms Self-Perception",
        "The Impact of Stigmatizing Labels",
    )
    signs: ClassVar = {"drift": 1, "gain": -1}
    own: ClassVar = ("labelled", "stigma")
    carried: ClassVar = ("stigma",)
    share: Proportion
    internalising: Proportion
    self_worth_points: Sourced
    isolation_gain_loss: Sourced
    barrier: Sourced

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Who gets a label."""
        return {"labelled": draw.uniform("labelled") < self.share.value * exposure}

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points per session by reduced self-worth."""
        return self.self_worth_points.value * own["stigma"]

    def gain(self, week: Week, own: Own) -> np.ndarray:
        """Log gain; negative with isolation."""
        return -self.isolation_gain_loss.value * own["stigma"]

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """The label is taken over bit by bit."""
        taken = self.internalising.value * own["labelled"]
        return {"stigma": own["stigma"] + taken * (1.0 - own["stigma"])}

    def help_seeking(self, own: Own) -> np.ndarray:
        """Log odds; negative with stigma."""
        return -self.barrier.value * own["stigma"]
