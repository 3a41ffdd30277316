"""What the study of a scenario estimates from its run, replication by replication.

A run says what its own `study` asks: a trial gives levels and effects of its arms, an event study log hazard
ratios, a plain run the published definitions, headline outcomes and cumulated costs. This is made where the
run is made, so that thousands of runs leave small tables instead of spells.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from simulator.experiments.studies.estimates import (
    HAZARD_RATIOS,
    Level,
    followed,
    hazard_ratios,
    levels,
    log_hazard_ratio,
)
from simulator.experiments.studies.event_study import ANY, RATIO, event_rows
from simulator.experiments.studies.subgroups import groups_of, of_subgroup
from simulator.outcomes.costs import BENEFIT, EFFORT, weekly_costs
from simulator.outcomes.definitions import WEEKS_PER_MONTH as MONTH_WEEKS
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.published import WORK_OR_STUDY, definition_values
from simulator.outcomes.status import DOORS_TO_WORK, PERSON
from simulator.outcomes.survival import restricted_mean
from simulator.parameters import Scenario
from simulator.parameters.designs import EventStudy, TrialStudy
from simulator.vocabulary import WEEKS_PER_YEAR

AFTER_STAY_WEEKS = 4
"""Weeks after a stay within which leaving by work or study is what the stay led to (assumed: a month)."""

TWO_YEARS = 2 * WEEKS_PER_YEAR
EVERYBODY = "all"
LED_TO_WORK = f"stays: work or study within {AFTER_STAY_WEEKS} weeks of the end of the first"
STILL_ON = "on benefit in week 52, first cut within a year: on benefit two years later, against others"
FIRST_YEAR = f"entries of the first year: restricted mean weeks to work within {WEEKS_PER_YEAR} weeks"
CUMULATED = "cumulated cost by month"
MEDIAN = "median weeks to exit"

Estimates = Iterator[tuple[str, pd.Series]]
"""Name of an estimate, and its values indexed by replication."""


def estimates_of(scenario: Scenario, outcome: Outcome, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return what the study of a scenario estimates.

    Parameters
    ----------
    scenario : Scenario
        With the study.
    outcome : Outcome
        Its run, with the columns of spells that designs ask for.
    outcomes : DataFrame
        Its headline outcomes by replication.

    Returns
    -------
    DataFrame
        Columns replication, estimate, value; a replication in which there is nothing to measure has NaN.
    """
    if isinstance(scenario.study, TrialStudy):
        found = of_trial(scenario, outcome, scenario.study)
    elif isinstance(scenario.study, EventStudy):
        found = of_events(scenario, outcome, scenario.study)
    else:
        found = of_run(outcome, outcomes)
    parts = [
        values.rename("value").rename_axis("replication").reset_index().assign(estimate=name)
        for name, values in found
        if len(values)
    ]
    table = pd.concat(parts, ignore_index=True)[["replication", "estimate", "value"]]
    return table.astype({"replication": "int32", "value": "float64"})


def of_run(outcome: Outcome, outcomes: pd.DataFrame) -> Estimates:
    """Yield what is measured in an ordinary run."""
    values = definition_values(outcome.spells, outcome.weeks)
    lines = values["definition"].str.cat(values["outcome"], sep=": ")
    for line, part in values.groupby(lines, sort=False):
        yield str(line), part.set_index("replication")["value"]
    for name, part in outcomes.groupby("outcome", sort=False):
        yield f"outcome: {name}", part.set_index("replication")["value"]
    yield LED_TO_WORK, _led_to_work(outcome)
    yield STILL_ON, _still_on(outcome)
    first = flow_spells(outcome.spells)
    first = first[first["entry_week"] < WEEKS_PER_YEAR]
    works = first["exited"] & first["door"].isin(DOORS_TO_WORK)  # other exits censor
    table = restricted_mean(first["weeks"], works, WEEKS_PER_YEAR, groups=first["replication"])
    yield FIRST_YEAR, table.set_index("group")["mean"]
    yield from _cumulated_costs(outcome)


def _cumulated_costs(outcome: Outcome) -> Estimates:
    """Yield benefit and all that is done for clients, SEK from the first week to the end of each month."""
    items = weekly_costs(outcome.weekly, outcome.programmes)[[*EFFORT, BENEFIT]].sum(axis=1)
    sums = items.unstack("week").cumsum(axis=1)
    for month in range(1, int(outcome.weeks / MONTH_WEEKS) + 1):
        yield f"{CUMULATED} {month}", sums[round(month * MONTH_WEEKS) - 1]


