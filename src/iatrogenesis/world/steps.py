"""The seven steps of a week, in the order in which `iatrogenesis.world.engine` takes them.

Each step is vector arithmetic over all dyads of all replicates (`CaseloadPlaces`). After a waiting list is exhausted
its places count as taken by clients outside the study: a therapist's workload does not fall because the study ends.
"""

import numpy as np

from iatrogenesis.core.definitions import Judgement, can_be_judged
from iatrogenesis.core.instruments import Instruments
from iatrogenesis.core.streams import Noise
from iatrogenesis.world import burnout
from iatrogenesis.world.caseload_places import CaseloadPlaces
from iatrogenesis.world.cohort import Clients, Therapists, noisy_rating
from iatrogenesis.world.draws import Draw
from iatrogenesis.world.intake import at_intake, traits
from iatrogenesis.world.mechanisms.base import Week
from iatrogenesis.world.members import View, aligned, at
from iatrogenesis.world.routes import Routes
from iatrogenesis.world.run import COMPLETED, DROPPED_OUT
from iatrogenesis.world.scenarios import Scenario
from iatrogenesis.world.scores import Scoring
from iatrogenesis.world.service import ServiceDrift
from iatrogenesis.world.state import KEPT, PASSING, SCORES
from iatrogenesis.world.waiting_lists import WaitingLists
from iatrogenesis.world.weekly import Weekly

WEEKLY = ("rating.burnout", "burnout.week", "pressure.week")  # decisions about each therapist every week


