"""How long spells last and by which door they end, for spells that are simulated or observed.

Every estimator first counts who is at risk and who leaves in each week of each group, and then works on
the counts: a million weekly spells cost little more than a few hundred. Ties are counted, never broken.

Weeks may be whole or real numbers. A spell is at risk in (entry, weeks]: from the first moment after `entry`
until `weeks`, where it leaves or watching ends. Who leaves, or is censored, in a week is at risk in it.

References
----------
Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations. JASA 53, 457-481.
Aalen, O. O. & Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains based
on censored observations. Scandinavian Journal of Statistics 5, 141-150.
Kalbfleisch, J. D. & Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, 2nd ed.
Klein, J. P. & Moeschberger, M. L. (2003). Survival Analysis, 2nd ed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.outcomes.columns import (
    Column,
    Numbers,
    SpellsError,
    check_number,
    read_doors,
    read_flags,
    read_groups,
    read_level,
    read_weeks,
)

ROUNDING = 1e-12
"""What sums and products of shares may be off."""

Floats: TypeAlias = NDArray[np.float64]


def kaplan_meier(
    weeks: Column,
    exited: Column,
    entry: Column | None = None,
    groups: Column | None = None,
    level: float = 0.95,
    interval: Literal["log-log", "plain"] = "log-log",
) -> pd.DataFrame:
    """Estimate the share still on assistance after each week (Kaplan & Meier 1958).

    Parameters
    ----------
    weeks : array-like of number, shape (spells,)
        Weeks from the beginning of the spell to its end, or to the end of watching.
    exited : array-like of bool, shape (spells,)
        Whether the spell ended; False (or 0) is censored.
    entry : array-like of number, shape (spells,), optional
        Week of the spell in which watching began (left truncation); nought by default.
    groups : array-like, shape (spells,), optional
        Label of each spell's group; a single one, "all", by default.
    level : float
        Confidence level of the pointwise interval, between 0 and 1.
    interval : {"log-log", "plain"}
        Greenwood's variance on the scale of log(-log survival) (Kalbfleisch & Prentice 2002, section 1.4), or
        as it is and cut at 0 and 1 (Klein & Moeschberger 2003, section 4.3, for both).

    Returns
    -------
    pandas.DataFrame
        Columns `group, week, at_risk, exits, survival, low, high`: a row for week 0 (survival 1, unless some
        left in it) and each week with an exit, censoring or late entry. Before the first exit the interval
        is a point; at survival 0, where its variance is undefined, `high` stays at the bound before.

    Raises
    ------
    SpellsError
        If the arguments differ in length, or hold missing, negative or otherwise impossible values.

    Examples
    --------
    >>> kaplan_meier([1, 2, 2, 3], [True, True, False, True])["survival"].tolist()
    [1.0, 0.75, 0.5, 0.0]
    """
    make_band, z, parts = _band(interval), read_level(level), []
    for counts in _tally(weeks, read_flags(exited), entry, groups):
        curve = _survival(counts)
        band = make_band(curve, np.cumsum(_greenwood(counts)), z)
        parts.append((counts.label, [counts.week, counts.at_risk, counts.exits[:, 0], curve, *band]))
    return _stack(parts, ["week", "at_risk", "exits", "survival", "low", "high"])


def cumulative_incidence(
    weeks: Column,
    door: Column,
    entry: Column | None = None,
    groups: Column | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the share that has left by each door by each week (Aalen & Johansen 1978).

    In every week the incidences of all doors and the Kaplan-Meier survival add up to one, also with ties.

    Parameters
    ----------
    weeks, entry, groups, level
        As in `kaplan_meier`.
    door : array-like of int or str, shape (spells,)
        Door by which the spell ended; 0, a missing value or an empty text is censored.

    Returns
    -------
    pandas.DataFrame
        Columns `group, week, door, incidence, low, high`: for each row of `kaplan_meier` one row a door, also
        for doors that nobody of the group took. The variance is that of the delta method for the multinomial
        exits of each week (Dinse & Larson 1986, Biometrika 73, 379-386), the Greenwood-type one of Allignol,
        Schumacher & Beyersmann (2010, Biometrical Journal 52, 126-137); the interval is symmetric on the
        scale of log(-log(1 - incidence)). With a single door both are those of `kaplan_meier`.

    Raises
    ------
    SpellsError
        As `kaplan_meier`; also if a door is a negative number.

    Examples
    --------
    >>> table = cumulative_incidence([1, 2, 2, 3], ["work", "study", None, "work"])
    >>> table.groupby("door")["incidence"].last().to_dict()
    {'study': 0.25, 'work': 0.75}
    """
    z, parts = read_level(level), []
    codes, doors = read_doors(door)
    for counts in _tally(weeks, codes, entry, groups, len(doors)):
        incidence, variance = _incidence(counts)
        away = np.maximum(1 - incidence, 0)
        low, high = _log_log_band(away, variance / np.maximum(away, ROUNDING) ** 2, z)
        keys = [np.repeat(counts.week, len(doors)), np.tile(doors, len(counts.week))]
        parts.append((counts.label, [*keys, incidence.ravel(), 1 - high.ravel(), 1 - low.ravel()]))
    return _stack(parts, ["week", "door", "incidence", "low", "high"])


