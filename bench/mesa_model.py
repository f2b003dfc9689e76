"""The same service in Mesa, one object per therapist and per client: what a straightforward version looks like.

The rules are those of docs/simulator.md, with three of the routes of harm. Chance comes from Mesa's own generator,
so single clients differ from the simulator's; a test holds the averages of both to each other.
"""

from collections import deque
from math import exp, log, sqrt
from types import SimpleNamespace
from typing import Any

import mesa
from pydantic import BaseModel

from iatrogenesis.core.definitions import Judgement
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.sources import Sourced, SourcedShares
from iatrogenesis.world.burnout import WEEKS_PER_YEAR, weekly_stability
from iatrogenesis.world.cohort import Design
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.shapes import g_and_h

SIMULATED = ("incompetence", "burnout", "misfit")


def three_routes(scenario: Scenario) -> Scenario:
    """The scenario with no other routes of harm than those that this model has."""
    return scenario.model_copy(update={"mechanisms": tuple(m for m in scenario.mechanisms if m.kind in SIMULATED)})


def plain(node: Any) -> Any:
    """The same parameters as plain numbers, looked up once and not in every session."""
    if isinstance(node, Sourced):
        return float(node)
    if isinstance(node, SourcedShares):
        return node.value
    if isinstance(node, BaseModel):
        return SimpleNamespace(**{name: plain(getattr(node, name)) for name in type(node).model_fields})
    return {name: plain(child) for name, child in node.items()} if isinstance(node, dict) else node


def chance(logit: float) -> float:
    """Probability of log odds."""
    return 1.0 / (1.0 + exp(-logit))


