"""What a comparison answers beyond its table: who gained, cost-effectiveness, pay-back, budget by payer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from simulator.outcomes import budget as of_budget
from simulator.outcomes import effectiveness
from simulator.outcomes.block import weeks_with_benefit
from simulator.outcomes.budget import MUNICIPALITY, PAYERS
from simulator.outcomes.costs import BENEFIT, EFFORT, discount_factors, weekly_costs
from simulator.outcomes.creaming import creaming_values
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.distance import DISTANCE, check_traits
from simulator.outcomes.intervals import with_intervals
from simulator.outcomes.measures import more_replications
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import replication_outcomes
from simulator.outcomes.survival.columns import Column, all_of, check_known, check_level
from simulator.outcomes.who import KEYS, TRAITS, gap_values, traits_of, values_by
from simulator.vocabulary import WEEKS_PER_YEAR, Door

ONLY_EFFORT, SERVICES, ALL_PAYERS, ONLY_MUNICIPALITY = (
    "effort", "effort and benefit", "all payers", MUNICIPALITY
)  # fmt: skip
"""Whose costs are counted: what is done; that and the benefit; all public payers, taxes and other benefits
included; the municipality's part of these."""

PERSPECTIVES = (ONLY_EFFORT, SERVICES, ALL_PAYERS, *PAYERS)
COMPARED = (ONLY_EFFORT, SERVICES, ONLY_MUNICIPALITY, ALL_PAYERS)
"""Those that tables of cost-effectiveness and pay-back have."""

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
        all_of(lambda: check_level(level), lambda: check_traits(self.baseline.spells.columns, traits_of(by)))
        pair = [
            values_by(run.spells, run.weeks, run.settings, by) for run in (self.baseline, self.alternative)
        ]
        table = with_intervals(_difference(pair[0], pair[1], KEYS), KEYS, level)
        order = ["by", "group", "outcome", "difference", "low", "high", "unit"]
        return table.rename(columns={"value": "difference"})[order]

    def gaps(self, by: str = DISTANCE, reference: str | None = None, level: float = 0.95) -> pd.DataFrame:
        """Return how the gaps between groups change: group, reference, outcome, difference, low, high, unit.

        A gap is group less reference; above nought it grows, or turns round. See `outcomes.who.gaps`.
        """
        all_of(lambda: check_level(level), lambda: check_traits(self.baseline.spells.columns, [by]))
        pair = [
            gap_values(values_by(run.spells, run.weeks, run.settings, by), reference)
            for run in (self.baseline, self.alternative)
        ]
        keys = ["group", "reference", "outcome", "unit"]
        table = with_intervals(_difference(pair[0], pair[1], keys), keys, level)
        return table.rename(columns={"value": "difference"})[[*keys[:3], "difference", "low", "high", "unit"]]

    def creaming(self, level: float = 0.95) -> pd.DataFrame:
        """Return how the creaming gap changes: outcome, difference, low, high, unit.

        A gap is near less far over everybody; see `outcomes.creaming`.
        """
        check_level(level)
        pair = [
            creaming_values(run.spells, run.weeks, run.settings) for run in (self.baseline, self.alternative)
        ]
        table = with_intervals(_difference(pair[0], pair[1], ["outcome"]), ["outcome"], level)
        table = table.rename(columns={"value": "difference"})
        return table[["outcome", "difference", "low", "high"]].assign(unit="share of the mean of all")

    def budget(self, level: float = 0.95) -> pd.DataFrame:
        """Return what the alternative does to each payer: year, payer, part, item, value, low, high, unit.

        Above nought is better for the payer. Both runs are reckoned by the alternative's accounts.
        """
        return of_budget.budget_table(self._budget_values, level)

    def cost_effectiveness(self, level: float = 0.95) -> pd.DataFrame:
        """Return what a client-year off benefit, an exit and an exit to work cost, from four perspectives.

        See `simulator.outcomes.effectiveness.cost_effectiveness`; costs and gains are present values.
        """
        check_level(level)
        return effectiveness.cost_effectiveness(self._costs()[list(COMPARED)], self._gains(), level)

    def plane(self, gain: str = YEARS_OFF, perspective: str = SERVICES) -> pd.DataFrame:
        """Return the cost-effectiveness plane: replication, gain, cost (SEK).

        Perspectives: effort, effort and benefit, all payers, or one payer (municipality, region, state,
        insurance). Gains: client-year off benefit, exit, exit to work.
        """
        check_plane(gain, perspective)
        return effectiveness.plane(self._costs()[perspective], self._gains()[gain])

    def acceptability(
        self,
        gain: str = YEARS_OFF,
        perspective: str = SERVICES,
        willingness: Column | float | None = None,
    ) -> pd.DataFrame:
        """Return how probable it is that the gain is worth its cost: willingness (SEK), probability.

        Monte Carlo only: how sure the simulation is of its own answer.
        """
        check_plane(gain, perspective, willingness)
        points = self.plane(gain, perspective)
        return effectiveness.acceptability(points["cost"].to_numpy(), points["gain"].to_numpy(), willingness)

    def balance(self, perspective: str = SERVICES, level: float = 0.95) -> pd.DataFrame:
        """Return the cumulated net cost by month: month, value, low, high, unit (below nought: paid back).

        Not discounted; perspectives as in `plane`.
        """
        all_of(
            lambda: check_level(level),
            lambda: check_known("perspective", "perspective", perspective, PERSPECTIVES),
        )
        return effectiveness.balance(self._monthly(perspective), level)

    def pay_back(self, level: float = 0.95) -> pd.DataFrame:
        """Return from which month on the alternative has paid back: perspective, month, low, high, unit.

        Infinity if not within the run, 0 if it never cost anything on balance; not discounted.
        """
        check_level(level)
        rows = []
        for perspective in COMPARED:
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
        costs, gains = self._costs(), self._gains()
        balances = [self.balance(one).assign(perspective=one) for one in COMPARED]
        planes = [
            effectiveness.plane(costs[one], gains[gain]).assign(perspective=one, of=gain)
            for one in COMPARED
            for gain in GAINS
        ]
        money = {
            "budget": self.budget(),
            "cost_effectiveness": effectiveness.cost_effectiveness(costs[list(COMPARED)], gains),
            "plane": pd.concat(planes, ignore_index=True),
            "balance": pd.concat(balances, ignore_index=True),
            "pay_back": self.pay_back(),
        }
        both = all(len(flow_spells(run.spells)) for run in (self.baseline, self.alternative))
        return {"who": self.who(TRAITS), "creaming": self.creaming(), **money} if both else money

    def _costs(self) -> pd.DataFrame:
        """Return the difference in present value of costs by perspective, SEK; indexed by replication."""
        rate = self.alternative.accounts.discount_yearly
        pair = [present_costs(run, rate) for run in (self.baseline, self.alternative)]
        return (pair[1] - pair[0]).assign(**self._net_costs()).dropna()

    def _net_costs(self) -> dict[str, pd.Series]:
        """Return the difference in present value of net cost, SEK, of each payer and of all."""
        values = self._budget_values
        net = values[(values["part"] == of_budget.NET) & (values["year"] == of_budget.PRESENT_VALUE)]
        return {str(payer): -part.set_index("replication")["value"] for payer, part in net.groupby("payer")}

    @cached_property
    def _budget_values(self) -> pd.DataFrame:
        """Return the difference in each payer's result: replication, year, payer, part, item, value."""
        keys = ["year", "payer", "part", "item"]
        accounts = self.alternative.accounts
        pair = [of_budget.budget_values(run.tables(), accounts) for run in (self.baseline, self.alternative)]
        return _difference(pair[0], pair[1], keys)

    def _gains(self) -> pd.DataFrame:
        """Return the difference in present value of gains; indexed by replication."""
        rate = self.alternative.accounts.discount_yearly
        pair = [present_gains(run, rate) for run in (self.baseline, self.alternative)]
        return (pair[1] - pair[0]).dropna()

    def _monthly(self, perspective: str) -> pd.DataFrame:
        """Return the difference in net cost, SEK: a row a replication, a column a month."""
        pair = [_net_by_period(values, perspective) for values in self._monthly_results]
        return (pair[1] - pair[0]).dropna()

    @cached_property
    def _monthly_results(self) -> list[pd.DataFrame]:
        """Return each payer's result of each month in both runs, by the alternative's accounts."""
        accounts = self.alternative.accounts
        return [
            of_budget.net_results(run.tables(), of_budget.month_edges(run.weeks), accounts)
            for run in (self.baseline, self.alternative)
        ]


