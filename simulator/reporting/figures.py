"""The figures of a run: how long people stay, by which door they leave, the weeks, and a caseworker's week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.reporting.style import (
    BLUE,
    GREY,
    INK,
    LINE_HEIGHT,
    MARGIN,
    POINTS_PER_INCH,
    SHADE,
    SMALL,
    TEXT,
    TIE,
    End,
    colour,
    darker,
    dash,
    in_years,
    label_ends,
    panel,
    plain,
    save,
    sheet,
    styled,
    widest,
    year_ticks,
)
from simulator.vocabulary import WEEKS_PER_YEAR, Door, Task

__all__ = ["caseworker_week_figure", "incidence_figure", "save", "survival_figure", "week_figure"]

DOOR_WORDS = {
    Door.WORK.label: "regular work",
    Door.SUBSIDISED_WORK.label: "subsidised work",
    Door.STUDY.label: "studies",
    Door.OTHER_BENEFIT.label: "other benefit",
    Door.MOVED.label: "moved away",
    Door.WITHDRAWAL.label: "gave up benefit",
    Door.OTHER.label: "other reasons",
}

NOT_USED = "not_used"
TASK_WORDS = {
    Task.OVERHEAD.label: "staff meetings, training, breaks",
    Task.DECISION.label: "benefit decisions",
    Task.EMERGENCY.label: "emergencies",
    Task.INQUIRY.label: "inquiries into absence",
    Task.COORDINATION.label: "coordination with other services",
    Task.ASSESSMENT.label: "assessments",
    Task.PLAN.label: "individual plans",
    Task.MEETING.label: "talks with clients",
    NOT_USED: "not used",
}

WEEK_PANELS = (
    ("Clients on benefit", "Clients", {"clients": ""}),
    ("Clients without a caseworker", "Clients", {"waiting": ""}),
    ("Programmes", "Places, clients", {"places": "places", "places_used": "in use", "queued": "queue"}),
    ("Talks with clients", "Talks a week", {"meetings": ""}),
)
"""Title, unit and lines (column of the weekly panel, name beside the line) of each small picture."""

WIDTH = 8.0
ROW = SMALL * LINE_HEIGHT * 1.15 / POINTS_PER_INCH
"""Inches from one row of small text to the next."""

Hours: TypeAlias = tuple[float, float, float]


@styled()
def survival_figure(
    table: pd.DataFrame, title: str = "How many are still on assistance, and for how long", subtitle: str = ""
) -> Figure:
    """Draw the share still on assistance by weeks since the spell began, with the numbers at risk below.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `group, week, at_risk, survival, low, high`, as `kaplan_meier` makes it.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of spells and replications, and what is shaded.
    """
    curves = _by(table, "group")
    names = [plain(label) for label in curves]
    plot, foot = 3.6, 0.62 + ROW * (len(curves) + 1)
    figure = sheet(WIDTH, MARGIN + foot + plot + 0.3, title, subtitle)
    left = MARGIN + max(0.5, widest(figure, names, size=SMALL) + 0.35)
    right = MARGIN + _label_room(figure, names if len(names) > 1 else [])
    axes = panel(figure, left, MARGIN + foot, WIDTH - left - right, plot)
    last = float(table["week"].max())
    ends = []
    for number, (name, curve) in enumerate(zip(names, curves.values(), strict=True)):
        ends.append(_curve(axes, curve, "survival", number, name))
    axes.set_ylim(0, 100)
    _axis_of_weeks(axes, last, "Weeks since the spell began")
    _name_y(axes, "Still on assistance (%)")
    label_ends(axes, ends if len(ends) > 1 else [])
    _risk_table(axes, curves)
    return figure


@styled()
def incidence_figure(
    table: pd.DataFrame, title: str = "By which door people leave assistance", subtitle: str = ""
) -> Figure:
    """Draw the share that has left by each door by weeks since the spell began, one panel for each group.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `group, week, door, incidence, low, high`, as `cumulative_incidence` makes it.
    title : str
        The finding or the question, in plain words.
    subtitle : str
        Number of spells and replications, and what is shaded.
    """
    groups = _by(table, "group")
    doors = _doors(table)
    columns = min(2, max(1, len(groups)))
    rows = -(-len(groups) // columns)
    width, plot = (WIDTH, 3.9) if len(groups) < 2 else (11.0, 3.0)  # noqa: PLR2004
    cell = plot + 1.1
    figure = sheet(width, MARGIN + cell * rows, title, subtitle)
    names = [DOOR_WORDS.get(str(door), plain(door)) for door in doors]
    across = (width - 2 * MARGIN) / columns
    room = 0.5, _label_room(figure, names) + 0.1
    top = 10 * np.ceil(10 * table["incidence"].max()) if len(table) else 10
    for number, (group, part) in enumerate(groups.items()):
        row, column = divmod(number, columns)
        place = MARGIN + column * across + room[0], MARGIN + (rows - 1 - row) * cell + 0.6
        axes = panel(figure, *place, across - sum(room), plot)
        ends = [_curve(axes, part[part["door"] == d], "incidence", i, n) for i, d, n in _lines(doors, names)]
        axes.set_ylim(0, top)
        _axis_of_weeks(axes, float(table["week"].max()), "Weeks since the spell began")
        _name_y(axes, "Left by this door (%)", plain(group) if len(groups) > 1 else "")
        label_ends(axes, ends)
    return figure
