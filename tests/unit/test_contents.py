"""Tables that were filtered, joined or read as words are refused where numbers would come out wrong."""

from __future__ import annotations

import dataclasses
from functools import partial

import numpy as np
import pandas as pd
import pytest

from simulator.experiments.comparison import compare
from simulator.experiments.runner import simulate
from simulator.outcomes.definitions import periods
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.survival import SpellsError, cox, discrete_hazard
from simulator.outcomes.uncertainty import layers

SMALL = ("population.size=60", "population.burn_in_weeks=10", "replications=2", "weeks=104")


@pytest.fixture(scope="module")
def run(load):
    return simulate(load("default", *SMALL))


def changed(run, **tables):
    return dataclasses.replace(run, **tables)


def test_money_that_is_missing_is_not_nought(run):
    lost = run.weekly.assign(benefit_sek=run.weekly["benefit_sek"].where(run.weekly["week"] > 3))
    for ask in (Outcome.costs, Outcome.budget, Outcome.summary):
        with pytest.raises(SpellsError, match="weekly: 'benefit_sek' is missing in 8 rows of 208"):
            ask(changed(run, weekly=lost))


@pytest.mark.parametrize(
    ("table", "column", "ask"),
    [
        ("weekly", "benefit_sek", Outcome.costs),
        ("weekly", "clients", Outcome.capacity),
        ("weekly", "replication", Outcome.costs),
        ("spells", "entry_week", Outcome.survival),
        ("spells", "weeks", Outcome.who),
        ("programmes", "programme_sek", Outcome.budget),
    ],
)
def test_numbers_that_are_words_are_named(run, table, column, ask):
    own = getattr(run, table)
    words = changed(run, **{table: own.assign(**{column: own[column].astype(str)})})
    with pytest.raises(SpellsError, match=f"{column}'?:? holds values of type str, not numbers"):
        ask(words)


def test_dates_are_no_weeks(run):
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(run.spells["entry_week"] * 7, unit="D")
    with pytest.raises(SpellsError, match="'entry_week' holds values of type datetime64"):
        changed(run, spells=run.spells.assign(entry_week=dates)).restricted_mean(52)


def test_an_end_that_is_a_word_is_no_end(run):
    """The text False is true to Python: whoever is censored would have left."""
    words = run.spells.assign(exited=run.spells["exited"].astype(str))
    with pytest.raises(SpellsError, match="exited: holds values of type str"):
        changed(run, spells=words).definitions()


def test_an_end_without_a_door_is_told(run):
    spells = run.spells.assign(door=run.spells["door"].where(run.spells["door"] != "work"))
    with pytest.raises(SpellsError, match="'exited' and 'door' disagree"):
        changed(run, spells=spells).who()


@pytest.mark.parametrize(("table", "ask"), [("weekly", Outcome.summary), ("spells", Outcome.who)])
def test_a_column_that_is_there_twice_is_told(run, table, ask):
    own = getattr(run, table)
    name = {"weekly": "clients", "spells": "benefit_sek"}[table]
    with pytest.raises(SpellsError, match=f"{table}: 2 columns are named '{name}'"):
        ask(changed(run, **{table: pd.concat([own, own[[name]]], axis=1)}))


def test_programmes_are_told_once(run):
    with pytest.raises(SpellsError, match="programmes: tells a programme twice"):
        changed(run, programmes=pd.concat([run.programmes] * 2))


def test_no_week_and_no_replication_is_lost(run):
    with pytest.raises(
        SpellsError, match=r"not all weeks from 0 on are there in 2 replications, first in 0 \(103"
    ):
        changed(run, weekly=run.weekly[run.weekly["week"] != 17])
    with pytest.raises(SpellsError, match="replications that weekly does not have: 1; take the same"):
        changed(run, weekly=run.weekly[run.weekly["replication"] == 0])


def test_a_week_is_whole_and_money_is_finite(run):
    halves = changed(run, weekly=run.weekly.assign(week=run.weekly["week"] + 0.5))
    with pytest.raises(SpellsError, match=r"'week' is not whole in 208 rows, the first is 0\.5"):
        halves.costs()
    with pytest.raises(SpellsError, match="'benefit_sek' is infinite in 208 rows"):
        changed(run, weekly=run.weekly.assign(benefit_sek=np.inf)).summary()


@pytest.mark.parametrize(
    ("table", "column", "ask"),
    [
        ("weekly", "benefit_sek", Outcome.costs),
        ("weekly", "staff_sek", Outcome.summary),
        ("programmes", "programme_sek", Outcome.costs),
        ("spells", "benefit_sek", Outcome.who),
        ("spells", "benefit_sek", Outcome.budget),
    ],
)
def test_money_that_was_paid_is_not_below_nought(run, table, column, ask):
    own = getattr(run, table)
    slip = own[column].astype(float).mask(np.arange(len(own)) == 4, -7.5)
    says = rf"{table}: '{column}' is below nought in 1 row of {len(own):,}, the least is -7\.5"
    with pytest.raises(SpellsError, match=says):
        ask(changed(run, **{table: own.assign(**{column: slip})}))


def test_no_money_at_all_is_no_slip(run):
    free = changed(run, weekly=run.weekly.assign(staff_sek=0.0))
    assert (free.costs().query("item == 'caseworkers'")["value"] == 0.0).all()


def test_rows_may_stand_in_any_order_under_any_labels(run):
    other = [table.sample(frac=1, random_state=3).set_axis(np.zeros(len(table))) for table in run.tables()]
    shuffled = Outcome(*other, run.manifest)
    for ask in (Outcome.summary, Outcome.who, Outcome.creaming, Outcome.costs, Outcome.definitions):
        pd.testing.assert_frame_equal(ask(shuffled), ask(run), check_exact=False, rtol=1e-9)


