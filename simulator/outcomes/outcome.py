"""A finished run: its tables, and the questions that are asked of every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import pandas as pd

from simulator.errors import Mistake
from simulator.outcomes import survival
from simulator.outcomes.contents import wrong_numbers
from simulator.outcomes.definitions import spells_begun
from simulator.outcomes.distance import READ, check_explaining, groups_by
from simulator.outcomes.measures import Measures
from simulator.outcomes.summary import summarise
from simulator.outcomes.survival import Names, Weighting
from simulator.outcomes.survival.columns import SpellsError, all_of, counted, missing_columns, one_of

Sample = Literal["flow", "stock", "all"]
Interval = Literal["log-log", "log", "plain"]
WATCHED = "watched_from"
"""Column of a sampled spell: the week of the spell from which it was watched (delayed entry)."""


def sampled(spells: pd.DataFrame, sample: Sample) -> pd.DataFrame:
    """Return the spells of a sample; where some began before the run, with a column `watched_from`.

    Parameters
    ----------
    spells : DataFrame
        Columns `entry_week, weeks, door` at least.
    sample : {"flow", "stock", "all"}
        "flow": spells that began in the reported weeks. "stock": those under way when week 0 began, at risk
        from then on only, as the shorter ones among those that began with them are not there (length bias).
        "all": both.

    Raises
    ------
    SpellsError
        If there is no such sample, or nobody in it, or a column is missing.
    """
    one_of("sample", sample, ("flow", "stock", "all"))
    missing: list[Mistake | str] = [
        *missing_columns(spells.columns, [("spells", name) for name in ("entry_week", "weeks", "door")])
    ]
    if missing := [*missing, *([] if missing else wrong_numbers("spells", spells["entry_week"]))]:
        raise SpellsError(*missing)
    if sample == "flow":
        return spells_begun(spells)
    before = (-spells["entry_week"]).clip(lower=0)
    under_way = (spells["weeks"] > before) & (before > 0)
    chosen = under_way if sample == "stock" else under_way | (before == 0)
    if not chosen.any():
        raise SpellsError("sample: no spell was under way when week 0 began")
    return spells.assign(**{WATCHED: before})[chosen]


@dataclass(frozen=True)
class Outcome(Measures):
    """Spells, weekly panel, programmes and manifest of a run.

    Every estimate below is of the spells that began in the reported weeks, all replications together, or of
    another `sample` ("stock", "all"; see `sampled`). Its interval is over spells, taken as independent of
    each other, and not over replications as those of `summary`. `by` is one of the traits that `who` takes:
    `distance`, `family`, or a column of `spells`, of which numbers with more than eight values are cut into
    thirds. Definitions are those of the function of the same name in `simulator.survival`.

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
    ...         "age": [21, 22, 23, 24, 25],
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

    def counts(self, by: str | None = None, sample: Sample = "flow") -> survival.Counts:
        """Return the spells counted by group, weeks and door, which every estimator of survival takes.

        Examples
        --------
        >>> survival.quantile(outcome.counts(), q=0.25)["week"].item()
        1.0
        """
        return self.count_sample(sampled(self.spells, sample), by)

    def count_sample(self, flow: pd.DataFrame, by: str | None) -> survival.Counts:
        """Return the spells of a sample counted by group, weeks and door.

        Raises
        ------
        SpellsError
            If there is no such trait, or some of the spells are in no group.
        """
        groups = None if by is None else groups_by(flow, by, self.manifest.get("settings", {}))
        if groups is not None and (missing := int(groups.isna().sum())):
            raise SpellsError(f"by: {by!r} is missing in {counted(missing, 'spell')} of {len(flow):,}")
        return survival.count_spells(flow["weeks"], flow["door"], flow.get(WATCHED), groups=groups)

    def survival(
        self,
        by: str | None = None,
        level: float = 0.95,
        interval: Interval = "log-log",
        sample: Sample = "flow",
    ) -> pd.DataFrame:
        """Return Kaplan-Meier for spells of the run: group, week, at_risk, exits, survival, low, high.

        Examples
        --------
        >>> outcome.survival()["exits"].tolist()
        [0, 1, 1, 0, 1]
        """
        return survival.kaplan_meier(lambda: self.counts(by, sample), level=level, interval=interval)

    def incidence(self, by: str | None = None, level: float = 0.95, sample: Sample = "flow") -> pd.DataFrame:
        """Return the cumulative incidence by door: group, week, door, incidence, low, high.

        Examples
        --------
        >>> outcome.incidence().groupby("door")["incidence"].last().to_dict()
        {'study': 0.25, 'work': 0.75}
        """
        return survival.cumulative_incidence(lambda: self.counts(by, sample), level=level)

    def hazard(
        self,
        by: str | None = None,
        level: float = 0.95,
        interval: Literal["log", "plain"] = "log",
        sample: Sample = "flow",
    ) -> pd.DataFrame:
        """Return the hazard added up (Nelson-Aalen): group, week, at_risk, exits, hazard, low, high.

        Examples
        --------
        >>> outcome.hazard()["hazard"].round(2).tolist()
        [0.0, 0.25, 0.58, 0.58, 1.58]
        """
        return survival.nelson_aalen(lambda: self.counts(by, sample), level=level, interval=interval)

    def restricted_mean(
        self, horizon: float, by: str | None = None, level: float = 0.95, sample: Sample = "flow"
    ) -> pd.DataFrame:
        """Return mean weeks on assistance up to a horizon: group, horizon, mean, low, high.

        Examples
        --------
        >>> outcome.restricted_mean(4)["mean"].item()
        2.75
        """
        return survival.restricted_mean(lambda: self.counts(by, sample), None, horizon, level=level)

    def quantile(
        self,
        q: float = 0.5,
        by: str | None = None,
        level: float = 0.95,
        interval: Interval = "log-log",
        sample: Sample = "flow",
    ) -> pd.DataFrame:
        """Return the week by which a share has left: group, quantile, week, low, high.

        Examples
        --------
        >>> outcome.quantile(by="sex")["week"].tolist()
        [4.0, 1.0]
        """
        return survival.quantile(lambda: self.counts(by, sample), q=q, level=level, interval=interval)

    def log_rank(
        self,
        by: str,
        weighting: Weighting = "log-rank",
        *,
        rho: float | None = None,
        gamma: float | None = None,
        sample: Sample = "flow",
    ) -> pd.DataFrame:
        """Test whether groups leave alike: weighting, statistic, degrees, p_value.

        Examples
        --------
        >>> outcome.log_rank("sex")["degrees"].item()
        1
        """
        return survival.log_rank(lambda: self.counts(by, sample), weighting=weighting, rho=rho, gamma=gamma)

    def gray_test(self, by: str, rho: float = 0.0, *, sample: Sample = "flow") -> pd.DataFrame:
        """Test for each door whether groups have the same incidence: door, statistic, degrees, p_value.

        Spells under way when week 0 began (`sample` "stock" or "all") are refused: they are watched from a
        later week on, for which the test is not defined.

        Examples
        --------
        >>> outcome.gray_test("sex")["door"].tolist()
        ['study', 'work']
        """
        return survival.gray_test(lambda: self.counts(by, sample), rho=rho)

    def cox(
        self,
        covariates: Names,
        cluster: Names = None,
        level: float = 0.95,
        *,
        strata: Names = None,
        weights: str | None = None,
        sample: Sample = "flow",
    ) -> pd.DataFrame:
        """Return hazard ratios: covariate, coefficient, se, hazard_ratio, low, high, z, p_value.

        Covariates are columns of the spells that say what was so at entry, `distance` (middle and far
        against near), `family` or `office` (each against the first); no names of many (`caseworker`,
        `client`, `replication`), which are for `cluster`; neither how a spell ended (`door`,
        `weeks`, `exited`, `exit_week`), nor what fills up in its course (`meetings`, `benefit_sek`,
        `plan_week`, ...).

        Examples
        --------
        >>> outcome.cox(["age"])["hazard_ratio"].round(2).tolist()
        [2.55]
        """
        flow, entry = self._regressed(sample, covariates, strata)
        return survival.cox(
            flow,
            covariates=covariates,
            entry=entry,
            cluster=cluster,
            strata=strata,
            weights=weights,
            level=level,
        )

    def discrete_hazard(  # noqa: PLR0913  (those of the function)
        self,
        covariates: Names,
        cluster: Names = None,
        level: float = 0.95,
        *,
        pieces: Sequence[int] | None = None,
        link: Literal["cloglog", "logit"] = "cloglog",
        weights: str | None = None,
        sample: Sample = "flow",
    ) -> pd.DataFrame:
        """Return the regression of the hazard in each week of a spell; see `survival.discrete_hazard`.

        Covariates as in `cox`.

        Examples
        --------
        >>> outcome.discrete_hazard(["age"], pieces=[0])["covariate"].tolist()
        ['age']
        """
        flow, entry = self._regressed(sample, covariates)
        return survival.discrete_hazard(
            flow, covariates=covariates, entry=entry, cluster=cluster, pieces=pieces, link=link,
            weights=weights, level=level,
        )  # fmt: skip

    def _regressed(self, sample: Sample, *asked: Names) -> tuple[pd.DataFrame, str | None]:
        """Return the spells of a sample, with the traits asked for that are no column, and their entry."""
        flow, settings = sampled(self.spells, sample), self.manifest.get("settings", {})
        lists: list[Sequence[str]] = [
            [names] if isinstance(names, str) else names if isinstance(names, Sequence) else []
            for names in asked
        ]
        columns = list(flow.columns)
        all_of(*(
            partial(check_explaining, role, names, columns)
            for role, names in zip(("covariates", "strata"), lists, strict=False)
        ))  # fmt: skip
        named = [name for names in lists for name in names]
        unknown = any(name not in list(flow.columns) for name in named)
        for name, needed in READ.items():  # also where it is not asked for but could be meant
            if name in named or (unknown and settings and {*needed} <= {*flow.columns}):
                flow = flow.assign(**{name: groups_by(flow, name, settings)})
        if "office" in lists[0] and "office" in flow:  # a name, though written as a number
            flow = flow.assign(office=flow["office"].astype("category"))
        return flow, WATCHED if WATCHED in flow else None

    def summary(self, level: float = 0.95) -> pd.DataFrame:
        """Return every headline outcome with its Monte Carlo interval: outcome, value, low, high, unit."""
        self.check_outcomes(level)
        return summarise(self.spells, self.weekly, level)
