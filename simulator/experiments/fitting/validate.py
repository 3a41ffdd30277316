"""Validation: every published fact by its own design, with fresh luck, and a verdict by a rule stated here.

The rule, for the simulated mean and a 95 % interval that holds luck and parameters (on either side the root
of the sum of squares of how far both layers reach; quantiles of draws are that sure from 39 draws on):

- a figure with a published interval is *met* if z, the difference over the standard deviation of both
  together on the sides that face each other, is within 1.96, else *missed*; met with a simulated interval
  more than three times as wide as the published one, it *says little*;
- a figure without one is *met* if the simulated interval holds it, else *missed*; *says little*, if the
  interval holds nought, too, or is more than three times as wide as the figure is large (of a ratio: goes
  over more than three logarithms);
- a sign is *met* if the whole interval is on its side of nought, *missed* if on the other, else *open*;
- *no measure* where nothing in a run can be held against the fact, *not measured* where the runs had nothing
  to measure, or too little for an interval.

No discrepancy of the model is allowed for here, as it is in a fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.composing.pairing import Load
from simulator.experiments.fitting.draws import read_draws
from simulator.experiments.fitting.facts import SD_OF_HALF, Fact, read_facts
from simulator.experiments.fitting.published import Measure, Tables, measures_of, worlds_of
from simulator.experiments.fitting.worlds import check_estimates, compose_worlds, simulate_worlds
from simulator.outcomes.uncertainty import layers
from simulator.parameters import Scenario
from simulator.parameters.fitting import Validate

MET, MISSED, OPEN, LITTLE, NO_MEASURE, NOT_MEASURED = VERDICTS = (
    "met", "missed", "open", "says little", "no measure", "not measured"
)  # fmt: skip
WIDE = 3.0
NAN = float("nan")
BOUNDS = ("value", "monte_carlo_low", "monte_carlo_high", "parameter_low", "parameter_high")


def facts_of(study: Validate) -> list[Fact]:
    """Return the facts that a study holds the model against."""
    return read_facts(Path(study.facts) if study.facts else None, study.only)


def validate(scenario: Scenario, study: Validate, folder: Path, load: Load) -> pd.DataFrame:
    """Simulate what is missing of every fact's worlds at every draw, and judge each fact.

    Parameters
    ----------
    scenario : Scenario
        The municipality, with its draws.
    study : Validate
        Which facts.
    folder : Path
        Where the runs go: a sweep's folder.
    load : callable
        Loads scenarios under the overrides of the command.

    Returns
    -------
    DataFrame
        A row a measure: id, use, fact, says, published, low, high, unit, simulated, monte_carlo_low,
        monte_carlo_high, parameter_low, parameter_high, z, verdict, note, design.

    Raises
    ------
    SettingsError
        If facts or draws cannot be read, or a world cannot be made.
    """
    facts = facts_of(study)
    fresh = scenario.model_copy(update={"seed": scenario.seed + study.fresh_luck})
    worlds = compose_worlds(fresh, worlds_of(facts), load)
    draws = read_draws(scenario, study.most_draws)
    if not folder.exists():
        check_estimates(((fact, one) for fact in facts for one in measures_of(fact).values()), worlds)
    own_luck = [{**values, "seed": fresh.seed + number} for number, values in enumerate(draws)]
    tables = simulate_worlds(scenario, folder, worlds, own_luck)
    return pd.DataFrame([row for fact in facts for row in rows_of(fact, tables)])


def rows_of(fact: Fact, tables: Sequence[Tables]) -> Iterator[dict[str, object]]:
    """Yield a row for each measure of a fact, or one that says that it has none."""
    for name, measure in measures_of(fact).items():
        values = [measure.of(one) for one in tables]
        yield {
            **_published(name, fact, measure),
            **judged(fact, values),
            "note": measure.note,
            "design": fact.design,
        }
    if not measures_of(fact):
        yield _without(fact)


def _published(name: str, fact: Fact, measure: Measure | None = None) -> dict[str, object]:
    says = measure.says if measure else ""
    number = fact.value if not says else NAN
    return {
        "id": name, "use": fact.use, "fact": fact.fact, "says": says, "published": number,
        "low": fact.low, "high": fact.high, "unit": fact.unit,
    }  # fmt: skip


def _without(fact: Fact) -> dict[str, object]:
    empty = dict.fromkeys(("simulated", *BOUNDS[1:], "z"), NAN)
    why = "nothing in a run is held against it"
    return {**_published(fact.id, fact), **empty, "verdict": NO_MEASURE, "note": why, "design": fact.design}


def judged(fact: Fact, values: Sequence[pd.Series]) -> dict[str, object]:
    """Return what came out for a measure of a fact, with both intervals, z and verdict.

    Parameters
    ----------
    fact : Fact
        What was published.
    values : sequence of Series
        For each draw, the measure by replication, on the fact's scale of comparison.
    """
    parts = [
        one.rename("value").rename_axis("replication").reset_index().assign(draw=number)
        for number, one in enumerate(values)
    ]
    whole = pd.concat(parts)
    if whole["value"].isna().all():
        return {**dict.fromkeys(("simulated", *BOUNDS[1:], "z"), NAN), "verdict": NOT_MEASURED}
    table = layers(whole.assign(outcome="measure", unit=fact.unit))
    row = {name: float(table[name].iloc[0]) for name in (*BOUNDS, "parameter_sd")}
    if np.isnan(row["monte_carlo_high"]) and np.isnan(row["parameter_sd"]):  # too few values for an interval
        return {**_shown(fact, row), "z": NAN, "verdict": NOT_MEASURED}
    z, verdict = verdict_of(fact, row["value"], *_reach(row))
    return {**_shown(fact, row), "z": z, "verdict": verdict}


def _reach(row: Mapping[str, float]) -> tuple[float, float]:
    """Return how far the interval of luck and parameters together reaches below and above the value."""
    layers_of = ("monte_carlo", "parameter")
    below, above = (
        float(np.sqrt(np.nansum([(row[f"{layer}_{side}"] - row["value"]) ** 2 for layer in layers_of])))
        for side in ("low", "high")
    )
    return below, above


def _shown(fact: Fact, row: Mapping[str, float]) -> dict[str, object]:
    """Return value and bounds in the fact's unit."""
    shown: dict[str, object] = {name: fact.off_scale(row[name]) for name in BOUNDS}
    return {"simulated": shown.pop("value"), **shown}


def verdict_of(fact: Fact, value: float, below: float, above: float) -> tuple[float, str]:
    """Return z and verdict for a simulated value whose interval reaches so far; see the rule above."""
    if np.isnan(fact.value):
        if fact.direction < 0.0:
            value, below, above = -value, above, below
        facing = below if value > 0.0 else above
        z = value / (facing / SD_OF_HALF) if facing > 0.0 else NAN
        return z, MET if value - below > 0.0 else MISSED if value + above < 0.0 else OPEN
    off = value - fact.on_scale(fact.value)
    short, over = fact.sds() if fact.has_interval else (0.0, 0.0)
    published, simulated = (short, above) if off < 0.0 else (over, below)
    together = float(np.hypot(published, simulated / SD_OF_HALF))
    z = off / together if together > 0.0 else NAN
    if not abs(off) <= SD_OF_HALF * together:
        return z, MISSED
    width = (short + over) * SD_OF_HALF
    if not fact.has_interval:
        width = 1.0 if fact.is_ratio else abs(fact.value)
    holds_nought = not fact.has_interval and value - below <= 0.0 <= value + above
    return z, LITTLE if holds_nought or below + above > WIDE * width else MET