def restricted_mean(
    weeks: Column,
    exited: Column,
    horizon: float,
    groups: Column | None = None,
    level: float = 0.95,
    entry: Column | None = None,
) -> pd.DataFrame:
    """Estimate the mean weeks on assistance, counted up to a horizon: the area under the survival curve.

    Parameters
    ----------
    weeks, exited, groups, level, entry
        As in `kaplan_meier`.
    horizon : float
        Weeks up to which time on assistance is counted, above 0.

    Returns
    -------
    pandas.DataFrame
        Columns `group, horizon, mean, low, high` in weeks, one row a group. The interval is the normal one
        with the variance of Klein & Moeschberger (2003, equation 4.5.2), cut at 0 and the horizon. All three
        are missing where watching ended before the horizon with somebody still on assistance.

    Raises
    ------
    SpellsError
        As `kaplan_meier`; also if the horizon is not a number above 0.

    Examples
    --------
    >>> restricted_mean([1, 2, 4, 4], [True, True, True, False], horizon=4)["mean"].item()
    2.75
    """
    check_number("horizon", horizon, np.inf, "a number of weeks above 0")
    z, parts = read_level(level), []
    for counts in _tally(weeks, read_flags(exited), entry, groups):
        mean, variance = _area(counts, horizon)
        low, high = np.clip([mean - z * np.sqrt(variance), mean + z * np.sqrt(variance)], 0, horizon)
        parts.append((counts.label, [np.array([value]) for value in (horizon, mean, low, high)]))
    return _stack(parts, ["horizon", "mean", "low", "high"])


def quantile(
    weeks: Column,
    exited: Column,
    q: float = 0.5,
    groups: Column | None = None,
    level: float = 0.95,
    entry: Column | None = None,
) -> pd.DataFrame:
    """Estimate the week by which a share of the spells has ended.

    Parameters
    ----------
    weeks, exited, groups, level, entry
        As in `kaplan_meier`.
    q : float
        Share that has ended, between 0 and 1; 0.5 gives the median.

    Returns
    -------
    pandas.DataFrame
        Columns `group, quantile, week, low, high`, one row a group: the first week in which survival, or a
        bound of its log-log band, is at most 1 - q (Brookmeyer & Crowley 1982, Biometrics 38, 29-41);
        missing if it never is.

    Raises
    ------
    SpellsError
        As `kaplan_meier`; also if q is not between 0 and 1.

    Examples
    --------
    >>> quantile([1, 2, 2, 3], [True, True, False, True])["week"].item()
    2.0
    """
    check_number("q", q, 1.0, "a share between 0 and 1")
    z, parts = read_level(level), []
    for counts in _tally(weeks, read_flags(exited), entry, groups):
        survival = _survival(counts)
        curves = [survival, *_log_log_band(survival, np.cumsum(_greenwood(counts)), z)]
        crossings = [next(iter(counts.week[curve <= 1 - q + ROUNDING]), np.nan) for curve in curves]
        parts.append((counts.label, [np.array([value]) for value in (q, *map(float, crossings))]))
    return _stack(parts, ["quantile", "week", "low", "high"])


class _Counts(NamedTuple):
    """What happened in one group: weeks from 0 on, who is at risk, who leaves by each door (weeks, doors)."""

    label: object
    week: Numbers
    at_risk: Numbers
    exits: Numbers


def _survival(counts: _Counts) -> Floats:
    return np.cumprod(1 - counts.exits.sum(axis=1) / np.maximum(counts.at_risk, 1))


def _greenwood(counts: _Counts) -> Floats:
    """Return each week's term of Greenwood's sum; nought where everybody leaves and survival is nought."""
    exits = counts.exits.sum(axis=1)
    stayed = (counts.at_risk - exits).astype(float)
    terms: Floats = exits / np.where(stayed > 0, counts.at_risk * stayed, np.inf)
    return terms


def _incidence(counts: _Counts) -> tuple[Floats, Floats]:
    """Return incidence and its variance, both of shape (weeks, doors).

    The sum over weeks i of (F(t) - F(i))^2 g(i), and its like, is had from three running sums.
    """
    n, greenwood = np.maximum(counts.at_risk, 1)[:, None], _greenwood(counts)[:, None]
    hazard = counts.exits / n
    before = np.concatenate([[1.0], _survival(counts)[:-1]])[:, None]
    incidence = np.cumsum(before * hazard, axis=0)
    own = before * hazard / n
    linear = greenwood * incidence + own
    constant = greenwood * incidence**2 + own * (2 * incidence + before * (1 - hazard))
    square, linear, constant = (np.cumsum(term, axis=0) for term in (greenwood, linear, constant))
    return incidence, np.maximum(incidence**2 * square - 2 * incidence * linear + constant, 0)