@pytest.mark.parametrize("kind", ["int8", "uint8", "Int8", "uint8[pyarrow]"])
def test_weeks_of_a_byte_do_not_begin_anew(run, kind):
    flow = run.spells[(run.spells["entry_week"] >= 0) & (run.spells["weeks"] > 0)]
    narrow = flow.astype({"entry_week": kind, "weeks": kind})
    for ask in (Outcome.definitions, Outcome.summary, Outcome.budget):
        one, other = (ask(changed(run, spells=spells)) for spells in (narrow, flow))
        pd.testing.assert_frame_equal(one, other, check_dtype=False)
    joined = periods(narrow, gap_months=50.0)[["weeks", "weeks_on"]]
    assert (joined["weeks"] >= joined["weeks_on"]).all()
    assert joined["weeks"].max() <= 104


@pytest.mark.parametrize("settings", [None, {}, {"accounts": {"tax": 1}}])
def test_settings_without_accounts_are_told(run, settings):
    with pytest.raises(SpellsError, match="manifest: has no"):
        changed(run, manifest={"settings": settings}).costs()


def test_a_run_of_ones_own_takes_a_manifest(run):
    with pytest.raises(SpellsError, match="manifest: a dictionary is needed, not NoneType"):
        Outcome(*run.tables(), None)


def test_a_table_of_another_library_is_told_how_to_become_one(run):
    polars = pytest.importorskip("polars")
    with pytest.raises(
        SpellsError, match=r"spells: a pandas DataFrame is needed, not DataFrame of polars \(to_pa"
    ):
        changed(run, spells=polars.DataFrame({"weeks": [1]}))


def test_a_trait_asked_for_twice_is_told_once(run, load):
    pd.testing.assert_frame_equal(run.who(by=["sex", "sex"]), run.who(by="sex"))
    effect = compare(load("default", *SMALL), load("default", *SMALL, "sanctions=strict"), replications=2)
    pd.testing.assert_frame_equal(effect.who(by=["sex", "sex"]), effect.who(by="sex"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1]], "holds values that are no labels"),
        ([None], "is missing in all spells"),
    ],
)
def test_what_is_no_trait_is_refused(run, values, message):
    own = changed(run, spells=run.spells.assign(mine=values * len(run.spells)))
    with pytest.raises(SpellsError, match=message):
        own.who(by="mine")


def test_a_distance_takes_all_traits(run):
    lost = run.spells.assign(age=run.spells["age"].where(run.spells["age"] > 30))
    with pytest.raises(SpellsError, match="distance: 'age' is missing in"):
        changed(run, spells=lost).who()


def test_true_and_false_are_names_of_groups(run):
    own = changed(run, spells=run.spells.assign(old=run.spells["age"] > 40))
    pd.testing.assert_frame_equal(own.gaps("old", reference=True), own.gaps("old", reference="True"))


def people(shift=0.0, scale=1.0):
    rng = np.random.default_rng(5)
    x, plan = rng.normal(size=600), rng.integers(0, 2, 600)
    time = rng.exponential(12 * np.exp(-0.5 * x - 0.4 * plan))
    return pd.DataFrame(
        {"weeks": np.ceil(time).clip(1, 40), "exited": time < 40, "x": shift + scale * x, "plan": plan}
    )


@pytest.mark.parametrize("estimate", [cox, partial(discrete_hazard, pieces=[10])])
@pytest.mark.parametrize(("shift", "scale"), [(1e9, 1.0), (0.0, 1e10), (2e12, 1e4)])
def test_a_ratio_depends_on_no_origin_or_unit(estimate, shift, scale):
    """A year of birth, seconds since 1970 or money in cents say the same as standardised values."""
    plain, moved = (estimate(people(*one), covariates=["x", "plan"]) for one in ((), (shift, scale)))
    assert moved["z"].to_numpy() == pytest.approx(plain["z"].to_numpy(), rel=1e-5)
    assert moved.loc[0, "coefficient"] * scale == pytest.approx(plain.loc[0, "coefficient"], rel=1e-5)
    assert moved.loc[1, "se"] == pytest.approx(plain.loc[1, "se"], rel=1e-5)


def test_the_baseline_is_that_at_nought():
    here, there = (
        discrete_hazard(people(shift), covariates=["x"], pieces=[], link="logit") for shift in (0.0, 2.0)
    )
    odds = [next(iter(one.attrs["baseline"].values())) for one in (here, there)]
    logit = [np.log(p / (1 - p)) for p in odds]
    assert logit[1] == pytest.approx(logit[0] - 2.0 * here.loc[0, "coefficient"])


@pytest.mark.parametrize("step", [0.1, 0.3, 0.7, 1.1, 1.3, 2.9, 3.7])
def test_rounding_between_draws_is_no_spread(step):
    """Means of draws as far apart as luck alone has them: what is left between them is rounding."""
    apart = step / np.sqrt(2)
    table = pd.DataFrame(
        {
            "draw": [0, 0, 1, 1], "replication": [0, 1, 0, 1], "outcome": "a", "unit": "weeks",
            "value": [0.1, 0.1 + step, 0.1 + apart, 0.1 + step + apart],
        }
    )  # fmt: skip
    row = layers(table).iloc[0]
    assert row["share_monte_carlo"] == 1.0
    assert np.isnan(row["parameter_low"])
