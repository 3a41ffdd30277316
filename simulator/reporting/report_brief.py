"""A policy brief for a person: one page for those who decide, one table, and the answers on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.composing.pairing import Load, Loader
from simulator.describing import find_setting
from simulator.experiments import store
from simulator.experiments.brief import TABLE, BriefRun, carry_out_brief, plan_brief
from simulator.experiments.run import FIGURES, REPORT, drawn
from simulator.files import write_bytes
from simulator.parameters import Scenario
from simulator.provenance import manifest_of, now, settings_of
from simulator.reporting.brief_page import brief_page, draw_brief
from simulator.reporting.brief_sections import Told, time_sentence
from simulator.reporting.page import Points, text_of
from simulator.reporting.run_figures import save_all
from simulator.reporting.words import Words, words_in
from simulator.settings_files import list_scenarios

TEXTS = ("question", "outcome", "by", "group", "unit")


def report_brief(scenario: Scenario, load: Load) -> Path:
    """Carry out a brief, write its table and page, print its answers, and return its folder.

    A finished brief is only written anew where its language is another; nothing is simulated twice.
    """
    run = plan_brief(scenario, load)
    words = words_in(settings_of(scenario)["output"]["language"])
    titles = _titles(load)
    store.check_plan(run.folder, run.plan)
    if not _is_finished(run):
        with store.open_folder(run.folder, run.plan):
            _write(run, titles, words)
    for one in _told(run, _read(run), titles, words):
        print(f"{one.label}\n{time_sentence(one, words)}", end="\n\n", flush=True)
    return run.folder


def _is_finished(run: BriefRun) -> bool:
    """Whether all is there, in the language that is asked for."""
    if not store.is_complete(run.folder):
        return False
    language = store.read_manifest(run.folder)["settings"]["output"]["language"]
    return bool(language == settings_of(run.scenario)["output"]["language"])


def _write(run: BriefRun, titles: Mapping[str, str], words: Words) -> None:
    """Simulate what is missing, write table, pictures and page, then the manifest."""
    started, folder = now(), run.folder
    if not store.is_complete(folder):
        table = carry_out_brief(run)
        write_bytes(folder / TABLE, table.to_csv(index=False).encode())
    (folder / store.MANIFEST).unlink(missing_ok=True)  # what is drawn is about to change
    table = _read(run)
    questions = _told(run, table, titles, words)
    drawings = draw_brief(questions, words)
    save_all(drawings, folder / FIGURES)
    manifest = store.read_manifest(run.sweep.points[0].folder)
    about = settings_of(run.scenario)["about"]
    write_bytes(folder / REPORT, brief_page(about, questions, drawings, manifest, words))
    sums = store.sums_of(folder, [folder / TABLE, *drawn(folder)])
    code = run.sweep.points[0].code
    whole = manifest_of(run.scenario, code, started, {TABLE: len(table)})
    store.write_json(folder / store.MANIFEST, {**whole, "questions": len(run.asked), "files": sums})


def _read(run: BriefRun) -> pd.DataFrame:
    """Return the table of a brief as it stands in its folder."""
    texts = dict.fromkeys(TEXTS, "str")
    table = pd.read_csv(run.folder / TABLE, dtype=texts, engine="python")  # reads numbers as they are written
    return table.fillna(dict.fromkeys(texts, ""))


def _titles(load: Load) -> dict[str, str]:
    """Return the titles of all scenarios by their names."""
    folders = load.folders if isinstance(load, Loader) else ()
    return {name: title for name, title, _ in list_scenarios(folders)}


def _told(run: BriefRun, table: pd.DataFrame, titles: Mapping[str, str], words: Words) -> list[Told]:
    """Return the questions as they are told."""
    found = []
    for number, one in enumerate(run.asked, 1):
        texts = one.question
        caveats = [text_of(text, words) for text in texts.caveats]
        sides = [
            _title(side, changes, titles, words)
            for side, changes in zip(one.sides, one.changes(), strict=True)
        ]
        settings: list[Any] = [settings_of(side) for side in one.sides]
        found.append(
            Told(
                one.key,
                number,
                text_of(texts.name, words),
                text_of(texts.question, words),
                Points([text.text for text in caveats], any(text.foreign for text in caveats)),
                (sides[0], sides[1]),
                (settings[0], settings[1]),
                table[table["question"] == one.key],
            )
        )
    return found


def _title(side: Scenario, changes: Sequence[str], titles: Mapping[str, str], words: Words) -> str:
    """Return what a side is called: the title of its scenario, and what is changed in it, in words."""
    title = titles.get(side.scenario, side.scenario)
    changed = ", ".join(map(_in_words, changes))
    return text_of(f"{title} ({changed})" if changed else title, words).text


def _in_words(change: str) -> str:
    """Return KEY=VALUE with the title of the setting for its key, if it has one."""
    key, _, value = change.partition("=")
    setting = find_setting(key.lstrip("+~").replace("@", "."))
    name = key if setting is None or setting.kind == "group" else setting.title
    return f"{name}: {value}"
