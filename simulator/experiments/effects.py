"""What a comparison answers beyond its table: who gained, cost-effectiveness, pay-back, budget by payer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from simulator.outcomes import budget as of_budget
from simulator.outcomes import effectiveness
from simulator.outcomes.budget import MUNICIPALITY, PAYERS
from simulator.outcomes.costs import BENEFIT, EFFORT, discount_factors, weekly_costs
from simulator.outcomes.distance import DISTANCE
from simulator.outcomes.intervals import with_intervals
from simulator.outcomes.measures import more_replications
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import replication_outcomes
from simulator.outcomes.survival.columns import all_of, check_known
from simulator.outcomes.who import KEYS, TRAITS, values_by
from simulator.vocabulary import WEEKS_PER_YEAR, Door

ONLY_EFFORT, SERVICES, ALL_PAYERS, ONLY_MUNICIPALITY = (
    "effort", "effort and benefit", "all payers", MUNICIPALITY
)  # fmt: skip
"""Whose costs are counted: what is done; that and the benefit; all public payers, taxes and other benefits
included; the municipality's part of these."""

YEARS_OFF, EXITS, EXITS_TO_WORK = "client-year off benefit", "exit", "exit to work"
GAINS = (YEARS_OFF, EXITS, EXITS_TO_WORK)


class Effects:
    """Questions asked of two runs under the same luck; `Comparison` has all of it.

    Differences are alternative less baseline, replication by replication; intervals are Student's t.
    """

    baseline: Outcome
    alternative: Outcome

    def who(self, by: str | Sequence[str] = DISTANCE, level: float = 0.95) -> pd.DataFrame:
        """Return the difference in each group: by, group, outcome, difference, low, high, unit."""
        pair = [
            values_by(run.spells, run.weeks, run.settings, by) for run in (self.baseline, self.alternative)
        ]
        table = with_intervals(_difference(pair[0], pair[1], KEYS), KEYS, level)
        order = ["by", "group", "outcome", "difference", "low", "high", "unit"]
        return table.rename(columns={"value": "difference"})[order]

    def budget(self, level: float = 0.95) -> pd.DataFrame:
        """Return what the alternative does to each payer: year, payer, part, item, value, low, high, unit.

        Above nought is better for the payer. Both runs are reckoned by the alternative's accounts.
        """
        return of_budget.budget_table(self._budget_values(), level)

    def cost_effectiveness(self, level: float = 0.95) -> pd.DataFrame:
        """Return what a client-year off benefit, an exit and an exit to work cost, from four perspectives.

        See `simulator.outcomes.effectiveness.cost_effectiveness`; costs and gains are present values.
        """
        return effectiveness.cost_effectiveness(self._costs(), self._gains(), level)

    def plane(self, gain: str = YEARS_OFF, perspective: str = SERVICES) -> pd.DataFrame:
        """Return the cost-effectiveness plane: replication, gain, cost (SEK)."""
        costs, gains = self._costs(), self._gains()
        return effectiveness.plane(
            *all_of(lambda: _column(costs, perspective, "perspective"), lambda: _column(gains, gain, "gain"))
        )

    def acceptability(
        self, gain: str = YEARS_OFF, perspective: str = SERVICES, willingness: np.ndarray | None = None
    ) -> pd.DataFrame:
        """Return how probable it is that the gain is worth its cost: willingness (SEK), probability.

        Monte Carlo only: how sure the simulation is of its own answer.
        """
        points = self.plane(gain, perspective)
        return effectiveness.acceptability(points["cost"].to_numpy(), points["gain"].to_numpy(), willingness)

    def balance(self, perspective: str = SERVICES, level: float = 0.95) -> pd.DataFrame:
        """Return the cumulated net cost by month: month, value, low, high, unit (below nought: paid back)."""
        return effectiveness.balance(self._monthly(perspective), level)

    def pay_back(self, level: float = 0.95) -> pd.DataFrame:
        """Return from which month on the alternative has paid back: perspective, month, low, high, unit.

        Infinity if not within the run, 0 if it never cost anything on balance.
        """
        rows = []
        for perspective in (SERVICES, ONLY_MUNICIPALITY, ALL_PAYERS):
            month, low, high = effectiveness.pay_back_month(self.balance(perspective, level))
            rows.append(
                {"perspective": perspective, "month": month, "low": low, "high": high, "unit": "month"}
            )
        return pd.DataFrame(rows)

    def replications_needed(self, outcome: str, width: float, level: float = 0.95) -> int:
        """Return how many more replications make the interval of a difference at most so wide."""
        keys = ["outcome", "unit"]
        pair = [replication_outcomes(run.spells, run.weekly) for run in (self.baseline, self.alternative)]
        return more_replications(_difference(pair[0], pair[1], keys), outcome, width, level)

    def written_tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that a folder of a comparison has, by the names of their files."""
        perspectives = (SERVICES, ONLY_MUNICIPALITY, ALL_PAYERS)
        balances = [self.balance(one).assign(perspective=one) for one in perspectives]
        planes = [
            self.plane(gain, one).assign(perspective=one, of=gain) for one in perspectives for gain in GAINS
        ]
        return {
            "who": self.who(TRAITS),
            "budget": self.budget(),
            "cost_effectiveness": self.cost_effectiveness(),
            "plane": pd.concat(planes, ignore_index=True),
            "balance": pd.concat(balances, ignore_index=True),
            "pay_back": self.pay_back(),
        }

    def _costs(self) -> pd.DataFrame:
        """Return the difference in present value of costs by perspective, SEK; indexed by replication."""
        rate = self.alternative.accounts.discount_yearly
        pair = [_present_costs(run, rate) for run in (self.baseline, self.alternative)]
        return (pair[1] - pair[0]).assign(**self._net_costs()).dropna()

    def _net_costs(self) -> dict[str, pd.Series]:
        """Return the difference in present value of net cost, SEK, of the municipality and of all payers."""
        values = self._budget_values()
        net = values[(values["part"] == of_budget.NET) & (values["year"] == of_budget.PRESENT_VALUE)]
        own = {payer: part.set_index("replication")["value"] for payer, part in net.groupby("payer")}
        return {ONLY_MUNICIPALITY: -own[MUNICIPALITY], ALL_PAYERS: -own[of_budget.ALL_PAYERS]}

    def _budget_values(self) -> pd.DataFrame:
        """Return the difference in each payer's result: replication, year, payer, part, item, value."""
        keys = ["year", "payer", "part", "item"]
        accounts = self.alternative.accounts
        pair = [of_budget.budget_values(run.tables(), accounts) for run in (self.baseline, self.alternative)]
        return _difference(pair[0], pair[1], keys)

    def _gains(self) -> pd.DataFrame:
        """Return the difference in present value of gains; indexed by replication."""
        rate = self.alternative.accounts.discount_yearly
        pair = [_present_gains(run, rate) for run in (self.baseline, self.alternative)]
        return (pair[1] - pair[0]).dropna()

    def _monthly(self, perspective: str) -> pd.DataFrame:
        """Return the difference in net cost, SEK: a row a replication, a column a month."""
        accounts = self.alternative.accounts
        pair = [_monthly_costs(run, perspective, accounts) for run in (self.baseline, self.alternative)]
        return (pair[1] - pair[0]).dropna()


