"""The net result for each public payer by year: what is done, what follows, and who bears or gains it.

Laid out as planners in Denmark know it from the investment model SØM of the social agency (evidence M06): the
cost of the effort, its economic consequences by item, and their sum, for each payer and each year, where a
positive amount is better for the payer. See docs/measures.md for what is and is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from simulator.outcomes.costs import ASSESSORS, BENEFIT, CASEWORKERS, EMPTY, SERVICE, USED, weekly_costs
from simulator.outcomes.definitions import WEEKS_PER_MONTH, next_entry
from simulator.outcomes.intervals import with_intervals
from simulator.outcomes.survival.columns import SpellsError, all_of, check_known, counted, missing_columns
from simulator.parameters.costs import Accounts
from simulator.vocabulary import WEEKS_PER_YEAR, Door, Owner

MUNICIPALITY, REGION, STATE, INSURANCE = "municipality", "region", "state", "insurance"
PAYERS = (MUNICIPALITY, REGION, STATE, INSURANCE)
ALL_PAYERS = "all payers"
EFFORT, CONSEQUENCES, NET = "effort", "consequences", "net result"
PRESENT_VALUE = "present value"

REFUND_STEPS = (0, 4, 26, 52, 10**6)
"""Weeks of a spell at which the state's refund changes (evidence M08)."""

WAYS = {
    "work": Door.WORK, "subsidised work": Door.SUBSIDISED_WORK, "study": Door.STUDY,
    "other benefit": Door.OTHER_BENEFIT,
}  # fmt: skip
"""Ways out with consequences for a payer; of the others nothing is known."""

KEYS = ["replication", "period"]


def weeks_off(spells: pd.DataFrame, edges: Sequence[float], kept_yearly: float) -> pd.DataFrame:
    """Return person-weeks behind each way out, by period: from the exit to the next spell or the end.

    Parameters
    ----------
    spells : DataFrame
        Spells of a run.
    edges : sequence of number
        Weeks at which periods begin, and the last one's end.
    kept_yearly : float
        Of those who left by a door of work and have not come back, share still working a year later.

    Returns
    -------
    DataFrame
        Indexed by replication and period; one column a way out of `WAYS`.
    """
    table = spells.assign(back=next_entry(spells).fillna(edges[-1]))
    table = table[table["exited"] & table["door"].isin([door.label for door in WAYS.values()])]
    start, back = table["exit_week"].to_numpy(dtype=float), table["back"].to_numpy(dtype=float)
    works = table["door"].isin([Door.WORK.label, Door.SUBSIDISED_WORK.label]).to_numpy()
    kept = np.where(works, kept_yearly, 1.0) ** (1.0 / WEEKS_PER_YEAR)
    parts = []
    for period in range(len(edges) - 1):
        a = np.clip(edges[period] - start, 0.0, None)
        b = np.clip(np.minimum(edges[period + 1], back) - start, 0.0, None)
        weeks = _kept_weeks(kept, a, np.maximum(a, b))
        own = pd.DataFrame({"replication": table["replication"], "door": table["door"], "weeks": weeks})
        parts.append(own.assign(period=period))
    sums = pd.concat(parts).pivot_table(
        index=KEYS, columns="door", values="weeks", aggfunc="sum", observed=True
    )
    wide = sums.reindex(columns=[door.label for door in WAYS.values()]).fillna(0.0)
    return wide.set_axis(list(WAYS), axis=1)


