"""The notebooks for students: stored clean, true to the code and the evidence, and they run."""

from __future__ import annotations

import ast
import builtins
import importlib
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient
from nbformat import NotebookNode

import simulator as sim
from simulator.describing import find_setting

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FROM_JUPYTER = {"display"}
NO_SETTINGS = {"point"}
"""Words before an equals sign that are no settings: folders of a sweep."""

TINY = "PEOPLE, REPLICATIONS = 60, 2"
"""Stands after the cell that says how many, so that a run takes seconds."""

SETTING = re.compile(r"'?([a-z_]+(?:\.[a-z_]+)*)(?:@([a-z_.]+))?=")
BY_EVIDENCE = re.compile(r"\b[CSPDKWM]\d\d\b")

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_of(path: Path) -> ast.Module:
    """Return all code of a notebook, Jupyter's own lines turned into Python."""
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return ast.parse("\n".join(TransformerManager().transform_cell(cell) for cell in cells), str(path))


def text_of(path: Path) -> str:
    return "\n".join(cell.source for cell in read(path).cells)


def tagged(path: Path, tag: str) -> list[NotebookNode]:
    return [cell for cell in read(path).cells if tag in cell.metadata.get("tags", [])]


def test_the_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "01_first_run", "02_the_caseworkers_week", "03_caseload_limits", "04_sanctions", "05_collaboration",
        "06_write_your_own_rule", "07_sweep_and_sensitivity", "08_is_it_believable",
    ]  # fmt: skip


@each
def test_a_notebook_is_valid_and_stored_without_output(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [], cell.source
            assert cell.execution_count is None, cell.source


@each
def test_a_notebook_asks_before_it_runs_and_has_answers(path: Path) -> None:
    text = text_of(path)
    parts = [
        "**The story.**",
        "redict before you run",
        "What the model cannot say",
        "## Exercises",
        "## Worked answers",
    ]
    if path.stem == "01_first_run":
        parts[1] = "Before you run anything, write down what you expect"
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts
    assert places == sorted(places)
    exercises = re.findall(
        r"^\d\. \*\*", text.split("## Exercises")[1].split("## Worked answers")[0], re.MULTILINE
    )
    assert len(exercises) == len(tagged(path, "answer")) >= 3
    assert len(tagged(path, "parameters")) == 1


@each
def test_a_notebook_uses_only_names_that_exist(path: Path) -> None:
    tree = code_of(path)
    known = {*dir(builtins), *FROM_JUPYTER, "get_ipython", *bound_in(tree)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert used - known == set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sim":
            assert hasattr(sim, node.attr), node.attr
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simulator"):
            module = importlib.import_module(str(node.module))
            for name in node.names:
                if not hasattr(module, name.name):
                    importlib.import_module(f"{node.module}.{name.name}")


def bound_in(tree: ast.AST) -> Iterator[str]:
    """Yield every name that a notebook binds anywhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((name.asname or name.name).split(".")[0] for name in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


@each
def test_a_notebook_names_settings_and_sources_that_exist(path: Path) -> None:
    texts = [node.value for node in ast.walk(code_of(path)) if isinstance(node, ast.Constant)]
    settings = [found for text in texts if isinstance(text, str) and (found := SETTING.match(text))]
    assert settings or path.stem == "01_first_run"
    for found in settings:
        for name in {*filter(None, found.groups())} - NO_SETTINGS:
            assert find_setting(name), name
    data = files("simulator.data")
    rows = set(pd.read_csv(str(data / "evidence.csv"))["id"])
    assert set(BY_EVIDENCE.findall(text_of(path))) <= rows
    pages = re.findall(r"`((?:docs|examples|simulator)/[\w/.]+\.\w+)`", text_of(path))
    assert [page for page in pages if not (ROOT / page).exists()] == []


def run(path: Path, more: str, folder: Path) -> NotebookNode:
    """Run a notebook in a kernel of its own, with a cell added after the one that says how many."""
    notebook = read(path)
    if more:
        place = next(
            number
            for number, cell in enumerate(notebook.cells)
            if "parameters" in cell.metadata.get("tags", [])
        )
        notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(more))
    client = NotebookClient(
        notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    return client.execute()


def pictures(notebook: NotebookNode) -> int:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return sum("image/png" in output.get("data", {}) for output in outputs)


@pytest.fixture
def in_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a kernel import this checkout, and nothing of the tests' own environment."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("SIMULATOR_RULES", raising=False)


@pytest.mark.usefixtures("in_kernel")
def test_the_first_notebook_runs_in_miniature(tmp_path: Path) -> None:
    assert pictures(run(NOTEBOOKS[0], TINY, tmp_path)) >= 5


@pytest.mark.slow
@each
@pytest.mark.usefixtures("in_kernel")
def test_a_notebook_runs_as_it_is(path: Path, tmp_path: Path) -> None:
    least = {"06_write_your_own_rule": 1}.get(path.stem, 3)
    assert pictures(run(path, "", tmp_path)) >= least
