"""A plan for a person: the answer in sentences, the options in a table, a picture, a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.composing.pairing import Loader
from simulator.experiments.planning.carry_out import Answer, plan_into, read_plan
from simulator.experiments.run import FIGURES, REPORT
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.reporting.console import aligned, number_text
from simulator.reporting.plan_page import draw_frontier, plan_page
from simulator.reporting.plan_words import option_name, sentences
from simulator.reporting.run_figures import save_all
from simulator.reporting.words import words_in


def report_plan(scenario: Scenario, load: Loader) -> Path:
    """Carry out a plan, print what it answers, write picture and page, and return the folder."""
    asked = read_plan(scenario, load)
    answer = plan_into(asked, scenario)
    folder = asked.options.folder
    words = words_in(scenario.output.language.label)
    drawing = draw_frontier(answer, words)
    save_all([drawing], folder / FIGURES)
    write_bytes(folder / REPORT, plan_page(scenario, answer, drawing, words))
    print(scenario.about.title, *sentences(answer, words), sep="\n", end="\n\n")
    print("\n".join(table_lines(answer)), end="\n\n", flush=True)
    return folder


def table_lines(answer: Answer) -> list[str]:
    """Return the options as aligned lines, the best first."""
    asked, english = answer.asked, words_in("en")
    level = f"{100 * asked.plan.confidence:g} %"
    heads = ["option", asked.goal, "more than the best", f"{level}, all together"]
    heads += [f"({number}) holds" for number, _ in enumerate(asked.conditions, 1)]
    heads += ["is the best", *(["best in draws"] if asked.draws else []), "verdict"]
    rows = [tuple(heads)]
    for row in answer.table.to_dict("records"):
        name = option_name(asked.options.acting[row["option"]], english)
        rows.append((name, *_numbers(row, answer), str(row["standing"])))
    said = [f"({number}) {one}" for number, one in enumerate(asked.conditions, 1)]
    return [*said, *([""] if said else []), *aligned(rows)]


def _numbers(row: dict[Any, Any], answer: Answer) -> list[str]:
    bounds = [number_text(row[f"difference_{end}"]) for end in ("low", "high")]
    cells = [number_text(row["goal"]), number_text(row["difference"]), " to ".join(bounds)]
    if row["standing"] == "best":
        cells[1:] = ["", ""]
    shares = [row[f"{one}_chance"] for one in answer.asked.conditions]
    shares += [row["chance_best"], *([row["wins_of_draws"]] if answer.asked.draws else [])]
    return [*cells, *(f"{100 * share:.1f} %" for share in shares)]
