"""The report of a sensitivity study: which settings matter most, how surely, and over which ranges."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.experiments.run import FIGURES, REPORT
from simulator.experiments.sensitivity_places import NOISE, PLACE, RANKING
from simulator.experiments.sensitivity_run import Answer, study_of
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.parameters.study import Sensitivity
from simulator.reporting.page import Facts, Heading, Page, Points, Prose, Section, Table, render
from simulator.reporting.run_figures import Drawing, save_all
from simulator.reporting.sections import (
    default_settings,
    limits_section,
    provenance_section,
    settings_section,
)
from simulator.reporting.sensitivity_figures import indices_figure, strongest, tornado_figure
from simulator.reporting.sensitivity_sections import (
    ENDS,
    briefly_named,
    design_section,
    named,
    noise_texts,
    others_section,
    ranked,
    ranking_section,
    ranking_table,
    spoken,
)
from simulator.reporting.words import Words, is_share, words_in

NEXT, NAMED = 3, 6
"""Settings that are told after the first, and that a list in a sentence names."""

OWN_LIMITS = ("range", "box", "scenario")
Span = tuple[str, int, int]
"""A setting with the first and the last place that it may have."""

REFERENCES = {
    "morris": (
        "Morris, M. D. (1991). Factorial sampling plans for preliminary computational experiments. "
        "Technometrics 33(2), 161–174.",
        "Campolongo, F., Cariboni, J. & Saltelli, A. (2007). An effective screening design for sensitivity "
        "analysis of large models. Environmental Modelling & Software 22(10), 1509–1518.",
    ),
    "sobol": (
        "Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Design and "
        "estimator for the total sensitivity index. Computer Physics Communications 181(2), 259–270.",
        "Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer Physics "
        "Communications 117(1–2), 35–43.",
    ),
    "": (
        "Iwanaga, T., Usher, W. & Herman, J. (2022). Toward SALib 2.0. Socio-Environmental Systems Modelling "
        "4, 18155.",
        "Mogstad, M., Romano, J. P., Shaikh, A. M. & Wilhelm, D. (2024). Inference for ranks with "
        "applications to mobility across neighbourhoods and academic achievement across countries. "
        "Review of Economic Studies 91(1), 476–518.",
    ),
}
"""What the methods rest on, by method."""


def write_sensitivity(
    folder: Path, scenario: Scenario, command: str, answer: Answer, manifest: Mapping[str, Any]
) -> None:
    """Write the pictures of a sensitivity study into its folder's `figures`, and its report beside them.

    Parameters
    ----------
    folder : Path
        Where the study is.
    scenario : Scenario
        Asks for it.
    command : str
        What makes it again.
    answer : Answer
        What came out.
    manifest : mapping
        Settings, versions.
    """
    words, study = words_in(scenario.output.language.label), study_of(scenario)
    own = spoken(ranked(answer.indices[answer.indices["outcome"] == study.outcome]), words, *ENDS)
    pictures = list(draw_sensitivity(answer, own, scenario, words))
    save_all(pictures, folder / FIGURES)
    counts = {"count": len(answer.varied), "points": words.number(answer.points, 0)}
    lead = words("sensitivity.lead", **counts, replications=words.number(scenario.replications, 0))
    limits = limits_section(words)
    beyond = Points([words(f"sensitivity.limit_{name}") for name in OWN_LIMITS])
    sections = [
        Section("pictures", words("sensitivity.pictures"), [drawing.picture() for drawing in pictures]),
        design_section(answer, study, words),
        ranking_section(own, words),
        others_section(answer, study, words),
        methods_section(study, scenario, words),
        settings_section([words("report.here")], default_settings(), [manifest["settings"]], words),
        Section("again", words("sweep.again"), [
            Facts([(words("sweep.command"), command)]), Prose(words("sensitivity.again")),
        ]),
        provenance_section(manifest, (*answer.files, "points/", f"{FIGURES}/"), words),
        Section(limits.name, limits.title, [beyond, *limits.blocks]),
    ]  # fmt: skip
    asked = scenario.about.question
    if scenario.experiment is None:
        asked = words("sensitivity.question", outcome=words.outcome(study.outcome))
    page = Page(
        scenario.about.title, asked, lead, list(answers(answer, own, study, words)), sections,
        is_own_question=scenario.experiment is None,
    )  # fmt: skip
    write_bytes(folder / REPORT, render(page, words))


def answers(answer: Answer, own: pd.DataFrame, study: Sensitivity, words: Words) -> Iterator[str]:
    """Yield which settings matter most, which cannot be told apart, and how much of what is seen is luck.

    Parameters
    ----------
    answer : Answer
        What came out.
    own : DataFrame
        The measures of the main outcome, as `ranked` and `spoken` give them.
    study : Sensitivity
        What was asked.
    words : Words
        The language.
    """
    method = study.method.label
    rows = own[own["measure"] == RANKING[study.method]].to_dict("records")
    told = [_told(row, words) for row in rows]
    outcome = words.outcome(study.outcome)
    yield words(f"sensitivity.most_{method}", setting=named(rows[0]["setting"], words), outcome=outcome,
                value=told[0])  # fmt: skip
    if len(rows) > 1:
        next_ones = [f"{named(row['setting'], words)}: {text}" for row, text in zip(rows, told, strict=True)]
        yield words("sensitivity.next", settings="; ".join(next_ones[1 : 1 + NEXT]))
    places = own[own["measure"] == PLACE].set_index("setting")
    yield from order_told(places, words)
    noise = answer.noise.set_index("outcome").to_dict("index")[study.outcome]
    floor, moving = by_luck(answer, study), moving_alone(answer, study)
    idle = [row["setting"] for row in rows if not row["value"] or row["low"] <= floor]
    idle = [path for path in idle if path not in moving]
    if idle:
        yield words("sensitivity.idle", settings=listed([briefly_named(one, words) for one in idle], words))
    paired, alone = (words.interval(*noise_texts(noise, name, words)) for name in NOISE)
    yield (
        words("sensitivity.noise", paired=paired, alone=alone) if paired else words("sensitivity.noise_none")
    )


def by_luck(answer: Answer, study: Sensitivity) -> float:
    """Return how large the ranking measure of a setting that does nothing would be; shares in per cent."""
    own = answer.indices[answer.indices["outcome"] == study.outcome]
    unit = str(own.loc[own["measure"] == RANKING[study.method], "unit"].iloc[0])
    floor = answer.noise.set_index("outcome")["by_luck"].to_dict()[study.outcome]
    return float(floor) * (100.0 if is_share(unit) else 1.0)


def moving_alone(answer: Answer, study: Sensitivity) -> set[str]:
    """Return the settings that by themselves clearly move the main outcome, at either end."""
    own = answer.tornado[answer.tornado["outcome"] == study.outcome]
    return set(own.loc[(own["low"] > 0.0) | (own["high"] < 0.0), "setting"])


def _told(row: Mapping[Any, Any], words: Words) -> str:
    """Return a measure with its interval and unit."""
    return f"{words.interval(*(words.number(float(row[end])) for end in ENDS))} {row['unit']}"


def listed(told: Sequence[str], words: Words) -> str:
    """Return the first of some texts in a row, and how many more settings there are."""
    more = [words("report.changed_more", count=len(told) - NAMED)] if len(told) > NAMED else []
    return "; ".join([*told[:NAMED], *more])


def order_told(places: pd.DataFrame, words: Words) -> Iterator[str]:
    """Yield how far the order of the settings is certain, and which of them cannot be told apart.

    Parameters
    ----------
    places : DataFrame
        Columns `low, high`, indexed by setting in the order of the places.
    words : Words
        The language.
    """
    spans = [(str(path), int(low), int(high)) for path, low, high in zip(
        places.index, places["low"].tolist(), places["high"].tolist(), strict=True)]  # fmt: skip
    is_open = [low != high for _, low, high in spans]
    sure = is_open.index(True) if any(is_open) else len(spans)
    if sure == len(spans):
        yield words("sensitivity.order_all")
        return
    if sure:
        yield words("sensitivity.order_first", count=sure)
    for group in _together(spans):
        told = [
            f"{briefly_named(path, words)}, {words('to', low=low, high=high)}" for path, low, high in group
        ]
        yield words("sensitivity.apart", settings=listed(told, words))


def _together(spans: Sequence[Span]) -> list[list[Span]]:
    """Return groups of settings of which each may have a place of another."""
    groups: list[list[Span]] = []
    reach = 0
    for span in spans:
        if groups and span[1] <= reach:
            groups[-1].append(span)
        else:
            groups.append([span])
        reach = max(reach, span[2])
    return [group for group in groups if len(group) > 1]


def draw_sensitivity(
    answer: Answer, own: pd.DataFrame, scenario: Scenario, words: Words
) -> Iterator[Drawing]:
    """Yield the tornado and the indices of the main outcome, each with sentences and numbers."""
    study = study_of(scenario)
    outcome = words.outcome(study.outcome)
    alone = answer.tornado[answer.tornado["outcome"] == study.outcome]
    ends = spoken(alone, words, "difference", "low", "high")
    title = words("sensitivity.tornado", outcome=outcome)
    note = words.over("sensitivity.tornado_note", scenario.replications, replications=scenario.replications)
    table = _ends_table(ends, words)
    told = [words("sensitivity.tornado_point", setting=named(path, words), ends=_ends_told(ends, path, words))
            for path in strongest(ends)[:NEXT]]  # fmt: skip
    yield Drawing("tornado", tornado_figure(ends, words, title, note), title, note, told, table)
    title = words("sensitivity.indices", outcome=outcome)
    method = study.method.label
    note = words(f"sensitivity.indices_note_{method}", trajectories=study.trajectories, base=study.base)
    floor = by_luck(answer, study)
    figure = indices_figure(own, words, title, note, floor)
    rows = own[own["measure"] == RANKING[study.method]].head(NEXT).to_dict("records")
    told = [f"{named(row['setting'], words)}: {_told(row, words)}." for row in rows]
    if not math.isnan(floor):
        value = f"{words.significant(floor)} {rows[0]['unit']}"
        told.append(words("sensitivity.floor_point", value=value))
    yield Drawing("indices", figure, title, note, told, ranking_table(own, words, folded=True))


def _ends_told(ends: pd.DataFrame, path: str, words: Words) -> str:
    rows = ends[ends["setting"] == path].to_dict("records")
    return "; ".join(
        words("sensitivity.end", at=words.plain_number(float(f"{row['at']:.4g}")), unit=row["unit"],
              value=words.interval(*(words.signed(float(row[one])) for one in ("difference", "low", "high"))))
        for row in rows
    )  # fmt: skip


def _ends_table(ends: pd.DataFrame, words: Words) -> Table:
    rows = []
    for path in strongest(ends):
        for row in ends[ends["setting"] == path].to_dict("records"):
            value, low, high = (words.signed(float(row[one])) for one in ("difference", "low", "high"))
            interval = words("to", low=low, high=high) if low and high else ""
            rows.append((path, words.plain_number(float(f"{row['at']:.6g}")), value, interval))
    heads = [words("report.setting"), words("sensitivity.at")]
    heads += [words("report.difference"), words("report.interval")]
    caption = words("sensitivity.tornado_table", unit=ends["unit"].iloc[0])
    return Table(caption, heads, rows, folded=True)


def methods_section(study: Sensitivity, scenario: Scenario, words: Words) -> Section:
    """Return how the points were laid out, what the measures are, and what the intervals hold."""
    method = study.method.label
    run = words(
        "report.method_run", weeks=words.number(scenario.weeks, 0),
        replications=words.number(scenario.replications, 0),
        burn_in=words.number(scenario.population.burn_in_weeks, 0),
    )  # fmt: skip
    own = words(f"sensitivity.method_{method}", trajectories=study.trajectories, levels=study.levels,
                base=study.base, resamples=words.number(study.resamples, 0), seed=scenario.seed)  # fmt: skip
    keys = ("tornado", "places", "noise", "floor")
    texts = [run, own, *(words(f"sensitivity.method_{key}") for key in keys)]
    references = Points([*REFERENCES[method], *REFERENCES[""]], foreign=True)
    return Section("methods", words("report.methods"), [
        *map(Prose, texts), Heading(words("sensitivity.references")), references,
    ])  # fmt: skip
