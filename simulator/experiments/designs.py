"""Designs of a sweep: however its points are laid out, they are a table of settings, one row a point."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import qmc

from simulator.composing.levers import Lever, Row
from simulator.csv_files import read_csv
from simulator.errors import Mistake, SettingsError
from simulator.parameters.sweep import Sweep
from simulator.study_vocabulary import Design

FORM = "a head with the keys, then a row a point"


def rows_of(sweep: Sweep, levers: Sequence[Lever]) -> list[Row]:
    """Return the points of a sweep.

    Parameters
    ----------
    sweep : Sweep
        How they are laid out.
    levers : sequence of Lever
        What is varied.

    Raises
    ------
    SettingsError
        If levers and design do not fit together, or the table cannot be read.
    """
    mistakes = _misfits(sweep, levers)
    if mistakes:
        raise SettingsError(mistakes)
    if sweep.design is Design.TABLE:
        return read_table(Path(sweep.table or ""), "study.table")
    if sweep.design in DRAWN:
        return scaled(levers, DRAWN[sweep.design](len(levers), sweep.points, sweep.draw))
    return LAID_OUT[sweep.design](levers)


def _misfits(sweep: Sweep, levers: Sequence[Lever]) -> list[Mistake]:
    design = sweep.design
    if design is Design.TABLE:
        wrong = [] if sweep.table else [Mistake("study.table", "design=table needs a file", "FILE.csv")]
        return [*wrong, *([Mistake("study.vary", "is not looked at with design=table")] if levers else [])]
    if not levers:
        example = 'study.vary="caseload.clients_per_caseworker=40,60,80"'
        return [Mistake("study.vary", "names nothing to vary", example)]
    mistakes = []
    if design in {Design.GRID, Design.PAIRED}:
        mistakes = [
            Mistake(
                one.key, f"a range has no end of points with design={design.label}", f"{one.key}=VALUE,..."
            )
            for one in levers
            if one.is_range
        ]
    counts = {len(one.values) for one in levers}
    if design is Design.PAIRED and not mistakes and len(counts) > 1:
        lengths = ", ".join(f"{one.key}: {len(one.values)}" for one in levers)
        mistakes = [Mistake("study.vary", f"lists of different length cannot be paired ({lengths})")]
    if design is Design.SOBOL and sweep.points & (sweep.points - 1):
        below = 1 << (sweep.points.bit_length() - 1)
        near = f"a power of two, such as {below} or {2 * below}"
        mistakes.append(
            Mistake("study.points", f"{sweep.points} points of a Sobol sequence are uneven", near)
        )
    return mistakes


def grid(levers: Sequence[Lever]) -> list[Row]:
    """Return every combination, the last setting changing fastest."""
    keys = [one.key for one in levers]
    return [dict(zip(keys, values, strict=True)) for values in product(*(one.values for one in levers))]


def paired(levers: Sequence[Lever]) -> list[Row]:
    """Return the first values of all, then the second values, and so on."""
    keys = [one.key for one in levers]
    rows = zip(*(one.values for one in levers), strict=True)
    return [dict(zip(keys, values, strict=True)) for values in rows]


def one_at_a_time(levers: Sequence[Lever]) -> list[Row]:
    """Return the baseline, then each value (of a range: both ends) of each setting, the others at rest."""
    return [{}, *({one.key: value} for one in levers for value in one.ends)]


def latin_hypercube(settings: int, points: int, seed: int) -> np.ndarray:
    """Return a Latin hypercube on the unit cube, shape (points, settings)."""
    return np.asarray(qmc.LatinHypercube(settings, seed=seed).random(points))


def sobol(settings: int, points: int, seed: int) -> np.ndarray:
    """Return a scrambled Sobol sequence on the unit cube, shape (points, settings); points a power of two."""
    return np.asarray(qmc.Sobol(settings, seed=seed).random(points))


LAID_OUT: Mapping[Design, Callable[[Sequence[Lever]], list[Row]]] = {
    Design.GRID: grid,
    Design.PAIRED: paired,
    Design.ONE_AT_A_TIME: one_at_a_time,
}
DRAWN: Mapping[Design, Callable[[int, int, int], np.ndarray]] = {
    Design.LATIN_HYPERCUBE: latin_hypercube,
    Design.SOBOL: sobol,
}


def scaled(levers: Sequence[Lever], unit: np.ndarray) -> list[Row]:
    """Return the points of the unit cube as settings.

    Parameters
    ----------
    levers : sequence of Lever
        What is varied; a list of values is shared out evenly.
    unit : array, shape (points, levers)
        Numbers from 0 to below 1.
    """
    return [{one.key: _at(one, float(u)) for one, u in zip(levers, point, strict=True)} for point in unit]


def _at(lever: Lever, u: float) -> Any:  # noqa: ANN401  (a setting holds anything)
    if not lever.is_range:
        return lever.values[min(int(u * len(lever.values)), len(lever.values) - 1)]
    low, high = lever.low, lever.high
    if lever.is_whole and not lever.is_log:  # each whole number as often
        return min(int(low + u * (high - low + 1.0)), int(high))
    value = low * (high / low) ** u if lever.is_log else low + u * (high - low)
    return round(value) if lever.is_whole else min(max(value, low), high)


def read_table(path: Path, setting: str) -> list[Row]:
    """Return the points of a CSV file: a column a setting, a row a point; an empty cell leaves it as it is.

    Parameters
    ----------
    path : Path
        The file.
    setting : str
        Which setting names it.

    Raises
    ------
    SettingsError
        If the file cannot be read, or is no such table.
    """
    keys, lines, mistakes = read_csv(path, setting, FORM)
    if not lines:
        mistakes.append(Mistake(str(path), "holds no points", FORM))
    if mistakes:
        raise SettingsError(mistakes)
    return [{key: _cell(text) for key, text in zip(keys, line, strict=True) if text} for line in lines]


def _cell(text: str) -> Any:  # noqa: ANN401  (as above)
    """Return what a cell holds: a number, a switch, null, or a text, as in a settings file."""
    try:
        return json.loads(text)
    except ValueError:
        return text
