"""Tables made from data and sources: which fact enters where, what is assumed, and how sure each is."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import yaml
from tables_of_settings import CONF, GROUPS, ROOT, shown, table

from simulator.describing import ANY_NAME, Setting, settings_under

PATTERN = re.compile(r"pattern (P\d+)")
FACT = re.compile(r"\b[A-Z]\d{2}\b")
CERTAINTY = ("rests on a row", "row, size assumed", "assumed")
NUMBERS = {"number", "whole number", "list of numbers"}
Rows = dict[str, dict[str, str]]


@cache
def read(name: str) -> Rows:
    """Return a table of the package's data, by id."""
    with (ROOT / "simulator" / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def facts_in(text: str) -> list[str]:
    """Return the rows of the evidence table that a text names; a pattern has ids of its own."""
    return [name for name in FACT.findall(PATTERN.sub("", text)) if name in read("evidence")]


def patterns_in(text: str) -> list[str]:
    """Return the patterns that a text names."""
    return PATTERN.findall(text)


@cache
def settings() -> tuple[Setting, ...]:
    """Return the settings that a run reads; the seven doors have the same, and so have programmes."""
    found: list[Setting] = []
    for group in GROUPS:
        inside = {"doors": "doors.work", "programmes": f"programmes.{ANY_NAME}"}.get(group, group)
        found += shown(inside)
    return tuple(found)


def name_of(setting: Setting) -> str:
    """Return the path of a setting as it is shown."""
    return f"`{setting.path.replace('doors.work', 'doors.<door>')}`"


def certainty(setting: Setting) -> str:
    """Return how much of a setting's value is published."""
    if not (facts_in(setting.source) or patterns_in(setting.source)) or setting.source.startswith("assumed"):
        return CERTAINTY[2]
    is_sized = "assumed" in setting.source or "planner" in setting.source or patterns_in(setting.source)
    return CERTAINTY[1] if is_sized else CERTAINTY[0]


def uses(find: Callable[[str], list[str]]) -> dict[str, dict[str, list[str]]]:
    """Return, for each id, the settings, scenarios and targets that name it."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for where, name, text in texts():
        for one in dict.fromkeys(find(text)):
            found[one][where].append(name)
    return found


def texts() -> Iterator[tuple[str, str, str]]:
    """Yield every place that names sources: kind of place, name, text."""
    for setting in settings():
        yield "settings", name_of(setting), setting.source
    for file in sorted(CONF.glob("*/*.yaml")) + sorted(CONF.glob("programmes/kind/*.yaml")):
        text = file.read_text(encoding="utf-8")
        if file.parent.name == "scenario":
            yield "scenarios", f"`{file.stem}`", " ".join(yaml.safe_load(text)["about"]["sources"])
        else:
            remarks = " ".join(line.partition("#")[2] for line in text.splitlines())
            yield "options", f"`{file.relative_to(CONF).with_suffix('')}`", remarks
    for name, row in read("targets").items():
        yield "targets", name, row["rows"]


def facts() -> str:
    """Return every row of the evidence table, how sure it is, and where it enters."""
    found = uses(facts_in)
    rows = (
        [name, row["quantity"], row["value"], row["confidence"].split(":")[0], entries(found[name])]
        for name, row in read("evidence").items()
    )
    return table(("id", "what", "value", "sure", "enters"), rows)


def entries(places: dict[str, list[str]]) -> str:
    """Return where a fact enters, in one cell."""
    return "; ".join(f"{where}: {', '.join(names)}" for where, names in places.items()) or "nowhere"


def unused() -> str:
    """Return the facts that neither a setting nor a target takes up."""
    found = uses(facts_in)
    left = [name for name in read("evidence") if not {"settings", "options", "targets"} & found[name].keys()]
    rows = ([name, read("evidence")[name]["quantity"], entries(found[name])] for name in left)
    return table(("id", "what", "named by"), rows)


def targets() -> str:
    """Return the targets and how sure the rows are on which they rest."""
    rows = (
        [name, row["fact"], row["published"], row["use"], row["rows"].replace(";", ", "), sure(row["rows"])]
        for name, row in read("targets").items()
    )
    return table(("id", "what must come out", "published", "use", "rows", "sure"), rows)


def sure(names: str) -> str:
    """Return the confidence of several rows, each word once."""
    words = [read("evidence")[name]["confidence"].split(":")[0] for name in names.split(";")]
    return ", ".join(dict.fromkeys(words))


def patterns() -> str:
    """Return the patterns, and the settings whose existence or size they gave."""
    found = uses(patterns_in)
    rows = (
        [name, row["claim"], entries(found[name]), row["source"]] for name, row in read("patterns").items()
    )
    return table(("id", "what was observed", "named by", "source"), rows)


def counts() -> str:
    """Return how many numbers of each group are published, and how many are assumed."""
    by_group = {group: count_of(one for one in settings() if in_group(one, group)) for group in GROUPS}
    rows = [[f"`{group}`", *(str(count[word]) for word in CERTAINTY)] for group, count in by_group.items()]
    total: Counter[str] = sum(by_group.values(), Counter())
    return table(("group", *CERTAINTY), [*rows, ["all", *(str(total[word]) for word in CERTAINTY)]])


def count_of(numbers: Iterable[Setting]) -> Counter[str]:
    """Return how many of some numbers are published, and how many assumed."""
    return Counter(certainty(one) for one in numbers)


def in_group(setting: Setting, group: str) -> bool:
    """Whether a setting is a number (or a mapping to numbers) of a group."""
    return setting.path.startswith(f"{group}.") and is_number(setting)


def is_number(setting: Setting) -> bool:
    """Whether a setting is a number, or a mapping to numbers."""
    if setting.kind == "group":
        return is_number(settings_under(setting.path)[0])
    return setting.kind in NUMBERS


def doubtful() -> str:
    """Return the numbers that rest on nothing but rows nobody has confirmed."""
    rows = (
        [name_of(one), one.title, one.source]
        for one in settings()
        if (names := facts_in(one.source)) and sure(";".join(names)) == "uncertain"
    )
    return table(("setting", "meaning", "source"), rows)


def share_assumed() -> str:
    """Return one sentence on how much is assumed."""
    count = count_of(one for one in settings() if is_number(one))
    published, sized, assumed = (count[word] for word in CERTAINTY)
    return (
        f"Of {sum(count.values())} numbers that a run reads, {assumed} are assumed, {sized} have a "
        f"published mechanism and an assumed size, and {published} rest on a published or derived figure.\n"
    )


TABLES: dict[str, Callable[[], str]] = {
    "facts": facts,
    "unused facts": unused,
    "targets": targets,
    "patterns": patterns,
    "counts": counts,
    "doubtful": doubtful,
    "share assumed": share_assumed,
}