class Client(mesa.Agent):
    """One client with one therapist."""

    def __init__(self, model: "Service", therapist: "Therapist") -> None:
        super().__init__(model)
        p, gauss = model.world.client, model.random.gauss
        self.therapist = therapist
        self.level = p.severity_mean - p.intake_elevation + p.level_sd * gauss()
        self.intake = self.level
        self.fluctuation = p.intake_elevation + p.fluctuation_sd * gauss()
        own_alliance = model.world.alliance.own_sd * gauss()
        self.slope = p.natural_slope_mean + p.natural_slope_sd * gauss() + model.case_mix()
        self.slope += p.slope_with_alliance * own_alliance
        t = model.world.therapy
        spread = t.gain_log_sd
        self.gain = t.gain * exp(spread * gauss() - spread**2 / 2)
        agreed = exp(t.agreed_log_mean + t.agreed_log_sd * gauss())
        self.agreed = min(max(round(agreed), 2), t.agreed_maximum)
        self.fit = p.fit_mean + gauss()
        self.core = own_alliance + therapist.alliance
        scores = model.world.scores.items()
        self.own = {name: part.own_sd * sqrt(1 - part.changing_share) * gauss() for name, part in scores}
        self.moving = {name: part.own_sd * sqrt(part.changing_share) * gauss() for name, part in scores}
        self.damage, self.alliance, self.rated, self.session = 0.0, 0.0, 0.0, 0
        self.first, self.last = {}, {}
        self.end = ""

    def meet(self) -> None:
        """One session, and the way to the next."""
        self.session += 1
        self.bond()
        self.measure()
        self.therapist.hears(self)
        self.decide()
        if not self.end:
            self.move()

    def bond(self) -> None:
        """Alliance, ruptures and repairs."""
        model, p = self.model, self.model.world.alliance
        misfit, burnout = model.routes["misfit"], model.routes["burnout"]
        rupture = model.random.random() < chance(p.rupture_logit + misfit.rupture_per_sd * self.fit)
        self.repaired = self.damage > 0 and model.random.random() < p.repair_probability
        if self.repaired:
            self.damage = 0.0
        self.damage += p.rupture_damage * rupture
        self.alliance = self.core - self.damage + misfit.alliance_per_sd * self.fit
        self.alliance += burnout.alliance_per_sd * self.therapist.burnout
        rho = model.world.ratings.alliance
        self.rated += sqrt(rho) * self.alliance + sqrt(1 - rho) * model.random.gauss()

    def measure(self) -> None:
        """Scores of this session."""
        model = self.model
        elevation = model.world.client.intake_elevation
        mean_level = model.world.client.severity_mean - elevation
        severity = self.level + self.fluctuation
        excess = severity - model.world.client.severity_mean
        p = model.world.crisis
        self.crisis = model.random.random() < chance(p.logit + p.per_point * excess)
        for name, instrument in model.instruments.items():
            part = model.world.scores[name]
            true = instrument.mean + part.level_loading * (self.intake - mean_level) + self.own[name]
            true += self.moving[name]
            true += part.change_loading * (severity - self.intake - elevation)
            true += model.errors[name] * model.random.gauss()
            self.last[name] = min(max(round(true), instrument.minimum), instrument.maximum)
        if self.session == 1:
            self.first = dict(self.last)
        worse, better = False, False
        for name in model.judgement.instruments:
            step = float(model.instruments[name].reliable_change)
            worse |= self.last[name] - self.first[name] >= step
            better |= self.first[name] - self.last[name] >= step
        self.worse, self.better = worse and not better, better and not worse

    def decide(self) -> None:
        """Whether this was the last session."""
        world, random = self.model.world, self.model.random
        logit = world.dropout.logit + world.alliance.dropout * self.alliance + self.therapist.dropout
        cases = self.model.instruments
        well = all(self.last[name] < cases[name].caseness for name in self.model.judgement.instruments)
        case = any(self.first[name] >= cases[name].caseness for name in self.model.judgement.instruments)
        well = well and self.session >= 2 and (self.better or not case)
        main = self.model.judgement.instruments[0]
        rise = (self.last[main] - self.first[main]) / float(cases[main].reliable_change)
        logit += world.dropout.no_progress * min(max(rise, -1.0), 1.0)
        longest = self.session >= world.therapy.agreed_maximum
        planned = self.session >= self.agreed and (well or longest or random.random() >= world.therapy.extension)
        if planned or (well and random.random() < world.therapy.good_enough_ending):
            self.end = "completed"
        elif random.random() < chance(logit):
            self.end = "dropped_out"

    def move(self) -> None:
        """Severity until the next session."""
        model, world, therapist = self.model, self.model.world, self.therapist
        burnout, incompetence = model.routes["burnout"], model.routes["incompetence"]
        distress = max(self.level, 0.0)
        drift = self.slope - self.gain * distress / (distress + world.therapy.half_gain_level)
        drift += therapist.drift + model.service_drift[therapist.number] + world.alliance.drift * self.alliance
        drift += world.alliance.repair_drift * self.repaired + world.therapist.drift_with_pressure * therapist.pressure
        drift += burnout.drift_per_sd * therapist.burnout
        drift += burnout.drift_per_pressure * therapist.pressure
        shortfall = max(incompetence.threshold - therapist.competence, 0.0)
        drift += incompetence.drift_below_threshold * shortfall
        drift -= incompetence.drift_per_sd * therapist.competence
        self.level += drift
        kept, sd = world.client.fluctuation_stability, world.client.fluctuation_sd
        new = sqrt(1 - kept**2)
        self.fluctuation = kept * self.fluctuation + sd * new * model.random.gauss()
        for name, part in world.scores.items():
            shock = part.own_sd * sqrt(part.changing_share) * new * model.random.gauss()
            self.moving[name] = kept * self.moving[name] + shock


