"""The page of a policy brief: an answer to each question, one picture of all, then question by question."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from simulator.experiments.brief_values import COSTS, PAYER, WAY, WAYS, YEARLY
from simulator.outcomes.budget import ALL_PAYERS, MUNICIPALITY, STATE
from simulator.reporting.brief_figures import Interval, Panel, overview_figure
from simulator.reporting.brief_sections import Told, draw_groups, question_section, time_sentence
from simulator.reporting.comparison_report import MEAN_TIME
from simulator.reporting.page import Block, Links, Page, Prose, Section, Table, render
from simulator.reporting.run_figures import Drawing
from simulator.reporting.sections import Settings, limits_section, provenance_section
from simulator.reporting.words import Words

EVIDENCE = Path(__file__).parents[1] / "data" / "evidence.csv"
OVERVIEW = "overview"
PAID_BY = (MUNICIPALITY, STATE, ALL_PAYERS)
"""Whose net cost is drawn."""

NOTHING = (float("nan"),) * 3


def draw_brief(questions: Sequence[Told], words: Words) -> list[Drawing]:
    """Return the picture of all questions, then that of each for whom there is something to draw."""
    drawings = [_overview(questions, words)]
    return [*drawings, *filter(None, (draw_groups(one, words) for one in questions))]


def _overview(questions: Sequence[Told], words: Words) -> Drawing:
    net = YEARLY.format(what=COSTS["net"])
    time = [_interval(one.headline(MEAN_TIME)) for one in questions]
    ways = {words.label("way", way): [_row(one, WAY, way) for one in questions] for way in WAYS}
    paid = {
        words.label("payer", payer): [_row(one, PAYER, payer, net) for one in questions] for payer in PAID_BY
    }
    weeks = _weeks_of(questions)
    panels = [
        Panel(words("brief.panel_time", weeks=weeks), {"": time}),
        Panel(
            words("brief.panel_ways", weeks=weeks), {name: _scaled(values) for name, values in ways.items()}
        ),
        Panel(words("brief.panel_cost"), paid),
    ]
    names = [one.label for one in questions]
    title, note = words("brief.overview"), words("brief.overview_note")
    points = [_point(one, place, panels, words) for place, one in enumerate(questions)]
    figure = overview_figure(names, panels, words, title, note)
    return Drawing(OVERVIEW, figure, title, note, points, _numbers(questions, panels, words))


def _weeks_of(questions: Sequence[Told]) -> str:
    row = next((row for row in (one.headline(MEAN_TIME) for one in questions) if row is not None), None)
    return str(row.outcome).removeprefix(MEAN_TIME).removesuffix(" weeks") if row is not None else "–"


def _row(told: Told, by: str, group: str, outcome: str | None = None) -> Interval:
    rows = told.rows(by, [group])
    rows = rows if outcome is None else rows[rows["outcome"] == outcome]
    return _interval(next(rows.itertuples(), None))


def _interval(row: object) -> Interval:
    if row is None:
        return NOTHING
    value, low, high = (float(getattr(row, name)) for name in ("difference", "low", "high"))
    return value, low, high


def _scaled(values: Sequence[Interval]) -> list[Interval]:
    """Return shares in percentage points."""
    return [(100.0 * value, 100.0 * low, 100.0 * high) for value, low, high in values]


def _told(interval: Interval, words: Words) -> str:
    return words.interval(*(words.signed(number) for number in interval))


def _point(one: Told, place: int, panels: Sequence[Panel], words: Words) -> str:
    """Return what the picture shows of a question in a sentence."""
    time, ways, paid = ([_told(values[place], words) for values in panel.kinds.values()] for panel in panels)
    return words(
        "brief.overview_point", name=one.label, time=time[0], work=ways[0], nothing=ways[-1],
        municipality=paid[0], state=paid[1],
    )  # fmt: skip


def _numbers(questions: Sequence[Told], panels: Sequence[Panel], words: Words) -> Table:
    """Return the numbers behind the picture."""
    rows = [
        (f"{panel.title}{': ' if kind else ''}{kind}", *(_told(value, words) for value in values))
        for panel in panels
        for kind, values in panel.kinds.items()
    ]
    heads = [words("report.outcome"), *(one.label for one in questions)]
    return Table(f"{words('report.numbers')}: {words('brief.overview')}", heads, rows, folded=True)


def brief_page(
    about: Mapping[str, str],
    questions: Sequence[Told],
    drawings: Sequence[Drawing],
    manifest: Settings,
    words: Words,
) -> bytes:
    """Return the page of a brief.

    Parameters
    ----------
    about : mapping
        Title and question of the whole.
    questions : sequence of Told
        In their order.
    drawings : sequence of Drawing
        From `draw_brief`.
    manifest : mapping
        Of one of the runs: settings, seed, versions.
    words : Words
        The language.
    """
    by_name = {drawing.name: drawing for drawing in drawings}
    sections = [
        Section(OVERVIEW, words("brief.at_a_glance"), [by_name[OVERVIEW].picture()]),
        *(question_section(one, by_name.get(f"groups-{one.key}"), words) for one in questions),
        Section("methods", words("report.methods"), [Prose(_method(questions, manifest, words))]),
        limits_section(words),
        Section("sources", words("brief.sources"), list(_sources(questions, words))),
        provenance_section(manifest, ("brief.csv", "points/"), words),
    ]
    answers = [(one.question, time_sentence(one, words)) for one in questions]
    over_draws = max(int(one.table["draws"].max()) for one in questions) > 1
    lead = f"{words('brief.lead')} {words('brief.lead_draws' if over_draws else 'brief.lead_luck')}"
    return render(Page(about["title"], about["question"], lead, (), sections, answers), words)


def _method(questions: Sequence[Told], manifest: Settings, words: Words) -> str:
    """Return how it was made, in one paragraph."""
    settings, table = manifest["settings"], pd.concat([one.table for one in questions])
    draws, replications = (int(table[name].max()) for name in ("draws", "replications"))
    numbers = {
        "weeks": words.number(settings["weeks"], 0),
        "burn_in": words.number(settings["population"]["burn_in_weeks"], 0),
        "replications": words.number(replications, 0),
    }
    parts = [words("report.method_run", **numbers), words("report.method_paired")]
    if draws > 1:
        parts.append(words("brief.method_draws", draws=words.number(draws, 0)))
    return " ".join([*parts, words("brief.method_cost")])


def _sources(questions: Sequence[Told], words: Words) -> Iterator[Block]:
    """Yield where the settings of the scenarios come from, as far as their files say."""
    wanted = dict.fromkeys(
        source for one in questions for side in one.settings for source in side["about"]["sources"]
    )
    with EVIDENCE.open(encoding="utf-8", newline="") as file:
        known = {row["id"]: row for row in csv.DictReader(file)}
    items = [
        (f"{name}: {known[name]['quantity']}. {known[name]['source']}", known[name]["url"])
        for name in wanted
        if name in known
    ]
    yield Prose(words("brief.sources_note"))
    yield Links(items, foreign=True)
