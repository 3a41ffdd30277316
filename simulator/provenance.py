"""Where a result comes from: settings and their hash, versions, commit, machine, times."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from simulator.parameters import Scenario

LIBRARIES = ("numpy", "numba", "scipy", "pandas", "pyarrow", "pydantic", "hydra-core", "mesa", "matplotlib")
DISTRIBUTION = "assistance-exit-simulator"
WITHOUT_EFFECT = {"workers", "engine", "output", "study", "experiment"}
"""Settings that cannot change a result; they are left out of the hash."""


def settings_of(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain words and numbers, as it would be written in a settings file."""
    return scenario.model_dump(mode="json")


def settings_hash(scenario: Scenario) -> str:
    """Return a hash of every setting that can change a result."""
    settings = {name: value for name, value in settings_of(scenario).items() if name not in WITHOUT_EFFECT}
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()


def now() -> str:
    """Return the time, to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@cache
def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


@cache  # a sweep signs thousands of manifests
def _git(*arguments: str) -> str | None:
    folder = Path(__file__).parent
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def manifest_of(scenario: Scenario, code: str, started: str, rows: dict[str, int]) -> dict[str, Any]:
    """Return the manifest of a run that is complete.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    code : str
        Hash of the sources that ran.
    started : str
        When the run began, as `now()` gives it.
    rows : dict of str to int
        Rows written, by file.
    """
    status = _git("status", "--porcelain", "--", str(Path(__file__).parent))
    return {
        "settings": settings_of(scenario),
        "settings_hash": settings_hash(scenario),
        "code_hash": code,
        "seed": scenario.seed,
        "replications": scenario.replications,
        "version": _version(DISTRIBUTION),
        "commit": _git("rev-parse", "HEAD"),
        "dirty": None if status is None else bool(status),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "machine": {"system": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count()},
        "started": started,
        "ended": now(),
        "rows": rows,
    }
