"""What follows a first event of a spell: exits and returns, against spells equally long without it so far.

Risk sets are matched exactly: in each week since entry (and within the values of `match_on`), spells in which
the event has come are compared with spells in which it has not come yet; these count as controls until their
own event. Exits in the treated weeks are weighed against those of controls by Mantel and Haenszel's ratio,
period by period after the event. What leads to the event and to the exit alike (selection within a week since
entry) is not removed: an event study is not a trial.

References
----------
Mantel, N. & Haenszel, W. (1959). Statistical aspects of the analysis of data from retrospective studies of
disease. Journal of the National Cancer Institute 22, 719-748.
Abbring, J. H. & van den Berg, G. J. (2003). The nonparametric identification of treatment effects in duration
models. Econometrica 71, 1491-1517.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.composing.pairing import Load
from simulator.errors import Mistake, SettingsError, checked, nearest
from simulator.experiments.studies.arms import load_arms
from simulator.experiments.studies.subgroups import check_columns, no_trait, of_subgroup, traits_of
from simulator.experiments.studies.worlds import Draw, Plan, World, empty_spells
from simulator.outcomes.definitions import flow_spells
from simulator.outcomes.outcome import Outcome
from simulator.parameters import Scenario
from simulator.parameters.designs import EventStudy
from simulator.vocabulary import Door, Event, SanctionRule

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
ANY, RUN = "any", "run"
FEWEST = 5.0
"""Exits below which the jackknife's interval is not to be trusted (assumed)."""
NO_EVENT = 2**30
COLUMNS = {
    Event.MEETING: ("first_meeting_week",),
    Event.PROGRAMME: ("first_activity_week",),
    Event.SANCTION: ("first_warning_week", "first_cut_week"),
    Event.WARNING: ("first_warning_week",),
    Event.CUT: ("first_cut_week",),
}
RATIO, RETURNS = "hazard ratio", "back on benefit"
KEYS = ("outcome", "door", "from_week", "to_week", "unit")


def check_event_study(scenario: Scenario, design: EventStudy) -> None:
    """Raise SettingsError with everything in a design that cannot be carried out."""
    spells = empty_spells(scenario)
    checked(
        [
            lambda: check_columns(spells, design.subgroup),
            lambda: _check_matching(spells, design.match_on),
            lambda: _check_event(scenario, design),
        ]
    )


def _check_matching(spells: pd.DataFrame, names: Sequence[str]) -> None:
    traits = traits_of(spells)
    shared = [name for name in traits if not pd.api.types.is_float_dtype(spells[name])]
    mistakes = []
    for name in names:
        if name in traits and name not in shared:
            problem = f"'{name}' is a number in which people differ, so that few have it in common"
            mistakes.append(Mistake("study.match_on", problem, ", ".join(shared), nearest(name, shared)))
        elif name not in shared:
            mistakes.append(no_trait("study.match_on", name, spells, shared))
    if mistakes:
        raise SettingsError(mistakes)


def _check_event(scenario: Scenario, design: EventStudy) -> None:
    mistakes = []
    if design.programme is not None and design.programme not in scenario.programmes:
        there = list(scenario.programmes)
        problem = f"there is no programme '{design.programme}'"
        allowed = ", ".join(there) or "no programme"
        mistakes.append(Mistake("study.programme", problem, allowed, nearest(design.programme, there)))
    if design.programme is not None and design.event != Event.PROGRAMME:
        mistakes.append(Mistake("study.programme", "is for the event programme only", "null"))
    if never_happens(design.event, scenario):
        problem = "never happens under the scenario's sanctions"
        mistakes.append(Mistake("study.event", problem, "an event of this scenario, or other sanctions"))
    most = scenario.weeks // design.period_weeks
    if design.periods > most:
        problem = (
            f"{design.periods} of {design.period_weeks} weeks are longer than the run of {scenario.weeks}"
        )
        allowed = f"up to {most}" if most else f"study.period_weeks up to {scenario.weeks}"
        mistakes.append(Mistake("study.periods", problem, allowed))
    if design.return_weeks >= scenario.weeks:
        problem = f"{design.return_weeks} weeks after an exit, the run of {scenario.weeks} weeks has ended"
        mistakes.append(Mistake("study.return_weeks", problem, f"below {scenario.weeks}, or more weeks"))
    if mistakes:
        raise SettingsError(mistakes)


