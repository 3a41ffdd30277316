"""What a policy brief tells of a run, and the differences of two with both layers of their uncertainty."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from simulator.experiments.fitting.worlds import DRAW
from simulator.outcomes import budget as of_budget
from simulator.outcomes.budget import EFFORT, NET
from simulator.outcomes.costs import BENEFIT
from simulator.outcomes.distance import DISTANCE, FAMILY
from simulator.outcomes.intervals import FEWEST
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.sanctions import WITHOUT_WORK
from simulator.outcomes.uncertainty import layers
from simulator.outcomes.who import values_by
from simulator.parameters.costs import Accounts
from simulator.vocabulary import WEEKS_PER_YEAR, Door

TRAITS = (DISTANCE, "age_group", FAMILY, "foreign_born")
"""For whom it is told."""

EVERYBODY, WAY, PAYER = "everybody", "way", "payer"
"""Kinds of groups beside the traits: no groups, ways out taken together, and who pays."""

TO_WORK, TO_OTHER, TO_NOTHING = "work", "study or another benefit", "no work or other income known"
WAYS = {
    TO_WORK: (Door.WORK.label, Door.SUBSIDISED_WORK.label),
    TO_OTHER: (Door.STUDY.label, Door.OTHER_BENEFIT.label),
    TO_NOTHING: tuple(WITHOUT_WORK),
}
"""Ways out by what is behind them."""

LEFT = "left within {weeks} weeks"
COSTS = {
    "effort": "staff and places", "benefit": "benefit paid", "other": "taxes and other payments",
    "net": "net cost",
}  # fmt: skip
"""What a cost is spent on, and how its outcome is called."""

YEARLY, PER_CLIENT = "{what}, a year", "{what}, a year and client before the change"
MILLION_UNIT, CLIENT_UNIT = "million SEK", "SEK"
CLIENTS = "clients on benefit"

KEYS = ["by", "group", "outcome", "unit"]
BOUNDS = ["luck_low", "luck_high", "settings_low", "settings_high"]
COLUMNS = [
    "outcome", "by", "group", "baseline", "alternative", "difference", "low", "high", "unit",
    *BOUNDS, "share_below", "draws", "replications",
]  # fmt: skip


def values_of_run(run: Outcome, accounts: Accounts) -> pd.DataFrame:
    """Return what is told of a run, replication by replication.

    Parameters
    ----------
    run : Outcome
        A run that keeps everything.
    accounts : Accounts
        Who pays what.

    Returns
    -------
    DataFrame
        Columns replication, by, group, outcome, unit, value. `by` is a trait, "way" (doors by what is behind
        them), "payer" (costs), or "everybody"; `group` is then one of its groups.
    """
    headlines = run.outcomes().assign(by=EVERYBODY, group="")
    parts = [
        headlines,
        _by_way(headlines),
        *_of_groups(run, set(headlines["outcome"])),
        _costs(run, accounts),
    ]
    table = pd.concat(parts, ignore_index=True).dropna(subset=["value"])
    return table[["replication", *KEYS, "value"]]


def _by_way(headlines: pd.DataFrame) -> pd.DataFrame:
    """Return the share that left by each way, with the doors behind which the same is known together."""
    found = headlines["outcome"].str.extract(r"left by (?P<door>\w+) within (?P<weeks>\d+) weeks")
    way = found["door"].map({door: name for name, doors in WAYS.items() for door in doors})
    doors = headlines.assign(group=way, by=WAY, weeks=found["weeks"]).dropna(subset=["group"])
    doors["outcome"] = [LEFT.format(weeks=weeks) for weeks in doors["weeks"]]
    return doors.groupby(["replication", *KEYS], sort=False)["value"].sum().reset_index()


def _of_groups(run: Outcome, told: set[str]) -> Iterator[pd.DataFrame]:
    """Yield outcomes by trait, and of everybody those that are no headline."""
    if not (run.spells["entry_week"] >= 0).any():
        return
    spells = run.spells.assign(**{EVERYBODY: ""})
    values = values_by(spells, run.weeks, run.settings, [EVERYBODY, *TRAITS])
    yield values[(values["by"] != EVERYBODY) | ~values["outcome"].isin(told)]


def _costs(run: Outcome, accounts: Accounts) -> pd.DataFrame:
    """Return what each payer bears in a year of the run, million SEK, by what it is spent on."""
    lines = of_budget.with_totals(
        of_budget.net_results(run.tables(), of_budget.year_edges(run.weeks), accounts)
    )
    is_sum, is_benefit = lines["item"] == "sum", lines["item"].isin([BENEFIT, "refund of benefit"])
    effort, net = is_sum & (lines["part"] == EFFORT), lines["part"] == NET
    other = ~is_sum & ~is_benefit & ~net & (lines["part"] != EFFORT)
    chosen = {"effort": effort, "benefit": is_benefit, "other": other, "net": net}
    years = run.weeks / WEEKS_PER_YEAR
    parts = []
    for name, rows in chosen.items():
        sums = lines[rows].groupby(["replication", "payer"], sort=False)["value"].sum()
        cost = (-sums / years / 1e6).rename("value").reset_index()
        parts.append(cost.assign(outcome=YEARLY.format(what=COSTS[name])))
    table = pd.concat(parts, ignore_index=True).rename(columns={"payer": "group"})
    return table.assign(by=PAYER, unit=MILLION_UNIT)


def differences(baseline: pd.DataFrame, alternative: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return what the second has more than the first, paired by draw and replication.

    Parameters
    ----------
    baseline, alternative : DataFrame
        From `values_of_run`, each draw with its number under `draw`.
    level : float
        Coverage of all intervals.

    Returns
    -------
    DataFrame
        Columns outcome, by, group, baseline, alternative, difference, low, high, unit, luck_low, luck_high,
        settings_low, settings_high, share_below, draws, replications (of each draw). The luck interval is
        that of the mean over draws (Student's t over replications with one draw); the settings interval
        holds so many of the draws, luck taken out (null with one); low and high take both together: their
        distances to the difference add up as squares. `share_below` is the share of draws in which the mean
        difference is below nought (null with one).
    """
    index = [*KEYS, DRAW, "replication"]
    pair = [
        with_cost_per_client(side, baseline).set_index(index)["value"] for side in (baseline, alternative)
    ]
    both = pd.concat(pair, axis=1, keys=["baseline", "alternative"])
    both["difference"] = both["alternative"] - both["baseline"]
    groups = both.groupby(KEYS, sort=False)
    table = groups[["baseline", "alternative"]].mean().reset_index()  # a row a group, in their order
    both["number"] = groups.ngroup()
    found = table.join(_split(both.dropna(subset=["difference"]).reset_index(), level))
    return found[COLUMNS]


