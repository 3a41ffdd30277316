"""Tables made from the code: the week, every setting with its value in `default`, and the options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from simulator.composing import load_scenario
from simulator.describing import ANY_NAME, Setting, number_text, settings_under
from simulator.vocabulary import Barrier, Door, Trait, Word
from simulator.week import STEPS

ROOT = Path(__file__).resolve().parents[1]
CONF = ROOT / "conf"
GROUPS = (
    "population", "doors", "client", "casework", "caseload", "sanctions", "benefit", "collaboration",
    "employment_service", "referral", "programmes", "vacancies", "costs", "accounts", "reform",
)  # fmt: skip
"""Groups of settings that a run reads, in the model or when its money is reckoned."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; an upright bar in a cell would end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


@cache
def defaults() -> dict[str, Any]:
    """Return the settings of the default scenario as a plain tree."""
    tree: dict[str, Any] = load_scenario("default").model_dump(mode="json")
    return tree


def value_at(path: str) -> object:
    """Return the value of a setting in the default scenario."""
    value: Any = defaults()
    for part in path.split("."):
        value = value[part]
    return value


def value_text(value: object) -> str:
    """Return a value as it is written in a file of settings."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {value_text(one)}" for name, one in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(value_text(one) for one in value) or "–"
    if isinstance(value, bool) or value is None:
        return str(value).lower().replace("none", "null")
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value) or "–"


def shown(group: str) -> list[Setting]:
    """Return the settings of a group; a mapping counts as one, a group of settings as those within it.

    A reform repeats whole groups, which have their own tables.
    """
    found: list[Setting] = []
    for setting in settings_under(group):
        is_group = setting.kind == "group" and not setting.source
        if not (is_group and group == "reform"):
            found += shown(setting.path) if is_group else [setting]
    return found


def allowed(setting: Setting) -> str:
    """Return what a setting can be, in short; of a mapping, what each entry can be."""
    if setting.kind == "group":
        return next((f"{allowed(one)} each" for one in settings_under(setting.path)), "")
    if setting.low is not None and setting.high is not None:
        return f"{number_text(setting.low)} to {number_text(setting.high)}"
    return ", ".join(setting.words) or setting.kind


def plausible(setting: Setting) -> str:
    """Return the plausible range in short."""
    return " to ".join(number_text(end) for end in setting.plausible) or "–"


def unit(setting: Setting) -> str:
    """Return the unit; a pure number has none."""
    return "–" if setting.unit in {"", "1"} else setting.unit


def settings_of(group: str) -> str:
    """Return a group's settings, each with its value in the default scenario."""
    head = ("setting", "meaning", "unit", "allowed", "plausible", "in `default`", "source")
    return table(head, ((*about(one), value_text(value_at(one.path)), one.source) for one in shown(group)))


def about(setting: Setting) -> tuple[str, ...]:
    """Return the cells of a setting that hold in every scenario."""
    return f"`{setting.path}`", setting.title, unit(setting), allowed(setting), plausible(setting)


def doors() -> str:
    """Return what can be set of each door, and below it the values in the default scenario."""
    head = ("setting", "meaning", "unit", "allowed", "plausible", "source")
    rows = (
        [cell.replace("doors.work", "doors.<door>") for cell in (*about(one), one.source)]
        for one in shown("doors.work")
    )
    parts = table(head, rows), door_values(), coefficients("traits", Trait), coefficients("barriers", Barrier)
    return "\n".join(parts)


def door_values() -> str:
    """Return the weekly hazards of leaving and of coming back."""
    ways = defaults()["doors"]
    rows = ([f"`{door}`", value_text(ways[door]["h_weekly"]), value_text(ways[door]["h_return_weekly"])]
            for door in Door.labels())  # fmt: skip
    return table(("door", "`h_weekly`", "`h_return_weekly`"), rows)


def coefficients(kind: str, names: type[Word]) -> str:
    """Return log hazard ratios, a row for each trait or barrier and a column for each door."""
    ways = [defaults()["doors"][door][kind] for door in Door.labels()]
    rows = ([name, *(value_text(way.get(name, 0.0)) for way in ways)] for name in names.labels())
    return table((kind, *Door.labels()), rows)


def programme_settings() -> str:
    """Return what can be set of each programme."""
    head = ("setting", "meaning", "unit", "allowed", "plausible", "source")
    found = settings_under(f"programmes.{ANY_NAME}")
    return table(head, ((f"`{one.name}`", *about(one)[1:], one.source) for one in found))


def catalogue() -> str:
    """Return the programmes of the default scenario."""
    names = ("places_per_1000", "weeks", "target", "content", "quality", "lock_in", "exit_ratio",
             "hours_per_week", "sek_per_place_week")  # fmt: skip
    rows = ([f"`{name}`", *(value_text(one[field]) for field in names)]
            for name, one in defaults()["programmes"].items())  # fmt: skip
    return table(("programme", *(f"`{name}`" for name in names)), rows)


def schedule() -> str:
    """Return the steps of the week in their order, as they describe themselves."""
    rows = (
        [str(number), f"`{step.__name__}`", sentence(step), f"`{step.__module__.removeprefix('simulator.')}`"]
        for number, step in enumerate(STEPS, 1)
    )
    return table(("", "step", "what happens", "module"), rows)


def sentence(step: Callable[..., Any]) -> str:
    """Return the first paragraph of a function's documentation on one line."""
    return " ".join((step.__doc__ or "").split("\n\n")[0].split())


def options() -> str:
    """Return every group of options with the remark that opens each file."""
    chosen = chosen_options().items()
    files = [file for file in sorted(CONF.glob("*/*.yaml")) if file.parent.name != "scenario"]
    rows = (
        [f"`{group}`", f"`{option}`", remark(file), "yes" if (group, option) in chosen else ""]
        for file in files
        if not (option := file.stem).startswith("_") and (group := file.parent.name)
    )
    return table(("group", "option", "what it is", "in `default`"), rows)


def chosen_options() -> dict[str, str]:
    """Return the option that each group has unless another is chosen."""
    entries = yaml.safe_load((CONF / "config.yaml").read_text(encoding="utf-8"))["defaults"]
    return {name: option for entry in entries if isinstance(entry, dict) for name, option in entry.items()}


def remark(file: Path) -> str:
    """Return the remark that opens a file of settings, if there is one; `# @package` is for Hydra."""
    first, second, *_ = [*file.read_text(encoding="utf-8").splitlines(), "", ""]
    opening = second if first.startswith("# @") else first
    return opening.removeprefix("# ") if opening.startswith("#") else "–"


TABLES: dict[str, Callable[[], str]] = {
    "schedule": schedule,
    "doors": doors,
    "programme settings": programme_settings,
    "catalogue": catalogue,
    "options": options,
    **{
        f"settings of {group}": partial(settings_of, group)
        for group in GROUPS
        if group not in {"doors", "programmes"}
    },
}
