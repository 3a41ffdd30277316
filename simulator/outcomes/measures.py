"""The tables that every run answers with: definitions, who, costs, budget, capacity, precision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulator.outcomes import budget as of_budget
from simulator.outcomes import capacity as of_capacity
from simulator.outcomes import costs as of_costs
from simulator.outcomes import creaming as of_creaming
from simulator.outcomes import lorenz as of_lorenz
from simulator.outcomes import published
from simulator.outcomes import summary as of_summary
from simulator.outcomes import who as of_who
from simulator.outcomes.contents import OF_A_RUN, TABLES, check_one_run, check_tables, roomy
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.distance import DISTANCE, check_traits
from simulator.outcomes.intervals import (
    FEWEST,
    check_reached,
    check_wish,
    half_width,
    replications_for,
    where_reached,
    with_intervals,
)
from simulator.outcomes.survival.columns import (
    SpellsError,
    all_of,
    check_level,
    check_number,
    counted,
)
from simulator.parameters.costs import Accounts

KEYS, PERSON_WEEKS = ("replication", "week"), ("replication", "client", "entry_week", "weeks")
OF_WHO = (
    *of_who.GOT.values(), *of_who.HIT.values(), "first_meeting_week", "first_activity_week", "benefit_sek",
    "programme_sek",
)  # fmt: skip
"""What the outcomes by group read of a spell besides its length and end."""

Tables = Callable[[str], pd.DataFrame]
"""Gives a table that a run's folder has beside the summary, by the name of its file."""


