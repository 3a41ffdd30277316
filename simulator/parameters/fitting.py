"""Settings of calibration and validation, and of runs over draws of what is not known."""

from __future__ import annotations

from typing import Literal

from simulator.parameters.base import Group, choice, quantity, share


class Calibrate(Group):
    """Settings that nobody knows, fitted to published facts."""

    kind: Literal["calibrate"] = choice("Kind of study", "assumed: text")
    facts: str | None = choice("CSV file of facts of one's own (null: those of the project)", "assumed: text")
    only: list[str] = choice("Which facts, by id (empty: all whose use is calibrate)", "assumed: all")
    free: list[str] = choice(
        "What is fitted: 'KEY' for the prior declared with it, or 'KEY: SHAPE LOW..HIGH, SOURCE'",
        "assumed: what the facts may tell about",
    )
    first_points: int = quantity(
        "Points of the first wave, spread over the prior; a power of two",
        "points",
        "assumed: some ten for each free setting",
        ge=8,
        le=2**16,
        plausible=(32, 512),
    )
    waves: int = quantity(
        "Further waves, each drawn where the facts are not missed by far",
        "waves",
        "assumed: enough for the emulator to be sure where it matters",
        ge=0,
        le=50,
        plausible=(1, 5),
    )
    wave_points: int = quantity(
        "Points of each further wave",
        "points",
        "assumed: half the first",
        ge=4,
        le=2**16,
        plausible=(16, 256),
    )
    widening: float = quantity(
        "How many times wider than in the posterior misfits may be in the first further wave; then less",
        "1",
        "assumed: three, as is usual in history matching",
        ge=1.0,
        le=100.0,
        plausible=(2.0, 5.0),
    )
    share_discrepancy: float = share(
        "Standard deviation of what the model cannot get right, as a share of the published figure",
        "assumed: less than the published intervals, so that these decide",
        (0.01, 0.2),
    )
    share_unknown: float = share(
        "Standard deviation of a figure published without interval, as a share of it",
        "assumed: half of it, so that it says little",
        (0.2, 1.0),
    )
    share_outside: float | None = quantity(
        "How softly published intervals hold the draws: standard deviation outside of one, as a share of "
        "half its width (null: they do not)",
        "1",
        "assumed: a tenth, so that hardly any draw lies outside",
        ge=0.001,
        le=100.0,
        plausible=(0.05, 1.0),
    )
    draws: int = quantity(
        "Draws of the posterior that are stored",
        "draws",
        "assumed: enough for a 95 % range",
        ge=2,
        le=100_000,
        plausible=(32, 256),
    )


class Validate(Group):
    """Every published fact by its own design, against what the model was and was not fitted to."""

    kind: Literal["validate"] = choice("Kind of study", "assumed: text")
    facts: str | None = choice("CSV file of facts of one's own (null: those of the project)", "assumed: text")
    only: list[str] = choice("Which facts, by id (empty: all)", "assumed: all")
    fresh_luck: int = quantity(
        "Added to the seed, so that nothing is judged by the luck it was fitted with",
        "1",
        "assumed: any but 0",
        ge=1,
        le=2**31,
        plausible=(1, 1_000_000),
    )
    most_draws: int = quantity(
        "Draws of the settings that are tried at most, evenly taken from all",
        "draws",
        "assumed: enough to see the spread",
        ge=1,
        le=100_000,
        plausible=(8, 128),
    )


class Draws(Group):
    """Draws of settings that nobody knows: every run is one of each."""

    file: str | None = choice(
        "CSV file: a column a setting, a row a draw (null: settings as they are)", "assumed: text"
    )
    most: int | None = quantity(
        "How many are used at most, evenly taken from all (null: all)",
        "draws",
        "assumed: all",
        ge=1,
        le=100_000,
        plausible=(16, 256),
    )