def _difference(baseline: pd.DataFrame, alternative: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the paired difference of two long tables of values; a line that one lacks is nobody's there."""
    index = [*keys, "replication"]
    pair = (alternative.set_index(index)["value"], baseline.set_index(index)["value"])
    both = pd.concat(pair, axis=1, keys=["alternative", "baseline"], join="inner")
    return (both["alternative"] - both["baseline"]).rename("value").reset_index()


def check_plane(gain: str, perspective: str, willingness: object = None) -> None:
    """Raise SpellsError if there is no such gain or perspective, or no such willingness to pay."""
    all_of(
        lambda: check_known("gain", "gain", gain, GAINS),
        lambda: check_known("perspective", "perspective", perspective, PERSPECTIVES),
        lambda: None if willingness is None else effectiveness.read_willingness(willingness),
    )


def present_costs(run: Outcome, rate: float) -> pd.DataFrame:
    """Return what is done, and that with the benefit, in present value, SEK; indexed by replication."""
    items = weekly_costs(run.weekly, run.programmes)
    items = items.mul(discount_factors(items.index.get_level_values("week"), rate), axis=0)
    sums = items.groupby("replication").sum()
    effort = sums[list(EFFORT)].sum(axis=1)
    return pd.DataFrame({ONLY_EFFORT: effort, SERVICES: effort + sums[BENEFIT]})


def present_gains(run: Outcome, rate: float) -> pd.DataFrame:
    """Return what is gained, in present value; indexed by replication."""
    weekly = run.weekly.set_index(["replication", "week"])
    table = pd.DataFrame(
        {
            YEARS_OFF: -weeks_with_benefit(weekly) / WEEKS_PER_YEAR,
            EXITS: weekly["exits"],
            EXITS_TO_WORK: weekly[f"exits_{Door.WORK.label}"],
        }
    )
    factor = discount_factors(table.index.get_level_values("week"), rate)
    return table.mul(factor, axis=0).groupby("replication").sum()


def _net_by_period(values: pd.DataFrame, perspective: str) -> pd.DataFrame:
    """Return the net cost of each period, SEK, out of each payer's results."""
    if perspective == ONLY_EFFORT:
        values = values[values["part"] == of_budget.EFFORT]
    elif perspective == SERVICES:
        values = values[(values["part"] == of_budget.EFFORT) | (values["item"] == BENEFIT)]
    elif perspective in PAYERS:
        values = values[values["payer"] == perspective]
    return -values.groupby(["replication", "period"])["value"].sum().unstack("period", fill_value=0)
