"""What a visitor takes along: the command that does the same, and a scenario file."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from simulator.composing.idle import CASEWORKERS, why_idle
from simulator.dashboard.view import CHOICES, View, number_overrides, scenario_of
from simulator.reporting.page import text_of
from simulator.reporting.run_figures import upper
from simulator.reporting.words import Words
from simulator.settings_files import HEADER

COMMAND = "python -m simulator"


def overrides_of(view: View, levers: dict[str, str], folders: tuple[Path, ...] = ()) -> list[str]:
    """Return the overrides that levers stand for, as on the command line."""
    chosen = [f"{group}={levers[group]}" for group in CHOICES if group in levers]
    return [*chosen, *(f"{path}={value}" for path, value in number_overrides(view, levers, folders).items())]


def told_of(view: View, levers: Mapping[str, str], words: Words) -> str:
    """Return in words what levers are set to."""
    told = [
        f"{words(f'dashboard.choice.{name}')}: {words.label(f'option.{name}', levers[name])}"
        for name in CHOICES
        if name in levers
    ]
    numbers = {name.removeprefix("caseload."): float(levers[name]) for name in levers if name not in CHOICES}
    if view.size is not None:
        numbers["size"] = float(view.size)
    told += [f"{words(f'dashboard.number.{name}')}: {words.plain_number(n)}" for name, n in numbers.items()]
    return "; ".join(told) or words("dashboard.as_it_is")


def foot_of(view: View, words: Words, folders: tuple[Path, ...] = (), both: bool = True) -> list[str]:
    """Return what a picture shows that has left the page: municipality and levers, of both runs or of now."""
    title = text_of(scenario_of(view, {}, folders).about.title, words).text
    runs = {"baseline": view.baseline, "now": view.now} if both else {"now": view.now}
    told = [f"{upper(words(f'dashboard.{name}'))}: {told_of(view, runs[name], words)}" for name in runs]
    return [f"{words('dashboard.scenario')}: {title}", *told]


def staff_note(view: View, words: Words, folders: tuple[Path, ...] = ()) -> str:
    """Return that caseworkers do not follow the number of clients, if it was changed and they do not."""
    for levers in (view.now, view.baseline):
        own = scenario_of(replace(view, size=None), levers, folders)
        fixed = CASEWORKERS not in levers and not why_idle(CASEWORKERS, own.caseload)
        if fixed and view.size is not None and view.size != own.population.size:
            numbers = {"caseworkers": own.caseload.caseworkers, "size": view.size, "own": own.population.size}
            told = {name: words.plain_number(float(number)) for name, number in numbers.items()}
            labels = {"size_label": "size", "lever": "caseworkers"}
            named = {name: words(f"dashboard.number.{key}") for name, key in labels.items()}
            return words("dashboard.fixed_staff", **told, **named)
    return ""


def commands_of(view: View, folders: tuple[Path, ...] = ()) -> list[str]:
    """Return the command that shows the same, or two where the baseline cannot be reached by changes alone.

    The second scenario of a comparison keeps the overrides of the first, so it can set a lever anew, but not
    take one back, nor do without the first one's programmes.
    """
    first, second = (overrides_of(view, dict(levers), folders) for levers in (view.baseline, view.now))
    changes = [one for one in second if one not in first]
    common = [f"scenario={_quoted(view.scenario)}", f"replications={view.replications}"]
    common += [f"output.language={view.language}"] if view.language != "en" else []
    set_anew = {one.partition("=")[0] for one in second}
    taken_back = [one for one in first if one.partition("=")[0] not in set_anew]
    if not changes and not taken_back:
        return [_command([*common, *first])]
    if taken_back or view.baseline.get("programmes") != view.now.get("programmes"):
        return [_command([*common, *first]), _command([*common, *second])]
    return [_command(["study=compare", *common, *first, f"study.changes={_quoted(' '.join(changes))}"])]


def _quoted(text: str) -> str:
    """Return a text so that Hydra reads it as just that; names of files and levers hold no quotes."""
    return text if text.replace("_", "").isalnum() else f'"{text}"'


def _command(words: list[str]) -> str:
    return " ".join([COMMAND, *(shlex.quote(word) for word in words)])


def scenario_file(view: View, title: str, folders: tuple[Path, ...] = ()) -> str:
    """Return a scenario in YAML that builds on the view's scenario and sets what is set now."""
    levers = dict(view.now)
    chosen = [{f"override /{group}": levers[group]} for group in CHOICES if group in levers]
    tree: dict[str, object] = {
        "defaults": [view.scenario, *chosen],
        "about": {"title": f"{title}, changed", "question": "What do these levers change?", "sources": []},
        "replications": view.replications,
    }
    for path, value in number_overrides(view, levers, folders).items():
        node = tree
        *above, last = path.split(".")
        for part in above:
            node = node.setdefault(part, {})  # type: ignore[assignment]
        node[last] = value
    text: str = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)
    return f"{HEADER}\n{text}"
