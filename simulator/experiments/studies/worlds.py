"""Runs for designs: spells with all that designs ask for, offices that differ, whole draws of settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from simulator.experiments.compiling import prepare
from simulator.experiments.runner import Tables, join, replicate, run_replication
from simulator.ledger import SPELL
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.tables import (
    STUDY_COLUMNS,
    lever_columns,
    spells_table,
)
from simulator.parameters import Scenario
from simulator.provenance import now
from simulator.records import columns_of, table

Draw = Sequence[str]
"""Overrides of one draw of uncertain settings."""

AS_SET: Sequence[Draw] = ((),)
"""One draw that changes nothing."""


def run_world(scenario: Scenario, of_offices: Sequence[Scenario] = ()) -> Outcome:
    """Simulate a scenario in memory, with the columns of spells that designs ask for.

    Parameters
    ----------
    scenario : Scenario
        Complete settings; its replications and seed.
    of_offices : sequence of Scenario, optional
        The rules of each office, if offices differ.
    """
    started = now()
    prepare(scenario)
    work = partial(run_replication, more=STUDY_COLUMNS, of_offices=of_offices)
    return join(scenario, dict(replicate(scenario, range(scenario.replications), work)), started)


def empty_spells(scenario: Scenario) -> pd.DataFrame:
    """Return the table of spells of a world before anything has happened: its columns and their values."""
    nobody = columns_of([table(0, SPELL)], SPELL.names or (), np.zeros(0, int))
    return spells_table(nobody, 0, tuple(dict.fromkeys((*lever_columns(scenario), *STUDY_COLUMNS))))


def replicate_world(scenario: Scenario, replication: int) -> Tables:
    """Simulate one replication of a world; return its spells, weekly panel and programmes."""
    return run_replication(scenario, replication, STUDY_COLUMNS)
