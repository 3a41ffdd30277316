"""A finished run: its tables, and the questions that are asked of every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from simulator.outcomes import survival
from simulator.outcomes.definitions import spells_begun
from simulator.outcomes.distance import DISTANCE, FAMILY, groups_by
from simulator.outcomes.measures import Measures
from simulator.outcomes.summary import summarise
from simulator.outcomes.survival import Names, Weighting
from simulator.outcomes.survival.columns import SpellsError, check_level, counted


@dataclass(frozen=True)
class Outcome(Measures):
    """Spells, weekly panel, programmes and manifest of a run.

    Every estimate below is of the spells that began in the reported weeks, all replications together; `by`
    is one of the traits that `who` takes: `distance`, `family`, or a column of `spells`, of which numbers
    with more than eight values are cut into thirds. Definitions are those of the function of the same name
    in `simulator.survival`.

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
        return self.count_flow(spells_begun(self.spells), by)

    def count_flow(self, flow: pd.DataFrame, by: str | None) -> survival.Counts:
        """Return some spells counted by group, weeks and door.

        Raises
        ------
        SpellsError
            If there is no such trait, or some of the spells are in no group.
        """
        groups = None if by is None else groups_by(flow, by, self.manifest.get("settings", {}))
        if groups is not None and (missing := int(groups.isna().sum())):
            raise SpellsError(f"by: {by!r} is missing in {counted(missing, 'spell')} of {len(flow):,}")
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

    def cox(self, covariates: Names, cluster: Names = None, level: float = 0.95) -> pd.DataFrame:
        """Return hazard ratios: covariate, coefficient, se, hazard_ratio, low, high, z, p_value.

        Covariates are columns of the spells, `distance` (middle and far against near) or `family`.

        Examples
        --------
        >>> outcome.cox(["client"])["hazard_ratio"].round(2).tolist()
        [2.55]
        """
        flow, settings = spells_begun(self.spells), self.manifest.get("settings", {})
        named = [covariates] if isinstance(covariates, str) else covariates
        made = [name for name in (DISTANCE, FAMILY) if isinstance(named, Sequence) and name in named]
        flow = flow.assign(**{name: groups_by(flow, name, settings) for name in made})
        return survival.cox(flow, covariates=covariates, cluster=cluster, level=level)

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return every headline outcome with its Monte Carlo interval: outcome, value, low, high, unit."""
        self.check_outcomes(level)
        return summarise(self.spells, self.weekly, level)
