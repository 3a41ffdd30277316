"""Every setting carries its metadata, and every source named in it exists."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic.fields import FieldInfo

import simulator
from simulator.parameters import Group, Scenario
from simulator.settings_files import list_options, settings_folder
from simulator.study_vocabulary import OPTIONS_OF_ENGINE

DATA = Path(simulator.__file__).parent / "data"


def fields_of(group: type[Group], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in group.model_fields.items():
        inner = [t for t in (field.annotation, *get_args(field.annotation)) if isinstance(t, type)]
        groups = [t for t in inner if issubclass(t, Group)]
        if groups:
            yield from fields_of(groups[0], f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


FIELDS = dict(fields_of(Scenario))


def extra_of(field: FieldInfo) -> dict[str, Any]:
    assert isinstance(field.json_schema_extra, dict)
    return dict(field.json_schema_extra)


def test_engines_are_named_as_they_are_chosen() -> None:
    options = {one: yaml.safe_load((settings_folder() / "engine" / f"{one}.yaml").read_text())["kind"]
               for one in list_options()["engine"]}  # fmt: skip
    assert {kind: one for one, kind in options.items() if one != kind} == OPTIONS_OF_ENGINE


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_title_unit_and_source(name: str) -> None:
    field = FIELDS[name]
    assert field.title
    extra = extra_of(field)
    assert extra["source"]
    assert "unit" in extra


@pytest.mark.parametrize("name", [n for n in FIELDS if FIELDS[n].annotation in (int, float)])
def test_every_number_has_a_unit_and_a_plausible_range_within_what_is_allowed(name: str) -> None:
    field = FIELDS[name]
    extra = extra_of(field)
    assert extra["unit"]
    low, high = extra["plausible"]
    bounds = {
        key: getattr(rule, key) for rule in field.metadata for key in ("ge", "le") if hasattr(rule, key)
    }
    assert bounds["ge"] <= low < high <= bounds["le"]


@pytest.mark.parametrize("name", FIELDS)
def test_every_source_is_a_row_of_the_evidence_or_an_assumption_with_a_reason(name: str) -> None:
    source = extra_of(FIELDS[name])["source"]
    if source.startswith("assumed: "):
        assert len(source) > len("assumed: ")
        return
    rows = re.match(r"^(?:pattern )?[A-Z]\d{1,2}(;[A-Z]\d{2})*(?=$|: )", source)
    assert rows, f"{name}: '{source}' names no row of evidence and is not marked as assumed"
    with (DATA / "evidence.csv").open(encoding="utf-8") as file:
        evidence = {row["id"] for row in csv.DictReader(file)}
    with (DATA / "patterns.csv").open(encoding="utf-8") as file:
        patterns = {row["id"] for row in csv.DictReader(file)}
    named = re.findall(r"[A-Z]\d{1,2}", rows.group(0))
    known = patterns if source.startswith("pattern ") else evidence
    assert set(named) <= known


def test_no_setting_has_a_default_in_the_code() -> None:
    assert [name for name, field in FIELDS.items() if not field.is_required()] == []
