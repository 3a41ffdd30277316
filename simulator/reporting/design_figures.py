"""The picture of a published design: effects with their intervals, by outcome or by time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulator.experiments.studies.offices import read_vary
from simulator.outcomes.status import STATUSES
from simulator.parameters import Scenario
from simulator.parameters.designs import (
    Bounds,
    CohortStudy,
    EventStudy,
    OfficesStudy,
    PublishedDesign,
    RolloutStudy,
    TrialStudy,
)
from simulator.reporting.style import (
    FAINT,
    INK,
    MARGIN,
    SMALL,
    TEXT,
    End,
    colour,
    label_ends,
    panel,
    save,
    sheet,
    styled,
    widest,
)
from simulator.reporting.words import plain, words_in

WIDTH, PLOT, UNDER, ROW = 8.0, 3.4, 0.6, 0.28
LOW, BETWEEN = 2.0, 0.95
"""Inches of a panel where there are several, and from one to the next."""

SHADE = 0.15
STATUS_WORDS = {
    "unemployed": "on assistance, unemployed",
    "outside_on_benefit": "on assistance, ill or social reasons",
    "employed": "in work",
    "outside": "neither",
}


def write_design_figure(
    table: pd.DataFrame, scenario: Scenario, design: PublishedDesign, folder: Path
) -> None:
    """Draw the effects of a design into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = words_in("en").agreed(f"{scenario.replications} replications")
    over = "replications" if scenario.draws.file is None else "draws of the settings and replications"
    about = [*_whom(design), runs, f"{100 * design.level:g} % interval over {over}"]
    save(_figure(table, scenario.about.title, "; ".join(about), design), folder / "effects.png")


def _whom(design: PublishedDesign) -> list[str]:
    """Return the traits of those whose spells count."""
    return [f"{plain(name)}: {_values(bounds)}" for name, bounds in design.subgroup.items()]


def _values(bounds: Bounds) -> str:
    if any(isinstance(one, str | bool) for one in bounds):
        return " or ".join(plain(one) for one in bounds)
    low, high = bounds
    return f"from {low:g} to under {high:g}"


@styled()
def _figure(table: pd.DataFrame, title: str, runs: str, design: PublishedDesign) -> Figure:
    runs = f"{title}; {runs}"
    if isinstance(design, EventStudy):
        return _event_figure(table, design, runs)
    if isinstance(design, RolloutStudy):
        return _rollout_figure(table, design, runs)
    if isinstance(design, CohortStudy):
        return _cohort_figure(table, design, runs)
    if isinstance(design, TrialStudy):
        return _trial_figure(table, design, runs)
    return _offices_figure(table, design, runs)


def _offices_figure(table: pd.DataFrame, design: OfficesStudy, runs: str) -> Figure:
    """Return a panel for each covariate, with a scale of its own: one more is not the same in each."""
    title = f"What goes with {plain(design.outcome)} between offices"
    parts = list(table.groupby("covariate", sort=False))
    words = {str(group): plain(group) for group in table["group"]}
    left = MARGIN + widest(list(words.values()), size=SMALL) + 0.15
    height = ROW * max(1, len(words))
    step = height + BETWEEN
    figure = sheet(WIDTH, step * len(parts), title, runs)
    for place, (covariate, part) in enumerate(reversed(parts)):
        axes = panel(figure, left, UNDER + place * step, WIDTH - left - MARGIN, height)
        axes.set_title(_covariate(str(covariate), design))
        axes.set_xlabel(f"{plain(design.outcome)}, difference ({part['unit'].iloc[0]})")
        _rows(axes, part, [words[str(group)] for group in part["group"]])
    return figure


def _covariate(name: str, design: OfficesStudy) -> str:
    """Return what an effect is of: one more of a number, or a word against the first in order."""
    for key, values in read_vary(design.vary)[1].items():
        if name.startswith(f"{key}_"):
            return f"{plain(key)}: {plain(name.removeprefix(f'{key}_'))}, against {plain(min(values))}"
    return f"{plain(name)}: one more"


