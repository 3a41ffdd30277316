"""The client: somebody on assistance, from application to exit."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesa

from simulator.vocabulary import (
    WEEKS_PER_CLIENT_MONTH,
    WEEKS_PER_YEAR,
    Absence,
    Barrier,
    ChildProtection,
    Door,
    SanctionStep,
)

if TYPE_CHECKING:
    from benchmarks.mesa_reference.caseworkers import Caseworker
    from benchmarks.mesa_reference.model import SocialServices
    from benchmarks.mesa_reference.people import Person
    from benchmarks.mesa_reference.programmes import ProgrammeAgent


@dataclass
class Case:
    """An absence that the service has seen."""

    known_from: int
    valid: bool


@dataclass
class Stay:
    """A stay in a programme; `barriers` are those at its beginning."""

    programme: ProgrammeAgent
    began: int
    ends: int
    fit: float
    barriers: list[float]
    content_from: int


class Client(mesa.Agent):
    """One adult on assistance; what lasts beyond the spell goes back to `person`."""

    model: SocialServices

    def __init__(self, model: SocialServices, person: Person) -> None:
        super().__init__(model)
        person.spells += 1
        self.person = person
        self.motivation, self.trust = person.motivation, person.trust
        self.barriers = list(person.barriers)
        self.entry_week = self.contact_week = model.week
        self.month_week = model.week + self.random.randrange(WEEKS_PER_CLIENT_MONTH)
        self.age = person.age + (model.week - person.first_week) / WEEKS_PER_YEAR
        years_left = max(0.0, model.settings.population.pension_age - self.age)
        self.pension_week = model.week + math.ceil(years_left * WEEKS_PER_YEAR)
        self.benefit_weekly = self.full_benefit()
        self.counts: Counter[str] = Counter()
        self.benefit_sek = self.staff_minutes = 0.0
        self._begin_unknown()
        self._begin_search()

    def _begin_unknown(self) -> None:
        """Nobody knows the client yet."""
        self.caseworker: Caseworker | None = None
        self.assessed_week: int | None = None
        self.plan_week: int | None = None
        self.gets_plan = self.random.random() < self.model.settings.casework.p_plan
        self.believed = [0.0] * len(Barrier)
        self.nearness = 0.0
        self.queued_for: ProgrammeAgent | None = None
        self.stay: Stay | None = None
        self.rest_until = self.model.week
        self.case: Case | None = None

    def _begin_search(self) -> None:
        """Nothing urges the client yet, and nothing holds the client back."""
        self.contact = self.bite = 0.0
        self.fade = 1.0
        self.boost: list[float] | None = None
        self.boost_until = 0
        self.sanction = SanctionStep.NONE
        self.sanction_until = 0
        self.offence_week: int | None = None
        self.ladder_warnings = self.ladder_reductions = 0
        self.barriers_moved = False
        self.set_levels()
        self.set_hazards()

    def full_benefit(self) -> float:
        """Return the household's benefit in SEK a week, when nothing is withheld."""
        costs = self.model.settings.costs
        return (costs.benefit_sek_monthly + costs.child_sek_monthly * self.person.children) * 12.0 / 52.0

    # --- leaving

    def set_levels(self) -> None:
        """Set the weekly hazard by way out that traits and barriers give."""
        barriers, self.levels = self.barriers, []
        for way, log_ratio in zip(self.model.ways_out, self.person.log_ratios, strict=True):
            burden = sum(beta * barriers[barrier] for barrier, beta in way.barriers.items())
            self.levels.append(way.h_weekly * math.exp(log_ratio + burden))
        self.barriers_moved = False

    def set_hazards(self) -> None:
        """Set the hazards of this week and, until something happens, of those that follow."""
        hazards = list(self.levels)
        if self.boost:
            hazards = [hazard * ratio for hazard, ratio in zip(hazards, self.boost, strict=True)]
        effort = self.search_effort()
        hazards[Door.WORK] *= effort * self.fade
        hazards[Door.SUBSIDISED_WORK] *= effort
        pushed = 1.0 + self.model.settings.client.search.contact_elsewhere * self.contact
        pushed += self.model.settings.sanctions.elsewhere * (self.model.threat + self.bite)
        for door in (Door.STUDY, Door.OTHER_BENEFIT, Door.WITHDRAWAL, Door.OTHER):
            hazards[door] *= pushed
        if self.sanction:
            hazards[Door.WITHDRAWAL] *= self.model.withdrawal_ratio[self.sanction]
        self.hazards = hazards
        self.p_exit = 1.0 - math.exp(-sum(hazards))

    def search_effort(self) -> float:
        """Return search effort against that of a healthy client of mean motivation whom nothing urges."""
        search = self.model.settings.client.search
        urged = 1.0 + self.model.threat + self.bite + self.contact
        if self.plan_week is not None:
            urged += search.plan_gain * self.model.settings.collaboration.plan_factor
        lock_in = self.stay.programme.settings.lock_in if self.stay else 0.0
        held = (1.0 - lock_in) * (1.0 - search.health_drag * self.barriers[Barrier.HEALTH])
        return self.motivation * urged * held

    def live_week(self) -> None:
        """Draw the week's benefit; leave at its end if a way out opens, or for the old-age pension."""
        self.benefit_sek += self.benefit_weekly
        if self.random.random() < self.p_exit:
            self.leave(self.random.choices(list(Door), self.hazards)[0])
        elif self.model.week >= self.pension_week:
            self.leave(Door.OTHER_BENEFIT)

    def leave(self, door: Door) -> None:
        """End the spell, and free what the client holds."""
        model, person = self.model, self.person
        if self.stay:
            self.stay.programme.end_stay(self, model.week + 1, completed=False)
        if self.queued_for:
            self.queued_for.leave_line(self)
        if self.caseworker:
            self.caseworker.clients.remove(self)
        else:
            model.waiting.remove(self)
        person.motivation, person.trust, person.barriers = self.motivation, self.trust, self.barriers
        model.close_spell(self, door)
        self.remove()

    # --- the month

    def feel_month(self) -> None:
        """When the client's month ends: urges wear off, skills fade, idleness discourages, a boost ends."""
        week = self.model.week
        if self.month_week != week:
            return
        self.month_week += WEEKS_PER_CLIENT_MONTH
        self.contact *= self.model.contact_kept
        self.bite *= self.model.bite_kept
        search = self.model.settings.client.search
        if week - self.entry_week <= search.skills_fade_weeks:
            self.fade *= self.model.fade_kept
        if not self.stay and week - self.contact_week >= WEEKS_PER_CLIENT_MONTH:
            loss = self.model.settings.client.trust.motivation_loss_monthly
            self.motivation = max(0.0, self.motivation - loss)
        if self.boost and self.boost_until <= week:
            self.boost = None
        if self.barriers_moved:
            self.set_levels()
        self.set_hazards()

    # --- with the caseworker

    def take_talk(self, strength: float, skill: float) -> None:
        """Respond to a talk: `strength` is its length against that of a full talk."""
        p = self.model.settings.client
        self.trust += p.trust.talk_gain * strength * (1.0 - self.trust)
        self.contact += p.search.contact_gain * strength * skill
        self.contact_week = self.model.week
        self.set_hazards()

    def may_be_referred(self) -> bool:
        """Whether the client is idle, rested, and assessed where the rule asks for it."""
        if self.stay or self.queued_for or self.model.week < self.rest_until:
            return False
        return self.assessed_week is not None or not self.model.settings.referral.needs_assessment

    @property
    def lacks_plan(self) -> bool:
        """Whether a plan is still to be made."""
        return self.plan_week is None and self.gets_plan

    # --- in a programme

    @property
    def reluctance(self) -> float:
        """How little a client wants to attend: 1 without motivation, less while a sanction bites."""
        fear = 1.0 + self.model.settings.sanctions.compliance * self.bite
        return max(0.0, 1.0 - 0.5 * self.motivation) / fear

    def refuses(self) -> bool:
        """Whether the client refuses an offered place from the start."""
        return self.random.random() < self.model.settings.client.attendance.p_refusal * self.reluctance

    def attend(self) -> None:
        """Attend the week, or stay away; dropping out ends the stay."""
        cause = self.absence()
        if cause == Absence.NONE:
            self.stay.programme.give_week(self)
            return
        self.stay_away(cause)
        if cause == Absence.DROP_OUT:
            self.stay.programme.end_stay(self, self.model.week, completed=False)

    def absence(self) -> Absence:
        """Draw why the client stays away this week, or that the client comes."""
        a, reluctance, misfit = self.model.settings.client.attendance, self.reluctance, 1.0 - self.stay.fit
        illness = a.p_illness * (1.0 + (a.illness_health_factor - 1.0) * self.barriers[Barrier.HEALTH])
        chances = (
            (Absence.ILLNESS, min(1.0, illness)),
            (Absence.SICK_CHILD, a.p_sick_child if self.person.children else 0.0),
            (Absence.FAMILY_EVENT, a.p_family_event),
            (Absence.TRAVEL, a.p_travel),
            (Absence.LOW_LEVEL, a.p_low_level * misfit),
            (Absence.NO_REASON, a.p_no_reason * reluctance),
            (Absence.DROP_OUT, a.p_drop_out * reluctance * misfit),
        )
        draw = self.random.random()
        for cause, chance in chances:
            draw -= chance
            if draw < 0.0:
                return cause
        return Absence.NONE

    def stay_away(self, cause: Absence) -> None:
        """Count an absence; unless it is proven at once or another is under way, it may be followed up."""
        self.counts["absences"] += 1
        self.model.tally[f"absences_{cause.label}"] += 1
        rules = self.model.settings.sanctions
        valid = rules.accepts.get(cause, False)
        p_believed = self.model.settings.client.attendance.p_certificate if rules.proof_required else 1.0
        if valid and self.random.random() < p_believed:
            return
        if self.case is None:
            self.model.unproven.append((self, valid))

    # --- sanctions

    def next_rung(self) -> SanctionStep:
        """Return the rung of the ladder that an unexcused absence leads to now."""
        p = self.model.settings.sanctions
        if self.offence_week is not None and self.model.week - self.offence_week > p.forget_weeks:
            self.ladder_warnings = self.ladder_reductions = 0
        if self.ladder_warnings < p.warnings:
            return SanctionStep.WARNING
        protected = p.child_protection == ChildProtection.REDUCE and self.person.children > 0
        if p.allow_denial and not protected and self.ladder_reductions >= p.reductions:
            return SanctionStep.DENIAL
        return SanctionStep.REDUCTION if p.allow_reduction else SanctionStep.NONE

    def suffer(self, rung: SanctionStep) -> None:
        """Be warned, reduced or denied: search effort rises for a while; a cut costs trust."""
        p = self.model.settings.sanctions
        self.offence_week = self.model.week
        if rung == SanctionStep.WARNING:
            self.ladder_warnings += 1
            self.bite = max(self.bite, p.warning_gain)
        else:
            self.bite = max(self.bite, p.bite)
            self.trust *= 1.0 - self.model.settings.client.trust.sanction_loss
            self._lose_benefit(rung)
        self.set_hazards()

    def _lose_benefit(self, rung: SanctionStep) -> None:
        """Put a reduction or denial in force, in place of one that may be in force already."""
        p = self.model.settings.sanctions
        self.sanction = rung
        if rung == SanctionStep.REDUCTION:
            self.ladder_reductions += 1
            self.benefit_weekly = self.full_benefit() * (1.0 - p.reduction_share)
            self.sanction_until = self.model.week + p.reduction_weeks
        else:
            self.benefit_weekly = 0.0
            self.sanction_until = self.model.week + p.denial_weeks

    def end_sanction_when_due(self) -> None:
        """Get the full benefit again when a reduction or denial has run out."""
        if self.sanction and self.sanction_until <= self.model.week:
            self.sanction = SanctionStep.NONE
            self.benefit_weekly = self.full_benefit()
            self.set_hazards()
