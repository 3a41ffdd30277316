"""Municipality: the simulator as a Mesa model."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import mesa
import pandas as pd
from mesa.agent import AgentSet

from simulator.agents.views import CaseworkerAgent, ClientAgent, ProgrammeAgent, RecordAgent
from simulator.composing import load_scenario
from simulator.config import plain_number
from simulator.engine import Engine
from simulator.errors import Mistake, SettingsError
from simulator.experiments.runner import with_luck
from simulator.office import Office
from simulator.outcomes.tables import lever_columns, programmes_table, spells_table, weekly_table
from simulator.parameters import Scenario
from simulator.vocabulary import Status

MOST_REPLICATIONS = 1_000_000

REPORTED = (
    "clients", "waiting", "in_programmes", "queued", "arrivals", "exits", "exits_work", "caseworkers",
    "meetings", "minutes_used", "minutes_available", "places_used", "places_empty", "warnings", "reductions",
    "denials", "benefit_sek", "staff_sek", "programme_sek",
)  # fmt: skip
"""Columns of the weekly panel that the data collector reports, one value a step."""


class Municipality(mesa.Model):
    """One replication of a scenario, stepped week by week.

    Building the model plays the weeks of burn-in, so the first step is the first reported week. The spells of
    a stepped model are those of `simulate()` with the same seed, bit for bit.

    Parameters
    ----------
    scenario : str or Scenario
        Name of a scenario, or a complete one.
    seed : int, optional
        Seed of all luck; the scenario's own if not given.
    replication : int
        Which replication of that seed.
    **settings
        Settings to change, by their dotted names (`**{"caseload.limit": 60}`), as `mesa.batch_run` passes
        them; only with a scenario's name.

    Attributes
    ----------
    settings : Scenario
        The complete settings.
    agents : AgentSet
        Views of all clients on benefit, employed caseworkers and programmes in the present week; made on
        request.
    datacollector : mesa.DataCollector
        The weekly panel's main columns as model reporters.
    """

    def __init__(
        self,
        scenario: str | Scenario = "default",
        seed: int | None = None,
        replication: int = 0,
        **settings: object,
    ) -> None:
        complete = complete_settings(scenario, settings)
        self.settings = complete if seed is None else with_luck(complete, None, seed)
        self.seed_of_luck = self.settings.seed
        super().__init__(rng=self.seed_of_luck)
        self.replication = _checked_replication(replication)
        self.engine = Engine(self.settings, self.seed_of_luck, self.replication)
        while self.engine.week < 0:
            self.engine.step()
        self._views: tuple[int, list[RecordAgent]] = (-1, [])
        self._latest = pd.Series(dtype=float)
        reporters = {name: partial(_reported, name=name) for name in REPORTED}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """Play one week of every office; after the last week nothing is played, and `running` stays False."""
        if self.engine.weeks_left <= 0:
            self.running = False
            return
        self.engine.step()
        self.running = self.engine.weeks_left > 0
        self._latest = weekly_table(self.engine.panel()[-1:], self.replication).iloc[0]
        self.datacollector.collect(self)

    def finish(self) -> pd.DataFrame:
        """Play all weeks that are left; return the spells."""
        while self.running:
            self.step()
        return self.spells()

    def spells(self) -> pd.DataFrame:
        """Return the spells so far, those still open as censored, as `simulate()` gives them."""
        return spells_table(self.engine.columns_of_spells(), self.replication, lever_columns(self.settings))

    def weekly(self) -> pd.DataFrame:
        """Return the weekly panel so far, one row a week."""
        return weekly_table(self.engine.panel(), self.replication)

    def programmes(self) -> pd.DataFrame:
        """Return what each programme did so far, one row a week and programme."""
        return programmes_table(self.engine.activity(), self.settings.programmes, self.replication)

    @property
    def agents(self) -> AgentSet:
        """All agents of the present week."""
        return AgentSet(self._present(), random=self.random)

    @property
    def agents_by_type(self) -> dict[type[RecordAgent], AgentSet]:
        """The agents of the present week by kind."""
        kinds = (ClientAgent, CaseworkerAgent, ProgrammeAgent)
        views = self._present()
        return {
            kind: AgentSet([v for v in views if isinstance(v, kind)], random=self.random) for kind in kinds
        }

    @property
    def agent_types(self) -> list[type[RecordAgent]]:
        """The three kinds of agent."""
        return list(self.agents_by_type)

    def _present(self) -> list[RecordAgent]:
        """Return this week's views; kept, since Mesa's sets hold weak references only."""
        if self._views[0] != self.engine.week:
            views = [view for office in self.engine.offices for view in _views_of(self, office)]
            self._views = (self.engine.week, views)
        return self._views[1]


def complete_settings(scenario: str | Scenario, settings: Mapping[str, object]) -> Scenario:
    """Return the scenario asked for, with single settings changed."""
    if isinstance(scenario, Scenario):
        if settings:
            raise TypeError(
                "single settings can be changed only with a scenario's name, not with a complete scenario"
            )
        return scenario
    return load_scenario(scenario, *(f"{name}={value}" for name, value in settings.items()))


def _checked_replication(number: object) -> int:
    """Return the number of a replication; raise SettingsError if it is none."""
    plain = plain_number(number)
    if isinstance(plain, int) and not isinstance(plain, bool) and 0 <= plain < MOST_REPLICATIONS:
        return plain
    allowed = f"a whole number from 0 to {MOST_REPLICATIONS - 1}"
    raise SettingsError([Mistake("replication", f"there is none with the number {number!r}", allowed)])


def _views_of(model: Municipality, office: Office) -> list[RecordAgent]:
    state = office.state[0]
    clients = (office.clients[slot] for slot in range(state.slots))
    return [
        *(ClientAgent(model, c, office.people[c.person]) for c in clients if c.status != Status.AWAY),
        *(CaseworkerAgent(model, record) for record in office.caseworkers if record.employed == 1),
        *(ProgrammeAgent(model, programme) for programme in office.programmes),
    ]


def _reported(model: Municipality, name: str) -> float:
    """Return a column of the weekly panel in the week just played."""
    return float(model._latest[name])
