"""One point of a sweep: a folder like that of a single run, filled block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.errors import ResultsError
from simulator.experiments import store
from simulator.experiments.run import Draw, drawn, plan_of
from simulator.experiments.worker import Done, Failed, Piece
from simulator.files import write_bytes
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.summary import summarise_outcomes
from simulator.outcomes.tables import STUDY_COLUMNS
from simulator.parameters import Scenario
from simulator.population import burn_in
from simulator.provenance import manifest_of, now, settings_of
from simulator.study_vocabulary import Keep

FAILURE = "failure.json"
SUMMARY = "summary.csv"
CLIENT_WEEKS_OF_BLOCK = 60_000_000
"""Clients times weeks of a block at most: some seconds of work, and some hundred megabytes of tables."""

CLIENT_WEEKS_OF_PART = 2_000_000
"""The same of worlds, of which there are few, so that their replications are shared out."""

DONE, FAILED, WAITING = "done", "failed", "waiting"
KEPT: Mapping[Keep, tuple[str, ...]] = {
    Keep.EVERYTHING: (*store.TABLES, store.OUTCOMES),
    Keep.OUTCOMES: (store.OUTCOMES,),
    Keep.ESTIMATES: (store.OUTCOMES, store.ESTIMATES),
    Keep.MEASURES: (store.OUTCOMES, store.MEASURES),
    Keep.WORLDS: (*store.TABLES, store.OUTCOMES),
}


@dataclass(frozen=True)
class Point:
    """A scenario of a sweep and its folder.

    Attributes
    ----------
    number : int
        Its row in the table of the sweep.
    scenario : Scenario
        Complete settings.
    folder : Path
        Where its results are.
    code : str
        Hash of the sources that simulate it.
    keep : Keep
        What is kept.
    draw : callable or None
        Draws its pictures.
    first : int
        The replication with which it begins; those before are elsewhere.
    more : tuple of str
        Names of tables that are kept besides.
    of_offices : tuple of Scenario
        The rules of each office, if offices differ.
    """

    number: int
    scenario: Scenario
    folder: Path
    code: str
    keep: Keep
    draw: Draw | None = None
    first: int = 0
    more: tuple[str, ...] = ()
    of_offices: tuple[Scenario, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables that are kept."""
        return (*KEPT[self.keep], *self.more)

    @cached_property
    def blocks(self) -> tuple[range, ...]:
        """Its replications, in as few blocks as may be, all of about a size, whoever works on them."""
        weeks = self.scenario.weeks + burn_in(self.scenario)
        room = CLIENT_WEEKS_OF_PART if self.keep is Keep.WORLDS else CLIENT_WEEKS_OF_BLOCK
        most = max(1, room // (self.scenario.population.size * weeks))
        first, count = self.first, self.scenario.replications - self.first
        blocks = -(-count // most)
        ends = [first + count * number // blocks for number in range(blocks + 1)]
        return tuple(range(start, stop) for start, stop in pairwise(ends))

    @property
    def piece(self) -> Piece:
        """What is to be simulated."""
        columns = STUDY_COLUMNS if self.keep in {Keep.ESTIMATES, Keep.WORLDS} else ()
        of_offices = tuple(settings_of(one) for one in self.of_offices)
        return Piece(settings_of(self.scenario), self.code, self.tables, True, columns, of_offices)

    def is_done(self) -> bool:
        """Whether all of it is there; raise ResultsError if it was, and has been damaged since."""
        if not store.is_complete(self.folder):
            return False
        store.check_sizes(self.folder)
        store.remove_parts(self.folder)
        return True

    def missing(self) -> Iterator[range]:
        """Yield the blocks that are not there yet."""
        for block in self.blocks:
            if not self.has(block):
                yield block

    def has(self, block: range) -> bool:
        """Whether a block is there."""
        return store.is_complete(self.folder) or store.has_part(self.folder, block.start, self.tables)

    def failure(self) -> str:
        """Return why it failed, if it did."""
        return (
            str(store.read_json(self.folder / FAILURE)["error"]) if (self.folder / FAILURE).exists() else ""
        )

    def take(self, block: range, done: Done) -> bool:
        """Write what came of a block, and all the rest if it was the last; return whether it was."""
        self._begin()
        if len(self.blocks) == 1:
            self._finish(done.files, done.rows)
            return True
        store.write_part(self.folder, block.start, done.files)
        if not all(self.has(other) for other in self.blocks):
            return False
        self.join()
        return True

    def join(self) -> None:
        """Make one whole of all parts."""
        firsts = [block.start for block in self.blocks]
        files, rows = {}, {}
        for name in self.tables:
            table = store.join_parts(self.folder, name, firsts)
            if name == store.OUTCOMES and len(table["replication"].unique()) != self.scenario.replications:
                raise ResultsError(
                    f"{self.folder} holds parts that were cut in another way, by another version of the "
                    "simulator. Delete this folder, and give the same command again."
                )
            files[name], rows[name] = store.table_bytes(table), table.num_rows
        self._finish(files, rows)
        store.remove_parts(self.folder)

    def fail(self, failed: Failed) -> None:
        """Keep why it failed, with traceback and settings."""
        self._begin()
        content = {"error": failed.error, "traceback": failed.traceback.splitlines()}
        store.write_json(self.folder / FAILURE, {**content, "settings": settings_of(self.scenario)})

    def summary(self) -> pd.DataFrame:
        """Return its outcomes with intervals: outcome, value, low, high, unit."""
        return pd.read_csv(self.folder / SUMMARY, engine="python")  # reads numbers as they are written

    def _begin(self) -> None:
        if not (self.folder / store.PLAN).exists():
            store.write_json(self.folder / store.PLAN, plan_of(self.scenario, self.code))

    def _finish(self, files: Mapping[str, bytes], rows: Mapping[str, int]) -> None:
        """Write the whole tables and the summary, then the manifest."""
        named = {f"{name}.parquet": content for name, content in files.items()}
        named[SUMMARY] = _summary_of(files[store.OUTCOMES])
        for name, content in named.items():
            write_bytes(self.folder / name, content)
        (self.folder / FAILURE).unlink(missing_ok=True)
        counted = {f"{name}.parquet": count for name, count in rows.items()}
        manifest = manifest_of(self.scenario, self.code, now(), counted)
        pictures = self._draw(manifest)
        sums = {name: store.sum_of(content) for name, content in named.items()}
        store.write_json(self.folder / store.MANIFEST, {**manifest, "files": {**sums, **pictures}})

    def _draw(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Draw pictures and report, if they are wanted, and return their sizes and sums."""
        if self.draw is None:
            return {}
        spells, weekly, programmes = (
            pd.read_parquet(self.folder / f"{name}.parquet") for name in store.TABLES
        )
        outcome = Outcome(spells, weekly, programmes, manifest)
        self.draw(outcome, self.folder, outcome.written_tables().__getitem__)
        return store.sums_of(self.folder, drawn(self.folder))


def _summary_of(outcomes: bytes) -> bytes:
    table = pq.read_table(pa.BufferReader(outcomes)).to_pandas()
    return summarise_outcomes(table).to_csv(index=False).encode()