def never_happens(event: int, scenario: Scenario) -> bool:
    """Whether the ladder of a scenario has no step that the event is, in no arm and after no reform."""
    arms = (arm.sanctions for arm in scenario.trial.arms.values())
    rules = [one for one in (scenario.sanctions, scenario.reform.sanctions, *arms) if one is not None]
    if any(one.rule != SanctionRule.LADDER for one in rules):  # steps of one's own are not known
        return False
    followed = [one for one in rules if one.p_follow_up > 0.0]
    warned = any(one.warnings > 0 for one in followed)
    cut = any(one.allow_reduction or one.allow_denial for one in followed)
    here = {Event.WARNING: warned, Event.CUT: cut, Event.SANCTION: warned or cut}
    return not here.get(Event(event), True)


def plan_event_study(scenario: Scenario, design: EventStudy, load: Load, draw: Draw = ()) -> Plan:
    """Return the municipality of one draw.

    Raises
    ------
    SettingsError
        If the design cannot be carried out.
    """
    check_event_study(scenario, design)
    return Plan({RUN: World(load_arms(scenario, {RUN: ""}, load, draw)[RUN])})


def rows_of_events(
    plan: Plan, worlds: Mapping[str, Outcome], design: EventStudy
) -> Iterator[dict[str, object]]:
    """Yield the effects of the one world; see `event_rows`."""
    yield from event_rows(worlds[RUN].spells, design, plan.worlds[RUN].scenario)


def event_rows(spells: pd.DataFrame, design: EventStudy, scenario: Scenario) -> Iterator[dict[str, object]]:
    """Yield the effects of a world as pseudo-values, one a replication (delete one replication, jackknife).

    Each has outcome (hazard ratio, or difference in the share back on benefit), door, from_week and to_week
    after the event, unit, treated (exits, weighted as in the ratio; of returns the share back), expected (the
    same, with the controls' chances), effect, and people (who had the event, in one replication on average).

    Parameters
    ----------
    spells : DataFrame
        Spells of a world.
    design : EventStudy
        What to estimate.
    scenario : Scenario
        For the catalogue and the weeks of the run.
    """
    ready = prepare(spells, design, list(scenario.programmes))
    if not len(ready):
        return
    had = ready.loc[ready["event"] < ready["watched"], ["replication", "client"]].drop_duplicates()
    people = len(had) / (int(ready["replication"].max()) + 1)
    for row in chain(_ratio_rows(ready, design), _return_rows(ready, spells, design, scenario)):
        yield {**row, "people": people}


def _ratio_rows(ready: pd.DataFrame, design: EventStudy) -> Iterator[dict[str, object]]:
    """Yield the hazard ratios by door and period."""
    spans = [(n * design.period_weeks, (n + 1) * design.period_weeks) for n in range(design.periods)]
    for door in (ANY, *Door.labels()):
        counts = ready["left"] if door == ANY else ready["left"] & (ready["door"] == door)
        for first, last in (*spans, (0, spans[-1][1])):
            sums = matched_sums(ready, counts.to_numpy(bool), first, last)
            values = pseudo_values(sums, log_ratio)
            alone = len(values) > 1 and np.isnan(values[1:]).all()
            exits = np.broadcast_to(sums.mean(axis=0), sums.shape) if alone else sums
            for replication, value in enumerate(values):
                treated, expected = exits[replication][0], exits[replication][1]
                yield _row(replication, RATIO, door, (first, last - 1), "ratio", treated, expected, value)


def _row(  # noqa: PLR0913, PLR0917  (the columns of a table)
    replication: int,
    outcome: str,
    door: str,
    span: tuple[int, int],
    unit: str,
    treated: float,
    expected: float,
    effect: float,
) -> dict[str, object]:
    return {
        "replication": replication, "outcome": outcome, "door": door, "from_week": span[0],
        "to_week": span[1], "unit": unit, "treated": treated, "expected": expected, "effect": effect,
    }  # fmt: skip


