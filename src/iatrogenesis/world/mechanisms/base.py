"""What a mechanism is: a route by which therapy harms, as contributions to named channels.

A mechanism never calls or changes another, nor the world: it returns numbers and the engine adds them up. So their
order does not matter, and taking one out moves nothing else. What it remembers of a client (its *own* state) is a
dictionary of arrays that nobody else reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import ClassVar, get_args

import numpy as np

from iatrogenesis.core.sources import Strict
from iatrogenesis.world.draws import Draw

Own = dict[str, np.ndarray]
"""A mechanism's own state by name; one entry per dyad, numbers (0 and 1 for no and yes)."""


type Share = float | np.ndarray
"""A factor for everybody, or one for each client."""


@dataclass(frozen=True)
class Intake:
    """Clients before their first session, shape (clients,).

    Attributes
    ----------
    severity
        True severity in points.
    young, trauma, fragile, unrealistic
        1 for clients of 18 to 25 years, with complex trauma, in a fragile state, with unrealistic expectations; else 0.
    competence
        Of the therapist on whose list the client is, in SD.
    """

    severity: np.ndarray
    young: np.ndarray
    trauma: np.ndarray
    fragile: np.ndarray
    unrealistic: np.ndarray
    competence: np.ndarray


@dataclass
class Week:
    """What a mechanism may look at: the sessions of one week, one entry per dyad in session, shape (dyads,).

    Attributes
    ----------
    session
        Number of the session, from 1.
    competence, burnout, fit
        True latent states in SD of the reference population (burnout: of this week).
    pressure
        How much busier than usual the therapist is this week, in SD over weeks.
    young, trauma, fragile, unrealistic
        The client's vulnerability, 0 or 1.
    level, intake_level
        Lasting severity now and at the first session, points.
    transient
        Exacerbation that will pass, points.
    second
        Severity of a second kind of symptoms that was not there at intake, points.
    alliance
        SD; in the channels ``alliance`` and ``rupture`` the core's alone, afterwards that of the session.
    rupture, strained
        Whether a rupture happened in this session, and whether one is open after it; 0 or 1. Before the ruptures of the
        session are known (channels ``alliance`` and ``rupture``), ``rupture`` is 0 and ``strained`` that of the last
        session.
    repaired
        Whether an open rupture was repaired in this session, 0 or 1; known together with ``strained``.
    crisis
        Whether self-harm ideation broke out in this session, 0 or 1; known after the channel ``crisis``.
    rise
        Change of the study's first instrument since the first session in units of its reliable change; positive is
        worse. Known after the scores.
    worse
        Whether the client is reliably worse than at the first session by the study's rule, 0 or 1.
    noticed
        Whether the therapist knows that the client is not on track, 0 or 1.
    """

    session: np.ndarray
    competence: np.ndarray
    burnout: np.ndarray
    fit: np.ndarray
    pressure: np.ndarray
    young: np.ndarray
    trauma: np.ndarray
    fragile: np.ndarray
    unrealistic: np.ndarray
    level: np.ndarray
    intake_level: np.ndarray
    transient: np.ndarray
    second: np.ndarray
    alliance: np.ndarray
    rupture: np.ndarray
    strained: np.ndarray
    repaired: np.ndarray
    crisis: np.ndarray
    rise: np.ndarray
    worse: np.ndarray
    noticed: np.ndarray


class Mechanism(Strict):
    """Base class. A subclass names its ``kind``, declares its sourced numbers and overrides the channels it uses.

    Class attributes
    ----------------
    seed
        The headings of the founding text that this mechanism makes computable.
    signs
        For each channel it contributes to, the sign (1 or -1) of what it contributes where it does
        harm (a prevention: good).
    neutral
        Values of parameters at which it does nothing, where that is not 0.
    own
        Names of its own states; all begin at 0 unless `begin` says otherwise.
    ends_with_therapist
        Own states that fall to 0 when the client is referred to another therapist.
    carried
        Own states that the client brings into the next episode.
    """

    kind: str
    seed: ClassVar[tuple[str, ...]] = ()
    signs: ClassVar[dict[str, int]] = {}
    neutral: ClassVar[dict[str, float]] = {}
    own: ClassVar[tuple[str, ...]] = ()
    ends_with_therapist: ClassVar[tuple[str, ...]] = ()
    carried: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def channels(cls) -> tuple[str, ...]:
        """Names of the channels that this class contributes to."""
        return tuple(name for name in CHANNELS if getattr(cls, name) is not getattr(Mechanism, name))

    def begin(self, intake: Intake, draw: Draw, exposure: Share) -> Own:
        """Own states at the first session, shape (clients,).

        ``exposure`` is the factor, 0 to 1, by which preventions lower the chance to meet this mechanism.
        """
        return {}

    def alliance(self, week: Week, own: Own) -> np.ndarray:
        """SD of alliance added in this session (higher is better)."""
        raise NotImplementedError

    def rupture(self, week: Week, own: Own) -> np.ndarray:
        """Added to the log odds of a rupture in this session (higher is worse)."""
        raise NotImplementedError

    def crisis(self, week: Week, own: Own) -> np.ndarray:
        """Added to the log odds of self-harm ideation breaking out in this session (higher is worse)."""
        raise NotImplementedError

    def dropout(self, week: Week, own: Own) -> np.ndarray:
        """Added to the log odds of dropping out after this session (higher is worse)."""
        raise NotImplementedError

    def gain(self, week: Week, own: Own) -> np.ndarray:
        """Added to the logarithm of what treatment brings until the next session (lower is worse)."""
        raise NotImplementedError

    def drift(self, week: Week, own: Own) -> np.ndarray:
        """Points of lasting severity added until the next session (higher is worse)."""
        raise NotImplementedError

    def exacerbation(self, week: Week, own: Own) -> np.ndarray:
        """Points of passing severity added until the next session (higher is worse)."""
        raise NotImplementedError

    def symptom(self, week: Week, own: Own) -> np.ndarray:
        """Points of a second kind of symptoms added until the next session (higher is worse)."""
        raise NotImplementedError

    def move(self, week: Week, own: Own, draw: Draw) -> Own:
        """Own states at the next session; those that do not change may be left out."""
        return {}

    def after(self, own: Own) -> np.ndarray | float:
        """Points of severity that come back or come up between the end and the follow-up."""
        return 0.0

    def help_seeking(self, own: Own) -> np.ndarray | float:
        """Added to the log odds of seeking help again when still unwell at follow-up (lower is worse)."""
        return 0.0


CHANNELS = ("alliance", "rupture", "crisis", "dropout", "gain", "drift", "exacerbation", "symptom")


def kinds_of(base: type[Mechanism], modules: Sequence[ModuleType]) -> dict[str, type[Mechanism]]:
    """The subclasses of ``base`` that these modules define, by their kind, in the order of the modules."""
    found = [
        cls
        for module in modules
        for cls in vars(module).values()
        if isinstance(cls, type) and issubclass(cls, base) and cls.__module__ == module.__name__ and cls is not base
    ]
    return {get_args(cls.model_fields["kind"].annotation)[0]: cls for cls in found if "kind" in cls.model_fields}