def _trial_figure(table: pd.DataFrame, design: TrialStudy, runs: str) -> Figure:
    """Return effects in days; where saturation is varied, those in work, with every quantity."""
    days, shown = table[table["unit"] == "days"], ("group", "arm")
    control, *treated = design.arms_by_name()
    if design.saturations:
        days, shown = days[days["outcome"].str.startswith("days in work")], ("what", "group")
        shares = days["saturation"].map("{:.0%} treated".format).replace("nan% treated", "")
        days = days.assign(what=(days["quantity"] + " " + shares).str.strip())
    names = [name for name in shown if days[name].nunique() > 1]
    what = f"Effects of '{treated[0]}'" if len(treated) == 1 else "Effects"
    title = f"{what} against '{control}', in days"
    return forest(days, [*names, "outcome"], title, f"{plain(design.people.label)}; {runs}")


def forest(table: pd.DataFrame, names: Sequence[str], title: str, subtitle: str) -> Figure:
    """Return a figure with a line for each effect: the estimate as a dot, its interval as a bar.

    Parameters
    ----------
    table : DataFrame
        effect, low, high, and the columns that name an effect.
    names : sequence of str
        Those columns.
    title, subtitle : str
        The head of the figure.
    """
    words = [", ".join(plain(row[name]) for name in names) for row in table.to_dict("records")]
    left, height = MARGIN + widest(words, size=SMALL) + 0.15, ROW * max(1, len(words))
    figure = sheet(max(WIDTH, left + 4.0), UNDER + height, title, subtitle)
    _rows(panel(figure, left, UNDER, max(WIDTH, left + 4.0) - left - MARGIN, height), table, words)
    return figure


def _rows(axes: Axes, table: pd.DataFrame, words: Sequence[str]) -> None:
    """Draw a line for each row of a table: its effect and interval."""
    y = np.arange(len(words))[::-1]
    axes.hlines(y, table["low"], table["high"], color=colour(0), linewidth=2.0)
    axes.plot(table["effect"], y, "o", color=colour(0), markersize=5)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_yticks(y, words, size=SMALL)
    axes.set_ylim(-0.6, len(words) - 0.4)
    axes.grid(axis="x", color=FAINT)


def _axes(title: str, subtitle: str, labels: Sequence[str]) -> tuple[Figure, Axes]:
    right = MARGIN + widest(labels, size=TEXT) + 0.35
    figure = sheet(WIDTH, UNDER + PLOT + 0.1, title, subtitle)
    return figure, panel(figure, 0.85, UNDER, WIDTH - 0.85 - right, PLOT)


def _band(axes: Axes, x: Sequence[float], part: pd.DataFrame, number: int, label: str) -> End:
    """Draw a line with its interval, and return its end for the label."""
    axes.plot(x, part["effect"], color=colour(number), marker="o", markersize=4)
    axes.fill_between(x, part["low"], part["high"], color=colour(number), alpha=SHADE, linewidth=0)
    axes.vlines(x, part["low"], part["high"], color=colour(number), linewidth=0.8, alpha=2 * SHADE)
    last = int(np.flatnonzero(part["effect"].notna())[-1])
    return End(label, x[last], float(part["effect"].iloc[last]), colour(number))


def _event_figure(table: pd.DataFrame, design: EventStudy, runs: str) -> Figure:
    ratios = table[(table["outcome"] == "hazard ratio") & table["door"].isin(["any", "work"])]
    single = ratios[ratios["to_week"] - ratios["from_week"] < design.period_weeks]
    words = {"any": "all ways out", "work": "regular work"}
    subtitle = f"Against others equally long on assistance without it so far; {runs}"
    title = f"Chance of leaving after a first {plain(design.event.label)}, as a ratio"
    figure, axes = _axes(title, subtitle, list(words.values()))
    ends = [
        _band(axes, (part["from_week"] + design.period_weeks / 2).tolist(), part, number, words[str(door)])
        for number, (door, part) in enumerate(single.groupby("door", sort=False))
        if part["effect"].notna().any()
    ]
    axes.axhline(1.0, color=INK, linewidth=0.8)
    axes.set_xlabel("Weeks since it happened")
    axes.set_ylabel("Ratio of weekly hazards")
    axes.set_xlim(0, design.periods * design.period_weeks)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    label_ends(axes, ends)
    return figure


