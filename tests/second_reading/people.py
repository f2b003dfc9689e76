"""Therapists and clients at the start."""

from math import exp, log, sqrt

from tests.second_reading.chance import Chance


def category(shares: dict[str, float], uniform: float) -> str:
    """The first value whose cumulative share exceeds the number."""
    total = 0.0
    for name, share in shares.items():
        total += share
        if uniform < total:
            return name
    return name


def formed(z: float, g: float, h: float) -> float:
    """A number of Tukey's g-and-h distribution, standardised by quadrature over the normal distribution."""

    def stretched(x: float) -> float:
        return (x if g == 0 else (exp(g * x) - 1) / g) * exp(h * x * x / 2)

    step = 0.005
    grid = [step * i for i in range(-2400, 2401)]
    weight = [exp(-x * x / 2) for x in grid]
    total = sum(weight)
    mean = sum(w * stretched(x) for x, w in zip(grid, weight, strict=True)) / total
    square = sum(w * stretched(x) ** 2 for x, w in zip(grid, weight, strict=True)) / total
    return (stretched(z) - mean) / sqrt(square - mean * mean)


class Therapist:
    """What is drawn once of a therapist."""

    def __init__(self, world, design, seed: int, replicate: int, index: int) -> None:
        p, chance = world.therapist, Chance(seed, replicate, index)
        self.workload = chance.normal("therapist.caseload")
        self.caseload = max(1, round(float(p.caseload_mean) + float(p.caseload_sd) * self.workload))
        skill = chance.normal("therapist.competence")
        self.competence = float(p.competence_mean) + skill
        b = world.burnout
        r = float(b.workload_correlation)
        standing = r * self.workload + sqrt(1 - r**2) * chance.normal("burnout.start")
        self.drift = float(p.drift_sd) * formed(
            chance.normal("therapist.drift"), float(p.drift_skewness), float(p.drift_tails)
        )
        self.drift += float(p.drift_with_burnout) * standing - float(p.drift_with_competence) * skill
        self.dropout = float(p.dropout_sd) * chance.normal("therapist.dropout")
        self.alliance = float(p.alliance_sd) * chance.normal("therapist.alliance")
        s, r = design.clients_log_sd, design.clients_by_workload
        length = r * self.workload + sqrt(1 - r**2) * chance.normal("therapist.list")
        self.clients = max(
            design.clients_minimum, round(exp(log(design.clients_per_therapist) - s**2 / 2 + s * length))
        )
        self.service = Chance(seed, replicate, index % design.services)
        self.first_pressure = chance.normal("pressure.start")
        self.first_burnout = float(b.mean) - float(b.support) + standing

    def service_drift(self, world, week: int) -> float:
        """What the service adds in a week."""
        p = world.therapist
        kept, changing = float(p.service_year_correlation), self.service.normal("service.year")
        for year in range(1, week // 52 + 1):
            changing = kept * changing + sqrt(1 - kept**2) * self.service.normal("service.year", year)
        stable = float(p.service_stable_share)
        lasting = self.service.normal("service.drift")
        sd = float(world.client.drift_per_log_odds) * float(p.service_log_odds_sd)
        return sd * (sqrt(stable) * lasting + sqrt(1 - stable) * changing)


class Client:
    """What a client comes with."""

    def __init__(self, world, chance: Chance, therapist: Therapist) -> None:
        p, t = world.client, world.therapy
        elevation = float(p.intake_elevation)
        self.level = float(p.severity_mean) - elevation + float(p.level_sd) * chance.normal("client.level")
        self.fluctuation = elevation + float(p.fluctuation_sd) * chance.normal("client.intake")
        bond = float(world.alliance.own_sd) * chance.normal("client.alliance")
        self.slope = float(p.natural_slope_mean) + float(p.natural_slope_sd) * chance.normal("client.slope")
        self.slope += float(p.slope_with_alliance) * bond
        age = category(p.age_shares.value, chance.uniform("client.age"))
        tenth = int(category(p.deprivation_shares.value, chance.uniform("client.deprivation")))
        log_odds = float(p.age_log_odds[age]) if age in p.age_log_odds else 0.0
        log_odds += float(p.deprivation_log_odds) * (tenth - 5.5)
        for name in ("ethnicity", "problem", "cluster"):
            one = getattr(p.case_mix, name)
            value = category(one.shares.value, chance.uniform(f"client.{name}"))
            log_odds += float(one.log_odds[value]) if value in one.log_odds else 0.0
        self.case_mix = float(p.drift_per_log_odds) * log_odds
        sd = float(t.gain_log_sd)
        self.gain = float(t.gain) * exp(sd * chance.normal("client.gain") - sd**2 / 2)
        agreed = round(exp(float(t.agreed_log_mean) + float(t.agreed_log_sd) * chance.normal("client.agreed")))
        self.agreed = min(max(agreed, 2), float(t.agreed_maximum))
        self.fit = float(p.fit_mean) + chance.normal("client.fit")
        self.alliance = bond + therapist.alliance
        self.trauma, self.fragile, self.unrealistic = (
            chance.uniform(f"client.{name}") < float(getattr(p, f"{name}_share"))
            for name in ("trauma", "fragile", "unrealistic")
        )
        self.young = age == "18-25"
