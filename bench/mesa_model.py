"""The same service in Mesa, one object per therapist and per client: what a straightforward version looks like.

The rules are those of docs/simulator.md with the three mechanisms of routine care. Chance comes from Mesa's own
generator, so single clients differ from the simulator's; a test holds the averages of both to each other.
"""

from collections import deque
from math import exp, hypot, log, sqrt

import mesa

from iatrogenesis.instruments import Instruments, Judgement
from iatrogenesis.scenarios import Scenario
from iatrogenesis.simulate.burnout import WEEKS_PER_YEAR, weekly_stability
from iatrogenesis.simulate.cohort import Design


def chance(logit: float) -> float:
    """Probability of log odds."""
    return 1.0 / (1.0 + exp(-logit))


class Client(mesa.Agent):
    """One client with one therapist."""

    def __init__(self, model: "Service", therapist: "Therapist") -> None:
        super().__init__(model)
        p, gauss = model.world.client, model.random.gauss
        self.therapist = therapist
        self.level = float(p.severity_mean) - float(p.intake_elevation) + float(p.level_sd) * gauss()
        self.intake = self.level
        self.fluctuation = float(p.intake_elevation) + float(p.fluctuation_sd) * gauss()
        self.slope = float(p.natural_slope_mean) + float(p.natural_slope_sd) * gauss() + model.case_mix()
        t = model.world.therapy
        spread = float(t.gain_log_sd)
        self.gain = float(t.gain) * exp(spread * gauss() - spread**2 / 2)
        agreed = exp(float(t.agreed_log_mean) + float(t.agreed_log_sd) * gauss())
        self.agreed = min(max(round(agreed), 2), float(t.agreed_maximum))
        self.fit = float(p.fit_mean) + gauss()
        self.core = float(model.world.alliance.own_sd) * gauss() + therapist.alliance
        self.own = {name: float(part.own_sd) * gauss() for name, part in model.world.scores.items()}
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
        rupture = model.random.random() < chance(float(p.rupture_logit) + float(misfit.rupture_per_sd) * self.fit)
        if self.damage > 0 and model.random.random() < float(p.repair_probability):
            self.damage = 0.0
        self.damage += float(p.rupture_damage) * rupture
        self.alliance = self.core - self.damage + float(misfit.alliance_per_sd) * self.fit
        self.alliance += float(burnout.alliance_per_sd) * self.therapist.burnout
        rho = float(model.world.ratings.alliance)
        self.rated += sqrt(rho) * self.alliance + sqrt(1 - rho) * model.random.gauss()

    def measure(self) -> None:
        """Scores of this session."""
        model = self.model
        elevation = float(model.world.client.intake_elevation)
        mean_level = float(model.world.client.severity_mean) - elevation
        severity = self.level + self.fluctuation
        excess = severity - float(model.world.client.severity_mean)
        p = model.world.crisis
        self.crisis = model.random.random() < chance(float(p.logit) + float(p.per_point) * excess)
        for name, instrument in model.instruments.by_name().items():
            part = model.world.scores[name]
            true = float(instrument.mean) + float(part.level_loading) * (self.intake - mean_level) + self.own[name]
            true += float(part.change_loading) * (severity - self.intake - elevation)
            true += hypot(float(part.occasion_sd), instrument.error_sd) * model.random.gauss()
            self.last[name] = min(max(round(true), instrument.minimum), instrument.maximum)
        if self.session == 1:
            self.first = dict(self.last)
        worse, better = False, False
        for name in model.judgement.instruments:
            step = float(model.instruments.by_name()[name].reliable_change)
            worse |= self.last[name] - self.first[name] >= step
            better |= self.first[name] - self.last[name] >= step
        self.worse, self.better = worse and not better, better and not worse

    def decide(self) -> None:
        """Whether this was the last session."""
        world, random = self.model.world, self.model.random
        logit = float(world.dropout.logit) + float(world.alliance.dropout) * self.alliance + self.therapist.dropout
        cases = self.model.instruments.by_name()
        well = all(self.last[name] < float(cases[name].caseness) for name in self.model.judgement.instruments)
        if self.session >= self.agreed:
            self.end = "completed"
        elif random.random() < chance(logit):
            self.end = "dropped_out"
        elif well and self.session >= 2 and random.random() < float(world.therapy.good_enough_ending):
            self.end = "completed"

    def move(self) -> None:
        """Severity until the next session."""
        model, world, therapist = self.model, self.model.world, self.therapist
        burnout, incompetence = model.routes["burnout"], model.routes["incompetence"]
        distress = max(self.level, 0.0)
        drift = self.slope - self.gain * distress / (distress + float(world.therapy.half_gain_level))
        drift += therapist.drift + model.service_drift[therapist.number] + float(world.alliance.drift) * self.alliance
        drift += float(burnout.drift_per_sd) * therapist.burnout
        drift += float(burnout.drift_per_pressure) * therapist.pressure
        shortfall = max(float(incompetence.threshold) - therapist.competence, 0.0)
        drift += float(incompetence.drift_below_threshold) * shortfall
        drift -= float(incompetence.drift_per_sd) * therapist.competence
        self.level += drift
        kept, sd = float(world.client.fluctuation_stability), float(world.client.fluctuation_sd)
        self.fluctuation = kept * self.fluctuation + sd * sqrt(1 - kept**2) * model.random.gauss()


