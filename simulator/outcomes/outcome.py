"""A finished run: its tables, and the questions that are asked of every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from simulator.errors import SimulatorError, nearest
from simulator.outcomes import survival
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.summary import summarise
from simulator.outcomes.survival import Names, Weighting
from simulator.outcomes.survival.columns import check_number


@dataclass(frozen=True)
class Outcome:
    """Spells, weekly panel, programmes and manifest of a run.

    Every estimate below is of the spells that began in the reported weeks, all replications together; `by`
    names a column of `spells` to group by. Definitions are those of the function of the same name in
    `simulator.survival`.

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

    Examples
    --------
    >>> spells = pd.DataFrame(
    ...     {
    ...         "entry_week": [0, 0, 1, 2, -5],
    ...         "weeks": [4, 2, 3, 1, 9],
    ...         "exited": [True, True, False, True, True],
    ...         "door": ["work", "study", None, "work", "work"],
    ...         "sex": ["f", "m", "f", "m", "f"],
    ...         "client": [1, 2, 3, 4, 5],
    ...     }
    ... )
    >>> outcome = Outcome(spells, pd.DataFrame(), pd.DataFrame(), {})
    >>> outcome.survival()["survival"].tolist()
    [1.0, 0.75, 0.5, 0.5, 0.0]
    >>> outcome.survival(by="sex").groupby("group")["at_risk"].first().to_dict()
    {'f': 2, 'm': 2}
    """

    spells: pd.DataFrame
    weekly: pd.DataFrame
    programmes: pd.DataFrame
    manifest: dict[str, Any]

    def counts(self, by: str | None = None) -> survival.Counts:
        """Return the spells counted by group, weeks and door, which every estimator of survival takes.

        Examples
        --------
        >>> survival.quantile(outcome.counts(), q=0.25)["week"].item()
        1.0
        """
        flow = flow_spells(self.spells)
        groups = None if by is None else flow[self._known(by)]
        return survival.count_spells(flow["weeks"], flow["door"], groups=groups)

    def survival(self, by: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return Kaplan-Meier for spells of the run: group, week, at_risk, exits, survival, low, high.

        Examples
        --------
        >>> outcome.survival()["exits"].tolist()
        [0, 1, 1, 0, 1]
        """
        return survival.kaplan_meier(self.counts(by), level=level)

    def incidence(self, by: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the cumulative incidence by door: group, week, door, incidence, low, high.

        Examples
        --------
        >>> outcome.incidence().groupby("door")["incidence"].last().to_dict()
        {'study': 0.25, 'work': 0.75}
        """
        return survival.cumulative_incidence(self.counts(by), level=level)

    def hazard(self, by: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the hazard added up (Nelson-Aalen): group, week, at_risk, exits, hazard, low, high.

        Examples
        --------
        >>> outcome.hazard()["hazard"].round(2).tolist()
        [0.0, 0.25, 0.58, 0.58, 1.58]
        """
        return survival.nelson_aalen(self.counts(by), level=level)

    def restricted_mean(self, horizon: float, by: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return mean weeks on assistance up to a horizon: group, horizon, mean, low, high.

        Examples
        --------
        >>> outcome.restricted_mean(4)["mean"].item()
        2.75
        """
        return survival.restricted_mean(self.counts(by), None, horizon, level=level)

    def quantile(self, q: float = 0.5, by: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return the week by which a share has left: group, quantile, week, low, high.

        Examples
        --------
        >>> outcome.quantile(by="sex")["week"].tolist()
        [4.0, 1.0]
        """
        return survival.quantile(self.counts(by), q=q, level=level)

    def log_rank(self, by: str, weighting: Weighting = "log-rank") -> pd.DataFrame:
        """Test whether groups leave alike: weighting, statistic, degrees, p_value.

        Examples
        --------
        >>> outcome.log_rank("sex")["degrees"].item()
        1
        """
        return survival.log_rank(self.counts(by), weighting=weighting)

    def gray_test(self, by: str) -> pd.DataFrame:
        """Test for each door whether groups have the same incidence: door, statistic, degrees, p_value.

        Examples
        --------
        >>> outcome.gray_test("sex")["door"].tolist()
        ['study', 'work']
        """
        return survival.gray_test(self.counts(by))

    def cox(self, covariates: Sequence[str], cluster: Names = None, level: float = 0.95) -> pd.DataFrame:
        """Return hazard ratios: covariate, coefficient, se, hazard_ratio, low, high, z, p_value.

        Examples
        --------
        >>> outcome.cox(["client"])["hazard_ratio"].round(2).tolist()
        [2.55]
        """
        flow = flow_spells(self.spells)
        return survival.cox(flow, covariates=covariates, cluster=cluster, level=level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return every headline outcome with its Monte Carlo interval: outcome, value, low, high, unit."""
        check_number("level", level, 1.0, "a share between 0 and 1")
        return summarise(self.spells, self.weekly, level)

    def _spell_columns(self) -> list[str]:
        return list(self.spells.columns)

    def _known(self, by: object) -> str:
        columns = self._spell_columns()
        if isinstance(by, str) and by in columns:
            return by
        hint = nearest(str(by), columns)
        also = f" Did you mean '{hint}'?" if hint else ""
        raise SimulatorError(
            f"There is no column {by!r} to group by; one is taken, by its name.{also} "
            f"Columns: {', '.join(columns)}"
        )
