"""The tables of some replications, together: each is made once for all of them, which takes less time."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from simulator.experiments.runner import run_replication
from simulator.experiments.store import ESTIMATES, OUTCOMES, TABLES, table_bytes
from simulator.experiments.studies.worlds import replicate_world
from simulator.experiments.worker import Done
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import replication_outcomes
from simulator.parameters import Scenario
from simulator.population import burn_in
from simulator.provenance import settings_of


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
    run_one = replicate_world if ESTIMATES in wanted else run_replication
    runs = [run_one(scenario, number) for number in numbers]
    frames = {
        name: pd.concat([run[place] for run in runs], ignore_index=True) for place, name in enumerate(TABLES)
    }
    if OUTCOMES in wanted or ESTIMATES in wanted:
        frames[OUTCOMES] = replication_outcomes(frames["spells"], frames["weekly"])
    if ESTIMATES in wanted:
        from simulator.experiments.fitting.estimates import estimates_of  # noqa: PLC0415  (statsmodels is slow)

        spells, panel, activity = (frames[name] for name in TABLES)
        run = Outcome(spells, panel, activity, {"settings": settings_of(scenario)})
        frames[ESTIMATES] = estimates_of(scenario, run, frames[OUTCOMES])
    weekly = frames["weekly"]
    client_weeks = float(weekly["clients"].sum()) * (1.0 + burn_in(scenario) / scenario.weeks)
    tables = {name: pa.Table.from_pandas(frames[name], preserve_index=False) for name in wanted}
    files = {name: table_bytes(table) for name, table in tables.items()}
    return Done(files, {name: table.num_rows for name, table in tables.items()}, client_weeks)
