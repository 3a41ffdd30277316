"""Runs for designs: spells with all that designs ask for, offices that differ, whole draws of settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from simulator.compiled import source_hash
from simulator.engine import Engine
from simulator.experiments.runner import Tables, prepare, replicate
from simulator.ledger import SPELL
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.tables import (
    STUDY_COLUMNS,
    lever_columns,
    programmes_table,
    spells_table,
    weekly_table,
)
from simulator.parameters import Scenario
from simulator.provenance import manifest_of, now
from simulator.records import table

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
    prepare()
    work = partial(_replication, of_offices)
    parts = dict(replicate(scenario, range(scenario.replications), work))
    spells, weekly, programmes = (
        pd.concat([parts[n][i] for n in sorted(parts)], ignore_index=True) for i in range(3)
    )
    rows = {"spells": len(spells), "weekly": len(weekly), "programmes": len(programmes)}
    return Outcome(spells, weekly, programmes, manifest_of(scenario, source_hash(), started, rows))


def _replication(of_offices: Sequence[Scenario], scenario: Scenario, replication: int) -> Tables:
    engine = Engine(scenario, scenario.seed, replication, of_offices)
    engine.run()
    columns = tuple(dict.fromkeys((*lever_columns(scenario), *STUDY_COLUMNS)))
    return (
        spells_table(engine.spells(), replication, columns),
        weekly_table(engine.panel(), replication),
        programmes_table(engine.activity(), scenario.programmes, replication),
    )


def empty_spells(scenario: Scenario) -> pd.DataFrame:
    """Return the table of spells of a world before anything has happened: its columns and their values."""
    return spells_table(table(0, SPELL), 0, tuple(dict.fromkeys((*lever_columns(scenario), *STUDY_COLUMNS))))


def replicate_world(scenario: Scenario, replication: int) -> Tables:
    """Simulate one replication of a world; return its spells, weekly panel and programmes."""
    return _replication((), scenario, replication)