class Therapist(mesa.Agent):
    """One therapist with places and a waiting list."""

    def __init__(self, model: "Service", number: int, design: Design) -> None:
        super().__init__(model)
        p, gauss = model.world.therapist, model.random.gauss
        self.workload = gauss()
        self.places = max(round(p.caseload_mean + p.caseload_sd * self.workload), 1)
        skill = gauss()
        self.competence, self.number = p.competence_mean + skill, number % design.services
        b, r = model.world.burnout, model.world.burnout.workload_correlation
        standing = r * self.workload + sqrt(1 - r**2) * gauss()
        self.burnout = b.mean - b.support + standing
        self.drift = p.drift_sd * float(g_and_h(gauss(), p.drift_skewness, p.drift_tails))
        self.drift += p.drift_with_burnout * standing - p.drift_with_competence * skill
        self.dropout = p.dropout_sd * gauss()
        self.alliance = p.alliance_sd * gauss()
        r, spread = design.clients_by_workload, design.clients_log_sd
        length = r * self.workload + sqrt(1 - r**2) * gauss()
        size = exp(log(design.clients_per_therapist) - spread**2 / 2 + spread * length)
        size = max(round(size), design.clients_minimum)
        self.waiting = deque(Client(model, self) for _ in range(size))
        self.clients: list[Client] = []
        self.pressure = gauss()

    def work(self) -> None:
        """One week."""
        while self.waiting and len(self.clients) < self.places:
            self.clients.append(self.waiting.popleft())
        self.judged = self.distressed = 0
        for client in self.clients:
            client.meet()
        self.clients = [client for client in self.clients if not client.end]
        self.tire()

    def hears(self, client: Client) -> None:
        """How the client is, which is what wears on a therapist."""
        if client.session >= 2:
            self.judged += 1
            self.distressed += client.worse or client.crisis

    def tire(self) -> None:
        """Burnout of the next week."""
        p = self.model.world.burnout
        expected, r = p.expected_worse, p.workload_correlation
        share = self.distressed / self.judged if self.judged else expected
        target = p.mean - p.support + r * self.workload + p.distress_push * (share - expected)
        kept = self.model.kept
        shock = sqrt((1 - r**2) * (1 - kept**2)) * self.model.random.gauss()
        self.burnout = target + kept * (self.burnout - target) + shock
        kept = p.pressure_stability
        self.pressure = kept * self.pressure + sqrt(1 - kept**2) * self.model.random.gauss()


class Service(mesa.Model):
    """Services with their therapists, until every list is empty."""

    def __init__(
        self, scenario: Scenario, design: Design, instruments: Instruments, judgement: Judgement, seed: int
    ) -> None:
        super().__init__(rng=seed)
        self.world, self.judgement = plain(scenario.world), judgement
        self.routes = {mechanism.kind: plain(mechanism) for mechanism in scenario.mechanisms}
        self.errors = {name: one.error_sd for name, one in instruments.by_name().items()}
        self.instruments = {name: plain(one) for name, one in instruments.by_name().items()}
        self.kept = weekly_stability(scenario.world.burnout)
        self.lasting = [self.random.gauss() for _ in range(design.services)]
        self.changing = [self.random.gauss() for _ in range(design.services)]
        self.drift_of_services()
        self.therapists = [Therapist(self, number, design) for number in range(design.therapists)]
        self.everyone = [client for therapist in self.therapists for client in therapist.waiting]

    def case_mix(self) -> float:
        """Drift of a client's age, deprivation and further traits."""
        p, more = self.world.client, 0.0
        for category in vars(p.case_mix).values():
            value = self.random.choices(list(category.shares), category.shares.values())[0]
            more += category.log_odds.get(value, 0.0)
        age = self.random.choices(list(p.age_shares), p.age_shares.values())[0]
        tenth = self.random.choices(list(p.deprivation_shares), p.deprivation_shares.values())[0]
        by_age = p.age_log_odds.get(age, 0.0)
        return p.drift_per_log_odds * (more + by_age + p.deprivation_log_odds * (int(tenth) - 5.5))

    def drift_of_services(self) -> None:
        """What services add in this year."""
        p = self.world.therapist
        sd, stable = self.world.client.drift_per_log_odds * p.service_log_odds_sd, p.service_stable_share
        self.service_drift = [
            sd * (sqrt(stable) * lasting + sqrt(1 - stable) * changing)
            for lasting, changing in zip(self.lasting, self.changing, strict=True)
        ]

    def run(self) -> None:
        """Weeks until nobody waits and nobody is in session."""
        week, kept = 0, self.world.therapist.service_year_correlation
        while any(therapist.waiting or therapist.clients for therapist in self.therapists):
            week += 1
            if week % WEEKS_PER_YEAR == 0:
                self.changing = [kept * part + sqrt(1 - kept**2) * self.random.gauss() for part in self.changing]
                self.drift_of_services()
            for therapist in self.therapists:
                therapist.work()
