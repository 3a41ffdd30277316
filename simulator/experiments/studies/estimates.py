"""What a trial measures: the people who are followed, levels in each arm, and effects against the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from simulator.outcomes.status import (
    DOORS_TO_WORK,
    EMPLOYED,
    OUTSIDE,
    OUTSIDE_ON_BENEFIT,
    PERSON,
    UNEMPLOYED,
    weeks_by_status,
)
from simulator.outcomes.survival import SpellsError, cox
from simulator.parameters.designs import TrialStudy
from simulator.vocabulary import Clock, Door, People

DAYS = 7.0
HALF = 0.5
LOG_TIME = "log weeks to exit"
LOG_SPELL = "log weeks of the spell"
SEARCH = "search effort over the spell"
TALKS = "talks over the spell"
DUE_WEEKS = "weeks due in programmes over the spell"
MISSED_WEEKS = "due weeks missed without a valid reason over the spell"
LOG_WAGE = "log entry wage"
TO_ANY, TO_WORK = "hazard ratio of exit", "hazard ratio of exit to work"
THROUGH = {f"hazard ratio of exit through {door.label}": (door.label,) for door in Door}
HAZARD_RATIOS: dict[str, tuple[str, ...] | None] = {TO_ANY: None, TO_WORK: DOORS_TO_WORK, **THROUGH}
"""Which exits each counts; None for all."""


@dataclass(frozen=True)
class Level:
    """A mean over people: a name, its unit, and each person's value."""

    outcome: str
    unit: str
    values: pd.Series


def followed(spells: pd.DataFrame, design: TrialStudy, weeks: int) -> pd.DataFrame:
    """Return the spells a trial is about, each person's first, with `origin`, `time` and `left`.

    Parameters
    ----------
    spells : DataFrame
        All spells of a world.
    design : TrialStudy
        Whose spells, from when, for how long.
    weeks : int
        Weeks of the run; who cannot be followed to the end is left out.

    Returns
    -------
    DataFrame
        `origin` is the calendar week from which a person is followed, `time` the weeks to the exit or the end
        of the follow-up, `left` whether the exit came first. Newcomers are in their first spell ever, and
        come within the intake.
    """
    start = design.start_week or 0
    end = spells["entry_week"] + spells["weeks"]
    taken_in = spells["entry_week"] - start < (design.intake_weeks or np.inf)
    new = (spells["spell"] == 1) & (spells["entry_week"] >= start) & taken_in
    stock = (spells["entry_week"] < start) & (end > start)
    chosen = {People.NEWCOMERS: new, People.STOCK: stock, People.BOTH: new | stock}[design.people]
    origin = spells["entry_week"].clip(lower=start)
    if design.clock == Clock.PLANNED_TALK:
        origin = spells["planned_talk_week"].astype(float)
        chosen &= (origin >= start).fillna(value=False)
    chosen &= (origin + design.follow_up_weeks <= weeks).fillna(value=False)
    table = spells[chosen].assign(origin=origin[chosen].astype(np.int64), end=end[chosen])
    time = table["end"] - table["origin"]
    left = table["exited"] & (time <= design.follow_up_weeks)
    table = table.assign(time=np.minimum(time, design.follow_up_weeks), left=left)
    return table.sort_values(["replication", "client", "spell"]).drop_duplicates(["replication", "client"])


def levels(people: pd.DataFrame, spells: pd.DataFrame, design: TrialStudy) -> Iterator[Level]:
    """Yield what is measured of every person who is followed.

    Parameters
    ----------
    people : DataFrame
        From `followed`.
    spells : DataFrame
        All spells of the world, for the time after the first exit.
    design : TrialStudy
        Follow-up and horizons.
    """
    status = DAYS * weeks_by_status(spells, people, design.follow_up_weeks)
    within = f"within {design.follow_up_weeks} weeks"
    on_benefit = status[UNEMPLOYED] + status[OUTSIDE_ON_BENEFIT]
    yield Level(f"days on benefit {within}", "days", on_benefit)
    yield Level(f"days unemployed {within}", "days", status[UNEMPLOYED])
    yield Level(f"days in work {within}", "days", status[EMPLOYED])
    outside = status[OUTSIDE] + status[OUTSIDE_ON_BENEFIT]
    yield Level(f"days outside the labour force {within}", "days", outside)
    yield Level(f"days to exit {within}", "days", DAYS * people["time"])
    earlier_weeks = people["origin"] - people["entry_week"]
    for name, time in ((LOG_TIME, people["time"]), (LOG_SPELL, earlier_weeks + people["time"])):
        yield Level(name, "log", np.log(time.clip(lower=1)))
    works = people["door"].isin(DOORS_TO_WORK)
    for weeks in design.horizons_weeks:
        gone = people["left"] & (people["time"] <= weeks)
        yield Level(f"exit by week {weeks}", "share", gone.astype(float))
        yield Level(f"exit to work by week {weeks}", "share", (gone & works).astype(float))
        for door in design.doors:
            through = gone & (people["door"] == door.label)
            yield Level(f"exit through {door.label} by week {weeks}", "share", through.astype(float))
        back = people["left"] & (_next_entry(people, spells) <= people["origin"] + weeks)
        yield Level(f"left and back on benefit by week {weeks}", "share", back.astype(float))
    earlier = 0
    for weeks in sorted(design.horizons_weeks):
        worked = weeks_by_status(spells, people, weeks)[EMPLOYED]
        before = weeks_by_status(spells, people, earlier)[EMPLOYED] if earlier else 0.0
        share = (worked - before) / (weeks - earlier)
        yield Level(f"in work, weeks {earlier} to {weeks}", "share of time", share)
        earlier = weeks
    yield from _responses(people)


