"""Priors of what is fitted: from the setting's own declaration, or said with the study."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from simulator.config import nearest_setting
from simulator.describing import Setting, find_setting
from simulator.errors import NO_SUCH_SETTING, Mistake, SettingsError
from simulator.parameters import Scenario
from simulator.parameters.prior import Prior
from simulator.paths import value_at
from simulator.provenance import WITHOUT_EFFECT, settings_of
from simulator.study_vocabulary import PriorShape

Array = NDArray[np.float64]
SD_OF_RANGE = 2 * 1.959963984540054
FORM = f"'KEY: SHAPE LOW..HIGH, SOURCE' with the shape {', '.join(PriorShape.labels())}"
PRIOR = re.compile(r"(\w+)\s+([-+.\deE]+?)\.\.([-+.\deE]+)")
NUMBERS = ("number", "whole number")
CHOSEN = {*WITHOUT_EFFECT, "seed", "replications", "precision", "draws"}
"""Settings, or groups of them, that say how a study is carried out."""


@dataclass(frozen=True)
class Free:
    """One setting that is fitted.

    Attributes
    ----------
    path : str
        As typed.
    prior : Prior
        What is believed of it.
    floor, ceiling : float
        What is allowed.
    is_whole : bool
        Whether it is a whole number.
    now : float
        What it is in the scenario.
    """

    path: str
    prior: Prior
    floor: float
    ceiling: float
    is_whole: bool
    unit: str
    now: float

    def at(self, shares: Array) -> Array:
        """Return the values below which these shares of the prior lie."""
        values = self._quantile(np.clip(shares, 1e-9, 1.0 - 1e-9))
        values = np.clip(values, self.floor, self.ceiling)
        return np.round(values) if self.is_whole else values

    def _quantile(self, shares: Array) -> Array:
        low, high = self.prior.low, self.prior.high
        if self.prior.shape == PriorShape.UNIFORM:
            return low + shares * (high - low)
        if self.prior.shape == PriorShape.LOG_NORMAL:
            cut = np.log(max(self.floor, 1e-300)), np.log(self.ceiling)
            return np.exp(_cut_normal(shares, np.log(low), np.log(high), *cut))
        return _cut_normal(shares, low, high, self.floor, self.ceiling)


def _cut_normal(shares: Array, low: float, high: float, floor: float, ceiling: float) -> Array:
    """Return quantiles of a normal with 95 % between two ends, cut at what is allowed."""
    from scipy.stats import truncnorm  # noqa: PLC0415  (slow to import)

    mean, sd = (low + high) / 2.0, (high - low) / SD_OF_RANGE
    return np.asarray(truncnorm.ppf(shares, (floor - mean) / sd, (ceiling - mean) / sd, mean, sd), float)


def read_free(texts: Sequence[str]) -> dict[str, Prior | None]:
    """Return the priors that are said with a study, by setting; None where the declared one holds.

    Parameters
    ----------
    texts : sequence of str
        `KEY`, or `KEY: SHAPE LOW..HIGH, SOURCE`.

    Raises
    ------
    SettingsError
        With every text that cannot be understood.
    """
    found: dict[str, Prior | None] = {}
    mistakes: list[Mistake] = []
    for text in texts:
        key, colon, rest = (part.strip() for part in text.partition(":"))
        if key in found:
            mistakes.append(Mistake("study.free", f"{key} stands there twice"))
        found[key] = None
        if not colon:
            continue
        try:
            found[key] = _prior(rest)
        except ValueError as error:  # pydantic's is one
            said = (
                "; ".join(one["msg"] for one in error.errors()) if isinstance(error, ValidationError) else ""
            )
            mistakes.append(Mistake(f"study.free, {key}", said or f"'{rest}' is no prior", FORM))
    if mistakes:
        raise SettingsError(mistakes)
    return found


def _prior(text: str) -> Prior:
    distribution, comma, source = (part.strip() for part in text.partition(","))
    match = PRIOR.fullmatch(distribution)
    if match is None or not comma or not source or match[1] not in PriorShape.labels():
        raise ValueError
    shape, low, high = match.groups()
    return Prior(shape=PriorShape[shape.upper()], low=float(low), high=float(high), source=source)


def free_settings(scenario: Scenario, free: Mapping[str, Prior | None]) -> list[Free]:
    """Return what is fitted, with priors.

    Raises
    ------
    SettingsError
        With every name that is no number of the scenario, has no prior, or one beyond what is allowed.
    """
    if not free:
        raise SettingsError([Mistake("study.free", "names nothing to fit", "[doors.work.h_weekly]")])
    tree = settings_of(scenario)
    found: list[Free] = []
    mistakes: list[Mistake] = []
    for path, own in free.items():
        setting, now = find_setting(path), value_at(tree, path)
        wrong = _wrong(path, setting, now, own)
        if wrong is not None:
            mistakes.append(wrong)
            continue
        assert setting is not None  # said by `_wrong`
        floor = -1e9 if setting.low is None else setting.low
        ceiling = 1e9 if setting.high is None else setting.high
        whole = setting.kind == "whole number"
        found.append(Free(path, own or declared(setting), floor, ceiling, whole, setting.unit, float(now)))
    if mistakes:
        raise SettingsError(mistakes)
    return found


def _wrong(path: str, setting: Setting | None, now: object, own: Prior | None) -> Mistake | None:
    where = f"study.free.{path}"
    if setting is None:
        return Mistake(where, NO_SUCH_SETTING, nearest=nearest_setting(path))
    if setting.kind not in NUMBERS or not isinstance(now, int | float) or isinstance(now, bool):
        return Mistake(where, "is no number in this scenario", "a number")
    if path.partition(".")[0] in CHOSEN:
        return Mistake(where, "says how a study is carried out, of which no fact tells", "another setting")
    return _wrong_prior(where, setting, own)


def _wrong_prior(where: str, setting: Setting, own: Prior | None) -> Mistake | None:
    if own is None and not setting.plausible:
        return Mistake(where, "has no plausible range to make a prior from", FORM)
    low = setting.low if setting.low is not None else -np.inf
    high = setting.high if setting.high is not None else np.inf
    if own is not None and not (low <= own.low and own.high <= high):
        return Mistake(where, f"{own.low:g} to {own.high:g} goes beyond what is allowed", setting.allowed)
    return None


def declared(setting: Setting) -> Prior:
    """Return the prior that is declared with a setting: its plausible range, normal if nothing is said."""
    low, high = (float(end) for end in setting.plausible)
    shape = PriorShape[(setting.prior or PriorShape.NORMAL.label).upper()]
    return Prior(shape=shape, low=low, high=high, source=setting.source)


def points_at(free: Sequence[Free], shares: Array) -> list[dict[str, float | int]]:
    """Return settings from shares of the priors, shape (points, free)."""
    columns = {one.path: one.at(shares[:, place]) for place, one in enumerate(free)}
    rows = len(shares)
    return [{one.path: _plain(columns[one.path][row], one.is_whole) for one in free} for row in range(rows)]


def _plain(value: float, is_whole: bool) -> float | int:
    return int(value) if is_whole else float(f"{value:.10g}")
