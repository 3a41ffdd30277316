"""One replication: the offices of a municipality, played week by week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator.interrupting import stop_if_interrupted
from simulator.ledger import ACTIVITY, SPELL, close_open_spells
from simulator.office import Office, build_office
from simulator.parameters import Scenario
from simulator.population import burn_in
from simulator.records import Columns, columns_of, joined, table, whole
from simulator.week import play_weeks

PERSON_WEEKS_PER_PIECE = 5_000_000
"""Weeks times people who ever apply, played without looking up: less than a second of compiled code."""

MOST_SPELLS = 2**31
"""More than anybody's spells, and so few that a person's number, below 2**32, and a spell's fit in a word."""


class Engine:
    """The offices of one replication.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    seed, replication : int
        Key of all luck.
    of_offices : sequence of Scenario, optional
        The rules of each office, if offices differ: the same people, weeks and catalogue in all.
    """

    def __init__(
        self, scenario: Scenario, seed: int, replication: int = 0, of_offices: Sequence[Scenario] = ()
    ) -> None:
        self.weeks_left = scenario.weeks + burn_in(scenario)
        offices = range(scenario.number_of_offices())
        rules = of_offices or [scenario] * len(offices)
        self.offices = [_build(rules[number], seed, replication, number) for number in offices]

    @property
    def week(self) -> int:
        """The week to be played next; 0 is the first reported one."""
        return int(self.offices[0].state[0].week)

    def step(self) -> None:
        """Play one week of every office, if one is left."""
        self.play(1)

    def run(self) -> None:
        """Play all weeks that are left, office by office, in pieces short enough for Ctrl-C to be heeded."""
        weeks, self.weeks_left = self.weeks_left, 0
        for number, office in enumerate(self.offices):
            piece = max(1, PERSON_WEEKS_PER_PIECE // len(office.people))
            for first in range(0, weeks, piece):
                stop_if_interrupted()
                self._play_office(number, min(piece, weeks - first))

    def play(self, weeks: int) -> None:
        """Play so many weeks, or those that are left; one office after the other, for they do not touch."""
        weeks = min(weeks, self.weeks_left)
        for number in range(len(self.offices)):
            self._play_office(number, weeks)
        self.weeks_left -= weeks

    def _play_office(self, number: int, weeks: int) -> None:
        left = weeks - play_weeks(self.offices[number], weeks)
        while left > 0:
            self.offices[number] = with_longer_ledger(self.offices[number])
            left -= play_weeks(self.offices[number], left)

    def spells(self) -> np.recarray[Any, Any]:
        """Return the spells closed so far and, as censored, those still open, by person and spell."""
        rows = joined(self._spells())
        order = _by_person(rows["id"], rows["spell"])
        return rows.view(whole(rows.dtype))[order].view(rows.dtype).view(np.recarray)

    def columns_of_spells(self, fields: Sequence[str] = SPELL.names or ()) -> Columns:
        """Return some fields of the same spells as columns: less is copied for fewer."""
        parts = self._spells()
        order = _by_person(*(np.concatenate([part[name] for part in parts]) for name in ("id", "spell")))
        return columns_of(parts, fields, order)

    def _spells(self) -> list[np.ndarray[Any, Any]]:
        closed = [np.asarray(office.spells)[: office.state[0].spells] for office in self.offices]
        return [*closed, *(np.asarray(_open_spells(office)) for office in self.offices)]

    def activity(self) -> np.ndarray[Any, Any]:
        """Return the reported weeks played so far by programme, summed over offices."""
        weeks = max(0, self.week)
        total = np.zeros(self.offices[0].activity[:weeks].shape, ACTIVITY)
        for office in self.offices:
            for name in total.dtype.names or ():
                total[name] += office.activity[name][:weeks]
        return total

    def panel(self) -> np.ndarray[Any, Any]:
        """Return the reported weeks played so far, summed over offices."""
        first = -int(self.offices[0].state[0].first_week)
        panels = [office.panel[first : first + max(0, self.week)] for office in self.offices]
        total = joined(panels[:1])
        for panel in panels[1:]:
            for name in panel.dtype.names:
                total[name] += panel[name]
        return total


def _build(scenario: Scenario, seed: int, replication: int, number: int) -> Office:
    stop_if_interrupted()
    return build_office(scenario, seed, replication, number)


def with_longer_ledger(office: Office) -> Office:
    """Return the office with a ledger that holds twice as many spells, and one more for every person."""
    spells = table(2 * len(office.spells) + len(office.people), SPELL)
    spells[: len(office.spells)] = office.spells
    return office._replace(spells=spells)


def _by_person(person: np.ndarray[Any, Any], spell: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.argsort(person * MOST_SPELLS + spell)


def _open_spells(office: Office) -> np.recarray[Any, Any]:
    rows = table(int(office.state[0].active), SPELL)
    state = office.state[0]
    close_open_spells(
        rows, office.clients[: state.slots], office.people, office.programmes, state.week, state.number
    )
    return rows
