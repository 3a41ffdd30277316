"""The model: one office of the social services, a step a week."""

from __future__ import annotations

import math
from collections import Counter
from statistics import fmean, pstdev
from typing import Any

import mesa
import pandas as pd
from mesa.agent import AgentSet

from benchmarks.mesa_reference.caseworkers import Caseworker
from benchmarks.mesa_reference.clients import Case, Client
from benchmarks.mesa_reference.people import Person, draw_person
from benchmarks.mesa_reference.programmes import ProgrammeAgent
from simulator.parameters import Scenario
from simulator.vocabulary import (
    WEEKS_PER_CLIENT_MONTH,
    WEEKS_PER_YEAR,
    Absence,
    CaseloadRule,
    Door,
    PopulationMode,
    SanctionStep,
    Task,
)

SPELL_COLUMNS = (
    "person", "spell", "entry_week", "end_week", "door", "assessed_week", "plan_week", "meetings",
    "meeting_minutes", "referrals", "fitting_referrals", "absences", "warnings", "reductions", "denials",
    "programme_weeks", "benefit_sek", "staff_minutes", "programme_sek",
)  # fmt: skip
WEEK_COLUMNS = (
    "week", "clients", "waiting", "caseworkers", "newcomers", "returns", "meetings", "minutes_overdue",
    "referrals", "queued", "places_used", "admitted", "completed", "ended_early", "absences_seen",
    "warnings", "reductions", "denials", "wrong_sanctions", "benefit_sek", "staff_sek", "programme_sek",
    *(f"exits_{door.label}" for door in Door),
    *(f"minutes_{task.label}" for task in Task),
    *(f"absences_{cause.label}" for cause in Absence if cause),
)  # fmt: skip
COUNTED = ("meetings", "meeting_minutes", "referrals", "fitting_referrals", "absences", "programme_weeks")


