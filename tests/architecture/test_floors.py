"""The house: who may import whom, who may draw, and how long things may be."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.compiled import NEVER_COMPILED

PACKAGE = Path(__file__).parents[2] / "simulator"
FILES = sorted(PACKAGE.rglob("*.py"))

FLOORS = [
    {"errors", "paths", "vocabulary", "study_vocabulary", "records"},
    {"compiled", "csv_files", "extras", "randomness", "files", "interrupting", "own_rules", "parameters"},
    {"config", "describing", "settings_files", "composing", "provenance", "ledger"},
    {"rules", "agents"},
    {"population", "office", "steps", "week", "engine"},
    {"outcomes"},
    {"experiments", "model"},
    {"reporting"},
    {"cli", "helping", "dashboard", "__main__"},
]
THIRD_PARTIES = {
    "hydra": {"composing", "cli"},
    "omegaconf": {"composing", "cli"},
    "mesa": {"model", "agents"},
    "matplotlib": {"reporting"},
    "jinja2": {"reporting", "dashboard"},
    "numba": {"compiled"},
    "pyarrow": {"outcomes", "experiments"},
    "statsmodels": {"outcomes"},
    "sklearn": {"experiments"},
    "emcee": {"experiments"},
    "tqdm": {"experiments"},
    "distributed": {"experiments"},
    "dask_jobqueue": {"experiments"},
    "scipy": {"composing", "outcomes", "experiments", "reporting"},
    "pandas": {"outcomes", "experiments", "reporting", "dashboard", "model"},
    "panel": {"dashboard"},
    "bokeh": {"dashboard"},
    "param": {"dashboard"},
    "tornado": {"dashboard"},
}
SAMPLER = "experiments/fitting/sampling.py"
"""Walks over an emulator, never over the model; its library takes a state of NumPy's generator."""

LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FILE, MEDIAN_FUNCTION = 400, 50, 150, 8


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_its_floor_or_below(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    for name in imports_of(path):
        if name.startswith("simulator."):
            other = name.split(".")[1]
            assert floor_of(other) <= floor_of(room), (
                f"{path.name} (floor {floor_of(room)}) imports {name} (floor {floor_of(other)})"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_third_parties_stay_in_their_rooms(path: Path) -> None:
    for name in imports_of(path):
        library = name.split(".")[0]
        assert room_of(path) in THIRD_PARTIES.get(library, {room_of(path)}), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_compiled_code_does_not_depend_on_rooms_whose_edits_compile_nothing_anew(path: Path) -> None:
    above = {room.removesuffix(".py") for room in NEVER_COMPILED}
    text = path.read_text(encoding="utf-8")
    if room_of(path) in above:
        assert "@behaviour" not in text
        assert "@part" not in text
    elif room_of(path) not in {"__init__", "__main__"}:
        assert not {name.split(".")[1] for name in imports_of(path) if name.startswith("simulator.")} & above


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(path) for path in FILES} - {"__init__"}
    assert rooms == set.union(*FLOORS)


def test_nothing_draws_but_randomness() -> None:
    """No module imports `random` or `secrets`, and none names `np.random` or a generator."""
    for path in FILES:
        if path.name == "randomness.py":
            continue
        if path.relative_to(PACKAGE).as_posix() == SAMPLER:
            assert path.read_text(encoding="utf-8").count("np.random") == 1, (
                "the sampler is seeded in one place"
            )
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {name.split(".")[0] for name in imports_of(path)}
        assert not modules & {"random", "secrets", "uuid"}, path
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names = {"default_rng", "RandomState", "shuffle_do", "rvs", "permutation", "choice"}
        assert not attributes & names, path
        numpy_random = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and node.attr == "random"
            and isinstance(node.value, ast.Name)
            and node.value.id in {"np", "numpy"}
        ]
        assert not numpy_random, path


def test_files_and_functions_are_short() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert max(lines.values()) <= LONGEST_FILE, max(lines, key=lines.__getitem__)
    assert statistics.median(lines.values()) <= MEDIAN_FILE
    bodies = [length for path in FILES for length in function_lengths(path)]
    assert max(bodies) <= LONGEST_FUNCTION
    assert statistics.median(bodies) <= MEDIAN_FUNCTION


def function_lengths(path: Path) -> Iterator[int]:
    """Yield the lines of each function's body, its docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body:
                yield (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_the_steps_are_played_in_their_listed_order() -> None:
    tree = ast.parse((PACKAGE / "week.py").read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    played = [
        node.value.func.id
        for node in ast.walk(functions["play_weeks"])
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
    ]
    listed = next(
        [name.id for name in node.value.elts if isinstance(name, ast.Name)]
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
    )
    assert played == listed