def _next_entry(people: pd.DataFrame, spells: pd.DataFrame) -> pd.Series:
    """Return the week in which each person's next spell begins; missing where none does."""
    later = spells[[*PERSON, "spell", "entry_week"]].assign(spell=spells["spell"] - 1)
    both = people[[*PERSON, "spell"]].merge(later, how="left", on=[*PERSON, "spell"])
    return both["entry_week"].set_axis(people.index).astype(float)


def hazard_ratios(design: TrialStudy) -> list[str]:
    """Return the names of the hazard ratios that a trial gives."""
    return [TO_ANY, TO_WORK, *(f"hazard ratio of exit through {door.label}" for door in design.doors)]


def _responses(people: pd.DataFrame) -> Iterator[Level]:
    """Yield talks, search and weeks in programmes of people's spells, and the wage of those who left by work.

    Talks, search and weeks are those of the whole spell, before and after the follow-up, too; a spell that
    the run cuts short counts as far as it is seen. Who left otherwise has no wage and does not count in its
    mean. The share of due weeks that is missed is the ratio of two means: a mean of shares would count short
    stays as much as long ones.
    """
    yield Level(TALKS, "talks", people["meetings"].astype(float))
    yield Level(SEARCH, "1 if nothing urges or holds", people["search_effort"])
    yield Level(DUE_WEEKS, "weeks", people["due_weeks"].astype(float))
    yield Level(MISSED_WEEKS, "weeks", people["missed_weeks"].astype(float))
    yield Level(LOG_WAGE, "log SEK/month", np.log(people["entry_wage"].where(people["left"])))


def effects(
    table: pd.DataFrame,
    measured: Sequence[Level],
    arms: Sequence[str],
    groups: pd.Series,
    ratios: Sequence[str] = (TO_ANY, TO_WORK),
) -> Iterator[dict[str, object]]:
    """Yield each arm's level and effect against the first arm, replication by replication.

    Parameters
    ----------
    table : DataFrame
        People of all arms, from `followed`, with `arm_name`.
    measured : sequence of Level
        Their values, on the same index.
    arms : sequence of str
        Names; the first is compared with.
    groups : Series of str
        Each person's group, in which effects are given apart.
    ratios : sequence of str
        Names of the hazard ratios, from `HAZARD_RATIOS`.
    """
    keys = [table["replication"], groups.rename("group"), table["arm_name"]]
    for level in measured:
        own = level.values.groupby(keys, observed=True)
        yield from _against_first(own.mean(), own.count(), arms, level.outcome, level.unit)
    waits = table["time"].where(table["left"], np.inf).groupby(keys, observed=True)
    medians = waits.quantile(HALF, "higher").replace(np.inf, np.nan)
    yield from _against_first(medians, waits.count(), arms, "median weeks to exit", "weeks")
    for cell, part in table.groupby(keys[:2], observed=True):
        for name in arms[1:]:
            for outcome in ratios:
                two = part[part["arm_name"].isin([arms[0], name])]
                ratio = log_hazard_ratio(two, name, HAZARD_RATIOS[outcome])
                yield _row(cell, name, outcome, "ratio", len(two), effect=ratio)


def _against_first(
    middles: pd.Series, counts: pd.Series, arms: Sequence[str], outcome: str, unit: str
) -> Iterator[dict[str, object]]:
    levels_of, people = (one.unstack("arm_name").reindex(columns=list(arms)) for one in (middles, counts))
    for cell, row in levels_of.iterrows():
        for name in arms[1:]:
            control, value = float(row[arms[0]]), float(row[name])
            number = int(np.nansum(people.loc[[cell], [arms[0], name]]))
            yield _row(cell, name, outcome, unit, number, control, value, value - control)


def _row(  # noqa: PLR0913, PLR0917  (the columns of a table)
    cell: Any,  # noqa: ANN401  (a label of two levels: replication and group)
    arm: str,
    outcome: str,
    unit: str,
    people: int,
    control: float = float("nan"),
    value: float = float("nan"),
    effect: float = float("nan"),
) -> dict[str, object]:
    replication, group = cell
    return {
        "replication": replication, "group": group, "arm": arm, "outcome": outcome, "unit": unit,
        "people": people, "control": control, "treated": value, "effect": effect,
    }  # fmt: skip


def log_hazard_ratio(people: pd.DataFrame, treated: str, doors: Sequence[str] | None) -> float:
    """Return the log hazard ratio of an arm (Cox, ties after Efron), missing where it has no finite estimate.

    Parameters
    ----------
    people : DataFrame
        People of two arms.
    treated : str
        The arm whose hazard stands above.
    doors : sequence of str or None
        Exits that count, others are censored; None for all.
    """
    counts = people["left"] if doors is None else people["left"] & people["door"].isin(doors)
    both = people[["time"]].assign(counts=counts, treated=(people["arm_name"] == treated).astype(float))
    try:
        return float(cox(both, "time", "counts", ["treated"])["coefficient"].iloc[0])
    except SpellsError:
        return float("nan")
