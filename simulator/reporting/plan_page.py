"""The page of a plan: the answer, the options, the picture, one more caseworker, and what is promised."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from simulator.experiments.planning.carry_out import OTHER_GOALS, Answer
from simulator.experiments.planning.marginal import LEAST
from simulator.outcomes.criteria import COST_OF_BOTH
from simulator.parameters import Scenario
from simulator.provenance import settings_of
from simulator.reporting.page import Page, Prose, Section, Table, render, text_of
from simulator.reporting.plan_figures import frontier_figure
from simulator.reporting.plan_words import (
    chance_text,
    change_unit,
    condition_text,
    confidence_of,
    difference_text,
    indifference_text,
    interval_text,
    made_key,
    option_names,
    sentences,
    to_the_best,
    unit_of,
)
from simulator.reporting.run_figures import Drawing
from simulator.reporting.sections import (
    default_settings,
    limits_section,
    made_section,
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
    settings, replications = settings_of(scenario), _fewest_to_most(answer, words)
    sections = [
        Section("options", words("plan.options"), list(options_blocks(answer, words))),
        Section("frontier", words("plan.frontier"), [drawing.picture()]),
        Section("marginal", words("plan.marginal"), list(marginal_blocks(answer, words))),
        promise_section(answer, words),
        made_section(settings, list(_methods(answer, words)), words, replications),
        settings_section([text_of(scenario.about.title, words).text], default_settings(), [settings], words),
        provenance_section({**answer.manifest, "replications": replications}, TABLES, words),
        limits_section(words),
    ]
    about = scenario.about
    page = Page(about.title, about.question, asked_text(answer, words), sentences(answer, words), sections)
    return render(page, words)


def _fewest_to_most(answer: Answer, words: Words) -> str:
    """Return how many replications the options had, at each draw if there are any."""
    if answer.asked.draws:
        return words.number(answer.asked.options.scenario.replications, 0)
    counts = answer.table["replications"]
    fewest, most = (words.number(float(one), 0) for one in (counts.min(), counts.max()))
    return fewest if fewest == most else words("to", low=fewest, high=most)


def _methods(answer: Answer, words: Words) -> Iterator[str]:
    """Yield how options were compared."""
    if answer.asked.draws:
        yield words("plan.method_draws", draws=len(answer.asked.draws))
    yield words("plan.method", confidence=confidence_of(answer, words))


def asked_text(answer: Answer, words: Words) -> str:
    """Return in words what is to be least, and what has to hold."""
    asked = answer.asked
    goal = words("plan.least", goal=words.outcome(asked.goal), options=words.number(answer.tried, 0))
    conditions = "; ".join(condition_text(one, asked.units, words) for one in asked.conditions)
    return f"{goal} {words('plan.holds', conditions=conditions)}" if conditions else goal


def options_blocks(answer: Answer, words: Words) -> Iterator[Prose | Table]:
    """Yield the tables of options, and how they are read."""
    asked, rows = answer.asked, answer.table.to_dict("records")
    every = option_names(answer, words)
    names = [every[row[OPTION]] for row in rows]
    goal = f"{words.outcome(asked.goal)}, {unit_of(answer, words)}"
    heads = [
        words("plan.option"),
        words("plan.is"),
        words(made_key("made", answer)),
        goal,
        words(to_the_best("plan.difference", answer)),
        words("plan.chance_best"),
    ]
    heads += [words("plan.wins"), words("plan.regret")] if asked.draws else []
    told = [words("plan.table_note", confidence=confidence_of(answer, words))]
    yield Prose(" ".join([*told, *([words("plan.table_note_draws")] if asked.draws else [])]))
    cells = [[name, *_verdict(row, answer, words)] for name, row in zip(names, rows, strict=True)]
    yield Table(words("plan.table"), heads, cells, (1,))
    besides = _besides(answer, words)
    heads = [words("plan.option")]
    for one in asked.conditions:
        heads += [condition_text(one, asked.units, words), words("plan.chance")]
    heads += besides.values()
    cells = [
        [name, *_conditions(row, answer, words), *(words.number(row[one]) for one in besides)]
        for name, row in zip(names, rows, strict=True)
    ]
    yield Table(words("plan.table_more"), heads, cells)


def _besides(answer: Answer, words: Words) -> dict[str, str]:
    """Return what else is told of every option, and how it is headed."""
    staff, cost, time = answer.asked.others
    money = f"{words.outcome(cost)}, {change_unit(answer.asked.units[cost], words)}"
    told = {staff: words.outcome(staff), cost: money, time: words("plan.across")}
    return told if answer.asked.plan.goal in OTHER_GOALS else {name: told[name] for name in (staff, time)}


def _verdict(row: Row, answer: Answer, words: Words) -> list[str]:
    difference = difference_text(row, answer, words)
    verdict, count = words(f"plan.standing.{row['standing']}"), words.number(row["replications"], 0)
    cells = [verdict, count, _interval(row, "goal", words), difference, chance_text(row, words)]
    if "wins_of_draws" in row:
        cells += [words.percent(row["wins_of_draws"]), words.number(row["regret_of_draws"])]
    return cells


def _conditions(row: Row, answer: Answer, words: Words) -> Iterator[str]:
    for one in answer.asked.conditions:
        scale = 100.0 if is_share(answer.asked.units[one.measure]) else 1.0
        yield _interval(row, str(one), words, scale)
        yield words.percent(row[f"{one}_chance"])


def _interval(row: Row, name: str, words: Words, scale: float = 1.0, is_signed: bool = False) -> str:
    return interval_text([scale * row[f"{name}{end}"] for end in ("", "_low", "_high")], words, is_signed)


def draw_frontier(answer: Answer, words: Words) -> Drawing:
    """Return the picture of cost against time with its words."""
    table, measure = frontier_table(answer, words)
    unit = change_unit(answer.asked.units[measure], words)
    name, title = words.outcome(measure), words("plan.frontier")
    confidence = confidence_of(answer, words)
    note = words("plan.frontier_note", replications=_counted(answer, words), confidence=confidence)
    up = words(to_the_best("plan.up", answer), goal=f"{name[:1].upper()}{name[1:]}", unit=unit)
    points = [
        words(
            to_the_best("plan.point", answer),
            option=f"{row['name'][:1].upper()}{row['name'][1:]}",
            difference=words.signed(row["difference"]),
            unit=unit,
            weeks=words.number(row["time"]),
            standing=words(f"plan.standing.{row['standing']}"),
        )
        for row in table.loc[answer.decision.order].to_dict("records")
    ]
    return Drawing("frontier", frontier_figure(table, words, title, note, up), title, note, points)


def frontier_table(answer: Answer, words: Words) -> tuple[pd.DataFrame, str]:
    """Return what is drawn of each option, and the measure that it is drawn against time.

    That is the goal or, if the goal is the time itself, what effort and benefit cost.
    """
    asked, levels = answer.asked, answer.decision.levels
    nearest = answer.decision.chosen.nearest
    apart, halves = levels.apart(nearest, asked.plan.confidence)
    table = pd.DataFrame(
        {
            "name": option_names(answer, words),
            "time": levels.values[:, -1],
            "time_half": halves[:, -1],
        }
    ).join(answer.table.set_index(OPTION)[["standing", "difference", "difference_low", "difference_high"]])
    if asked.goal != asked.options.measures[-1]:
        return table, asked.goal
    cost, half = apart[:, -2], halves[:, -2]
    return table.assign(
        difference=cost, difference_low=cost - half, difference_high=cost + half
    ), COST_OF_BOTH


def _counted(answer: Answer, words: Words) -> str:
    """Return how many replications there were, or draws."""
    counts = answer.table["replications"]
    if answer.asked.draws:
        replications = answer.asked.options.scenario.replications
        return words("plan.count_draws", draws=len(answer.asked.draws), replications=replications)
    if counts.nunique() == 1:
        return words("plan.count_one", count=int(counts.iloc[0]))
    return words("plan.count", low=int(counts.min()), high=int(counts.max()))


def marginal_blocks(answer: Answer, words: Words) -> Iterator[Prose | Table]:
    """Yield what one more caseworker changes, and how it is read."""
    table, options = answer.marginal, answer.asked.options
    if table.empty:
        yield Prose(words("plan.marginal_none", least=words.number(LEAST, 1)))
        return
    heads = [words("plan.marginal"), *(words(f"plan.{name}") for name in ("measure", "change"))]
    heads.append(words("report.unit"))
    rows = []
    for row in table.to_dict("records"):
        ends = {
            end: words.number(row[f"caseworkers_{side}"], 1)
            for end, side in (("low", "from"), ("high", "to"))
        }
        cells = [words("plan.marginal_point", **ends), words.outcome(row["measure"]), _change(row, words)]
        rows.append([*cells, change_unit(row["unit"], words)])
    is_between = table["to"].isin([options.named(number) for number in range(len(options))])
    kinds = [name for name, is_there in (("between", is_between), ("posts", ~is_between)) if is_there.any()]
    yield Prose(" ".join(words(f"plan.marginal_{name}") for name in (*kinds, "note")))
    yield Table(words("plan.marginal_table"), heads, rows, (1, 3))


def _change(row: Row, words: Words) -> str:
    numbers = [row[name] for name in ("value", "low", "high")]
    if math.isinf(row["low"]) or math.isnan(row["low"]):
        return f"{words.signed(row['value'])} ({words('plan.infinite')})"
    return interval_text(numbers, words, is_signed=True)


def promise_section(answer: Answer, words: Words) -> Section:
    """Return what is promised, how, and what is not."""
    text = words(
        "plan.promise_text",
        confidence=confidence_of(answer, words),
        indifference=indifference_text(answer, words),
    )
    others = [words(f"plan.promise_{name}") for name in ("method", "limits")]
    return Section("promise", words("plan.promise"), [Prose(one) for one in (text, *others)])
