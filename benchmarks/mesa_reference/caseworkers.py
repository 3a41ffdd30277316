"""The caseworker: an employee with a finite week and a view of the clients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from benchmarks.mesa_reference.clients import Case, Client
from simulator.vocabulary import (
    WEEKS_PER_CLIENT_MONTH,
    Assessor,
    Barrier,
    CaseloadRule,
    Door,
    ReferralRule,
    SanctionStep,
    Task,
)

if TYPE_CHECKING:
    from benchmarks.mesa_reference.model import SocialServices
    from benchmarks.mesa_reference.programmes import ProgrammeAgent


def shortened(full: float, shortest: float, pace: float) -> float:
    """Return the minutes of a task when there is time for a share `pace` of the full ones."""
    return max(min(full, shortest), full * pace)


class Caseworker(mesa.Agent):
    """One caseworker; `minutes` is how this week's time was spent, `backlog` what is overdue."""

    model: SocialServices

    def __init__(self, model: SocialServices) -> None:
        super().__init__(model)
        p, draw = model.settings.casework, self.random.gauss
        self.clients: list[Client] = []
        self.skill = math.exp(draw(-0.5 * p.skill_sd**2, p.skill_sd))
        self.creaming = p.creaming * math.exp(draw(0.0, p.creaming_sd))
        self.p_goes_on = self._p_goes_on(draw(0.0, p.strictness_sd))
        self.beliefs = {programme: self._first_belief(programme) for programme in model.programmes}
        self.weights = {programme: [p.belief_weight] * len(Barrier) for programme in model.programmes}
        self.untold: list[tuple[ProgrammeAgent, int, float]] = []
        self.backlog = 0.0
        self.talks = 0
        self.minutes = [0.0] * len(Task)
        self.left = self.ease = self.thoroughness = 0.0
        self.assessment = self.plan = self.talk = 0.0

    def _p_goes_on(self, strictness: float) -> float:
        """Return the chance to go on with an unexcused case, by own strictness around the rule's."""
        usual = self.model.settings.sanctions.strictness
        if usual in {0.0, 1.0}:
            return usual
        return 1.0 / (1.0 + (1.0 - usual) / usual * math.exp(-strictness))

    def _first_belief(self, programme: ProgrammeAgent) -> list[float]:
        """Guess what a programme does: between the truth and what programmes do on the whole."""
        known = self.model.settings.casework.knowledge
        belief = []
        for true, (mean, sd) in zip(programme.content, self.model.contents, strict=True):
            guess = self.random.gauss(mean, sd)
            belief.append(min(1.0, max(0.0, known * true + (1.0 - known) * guess)))
        return belief

    def has_room(self) -> bool:
        """Whether one client more is within the limit, where there is one."""
        p = self.model.settings.caseload
        return p.regime != CaseloadRule.LIMIT or len(self.clients) < p.limit

    # --- the week

    def work_week(self) -> None:
        """Do what cannot wait first, then see clients in order of urgency until the week is over."""
        week = self.model.week
        self.open_week()
        monthly = [client for client in self.clients if client.month_week == week]
        reported = [client for client in self.clients if client.case and client.case.known_from <= week]
        wished = sum(self.wished_minutes(client) for client in self.clients)
        self.set_thoroughness(sum(self.decision_minutes(client) for client in monthly))
        for client in monthly:
            self.decide_benefit(client)
        for client in reported:
            self.inquire(client)
        self.set_ease(wished)
        self.see_clients()

    def open_week(self) -> None:
        """Begin the week with overhead and what is overdue."""
        p = self.model.settings
        paid = 60.0 * p.caseload.hours_per_week
        overhead = paid * p.casework.share_overhead
        self.talks = 0
        self.minutes = [0.0] * len(Task)
        self.minutes[Task.OVERHEAD] = overhead
        self.left = math.inf if p.casework.unlimited_time else paid - overhead
        if self.model.is_review_week:
            review = min(p.collaboration.review_minutes, self.left)
            self.minutes[Task.OVERHEAD] += review
            self.left -= review
        overdue = min(self.backlog, self.left)
        self.minutes[Task.DECISION] += overdue
        self.backlog -= overdue
        self.left -= overdue

    def spend(self, client: Client, task: Task, minutes: float) -> None:
        """Spend minutes of the week on a client."""
        self.minutes[task] += minutes
        self.left -= minutes
        client.staff_minutes += minutes

    def spend_or_owe(self, client: Client, task: Task, minutes: float) -> None:
        """Spend minutes on what cannot wait; what the week has no room for comes first in the next."""
        now = min(minutes, self.left)
        self.spend(client, task, now)
        client.staff_minutes += minutes - now
        self.backlog += minutes - now

    # --- what cannot wait

    def decision_minutes(self, client: Client) -> float:
        """Return the minutes of a thorough benefit decision."""
        p = self.model.settings
        new = self.model.week - client.entry_week < WEEKS_PER_CLIENT_MONTH
        weight = p.casework.new_client_weight if new else 1.0
        return p.casework.decision_minutes * weight * (1.0 - p.collaboration.share_minutes_saved)

    def set_thoroughness(self, thorough_minutes: float) -> None:
        """Shorten this week's decisions if they would eat the time kept for clients."""
        p = self.model.settings.casework
        self.thoroughness = 1.0
        keep = self.left * (1.0 - p.share_for_clients) - self.backlog
        if not p.unlimited_time and thorough_minutes > max(0.0, keep):
            shortest = p.decision_short_minutes / p.decision_minutes
            self.thoroughness = min(1.0, max(shortest, keep / thorough_minutes))

    def decide_benefit(self, client: Client) -> None:
        """Make the month's decision, with the emergency and the coordination that go with it."""
        p = self.model.settings
        self.spend_or_owe(client, Task.DECISION, self.decision_minutes(client) * self.thoroughness)
        trouble = max(client.barriers[Barrier.SUBSTANCE], client.barriers[Barrier.FAMILY])
        if self.random.random() < p.casework.p_emergency_monthly * trouble:
            self.spend_or_owe(client, Task.EMERGENCY, p.casework.emergency_minutes)
        if client.stay:
            self.spend_or_owe(client, Task.COORDINATION, p.collaboration.coordination_minutes_monthly)
        if not p.referral.needs_assessment:
            self.consider_referral(client)

    def inquire(self, client: Client) -> None:
        """Inquire into a reported absence, if the week reaches; it is decided later this week."""
        minutes = self.model.settings.casework.inquiry_minutes
        if self.left >= minutes:
            self.spend(client, Task.INQUIRY, minutes)
            self.model.inquired.append((self, client, client.case))
            client.case = None

    def decide_case(self, client: Client, case: Case) -> None:
        """Excuse a client, or go one rung up the ladder."""
        if case.valid and self.random.random() < self.model.settings.sanctions.p_proof:
            return
        if self.random.random() >= self.p_goes_on:
            return
        rung = client.next_rung()
        if rung == SanctionStep.NONE:
            return
        client.suffer(rung)
        client.counts[rung] += 1
        self.model.tally[f"{rung.label}s"] += 1
        self.model.tally["wrong_sanctions"] += case.valid

    # --- clients in order of urgency

    def wished_minutes(self, client: Client) -> float:
        """Return the minutes that this client would get this week if time allowed."""
        p = self.model.settings.casework
        if client.assessed_week is None:
            return p.assessment_minutes
        if client.lacks_plan:
            return p.plan_minutes
        return self.model.talk_weekly

    def set_ease(self, wished: float) -> None:
        """See how much of the wished time is there, and shorten what is done with clients."""
        p = self.model.settings.casework
        self.ease = min(1.0, self.left / wished) if wished > 0.0 else 1.0
        pace = self.ease**p.time_squeeze
        self.assessment = shortened(p.assessment_minutes, p.assessment_short_minutes, pace)
        self.plan = shortened(p.plan_minutes, p.plan_short_minutes, pace)
        self.talk = shortened(p.talk_minutes, p.talk_short_minutes, pace)

    def urgency(self, client: Client) -> float:
        """Return how urgent a client is; below 1 nothing is due. Under pressure those near work gain."""
        p = self.model.settings.casework
        base = (self.model.week - client.contact_week) / p.talk_interval_weeks
        if client.assessed_week is None:
            base += p.assessment_priority
        elif client.lacks_plan:
            base += p.plan_priority
        if base < 1.0:
            return base
        return base + self.creaming * (1.0 - self.ease) * client.nearness

    def see_clients(self) -> None:
        """Serve those who are due, the most urgent first, until the next one does not fit."""
        scored = ((self.urgency(client), client) for client in self.clients)
        due = [(-urgency, client.person.number, client) for urgency, client in scored if urgency >= 1.0]
        due.sort()
        for _, _, client in due:
            if not self.serve(client):
                break

    def serve(self, client: Client) -> bool:
        """Do what the client needs next, if the minutes are there."""
        if client.assessed_week is None:
            minutes, act = self.assessment, self.assess
        elif client.lacks_plan:
            minutes, act = self.plan, self.make_plan
        else:
            minutes, act = self.talk + self.model.settings.casework.talk_around_minutes, self.hold_talk
        if self.left < minutes:
            return False
        act(client, minutes)
        self.consider_referral(client)
        return True

    def assess(self, client: Client, minutes: float) -> None:
        """Form a belief about each barrier: the truth and an error that time, trust and closeness shrink."""
        p = self.model.settings
        self.spend(client, Task.ASSESSMENT, minutes)
        haste = math.sqrt(p.casework.assessment_minutes / minutes) if minutes else 1.0
        together = p.collaboration.assessor == Assessor.JOINT
        trust = min(1.0, client.trust + p.collaboration.provider_trust) if together else client.trust
        error = p.casework.assessment_noise * p.collaboration.noise_factor * haste * (1.5 - trust)
        client.believed = [min(1.0, max(0.0, self.random.gauss(true, error))) for true in client.barriers]
        client.assessed_week = client.contact_week = self.model.week
        self.judge_nearness(client)

    def make_plan(self, client: Client, minutes: float) -> None:
        """Make an individual plan together with the client."""
        self.spend(client, Task.PLAN, minutes)
        client.plan_week = self.model.week
        client.take_talk(0.0, self.skill)

    def hold_talk(self, client: Client, minutes: float) -> None:
        """Talk: contact, trust, and a better picture of the barriers."""
        p = self.model.settings.casework
        self.spend(client, Task.MEETING, minutes)
        self.talks += 1
        client.counts["meetings"] += 1
        client.counts["meeting_minutes"] += self.talk
        strength = self.talk / p.talk_minutes if p.talk_minutes else 0.0
        client.take_talk(strength, self.skill)
        insight = min(1.0, p.talk_insight * strength * client.trust)
        self.see_better(client, insight)

    def see_better(self, client: Client, insight: float) -> None:
        """Remove a share of the error in what is believed of a client."""
        pairs = zip(client.barriers, client.believed, strict=True)
        client.believed = [believed + insight * (true - believed) for true, believed in pairs]
        self.judge_nearness(client)

    def judge_nearness(self, client: Client) -> None:
        """Judge how near to work the client is: 1 without barriers, towards 0 with many."""
        betas = self.model.ways_out[Door.WORK].barriers
        burden = sum(beta * client.believed[barrier] for barrier, beta in betas.items())
        client.nearness = math.exp(min(0.0, burden))

    # --- referral

    def consider_referral(self, client: Client) -> None:
        """Put a client who can be referred on this week's list."""
        if client.may_be_referred():
            self.model.to_refer[client] = self

    def refer(self, client: Client) -> None:
        """Choose a programme for the client, who gets a ticket for its line, unless passed over."""
        far = (1.0 - self.ease) * (1.0 - client.nearness)
        if self.random.random() < self.model.settings.casework.creaming_referral * far:
            return
        blanket = self.model.settings.referral.rule == ReferralRule.BLANKET
        offers = [offer for offer in self.model.programmes if offer.is_open() and offer.takes(client)]
        if blanket:
            offers = [offer for offer in offers if offer.settings.standard]
        if not offers:
            return
        chosen = offers[0] if blanket else max(offers, key=lambda offer: self.appeal(offer, client))
        delay = self.model.settings.collaboration.referral_delay_weeks
        chosen.join_line(client, self.model.week + delay)
        largest = max(Barrier, key=lambda barrier: client.barriers[barrier])
        client.counts["referrals"] += 1
        has_barrier = client.barriers[largest] > 0.0
        client.counts["fitting_referrals"] += has_barrier and chosen.main_barrier == largest
        self.model.tally["referrals"] += 1

    def appeal(self, programme: ProgrammeAgent, client: Client) -> float:
        """Return how much speaks for a programme: room or believed gain, and the client's own wish."""
        p = self.model.settings.referral
        room = programme.free_share()
        if p.rule == ReferralRule.AVAILABLE:
            merit = room
        else:
            pairs = zip(self.beliefs[programme], client.believed, strict=True)
            merit = sum(share * believed for share, believed in pairs) + p.queue_weight * min(0.0, room)
        return (1.0 - p.wish_weight) * merit + p.wish_weight * client.person.wishes[programme.number]

    # --- learning

    def learn_from(self, client: Client) -> None:
        """Update the belief about a programme by the share of each barrier that a completed stay removed."""
        if self.random.random() >= self.model.settings.collaboration.p_result_seen:
            return
        stay, noise = client.stay, self.model.settings.casework.observation_noise
        for barrier, (before, now) in enumerate(zip(stay.barriers, client.barriers, strict=True)):
            if before > 0.0:
                seen = self.random.gauss(1.0 - now / before, noise)
                self.take_in(stay.programme, barrier, seen, 1.0)
                self.untold.append((stay.programme, barrier, seen))

    def take_in(self, programme: ProgrammeAgent, barrier: int, seen: float, weight: float) -> None:
        """Let one observation, own or told, change a belief."""
        weights, belief = self.weights[programme], self.beliefs[programme]
        weights[barrier] += weight
        belief[barrier] += weight * (seen - belief[barrier]) / weights[barrier]
