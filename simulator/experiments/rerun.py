"""A finished run again, from its manifest: its settings, and whether the tables came out the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.compiled import source_hash
from simulator.config import read_scenario
from simulator.errors import Mistake, ResultsError, SettingsError
from simulator.experiments.store import MANIFEST, read_manifest
from simulator.experiments.together import TOGETHER
from simulator.parameters import Scenario

PAIR = ("baseline", "alternative")
AGAIN = ("simulate", "compare", "sensitivity")
"""Studies whose runs can be run again from their manifests alone."""


def read_run(folder: Path) -> list[dict[str, Any]]:
    """Return the manifest of a single run, or those of both runs of a comparison.

    Raises
    ------
    ResultsError
        If the folder holds no finished run that can be run again, or one whose files have changed.
    """
    if not (folder / MANIFEST).is_file():
        raise ResultsError(f"{folder} holds no finished run.")
    manifest = read_manifest(folder)
    found = [manifest] if "settings" in manifest else [manifest.get(name) for name in PAIR]
    if any(not isinstance(one, dict) or "settings" not in one or _is_other(one) for one in found):
        raise ResultsError(
            f"{folder} holds no run, comparison or study of sensitivity; only those are run again."
        )
    return [one for one in found if one is not None]


def _is_other(manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest is that of a sweep, or of a study that takes other scenarios than its own."""
    kind = manifest["settings"]["study"]["kind"]
    return TOGETHER in manifest or kind not in AGAIN or ("points" in manifest and kind != "sensitivity")


def scenario_again(manifest: Mapping[str, Any], folder: str, workers: int) -> Scenario:
    """Return the scenario of a manifest, with another folder and number of workers.

    Parameters
    ----------
    manifest : mapping
        Of a finished run.
    folder : str
        Where results go.
    workers : int
        How many work at a time; 0 for one on each core.

    Raises
    ------
    SettingsError
        If the settings are not those of this version of the simulator.
    """
    try:
        settings = manifest["settings"]
        output = {**settings["output"], "dir": folder}
        return read_scenario({**settings, "output": output, "workers": workers})
    except SettingsError as error:
        version = f"{manifest.get('version')}, commit {str(manifest.get('commit'))[:10]}"
        problem = f"was written by another version ({version}), whose settings are not those of this one"
        raise SettingsError([Mistake(MANIFEST, problem), *error.mistakes]) from None


def code_text(manifest: Mapping[str, Any]) -> str:
    """Return in one line whether the code is that of a finished run."""
    if manifest["code_hash"] == source_hash():
        return "The code is the same as then."
    then = f"commit {str(manifest['commit'])[:10]}, code {manifest['code_hash']}"
    return f"The code has changed since (then {then})."


def compare_folders(before: Path, after: Path) -> dict[str, bool]:
    """Return for each table of a run, by its name, whether it is the same in another folder.

    Tables are the same if their files are, byte for byte, or else if they hold the same values.
    """
    files = [path for path in sorted(before.rglob("*")) if path.suffix in {".parquet", ".csv"}]
    names = [path.relative_to(before).as_posix() for path in files]
    return {name: _is_same(before / name, after / name) for name in names}


def _is_same(first: Path, second: Path) -> bool:
    if not second.is_file():
        return False
    if first.read_bytes() == second.read_bytes():
        return True
    if first.suffix == ".csv":
        return False
    return pd.read_parquet(first).equals(pd.read_parquet(second))


def outcome_text(same: Mapping[str, bool]) -> str:
    """Return in one line which tables are the same."""
    differing = [name for name, is_same in same.items() if not is_same]
    if differing:
        return f"Not the same as then: {', '.join(differing)}."
    return f"All {len(same)} tables are the same as then."
