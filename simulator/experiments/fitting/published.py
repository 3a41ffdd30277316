"""What is held against each published fact: which estimates of which worlds.

A measure reads what the worlds of one draw of settings estimate, replication by replication.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulator.errors import Mistake, SettingsError, nearest
from simulator.experiments.fitting.estimates import CUMULATED, FIRST_YEAR, LED_TO_WORK, MEDIAN, STILL_ON
from simulator.experiments.fitting.facts import Fact, kept_for_validation
from simulator.experiments.fitting.published_worlds import (
    FEW,
    HALVES,
    MANY,
    MARKETS,
    STAFF_40,
    STAFF_80,
    STOCK,
    TURNED,
    WORLDS,
)
from simulator.experiments.studies.estimates import DUE_WEEKS, LOG_SPELL, LOG_WAGE, MISSED_WEEKS, SEARCH

Tables = Mapping[str, pd.DataFrame]
"""What each world estimates: a row a replication, a column an estimate."""

DAYS = "effect: all: {} within 104 weeks"
RATIO = "hazard ratio: any: {}"
QUARTER_LEFT = 2.0
"""Half-lives after which an effect counts as worn off: a quarter of it is left (assumed)."""

LASTING = 24.0
"""Months that stand for all longer ones, which half a year of following cannot tell apart (assumed)."""

MONTH_WEEKS, QUARTER = 52.0 / 12.0, 13.0


@dataclass(frozen=True)
class Measure:
    """What is held against a fact.

    Attributes
    ----------
    worlds : tuple of str
        Where it is looked for.
    of : callable
        Gives one number a replication from the worlds' estimates.
    says : str
        Of a fact without a number: what a number above nought means.
    note : str
        How the design differs from the published one.
    estimate : str
        What is looked for, if it is one estimate.
    """

    worlds: tuple[str, ...]
    of: Callable[[Tables], pd.Series]
    says: str = ""
    note: str = ""
    estimate: str = ""


def line(world: str, estimate: str, says: str = "", note: str = "") -> Measure:
    """Return the measure: one estimate of one world."""
    return Measure((world,), lambda tables: column(tables, world, estimate), says, note, estimate)


def turned(world: str, estimate: str, says: str = "", note: str = "", sign: float = 1.0) -> Measure:
    """Return the measure: an effect of a trial, averaged over both turns of its arms."""
    pair = (world, f"{world}{TURNED}")
    return Measure(pair, lambda tables: sign * both_turns(tables, world, estimate), says, note, estimate)


def turned_gap(world: str, more: str, less: str, says: str) -> Measure:
    """Return the measure: what one effect of a trial exceeds another by, averaged over both turns."""
    return Measure(
        (world, f"{world}{TURNED}"),
        lambda tables: both_turns(tables, world, more) - both_turns(tables, world, less),
        says,
    )


def both_turns(tables: Tables, world: str, estimate: str) -> pd.Series:
    """Return an effect averaged over both turns of the arms; the turned one has the opposite sign."""
    return (column(tables, world, estimate) - column(tables, f"{world}{TURNED}", estimate)) / 2.0


def column(tables: Tables, world: str, estimate: str) -> pd.Series:
    """Return an estimate of a world by replication; NaN where the world had nothing to measure it by."""
    table = tables[world]
    return table[estimate] if estimate in table else pd.Series(np.nan, index=table.index)


def _worn_off(tables: Tables) -> pd.Series:
    """Return the months until a quarter of the effect is left, if it falls by the same share each week.

    As pseudo-values: what one replication shows by itself is too little for a ratio of effects.
    """
    spans = [column(tables, "sanction", RATIO.format(span)) for span in ("0-12", "13-25")]
    pairs = np.column_stack([span.to_numpy(float) for span in spans])
    number = len(pairs)
    whole = _months(pairs)
    if number == 1:
        return pd.Series(whole, index=spans[0].index)
    without = [_months(np.delete(pairs, row, axis=0)) for row in range(number)]
    return pd.Series(number * whole - (number - 1) * np.array(without), index=spans[0].index)


def _months(pairs: np.ndarray) -> float:
    early, late = pairs.mean(axis=0)
    if not early > 0.0:
        return float("nan")
    whole = QUARTER_LEFT * QUARTER * np.log(0.5) / MONTH_WEEKS
    return float(whole / np.log(np.clip(late / early, 0.01, np.exp(whole / LASTING))))


def _gap(world: str, more: str, less: str) -> Callable[[Tables], pd.Series]:
    return lambda tables: column(tables, world, more) - column(tables, world, less)


def _between(first: str, second: str, estimate: str) -> Callable[[Tables], pd.Series]:
    """Return what the second world has more than the first."""
    return lambda tables: column(tables, second, estimate) - column(tables, first, estimate)


def _kinds(tables: Tables) -> pd.Series:
    pair = (column(tables, world, RATIO.format("0-12")) for world in ("employment measure", "training"))
    return next(pair) - next(pair)


def _displaced(market: str, tables: Tables) -> pd.Series:
    """Return how many days in work the direct gain exceeds the net gain of treating everybody.

    It is what the untreated half loses when the other half is treated, and what those lose once all are: of
    the same people each time, so that their luck cancels out.
    """

    def days(share: str, half: str) -> pd.Series:
        return column(tables, f"{share} treated, {market}", f"{half}: all: days in work within 104 weeks")

    return days("0", "first") - days("0.5", "first") + days("0.5", "second") - days("1", "second")


def _displaced_in_both(tables: Tables) -> pd.Series:
    return (_displaced(FEW, tables) + _displaced(MANY, tables)) / 2.0


def _displaced_more(tables: Tables) -> pd.Series:
    return _displaced(FEW, tables) - _displaced(MANY, tables)


def _pay_back(tables: Tables) -> pd.Series:
    """Return the month from which the reform has paid back; the last month if it has not by then."""
    before, after = tables[STAFF_80], tables[STAFF_40]
    cumulated = [str(name) for name in before if str(name).startswith(CUMULATED)]
    names = sorted(cumulated, key=lambda name: int(name.removeprefix(CUMULATED)))  # month 2 before month 10
    change = (after[names] - before[names]).to_numpy()
    above = change > 0.0
    last = np.where(above.any(axis=1), above.shape[1] - 1 - above[:, ::-1].argmax(axis=1), -2)
    return pd.Series(np.minimum(last + 2.0, len(names)), index=before.index)


def _more_search(tables: Tables) -> pd.Series:
    """Return by which share warnings raise search effort."""
    return _risen(_in_arm(tables, SEARCH, "none"), _in_arm(tables, SEARCH, "warned"))


def _compliance_beyond_search(tables: Tables) -> pd.Series:
    """Return by how much more, as shares, weeks missed fall than search rises if cuts stand for warnings."""
    warned, cut = (
        _in_arm(tables, MISSED_WEEKS, arm) / _in_arm(tables, DUE_WEEKS, arm) for arm in ("warned", "cut")
    )
    return -_risen(warned, cut) - _risen(*(_in_arm(tables, SEARCH, arm) for arm in ("warned", "cut")))


def _in_arm(tables: Tables, outcome: str, arm: str) -> pd.Series:
    return column(tables, "warned and cut", f"{arm}: all: {outcome}")


def _risen(before: pd.Series, after: pd.Series) -> pd.Series:
    return (after - before) / before.where(before > 0.0)


YEAR = "calendar year: {}, of those with any"
BY_WEEK = "effect: all: exit{} by week {}"
BOTH_MARKETS = tuple(f"{share} treated, {market}" for market in MARKETS for share in HALVES)
MEASURES: dict[str, Measure] = {
    "V1": line(STOCK, YEAR.format("months")),
    "V2": line(STOCK, YEAR.format("ten months or more")),
    "V3a": line(STOCK, YEAR.format("main hindrance unemployment")),
    "V3b": line(STOCK, YEAR.format("main hindrance social reasons")),
    "V3c": line(STOCK, YEAR.format("main hindrance sick-listed")),
    "V4": line(STOCK, LED_TO_WORK, note="first stays only; work or study within four weeks of the end"),
    "V5": turned("caseload", DAYS.format("days to exit")),
    "V6a": turned("caseload", DAYS.format("days in work"), note="a job that ends without a new spell counts"),
    "V6b": turned("caseload", DAYS.format("days unemployed")),
    "V6c": turned("caseload", DAYS.format("days outside the labour force")),
    "V6d": turned("caseload", BY_WEEK.format("", 52)),
    "V7a": line("contact", f"second: all: {MEDIAN}", note="level of people on assistance, not the insured"),
    "V7b": line("contact", "effect: all: log hazard ratio of exit to work"),
    "V8a": turned("lost meeting", f"effect: all: {LOG_SPELL}"),
    "V8b": turned_gap(
        "lost meeting", f"effect: upper half: {LOG_SPELL}", f"effect: lower half: {LOG_SPELL}",
        "a meeting lost with a skilled caseworker lengthens the spell more",
    ),
    "V9a": line("sanction", RATIO.format("0-12")),
    "V9b": Measure(("sanction",), _worn_off, note="months until a quarter of the effect is left"),
    "V10a": Measure(
        ("employment measure", "training"), _kinds,
        "in its first quarter training holds people longer than an employment measure",
        "stays are not drawn at random: matched by weeks on benefit",
    ),
    "V10b": Measure(
        ("programmes",), _gap("programmes", BY_WEEK.format(" to work", 156), BY_WEEK.format(" to work", 52)),
        "programmes do more within three years than within one",
    ),
    "V11 direct": Measure(
        BOTH_MARKETS, _displaced_in_both,
        "days in work gained by those treated among others exceed those gained if all are",
        "mean of few and many vacancies",
    ),
    "V11 weak": Measure(
        BOTH_MARKETS, _displaced_more,
        "they exceed them by more where vacancies are few than where they are many",
    ),
    "V12": Measure(
        (STAFF_80, STAFF_40), _pay_back,
        note="at the prices of an insurance; the last month of the run if not by then",
    ),
    "V13": Measure(
        ("silo", "merged"), _between("silo", "merged", FIRST_YEAR),
        "who comes in the year of the merger finds work later", "exits otherwise censor",
    ),
    "V14": line(
        STOCK, STILL_ON, "the sanctioned are more often on benefit",
        "who is cut within a year must have stayed until then: that counts as selection, too",
    ),
    "V15 work": turned("strict", BY_WEEK.format(" to work", 52), "more of the young leave by work"),
    "V15 otherwise": turned_gap(
        "strict", BY_WEEK.format("", 52), BY_WEEK.format(" to work", 52), "more of the young leave otherwise",
    ),
    "V15 wages": turned(
        "strict", f"effect: all: {LOG_WAGE}", "jobs found by the young pay less",
        "log points lower; put into the model by its sign", sign=-1.0,
    ),
    "V16 search": Measure(
        ("warned and cut",), _more_search, "people search more where absence is answered by warnings",
        "share of the search effort where nothing follows; put into the model by its sign",
    ),
    "V16 compliance": Measure(
        ("warned and cut",), _compliance_beyond_search,
        "with reductions for warnings, weeks missed fall by a larger share than search effort rises",
        "difference of the two shares; put into the model by its sign",
    ),
}  # fmt: skip
"""What is held against each fact; one that consists of several claims has a line for each."""


def measures_of(fact: Fact) -> dict[str, Measure]:
    """Return what is held against a fact, by name; nothing if there is nothing.

    Raises
    ------
    SettingsError
        If a fact's own `measure` names no world.
    """
    if fact.measure:
        return {fact.id: measure_of(fact)}
    return {name: one for name, one in MEASURES.items() if name.split()[0] == fact.id}


def measure_of(fact: Fact) -> Measure:
    """Return the measure that a user's own fact names: `WORLD | ESTIMATE`, or an estimate of the stock."""
    world, bar, estimate = (part.strip() for part in fact.measure.partition("|"))
    world, estimate = (world, estimate) if bar else (STOCK, world)
    if world not in WORLDS:
        near = nearest(world, WORLDS)
        raise SettingsError(
            [Mistake(f"fact {fact.id}, measure", f"there is no world '{world}'", ", ".join(WORLDS), near)]
        )
    side, middle = "below" if fact.direction < 0.0 else "above", "1" if fact.is_ratio else "nought"
    says = "" if not np.isnan(fact.value) else f"{estimate} is {side} {middle}"
    return line(world, estimate, says)


def held_back(measure: Measure) -> str:
    """Return the id of the project's fact for validation that looks for the same, if there is one."""
    kept = kept_for_validation()
    same = (
        name
        for name, one in MEASURES.items()
        if name.split()[0] in kept and one.estimate == measure.estimate and {*measure.worlds} <= {*one.worlds}
    )
    return next(same, "")


def worlds_of(facts: Sequence[Fact]) -> list[str]:
    """Return the worlds that facts are looked for in, each once."""
    names = [world for fact in facts for one in measures_of(fact).values() for world in one.worlds]
    return [world for world in WORLDS if world in names]
