"""Mechanisms and preventions as docs/routes.md has them: what each adds, and how its own states move."""

from collections import defaultdict
from math import exp


class Routes:
    """All mechanisms and preventions of a scenario, for one client."""

    def __init__(self, scenario, client, therapist, chance) -> None:
        self.p = {one.kind: one for one in (*scenario.mechanisms, *scenario.preventions)}
        self.client, self.therapist, self.chance = client, therapist, chance
        self.own = {kind: {} for kind in self.p}
        self.begin()

    def exposure(self, kind: str) -> float:
        """What preventions leave of the chance to meet a mechanism."""
        left = 1.0
        for prevention, other, share in (
            ("collaborative_decisions", "lack_of_collaboration", "fewer_unasked"),
            ("collaborative_decisions", "dependency", "fewer_prone"),
            ("non_pathologising_language", "labelling", "fewer_labels"),
            ("medication_review", "overmedication", "found"),
            ("thorough_assessment", "misdiagnosis", "fewer_wrong"),
            ("thorough_assessment", "poor_communication", "coordinated"),
        ):
            if prevention in self.p and kind == other:
                left *= 1 - float(getattr(self.p[prevention], share))
        return left

    def effect(self, kind: str, noticed: bool) -> float:
        """What preventions leave of a mechanism's contributions."""
        left = 1.0
        if "non_pathologising_language" in self.p and kind == "labelling":
            left *= 1 - float(self.p["non_pathologising_language"].softer)
        if "medication_review" in self.p and kind == "overmedication":
            left *= 1 - float(self.p["medication_review"].watched)
        adjustable = ("misapplied_technique", "misdiagnosis", "vulnerability", "lack_of_collaboration")
        if "adjustment" in self.p and kind in (*adjustable, "technology_isolation"):
            left *= 1 - float(self.p["adjustment"].changed) * noticed
        return left

    def begin(self) -> None:
        """Own states at the first session."""
        chances = {
            "lack_of_collaboration": ("unasked", "share"),
            "misdiagnosis": ("wrong", "share"),
            "poor_communication": ("shared", "share"),
            "labelling": ("labelled", "share"),
            "dependency": ("prone", "share"),
            "technology_isolation": ("remote", "share"),
        }
        for kind, (name, share) in chances.items():
            if kind in self.p:
                chance = float(getattr(self.p[kind], share)) * self.exposure(kind)
                self.own[kind][name] = float(self.chance.event(f"{kind}.{name}", chance))
        zero = {
            "poor_communication": "muddled",
            "labelling": "stigma",
            "dependency": "reliance",
            "technology_isolation": "isolation",
            "emotional_withdrawal": "numbness",
            "resistance": "distrust",
            "repair": "empowered",
            "monitoring": "alarmed",
        }
        for kind, name in zero.items():
            if kind in self.p:
                self.own[kind][name] = 0.0
        if "misapplied_technique" in self.p:
            p = self.p["misapplied_technique"]
            chance = 1 / (1 + exp(-(float(p.logit) - float(p.per_competence) * self.therapist.competence)))
            chance *= self.exposure("misapplied_technique")
            self.own["misapplied_technique"]["pushed"] = float(self.chance.event("misapplied_technique.pushed", chance))
        if "overmedication" in self.p:
            p, kind = self.p["overmedication"], "overmedication"
            harmful = self.chance.event(f"{kind}.prescribed", float(p.share))
            share = float(p.inappropriate) * self.exposure(kind)
            harmful = self.chance.event(f"{kind}.inappropriate", share) and harmful
            more = self.chance.uniform(f"{kind}.polypharmacy")
            drugs = 1 + (more < float(p.two_or_more)) + (more < float(p.three_or_more))
            self.own[kind] = {"drugs": float(drugs * harmful), "dependence": 0.0, "withdrawal": 0.0}

    def sums(self, w) -> dict[str, float]:
        """Sum of every channel for the state ``w``; to be asked again as the session goes on."""
        total = defaultdict(float)
        for kind in self.p:
            for channel, value in getattr(self, kind, self.nothing)(self.p[kind], self.own[kind], w).items():
                total[channel] += value * self.effect(kind, w.noticed)
        return total

    def nothing(self, p, own, w) -> dict:
        """A prevention that adds to no channel."""
        return {}

    def incompetence(self, p, own, w) -> dict:
        c = self.therapist.competence
        return {"drift": float(p.drift_below_threshold) * max(0, float(p.threshold) - c) - float(p.drift_per_sd) * c}

    def burnout(self, p, own, w) -> dict:
        busy = float(p.drift_per_pressure) * w.pressure
        return {"drift": float(p.drift_per_sd) * w.burnout + busy, "alliance": float(p.alliance_per_sd) * w.burnout}

    def misfit(self, p, own, w) -> dict:
        fit = self.client.fit
        return {"alliance": float(p.alliance_per_sd) * fit, "rupture": float(p.rupture_per_sd) * fit}

    def lack_of_collaboration(self, p, own, w) -> dict:
        return {
            "alliance": -float(p.alliance_loss) * own["unasked"],
            "dropout": float(p.dropout_logit) * own["unasked"],
        }

    def vulnerability(self, p, own, w) -> dict:
        c = self.client
        late = w.session > float(p.patience) and w.level > 0.5 * c.level
        return {
            "exacerbation": float(p.overwhelm) * c.fragile * (w.session <= float(p.early_sessions)),
            "gain": -float(p.fragile_gain_loss) * c.fragile,
            "rupture": float(p.trauma_rupture) * c.trauma,
            "alliance": -float(p.disappointment) * c.unrealistic * late,
        }

    def misapplied_technique(self, p, own, w) -> dict:
        active = own["pushed"] * (float(p.first_session) <= w.session <= float(p.last_session))
        return {
            "exacerbation": float(p.exacerbation_points) * active,
            "drift": float(p.lasting_points) * active * self.client.trauma,
            "rupture": float(p.rupture_logit) * active,
        }

    def misdiagnosis(self, p, own, w) -> dict:
        return {
            "gain": -float(p.gain_loss) * own["wrong"],
            "drift": float(p.mismatch_points) * own["wrong"],
            "symptom": float(p.symptom_points) * own["wrong"],
        }

    def poor_communication(self, p, own, w) -> dict:
        return {
            "gain": -float(p.gain_loss) * own["muddled"],
            "drift": float(p.muddle_points) * own["muddled"],
            "alliance": -float(p.alliance_loss) * own["muddled"],
        }

    def labelling(self, p, own, w) -> dict:
        return {
            "drift": float(p.self_worth_points) * own["stigma"],
            "gain": -float(p.isolation_gain_loss) * own["stigma"],
        }

    def dependency(self, p, own, w) -> dict:
        return {"dropout": -float(p.clinging) * own["reliance"]}

    def overmedication(self, p, own, w) -> dict:
        extra = 1 + float(p.young_extra) * self.client.young
        return {
            "symptom": float(p.side_effect_points) * own["drugs"] * extra,
            "drift": float(p.interaction_points) * max(0, own["drugs"] - 1) * extra,
            "exacerbation": float(p.withdrawal_points) * own["withdrawal"],
        }

    def technology_isolation(self, p, own, w) -> dict:
        return {
            "alliance": -float(p.alliance_loss) * own["remote"],
            "drift": float(p.isolation_points) * own["isolation"],
        }

    def emotional_withdrawal(self, p, own, w) -> dict:
        return {
            "alliance": -float(p.alliance_loss) * own["numbness"],
            "gain": -float(p.gain_loss) * own["numbness"],
        }

    def resistance(self, p, own, w) -> dict:
        return {
            "alliance": -float(p.alliance_loss) * own["distrust"],
            "dropout": float(p.dropout_logit) * own["distrust"],
            "gain": -float(p.gain_loss) * own["distrust"],
        }

    def self_harm_ideation(self, p, own, w) -> dict:
        return {
            "crisis": float(p.per_point) * (w.transient + w.second) + float(p.per_rupture) * w.strained,
            "exacerbation": float(p.distress_points) * w.crisis,
            "dropout": float(p.dropout_logit) * w.crisis,
        }

    def new_symptoms(self, p, own, w) -> dict:
        return {
            "symptom": float(p.per_point) * max(0, w.transient) + float(p.per_sd) * max(0, -1 - w.alliance),
            "drift": float(p.spill) * w.second,
        }

    def monitoring(self, p, own, w) -> dict:
        return {"drift": -float(p.support_points) * w.noticed}

    def collaborative_decisions(self, p, own, w) -> dict:
        return {"alliance": float(p.alliance_gain)}

    def repair(self, p, own, w) -> dict:
        return {"alliance": float(p.collaborate) * own["empowered"]}

    def alarm(self, w) -> bool:
        """Whether monitoring says that the client is off track."""
        p = self.p["monitoring"]
        expected = -float(p.expected_fall) * min(w.session - 1, float(p.expected_sessions))
        return w.rise - expected > float(p.margin) and w.session >= 2

    def move(self, w) -> None:
        """Own states move to the next session."""
        p, own, chance, k = self.p, self.own, self.chance, w.session
        if "misdiagnosis" in p and own["misdiagnosis"]["wrong"]:
            corrected = chance.event("misdiagnosis.correction", float(p["misdiagnosis"].correction), k)
            own["misdiagnosis"]["wrong"] = float(not corrected)
        if "poor_communication" in p:
            muddle = chance.event("poor_communication.muddled", float(p["poor_communication"].muddle), k)
            own["poor_communication"]["muddled"] = own["poor_communication"]["shared"] * muddle
        for kind, stock, source, rate in (
            ("labelling", "stigma", "labelled", "internalising"),
            ("dependency", "reliance", "prone", "growth"),
            ("technology_isolation", "isolation", "remote", "growth"),
        ):
            if kind in p:
                now = own[kind][stock]
                own[kind][stock] = now + float(getattr(p[kind], rate)) * own[kind][source] * (1 - now)
        if "overmedication" in p:
            q, o = p["overmedication"], own["overmedication"]
            taking = o["drugs"] > 0
            grown = o["dependence"] + float(q.growth) * taking * (1 - o["dependence"])
            if taking and chance.event("overmedication.stop", float(q.abrupt_stop), k):
                own["overmedication"] = {"drugs": 0.0, "dependence": 0.0, "withdrawal": grown}
            else:
                o["dependence"], o["withdrawal"] = grown, float(q.kept) * o["withdrawal"]
        if "emotional_withdrawal" in p:
            q, o = p["emotional_withdrawal"], own["emotional_withdrawal"]
            hurt = float(q.per_rupture) * w.strained + float(q.per_point) * max(w.transient, 0)
            o["numbness"] = min(1, float(q.kept) * o["numbness"] + hurt)
        if "resistance" in p:
            q, o = p["resistance"], own["resistance"]
            lesson = float(q.per_worse) * w.worse + float(q.per_rupture) * w.strained
            o["distrust"] += lesson * (1 - o["distrust"])
        if "repair" in p:
            own["repair"]["empowered"] = max(own["repair"]["empowered"], float(w.repaired))
        if "monitoring" in p:
            own["monitoring"]["alarmed"] = max(own["monitoring"]["alarmed"], float(self.alarm(w)))

    def after(self) -> float:
        """Points between the end and the follow-up."""
        p, own, total = self.p, self.own, 0.0
        for kind, rate, name in (
            ("dependency", "rebound_points", "reliance"),
            ("overmedication", "late_withdrawal_points", "dependence"),
            ("emotional_withdrawal", "shame_points", "numbness"),
        ):
            if kind in p:
                total += float(getattr(p[kind], rate)) * own[kind][name]
        return total

    def help_seeking(self) -> float:
        """Log odds added to seeking help again."""
        p, own, total = self.p, self.own, 0.0
        for kind, sign, rate, name in (
            ("labelling", -1, "barrier", "stigma"),
            ("dependency", 1, "return_logit", "reliance"),
            ("resistance", -1, "barrier", "distrust"),
        ):
            if kind in p:
                total += sign * float(getattr(p[kind], rate)) * own[kind][name]
        return total
