"""Finished runs and comparisons over draws of the settings, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import NoReturn

import pandas as pd

from simulator.errors import ResultsError
from simulator.experiments.effects import (
    GAINS,
    ONLY_EFFORT,
    SERVICES,
    YEARS_OFF,
    check_plane,
    present_costs,
    present_gains,
)
from simulator.experiments.fitting.worlds import DRAW
from simulator.experiments.opening import ALTERNATIVE, BASELINE, POINT, StoredOutcome, open_run
from simulator.experiments.store import BUDGET
from simulator.outcomes import effectiveness
from simulator.outcomes.budget import NET
from simulator.outcomes.costs import cost_values
from simulator.outcomes.survival.columns import Column, SpellsError
from simulator.outcomes.uncertainty import layers, more_a_draw

OUTCOMES, UNCERTAINTY = "draws.parquet", "uncertainty.csv"
ANSWERS = ("outcomes", "uncertainty()", "settings()", "costs()", "budget()", "run(draw)",
           "replications_needed(outcome, width)")  # fmt: skip
LINE = ["payer", "part", "item"]
OF_PAIRS = ("plane()", "acceptability()")


class NotKeptError(ResultsError, AttributeError):
    """Something is asked of runs over draws that they do not keep."""


class DrawnResults:
    """Finished runs, or pairs of runs, over draws of the settings.

    Parameters
    ----------
    folder : Path
        Where they are.
    manifest : dict
        Settings, versions, times.

    Attributes
    ----------
    folder : Path
        Where they are.
    manifest : dict
        Settings, versions, times.
    """

    def __init__(self, folder: Path, manifest: Mapping[str, object]) -> None:
        self.folder, self.manifest = folder, dict(manifest)

    def __len__(self) -> int:
        """Return the number of draws."""
        return int(str(self.manifest["draws"]))

    def __getattr__(self, name: str) -> NoReturn:
        """Say what there is instead of what is not kept."""
        if name.startswith("_"):
            raise AttributeError(name)
        answers = ", ".join([*ANSWERS, *(OF_PAIRS if self.is_comparison else ())])
        raise NotKeptError(
            f"A run over draws has no '{name}': of each run it keeps the headline outcomes, weeks and "
            f"programmes, but no spells. It has {answers}. For the rest simulate one draw, with its settings."
        )

    @property
    def is_comparison(self) -> bool:
        """Whether each draw is a pair of runs."""
        return (self.folder / ALTERNATIVE).is_dir()

    @property
    def outcomes(self) -> pd.DataFrame:
        """Headline outcomes (or their differences): draw, replication, outcome, unit, value."""
        return pd.read_parquet(self.folder / OUTCOMES)

    def settings(self) -> pd.DataFrame:
        """Return the draws: draw, and a column for each setting that is drawn."""
        return pd.read_csv(self.folder / BASELINE / "design.csv").drop(columns=[POINT, "settings_hash"])

    def uncertainty(self, level: float = 0.95) -> pd.DataFrame:
        """Return the two layers of each outcome's uncertainty; see `outcomes.uncertainty.layers`."""
        return layers(self.outcomes, level)

    def replications_needed(self, outcome: str, width: float, level: float = 0.95) -> int:
        """Return how many more replications of each draw make the Monte Carlo interval at most so wide.

        It is that of `uncertainty`; the interval over the settings stays as wide.
        """
        return more_a_draw(self.outcomes, outcome, width, level)

    def run(self, draw: int, side: str = BASELINE) -> StoredOutcome:
        """Return the run at a draw: its weekly panel and its programmes; its spells are not kept.

        Parameters
        ----------
        draw : int
            Its number.
        side : {"baseline", "alternative"}
            Of a comparison, which run.

        Raises
        ------
        ResultsError
            If there is no such run.
        """
        sides = [BASELINE, *([ALTERNATIVE] if self.is_comparison else [])]
        if draw not in range(len(self)) or side not in sides:
            raise ResultsError(
                f"{self.folder} has no run {draw!r}, {side!r}: draws are 0 to {len(self) - 1}, sides "
                f"{' and '.join(sides)}."
            )
        run = open_run(self.folder / side / f"{POINT}={draw}")
        assert isinstance(run, StoredOutcome)
        return run

    def costs(self, level: float = 0.95) -> pd.DataFrame:
        """Return what each item costs, or costs more, with both layers: item, basis, and as `uncertainty`."""
        parts = [self._costs_of(draw).assign(**{DRAW: draw}) for draw in range(len(self))]
        values = pd.concat(parts, ignore_index=True)
        names = values["item"].str.cat(values["basis"], sep=": ")
        table = layers(values.assign(outcome=names), level)
        both = table["outcome"].str.split(": ", n=1, expand=True).set_axis(["item", "basis"], axis=1)
        return pd.concat([both, table.drop(columns="outcome")], axis=1)

    def _costs_of(self, draw: int) -> pd.DataFrame:
        def costs(run: StoredOutcome) -> pd.DataFrame:
            return cost_values(run.weekly, run.programmes, run.accounts.discount_yearly)

        return self._told_by(draw, costs, ["item", "basis", "unit", "replication"])

    def _told_by(
        self, draw: int, values_of: Callable[[StoredOutcome], pd.DataFrame], keys: list[str]
    ) -> pd.DataFrame:
        """Return values of the run at a draw, or what the alternative's exceed the baseline's by."""
        values = [values_of(run).set_index(keys)["value"] for run in self._runs_at(draw)]
        return (values[-1] - values[0] if self.is_comparison else values[0]).reset_index()

    def _runs_at(self, draw: int) -> list[StoredOutcome]:
        return [self.run(draw, side) for side in (BASELINE, ALTERNATIVE)[: 1 + self.is_comparison]]

    def budget(self, level: float = 0.95) -> pd.DataFrame:
        """Return each payer's result, or what the alternative does to it, with both layers.

        Columns year, payer, part, item, and as `uncertainty`; million SEK, above nought is better for the
        payer. Lines that are nought in all runs are left out, save net results.

        Raises
        ------
        ResultsError
            If the two scenarios of a comparison have different accounts: their results cannot be held against
            each other, since the spells are not kept from which both would be reckoned alike.
        """
        if not self.has_budget:
            raise ResultsError(
                f"{self.folder} compares scenarios with different accounts, and keeps no spells to reckon "
                "both by the same. Set accounts alike in both."
            )
        parts = [self._budget_of(draw).assign(**{DRAW: draw}) for draw in range(len(self))]
        values = pd.concat(parts, ignore_index=True)
        never = values.groupby(LINE)["value"].transform(lambda one: (one == 0.0).all())
        values = values[~never | (values["part"] == NET)].assign(unit="million SEK")
        names = values[["year", *LINE]].agg(": ".join, axis=1)
        table = layers(values.assign(outcome=names, value=values["value"] / 1e6), level)
        keys = table["outcome"].str.split(": ", n=3, expand=True).set_axis(["year", *LINE], axis=1)
        return pd.concat([keys, table.drop(columns="outcome")], axis=1)

    @cached_property
    def has_budget(self) -> bool:
        """Whether the results of payers can be told: in a comparison, whether both have the same accounts."""
        accounts = [run.accounts for run in self._runs_at(0)]
        return accounts[0] == accounts[-1]

    def _budget_of(self, draw: int) -> pd.DataFrame:
        def results(run: StoredOutcome) -> pd.DataFrame:
            return pd.read_parquet(run.folder / f"{BUDGET}.parquet")

        return self._told_by(draw, results, ["replication", "year", *LINE])

    def plane(self, gain: str = YEARS_OFF, perspective: str = SERVICES) -> pd.DataFrame:
        """Return the cost-effectiveness plane: draw, gain, cost (SEK); each the mean of its replications.

        Parameters
        ----------
        gain : str
            Client-year off benefit, exit, or exit to work.
        perspective : {"effort and benefit", "effort"}
            Whose costs; those of the payers take spells, which are not kept.

        Raises
        ------
        SpellsError
            If there is no such gain or perspective, or each draw is of one run alone.
        """
        self._check_plane(gain, perspective)
        points = self._points[[gain, perspective]].set_axis(["gain", "cost"], axis=1)
        return points.rename_axis(DRAW).reset_index()

    @cached_property
    def _points(self) -> pd.DataFrame:
        """What each draw gains and costs more, of every kind: means over its replications, by draw."""
        return pd.DataFrame([self._point(draw) for draw in range(len(self))])

    def _point(self, draw: int) -> pd.Series:
        pair = [self.run(draw, side) for side in (BASELINE, ALTERNATIVE)]
        rate = pair[1].accounts.discount_yearly
        first, second = (
            pd.concat([present_gains(run, rate), present_costs(run, rate)], axis=1) for run in pair
        )
        return (second - first).mean()

    def acceptability(
        self,
        gain: str = YEARS_OFF,
        perspective: str = SERVICES,
        willingness: Column | float | None = None,
    ) -> pd.DataFrame:
        """Return the share of draws in which the gain is worth its cost: willingness (SEK), probability."""
        self._check_plane(gain, perspective, willingness)
        points = self.plane(gain, perspective)
        return effectiveness.acceptability(points["cost"], points["gain"], willingness, of="points")

    def _check_plane(self, gain: str, perspective: str, willingness: object = None) -> None:
        if not self.is_comparison:
            raise SpellsError(
                "plane: each draw is of one run; cost-effectiveness takes a comparison over draws "
                "(study=compare with draws.file)"
            )
        check_plane(gain, perspective, willingness)
        if perspective not in (ONLY_EFFORT, SERVICES):
            raise SpellsError(
                f"perspective: {perspective!r} takes spells, which runs over draws do not keep; "
                f"there are '{ONLY_EFFORT}' and '{SERVICES}'"
            )

    def written_tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that the folder has beside both layers, by the names of their files."""
        tables = {"settings": self.settings(), "costs": self.costs()}
        tables |= {"budget": self.budget()} if self.has_budget else {}
        return {**tables, **self._worth()} if self.is_comparison else tables

    def _worth(self) -> dict[str, pd.DataFrame]:
        """Return plane and acceptability of every gain, from both perspectives: also `of`, `perspective`."""
        kinds = [(gain, perspective) for perspective in (SERVICES, ONLY_EFFORT) for gain in GAINS]
        parts = {
            "plane": [self.plane(*kind) for kind in kinds],
            "acceptability": [self.acceptability(*kind) for kind in kinds],
        }
        return {
            name: pd.concat(
                [one.assign(perspective=kind[1], of=kind[0]) for one, kind in zip(own, kinds, strict=True)],
                ignore_index=True,
            )
            for name, own in parts.items()
        }
