"""The report of runs, or of pairs of runs, over draws of what nobody knows: luck and settings apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simulator.experiments.effects import SERVICES, YEARS_OFF
from simulator.experiments.fitting.drawn import OUTCOMES, UNCERTAINTY, DrawnResults
from simulator.experiments.opening import ALTERNATIVE, BASELINE
from simulator.experiments.run import FIGURES, REPORT
from simulator.files import write_bytes
from simulator.outcomes.budget import NET, PRESENT_VALUE
from simulator.reporting.budget_section import SUM, price_blocks
from simulator.reporting.console import possible_bounds
from simulator.reporting.draws_figures import draws_figure
from simulator.reporting.effect_figures import (
    acceptability_figure,
    acceptability_table,
    plane_figure,
    plane_table,
)
from simulator.reporting.page import Block, Page, Prose, Section, Table, render
from simulator.reporting.pair_words import changes_blocks, question_of, titles_of
from simulator.reporting.run_figures import Drawing, save_all
from simulator.reporting.sections import (
    default_settings,
    limits_section,
    provenance_section,
    setting_title,
    settings_section,
)
from simulator.reporting.sure_section import headlines
from simulator.reporting.words import Words, is_share, words_in

ENDS = (0.025, 0.975)
ENDS_OF_LAYERS = ("monte_carlo_low", "monte_carlo_high", "parameter_low", "parameter_high")
OF_ITEMS = ("payer", "part", "item")
HEADS = ("value", "by_luck", "by_parameters", "share_of_luck", "unit")


def write_draws(drawn: DrawnResults, layers: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the pictures of runs over draws into their folder's `figures`, and their report beside them.

    Parameters
    ----------
    drawn : DrawnResults
        The runs.
    layers : DataFrame
        Their outcomes with both intervals.
    tables : mapping of str to DataFrame
        What they answer beside it, as `DrawnResults.written_tables` gives it.
    """
    settings: Any = drawn.manifest["settings"]
    words = words_in(settings["output"]["language"])
    shown = _of_headlines(layers)
    titles, asked, own, compared, changes = _what_is_asked(drawn, words)
    pictures = [_draw_layers(drawn, shown, words), *_draw_worth(drawn, tables, words)]
    save_all(pictures, drawn.folder / FIGURES)
    first, *others = (drawing.picture() for drawing in pictures)
    signed = drawn.is_comparison
    notes = [Prose(text) for text in _notes(layers, words)]
    caption = words("report.layers_table")
    sections = [
        Section("draws", words("draws.layers"), [
            first, *notes, Table(caption, *layer_rows(shown, "outcome", words, signed)),
        ]),
        Section("worth", words("report.worth"), others),
        Section("costs", words("report.costs"), [
            *price_blocks(settings, words), _cost_table(tables["costs"], words, signed),
            *_budget_tables(tables, words),
        ]),
        Section("outcomes", words("report.outcomes"), [
            Table(words("report.outcome_table"), *layer_rows(layers, "outcome", words, signed)),
        ]),
        Section("drawn", words("draws.drawn"), [_settings_table(tables["settings"], words)]),
        Section("methods", words("report.methods"), [Prose(words("draws.method"))]),
        settings_section([titles[0]], default_settings(), [settings], words, changes),
        provenance_section(drawn.manifest, (OUTCOMES, UNCERTAINTY, "tables/"), words),
        limits_section(words),
    ]  # fmt: skip
    key = "draws.lead_pair" if signed else "draws.lead"
    lead = words(key, draws=len(drawn), replications=settings["replications"])
    lead = " ".join([*compared, lead])
    page = Page(
        settings["about"]["title"], asked, lead, list(_answer(shown, words, signed)), sections,
        is_own_question=own,
    )  # fmt: skip
    write_bytes(Path(drawn.folder) / REPORT, render(page, words))


