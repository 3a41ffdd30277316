"""Runs for designs: spells with all that designs ask for, offices that differ, whole draws of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from simulator.experiments.compiling import prepare
from simulator.experiments.runner import join, replicate, run_replication
from simulator.ledger import SPELL
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.tables import STUDY_COLUMNS, lever_columns, spells_table
from simulator.parameters import Scenario
from simulator.provenance import now
from simulator.records import columns_of, table

Draw = Sequence[str]
"""Overrides of one draw of uncertain settings."""

AS_SET: Sequence[Draw] = ((),)
"""One draw that changes nothing."""


class World(NamedTuple):
    """What is simulated for a design: a municipality, and the rules of each of its offices if they differ."""

    scenario: Scenario
    of_offices: tuple[Scenario, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a design simulates under one draw of settings.

    Attributes
    ----------
    worlds : mapping of str to World
        By name.
    """

    worlds: Mapping[str, World]


def run_world(world: World) -> Outcome:
    """Simulate a world in memory: its replications, with the columns of spells that designs ask for."""
    started, scenario = now(), world.scenario
    prepare(scenario)
    work = partial(run_replication, more=STUDY_COLUMNS, of_offices=world.of_offices)
    return join(scenario, dict(replicate(scenario, range(scenario.replications), work)), started)


def empty_spells(scenario: Scenario) -> pd.DataFrame:
    """Return the table of spells of a world before anything has happened: its columns and their values."""
    nobody = columns_of([table(0, SPELL)], SPELL.names or (), np.zeros(0, int))
    return spells_table(nobody, 0, tuple(dict.fromkeys((*lever_columns(scenario), *STUDY_COLUMNS))))
