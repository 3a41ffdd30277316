"""Finished results, read from their folder when somebody asks for them: a single run, or a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from simulator.errors import ResultsError
from simulator.experiments import store
from simulator.outcomes.definitions import FLOW
from simulator.outcomes.distance import READ, check_traits
from simulator.outcomes.outcome import Outcome, Sample
from simulator.outcomes.survival import Counts, count_parquet

if TYPE_CHECKING:
    from simulator.experiments.comparison import Comparison
    from simulator.experiments.fitting.drawn import DrawnResults

POINT = "point"
BASELINE, ALTERNATIVE = "baseline", "alternative"
PAIR = {BASELINE, ALTERNATIVE}
"""Folders of a comparison's runs, and where its manifest has theirs."""

SAME = {"settings_hash": "settings", "seed": "seed", "replications": "replications", "code_hash": "code",
        "files": "tables"}  # fmt: skip
"""What makes a run the one that was compared: where manifests have it, and in words."""


class StoredOutcome(Outcome):
    """A run whose tables are read from its folder when they are first asked for.

    Parameters
    ----------
    folder : Path
        A finished run.
    manifest : dict
        Its manifest.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        vars(self).update(folder=folder, manifest=manifest)

    folder: Path

    @cached_property
    def spells(self) -> pd.DataFrame:
        """One row a spell."""
        return self._read("spells")

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """One row a replication and week."""
        return self._read("weekly")

    @cached_property
    def programmes(self) -> pd.DataFrame:
        """One row a replication, week and programme."""
        return self._read("programmes")

    def __repr__(self) -> str:
        """Return where the run is; its tables are not read for that, and may not be kept."""
        return f"<run in {self.folder}>"

    def counts(self, by: str | None = None, sample: Sample = "flow") -> Counts:
        """Return the spells counted by group, weeks and door, read a million rows at a time.

        For groups that are not written in one column as words, the columns they are made from are read whole.
        """
        path = self._path("spells")
        if sample != "flow":
            return super().counts(by, sample)
        if by is None:
            return count_parquet(path, where=FLOW)
        schema = pq.read_schema(path)
        check_traits(schema.names, [by])
        if by in schema.names and pa.types.is_dictionary(schema.field(by).type):
            return count_parquet(path, groups=by, where=FLOW)
        columns = {"weeks", "door", *(column for column, *_ in FLOW), *READ.get(by, (by,))}
        return self.count_sample(
            pd.read_parquet(path, columns=[*columns & {*schema.names}], filters=FLOW), by
        )

    def _path(self, table: str) -> Path:
        path = self.folder / f"{table}.parquet"
        if not path.exists():
            raise ResultsError(f"{self.folder} keeps no {table}; only a run for itself, or a sweep with "
                               "study.keep=everything, does.")  # fmt: skip
        return path

    def _read(self, table: str) -> pd.DataFrame:
        return pd.read_parquet(self._path(table))


class SweepResults:
    """A finished sweep; of its runs nothing is read before it is asked for.

    Parameters
    ----------
    folder : Path
        Where it is.
    manifest : dict
        Its manifest.

    Attributes
    ----------
    folder : Path
        Where it is.
    manifest : dict
        Settings, versions, times.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder, self.manifest = folder, manifest

    def __len__(self) -> int:
        """Return the number of points."""
        return int(self.manifest["points"])

    def __iter__(self) -> Iterator[Outcome]:
        """Yield the runs, in the order of the points."""
        return map(self.run, range(len(self)))

    @cached_property
    def table(self) -> pd.DataFrame:
        """What came out: point, the settings that are varied, outcome, value, low, high, unit."""
        return pd.read_parquet(self.folder / "sweep.parquet")

    @cached_property
    def design(self) -> pd.DataFrame:
        """The points: point, the settings that are varied, settings_hash."""
        return pd.read_csv(self.folder / "design.csv")

    def run(self, point: int) -> Outcome:
        """Return the run at a point, its tables still unread.

        Raises
        ------
        ResultsError
            If there is no such point, or its files have changed since.
        """
        folders = self._folders()
        if point not in range(len(folders)):
            raise ResultsError(f"{self.folder} has the points 0 to {len(folders) - 1}, not {point!r}.")
        return open_run(folders[point])

    def dataset(self, table: str) -> ds.Dataset:
        """Return one table of all runs with the column `point`, to be filtered and read by Arrow.

        Parameters
        ----------
        table : str
            "spells", "weekly", "programmes" or "outcomes".
        """
        files = [str(folder / f"{table}.parquet") for folder in self._folders()]
        if not all(Path(file).exists() for file in files):
            raise ResultsError(f"{self.folder} keeps no table '{table}' of its runs.")
        return ds.dataset(files, partitioning="hive", partition_base_dir=str(self.folder))

    def _folders(self) -> list[Path]:
        return [self.folder / f"{POINT}={number}" for number in range(len(self))]