def with_cost_per_client(values: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """Add to costs a year the same over the clients who are on benefit at a time in the baseline.

    Both sides are divided by the same clients, so that a cost does not fall because clients are more.
    """
    people = baseline[(baseline["by"] == EVERYBODY) & (baseline["outcome"] == CLIENTS)]
    clients = people.set_index([DRAW, "replication"])["value"].rename("clients")
    costs = values[values["by"] == PAYER].join(clients, on=[DRAW, "replication"])
    names = {YEARLY.format(what=what): PER_CLIENT.format(what=what) for what in COSTS.values()}
    costs = costs.assign(
        value=1e6 * costs["value"] / costs["clients"], outcome=costs["outcome"].map(names), unit=CLIENT_UNIT
    )
    return pd.concat([values, costs.drop(columns="clients")], ignore_index=True)


def _split(values: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return difference and intervals of every outcome, indexed by its number."""
    long = values[["number", DRAW, "replication", "difference"]].set_axis(
        ["outcome", DRAW, "replication", "value"], axis=1
    )
    table = layers(long.assign(unit=""), level).set_index("outcome")
    table = table.rename(
        columns={
            "value": "difference", "monte_carlo_low": "luck_low", "monte_carlo_high": "luck_high",
            "parameter_low": "settings_low", "parameter_high": "settings_high",
        }
    )  # fmt: skip
    means = long.groupby(["outcome", DRAW])["value"].mean()
    below = (means < 0.0).groupby(level="outcome").mean()
    table["share_below"] = below.where(table["draws"] >= FEWEST)
    for end in ("low", "high"):
        luck, settings = (table[f"{layer}_{end}"] - table["difference"] for layer in ("luck", "settings"))
        both = np.hypot(luck, settings.fillna(0.0))
        table[end] = table["difference"] + (-both if end == "low" else both)
    return table.drop(columns="unit")
