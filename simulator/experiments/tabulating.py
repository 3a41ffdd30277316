"""The tables of some replications, together: each is made once for all of them, which takes less time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from simulator.experiments.runner import Played, play_replication
from simulator.experiments.store import BUDGET, ESTIMATES, MEASURES, OUTCOMES, TABLES, table_bytes
from simulator.experiments.studies.worlds import replicate_world
from simulator.experiments.worker import Done
from simulator.ledger import SPELL
from simulator.outcomes.budget import budget_values
from simulator.outcomes.criteria import criteria
from simulator.outcomes.definitions import calendar_year_of_run
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import replication_outcomes
from simulator.outcomes.tables import OF_OUTCOMES, lever_columns, programmes_table, spells_table, weekly_table
from simulator.parameters import Scenario
from simulator.population import burn_in
from simulator.provenance import settings_of
from simulator.records import joined, side_by_side

CLIENT_WEEKS_AT_ONCE = 7_000_000
"""Clients times weeks whose outcomes are reckoned at once: their columns stay close to the processor."""


def tables_of(scenario: Scenario, numbers: Sequence[int], wanted: Sequence[str]) -> Done:
    """Simulate replications one after the other, and return their tables as Parquet files.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    numbers : sequence of int
        Which replications.
    wanted : sequence of str
        Names of tables.
    """
    make = _frames_of_worlds if ESTIMATES in wanted else _frames
    parts = [make(scenario, some, wanted) for some in _batches(scenario, numbers, wanted)]
    clients = sum(float(part["weekly"]["clients"].sum()) for part in parts)
    frames = {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in wanted}
    tables = {name: pa.Table.from_pandas(frames[name], preserve_index=False) for name in wanted}
    files = {name: table_bytes(table) for name, table in tables.items()}
    rows = {name: table.num_rows for name, table in tables.items()}
    return Done(files, rows, clients * (1.0 + burn_in(scenario) / scenario.weeks))


def _batches(scenario: Scenario, numbers: Sequence[int], wanted: Sequence[str]) -> Sequence[Sequence[int]]:
    """Return the replications by those that are tabulated at once."""
    if tuple(wanted) != (OUTCOMES,):
        return [numbers]
    client_weeks = len(numbers) * scenario.population.size * scenario.weeks
    return [some.tolist() for some in np.array_split(numbers, -(-client_weeks // CLIENT_WEEKS_AT_ONCE))]


def _frames_of_worlds(
    scenario: Scenario, numbers: Sequence[int], _: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Return the tables of worlds (runs as published designs see them), with what is estimated from them."""
    from simulator.experiments.fitting.estimates import estimates_of  # noqa: PLC0415  (statsmodels is slow)

    worlds = [replicate_world(scenario, number) for number in numbers]
    spells, weekly, activity = (pd.concat(parts, ignore_index=True) for parts in zip(*worlds, strict=True))
    outcomes = replication_outcomes(spells, weekly)
    run = Outcome(spells, weekly, activity, {"settings": settings_of(scenario)})
    frames = dict(zip(TABLES, (spells, weekly, activity), strict=True))
    return {**frames, OUTCOMES: outcomes, ESTIMATES: estimates_of(scenario, run, outcomes)}


def _play(scenario: Scenario, number: int, only_outcomes: bool) -> Played:
    if not only_outcomes:
        return play_replication(scenario, number)
    wanted = {*OF_OUTCOMES, *lever_columns(scenario)}
    return play_replication(scenario, number, fields=[name for name in SPELL.names or () if name in wanted])


def _frames(scenario: Scenario, numbers: Sequence[int], wanted: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return the tables that are wanted, and those that the outcomes are made from."""
    played = [_play(scenario, number, tuple(wanted) == (OUTCOMES,)) for number in numbers]
    spells = side_by_side([one.spells for one in played])
    weeks, activity = joined([one.panel for one in played]), joined([one.activity for one in played])
    of_spell, of_week = (
        np.repeat(np.asarray(numbers, np.int32), lengths)
        for lengths in ([len(one.spells["id"]) for one in played], [len(one.panel) for one in played])
    )
    frames = {
        "spells": spells_table(spells, of_spell, lever_columns(scenario)),
        "weekly": weekly_table(weeks, of_week),
    }
    if {"programmes", MEASURES, BUDGET} & set(wanted):
        frames["programmes"] = programmes_table(activity, scenario.programmes, of_week)
        run = (frames["spells"], frames["weekly"], frames["programmes"])
    if OUTCOMES in wanted:
        frames[OUTCOMES] = replication_outcomes(frames["spells"], frames["weekly"], calendar_year_of_run)
    if BUDGET in wanted:
        frames[BUDGET] = budget_values(run, scenario.accounts)
    if MEASURES in wanted:
        frames[MEASURES] = criteria(run, settings_of(scenario))
    return frames