class SocialServices(mesa.Model):
    """Clients, caseworkers and programmes of one office.

    Parameters
    ----------
    settings : Scenario
        Complete settings.
    rng : int, optional
        Seed of all luck.
    office : int
        Which office; each is a model of its own, since offices do not touch each other.

    Attributes
    ----------
    week : int
        The week to be played next; 0 is the first reported one.
    datacollector : mesa.DataCollector
        The tables `weeks` and `spells` (closed in reported weeks).
    """

    def __init__(self, settings: Scenario, rng: int | None = None, office: int = 0) -> None:
        super().__init__(rng=rng)
        self.settings = settings
        self.office, self.offices = office, settings.number_of_offices()
        flow = settings.population.mode == PopulationMode.FLOW
        self.first_week = self.week = -settings.population.burn_in_weeks if flow else 0
        self._derive_constants()
        self.programmes = [
            ProgrammeAgent(self, number, programme)
            for number, programme in enumerate(settings.programmes.values())
        ]
        contents = zip(*(programme.content for programme in self.programmes), strict=True)
        self.contents = [(fmean(shares), pstdev(shares)) for shares in contents]
        self.staff: list[Caseworker] = []
        self.former_staff: list[Caseworker] = []
        self.waiting: list[Client] = []
        self.people = 0
        self.due_back: dict[int, list[Person]] = {}
        self._clear_lists()
        self.datacollector = mesa.DataCollector(tables={"weeks": WEEK_COLUMNS, "spells": SPELL_COLUMNS})

    def _derive_constants(self) -> None:
        """Work out what follows from the settings alone."""
        p, month = self.settings, WEEKS_PER_CLIENT_MONTH
        self.ways_out = [getattr(p.doors, door.label) for door in Door]
        self.contact_kept = 0.5 ** (month / p.client.search.contact_half_life_weeks)
        self.bite_kept = 0.5 ** (month / p.sanctions.bite_half_life_weeks)
        self.fade_kept = math.exp(-p.client.search.skills_fade_weekly * month)
        self.p_seen = p.collaboration.p_seen * p.sanctions.p_follow_up
        self.threat = p.sanctions.threat * self.p_seen * p.sanctions.strictness
        talk = p.casework.talk_minutes + p.casework.talk_around_minutes
        self.talk_weekly = talk / p.casework.talk_interval_weeks
        self.withdrawal_ratio = {
            SanctionStep.REDUCTION: p.sanctions.withdrawal_ratio_reduced,
            SanctionStep.DENIAL: p.sanctions.withdrawal_ratio_denied,
        }

    def part_of(self, whole: int) -> int:
        """Return this office's part of a number; the parts of all offices add up to it."""
        return whole * (self.office + 1) // self.offices - whole * self.office // self.offices

    def _clear_lists(self) -> None:
        """Begin the week with empty lists."""
        self.tally: Counter[str] = Counter()
        self.to_refer: dict[Client, Caseworker] = {}
        self.unproven: list[tuple[Client, bool]] = []
        self.inquired: list[tuple[Caseworker, Client, Case]] = []

    @property
    def clients(self) -> AgentSet:
        """Everybody on assistance, as an AgentSet."""
        return self.agents_by_type[Client]

    def step(self) -> None:
        """Play one week."""
        self._clear_lists()
        self.arrivals()
        self.intake()
        for caseworker in self.staff:
            caseworker.work_week()
        if self.is_review_week:
            self.review_cases()
        self.referral()
        for programme in self.programmes:
            programme.end_due_stays()
        for programme in self.programmes:
            programme.fill_places()
        for programme in self.programmes:
            programme.hold_week()
        self.follow_up()
        self.sanctions()
        self.exits()
        self.clients.do("feel_month")
        self.accounts()
        self.week += 1

    # --- who comes

    @property
    def is_review_week(self) -> bool:
        """Whether caseworkers meet this week to tell each other what they saw of programmes."""
        every = self.settings.collaboration.review_weeks
        return every > 0 and (self.week - self.first_week) % every == 0

    def review_cases(self) -> None:
        """Let every caseworker hear what the others saw since the last review."""
        weight = self.settings.collaboration.review_weight
        for listener in self.staff:
            for teller in self.staff:
                if teller is not listener:
                    for programme, barrier, seen in teller.untold:
                        listener.take_in(programme, barrier, seen, weight)
        for caseworker in self.staff:
            caseworker.untold = []
            for client in caseworker.clients:
                if client.assessed_week is not None:
                    caseworker.see_better(client, self.settings.collaboration.review_insight)

    def arrivals(self) -> None:
        """Let new applicants and returners start a spell."""
        newcomers = [self.draw_newcomer() for _ in range(self.number_of_newcomers())]
        returners = self.due_back.pop(self.week, [])
        for person in newcomers + returners:
            self.waiting.append(Client(self, person))
        self.tally["newcomers"] += len(newcomers)
        self.tally["returns"] += len(returners)

    def number_of_newcomers(self) -> int:
        """Return the stock in the first week, and in a flow those who come on top in each week."""
        p = self.settings.population
        first = self.week == self.first_week
        stock = len(range(self.office, p.size, self.offices)) if first else 0
        if p.mode == PopulationMode.COHORT:
            return stock
        mean = p.newcomers_per_1000_weekly * p.size / 1000.0 / self.offices
        return stock + int(self.rng.poisson(mean))

    def draw_newcomer(self) -> Person:
        """Draw somebody who applies for the first time."""
        self.people += 1
        number, population = self.people - 1, self.settings.population
        person = draw_person(self.random, number, self.week, population, len(self.programmes))
        person.weigh_traits(self.ways_out)
        return person

    def intake(self) -> None:
        """Size the staff; those who wait get the caseworker with room and the fewest clients, if any."""
        self.size_staff()
        while self.waiting:
            open_to_more = [caseworker for caseworker in self.staff if caseworker.has_room()]
            if not open_to_more:
                break
            client = self.waiting.pop(0)
            client.caseworker = min(open_to_more, key=lambda caseworker: len(caseworker.clients))
            client.caseworker.clients.append(client)

    def staff_wanted(self) -> int:
        """Return how many caseworkers there should be under the caseload rule."""
        p = self.settings.caseload
        if p.regime != CaseloadRule.RATIO:
            return self.part_of(p.caseworkers)
        if (self.week - self.first_week) % p.review_weeks:
            return len(self.staff)
        return max(1, math.ceil(len(self.clients) / p.clients_per_caseworker))

    def size_staff(self) -> None:
        """Hire (those let go first of all) or let the last hired go."""
        wanted = self.staff_wanted()
        while len(self.staff) < wanted:
            self.staff.append(self.former_staff.pop() if self.former_staff else Caseworker(self))
        while len(self.staff) > wanted:
            self.let_go(self.staff.pop(), wanted)

    def let_go(self, leaver: Caseworker, wanted: int) -> None:
        """Let a caseworker go: the clients wait for somebody else, the backlog passes on."""
        for client in leaver.clients:
            client.caseworker = None
        self.waiting += leaver.clients
        leaver.clients = []
        self.staff[len(self.staff) % wanted].backlog += leaver.backlog
        leaver.backlog = 0.0
        self.former_staff.append(leaver)

    # --- referral, follow-up, sanctions

    def referral(self) -> None:
        """Choose a programme for each client whom a caseworker refers, in random order."""
        referred = list(self.to_refer.items())
        self.random.shuffle(referred)
        for client, caseworker in referred:
            caseworker.refer(client)

    def follow_up(self) -> None:
        """See this week's unproven absences or not; what is seen is known after the report's delay."""
        known_from = self.week + self.settings.collaboration.report_delay_weeks
        for client, valid in self.unproven:
            if self.random.random() < self.p_seen:
                client.case = Case(known_from, valid)
                self.tally["absences_seen"] += 1

    def sanctions(self) -> None:
        """End what has run out, and decide the cases that were inquired into."""
        self.clients.do("end_sanction_when_due")
        for caseworker, client, case in self.inquired:
            caseworker.decide_case(client, case)

    # --- who leaves

    def exits(self) -> None:
        """Pay the week; some leave at its end."""
        self.tally["benefit_sek"] += self.clients.agg("benefit_weekly", sum)
        self.clients.do("live_week")

    def close_spell(self, client: Client, door: Door) -> None:
        """Note a spell that ends with this week, and when the person comes back, if ever."""
        self.tally[f"exits_{door.label}"] += 1
        if self.week >= 0:
            self.datacollector.add_table_row("spells", self.spell_row(client, self.week + 1, door))
        hazard = self.ways_out[door].h_return_weekly
        if hazard > 0.0:
            wait = math.ceil(self.random.expovariate(hazard))
            too_old = self.week + wait >= client.pension_week
            if wait <= self.settings.population.return_window_weeks and not too_old:
                self.due_back.setdefault(self.week + 1 + wait, []).append(client.person)

    def spell_row(self, client: Client, end_week: int, door: Door | None) -> dict[str, Any]:
        """Return what is told of a spell; no door means censored."""
        under_way = client.stay.programme.price(client.stay, end_week) if client.stay else 0.0
        return {
            "person": client.person.number,
            "spell": client.person.spells,
            "entry_week": client.entry_week,
            "end_week": end_week,
            "door": door,
            "assessed_week": client.assessed_week,
            "plan_week": client.plan_week,
            **{f"{rung.label}s": client.counts[rung] for rung in SanctionStep if rung},
            **{name: client.counts[name] for name in COUNTED},
            "programme_sek": client.counts["programme_sek"] + under_way,
            "benefit_sek": client.benefit_sek,
            "staff_minutes": client.staff_minutes,
        }

    # --- accounts

    def accounts(self) -> None:
        """Count people, minutes, places and money of the week."""
        tally, p = self.tally, self.settings
        tally["week"] = self.week
        tally["clients"] = len(self.clients)
        tally["waiting"] = len(self.waiting)
        tally["caseworkers"] = len(self.staff)
        tally["staff_sek"] = p.costs.caseworker_sek_yearly / WEEKS_PER_YEAR * len(self.staff)
        for caseworker in self.staff:
            tally["meetings"] += caseworker.talks
            tally["minutes_overdue"] += caseworker.backlog
            for task in Task:
                tally[f"minutes_{task.label}"] += caseworker.minutes[task]
        for programme in self.programmes:
            tally["queued"] += programme.queue
            tally["places_used"] += len(programme.participants)
            tally["programme_sek"] += programme.places * programme.settings.sek_per_place_week
        self.datacollector.add_table_row("weeks", {name: tally[name] for name in WEEK_COLUMNS})

    def weeks(self) -> pd.DataFrame:
        """Return the reported weeks played so far."""
        weeks = self.datacollector.get_table_dataframe("weeks")
        return weeks[weeks["week"] >= 0]

    def spells(self) -> pd.DataFrame:
        """Return the spells closed in reported weeks and, without a door, those still open."""
        closed = self.datacollector.get_table_dataframe("spells")
        rows = [self.spell_row(client, self.week, None) for client in self.clients]
        return pd.concat([closed, pd.DataFrame(rows, columns=SPELL_COLUMNS)], ignore_index=True)