def _what_is_asked(drawn: DrawnResults, words: Words) -> tuple[list[str], str, bool, list[str], list[Block]]:
    """Return titles, question, whether it is in the language of the page, what is compared, and the changes.

    Both scenarios of a draw have what is drawn alike, so they differ in what is compared alone.
    """
    settings: Any = drawn.manifest["settings"]
    if not drawn.is_comparison:
        return [words("report.here")], settings["about"]["question"], False, [], []
    first, second = (drawn.run(0, side).manifest["settings"] for side in (BASELINE, ALTERNATIVE))
    titles = titles_of({**first, "study": settings["study"]}, second, words)
    lead = words("report.compared", first=titles[0], second=titles[1])
    asked, own = question_of(first, second, words)
    return titles, asked, own, [lead], changes_blocks(first, second, words)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each by the names of its columns."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _of_headlines(layers: pd.DataFrame) -> pd.DataFrame:
    return layers.set_index("outcome").loc[headlines(layers["outcome"])].reset_index()


def _notes(layers: pd.DataFrame, words: Words) -> Iterator[str]:
    """Yield what the two intervals are, and how much of further draws the second holds."""
    draws = int(layers["draws"].max())
    yield words("report.layers_note", draws=draws)
    if layers["parameter_covers"].notna().any():
        yield words("draws.covers", share=words.percent(float(layers["parameter_covers"].min())))
    if layers["parameter_low"].isna().any():
        yield words("draws.untold")


def _answer(shown: pd.DataFrame, words: Words, signed: bool) -> Iterator[str]:
    """Yield the main outcomes with both intervals in sentences."""
    for row in records(shown.head(3)):
        value, luck, parameters, _, unit = _cells(row, words, signed)
        covers = float(row["parameter_covers"])
        key = "draws.answer_alone" if math.isnan(row["parameter_low"]) else "draws.answer"
        name = words.outcome(str(row["outcome"]))
        filled = {"outcome": f"{name[:1].upper()}{name[1:]}", "value": value, "unit": unit}
        filled |= {"luck": luck or words("report.no_ratio"), "parameters": parameters}
        yield words(key, **filled, share=words.percent(covers))


def _cells(row: Mapping[str, Any], words: Words, signed: bool) -> tuple[str, ...]:
    """Return value, both intervals, luck's share of the variance, and unit."""
    share = is_share(str(row["unit"]))
    scale = 100.0 if share else 1.0
    number = words.signed if signed else words.number
    ends = [float(row[name]) for name in ENDS_OF_LAYERS]
    possible = ends if signed else possible_bounds(str(row["unit"]), *ends)
    value, *bounds = (number(scale * end) for end in (float(row["value"]), *possible))
    luck, parameters = (
        words("to", low=low, high=high) if low and high else "" for low, high in (bounds[:2], bounds[2:])
    )
    of_luck = float(row["share_monte_carlo"])
    unit = words("figures.forest_share") if share and signed else words.unit(str(row["unit"]))
    told = parameters or words("report.no_ratio")
    return value, luck, told, "" if math.isnan(of_luck) else words.percent(of_luck), unit


def layer_rows(
    layers: pd.DataFrame, names: str, words: Words, signed: bool
) -> tuple[Sequence[str], list[tuple[str, ...]], tuple[int, ...]]:
    """Return heads, rows and columns of words of a table with both layers."""
    heads = [words(f"report.{head}") for head in (names, *HEADS)]
    rows = [(words.outcome(str(row[names])), *_cells(row, words, signed)) for row in records(layers)]
    return heads, rows, (5,)


def _cost_table(costs: pd.DataFrame, words: Words, signed: bool) -> Table:
    rows = [
        (words.label("item", row["item"]), words.label("basis", row["basis"]), *_cells(row, words, signed))
        for row in records(costs[costs["value"] != 0.0])
    ]
    heads = [words(f"report.{head}") for head in ("item", "basis", *HEADS)]
    return Table(words("draws.cost_table_pair" if signed else "draws.cost_table"), heads, rows, (1, 6))


