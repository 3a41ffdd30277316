"""What a run costs; what a second scenario costs and gains, for whom, and when it has paid back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from simulator.experiments.comparison import Comparison
from simulator.experiments.effects import SERVICES, YEARS_OFF
from simulator.outcomes.effectiveness import QUADRANTS
from simulator.reporting.budget_section import budget_tables, price_blocks
from simulator.reporting.effect_figures import (
    MILLION,
    acceptability_figure,
    acceptability_table,
    plane_figure,
    plane_table,
)
from simulator.reporting.page import Block, Prose, Section, Table
from simulator.reporting.pair_words import is_steady
from simulator.reporting.run_figures import Drawing
from simulator.reporting.words import Words, has_intervals

DEARER_AND_BETTER = QUADRANTS[True, True]
"""The quadrant in which a ratio is a price."""

Settings = Mapping[str, Any]

MEANS = ("gain_difference", "gain_low", "gain_high", "cost_difference", "cost_low", "cost_high")


def costs_section(costs: pd.DataFrame, budget: pd.DataFrame, settings: Settings, words: Words) -> Section:
    """Return what each item of a run costs, on every basis, what each payer bears, and by which prices."""
    rows: list[tuple[str, ...]] = []
    for row in costs[costs["value"] != 0.0].itertuples():
        value, low, high = (words.number(number) for number in _numbers(row))
        names = words.label("item", row.item), words.label("basis", row.basis)
        interval = words("to", low=low, high=high) if low else ""
        rows.append((*names, value, interval, words.unit(str(row.unit))))
    heads = [words(f"report.{head}") for head in ("item", "basis", "value", "interval", "unit")]
    table = Table(
        words("report.cost_table" if has_intervals(costs) else "report.cost_table_one"), heads, rows, (1, 4)
    )
    blocks = [*price_blocks(settings, words), table, *budget_tables(budget, words)]
    return Section("costs", words("report.costs"), blocks)


def _numbers(row: Any) -> tuple[float, float, float]:  # noqa: ANN401  (columns are its attributes)
    return float(row.value), float(row.low), float(row.high)


def draw_effect(effect: Comparison, effectiveness: pd.DataFrame, words: Words) -> Iterator[Drawing]:
    """Yield the plane and the acceptability curve of a comparison; nothing without two replications."""
    chosen = (effectiveness["perspective"] == SERVICES) & (effectiveness["gain"] == YEARS_OFF)
    row = effectiveness[chosen].iloc[0]
    points = effect.plane()
    means = {name: float(row[name]) for name in MEANS}
    if len(points) < 2 or not any(means.values()):  # noqa: PLR2004
        return
    title, note = words("figures.plane"), words("figures.plane_note", replications=len(points))
    cost = words.interval(*(words.signed(means[name] / MILLION) for name in MEANS[3:]))
    gain = words.interval(*(words.signed(means[name]) for name in MEANS[:3]))
    told = [words("figures.plane_point", cost=cost, gain=gain)]
    if row["quadrant"] == DEARER_AND_BETTER:
        told.append(words("figures.plane_ratio", value=_ratio(row, words)))
    numbers = plane_table(points, "replication", words)
    yield Drawing("plane", plane_figure(points, means, words, note), title, note, told, numbers)
    curve = effect.acceptability()
    title, note = words("figures.acceptability"), words("figures.acceptability_note")
    told = [_acceptable(curve, number, words) for number in (len(curve) // 3, len(curve) - 1)]
    numbers = acceptability_table(curve, words)
    yield Drawing("acceptability", acceptability_figure(curve, words, note), title, note, told, numbers)


def _acceptable(curve: pd.DataFrame, number: int, words: Words) -> str:
    willingness, probability = (float(curve[name].iloc[number]) for name in ("willingness", "probability"))
    value = words.number(willingness, 0)
    return words("figures.acceptability_point", value=value, probability=words.percent(probability))


def worth_tables(effect: Comparison, effectiveness: pd.DataFrame, words: Words) -> list[Block]:
    """Return what one more unit of each gain costs, when it has paid back, and the result for each payer."""
    settings = [run.manifest["settings"] for run in (effect.baseline, effect.alternative)]
    in_force = [Prose(words("report.in_force"))] if is_steady(settings) else []
    return [
        *price_blocks(settings[1], words),
        _effect_table(effectiveness, words),
        *in_force,
        _pay_back_table(effect.pay_back(), words),
        *budget_tables(effect.budget(), words),
    ]


def _effect_table(effectiveness: pd.DataFrame, words: Words) -> Table:
    heads = [words(f"report.{head}") for head in ("perspective", "gain", "added_cost", "gained", "ratio")]
    rows = [
        (
            words.label("perspective", row["perspective"]),
            words.label("gain", row["gain"]),
            words.interval(
                *(words.signed(row[f"cost_{end}"] / MILLION) for end in ("difference", "low", "high"))
            ),
            words.interval(*(words.signed(row[f"gain_{end}"]) for end in ("difference", "low", "high"))),
            words.label("quadrant", row["quadrant"])
            if row["quadrant"] != DEARER_AND_BETTER
            else _ratio(row, words),
        )
        for _, row in effectiveness.iterrows()
    ]
    return Table(words("report.effect_table"), heads, rows, (1,))


def _ratio(row: pd.Series, words: Words) -> str:
    return words.ratio([float(row[name]) for name in ("ratio", "low", "high")], 0)


def _month(value: float, words: Words) -> str:
    return words("report.never") if math.isinf(value) else words.number(value, 0)


def _pay_back_table(months: pd.DataFrame, words: Words) -> Table:
    heads = [words(f"report.{head}") for head in ("perspective", "month", "interval")]
    rows = []
    for _, row in months.iterrows():
        month, low, high = (_month(float(row[name]), words) for name in ("month", "low", "high"))
        interval = words("to", low=low, high=high) if math.isfinite(row["low"]) else ""
        rows.append((words.label("perspective", row["perspective"]), month, interval))
    return Table(words("report.pay_back_table"), heads, rows)