class Therapist(mesa.Agent):
    """One therapist with places and a waiting list."""

    def __init__(self, model: "Service", number: int, design: Design) -> None:
        super().__init__(model)
        p, gauss = model.world.therapist, model.random.gauss
        self.workload = gauss()
        self.places = max(round(float(p.caseload_mean) + float(p.caseload_sd) * self.workload), 1)
        self.competence = float(p.competence_mean) + gauss()
        self.drift, self.number = float(p.drift_sd) * gauss(), number % design.services
        self.dropout = float(p.dropout_sd) * gauss()
        self.alliance = float(p.alliance_sd) * gauss()
        r, spread = design.clients_by_workload, design.clients_log_sd
        length = r * self.workload + sqrt(1 - r**2) * gauss()
        size = exp(log(design.clients_per_therapist) - spread**2 / 2 + spread * length)
        size = max(round(size), design.clients_minimum)
        self.waiting = deque(Client(model, self) for _ in range(size))
        self.clients: list[Client] = []
        self.pressure = gauss()
        p, r = model.world.burnout, float(model.world.burnout.workload_correlation)
        self.burnout = float(p.mean) - float(p.support) + r * self.workload + sqrt(1 - r**2) * gauss()

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
        expected, r = float(p.expected_worse), float(p.workload_correlation)
        share = self.distressed / self.judged if self.judged else expected
        target = float(p.mean) - float(p.support) + r * self.workload + float(p.distress_push) * (share - expected)
        kept = self.model.kept
        shock = sqrt((1 - r**2) * (1 - kept**2)) * self.model.random.gauss()
        self.burnout = target + kept * (self.burnout - target) + shock
        kept = float(p.pressure_stability)
        self.pressure = kept * self.pressure + sqrt(1 - kept**2) * self.model.random.gauss()


class Service(mesa.Model):
    """Services with their therapists, until every list is empty."""

    def __init__(
        self, scenario: Scenario, design: Design, instruments: Instruments, judgement: Judgement, seed: int
    ) -> None:
        super().__init__(rng=seed)
        self.world, self.instruments, self.judgement = scenario.world, instruments, judgement
        self.routes = {mechanism.kind: mechanism for mechanism in scenario.mechanisms}
        self.kept = weekly_stability(self.world.burnout)
        self.lasting = [self.random.gauss() for _ in range(design.services)]
        self.changing = [self.random.gauss() for _ in range(design.services)]
        self.drift_of_services()
        self.therapists = [Therapist(self, number, design) for number in range(design.therapists)]
        self.everyone = [client for therapist in self.therapists for client in therapist.waiting]

    def case_mix(self) -> float:
        """Drift of a client's age, deprivation and further traits."""
        p, more = self.world.client, 0.0
        for name in type(p.case_mix).model_fields:
            category = getattr(p.case_mix, name)
            value = self.random.choices(list(category.shares.value), category.shares.value.values())[0]
            more += float(category.drift[value]) if value in category.drift else 0.0
        age = self.random.choices(list(p.age_shares.value), p.age_shares.value.values())[0]
        tenth = self.random.choices(list(p.deprivation_shares.value), p.deprivation_shares.value.values())[0]
        by_age = float(p.age_drift[age]) if age in p.age_drift else 0.0
        return more + by_age + float(p.deprivation_drift) * (int(tenth) - 5.5)

    def drift_of_services(self) -> None:
        """What services add in this year."""
        p = self.world.therapist
        sd, stable = float(p.service_drift_sd), float(p.service_stable_share)
        self.service_drift = [
            sd * (sqrt(stable) * lasting + sqrt(1 - stable) * changing)
            for lasting, changing in zip(self.lasting, self.changing, strict=True)
        ]

    def run(self) -> None:
        """Weeks until nobody waits and nobody is in session."""
        week, kept = 0, float(self.world.therapist.service_year_correlation)
        while any(therapist.waiting or therapist.clients for therapist in self.therapists):
            week += 1
            if week % WEEKS_PER_YEAR == 0:
                self.changing = [kept * part + sqrt(1 - kept**2) * self.random.gauss() for part in self.changing]
                self.drift_of_services()
            for therapist in self.therapists:
                therapist.work()
