"""A plan for a person: the answer in sentences, the options in a table, a picture, a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.composing.idle import staff_apart_at_points, tell
from simulator.composing.pairing import Loader
from simulator.experiments.planning.carry_out import Answer, plan_into, read_plan
from simulator.experiments.run import FIGURES, REPORT
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.reporting.console import aligned
from simulator.reporting.plan_page import draw_frontier, plan_page
from simulator.reporting.plan_words import (
    chance_text,
    condition_text,
    confidence_of,
    difference_text,
    made_key,
    option_names,
    sentences,
    to_the_best,
)
from simulator.reporting.run_figures import save_all
from simulator.reporting.words import Words, words_in


def report_plan(scenario: Scenario, load: Loader) -> Path:
    """Carry out a plan, print what it answers, write picture and page, and return the folder."""
    asked = read_plan(scenario, load)
    tell(staff_apart_at_points(load.common, asked.options.points))
    answer = plan_into(asked, scenario)
    folder = asked.options.folder
    words = words_in(scenario.output.language.label)
    drawing = draw_frontier(answer, words)
    save_all([drawing], folder / FIGURES)
    write_bytes(folder / REPORT, plan_page(scenario, answer, drawing, words))
    title = words.label("text", scenario.about.title)
    print(title, *sentences(answer, words), sep="\n", end="\n\n")
    print("\n".join(table_lines(answer, words)), end="\n\n", flush=True)
    return folder


def table_lines(answer: Answer, words: Words) -> list[str]:
    """Return the options as aligned lines, the best first."""
    asked, names = answer.asked, option_names(answer, words)
    difference = f"{words(to_the_best('plan.difference', answer))} ({confidence_of(answer, words)})"
    heads = [words("plan.option"), words(made_key("made", answer)), words.outcome(asked.goal), difference]
    heads += [f"({number}) {words('plan.met')}" for number, _ in enumerate(asked.conditions, 1)]
    heads += [words("plan.chance_best"), *([words("plan.wins")] if asked.draws else []), words("plan.is")]
    rows = [tuple(heads)]
    for row in answer.table.to_dict("records"):
        standing = words(f"plan.standing.{row['standing']}")
        rows.append((names[row["option"]], *_numbers(row, answer, words), standing))
    conditions = enumerate(asked.conditions, 1)
    said = [f"({number}) {condition_text(one, asked.units, words)}" for number, one in conditions]
    return [*said, *([""] if said else []), *aligned(rows)]


def _numbers(row: dict[Any, Any], answer: Answer, words: Words) -> list[str]:
    difference = difference_text(row, answer, words)
    chances = [words.percent(row[f"{one}_chance"]) for one in answer.asked.conditions]
    chances.append(chance_text(row, words))
    chances += [words.percent(row["wins_of_draws"])] if answer.asked.draws else []
    count, goal = words.number(row["replications"], 0), words.number(row["goal"])
    return [count, goal, difference, *chances]
