"""One question of a policy brief: for whom, by which way, who is hit, who waits, what it costs, how sure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from simulator.experiments.brief_values import (
    COSTS,
    EVERYBODY,
    PAYER,
    PER_CLIENT,
    TRAITS,
    WAY,
    WAYS,
    YEARLY,
)
from simulator.outcomes.budget import ALL_PAYERS, PAYERS
from simulator.reporting.comparison_figures import forest_figure
from simulator.reporting.comparison_report import MEAN_TIME, MONEY, answer
from simulator.reporting.page import Block, Heading, Points, Prose, Section, Table
from simulator.reporting.run_figures import Drawing
from simulator.reporting.sections import Settings, difference_cells, settings_table
from simulator.reporting.words import Words, is_share
from simulator.vocabulary import Door

TOUCHED = (
    "warnings", "reductions", "denials", "wrong sanctions", "emergency tests",
    "reductions and denials of households with children", "families with children reduced or denied",
    "children in households reduced or denied", "ended without work or other income, reduced or denied",
    f"back within a year after {Door.WITHDRAWAL.label}",
)  # fmt: skip
"""Outcomes of sanctions and of the children behind them."""

SERVED = (
    "clients on benefit", "caseworkers", "clients per caseworker", "without a caseworker",
    "weeks between talks", "length of a talk", "caseworker time in talks",
    "wait for the first talk (those who had one)", "wait for the first activity (those who had one)",
    "wait for a place", "in a programme", "required hours met",
    "with a plan after 13 weeks (still on benefit)",
)  # fmt: skip
"""Outcomes of waits and of caseworkers' time."""