def open_results(folder: str | Path) -> Outcome | Comparison | SweepResults | DrawnResults:
    """Return what lies in a folder, finished: a run, a comparison, a sweep, or runs over draws.

    Tables are read when they are first asked for.

    Parameters
    ----------
    folder : str or Path
        As the last line of a run says.

    Raises
    ------
    ResultsError
        If the folder holds nothing finished, or files that have changed since.
    """
    try:
        path = Path(folder)
    except TypeError as error:
        raise ResultsError(f"A folder is named by a text, not by {type(folder).__name__}.") from error
    if path.is_file():
        raise ResultsError(f"{path} is a file; {_instead_of(path)}")
    if not path.exists():
        raise ResultsError(f"There is no folder {path}.")
    if not store.is_complete(path):
        is_begun = (path / store.PLAN).exists()
        state = "holds a run that is not finished: start it again to go on" if is_begun else "holds no run"
        raise ResultsError(f"{path} {state}.")
    manifest = store.read_manifest(path)
    if "draws" in manifest:
        from simulator.experiments.fitting.drawn import DrawnResults  # noqa: PLC0415  (seldom needed)

        return DrawnResults(path, manifest)
    if manifest.keys() >= PAIR:
        from simulator.experiments.comparison import reopened  # noqa: PLC0415  (it needs this module)

        pair = {name: open_run(path / name) for name in (BASELINE, ALTERNATIVE)}
        check_same_runs(path, manifest, {name: run.manifest for name, run in pair.items()})
        return reopened(pair[BASELINE], pair[ALTERNATIVE], manifest)
    return SweepResults(path, manifest) if "points" in manifest else _run(path, manifest)


def check_same_runs(
    folder: Path, manifest: Mapping[str, Any], there: Mapping[str, Mapping[str, Any]]
) -> None:
    """Raise ResultsError if a run in a comparison's folder is not the one that was compared.

    Parameters
    ----------
    folder : Path
        Of the comparison.
    manifest : mapping
        Its manifest, which holds those of both runs as they were.
    there : mapping of str to mapping
        The manifests of the runs that are there now, by the names of their folders.
    """
    wrong = [
        f"{name}/ (other {', '.join(other)})"
        for name, now in there.items()
        if (
            other := [word for key, word in SAME.items() if _of_run(now, key) != _of_run(manifest[name], key)]
        )
    ]
    if wrong:
        raise ResultsError(
            f"{folder} is a comparison of other runs than those that lie in it now: {' and '.join(wrong)}. "
            "Put the runs that were compared back, or delete the folder and compare anew."
        )


def _of_run(manifest: Mapping[str, Any], key: str) -> object:
    """Return what a manifest has; of its files the tables of the run, since pictures may be drawn anew."""
    if key != "files":
        return manifest.get(key)
    return {name: one for name, one in manifest.get(key, {}).items() if name.endswith(".parquet")}


def _instead_of(file: Path) -> str:
    """Return what to do where a file is given in the place of its folder."""
    home = next((one for one in (file.parent, file.parent.parent) if store.is_complete(one)), None)
    if home is not None:
        return f"give the folder of the run, {home}."
    own = "; spells of your own are counted by simulator.survival.count_parquet" * (file.suffix == ".parquet")
    return f"give the folder of a run, as its last line says it{own}."


def open_run(folder: str | Path) -> Outcome:
    """Return a finished single run from its folder; see `open_results`."""
    results = open_results(folder)
    if not isinstance(results, Outcome):
        raise ResultsError(f"{folder} holds no single run; the folders in it do.")
    return results


def _run(folder: Path, manifest: dict[str, Any]) -> Outcome:
    if not any((folder / f"{table}.parquet").exists() for table in (*store.TABLES, store.OUTCOMES)):
        inside = [path.parent.name for path in sorted(folder.glob(f"*/{store.MANIFEST}"))]
        there = f" Open one of its folders: {', '.join(inside)}." if inside else " The folders in it may."
        raise ResultsError(f"{folder} holds no single run.{there}")
    return StoredOutcome(folder, manifest)
