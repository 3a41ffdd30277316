"""The parameter tree as one NumPy record, which compiled behaviours read by the names of the settings."""

from __future__ import annotations

import math
from typing import Any, get_args

import numpy as np
from pydantic.fields import FieldInfo

from simulator.parameters.base import Group
from simulator.parameters.client import Doors, Exit
from simulator.parameters.scenario import Scenario
from simulator.vocabulary import WEEKS_PER_CLIENT_MONTH, Door, Word

GROUPS = (
    "population", "casework", "caseload", "sanctions", "benefit", "collaboration", "employment_service",
    "referral", "vacancies", "costs",
)  # fmt: skip

TAKEN = frozenset(dir(np.record))
"""A field of such a name could not be read as an attribute."""


def vector_of(field: FieldInfo, values: dict[Any, float], missing: float = 0.0) -> list[float]:
    """Return a mapping keyed by an enumeration as a list in the enumeration's order."""
    key, _ = get_args(field.annotation)
    vocabulary: type[Word] = get_args(key)[0]
    return [float(values.get(member, missing)) for member in vocabulary]


def _leaf(group: Group, name: str) -> tuple[str, Any, tuple[int, ...]] | None:
    value = getattr(group, name)
    if isinstance(value, dict):
        field = type(group).model_fields[name]
        if get_args(field.annotation)[0] is str:  # names of one's own have no order
            return None
        vector = vector_of(field, value)
        return "f8", vector, (len(vector),)
    if isinstance(value, float):
        return "f8", value, ()
    if isinstance(value, int):
        return "i8", int(value), ()
    return None


def _record(fields: dict[str, tuple[Any, Any, tuple[int, ...]]]) -> tuple[np.dtype[Any], tuple[Any, ...]]:
    dtype = np.dtype([(name, kind, shape) for name, (kind, _, shape) in fields.items()], align=True)
    return np.dtype((np.record, dtype)), tuple(value for _, value, _ in fields.values())


def _group_record(group: Group) -> tuple[np.dtype[Any], tuple[Any, ...]]:
    leaves = {name: _leaf(group, name) for name in type(group).model_fields}
    return _record({name: leaf for name, leaf in leaves.items() if leaf is not None and name not in TAKEN})


def _bits(coefficients: list[float]) -> int:
    """Return the barriers that move a door, one bit each."""
    return sum(1 << number for number, coefficient in enumerate(coefficients) if coefficient)


def _doors_record(doors: Doors) -> tuple[np.dtype[Any], tuple[Any, ...]]:
    exits: list[Exit] = [getattr(doors, door.label) for door in Door]
    fields = Exit.model_fields
    traits = [vector_of(fields["traits"], way.traits) for way in exits]
    barriers = [vector_of(fields["barriers"], way.barriers) for way in exits]
    return _record(
        {
            "h_weekly": ("f8", [way.h_weekly for way in exits], (len(exits),)),
            "h_return_weekly": ("f8", [way.h_return_weekly for way in exits], (len(exits),)),
            "traits": ("f8", traits, np.shape(traits)),
            "barriers": ("f8", barriers, np.shape(barriers)),
            "answers_to": ("i8", [_bits(row) for row in barriers], (len(exits),)),
        }
    )


def _with(
    part: tuple[np.dtype[Any], tuple[Any, ...]], **more: float
) -> tuple[np.dtype[Any], tuple[Any, ...]]:
    """Add numbers that follow from the settings."""
    dtype, values = part
    pairs = zip(dtype.names or (), values, strict=True)
    fields = {name: (dtype[name].base, value, dtype[name].shape) for name, value in pairs}
    added = {name: ("i8" if isinstance(value, int) else "f8", value, ()) for name, value in more.items()}
    return _record({**fields, **added})


def _offered(scenario: Scenario) -> int:
    """Return the programmes that caseworkers refer to, one bit each in the order of the catalogue."""
    offers = scenario.referral.offers
    names = enumerate(scenario.programmes)
    return sum(1 << number for number, name in names if offers is None or name in offers)


def to_record(scenario: Scenario) -> np.recarray[Any, Any]:
    """Return all settings that behaviours read, as an array with one record.

    A number keeps its name (`record.casework.talk_minutes`); a mapping by barrier or trait becomes a vector
    in the order of the enumeration; the doors become arrays whose first axis is the door.
    """
    parts = {name: _group_record(getattr(scenario, name)) for name in GROUPS}
    for name in ("search", "wages", "trust", "attendance"):
        parts[name] = _group_record(getattr(scenario.client, name))
    search, month = scenario.client.search, WEEKS_PER_CLIENT_MONTH
    weighted = any(scenario.casework.case_weights.values()) or scenario.casework.child_weight > 0.0
    parts["casework"] = _with(parts["casework"], weighted=float(weighted))
    caseload = scenario.caseload
    comes_and_goes = caseload.hiring_weeks + caseload.p_quit_weekly + caseload.p_sick_leave_weekly > 0.0
    parts["caseload"] = _with(parts["caseload"], comes_and_goes=float(comes_and_goes))
    contact_kept = 0.5 ** (month / search.contact_half_life_weeks)
    fade_kept = math.exp(-search.skills_fade_weekly * month)
    bite_kept = 0.5 ** (month / scenario.sanctions.bite_half_life_weeks)
    parts["referral"] = _with(parts["referral"], offered=_offered(scenario))
    parts["population"] = _with(parts["population"], thousands=scenario.population.size / 1000.0)
    parts["search"] = _with(parts["search"], contact_kept=contact_kept, fade_kept=fade_kept)
    parts["sanctions"] = _with(parts["sanctions"], bite_kept=bite_kept)
    reform = scenario.reform
    parts["reform"] = _with(
        _record({}),
        transition_weeks=float(reform.transition_weeks),
        transition_overhead=reform.transition_overhead,
        transition_gradual=float(reform.transition_gradual),
    )
    parts["doors"] = _doors_record(scenario.doors)
    dtype, values = _record({name: (kind, value, ()) for name, (kind, value) in parts.items()})
    return np.array([values], dtype=dtype).view(np.recarray)
