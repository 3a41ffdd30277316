"""Generated tables are those of today's code, the model is described whole, and links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.agents.caseworker import CASEWORKER
from simulator.agents.client import CLIENT, PERSON
from simulator.agents.programme import PROGRAMME

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def run(script, *arguments):
    command = [sys.executable, ROOT / "docs" / script, *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=False
    )


@pytest.mark.parametrize("script", ["make_levers.py", "make_tables.py"])
def test_made_tables_are_up_to_date(script):
    done = run(script, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("heading", "record"),
    [
        ("A person", PERSON),
        ("A client", CLIENT),
        ("A caseworker", CASEWORKER),
        ("A programme", PROGRAMME),
    ],
)
def test_the_description_of_the_model_has_every_state_variable(heading, record):
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    section = text.split(f"\n### {heading}", 1)[1].split("\n##", 1)[0]
    first_cells = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")]
    named = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(set(record.names) - {"unused"})


def test_the_description_names_functions_that_there_are():
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    details = text.split("\n## 7 Submodels", 1)[1]
    named = {name for group in re.findall(r"\(`([\w`, .]+)`\)", details) for name in re.split(r"`, `", group)}
    functions = {name for name in named if "." not in name}
    modules = {name for name in named if "." in name}
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "simulator").rglob("*.py"))
    assert len(functions) > 15
    assert [name for name in sorted(functions) if f"def {name}(" not in code and f"{name}:" not in code] == []
    missing = [name for name in sorted(modules) if not is_there(name)]
    assert missing == []


def is_there(name):
    """Whether a dotted name is a module, or a name defined in one."""
    path = ROOT / "simulator" / name.replace(".", "/")
    if path.with_suffix(".py").exists():
        return True
    home = path.parent.with_suffix(".py")
    return home.exists() and f"def {path.name}(" in home.read_text(encoding="utf-8")


def test_every_page_is_in_the_table_of_contents():
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).with_suffix("").as_posix() for path in docs.rglob("*.md")}
    pages |= {f"notebooks/{path.stem}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    lists = re.findall(r"```{toctree}\n(.*?)```", (docs / "index.md").read_text(encoding="utf-8"), re.DOTALL)
    entries = [line for part in lists for line in part.splitlines() if line and not line.startswith(":")]
    assert sorted(entries) == sorted(pages - {"index"})


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_fetches_nothing(tmp_path):
    pytest.importorskip("furo", reason="the site is built with the extra 'docs'")
    build = ["-m", "sphinx", "-E", "-W", "-q", "-b", "html", "docs", tmp_path / "site"]
    subprocess.run([sys.executable, *build], cwd=ROOT, check=True)
    pages = list((tmp_path / "site").rglob("*.html"))
    loaded = re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//[^\"]+")
    assert len(pages) > 20
    assert [page.name for page in pages if loaded.search(page.read_text(encoding="utf-8"))] == []
    styles = (tmp_path / "site" / "_static").rglob("*.css")
    assert not any(re.search(r"url\(['\"]?https?:|@import", css.read_text("utf-8")) for css in styles)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    missing = [name for name in targets if "://" not in name and not (page.parent / name).exists()]
    assert missing == []