class Steps:
    """Everybody in the calendar, and what each step of a week does to them."""

    def __init__(
        self,
        scenario: Scenario,
        therapists: Therapists,
        clients: Clients,
        instruments: Instruments,
        judgement: Judgement,
        noise: Noise,
        brought: dict[str, np.ndarray],
        scoring: Scoring | None,
    ) -> None:
        self.scenario, self.noise = scenario, noise
        self.therapists, self.clients = therapists, clients
        self.instruments, self.judgement = instruments, judgement
        # The same numbers as therapists, clients, and those in session have them.
        member = therapists.member[clients.row]
        self._in_session = View(scenario, member)
        self.world = self._in_session.scenario.world
        self.of_therapists, self.of_clients = aligned(scenario, therapists.member), aligned(scenario, member)
        self.routes = Routes(self._in_session.scenario.mechanisms, self._in_session.scenario.preventions)
        self.relief = Routes((), self.of_therapists.preventions).relief
        self.scoring = scoring or Scoring(self.of_clients.world, instruments, clients, noise)
        self.burnout = burnout.start(self.of_therapists.world.burnout, self.relief, therapists, noise)
        self.pressure = burnout.first_pressure(therapists, noise)
        self.weekly = {name: Weekly(noise, therapists, name) for name in WEEKLY}
        self.service = ServiceDrift(self.of_therapists.world, therapists, noise)
        self.waiting_lists = WaitingLists(therapists)
        self.last_row = clients.row.copy()
        every = Routes(self.of_clients.mechanisms, self.of_clients.preventions)
        scores = [f"{which}.{name}" for which in SCORES for name in instruments.by_name()]
        seen = [f"seen.{name}" for name in instruments.by_name()]
        self.places = CaseloadPlaces(
            traits(clients, self.scoring),
            (*KEPT, *scores, *self.scoring.began, *self.routes.names),
            at_intake(clients, therapists.competence[clients.row], every, self.scoring, noise) | brought,
            (*PASSING, *seen),
            int(therapists.caseload.sum()),
        )

    # Step 1

    def fill_places(self, week: int) -> None:
        """Give free places to those who were referred, then to the next on each list."""
        places, t = self.places, self.therapists
        error = self.weekly["rating.burnout"].at(week)
        rating = noisy_rating(self.burnout, 0.0, self.of_therapists.world.ratings.burnout.value, error)
        (back, back_row), (new, row) = self.waiting_lists.next()
        places.bring_back(back, back_row)
        places.begin(new, row)
        first = slice(places.n - len(new), places.n)
        places["start_week"][first] = week
        places["burnout_at_start"][first] = self.burnout[row]
        places["burnout_rating"][first] = rating[row]
        came = slice(first.start - len(back), places.n)
        rows = places.row[came]
        places["competence"][came] = t.competence[rows]
        places["therapist_drift"][came] = t.drift[rows]
        places["therapist_dropout"][came] = t.dropout[rows]
        places["session"][:] += 1
        places["burnout"] = self.burnout[places.row]
        places["pressure"] = self.pressure[places.row]
        places["pressure_sum"][:] += places["pressure"]
        self.service.move(week)
        self._look()

    def _look(self) -> None:
        """Views of the clients now in session, and their noise."""
        places, who = self.places, self.places.client
        c = self.clients
        session = places["session"].astype(np.uint32)
        self.draw = Draw(self.noise, c.replicate[who], c.therapist[who], c.index[who], session)
        seen = {name: places[name] for name in Week.__dataclass_fields__ if name != "alliance"}
        self.week = Week(alliance=places["core"], **seen)
        self.routes.look(places)
        self._in_session.look(who)

    def _total(self, channel: str) -> np.ndarray | float:
        return self.routes.total(channel, self.week)

    # Step 2

    def meet(self) -> None:
        """Alliance of this session, after ruptures and repairs, and its rating by the client."""
        places, p = self.places, self.world.alliance
        if not self.scenario.treated:
            places["alliance"] = 0.0
        else:
            rupture = self.draw.event_by_log_odds("rupture", p.rupture_logit.value + self._total("rupture"))
            left_open = (1.0 - p.repair_probability.value) * self.routes.left_over("repair", self.week)
            repaired = self.draw.event("repair", (1.0 - left_open) * (places["damage"] > 0))
            hurt = p.rupture_damage.value * self.routes.left_over("soothe", self.week)
            damage = np.where(repaired, 0.0, places["damage"])
            places["repaired"] = repaired
            alliance = places["core"] + self._total("alliance")  # before this session's rupture is known to anybody
            places["rupture"] = rupture
            places["damage"] = damage + hurt * rupture
            places["alliance"] = alliance - places["damage"]
            places["strained"] = places["damage"] > 0
            places["ruptures"][:] += rupture
            places["repairs"][:] += places["repaired"]
        self.week.alliance = places["alliance"]
        error = self.draw.normal("rating.alliance")
        self.rating = noisy_rating(places["alliance"], 0.0, self.world.ratings.alliance.value, error)
        places["alliance_rating_sum"][:] += self.rating

    def break_out(self) -> None:
        """Self-harm ideation breaks out, the likelier the worse the client is."""
        places, p = self.places, self.world.crisis
        places["severity"] = places["level"] + places["fluctuation"] + places["transient"]
        excess = places["severity"] - self.world.client.severity_mean.value
        logit = p.logit.value + p.per_point.value * excess + self._total("crisis")
        places["crisis"] = self.draw.event_by_log_odds("crisis", logit)
        places["crises"][:] += places["crisis"]

    # Step 3

    def measure(self) -> None:
        """Scores at the beginning of the session, before it can do anything; and how they stand to the first ones."""
        places = self.places
        seen = self.scoring.see(places, self.world, self.draw)
        scores, new, first = seen.scores, places["session"] == 1, {}
        for name, values in scores.items():
            np.copyto(places[f"first.{name}"], values, where=new)
            np.copyto(places[f"true_first.{name}"], seen.true[name], where=new)
            places[f"last.{name}"] = places[f"seen.{name}"] = values
            places[f"true_last.{name}"] = seen.true[name]
            first[name] = places[f"first.{name}"]
        worse, better = self.judgement.worse_and_better(first, scores, self.instruments)
        main = self.judgement.instruments[0]
        places["worse"] = worse
        places["rise"] = (scores[main] - first[main]) / float(self.instruments.by_name()[main].reliable_change)
        judged = can_be_judged(places["session"])
        self.well = judged & self.judgement.well(first, scores, better, self.instruments)
        distressed = (worse | (places["crisis"] > 0)) & judged
        places["distressed_sessions"][:] += distressed
        n = len(self.burnout)
        self.judged = np.bincount(places.row, weights=judged, minlength=n)
        self.distressed = np.bincount(places.row, weights=distressed, minlength=n)

    def notice(self) -> None:
        """Therapists notice some of those who are off track; more with a prevention that tells them."""
        places = self.places
        unaware = 1.0 - self.world.recognition.unaided.value * places["worse"] * can_be_judged(places["session"])
        chance = 1.0 - unaware * self.routes.left_over("notice", self.week)
        places["noticed"] = np.maximum(places["noticed"], self.draw.event("notice", chance * (places["noticed"] == 0)))

    # Step 4

    def end_courses(self) -> None:
        """Decide who does not come again, and free their places."""
        places, world = self.places, self.world
        session = places["session"]
        planned, left = session >= places["agreed"], np.zeros(len(session), dtype=bool)
        if self.scenario.treated:
            goes_on = ~self.well & (session < world.therapy.agreed_maximum.value)
            planned &= ~self.draw.event("extension", world.therapy.extension.value * goes_on)
            planned |= self.draw.event("good_enough", world.therapy.good_enough_ending.value * self.well)
            logit = world.dropout.logit.value + world.alliance.dropout.value * places["alliance"]
            logit = logit + world.dropout.no_progress.value * np.clip(places["rise"], -1.0, 1.0)
            logit = logit + places["therapist_dropout"] + self._total("dropout")
            left = ~planned & self.draw.event_by_log_odds("dropout", logit)
        places["end"] = end = np.where(left, DROPPED_OUT, np.where(planned, COMPLETED, 0))
        self.leaving = np.flatnonzero(end)
        self.waiting_lists.free_places(places.row[self.leaving])
        places.store(self.leaving)  # as they are now; their places are given up at the end of the week

    # Step 5

    def move_clients(self) -> None:
        """Natural course, treatment and the mechanisms move clients until the next session.

        Those who have just ended move too, in their places; what counts of them has been stored.
        """
        places, world = self.places, self.world
        drift, passing, symptom = places["slope"], 0.0, 0.0
        if self.scenario.treated:
            distress = np.maximum(places["level"], 0.0)
            gain = places["gain"] * distress / (distress + world.therapy.half_gain_level.value)
            drift = drift - gain * np.exp(self._total("gain"))
            drift = (
                drift
                + places["therapist_drift"]
                + world.therapist.drift_with_pressure.value * places["pressure"]
                + self.service.now[places.row]
                + world.alliance.drift.value * places["alliance"]
                + world.alliance.repair_drift.value * places["repaired"]
            )
            drift = drift + self._total("drift")
            passing, symptom = self._total("exacerbation"), self._total("symptom")
        stability = world.client.fluctuation_stability.value
        shock = world.client.fluctuation_sd.value * np.sqrt(1 - stability**2)
        self.routes.move(self.week, self.draw)
        self.scoring.move(places, world, self.draw)
        places["level"][:] += drift
        places["fluctuation"] = stability * places["fluctuation"] + shock * self.draw.normal("fluctuation")
        places["transient"] = world.exacerbation.kept.value * places["transient"] + passing
        places["second"] = np.maximum(world.second.kept.value * places["second"] + symptom, 0.0)

    # Step 6

    def refer(self) -> None:
        """Send clients to the end of the queue of another therapist of their service."""
        places = self.places
        who = self.routes.referred(self.week, self.draw)
        if who is None:
            return
        who[self.leaving] = False
        leaving = np.flatnonzero(who & (places["referred"] == 0))
        target = self.waiting_lists.colleague(places.row[leaving], self.draw.at(leaving).uniform("colleague"))
        leaving, target = leaving[target >= 0], target[target >= 0]
        clients = places.client[leaving].copy()
        self.waiting_lists.free_places(places.row[leaving])
        places.store(leaving)
        self.leaving = np.sort(np.concatenate([self.leaving, leaving]))
        for name, values in self.with_another(clients, target).items():
            places.stored(name)[clients] = values
        self.last_row[clients] = target
        self.waiting_lists.queue(clients, target)

    def with_another(self, clients: np.ndarray, target: np.ndarray) -> dict[str, np.ndarray | float]:
        """Kept quantities of clients who begin anew with these therapists (rows)."""
        c, p = self.clients, self.of_clients.world
        second = Draw(self.noise, c.replicate[clients], c.therapist[clients], c.index[clients], 1)
        own = at(p.alliance.own_sd.value, clients) * second.normal("client.alliance")
        return {
            "fit": at(p.client.fit_mean.value, clients) + second.normal("client.fit"),
            "core": own + self.therapists.alliance[target],
            "referred": 1.0,
            **dict.fromkeys(("damage", "strained", "noticed"), 0.0),
            **dict.fromkeys(self.routes.ends_with_therapist(), 0.0),
        }

    # Step 7

    def move_therapists(self, week: int) -> None:
        """Burnout answers to the clients that were in session this week."""
        process, new = self.of_therapists.world.burnout, self.weekly["pressure.week"].at(week)
        share = self.distressed / np.maximum(self.judged, 1.0)
        share = np.where(self.judged > 0, share, process.expected_worse.value)
        self.burnout = burnout.next_week(
            process,
            self.relief,
            self.therapists,
            self.weekly["burnout.week"].at(week),
            self.burnout,
            share,
        )
        self.pressure = burnout.next_pressure(process, new, self.pressure)