def _rollout_figure(table: pd.DataFrame, design: RolloutStudy, runs: str) -> Figure:
    periods = table.dropna(subset=["period"])
    words = {"group-time": "estimate", "true": "true effect"}
    subtitle = f"Difference-in-differences (not yet treated as controls) beside the true effect; {runs}"
    title = f"What the rule does to {plain(design.outcome)}"
    figure, axes = _axes(title, subtitle, list(words.values()))
    ends = [
        _band(axes, *_without_base(part), number, words[str(name).split()[0]])
        for number, (name, part) in enumerate(periods.groupby("estimator", sort=False))
        if part["effect"].notna().any()
    ]
    axes.axhline(0.0, color=INK, linewidth=0.8)
    axes.axvline(-0.5, color=INK, linewidth=0.8, linestyle=":")
    axes.set_xlabel(
        f"Periods of {design.period_weeks} weeks since the rule came (0: the first; before: against the last)"
    )
    axes.set_ylabel(plain(design.outcome))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    label_ends(axes, ends)
    return figure


def _without_base(part: pd.DataFrame) -> tuple[list[float], pd.DataFrame]:
    """Return the periods and their estimates, with a gap at the one that the others are held against."""
    periods = part.set_index("period").sort_index()
    whole = periods.reindex(np.arange(periods.index.min(), periods.index.max() + 1.0))
    return whole.index.tolist(), whole


def _cohort_figure(table: pd.DataFrame, design: CohortStudy, runs: str) -> Figure:
    shown = table[table["outcome"].isin(STATUSES)]
    groups = list(shown["group"].unique())
    subtitle = f"Solid: as set; hatched: without true duration dependence; {runs.rpartition(';')[0]}"
    title, labels = "Where an entry cohort is, year by year", list(STATUS_WORDS.values())
    if design.by is None:
        figure, axes = _axes(title, subtitle, labels)
        _cohort_panel(axes, shown)
        return figure
    title, step = f"{title}, by {plain(design.by)}", LOW + BETWEEN
    figure = sheet(WIDTH, len(groups) * step, title, subtitle)
    across = WIDTH - 0.85 - MARGIN - widest(labels, size=TEXT) - 0.35
    for place, group in enumerate(reversed(groups)):
        axes = panel(figure, 0.85, UNDER + place * step, across, LOW)
        axes.set_title(plain(group))
        _cohort_panel(axes, shown[shown["group"] == group])
    return figure


def _cohort_panel(axes: Axes, shown: pd.DataFrame) -> None:
    """Draw the shares of a group in each status, year by year, in both worlds."""
    years = sorted(shown["year"].unique())
    for place, kind in ((-0.2, "with"), (0.2, "without")):
        below = np.zeros(len(years))
        for number, status in enumerate(STATUSES):
            share = 100.0 * shown[shown["outcome"] == status].set_index("year")[kind].loc[years].to_numpy()
            hatch = "" if kind == "with" else "///"
            x = np.array(years) + place
            axes.bar(x, share, 0.36, below, color=colour(number), hatch=hatch, edgecolor="white", linewidth=0)
            below += share
    last = shown[shown["year"] == years[-1]].set_index("outcome")["without"].reindex(STATUSES)
    middles = 100.0 * (last.cumsum() - last / 2)
    axes.set_xticks(years, [f"{year:g}" for year in years])
    axes.set_xlim(years[0] - 0.5, years[-1] + 0.5)
    axes.set_ylim(0, 100)
    axes.set_xlabel("Years since entry")
    axes.set_ylabel("Share of the cohort (%)")
    ends = [
        End(STATUS_WORDS[str(status)], years[-1] + 0.38, float(middle), colour(number))
        for number, (status, middle) in enumerate(middles.items())
    ]
    label_ends(axes, ends)