def prepare(spells: pd.DataFrame, design: EventStudy, programmes: Sequence[str]) -> pd.DataFrame:
    """Return the spells of a study with `event` (week since entry), `stratum` and `left`.

    A spell in which another programme than the one asked for came first is a control until then, and then
    leaves the study.
    """
    chosen = flow_spells(spells)
    chosen = chosen[of_subgroup(chosen, design.subgroup)]
    weeks: Codes = chosen["weeks"].to_numpy(np.int64)
    came = chosen[list(COLUMNS[design.event])].min(axis=1).astype(float)
    waited = (came - chosen["entry_week"].astype(float)).fillna(NO_EVENT).astype(np.int64)
    since = np.asarray(waited, np.int64)
    left: NDArray[np.bool_] = chosen["exited"].to_numpy(bool)
    if design.programme is not None:
        other = (chosen["first_programme"] != programmes.index(design.programme)).fillna(value=False)
        leaves = other.to_numpy(bool) & (since < weeks)
        weeks, left = np.where(leaves, since, weeks), left & ~leaves
        since = np.where(leaves, NO_EVENT, since)
    strata = (
        chosen.groupby(list(design.match_on), observed=True, dropna=False).ngroup() if design.match_on else 0
    )
    return chosen.assign(watched=weeks, event=since, left=left, stratum=strata)


def matched_sums(ready: pd.DataFrame, counts: NDArray[np.bool_], first: int, last: int) -> Numbers:
    """Return what Mantel and Haenszel's ratio is made of, by replication.

    Parameters
    ----------
    ready : DataFrame
        From `prepare`.
    counts : array of bool, shape (spells,)
        Whether the spell ended by a door that counts.
    first, last : int
        The period: weeks after the event from `first` to before `last`.

    Returns
    -------
    array of float, shape (replications, 3)
        Treated exits, exits expected with the controls' chances, and the weight, each summed over risk sets:
        exits n0/N, control exits n1/N, n1 n0/N, where n1 treated and n0 controls make N at risk.
    """
    watched, event = ready["watched"].to_numpy(), ready["event"].to_numpy()
    replication, strata = ready["replication"].to_numpy(), ready["stratum"].to_numpy()
    shape = (int(replication.max()) + 1, int(strata.max()) + 1, int(watched.max()) + 1)
    cell = replication, strata
    control = _at_risk(shape, cell, np.zeros_like(event), np.minimum(watched, event))
    control_exits = _exits(shape, cell, watched, counts & (watched <= event))
    since = np.minimum(event, watched)
    treated = _at_risk(shape, cell, np.minimum(since + first, watched), np.minimum(since + last, watched))
    within = (watched - 1 >= event + first) & (watched - 1 < event + last)
    treated_exits = _exits(shape, cell, watched, counts & within)
    everybody = np.maximum(control + treated, 1.0)
    parts = (
        treated_exits * control / everybody,
        control_exits * treated / everybody,
        treated * control / everybody,
    )
    return np.stack([part.sum(axis=(1, 2)) for part in parts], axis=1)


def _at_risk(shape: tuple[int, int, int], cell: tuple[Codes, Codes], begins: Codes, ends: Codes) -> Numbers:
    """Return how many spells are at risk in each week since entry, by replication and stratum."""
    change = np.zeros((shape[0], shape[1], shape[2] + 1))
    there = ends > begins
    for weeks, step in ((begins, 1.0), (ends, -1.0)):
        np.add.at(change, (cell[0][there], cell[1][there], weeks[there]), step)
    return np.asarray(change.cumsum(axis=2)[:, :, :-1])


def _exits(
    shape: tuple[int, int, int], cell: tuple[Codes, Codes], watched: Codes, counts: NDArray[np.bool_]
) -> Numbers:
    """Return how many spells end in each week since entry, by replication and stratum."""
    exits = np.zeros(shape)
    np.add.at(exits, (cell[0][counts], cell[1][counts], watched[counts] - 1), 1.0)
    return exits


def log_ratio(sums: Numbers) -> float:
    """Return the log hazard ratio from summed risk sets: weekly chances are made hazards first.

    With equal chances in all weeks a chance p a week is a hazard of -log(1 - p).
    """
    treated, expected, weight = sums
    if treated <= 0.0 or expected <= 0.0 or treated >= weight or expected >= weight:
        return float("nan")
    return float(np.log(np.log1p(-treated / weight) / np.log1p(-expected / weight)))


