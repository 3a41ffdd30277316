"""The page of a plan: the answer, the options, the picture, one more caseworker, and what is promised."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from simulator.experiments.planning.carry_out import Answer
from simulator.experiments.planning.conditions import Condition
from simulator.outcomes.intervals import half_width
from simulator.parameters import Scenario
from simulator.provenance import settings_of
from simulator.reporting.page import Page, Prose, Section, Table, render
from simulator.reporting.plan_figures import frontier_figure
from simulator.reporting.plan_words import confidence_of, option_name, sentences, unit_of
from simulator.reporting.run_figures import Drawing
from simulator.reporting.sections import (
    default_settings,
    limits_section,
    methods_section,
    provenance_section,
    settings_section,
)
from simulator.reporting.words import Words, is_share

TABLES = ("plan.csv", "marginal.csv")
OPTION = "option"
Row = Mapping[Any, Any]


def plan_page(scenario: Scenario, answer: Answer, drawing: Drawing, words: Words) -> bytes:
    """Return the page of a plan as one HTML file.

    Parameters
    ----------
    scenario : Scenario
        The municipality.
    answer : Answer
        What came out.
    drawing : Drawing
        From `draw_frontier`.
    words : Words
        The language.
    """
    settings = settings_of(scenario)
    sections = [
        Section("options", words("plan.options"), list(options_blocks(answer, words))),
        Section("frontier", words("plan.frontier"), [drawing.picture()]),
        Section("marginal", words("plan.marginal"), list(marginal_blocks(answer, words))),
        promise_section(answer, words),
        methods_section(settings, words, paired=True),
        settings_section([scenario.about.title], default_settings(), [settings], words),
        provenance_section(answer.manifest, TABLES, words),
        limits_section(words),
    ]
    about = scenario.about
    conditions = "; ".join(condition_text(one, words) for one in answer.asked.conditions)
    page = Page(about.title, about.question, conditions, sentences(answer, words), sections)
    return render(page, words)


def condition_text(one: Condition, words: Words) -> str:
    """Return a condition in words."""
    bound = words.plain_number(one.bound)
    return f"{words.outcome(one.measure)} {'≤' if one.sign > 0 else '≥'} {bound}"


def options_blocks(answer: Answer, words: Words) -> Iterator[Prose | Table]:
    """Yield the table of options and how it is read."""
    asked = answer.asked
    goal = f"{words.outcome(asked.goal)}, {unit_of(answer, words)}"
    heads = [words("plan.option"), words("plan.is"), goal, words("plan.difference")]
    for one in asked.conditions:
        heads += [condition_text(one, words), words("plan.chance")]
    heads += [words.outcome(name) for name in dict.fromkeys(asked.others)]
    heads.append(words("plan.chance_best"))
    drawn = bool(asked.draws)
    heads += [words("plan.wins"), words("plan.regret")] if drawn else []
    rows = [_cells(row, answer, words, drawn) for row in answer.table.to_dict("records")]
    confidence = confidence_of(answer, words)
    yield Prose(words("plan.table_note", confidence=confidence))
    yield Table(words("plan.table"), heads, rows, (1,))


def _cells(row: Row, answer: Answer, words: Words, drawn: bool) -> list[str]:
    asked = answer.asked
    standing = words(f"plan.standing.{row['standing']}")
    name = option_name(asked.options.points.table[row[OPTION]], words)
    is_best = row["standing"] == "best"
    apart = [words.signed(row[f"difference{end}"]) for end in ("", "_low", "_high")]
    cells = [name, standing, _interval(row, "goal", words), "–" if is_best else words.interval(*apart)]
    for one in asked.conditions:
        scale = 100.0 if is_share(asked.units[one.measure]) else 1.0
        cells += [_interval(row, str(one), words, scale), words.percent(row[f"{one}_chance"])]
    cells += [words.number(row[name]) for name in dict.fromkeys(asked.others)]
    cells.append(words.percent(row["chance_best"]))
    if drawn:
        cells += [words.percent(row["wins_of_draws"]), words.number(row["regret_of_draws"])]
    return cells


def _interval(row: Row, name: str, words: Words, scale: float = 1.0) -> str:
    return words.interval(*(words.number(scale * row[f"{name}{end}"]) for end in ("", "_low", "_high")))


def draw_frontier(answer: Answer, words: Words) -> Drawing:
    """Return the picture of cost against time with its words."""
    asked = answer.asked
    names = [option_name(row, words) for row in asked.options.points.table]
    times = answer.decision.values[:, -1]
    apart = times - times[answer.decision.choice.nearest]
    level = asked.plan.confidence
    table = pd.DataFrame(
        {
            "name": names,
            "time": np.nanmean(times[answer.decision.choice.nearest]) + np.nanmean(apart, axis=1),
            "time_half": [half_width(own[~np.isnan(own)], level) for own in apart],
        }
    ).join(answer.table.set_index(OPTION)[["standing", "difference", "difference_low", "difference_high"]])
    unit, goal = unit_of(answer, words), words.outcome(asked.goal)
    note = words(
        "plan.frontier_note", replications=_counted(answer, words), confidence=confidence_of(answer, words)
    )
    up = words("plan.up", goal=f"{goal[:1].upper()}{goal[1:]}", unit=unit)
    title = words("plan.frontier")
    points = [
        words(
            "plan.point",
            option=f"{row['name'][:1].upper()}{row['name'][1:]}",
            difference=words.signed(row["difference"]),
            unit=unit,
            weeks=words.number(row["time"]),
            standing=words(f"plan.standing.{row['standing']}"),
        )
        for row in table.sort_values("difference").to_dict("records")
    ]
    return Drawing("frontier", frontier_figure(table, words, title, note, up), title, note, points)


def _counted(answer: Answer, words: Words) -> str:
    """Return how many replications there were, or draws."""
    counts = answer.table["replications"]
    if answer.asked.draws:
        replications = answer.asked.options.scenario.replications
        return words("plan.count_draws", draws=len(answer.asked.draws), replications=replications)
    return words("plan.count", low=int(counts.min()), high=int(counts.max()))


def marginal_blocks(answer: Answer, words: Words) -> Iterator[Prose | Table]:
    """Yield what one more caseworker changes, and how it is read."""
    table = answer.marginal
    if table.empty:
        return
    heads = [words("plan.marginal"), *(words(f"plan.{name}") for name in ("measure", "change"))]
    heads.append(words("report.unit"))
    rows = []
    for row in table.to_dict("records"):
        ends = {
            end: words.number(row[f"caseworkers_{side}"]) for end, side in (("low", "from"), ("high", "to"))
        }
        unit = answer.asked.units[row["measure"]]
        cells = [words("plan.marginal_point", **ends), words.outcome(row["measure"]), _change(row, words)]
        money = row["measure"] == answer.asked.goal
        rows.append([*cells, unit_of(answer, words) if money else words.unit(unit)])
    yield Prose(words("plan.marginal_note"))
    yield Table(words("plan.marginal_table"), heads, rows, (1, 3))


def _change(row: Row, words: Words) -> str:
    if math.isinf(row["low"]) or math.isnan(row["low"]):
        return f"{words.signed(row['value'], 3)} ({words('plan.infinite')})"
    return words.interval(*(words.signed(row[name], 3) for name in ("value", "low", "high")))


def promise_section(answer: Answer, words: Words) -> Section:
    """Return what is promised, how, and what is not."""
    plan = answer.asked.plan
    text = words(
        "plan.promise_text",
        confidence=confidence_of(answer, words),
        indifference=words.plain_number(plan.indifference),
        unit=unit_of(answer, words),
    )
    others = [words(f"plan.promise_{name}") for name in ("method", "limits")]
    return Section("promise", words("plan.promise"), [Prose(one) for one in (text, *others)])
