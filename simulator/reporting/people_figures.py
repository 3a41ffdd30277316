"""The pictures of who the people are: shares wanted against drawn, and what goes together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from simulator.experiments.people import APPLICANTS, STOCK, VALUES
from simulator.parameters import Scenario
from simulator.reporting.style import (
    BLUE,
    FAINT,
    INK,
    MARGIN,
    SMALL,
    VERMILION,
    panel,
    save,
    sheet,
    styled,
    widest,
)
from simulator.reporting.words import plain, words_in

WIDTH, UNDER, ROW, CELL, LEGEND = 8.0, 0.75, 0.27, 0.4, 0.3
FULL = 0.7
"""Correlation at which a cell has its full colour."""

DARK = 0.45
THE_REST = ("no", "30_or_over")
"""Of two values the one is enough."""

SHOWN = 0.015
"""A cell nearer to nought has no number."""

SCALE = LinearSegmentedColormap.from_list("correlation", [VERMILION, "#FFFFFF", BLUE])
COLOURS = {APPLICANTS: BLUE, STOCK: VERMILION}


def write_people_figures(
    shares: pd.DataFrame, associations: pd.DataFrame, scenario: Scenario, folder: Path
) -> None:
    """Draw shares, and what goes together among applicants and in the stock, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    save(share_figure(shares, scenario), folder / "people.png")
    for who, part in associations.dropna(subset=["drawn"]).groupby("who", sort=False):
        save(association_figure(part, str(who), scenario), folder / f"associations_{who}.png")


@styled()
def share_figure(table: pd.DataFrame, scenario: Scenario) -> Figure:
    """Return a figure with a line for each share: what is wanted as a ring, what is drawn as a dot."""
    table = table[~table["value"].isin(THE_REST)]
    keys = list(dict.fromkeys(zip(table["trait"], table["value"], strict=True)))
    words = [plain(t) if v == "yes" else f"{plain(t)}: {plain(v)}" for t, v in keys]
    left, height = MARGIN + widest(words, size=SMALL) + 0.15, ROW * len(keys)
    runs = words_in("en").agreed(f"{scenario.replications} replications")
    runs = f"{runs}; bars are intervals over them, often narrower than the dot"
    among = "newly arrived and language are shares of the foreign-born"
    title = f"Who they are, as wanted and as drawn: {scenario.about.title}"
    figure = sheet(WIDTH, UNDER + height + LEGEND, title, f"{runs}; {among}")
    axes = panel(figure, left, UNDER, WIDTH - left - MARGIN, height)
    for number, (who, part) in enumerate(table.groupby("who", sort=False)):
        rows = [keys.index(key) for key in zip(part["trait"], part["value"], strict=True)]
        y = len(keys) - 1 - np.array(rows) + 0.16 * (1 - 2 * number) * (table["who"].nunique() > 1)
        ink = COLOURS[str(who)]
        axes.hlines(y, part["low"], part["high"], color=ink, linewidth=2.0)
        axes.plot(part["drawn"], y, "o", color=ink, markersize=4, label=f"{who}, drawn")
        if part["wanted"].notna().any():
            (ring,) = axes.plot(part["wanted"], y, "o", markersize=9, label=f"{who}, wanted")
            ring.set(markerfacecolor="none", markeredgecolor=ink)
    axes.set_yticks(np.arange(len(keys))[::-1], words, size=SMALL)
    axes.set_ylim(-0.6, len(keys) - 0.4)
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("Share")
    axes.grid(axis="x", color=FAINT)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, frameon=False, fontsize=SMALL)
    return figure


@styled()
def association_figure(table: pd.DataFrame, who: str, scenario: Scenario) -> Figure:
    """Return a heat map: under the diagonal what is drawn, above it what is wanted."""
    names = [name for name in VALUES if _is_told(table, name)]
    words = [plain(name) for name in names]
    left, size = MARGIN + widest(words, size=SMALL) + 0.15, CELL * len(names)
    title = f"What goes together ({who}): {scenario.about.title}"
    above = "above it as wanted" if who == APPLICANTS else "nothing is wanted of a stock"
    subtitle = (
        f"Correlations behind what is seen. Under the diagonal as drawn, {above}; no number: nearly none"
    )
    figure = sheet(left + size + MARGIN, size + left + 0.1, title, subtitle)
    axes = panel(figure, left, left, size, size)
    cells = _matrix(table, names)
    axes.imshow(cells, cmap=SCALE, vmin=-FULL, vmax=FULL)
    _write_numbers(axes, cells)
    axes.set_xticks(range(len(names)), words, size=SMALL, rotation=90)
    axes.set_yticks(range(len(names)), words, size=SMALL)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    return figure


def _is_told(table: pd.DataFrame, name: str) -> bool:
    own = table[(table["first"] == name) | (table["second"] == name)]
    return bool(own["drawn"].notna().any())


def _matrix(table: pd.DataFrame, names: list[str]) -> np.ndarray:
    cells = np.full((len(names), len(names)), np.nan)
    for row in table.itertuples():
        if row.first in names and row.second in names:
            low, high = names.index(str(row.first)), names.index(str(row.second))
            cells[high, low], cells[low, high] = row.drawn, row.wanted
    return cells


def _write_numbers(axes: Axes, cells: np.ndarray) -> None:
    for (row, column), value in np.ndenumerate(cells):
        if abs(value) >= SHOWN:
            ink = "white" if abs(value) > DARK else INK
            text = f"{value:.2f}".replace("-", "−")
            axes.text(column, row, text, ha="center", va="center", size=SMALL - 2.0, color=ink)
