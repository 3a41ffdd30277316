"""The programme: an activity with places, a line before its door, and a content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from benchmarks.mesa_reference.clients import Client, Stay
from benchmarks.mesa_reference.people import YOUNG
from simulator.vocabulary import Absence, Barrier, Door, QueueRule, StayLength, TargetGroup

if TYPE_CHECKING:
    from benchmarks.mesa_reference.model import SocialServices
    from simulator.parameters import Programme

CLEARLY_ILL = 0.3


class ProgrammeAgent(mesa.Agent):
    """One programme; `lines` has those who wait, by priority, each with the week the ticket arrives."""

    model: SocialServices

    def __init__(self, model: SocialServices, number: int, settings: Programme) -> None:
        super().__init__(model)
        self.number = number
        self.settings = settings
        clients = model.settings.population.size
        self.places = model.part_of(round(settings.places_per_1000 * clients / 1000.0))
        self.content = [settings.content.get(barrier, 0.0) * settings.quality for barrier in Barrier]
        self.weekly_content = [1.0 - (1.0 - share) ** (1.0 / settings.weeks) for share in self.content]
        largest = max(Barrier, key=self.content.__getitem__)
        self.main_barrier = largest if self.content[largest] >= 0.1 else None
        self.exit_ratio = [settings.exit_ratio.get(door, 1.0) for door in Door]
        self.participants: list[Client] = []
        self.lines: tuple[dict[Client, int], ...] = ({}, {})

    # --- the line

    def takes(self, client: Client) -> bool:
        """Whether the programme's target group holds this client."""
        target = self.settings.target
        if target == TargetGroup.UNDER_30:
            return client.age < YOUNG
        if target == TargetGroup.FOREIGN_BORN:
            return client.person.foreign_born
        if target == TargetGroup.ILL_HEALTH:
            return max(client.believed[Barrier.HEALTH], client.believed[Barrier.SUBSTANCE]) >= CLEARLY_ILL
        return True

    def is_open(self) -> bool:
        """Whether caseworkers still refer to the programme: it has places, and its queue is not too long."""
        short = self.queue < self.model.settings.referral.longest_queue * self.places
        return self.places > 0 and (short or self.free_share() > 0.0)

    @property
    def queue(self) -> int:
        """How many wait for a place."""
        return sum(map(len, self.lines))

    def free_share(self) -> float:
        """Return free places less those who wait, as a share of the places."""
        return (self.places - len(self.participants) - self.queue) / self.places

    def line_for(self, client: Client) -> dict[Client, int]:
        """Return the line in which this client waits."""
        young_first = self.settings.queue == QueueRule.YOUNG_FIRST
        return self.lines[1 if young_first and client.age >= YOUNG else 0]

    def join_line(self, client: Client, ticket_week: int) -> None:
        """Put a client last in line."""
        client.queued_for = self
        self.line_for(client)[client] = ticket_week

    def leave_line(self, client: Client) -> None:
        """Take a client out of the line."""
        client.queued_for = None
        del self.line_for(client)[client]

    def fill_places(self) -> None:
        """Offer free places to those whose referral has arrived, in order of priority and of the line."""
        for line in self.lines:
            while line and len(self.participants) < self.places:
                client, ticket_week = next(iter(line.items()))
                if ticket_week > self.model.week:
                    break
                self.leave_line(client)
                self.offer_place(client)

    def offer_place(self, client: Client) -> None:
        """Admit a client, unless the client refuses from the start."""
        if client.refuses():
            client.rest_until = self.model.week + self.model.settings.referral.rest_weeks
            client.stay_away(Absence.REFUSAL)
        else:
            self.admit(client)

    # --- the stay

    def admit(self, client: Client) -> None:
        """Begin a stay."""
        week = self.model.week
        self.participants.append(client)
        content_from = week + self.weeks_of_new_assessment(client)
        ends, barriers = week + self.stay_weeks(), list(client.barriers)
        client.stay = Stay(self, week, ends, self.fit(client), barriers, content_from)
        client.set_hazards()
        self.model.tally["admitted"] += 1

    def weeks_of_new_assessment(self, client: Client) -> int:
        """Assess a client anew whose assessment is thin or was not shared; return the weeks that it takes."""
        p, week = self.model.settings, self.model.week
        errors = [abs(b - t) for b, t in zip(client.believed, client.barriers, strict=True)]
        thin = client.assessed_week is None or sum(errors) / len(errors) > p.collaboration.reassess_above
        if not p.collaboration.reassessment or not (
            thin or client.person.reserve >= p.collaboration.p_consent
        ):
            return 0
        distrust = 1.5 - min(1.0, client.trust + p.collaboration.provider_trust)
        error = p.casework.assessment_noise * p.collaboration.provider_noise_factor * distrust
        client.believed = [min(1.0, max(0.0, self.random.gauss(true, error))) for true in client.barriers]
        client.assessed_week = week
        if client.caseworker:
            client.caseworker.judge_nearness(client)
        return p.collaboration.reassess_weeks

    def stay_weeks(self) -> int:
        """Return the length of a stay: fixed, or geometric with the same mean."""
        weeks = self.settings.weeks
        if self.settings.length == StayLength.FIXED or weeks == 1:
            return weeks
        return int(self.rng.geometric(1.0 / weeks))

    def fit(self, client: Client) -> float:
        """Return the share of the content that falls where the client has something to remove."""
        total = sum(self.content)
        if total == 0.0:
            return 1.0
        pairs = zip(self.content, client.barriers, strict=True)
        return sum(content * min(1.0, 2.0 * barrier) for content, barrier in pairs) / total

    def end_due_stays(self) -> None:
        """Let participants go whose stay is over; their caseworkers see what it did."""
        week = self.model.week
        for client in [client for client in self.participants if client.stay.ends <= week]:
            if client.caseworker:
                client.caseworker.learn_from(client)
            self.end_stay(client, week, completed=True)

    def hold_week(self) -> None:
        """Let every participant attend or stay away."""
        for client in list(self.participants):
            client.attend()

    def give_week(self, client: Client) -> None:
        """Let an attended week remove its part of the barriers, and motivate where it fits."""
        client.counts["programme_weeks"] += 1
        if self.model.week < client.stay.content_from:
            return
        gain = self.model.settings.client.trust.motivation_gain * client.stay.fit
        client.motivation = min(1.5, client.motivation + gain)
        pairs = zip(client.barriers, self.weekly_content, strict=True)
        client.barriers = [barrier * (1.0 - share) for barrier, share in pairs]
        client.barriers_moved = True

    def price(self, stay: Stay, week: int) -> float:
        """Return what a stay has cost before `week`."""
        return self.settings.sek_per_place_week * (week - stay.began)

    def end_stay(self, client: Client, week: int, completed: bool) -> None:
        """End a stay before `week`; a completed one opens ways out for some time."""
        stay, client.stay = client.stay, None
        self.participants.remove(client)
        client.counts["programme_sek"] += self.price(stay, week)
        client.rest_until = week + self.model.settings.referral.rest_weeks
        if completed:
            client.boost = self.exit_ratio
            client.boost_until = week + self.settings.exit_ratio_weeks
        client.set_hazards()
        self.model.tally["completed" if completed else "ended_early"] += 1
