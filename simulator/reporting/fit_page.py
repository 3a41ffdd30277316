"""The page of a validation: the verdicts, one picture, the whole table, the rule, and what has no measure."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from simulator.experiments.fitting import validate as of_validation
from simulator.experiments.fitting.validate import NO_MEASURE
from simulator.parameters import Scenario
from simulator.reporting.page import Page, Picture, Points, Prose, Section, Table, render
from simulator.reporting.sections import limits_section
from simulator.reporting.svg import inline
from simulator.reporting.words import Words, words_in

HEADS = (
    "fact",
    "what",
    "use",
    "published",
    "simulated",
    "95 % of luck",
    "95 % of draws",
    "z",
    "unit",
    "verdict",
    "remark",
)


def validation_page(scenario: Scenario, table: pd.DataFrame, figure: Figure) -> bytes:
    """Return the page of a validation as one HTML file.

    Parameters
    ----------
    scenario : Scenario
        What was validated.
    table : DataFrame
        From `fitting.validate.validate`.
    figure : Figure
        The forest picture.
    """
    words = words_in(scenario.output.language.label)
    measured = table[table["verdict"] != NO_MEASURE]
    picture = Picture("forest", "Published and simulated", "", inline(figure, "forest"), sentences(measured))
    nothing = [
        f"{row.id} {row.fact}: {row.note}" for row in table[table["verdict"] == NO_MEASURE].itertuples()
    ]
    rows = [_cells(row, words) for row in table.itertuples()]
    sections = [
        Section("facts", "Fact by fact", [picture, Table("Every fact", HEADS, rows, (1, 2, 8, 9, 10))]),
        Section("nothing", "What has no measure", [Points(nothing)] if nothing else []),
        Section("rule", "The rule, fixed before the run", [Prose(part) for part in _rule()]),
        limits_section(words),
    ]
    lead = f"{scenario.replications} replications of every design at every draw of the settings; fresh luck."
    title = f"{scenario.about.title}: held against published facts"
    return render(Page(title, "Does it do what was published?", lead, [counted(table)], sections), words)


def counted(table: pd.DataFrame) -> str:
    """Return the verdicts in a sentence, those of facts that were fitted apart from the others."""
    parts = []
    for use, name in (("validate", "never fitted"), ("calibrate", "open to the fit")):
        own = table.loc[table["use"] == use, "verdict"].value_counts()
        if len(own):
            parts.append(f"{name}: {', '.join(f'{number} {verdict}' for verdict, number in own.items())}")
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


def _cells(row: Any, words: Words) -> tuple[str, ...]:  # noqa: ANN401  (columns are its attributes)
    published = words.number(row.published) or "sign"
    if not pd.isna(row.low):
        published += f" ({words('to', low=words.number(row.low), high=words.number(row.high))})"
    layers = [_interval(row, layer, words) for layer in ("monte_carlo", "parameter")]
    return (
        row.id, row.says or row.fact, row.use, published, words.number(row.simulated), *layers,
        words.signed(row.z), row.unit, row.verdict, row.note,
    )  # fmt: skip


def _interval(row: Any, layer: str, words: Words) -> str:  # noqa: ANN401  (columns are its attributes)
    low, high = (words.number(getattr(row, f"{layer}_{end}")) for end in ("low", "high"))
    return words("to", low=low, high=high) if low and high else ""