def _area(counts: _Counts, horizon: float) -> tuple[float, float]:
    """Return the area under the survival curve up to the horizon and its variance, or missing if unknown."""
    survival = _survival(counts)
    if counts.week[-1] < horizon and survival[-1] > 0:
        return np.nan, np.nan
    strips = survival * np.diff(np.minimum(np.append(counts.week, np.inf), horizon))
    ahead = np.cumsum(strips[::-1])[::-1]
    return float(ahead[0]), float(np.sum(ahead**2 * _greenwood(counts)))


def _log_log_band(survival: Floats, relative_variance: Floats, z: float) -> tuple[Floats, Floats]:
    """Return bounds symmetric on the scale of log(-log survival), from the variance over survival squared."""
    inside = (survival > ROUNDING) & (survival < 1 - ROUNDING)
    share = np.where(inside, survival, 0.5)
    width = np.where(inside, z * np.sqrt(relative_variance) / -np.log(share), 0)
    low, high = (np.where(inside, share ** np.exp(w), survival) for w in (width, -width))
    return low, _carry_to_nought(survival, high)


def _plain_band(survival: Floats, relative_variance: Floats, z: float) -> tuple[Floats, Floats]:
    """Return bounds symmetric on survival's own scale, cut at 0 and 1."""
    margin = z * survival * np.sqrt(relative_variance)
    return np.maximum(survival - margin, 0), _carry_to_nought(survival, np.minimum(survival + margin, 1))


def _band(interval: str) -> Callable[[Floats, Floats, float], tuple[Floats, Floats]]:
    bands = {"log-log": _log_log_band, "plain": _plain_band}
    if str(interval) not in bands:
        raise SpellsError(f"interval: '{interval}' is not one of {', '.join(bands)}")
    return bands[interval]


def _carry_to_nought(survival: Floats, high: Floats) -> Floats:
    """Keep the last upper bound where survival is nought; 1 if it never was anything else."""
    alive = survival > ROUNDING
    last = np.take_along_axis(high, np.maximum(alive.sum(axis=0, keepdims=True) - 1, 0), axis=0)
    return np.where(alive, high, np.where(alive.any(axis=0), last, 1.0))


def _tally(
    weeks: Column, door: Numbers, entry: Column | None, groups: Column | None, doors: int = 1
) -> Iterator[_Counts]:
    """Count who is at risk and who exits (door codes from 1; 0 is censored) in each group and week."""
    end = read_weeks("weeks", weeks)
    start = np.zeros_like(end) if entry is None else read_weeks("entry", entry)
    codes, labels = read_groups(groups, len(end))
    _check(end, start, entry is not None, {"exited or door": door, "groups": codes})
    moments, times = pd.factorize(np.concatenate([[0], end, start]), sort=True)
    openings = np.arange(len(labels)) * len(times)
    keys = np.concatenate([openings, moments[1:] + len(times) * np.tile(codes, 2)])
    place, cells = pd.factorize(keys, sort=True)
    first, ends, starts = np.split(place, [len(labels), len(labels) + len(end)])
    exits = np.bincount(ends * (doors + 1) + door, minlength=len(cells) * (doors + 1))
    entered, left = (np.bincount(places, minlength=len(cells)) for places in (starts, ends))
    at_risk = np.cumsum(entered - left) - (entered - left)
    at_risk[first] = entered[first]
    columns = times[cells % len(times)], at_risk, exits.reshape(len(cells), -1)[:, 1:]
    for label, *part in zip(labels, *(np.split(column, first[1:]) for column in columns), strict=True):
        yield _Counts(label, *part)


def _check(end: Numbers, start: Numbers, late: bool, others: dict[str, Numbers]) -> None:
    if not len(end):
        raise SpellsError("weeks: there are no spells")
    for name, values in {"entry": start, **others}.items():
        if len(values) != len(end):
            raise SpellsError(f"{name}: {len(values)} values for the {len(end)} spells in weeks")
    if len(at := np.flatnonzero(late & (start >= end))):
        pair = f"{start[at[0]]} and {end[at[0]]}"
        raise SpellsError(f"entry: not before weeks in {len(at)} spells, first {pair}")


def _stack(parts: list[tuple[object, list[Numbers]]], names: list[str]) -> pd.DataFrame:
    """Join the groups' columns, each group with its label in front."""
    labels = np.repeat([label for label, _ in parts], [len(columns[0]) for _, columns in parts])
    joined = (np.concatenate(column) for column in zip(*(columns for _, columns in parts), strict=True))
    return pd.DataFrame({"group": labels} | dict(zip(names, joined, strict=True)))
