"""What Hydra prints, made fit for readers: units beside settings, and no files that are no options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import yaml

from simulator.describing import Setting, find_setting

LINE = re.compile(r"(?P<margin> *)(?P<name>[\w-]+):(?P<value> \S.*)?")
NUMBERS = ("number", "whole number", "list of numbers")


SHARED = re.compile(r"\S+=_\S*[ \t]?")


def without_shared(text: str) -> str:
    """Return what a shell is offered to complete, without files that hold what options have in common."""
    return SHARED.sub("", text)


def with_units(text: str, package: str = "") -> str:
    """Return settings in YAML with the unit of each number in a remark; they stay YAML and mean the same.

    Parameters
    ----------
    text : str
        YAML in blocks, as Hydra prints it.
    package : str
        The dotted path at which it stands in the whole tree; empty for the whole.
    """
    above = [part for part in package.split(".") if part and part != "_global_"]
    annotated = "".join(f"{line}\n" for line in _annotated(text.splitlines(), above))
    try:
        is_same = yaml.safe_load(annotated) == yaml.safe_load(text)
    except yaml.YAMLError:
        is_same = False
    return annotated if is_same else text


def _annotated(lines: Sequence[str], above: Sequence[str]) -> Iterator[str]:
    names: list[tuple[int, str]] = []
    for line in lines:
        found = LINE.fullmatch(line)
        if found is None:
            yield line
            continue
        depth = len(found["margin"])
        names = [*(pair for pair in names if pair[0] < depth), (depth, found["name"])]
        setting = find_setting(".".join([*above, *(name for _, name in names)]))
        unit = _unit(setting) if found["value"] else ""
        yield f"{line}  # {unit}" if unit else line


def _unit(setting: Setting | None) -> str:
    """Return the unit of a number in words, nothing for what is no number."""
    if setting is None or setting.kind not in NUMBERS:
        return ""
    if setting.unit not in {"", "1"}:
        return setting.unit
    return "share" if (setting.low, setting.high) == (0.0, 1.0) else "pure number"
