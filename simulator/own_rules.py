"""Rules of one's own: a file of small functions that has to be known before the model is compiled."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

from simulator.errors import Mistake, SettingsError, SimulatorError

VARIABLE = "SIMULATOR_RULES"
"""Names the file for this process and those that it starts."""

HOOKS = {
    "appeal": "referral.rule",
    "next_step": "sanctions.rule",
    "weeks_waited": "casework.order",
}
"""Functions that a file may define, and the setting that puts each in force with the word `own`."""


def rules_file() -> Path | None:
    """Return the file of own rules that this process uses, if any."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None


def use_rules(file: str | Path) -> None:
    """Let the model be compiled with the rules of a file.

    Parameters
    ----------
    file : path
        A Python file with one or more of the functions in `HOOKS`.

    Raises
    ------
    SettingsError
        If the file cannot be read, is not Python, or defines none of the functions.
    SimulatorError
        If the model has already been compiled without them.
    """
    path = Path(file).resolve()
    functions_of(path)
    if path == rules_file():
        return
    if "simulator.compiled" in sys.modules:
        raise SimulatorError(
            f"The rules in {path} have to be known before the first run. Start Python anew, and load the "
            "scenario that names them before anything is simulated."
        )
    os.environ[VARIABLE] = str(path)


def functions_of(file: Path) -> set[str]:
    """Return which of the functions in `HOOKS` a file defines, without running it."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        raise SettingsError([Mistake("rules", f"{file} cannot be read ({error.strerror})")]) from error
    except SyntaxError as error:
        raise SettingsError(
            [Mistake(f"{file}, line {error.lineno}", f"is not Python ({error.msg})")]
        ) from error
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} & HOOKS.keys()
    if not found:
        raise SettingsError([Mistake("rules", f"{file} defines no rule", ", ".join(HOOKS))])
    return found
