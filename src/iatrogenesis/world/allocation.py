"""Who comes to whom: by default chance; or harder clients come to therapists who are burned out to begin with.

A comparison of therapists then compares their clients too. Severity at intake is seen (first scores), the course that a
client would take without treatment is not: no adjustment reaches it.
"""

from dataclasses import replace

from iatrogenesis.core.streams import Noise
from iatrogenesis.world.cohort import Clients, Design, Therapists, first_burnout
from iatrogenesis.world.parameters import BurnoutProcess


def allocate(
    clients: Clients, therapists: Therapists, design: Design, process: BurnoutProcess, noise: Noise
) -> Clients:
    """Return the clients as these therapists get them.

    The therapist's burnout here is that of the first week around its mean, whatever a scenario does to the mean: the
    same clients come in every scenario.
    """
    if design.severity_by_burnout == 0 and design.course_by_burnout == 0:
        return clients
    burnout = first_burnout(process, therapists.workload, therapists.replicate, therapists.index, noise)[clients.row]
    return replace(
        clients,
        level=clients.level + design.severity_by_burnout * burnout,
        natural_slope=clients.natural_slope + design.course_by_burnout * burnout,
    )