def pseudo_values(sums: Numbers, statistic: Callable[[Numbers], float], fewest: float = FEWEST) -> Numbers:
    """Return the jackknife's pseudo-values of a statistic of sums, one a replication.

    Their mean is the estimate (its bias of first order removed), and their variance over their number is that
    of the estimate, however dependent the people of one replication are. Where there is one replication, too
    few exits, or nothing to estimate from without one of them, the statistic stands alone: no interval.

    Parameters
    ----------
    sums : array, shape (replications, ...)
        What each replication adds; the first row of it are the treated's exits.
    statistic : callable
        Of the total.
    fewest : float
        Exits of the treated below which there is no interval.

    References
    ----------
    Efron, B. & Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9, 586-596.
    """
    number, total = len(sums), sums.sum(axis=0)
    whole = statistic(total)
    if number == 1:
        return np.array([whole])
    left_out = np.array([statistic(total - one) for one in sums])
    if np.isnan(left_out).any() or np.sum(total[0]) < fewest:
        return np.where(np.arange(number) == 0, whole, np.nan)
    return number * whole - (number - 1) * left_out


def _return_rows(
    ready: pd.DataFrame, spells: pd.DataFrame, design: EventStudy, scenario: Scenario
) -> Iterator[dict[str, object]]:
    """Yield how much more often those come back who left after the event, against controls' exits."""
    after = design.periods * design.period_weeks
    ordered = spells.sort_values(["replication", "client", "spell"])
    following = ordered.groupby(["replication", "client"], sort=False)["entry_week"].shift(-1)
    left_week = ready["entry_week"] + ready["watched"]
    known = ready["left"] & (left_week + design.return_weeks <= scenario.weeks)
    wait = following.reindex(ready.index) - left_week
    table = ready.assign(back=(wait <= design.return_weeks).fillna(value=False), wait=wait)[known]
    since = table["watched"] - 1 - table["event"]
    table = table.assign(treated=since >= 0)[(since < 0) | (since < after)]
    for door in (ANY, *Door.labels()):
        some = table if door == ANY else table[table["door"] == door]
        sums = _return_sums(some, int(ready["replication"].max()) + 1)
        parts = (pseudo_values(sums, statistic) for statistic in (share_back, share_expected, share_more))
        for replication, (back, expected, value) in enumerate(zip(*parts, strict=True)):
            span, unit = (0, after - 1), "difference in share"
            yield _row(replication, RETURNS, door, span, unit, back, expected, value)


def _return_sums(table: pd.DataFrame, replications: int) -> Numbers:
    """Return treated exits and returns, then those of controls, by replication and quarter of the spell."""
    quarter = (table["watched"] // 13).to_numpy()
    cells = int(quarter.max()) + 1 if len(table) else 1
    strata = int(table["stratum"].max()) + 1 if len(table) else 1
    sums = np.zeros((replications, 4, strata * cells))
    place = table["stratum"].to_numpy() * cells + quarter
    row = np.where(table["treated"], 0, 2)
    replication = table["replication"].to_numpy()
    np.add.at(sums, (replication, row, place), 1.0)
    np.add.at(sums, (replication, row + 1, place), table["back"].to_numpy(float))
    return sums


def share_more(sums: Numbers) -> float:
    """Return the difference in the share back, at the treated's distribution over cells with both groups."""
    exits, back, expected = _both_groups(sums)
    return float((back - expected).sum() / exits.sum()) if len(exits) else float("nan")


def share_back(sums: Numbers) -> float:
    """Return the share of the treated who came back, over cells with both groups."""
    exits, back, _ = _both_groups(sums)
    return float(back.sum() / exits.sum()) if len(exits) else float("nan")


def share_expected(sums: Numbers) -> float:
    """Return the share who would have come back with the controls' chances, over cells with both groups."""
    exits, _, expected = _both_groups(sums)
    return float(expected.sum() / exits.sum()) if len(exits) else float("nan")


def _both_groups(sums: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return the treated's exits, returns and expected returns in each cell with both groups."""
    exits, back, control, control_back = sums
    both = (exits > 0) & (control > 0)
    return exits[both], back[both], control_back[both] * exits[both] / control[both]