@dataclass(frozen=True)
class Measures:
    """What is asked of a run beyond its headline outcomes; `Outcome` has all of it.

    Every table has Monte Carlo intervals over replications (`level`), null with a single replication.

    Raises
    ------
    SpellsError
        If the tables are not those of one run, as `contents.check_one_run` says: intervals over replications
        would hold more than luck, and sums would count twice.
    """

    spells: pd.DataFrame
    weekly: pd.DataFrame
    programmes: pd.DataFrame
    manifest: dict[str, Any]

    def __post_init__(self) -> None:
        """Refuse what is not one run; give each row a label of its own, and whole numbers room."""
        check_one_run(*self.tables(), self.manifest)
        for name, table in zip(TABLES, self.tables(), strict=True):
            ready = roomy(table if table.index.is_unique else table.reset_index(drop=True))
            object.__setattr__(self, name, ready)

    @property
    def settings(self) -> dict[str, Any]:
        """The run's settings in full."""
        if not isinstance(self.manifest.get("settings"), Mapping):
            raise SpellsError(f"manifest: has no settings. {OF_A_RUN}")
        return dict(self.manifest["settings"])

    @property
    def accounts(self) -> Accounts:
        """Who pays what, by the run's settings."""
        try:
            return Accounts(**self.settings["accounts"])
        except (KeyError, TypeError, ValueError) as error:
            raise SpellsError(f"manifest: has no accounts that can be read. {OF_A_RUN}") from error

    @property
    def weeks(self) -> int:
        """Weeks reported."""
        check_tables({"weekly": (self.weekly, ("week",))})
        return int(self.weekly["week"].max()) + 1 if len(self.weekly) else 0

    def definitions(self, gap_months: float = 1.0, level: float = 0.95) -> pd.DataFrame:
        """Return time on benefit by every definition: definition, outcome, value, low, high, unit, target.

        Periods on benefit are spells joined over breaks shorter than `gap_months`; 0 joins none.
        """
        all_of(
            lambda: check_level(level),
            lambda: check_number("gap_months", gap_months, np.inf, "months, a number from 0 on", nought=True),
            lambda: check_tables(
                {"spells": (self.spells, published.COLUMNS), "weekly": (self.weekly, ["week"])}
            ),
        )
        return published.definitions(self.spells, self.weeks, gap_months, level)

    def who(self, by: str | Sequence[str] = DISTANCE, level: float = 0.95) -> pd.DataFrame:
        """Return outcomes by group of clients: by, group, outcome, value, low, high, unit.

        `by` is a column of the spells, `family`, or `distance` (thirds by distance from work), as
        `outcomes.distance.groups_by` says; or several.
        """
        self._check_who(of_who.traits_of(by), level)
        return of_who.who(self.spells, self.weeks, self.manifest.get("settings", {}), by, level)

    def gaps(self, by: str = DISTANCE, reference: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return how groups differ from one of them: differences and ratios; see `outcomes.who.gaps`."""
        self._check_who([by], level)
        flow = of_who.with_returns(self.spells)
        values = of_who.group_values(flow, self.weeks, self.manifest.get("settings", {}), by)
        return of_who.gaps(values, level, reference)

    def creaming(self, level: float = 0.95) -> pd.DataFrame:
        """Return what the near to work got and became, against the far; see `outcomes.creaming`."""
        self._check_who([DISTANCE], level)
        return of_creaming.creaming(self.spells, self.weeks, self.settings, level)

    def lorenz(self, level: float = 0.95) -> pd.DataFrame:
        """Return the spread of caseworkers' time: of, share_of_client_weeks, share_of_minutes, low, high."""
        self._check_spells(of_lorenz.TIME.values(), level)
        return of_lorenz.lorenz(self.spells, level)

    def gini(self, level: float = 0.95) -> pd.DataFrame:
        """Return the Gini coefficients of caseworkers' time: of, value, low, high, unit."""
        self._check_spells(of_lorenz.TIME.values(), level)
        return of_lorenz.gini(self.spells, level)

    def costs(self, level: float = 0.95) -> pd.DataFrame:
        """Return what each item costs, a year, client-year, exit: item, basis, value, low, high, unit."""
        self._check_money(level)
        rate = self.accounts.discount_yearly
        return of_costs.costs(self.weekly, self.programmes, rate, level)

    def budget(self, level: float = 0.95) -> pd.DataFrame:
        """Return each payer's result by year: year, payer, part, item, value, low, high, unit.

        Amounts are what the payer bears (below nought) or gains; `budget_sheet` lays them out for reading.
        """
        self._check_money(level, spells=True)
        return of_budget.budget_table(of_budget.budget_values(self.tables(), self.accounts), level)

    def capacity(self, level: float = 0.95) -> pd.DataFrame:
        """Return waits, queues, use, time and turnover: area, measure, group, value, low, high, unit."""
        all_of(lambda: check_level(level), lambda: check_tables({
            "spells": (self.spells, of_capacity.OF_SPELLS),
            "weekly": (self.weekly, of_capacity.OF_WEEKLY),
            "programmes": (self.programmes, of_capacity.OF_PROGRAMMES),
        }))  # fmt: skip
        return of_capacity.capacity(self.spells, self.weekly, self.programmes, level)

    def waits(self, level: float = 0.95) -> pd.DataFrame:
        """Return the share that has come to each thing by each week: wait, week, share, low, high."""
        self._check_spells((), level)
        if not {*of_capacity.WAITS.values()} & {*self.spells.columns}:
            raise SpellsError(f"spells: have none of {', '.join(of_capacity.WAITS.values())}. {OF_A_RUN}")
        return of_capacity.waits(self.spells, level)

    def outcomes(self) -> pd.DataFrame:
        """Return the headline outcomes of each replication: replication, outcome, value, unit."""
        self.check_outcomes()
        return of_summary.replication_outcomes(self.spells, self.weekly)

    def check_outcomes(self, level: float = 0.95) -> None:
        """Raise SpellsError if the headline outcomes cannot be had: the tables are not those of a run."""
        all_of(lambda: check_level(level), lambda: check_tables({
            "spells": (self.spells, of_summary.OF_SPELLS),
            "weekly": (self.weekly, of_summary.OF_WEEKLY),
        }))  # fmt: skip
        if not len(self.weekly):
            raise SpellsError("weekly: there are no weeks")

    def _check_spells(self, more: Iterable[str], level: float) -> None:
        needed = ("replication", "entry_week", "weeks", "exited", *more)
        all_of(lambda: check_level(level), lambda: check_tables({"spells": (self.spells, needed)}))

    def _check_who(self, traits: Sequence[object], level: float) -> None:
        """Raise SpellsError if clients cannot be grouped so, or the spells do not say what they got."""
        needed = (*PERSON_WEEKS, "exited", "door", "children", *OF_WHO)
        all_of(
            lambda: check_level(level),
            lambda: check_traits(self.spells.columns, traits),
            lambda: check_tables({"spells": (self.spells, needed), "weekly": (self.weekly, ["week"])}),
        )

    def _check_money(self, level: float, spells: bool = False) -> None:
        panel = (*KEYS, *of_costs.OF_THE_PANEL.values(), "clients", "exits", "exits_work")
        needed = {
            "weekly": (self.weekly, panel),
            "programmes": (self.programmes, (*KEYS, "programme_sek", "places", "places_used")),
        }
        if spells:
            needed |= {
                "spells": (self.spells, (*PERSON_WEEKS, "exited", "exit_week", "door", "benefit_sek")),
                "programmes": (self.programmes, (*needed["programmes"][1], "owner")),
            }
        all_of(
            lambda: check_level(level),
            lambda: check_tables(needed),
            lambda: self.settings,
        )

    def replications_needed(self, outcome: str, width: float, level: float = 0.95) -> int:
        """Return how many more replications make the interval of a headline outcome at most so wide.

        Parameters
        ----------
        outcome : str
            Its name in the summary.
        width : float
            Wished width, from low to high, in the outcome's unit.
        level : float
            Coverage.

        Raises
        ------
        SpellsError
            If there is no such outcome, fewer than two replications have it, or more than 10^15 would be
            needed.
        """
        return more_replications(self.outcomes(), outcome, width, level)

    def written_tables(self, outcomes: pd.DataFrame | None = None) -> dict[str, pd.DataFrame]:
        """Return the tables that a results folder has beside the summary, by the names of their files.

        Without a spell that began in the run there is nobody to tell of: some tables are then left out.

        Parameters
        ----------
        outcomes : DataFrame, optional
            Those of each replication (`outcomes()`), if they are known already.
        """
        tables = {
            "outcomes": self.outcomes() if outcomes is None else outcomes,
            "definitions": self.definitions(),
            "capacity": self.capacity(),
            "costs": self.costs(),
            "budget": self.budget(),
        }
        return {**tables, **self._of_spells()} if len(flow_spells(self.spells)) else tables

    def _of_spells(self) -> dict[str, pd.DataFrame]:
        """Return the written tables that need spells begun in the run."""
        groups = of_who.values_by(self.spells, self.weeks, self.settings, of_who.TRAITS)
        return {
            "who": with_intervals(groups, of_who.KEYS)[list(of_who.COLUMNS)],
            "gaps": of_who.gaps_by(groups),
            "creaming": self.creaming(),
            "lorenz": self.lorenz(),
            "gini": self.gini(),
            "waits": self.waits(),
        }

    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Return spells, weekly panel and programmes."""
        return self.spells, self.weekly, self.programmes


def more_replications(values: pd.DataFrame, outcome: str, width: float, level: float) -> int:
    """Return how many replications are still needed, from columns replication, outcome, value.

    Raises
    ------
    SpellsError
        If there is no such outcome, fewer than two replications have it, it is a median that some did not
        reach, or more than 10^15 would be needed.
    """
    check_wish(values, outcome, width, level)
    own = _known_values(values, outcome)
    check_reached(values, outcome)
    if len(own) < FEWEST:
        raise SpellsError(
            f"outcome: {outcome!r} has {counted(len(own), 'replication')}; its spread takes two"
        )
    return max(0, replications_for(own, width, level) - len(own))


def more_for_half(values: pd.DataFrame, outcome: str, level: float = 0.95) -> int | None:
    """Return how many more replications make an outcome's interval half as wide; None if it has none.

    Parameters
    ----------
    values : DataFrame
        Columns replication, outcome, value.
    outcome : str
        Its name.
    level : float
        Coverage.
    """
    own = _known_values(where_reached(values), outcome)
    if len(own) < FEWEST:
        return None
    return max(0, replications_for(own, half_width(own, level), level) - len(own))


def _known_values(values: pd.DataFrame, outcome: str) -> np.ndarray:
    return values.loc[values["outcome"] == outcome, "value"].dropna().to_numpy(dtype=np.float64)
