"""Hours of activity that are asked of clients, and what of the rules is in force."""

from __future__ import annotations

from simulator.agents.caseworker import can_spare, spend
from simulator.agents.duty import ask_hours
from simulator.agents.leaving import set_hazards
from simulator.compiled import part
from simulator.office import Office
from simulator.randomness import uniform
from simulator.records import Record
from simulator.rules.duty import hours_met, supervision_minutes
from simulator.vocabulary import Purpose, Task


@part
def ask_for_hours(office: Office, caseworker: Record) -> None:
    """Ask a month's hours of the clients decided on; another one, drawn by lot, is looked after first."""
    week, decisions = office.state[0].week, caseworker.decisions
    first = int(decisions * uniform(office.luck, caseworker.id, week, Purpose.FIRST_SUPERVISED))
    for step in range(decisions):
        place = first + step if first + step < decisions else first + step - decisions
        require_hours(office, caseworker, office.monthly[place])


@part
def require_hours(office: Office, caseworker: Record, slot: int) -> None:
    """Ask a month's hours of a client; what no programme covers is met only if it can be looked after."""
    client, week = office.clients[slot], office.state[0].week
    p = office.settings[client.rules]
    if p.sanctions.required_hours <= 0.0:
        return
    uncovered = ask_hours(client, p)
    minutes = supervision_minutes(uncovered, p)
    if uncovered > 0.0 and can_spare(caseworker, minutes, p):
        spend(caseworker, client, Task.COORDINATION, minutes)
        client.own_hours = uncovered
    set_hazards(client, week, p)


@part
def account_rules(office: Office, panel: Record) -> None:
    """Count hours asked and met, and part-time work, of the clients on benefit."""
    asked, met, part_time = 0.0, 0.0, 0
    for slot in range(office.state[0].slots):
        client = office.clients[slot]
        asked += client.hours_asked
        met += hours_met(client)
        part_time += client.part_time
    panel.hours_asked, panel.hours_met, panel.part_time = asked, met, part_time
