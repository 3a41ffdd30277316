"""The page of a validation: the verdicts, one picture, the whole table, the rule, and what has no measure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from simulator.experiments.fitting import validate as of_validation
from simulator.experiments.fitting.draws import read_draws
from simulator.experiments.fitting.facts import without_target
from simulator.experiments.fitting.validate import LITTLE, MET, MISSED, NO_MEASURE, NOT_MEASURED, OPEN
from simulator.outcomes.uncertainty import DRAWS_OF_95
from simulator.parameters import Scenario
from simulator.parameters.fitting import Validate
from simulator.reporting.page import Page, Picture, Points, Prose, Section, Table, render
from simulator.reporting.sections import limits_section, provenance_section
from simulator.reporting.svg import inline
from simulator.reporting.words import Words, words_in

HEADS = ("fact", "verdict", "published", "simulated", "95 % of luck", "95 % of draws", "z")
USES = {"validate": "Facts that never enter a fit", "calibrate": "Facts open to a fit"}
FROM_WORST = (MISSED, OPEN, LITTLE, NOT_MEASURED, NO_MEASURE, MET)
"""Verdicts; a fact has the first of those of its measures."""

LUCK_ALONE = (
    "Without draws of the settings intervals hold luck alone, so that a figure published without an interval "
    "is missed by little: draws=posterior."
)
NO_TARGET = "No published figure is known for these, so that nothing in this table speaks of them."
READ_FOREST = (
    "Grey bands: published 95 % interval. Points: simulated; thick lines: 95 % interval of luck, thin lines: "
    "range of 95 % of draws of the settings. A figure as a deviation from the published one (right: larger, "
    "or less negative); a sign by its own size, where an interval off nought is met or missed. No range of "
    "draws where it cannot be told from luck"
)


def validation_page(
    scenario: Scenario, table: pd.DataFrame, figure: Figure, manifest: Mapping[str, Any]
) -> bytes:
    """Return the page of a validation as one HTML file.

    Parameters
    ----------
    scenario : Scenario
        What was validated.
    table : DataFrame
        From `fitting.validate.validate`.
    figure : Figure
        The forest picture.
    manifest : mapping
        Where the numbers come from.
    """
    words = words_in(scenario.output.language.label)
    measured = table[table["verdict"] != NO_MEASURE]
    picture = Picture(
        "forest", "Published and simulated", READ_FOREST, inline(figure, "forest"), sentences(measured)
    )
    without = table[table["verdict"] == NO_MEASURE]
    nothing = [": ".join(map(str, row)) for row in without[["id", "fact", "note"]].to_numpy()]
    tables = [_table(table[table["use"] == use], caption, words) for use, caption in USES.items()]
    noted = measured[measured["note"] != ""]
    remarks = [": ".join(map(str, row)) for row in noted[["id", "note"]].to_numpy()]
    sections = [
        Section("facts", "Fact by fact", [picture, *(one for one in tables if one.rows)]),
        Section(
            "remarks", "Where designs differ from the published ones", [Points(remarks)] if remarks else []
        ),
        Section("nothing", "What has no measure", [Points(nothing)] if nothing else []),
        Section("no_target", "What has no target at all", [Prose(NO_TARGET), Points(untold())]),
        Section("rule", "The rule, fixed before the run", [Prose(part) for part in _rule()]),
        limits_section(words),
        provenance_section(manifest, ["validation.csv"], words),
    ]
    title = f"{scenario.about.title}: held against published facts"
    return render(
        Page(
            title, "Does it do what was published?", words.agreed(_lead(scenario)), [counted(table)], sections
        ),
        words,
    )


def _lead(scenario: Scenario) -> str:
    """Return how it was simulated."""
    study, file = scenario.study, scenario.draws.file
    assert isinstance(study, Validate)
    many = len(read_draws(scenario, study.most_draws))
    at = f"{many} draws of the settings ({Path(file).name})" if file else "the settings as they are"
    few = f" {DRAWS_OF_95} draws or more give 95 %; these hold less." if file and many < DRAWS_OF_95 else ""
    people = f"{scenario.population.size} people at a time, save in designs with a number of their own"
    alone = "" if file else f" {LUCK_ALONE}"
    return f"{scenario.replications} replications of every design at {at}; {people}; fresh luck.{few}{alone}"


def untold() -> list[str]:
    """Return what no published figure is known for, and why."""
    return [f"{outcome}: {why}" for outcome, why in without_target()]


def counted(table: pd.DataFrame) -> str:
    """Return the verdicts on facts in a sentence, on those never fitted apart from those open to the fit.

    A fact with several measures is met if all are.
    """
    worst = (
        table["verdict"].map(FROM_WORST.index).groupby([table["use"], table["id"].str.split().str[0]]).min()
    )
    parts = []
    for use, name in (("validate", "never fitted"), ("calibrate", "open to the fit")):
        if use in worst:
            own = worst[use].value_counts().sort_index(ascending=False)
            told = ", ".join(f"{number} {FROM_WORST[place]}" for place, number in own.items())
            facts = "1 fact" if len(worst[use]) == 1 else f"{len(worst[use])} facts"
            parts.append(f"of {facts} {name} {told}")
    return "; ".join(parts).capitalize() + "."


def sentences(table: pd.DataFrame) -> list[str]:
    """Return what the picture shows, for those missed and those met."""
    return [
        f"{str(verdict).capitalize()}: {', '.join(part['id'])}."
        for verdict, part in table.groupby("verdict", sort=False)
    ]


def _rule() -> list[str]:
    """Return the rule as its module states it."""
    text = (of_validation.__doc__ or "").replace("*", "")
    return [" ".join(part.split()) for part in text.split("\n\n- ")[0].split("\n\n")[1:]] + [
        " ".join(part.split()) for part in text.replace("\n- ", "\n\n- ").split("\n\n- ")[1:]
    ]


def _table(table: pd.DataFrame, caption: str, words: Words) -> Table:
    return Table(caption, HEADS, [_cells(row, words) for row in table.itertuples()], (1,))


def _cells(row: Any, words: Words) -> tuple[str, ...]:  # noqa: ANN401  (columns are its attributes)
    published = _number(row.published, words) or "sign"
    if not pd.isna(row.low):
        published += f" ({words('to', low=_number(row.low, words), high=_number(row.high, words))})"
    unit = "" if pd.isna(row.published) else f", {row.unit}"
    layers = [_interval(row, layer, words) for layer in ("monte_carlo", "parameter")]
    name = f"{row.id}: {row.says or row.fact}{unit}"
    return name, row.verdict, published, _number(row.simulated, words), *layers, words.signed(row.z)


def _number(value: float, words: Words) -> str:
    """Return a number; a share with three decimals."""
    return words.number(value, 3 if abs(value) < 1.0 else None)


def _interval(row: Any, layer: str, words: Words) -> str:  # noqa: ANN401  (columns are its attributes)
    low, high = (_number(getattr(row, f"{layer}_{end}"), words) for end in ("low", "high"))
    return words("to", low=low, high=high) if low and high else ""
