"""A finished run: its tables, and the questions that are asked of every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from simulator.errors import SimulatorError, nearest
from simulator.outcomes.columns import check_number
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.measures import Measures
from simulator.outcomes.summary import summarise
from simulator.outcomes.survival import cumulative_incidence, kaplan_meier


@dataclass(frozen=True)
class Outcome(Measures):
    """Spells, weekly panel, programmes and manifest of a run.

    Attributes
    ----------
    spells : DataFrame
        One row a spell; see `simulator.outcomes.tables.spells_table`.
    weekly : DataFrame
        One row a replication and week.
    programmes : DataFrame
        One row a replication, week and programme.
    manifest : dict
        Settings, versions, seeds, timings.
    """

    spells: pd.DataFrame
    weekly: pd.DataFrame
    programmes: pd.DataFrame
    manifest: dict[str, Any]

    def survival(self, by: str | None = None) -> pd.DataFrame:
        """Return Kaplan-Meier for spells of the run: group, week, at_risk, exits, survival, low, high."""
        flow = flow_spells(self.spells)
        return kaplan_meier(flow["weeks"], flow["exited"], groups=self._groups(flow, by))

    def incidence(self, by: str | None = None) -> pd.DataFrame:
        """Return the cumulative incidence by door: group, week, door, incidence, low, high."""
        flow = flow_spells(self.spells)
        return cumulative_incidence(flow["weeks"], flow["door"], groups=self._groups(flow, by))

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return every headline outcome with its Monte Carlo interval: outcome, value, low, high, unit."""
        check_number("level", level, 1.0, "a share between 0 and 1")
        return summarise(self.spells, self.weekly, level)

    @staticmethod
    def _groups(spells: pd.DataFrame, by: object) -> pd.Series | None:
        if by is None:
            return None
        if isinstance(by, str) and by in spells.columns:
            return spells[by]
        hint = nearest(str(by), spells.columns)
        also = f" Did you mean '{hint}'?" if hint else ""
        raise SimulatorError(
            f"There is no column {by!r} to group by; one is taken, by its name.{also} "
            f"Columns: {', '.join(spells.columns)}"
        )