def _led_to_work(outcome: Outcome) -> pd.Series:
    """Return the share of first stays in a programme after which a person soon left by work or study."""
    spells = outcome.spells
    end = spells["first_stay_end_week"].astype(float)
    ended = spells[end.notna() & (end >= 0) & (end + AFTER_STAY_WEEKS < outcome.weeks)]
    wait = ended["exit_week"].astype(float) - end[ended.index]
    led = ended["door"].isin(WORK_OR_STUDY) & (wait <= AFTER_STAY_WEEKS)
    return led.groupby(ended["replication"]).mean()


def _still_on(outcome: Outcome) -> pd.Series:
    """Return how much more often those first cut within a year are on benefit after two years than others.

    Of people on benefit in a week and not cut before in their spell, as a study of case files follows them.
    Nobody is drawn, so that it holds selection and effect.
    """
    followed = _on_benefit(outcome.spells, WEEKS_PER_YEAR)
    cut = followed["first_cut_week"].astype(float)
    followed = followed[~(cut < WEEKS_PER_YEAR)]
    later = _on_benefit(outcome.spells, WEEKS_PER_YEAR + TWO_YEARS)[PERSON]
    stays = followed[PERSON].merge(later.assign(on=1.0), on=PERSON, how="left")["on"].fillna(0.0)
    within = cut[followed.index] < 2 * WEEKS_PER_YEAR
    groups = stays.set_axis(followed.index).groupby([followed["replication"], within]).mean().unstack()
    return groups.reindex(columns=[True, False]).pipe(lambda both: both[True] - both[False])


def _on_benefit(spells: pd.DataFrame, week: int) -> pd.DataFrame:
    return spells[(spells["entry_week"] <= week) & (spells["entry_week"] + spells["weeks"] > week)]


def of_trial(scenario: Scenario, outcome: Outcome, design: TrialStudy) -> Estimates:
    """Yield the level in each arm and the second arm's effect: of everybody, and of each group of `split`."""
    people = followed(outcome.spells, design, scenario.weeks)
    people = people[of_subgroup(people, design.subgroup)]
    names = list(design.arms_by_name())
    arms = people["arm"].map(lambda code: names[code], na_action="ignore")
    people = people.assign(arm_name=arms).dropna(subset=["arm_name"])
    measured = list(levels(people, outcome.spells, design))
    for split in dict.fromkeys((None, design.split)):
        groups = groups_of(people, split)
        for level in measured:
            yield from _of_arms(people, groups, level, names)
        if split is None:
            yield from _medians(people, names)
            yield from _ratios(people, names, hazard_ratios(design))


def _of_arms(people: pd.DataFrame, groups: pd.Series, level: Level, names: list[str]) -> Estimates:
    keys = [people["replication"], groups.rename("group"), people["arm_name"]]
    means = level.values.groupby(keys, observed=True).mean().unstack("arm_name").reindex(columns=names)
    for group, part in means.groupby(level="group"):
        own = part.droplevel("group")
        for name in names:
            yield f"{name}: {group}: {level.outcome}", own[name]
        yield f"effect: {group}: {level.outcome}", own[names[-1]] - own[names[0]]


def _medians(people: pd.DataFrame, names: list[str]) -> Estimates:
    """Yield the median of each arm; NaN where half have not left by the end of the follow-up."""
    time = people["time"].where(people["left"], np.inf)
    medians = time.groupby([people["replication"], people["arm_name"]], observed=True).quantile(0.5, "higher")
    for name, part in medians.replace(np.inf, np.nan).groupby(level="arm_name"):
        yield f"{name}: {EVERYBODY}: {MEDIAN}", part.droplevel("arm_name")


def _ratios(people: pd.DataFrame, names: list[str], outcomes: list[str]) -> Estimates:
    pair = people[people["arm_name"].isin([names[0], names[-1]])]
    for outcome in outcomes:
        ratios = {
            number: log_hazard_ratio(part, names[-1], HAZARD_RATIOS[outcome])
            for number, part in pair.groupby("replication")
        }
        yield f"effect: {EVERYBODY}: log {outcome}", pd.Series(ratios, dtype=float)


def of_events(scenario: Scenario, outcome: Outcome, design: EventStudy) -> Estimates:
    """Yield log hazard ratios after the event as pseudo-values, by door and period."""
    first = int(outcome.weekly["replication"].min())
    spells = outcome.spells.assign(replication=outcome.spells["replication"] - first)
    rows = pd.DataFrame(event_rows(spells, design, scenario))
    if not len(rows):
        missing = pd.Series(dict.fromkeys(outcome.weekly["replication"].unique(), np.nan))
        yield f"{RATIO}: {ANY}: 0", missing
        return
    for (name, door, start, end), part in rows.groupby(["outcome", "door", "from_week", "to_week"]):
        values = part.set_index("replication")["effect"]
        yield f"{name}: {door}: {start}-{end}", values.set_axis(values.index + first)