def _kept_weeks(kept: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the expected weeks in a state between week a and week b after entering it."""
    leaving = np.where(kept < 1.0, 1.0 - kept, 1.0)
    fading = (kept**a - kept**b) / leaving
    return np.where(kept < 1.0, fading, b - a)


def refunded(spells: pd.DataFrame, edges: Sequence[float], accounts: Accounts) -> pd.DataFrame:
    """Return the share of the benefit of each period that the state refunds.

    A spell's benefit is spread evenly over its weeks; the share is reckoned from weeks since the spell began.

    Returns
    -------
    DataFrame
        Indexed by replication and period; one column, `share`.
    """
    shares = (
        accounts.refund_weeks_1_4, accounts.refund_weeks_5_26, accounts.refund_weeks_27_52,
        accounts.refund_weeks_53,
    )  # fmt: skip
    entry = spells["entry_week"].to_numpy(dtype=float)
    end = entry + spells["weeks"].to_numpy(dtype=float)
    weekly = spells["benefit_sek"].to_numpy(dtype=float) / np.maximum(end - entry, 1.0)
    parts = []
    for period in range(len(edges) - 1):
        paid, back = np.zeros(len(entry)), np.zeros(len(entry))
        for first, last, share in zip(REFUND_STEPS[:-1], REFUND_STEPS[1:], shares, strict=True):
            upper = np.minimum(np.minimum(entry + last, end), edges[period + 1])
            weeks = np.clip(upper - np.maximum(entry + first, edges[period]), 0.0, None)
            paid += weekly * weeks
            back += weekly * weeks * share
        own = pd.DataFrame({"replication": spells["replication"], "paid": paid, "back": back})
        sums = own.groupby("replication").sum()
        share_of = (sums["back"] / sums["paid"].where(sums["paid"] > 0)).fillna(0.0)
        parts.append(share_of.rename("share").reset_index().assign(period=period))
    return pd.concat(parts).set_index(KEYS)


def net_results(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], edges: Sequence[float], accounts: Accounts
) -> pd.DataFrame:
    """Return what each payer bears (negative) or gains (positive) in each period, by item.

    Parameters
    ----------
    tables : tuple of DataFrame
        Spells, weekly panel and programmes of a run.
    edges : sequence of number
        Weeks at which periods begin, and the last one's end.
    accounts : Accounts
        Who pays what.

    Returns
    -------
    DataFrame
        Columns replication, period, payer, part (effort or consequences), item, value (SEK).
    """
    spells, weekly, programmes = tables
    effort = _effort(weekly, programmes, edges, accounts)
    benefit = _by_period(weekly_costs(weekly, programmes)[BENEFIT], edges)
    lines = {
        **effort,
        **_benefit(benefit, refunded(spells, edges, accounts)["share"], accounts),
        **_ways(weeks_off(spells, edges, accounts.work_kept_yearly), accounts),
    }
    index = benefit.index
    parts = [
        pd.DataFrame({"value": values.reindex(index, fill_value=0.0)})
        .reset_index()
        .assign(payer=payer, part=part, item=item)
        for (payer, part, item), values in lines.items()
    ]
    return pd.concat(parts, ignore_index=True)[[*KEYS, "payer", "part", "item", "value"]]


Lines = dict[tuple[str, str, str], pd.Series]


def _by_period(values: pd.Series, edges: Sequence[float]) -> pd.Series:
    """Return sums by replication and period of values indexed by replication and week."""
    week = values.index.get_level_values("week")
    period = np.searchsorted(np.asarray(edges, dtype=float), week, side="right") - 1
    replication = values.index.get_level_values("replication")
    inside = (period >= 0) & (period < len(edges) - 1)
    sums = values[inside].groupby([replication[inside], period[inside]]).sum()
    sums.index = sums.index.set_names(KEYS)
    return sums


def _effort(
    weekly: pd.DataFrame, programmes: pd.DataFrame, edges: Sequence[float], accounts: Accounts
) -> Lines:
    """Return the cost of what is done, each item by who pays: places by the owner of the programme."""
    items = weekly_costs(weekly, programmes)
    lines: Lines = {}
    for item, payer in {CASEWORKERS: MUNICIPALITY, ASSESSORS: MUNICIPALITY, SERVICE: STATE}.items():
        lines[payer, EFFORT, item] = -_by_period(items[item], edges)
    share = programmes["owner"].map(_state_share(accounts)).astype(float)
    for payer, part in {MUNICIPALITY: 1.0 - share, STATE: share}.items():
        own = weekly_costs(weekly, programmes.assign(programme_sek=programmes["programme_sek"] * part))
        for item in (USED, EMPTY):
            lines[payer, EFFORT, item] = -_by_period(own[item], edges)
    return lines


def _state_share(accounts: Accounts) -> dict[str, float]:
    """Return the part that the state pays of a programme, by its owner."""
    state = {Owner.EMPLOYMENT_SERVICE: 1.0, Owner.JOINT: accounts.joint_state_share}
    return {owner.label: state.get(owner, 0.0) for owner in Owner}


def _benefit(benefit: pd.Series, share: pd.Series, accounts: Accounts) -> Lines:
    """Return the benefit, and what the state refunds of it."""
    refund = benefit * share.reindex(benefit.index, fill_value=0.0)
    return {
        (MUNICIPALITY, CONSEQUENCES, "benefit"): -benefit,
        (MUNICIPALITY, CONSEQUENCES, "refund of benefit"): refund,
        (STATE, CONSEQUENCES, "refund of benefit"): -refund,
    }


def _ways(weeks: pd.DataFrame, a: Accounts) -> Lines:
    """Return what follows from being off benefit: taxes, contributions, subsidies, other benefits, grants."""
    months = weeks / WEEKS_PER_MONTH
    working = months["work"] + months["subsidised work"]
    pay = working * a.earnings_sek_monthly
    taxed = working * max(0.0, a.earnings_sek_monthly - a.allowance_sek_monthly)
    municipal, regional = taxed * a.tax_municipal, taxed * a.tax_regional
    moved = a.tax_equalised
    other = months["other benefit"] * a.other_benefit_sek_monthly
    return {
        (MUNICIPALITY, CONSEQUENCES, "income tax"): municipal,
        (REGION, CONSEQUENCES, "income tax"): regional,
        (STATE, CONSEQUENCES, "income tax"): pay * a.tax_state - working * a.tax_credit_sek_monthly,
        (MUNICIPALITY, CONSEQUENCES, "equalisation of tax"): -moved * municipal,
        (REGION, CONSEQUENCES, "equalisation of tax"): -moved * regional,
        (STATE, CONSEQUENCES, "equalisation of tax"): moved * (municipal + regional),
        (STATE, CONSEQUENCES, "payroll tax"): pay * a.payroll_state,
        (INSURANCE, CONSEQUENCES, "payroll contributions"): pay * a.payroll_insurance,
        (STATE, CONSEQUENCES, "wage subsidy"): (
            -months["subsidised work"] * a.earnings_sek_monthly * a.wage_subsidy
        ),
        (MUNICIPALITY, CONSEQUENCES, "other benefit"): -other * a.other_benefit_municipal_share,
        (INSURANCE, CONSEQUENCES, "other benefit"): -other * (1.0 - a.other_benefit_municipal_share),
        (STATE, CONSEQUENCES, "study grant"): -months["study"] * a.study_sek_monthly,
    }


def year_edges(weeks: int) -> list[float]:
    """Return the weeks at which years begin, and the end of the run; the last year may be shorter."""
    return [float(week) for week in (*range(0, weeks, WEEKS_PER_YEAR), weeks)]


def month_edges(weeks: int) -> list[float]:
    """Return the weeks at which whole months of the run begin, and the end of the last (or of the run)."""
    months = int(weeks / WEEKS_PER_MONTH)
    return [month * WEEKS_PER_MONTH for month in range(months + 1)] if months else [0.0, float(weeks)]


def with_totals(values: pd.DataFrame) -> pd.DataFrame:
    """Add to payers their sum, to parts their sums by payer, and the net result."""
    items = pd.concat([values, _total(values, payer=ALL_PAYERS)])
    parts = _total(items, item="sum")
    net = _total(items, part=NET, item=NET)
    return pd.concat([items, parts, net], ignore_index=True)


def _total(values: pd.DataFrame, **labels: str) -> pd.DataFrame:
    keys = [name for name in values.columns if name not in {"value", *labels}]
    return values.groupby(keys, sort=False)["value"].sum().reset_index().assign(**labels)


def budget_values(
    tables: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], accounts: Accounts
) -> pd.DataFrame:
    """Return the net result of each replication: replication, year, payer, part, item, value (SEK).

    Years are "1", "2" and so on, and "present value": all of them discounted to the first.
    """
    weeks = len(tables[1]["week"].unique())
    yearly = with_totals(net_results(tables, year_edges(weeks), accounts))
    factor = (1.0 + accounts.discount_yearly) ** -yearly["period"].astype(float)
    keys = ["replication", "payer", "part", "item"]
    discounted = yearly.assign(value=yearly["value"] * factor)
    present = discounted.groupby(keys, sort=False)["value"].sum().reset_index().assign(year=PRESENT_VALUE)
    yearly["year"] = (yearly["period"] + 1).astype(str)
    return pd.concat([yearly, present], ignore_index=True)[["replication", "year", *keys[1:], "value"]]


def budget_table(values: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return the net result with intervals: year, payer, part, item, value, low, high, unit.

    Parameters
    ----------
    values : DataFrame
        From `budget_values`, of a run or of the difference of two.
    level : float
        Coverage of the Monte Carlo interval.
    """
    million = values.assign(value=values["value"] / 1e6)
    table = with_intervals(million, ["year", "payer", "part", "item"], level)
    never = table.groupby(["payer", "part", "item"])["value"].transform(lambda v: (v == 0.0).all())
    return table[~never | (table["part"] == NET)].assign(unit="million SEK").reset_index(drop=True)


def budget_sheet(table: pd.DataFrame) -> pd.DataFrame:
    """Return the net result as a sheet: a row a payer, part and item; a column a year; million SEK.

    Parameters
    ----------
    table : DataFrame
        From `budget()` of a run or of a comparison.

    Raises
    ------
    SpellsError
        If it is something else: a column is missing, a payer or part unknown, a line there twice.
    """
    if not isinstance(table, pd.DataFrame):
        raise SpellsError(f"table: the table of budget() is wanted here, not {type(table).__name__}")
    needed = ("year", "payer", "part", "item", "value")
    if mistakes := missing_columns(table.columns, [("table", name) for name in needed]):
        raise SpellsError(*mistakes)
    known = {"payer": [*PAYERS, ALL_PAYERS], "part": [EFFORT, CONSEQUENCES, NET]}
    all_of(*(
        partial(check_known, name, name, one, words)
        for name, words in known.items() for one in table[name].unique()
    ))  # fmt: skip
    if twice := int(table.duplicated(list(needed[:-1])).sum()):
        raise SpellsError(f"table: {counted(twice, 'line')} there twice; a sheet is of one run or comparison")
    years = list(dict.fromkeys(table["year"]))
    parts, payers = [EFFORT, CONSEQUENCES, NET], [*PAYERS, ALL_PAYERS]
    sheet = table.pivot(index=["payer", "part", "item"], columns="year", values="value")[years]
    order = [(payers.index(payer), parts.index(part), item == "sum") for payer, part, item in sheet.index]
    return sheet.iloc[sorted(range(len(order)), key=order.__getitem__)].rename_axis(columns=None)