def _budget_tables(tables: Mapping[str, pd.DataFrame], words: Words) -> Iterator[Table]:
    """Yield the result of each payer in present value, and behind it by item; nothing if it is not known."""
    if "budget" not in tables:
        return
    budget = tables["budget"]
    whole = budget[budget["year"] == PRESENT_VALUE]
    whole = whole.sort_values(
        "payer", key=lambda payer: payer.map(list(dict.fromkeys(payer)).index), kind="stable"
    )
    is_sum = (whole["item"] == SUM) | (whole["part"] == NET)
    for name, kept, labels in (("budget", is_sum, ("payer", "part")), ("budget_items", ~is_sum, OF_ITEMS)):
        rows = [
            (*(words.label(kind, row[kind]) for kind in labels), *_cells(row, words, signed=True)[:-1])
            for row in records(whole[kept])
        ]
        heads = [words(f"report.{head}") for head in (*labels, *HEADS[:-1])]
        texts = tuple(range(1, len(labels)))
        yield Table(words(f"draws.{name}"), heads, rows, texts, folded=labels is OF_ITEMS)


def _settings_table(settings: pd.DataFrame, words: Words) -> Table:
    """Return what was drawn: least, middle and most of each setting."""
    drawn = settings.drop(columns="draw")
    ranges = {str(path): map(float, drawn[path].quantile([0.0, 0.5, 1.0])) for path in drawn}
    rows = [(path, setting_title(path), *map(words.significant, numbers)) for path, numbers in ranges.items()]
    heads = [words("report.setting"), words("report.meaning_given")]
    heads += [words(f"draws.{head}") for head in ("least", "middle", "most")]
    return Table(words("draws.drawn_table"), heads, rows, (1,))


def _draw_layers(drawn: DrawnResults, shown: pd.DataFrame, words: Words) -> Drawing:
    note = words("draws.figure_note", draws=len(drawn))
    points = [
        f"{name[:1].upper()}{name[1:]}: {value} {unit}; {words('report.by_luck')}: {luck or '–'}; "
        f"{words('report.by_parameters')}: {parameters}."
        for row in records(shown)
        for name in (words.outcome(str(row["outcome"])),)
        for value, luck, parameters, _, unit in (_cells(row, words, drawn.is_comparison),)
    ]
    figure = draws_figure(drawn.outcomes, shown, words, note, drawn.is_comparison)
    return Drawing("draws", figure, words("draws.figure"), note, points)


def _of_first_kind(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the gain and the perspective that are drawn."""
    return table[(table["of"] == YEARS_OFF) & (table["perspective"] == SERVICES)]


def _draw_worth(drawn: DrawnResults, tables: Mapping[str, pd.DataFrame], words: Words) -> Iterator[Drawing]:
    """Yield the plane and the acceptability curve over draws; nothing of a run, or where nothing changes."""
    if "plane" not in tables:
        return
    points, curve = (_of_first_kind(tables[name]) for name in ("plane", "acceptability"))
    if not points[["gain", "cost"]].to_numpy().any():
        return
    means: dict[str, float] = {}
    for name in ("gain", "cost"):
        low, high = np.quantile(points[name], ENDS, method="weibull")
        means |= {f"{name}_difference": points[name].mean(), f"{name}_low": low, f"{name}_high": high}
    note = words("draws.plane_note", draws=len(drawn))
    least, most = (words.signed(float(points["cost"].agg(end)) / 1e6) for end in ("min", "max"))
    fewest, greatest = (words.signed(float(points["gain"].agg(end))) for end in ("min", "max"))
    told = [words("draws.plane_point", cost=words("to", low=least, high=most),
                  gain=words("to", low=fewest, high=greatest))]  # fmt: skip
    title, numbers = words("figures.plane"), plane_table(points, "draw", words)
    yield Drawing("plane", plane_figure(points, means, words, note), title, note, told, numbers)
    note = words("draws.acceptability_note")
    told = [
        words("draws.acceptability_point", value=words.number(float(row["willingness"]), 0),
              share=words.percent(float(row["probability"])))
        for row in records(curve.iloc[[len(curve) // 3, len(curve) - 1]])
    ]  # fmt: skip
    figure = acceptability_figure(curve, words, note)
    title, numbers = words("figures.acceptability"), acceptability_table(curve, words)
    yield Drawing("acceptability", figure, title, note, told, numbers)
