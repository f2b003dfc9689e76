"""One client's path, session by session, to the follow-up."""

from math import exp, sqrt
from types import SimpleNamespace

from tests.second_reading.chance import Chance
from tests.second_reading.people import Client, Therapist
from tests.second_reading.routes import Routes


class Course:
    """One client with one therapist, whose burnout and pressure by week are given."""

    def __init__(self, study, scenario, therapist: Therapist, chance: Chance, start_week: int, burnout: dict) -> None:
        self.world, self.judgement, self.instruments = scenario.world, study.config.judgement, study.instruments
        self.therapist, self.chance, self.burnout, self.start_week = therapist, chance, burnout, start_week
        self.client = Client(scenario.world, chance, therapist)
        self.routes = Routes(scenario, self.client, therapist, chance)
        self.w = SimpleNamespace(
            level=self.client.level,
            fluctuation=self.client.fluctuation,
            transient=0.0,
            second=0.0,
            damage=0.0,
            session=0,
            alliance=0.0,
            rupture=False,
            repaired=False,
            strained=False,
            crisis=False,
            worse=False,
            better=False,
            noticed=False,
            rise=0.0,
        )
        names = self.instruments.by_name()
        self.moving = {name: self.chance.normal(f"{name}.own_change", 0) for name in names}
        self.sessions, self.first, self.end = [], {}, ""

    def run(self) -> None:
        """All sessions, then the follow-up."""
        while not self.end:
            self.week = self.start_week + self.w.session
            self.w.session += 1
            self.w.burnout, self.w.pressure = self.burnout[self.week]
            self.meet()
            self.measure()
            self.notice()
            self.keep()
            self.decide()
            if not self.end:
                self.move()
        self.follow_up()

    def meet(self) -> None:
        """Step 2."""
        w, p, k, p2 = self.w, self.world.alliance, self.w.session, self.routes.p
        w.rupture = False
        before = self.routes.sums(w)
        rupture = self.chance.by_log_odds("rupture", float(p.rupture_logit) + before["rupture"], k)
        helped = float(p2["repair"].acknowledge) if "repair" in p2 else 0.0
        soothed = float(p2["repair"].apologise) if "repair" in p2 else 0.0
        chance = 1 - (1 - float(p.repair_probability)) * (1 - helped)
        w.repaired = w.damage > 0 and self.chance.event("repair", chance, k)
        w.damage = (0.0 if w.repaired else w.damage) + float(p.rupture_damage) * (1 - soothed) * rupture
        w.alliance = self.client.alliance + before["alliance"] - w.damage
        w.rupture, w.strained = rupture, w.damage > 0
        rho = float(self.world.ratings.alliance)
        self.rating = sqrt(rho) * w.alliance + sqrt(1 - rho) * self.chance.normal("rating.alliance", k)
        self.severity = w.level + w.fluctuation + w.transient
        c = self.world.crisis
        excess = self.severity - float(self.world.client.severity_mean)
        odds = float(c.logit) + float(c.per_point) * excess + self.routes.sums(w)["crisis"]
        w.crisis = self.chance.by_log_odds("crisis", odds, k)

    def scores(self, severity: float, second: float, occasion: int) -> dict[str, int]:
        """Step 3, what the instruments show."""
        client, found = self.world.client, {}
        elevation = float(client.intake_elevation)
        for name, instrument in self.instruments.by_name().items():
            part, intake = self.world.scores[name], self.client.level
            true = float(instrument.mean)
            true += float(part.level_loading) * (intake - (float(client.severity_mean) - elevation))
            true += float(part.change_loading) * (severity - intake - elevation)
            c, stays = float(part.changing_share), self.chance.normal(f"{name}.own")
            true += float(part.second_loading) * second
            true += float(part.own_sd) * (sqrt(1 - c) * stays + sqrt(c) * self.moving[name])
            error = sqrt((float(instrument.reliable_change) / 1.96) ** 2 / 2 - 1 / 12)
            noise = error * self.chance.normal(f"{name}.error", occasion)
            found[name] = min(max(round(true + noise), instrument.minimum), instrument.maximum)
        return found

    def measure(self) -> None:
        """Step 3, scores and judgement."""
        w = self.w
        self.seen = self.scores(self.severity, w.second, w.session)
        self.first = self.first or self.seen
        known = self.instruments.by_name()
        steps = {name: float(known[name].reliable_change) for name in self.judgement.instruments}
        rises = {name: self.seen[name] - self.first[name] for name in steps}
        up = any(rises[name] >= step for name, step in steps.items())
        down = any(-rises[name] >= step for name, step in steps.items())
        w.worse, w.better = up and not down, down and not up
        main = self.judgement.instruments[0]
        w.rise = rises[main] / steps[main]

    def notice(self) -> None:
        """Step 3, what the therapist notices."""
        w, p = self.w, self.routes.p
        left = 1 - float(self.world.recognition.unaided) * (w.worse and w.session >= 2)
        if "monitoring" in p:
            left *= 1 - float(p["monitoring"].attention) * self.routes.alarm(w)
        w.noticed = w.noticed or self.chance.event("notice", 1 - left, w.session)

    def keep(self) -> None:
        """What the session showed."""
        w = self.w
        names = ("session", "transient", "second", "alliance", "rupture", "repaired", "crisis", "noticed")
        here = {name: getattr(w, name) for name in names}
        self.sessions.append(here | self.seen | {"severity": self.severity, "alliance_rating": self.rating})

    def decide(self) -> None:
        """Step 4."""
        w, k, world = self.w, self.w.session, self.world
        odds = float(world.dropout.logit) + float(world.alliance.dropout) * w.alliance + self.therapist.dropout
        odds += self.routes.sums(w)["dropout"]
        known = self.instruments.by_name()
        well = all(self.seen[name] < float(known[name].caseness) for name in self.judgement.instruments)
        odds += float(world.dropout.no_progress) * min(max(w.rise, -1.0), 1.0)
        came_as_case = any(self.first[name] >= float(known[name].caseness) for name in self.judgement.instruments)
        well = well and k >= 2 and (w.better or not came_as_case)
        extension = float(world.therapy.extension) if not well and k < float(world.therapy.agreed_maximum) else 0.0
        planned = k >= self.client.agreed and not self.chance.event("extension", extension, k)
        enough = well and self.chance.event("good_enough", float(world.therapy.good_enough_ending), k)
        if planned or enough:
            self.end = "completed"
        elif self.chance.by_log_odds("dropout", odds, k):
            self.end = "dropped_out"

    def move(self) -> None:
        """Step 5."""
        w, world, c = self.w, self.world, self.client
        sums = self.routes.sums(w)
        above = max(w.level, 0.0)
        gain = c.gain * above / (above + float(world.therapy.half_gain_level)) * exp(sums["gain"])
        drift = c.slope + c.case_mix - gain + self.therapist.drift
        drift += self.therapist.service_drift(world, self.week)
        drift += float(world.therapist.drift_with_pressure) * w.pressure
        drift += float(world.alliance.repair_drift) * w.repaired
        drift += float(world.alliance.drift) * w.alliance + sums["drift"]
        self.routes.move(w)
        stability, sd = float(world.client.fluctuation_stability), float(world.client.fluctuation_sd)
        shock = sd * sqrt(1 - stability**2) * self.chance.normal("fluctuation", w.session)
        w.level, w.fluctuation = w.level + drift, stability * w.fluctuation + shock
        self.shift(stability, w.session)
        w.transient = float(world.exacerbation.kept) * w.transient + sums["exacerbation"]
        w.second = max(0.0, float(world.second.kept) * w.second + sums["symptom"])

    def shift(self, kept: float, occasion: int) -> None:
        """What of each instrument's own part moves."""
        for name, value in self.moving.items():
            new = self.chance.normal(f"{name}.own_change", occasion)
            self.moving[name] = kept * value + sqrt(1 - kept**2) * new

    def follow_up(self) -> None:
        """Some months after the end."""
        w, world, p = self.w, self.world, self.world.follow_up
        level = w.level + float(p.relapse) * max(self.client.level - w.level, 0.0) + self.routes.after()
        kept, sd = float(world.client.fluctuation_stability) ** float(p.weeks), float(world.client.fluctuation_sd)
        new = sd * sqrt(1 - kept**2) * self.chance.normal("follow_up.fluctuation")
        self.severity_follow_up = level + kept * w.fluctuation + new
        second = w.second * float(world.second.kept) ** float(p.weeks)
        self.shift(kept, 1_000_000)
        self.scores_follow_up = self.scores(self.severity_follow_up, second, 1_000_000)
        known = self.instruments.by_name()
        rule = self.judgement.instruments
        unwell = any(self.scores_follow_up[name] >= float(known[name].caseness) for name in rule)
        odds = float(world.help_seeking.logit) + self.routes.help_seeking()
        self.returns = unwell and self.chance.by_log_odds("help_seeking", odds)
