"""The functions of a user's file of rules, compiled like the others; without a file they do nothing."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.compiled import behaviour
from simulator.own_rules import rules_file
from simulator.records import Record

Function = Callable[..., Any]


def _no_appeal(programme: Record, client: Record, belief: np.ndarray, p: Record) -> float:
    return 0.0


def _no_step(client: Record, week: int, p: Record) -> int:
    return 0


def _no_wait(client: Record, week: int, p: Record) -> float:
    return 0.0


def _functions() -> dict[str, Any]:
    path = rules_file()
    if path is None:
        return {}
    spec = importlib.util.spec_from_file_location("simulator_own_rules", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # compiled code read from disk looks the module up by this name
    spec.loader.exec_module(module)
    return vars(module)


def _compiled(name: str, otherwise: Function) -> Function:
    function = _OWN.get(name, otherwise)
    return function if hasattr(function, "py_func") else behaviour(function)


_OWN = _functions()
own_appeal = _compiled("appeal", _no_appeal)
own_next_step = _compiled("next_step", _no_step)
own_weeks_waited = _compiled("weeks_waited", _no_wait)