def _difference(baseline: pd.DataFrame, alternative: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the paired difference of two long tables of values; a line that one lacks is nobody's there."""
    index = [*keys, "replication"]
    pair = (alternative.set_index(index)["value"], baseline.set_index(index)["value"])
    both = pd.concat(pair, axis=1, keys=["alternative", "baseline"], join="inner")
    return (both["alternative"] - both["baseline"]).rename("value").reset_index()


def _present_costs(run: Outcome, rate: float) -> pd.DataFrame:
    items = weekly_costs(run.weekly, run.programmes)
    items = items.mul(discount_factors(items.index.get_level_values("week"), rate), axis=0)
    sums = items.groupby("replication").sum()
    effort = sums[list(EFFORT)].sum(axis=1)
    return pd.DataFrame({ONLY_EFFORT: effort, SERVICES: effort + sums[BENEFIT]})


def _present_gains(run: Outcome, rate: float) -> pd.DataFrame:
    weekly = run.weekly.set_index(["replication", "week"])
    table = pd.DataFrame(
        {
            YEARS_OFF: -weekly["clients"] / WEEKS_PER_YEAR,
            EXITS: weekly["exits"],
            EXITS_TO_WORK: weekly[f"exits_{Door.WORK.label}"],
        }
    )
    factor = discount_factors(table.index.get_level_values("week"), rate)
    return table.mul(factor, axis=0).groupby("replication").sum()


def _monthly_costs(run: Outcome, perspective: str, accounts: Any) -> pd.DataFrame:  # noqa: ANN401
    """Return the net cost of each month, SEK."""
    values = of_budget.net_results(run.tables(), of_budget.month_edges(run.weeks), accounts)
    if perspective == ONLY_EFFORT:
        values = values[values["part"] == of_budget.EFFORT]
    elif perspective == SERVICES:
        values = values[(values["part"] == of_budget.EFFORT) | (values["item"] == BENEFIT)]
    elif perspective in PAYERS:
        values = values[values["payer"] == perspective]
    elif perspective != ALL_PAYERS:
        known = [ONLY_EFFORT, SERVICES, ALL_PAYERS, *PAYERS]
        check_known("perspective", "perspective", perspective, known)
    return -values.groupby(["replication", "period"])["value"].sum().unstack("period", fill_value=0)


def _column(table: pd.DataFrame, name: str, what: str) -> pd.Series:
    check_known(what, what, name, table.columns)
    return table[name]
