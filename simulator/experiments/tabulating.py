"""The tables of some replications, together: each is made once for all of them, which takes less time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from simulator.experiments.runner import Played, Tables, play_replication
from simulator.experiments.store import BUDGET, ESTIMATES, MEASURES, OUTCOMES, table_bytes
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


def tables_of(
    scenario: Scenario,
    numbers: Sequence[int],
    wanted: Sequence[str],
    columns: Sequence[str] = (),
    of_offices: Sequence[Scenario] = (),
) -> Done:
    """Simulate replications one after the other, and return their tables as Parquet files.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    numbers : sequence of int
        Which replications.
    wanted : sequence of str
        Names of tables.
    columns : sequence of str
        Columns of spells beside those of every run.
    of_offices : sequence of Scenario
        The rules of each office, if offices differ.
    """
    only = tuple(wanted) == (OUTCOMES,)
    more = tuple(dict.fromkeys((*lever_columns(scenario), *columns)))
    fields = [name for name in SPELL.names or () if not only or name in {*OF_OUTCOMES, *more}]

    def frames_of(some: Sequence[int]) -> dict[str, pd.DataFrame]:
        played = {number: play_replication(scenario, number, of_offices, fields) for number in some}
        return _frames(scenario, played, wanted, more)

    parts = [frames_of(some) for some in (_batches(scenario, numbers) if only else [numbers])]
    clients = sum(float(part["weekly"]["clients"].sum()) for part in parts)
    frames = {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in wanted}
    tables = {name: pa.Table.from_pandas(frames[name], preserve_index=False) for name in wanted}
    files = {name: table_bytes(table) for name, table in tables.items()}
    rows = {name: table.num_rows for name, table in tables.items()}
    return Done(files, rows, clients * (1.0 + burn_in(scenario) / scenario.weeks))


def _batches(scenario: Scenario, numbers: Sequence[int]) -> Sequence[Sequence[int]]:
    """Return the replications by those whose outcomes are reckoned at once."""
    client_weeks = len(numbers) * scenario.population.size * scenario.weeks
    return [some.tolist() for some in np.array_split(numbers, -(-client_weeks // CLIENT_WEEKS_AT_ONCE))]


def _frames(
    scenario: Scenario, played: Mapping[int, Played], wanted: Sequence[str], more: tuple[str, ...]
) -> dict[str, pd.DataFrame]:
    """Return the tables that are wanted, and those that the outcomes are made from."""
    runs = list(played.values())
    spells = side_by_side([one.spells for one in runs])
    weeks, activity = joined([one.panel for one in runs]), joined([one.activity for one in runs])
    of_spell, of_week = (
        np.repeat(np.asarray(list(played), np.int32), lengths)
        for lengths in ([len(one.spells["id"]) for one in runs], [len(one.panel) for one in runs])
    )
    frames = {
        "spells": spells_table(spells, of_spell, more),
        "weekly": weekly_table(weeks, of_week),
    }
    if {"programmes", MEASURES, BUDGET, ESTIMATES} & set(wanted):
        frames["programmes"] = programmes_table(activity, scenario.programmes, of_week)
        run = (frames["spells"], frames["weekly"], frames["programmes"])
    if OUTCOMES in wanted:
        frames[OUTCOMES] = replication_outcomes(frames["spells"], frames["weekly"], calendar_year_of_run)
    if BUDGET in wanted:
        frames[BUDGET] = budget_values(run, scenario.accounts)
    if MEASURES in wanted:
        frames[MEASURES] = criteria(run, settings_of(scenario))
    if ESTIMATES in wanted:
        frames[ESTIMATES] = _estimates(scenario, run, frames[OUTCOMES])
    return frames


def _estimates(scenario: Scenario, run: Tables, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return what the study of a scenario estimates from its run."""
    from simulator.experiments.fitting.estimates import estimates_of  # noqa: PLC0415  (statsmodels is slow)

    return estimates_of(scenario, Outcome(*run, {"settings": settings_of(scenario)}), outcomes)
