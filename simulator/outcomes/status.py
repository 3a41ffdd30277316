"""Where people are week by week, from their spells: on assistance, in work, outside the labour force.

A person on assistance counts as unemployed, unless health or social reasons are the main hindrance: then as
outside the labour force. After an exit a person is where the door leads until the next spell begins: behind
*work* and *subsidised_work* employed, behind all others (study, another benefit, moved, withdrawal, other)
outside the labour force.

What a job lasts is not modelled beyond the coming back to assistance, so days in work are an upper bound:
whoever loses a job and does not apply again still counts as employed (assumed). Of those who moved or gave up
benefit nothing is known; some of them work, so days outside the labour force are an upper bound, too.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.vocabulary import Door

UNEMPLOYED, OUTSIDE_ON_BENEFIT, EMPLOYED, OUTSIDE = STATUSES = (
    "unemployed",
    "outside_on_benefit",
    "employed",
    "outside",
)
NOT_AVAILABLE = ("sick-listed", "social reasons")
"""Main hindrances with which a person on assistance is not held to be looking for work (assumed)."""

DOORS_TO_WORK = (Door.WORK.label, Door.SUBSIDISED_WORK.label)
PERSON = ["replication", "client"]
FOREVER = 10**9


def episodes(spells: pd.DataFrame) -> pd.DataFrame:
    """Return the time line of every person from the first spell on.

    Parameters
    ----------
    spells : DataFrame
        With `replication, client, spell, entry_week, weeks, exited, door, hindrance`.

    Returns
    -------
    DataFrame
        One row an episode: replication, client, start, end (first week after it), status. The last episode
        of a person has no known end (`FOREVER`); one of a censored spell ends with what was watched.
    """
    ordered = spells.sort_values([*PERSON, "spell"])
    leaves = (ordered["entry_week"] + ordered["weeks"]).to_numpy()
    following = ordered.groupby(PERSON, sort=False)["entry_week"].shift(-1).fillna(FOREVER).to_numpy(np.int64)
    exited = ordered["exited"].to_numpy(bool)
    available = ~ordered["hindrance"].isin(NOT_AVAILABLE).to_numpy()
    works = ordered["door"].isin(DOORS_TO_WORK).to_numpy()
    keys = ordered[PERSON].reset_index(drop=True)
    on = keys.assign(
        start=ordered["entry_week"].to_numpy(),
        end=leaves,
        status=np.where(available, UNEMPLOYED, OUTSIDE_ON_BENEFIT),
    )
    after = keys.assign(start=leaves, end=following, status=np.where(works, EMPLOYED, OUTSIDE))[exited]
    return pd.concat([on, after], ignore_index=True)


def weeks_by_status(spells: pd.DataFrame, people: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Return how many weeks people spend in each status within a time from a week of their own.

    Parameters
    ----------
    spells : DataFrame
        All spells, those before and after included.
    people : DataFrame
        Unique index; columns `replication, client, origin` (calendar week from which to follow).
    weeks : int
        How long to follow; the run has to reach so far.

    Returns
    -------
    DataFrame, shape (people, statuses)
        Weeks in `STATUSES`; they add up to `weeks`.
    """
    pairs = _pairs(spells, people)
    first = np.maximum(pairs["start"], pairs["origin"])
    last = np.minimum(pairs["end"], pairs["origin"] + weeks)
    pairs["weeks"] = np.maximum(0, last - first)
    wide = pairs.pivot_table(index="number", columns="status", values="weeks", aggfunc="sum", fill_value=0)
    return wide.reindex(index=people.index, columns=list(STATUSES), fill_value=0)


def status_after(spells: pd.DataFrame, people: pd.DataFrame, weeks: int) -> pd.Series:
    """Return where people are so many weeks after a week of their own.

    Parameters
    ----------
    spells, people : DataFrame
        As for `weeks_by_status`.
    weeks : int
        How long after.

    Returns
    -------
    Series of str, shape (people,)
        One of `STATUSES`.
    """
    pairs = _pairs(spells, people)
    when = pairs["origin"] + weeks
    there = pairs[(pairs["start"] <= when) & (when < pairs["end"])]
    return there.set_index("number")["status"].reindex(people.index)


def _pairs(spells: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return every person's episodes beside the week from which the person is followed."""
    numbered = people[[*PERSON, "origin"]].rename_axis("number").reset_index()
    return numbered.merge(episodes(spells), on=PERSON)