@dataclass(frozen=True)
class Told:
    """A question as it is told.

    Attributes
    ----------
    key : str
        Its name in the settings.
    number : int
        Its place in the report, from 1.
    name, question : Prose
        Short name and whole question.
    caveats : Points
        What it leaves out.
    titles : (str, str)
        What the two sides are called.
    settings : (mapping, mapping)
        Settings of both, in full.
    table : DataFrame
        Its rows of the brief's table.
    """

    key: str
    number: int
    name: Prose
    question: Prose
    caveats: Points
    titles: tuple[str, str]
    settings: tuple[Settings, Settings]
    table: pd.DataFrame

    @property
    def label(self) -> str:
        """Number and short name."""
        return f"{self.number}. {self.name.text}"

    def rows(self, by: str, groups: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows of a kind of groups, of some of them in their order."""
        own = self.table[self.table["by"] == by]
        if groups is None:
            return own
        known = {str(group) for group in own["group"]}
        return pd.concat([own[own["group"] == group] for group in groups if group in known] or [own[:0]])

    def headline(self, begins: str) -> Any:  # noqa: ANN401  (a row, whose columns are its attributes)
        """Return the row of everybody whose outcome begins so, None if there is none."""
        own = self.rows(EVERYBODY)
        found = own[own["outcome"].str.startswith(begins)]
        return next(found.itertuples(), None)


def time_sentence(told: Told, words: Words) -> str:
    """Return whether the time on benefit becomes shorter or longer, and how much."""
    own = told.rows(EVERYBODY)
    return " ".join(answer(own[own["outcome"].str.startswith(MEAN_TIME)], words))


def question_section(told: Told, drawing: Drawing | None, words: Words) -> Section:
    """Return all that is told of one question; `drawing` shows for whom the time changes."""
    own = told.rows(EVERYBODY)
    money = answer(own[own["outcome"] == MONEY], words)
    first, second = told.titles
    blocks: list[Block] = [
        told.question,
        Prose(words("brief.compared", first=first, second=second)),
        Prose(f"{time_sentence(told, words)} {' '.join(money)}"),
        *([drawing.picture()] if drawing else [Heading(words("brief.whom"))]),
        _table("whom_table", _group_rows(told, words), words, _group_heads(words)),
        Prose(words("report.difference_note")),
        Heading(words("brief.doors")),
        _table("doors_table", _door_rows(told, words), words),
        Heading(words("brief.touched")),
        _table("touched_table", _rows_of(told, TOUCHED, words), words),
        Heading(words("brief.served")),
        _table("served_table", _rows_of(told, SERVED, words), words),
        Heading(words("brief.cost")),
        *_cost_blocks(told, words),
        Heading(words("brief.sure")),
        *_sure_blocks(told, words),
        Heading(words("brief.leaves_out")),
        Prose(words("brief.see_limits")),
    ]
    if told.caveats.texts:
        blocks.insert(-1, told.caveats)
    settings = settings_table(told.titles, told.settings, words, folded=True)
    title = words("brief.numbered", number=told.number, name=told.name.text)
    return Section(f"question-{told.key}", title, [*blocks, *([settings] if settings else [])])


def draw_groups(told: Told, words: Words) -> Drawing | None:
    """Return the drawing of what changes for whom; None if nobody's spell begins in the run."""
    rows = _time_by_group(told)
    if not len(rows):
        return None
    weeks = _weeks(str(rows["outcome"].iloc[0]))
    named = rows.assign(outcome=[words.label(str(row.by), row.group) for row in rows.itertuples()])
    title, note = (
        words("figures.forest_groups", weeks=weeks),
        words("brief.groups_note", replications=_replications(told)),
    )
    figure = forest_figure(named, words, title, note)
    return Drawing(f"groups-{told.key}", figure, title, note, list(_group_points(named, words)))


def _group_points(named: pd.DataFrame, words: Words) -> Iterator[str]:
    """Yield for whom the time becomes shorter, for whom longer, and for whom that cannot be said."""
    shorter, longer = named["high"] < 0.0, named["low"] > 0.0
    same = (named[["difference", "low", "high"]] == 0.0).all(axis=1)
    kinds = {"shorter": shorter, "longer": longer, "same": same, "unclear": ~(shorter | longer | same)}
    for kind, chosen in kinds.items():
        if chosen.any():
            yield words(f"brief.groups_{kind}", groups=", ".join(named.loc[chosen, "outcome"]))


def _time_by_group(told: Told) -> pd.DataFrame:
    parts = [told.rows(by) for by in TRAITS]
    rows = pd.concat(parts)
    return rows[rows["outcome"].str.startswith(MEAN_TIME)].dropna(subset=["difference"])


def _weeks(outcome: str) -> str:
    return outcome.removeprefix(MEAN_TIME).removesuffix(" weeks")


def _replications(told: Told) -> int:
    return int(told.table["replications"].max())


def _table(caption: str, rows: Sequence[tuple[str, ...]], words: Words, heads: Sequence[str] = ()) -> Table:
    usual = [
        words(f"report.{head}") for head in ("outcome", "first", "second", "difference", "interval", "unit")
    ]
    usual[1:3] = words("brief.before"), words("brief.after")
    return Table(words(f"brief.{caption}"), heads or usual, rows, () if heads else (5,))


def _group_heads(words: Words) -> list[str]:
    return [
        words("report.group"), words("brief.weeks_before"), words("brief.weeks_after"),
        words("brief.weeks_difference"), words("brief.to_work_difference"), words("brief.cut_difference"),
    ]  # fmt: skip


def _group_rows(told: Told, words: Words) -> list[tuple[str, ...]]:
    """Return time, ways to work and reductions of everybody and of each group."""
    rows = [_group_row(words("report.everybody"), told.rows(EVERYBODY), words)]
    for by in TRAITS:
        own = told.rows(by)
        rows += [
            _group_row(words.label(by, group), own[own["group"] == group], words)
            for group in dict.fromkeys(own["group"])
        ]
    return rows


def _group_row(name: str, rows: pd.DataFrame, words: Words) -> tuple[str, ...]:
    time, work, cut = (
        next(rows[rows["outcome"].str.fullmatch(pattern)].itertuples(), None)
        for pattern in (f"{MEAN_TIME}.*", f"left by {Door.WORK.label} within .*", "reductions")
    )
    levels = [words.number(getattr(time, side)) if time else "" for side in ("baseline", "alternative")]
    return name, *levels, *(written(row, words) for row in (time, work, cut))


def written(row: Any, words: Words) -> str:  # noqa: ANN401  (a row, whose columns are its attributes)
    """Return a difference with its interval; that of a share in percentage points."""
    if row is None or math.isnan(row.difference):
        return ""
    scale = 100.0 if is_share(str(row.unit)) else 1.0
    return words.interval(*(words.signed(scale * value) for value in (row.difference, row.low, row.high)))


def _door_rows(told: Told, words: Words) -> list[tuple[str, ...]]:
    """Return the ways out, each with its doors below."""
    ways = {str(row.group): row for row in told.rows(WAY).itertuples()}
    rows = []
    for way, doors in WAYS.items():
        if way in ways:
            rows.append(_named(ways[way], words.label("way", way), words))
        for door in doors:
            row = told.headline(f"left by {door} within")
            if row is not None:
                rows.append(_named(row, f"– {words.label('door', door)}", words))
    return rows


def _named(row: Any, name: str, words: Words) -> tuple[str, ...]:  # noqa: ANN401  (as above)
    return name, *difference_cells(row, words)[1:]


def _rows_of(told: Told, outcomes: Sequence[str], words: Words) -> list[tuple[str, ...]]:
    known = {str(row.outcome): row for row in told.rows(EVERYBODY).itertuples()}
    return [difference_cells(known[name], words) for name in outcomes if name in known]


def _cost_blocks(told: Told, words: Words) -> Iterator[Block]:
    """Yield what each payer bears more, in all and over the clients before the change."""
    rows = []
    for payer in (*PAYERS, ALL_PAYERS):
        own = {str(row.outcome): row for row in told.rows(PAYER, [payer]).itertuples()}
        cells = [own.get(YEARLY.format(what=what)) for what in COSTS.values()]
        if not any(row is not None and (row.baseline or row.alternative) for row in cells):
            continue
        client = own[PER_CLIENT.format(what=COSTS["net"])]
        rows.append(
            (words.label("payer", payer), *(written(row, words) for row in cells), written(client, words))
        )
    heads = [
        words("report.payer"),
        *(words.label("cost", what) for what in COSTS),
        words("brief.per_client"),
    ]
    yield Prose(words("brief.cost_note"))
    yield Table(words("brief.cost_table"), heads, rows)


def _sure_blocks(told: Told, words: Words) -> Iterator[Block]:
    """Yield how sure luck, and settings where there are draws, leave the time on benefit."""
    row = told.headline(MEAN_TIME)
    if row is None or math.isnan(row.low):
        yield Prose(words("report.no_interval"))
        return
    half = (row.luck_high - row.luck_low) / 2.0
    yield Prose(
        words("brief.luck", replications=_replications(told) * int(row.draws), half=words.number(half))
    )
    if row.draws < 2:  # noqa: PLR2004
        yield Prose(words("brief.no_draws"))
        return
    shorter, draws = words.percent(row.share_below), int(row.draws)
    yield Prose(words("brief.drawn", draws=draws, share=shorter))
    yield _layers_table(told, words)


def _layers_table(told: Told, words: Words) -> Table:
    """Return what luck and what settings leave open of time, ways out and net cost."""
    named = [(told.headline(MEAN_TIME), words.outcome(str(told.headline(MEAN_TIME).outcome)))]
    named += [(row, words.label("way", row.group)) for row in told.rows(WAY).itertuples()]
    net = told.rows(PAYER)
    net = net[net["outcome"] == YEARLY.format(what=COSTS["net"])]
    named += [
        (row, f"{words.label('cost', 'net')}: {words.label('payer', row.group)}") for row in net.itertuples()
    ]
    rows = []
    for row, name in named:
        scale = 100.0 if is_share(str(row.unit)) else 1.0
        bounds = [
            words("to", low=words.signed(scale * low), high=words.signed(scale * high))
            for low, high in ((row.luck_low, row.luck_high), (row.settings_low, row.settings_high))
        ]
        unit = words("figures.forest_share") if is_share(str(row.unit)) else words.unit(str(row.unit))
        rows.append((name, words.signed(scale * row.difference), *bounds, unit))
    heads = ("outcome", "difference", "by_luck", "by_parameters", "unit")
    return Table(words("report.layers_table"), [words(f"report.{head}") for head in heads], rows, (4,))
