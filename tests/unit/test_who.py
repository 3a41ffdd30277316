"""Groups of clients, gaps, creaming, and the spread of time: by hand, and on a small run."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import population
from simulator.errors import SimulatorError
from simulator.experiments.comparison import compare
from simulator.experiments.opening import StoredOutcome, open_results
from simulator.experiments.run import run_to_folder
from simulator.experiments.runner import simulate
from simulator.outcomes import capacity as of_capacity
from simulator.outcomes import distance as d
from simulator.outcomes import summary as of_summary
from simulator.outcomes.capacity import wait_values
from simulator.outcomes.lorenz import gini, lorenz
from simulator.outcomes.measures import more_replications
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.survival import SpellsError
from simulator.outcomes.who import gaps
from simulator.outcomes.who import who as who_table

SMALL = (
    "population.size=120",
    "population.burn_in_weeks=26",
    "population.offices=1",
    "replications=3",
    "weeks=110",
)


@pytest.fixture(scope="module")
def run(load):
    return simulate(load("default", *SMALL))


def lorenz_spells(weeks, minutes):
    columns = {"replication": 0, "entry_week": 0, "weeks": weeks, "staff_minutes": minutes}
    return pd.DataFrame({**columns, "meeting_minutes": minutes})


def test_limits_of_traits_are_those_of_the_population():
    assert (d.YOUNG, d.ELDER) == (population.YOUNG, population.ELDER)
    assert d.NEWLY_ARRIVED_YEARS == population.NEWLY_ARRIVED_YEARS


def test_distance_is_the_negative_predictor_of_work(run):
    spells = run.spells.iloc[:1].assign(
        age=25.0, sex="woman", children=0, foreign_born=False, years_in_country=25.0, education="primary",
        experience_years=5.0, disability=False, barrier_health=0.5, barrier_debt=1.0,
        barrier_substance=0.0, barrier_language=0.0, barrier_family=0.0, barrier_skills=0.0,
    )  # fmt: skip
    work = run.settings["doors"]["work"]
    barriers = -(0.5 * work["barriers"]["health"] + work["barriers"]["debt"])
    traits = [work["traits"][name] for name in ("under_30", "woman", "primary_education")]
    expected = barriers - sum(traits) - 0.5 * work["traits"]["experience"]
    assert d.distance_from_work(spells, run.settings).iloc[0] == pytest.approx(expected)
    assert d.distance_from_work(spells, run.settings, traits=False).iloc[0] == pytest.approx(barriers)


def test_thirds_are_thirds_and_far_is_further(run):
    flow = run.spells[run.spells["entry_week"] >= 0]
    groups = d.groups_by(flow, "distance", run.settings)
    shares = groups.value_counts(normalize=True)
    assert shares.to_numpy() == pytest.approx(1 / 3, abs=0.01)
    means = d.distance_from_work(flow, run.settings).groupby(groups, observed=True).mean()
    assert means["near"] < means["middle"] < means["far"]


def test_groups_add_up_to_everybody(run):
    for by in ("distance", "sex", "family", "age_group", "children", "office"):
        table = run.who(by)
        assert table[table["outcome"] == "spells begun"]["value"].sum() == pytest.approx(1.0)


def test_a_group_is_the_whole_if_there_is_only_one(run):
    summary = run.summary().set_index("outcome")
    table = run.who("office").set_index("outcome")
    for name in ("mean time on benefit within the first 55 weeks", "left by work within 55 weeks"):
        assert table.loc[name, ["value", "low", "high"]].tolist() == pytest.approx(
            summary.loc[name, ["value", "low", "high"]].tolist()
        )


def test_an_unknown_trait_is_refused_with_the_nearest(run):
    with pytest.raises(SimulatorError, match=r"by: there is no trait 'distanse'.*did you mean 'distance'"):
        run.who("distanse")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda run: run.who(5), "by: there is no trait 5; allowed: distance, family"),
        (lambda run: run.who([]), "by: no trait"),
        (lambda run: run.who(["agegroup", "famly"], 95), "3 mistakes"),
        (lambda run: run.gaps("sxe", "female", 4), "2 mistakes"),
        (lambda run: run.gaps("sex", "wman"), r"reference: there is no group 'wman'.*did you mean 'woman'"),
        (lambda run: run.log_rank("distanse"), r"by: .*did you mean 'distance'"),
        (lambda run: run.survival("first_meeting_week"), "by: 'first_meeting_week' fills up while a spell"),
        (
            lambda run: replace(run, spells=run.spells.assign(town=pd.NA)).survival("town"),
            "by: 'town' is missing in",
        ),
        (lambda run: run.definitions(gap_months=-1), "gap_months: -1 is not months"),
        (lambda run: run.definitions(gap_months="x", level=2), r"2 mistakes(?s:.)*gap_months: 'x'"),
        (lambda run: run.replications_needed("weeks between talks", 1e-9), r"more than 10\^15 replications"),
        (lambda run: run.replications_needed("x", "y", 3), "3 mistakes"),
        (lambda run: run.cox("weeks"), "'weeks' says how a spell ended"),
    ],
)
def test_what_cannot_be_answered_is_said(run, ask, said):
    with pytest.raises(SpellsError, match=said):
        ask(run)


@pytest.mark.parametrize("by", ["distance", "family", "age", "replication", "sex"])
def test_groups_are_the_same_wherever_clients_are_grouped(run, by, tmp_path):
    flow = run.spells[run.spells["entry_week"] >= 0]
    labels = [str(label) for label in d.groups_by(flow, by, run.settings).astype("category").cat.categories]
    assert sorted(run.who(by)["group"].unique()) == sorted(labels)
    assert [str(label) for label in run.counts(by).labels] == labels
    assert run.log_rank(by)["degrees"].item() == len(labels) - 1
    run.spells.to_parquet(tmp_path / "spells.parquet")
    stored = StoredOutcome(tmp_path, run.manifest)
    pd.testing.assert_frame_equal(stored.incidence(by), run.incidence(by))
    assert "spells" not in vars(stored)


def test_traits_that_are_no_column_explain_too(run):
    found = run.cox(["distance", "family"])["covariate"]
    assert found.tolist() == ["distance=middle", "distance=far", "family=children"]


def test_gaps_of_two_groups_worked_by_hand():
    values = pd.DataFrame(
        {"replication": [0, 1, 0, 1], "group": ["a", "a", "b", "b"], "value": [1.0, 2.0, 3.0, 4.0]}
    ).assign(outcome="x", unit="weeks")
    row = gaps(values).iloc[0]
    assert (row["group"], row["reference"], row["difference"], row["low"], row["high"]) == ("b", "a", 2, 2, 2)
    assert row["ratio"] == pytest.approx(3.5 / 1.5)
    turned = gaps(values, reference="b").iloc[0]
    assert turned["difference"] == -2.0


def test_families_hit_are_those_with_children(run):
    spells = run.spells.assign(reductions=0, denials=0)
    first = spells[(spells["children"] > 0) & (spells["entry_week"] >= 0)].index[0]
    spells.loc[first, "denials"] = 1
    table = who_table(spells, run.weeks, run.settings, "family").set_index(["group", "outcome"])["value"]
    of_families = (
        ((spells["children"] > 0) & (spells["entry_week"] >= 0)).groupby(spells["replication"]).sum()
    )
    own = of_families[spells.loc[first, "replication"]]
    assert table["children", "families with children reduced or denied"] == pytest.approx(1 / own / 3)


def test_creaming_is_nought_where_all_get_alike(run):
    since = (run.spells["weeks"] - (run.spells["first_meeting_week"] - run.spells["entry_week"])).fillna(0)
    since = since.astype(float)
    alike = run.spells.assign(meetings=since, staff_minutes=2.0 * since)
    table = Outcome(alike, run.weekly, run.programmes, run.manifest).creaming().set_index("outcome")
    assert table.loc["talks", ["gap", "low", "high"]].tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    assert table.loc["minutes of a caseworker", "ratio"] == pytest.approx(1.0)


def test_lorenz_of_equal_time_is_the_diagonal():
    table = lorenz(lorenz_spells([10, 20, 5], [30.0, 60.0, 15.0]))
    assert table["share_of_minutes"].to_numpy() == pytest.approx(table["share_of_client_weeks"].to_numpy())
    assert gini(lorenz_spells([10, 20, 5], [30.0, 60.0, 15.0]))["value"].to_numpy() == pytest.approx(
        0.0, abs=1e-12
    )


def test_gini_worked_by_hand():
    """Half of the weeks get nothing, half get all: the area below the curve is a quarter."""
    spells = lorenz_spells([10, 10], [0.0, 60.0])
    assert gini(spells)["value"].tolist() == pytest.approx([0.5, 0.5])
    curve = lorenz(spells, points=5).query("of == 'all minutes'")["share_of_minutes"]
    assert curve.tolist() == pytest.approx([0.0, 0.0, 0.0, 0.5, 1.0])


AMOUNTS = st.lists(st.tuples(st.integers(1, 100), st.integers(0, 10_000)), min_size=1, max_size=20)


@settings(max_examples=50, deadline=None)
@given(AMOUNTS)
def test_lorenz_lies_below_the_diagonal_and_rises(amounts):
    weeks, minutes = (list(column) for column in zip(*amounts, strict=True))
    table = lorenz(lorenz_spells(weeks, minutes)).query("of == 'all minutes'")
    share, at = table["share_of_minutes"].to_numpy(), table["share_of_client_weeks"].to_numpy()
    assert (share <= at + 1e-9).all()
    assert (np.diff(share) >= -1e-12).all() and share[0] == 0.0 and share[-1] == pytest.approx(1.0)


def test_waits_count_those_who_leave_first_as_never_coming():
    flow = pd.DataFrame(
        {
            "replication": 0, "entry_week": [0, 5, 0, 0], "weeks": [10, 10, 3, 10],
            "exited": [True, True, True, False],
            "first_meeting_week": pd.array([4, 7, None, None], dtype="Int32"),
        }
    )  # fmt: skip
    table = wait_values(flow, 12).set_index("week")["value"]
    assert table[[1, 2, 3, 4, 9, 12]].tolist() == pytest.approx([0.0, 0.25, 0.25, 0.5, 0.5, 0.5])


def test_hours_by_task_add_up_to_those_used(run):
    table = run.capacity()
    hours = table[table["measure"] == "part of paid time"]["value"].sum()
    used = table[table["measure"] == "caseworkers' time used"]["value"].iloc[0]
    assert hours == pytest.approx(used)


def test_the_budget_holds_all_of_the_money_of_the_panel(run):
    table = run.budget()
    years = table[(table["payer"] == "all payers") & (table["year"] != "present value")]
    sums = years.groupby("item")["value"].sum()
    panel = run.weekly.groupby("replication").sum().mean() / 1e6
    assert -sums["benefit"] == pytest.approx(panel["benefit_sek"])
    assert -sums["caseworkers"] == pytest.approx(panel["staff_sek"])
    assert -(sums["places used"] + sums["places empty"]) == pytest.approx(panel["programme_sek"])


def test_waits_rise_and_stay_shares(run):
    for _, own in run.waits().groupby("wait"):
        assert own["share"].is_monotonic_increasing
        assert own["share"].between(0.0, 1.0).all()


def test_more_replications_are_those_still_missing(run):
    values = pd.DataFrame({"replication": range(4), "outcome": "x", "value": [1.0, 2.0, 4.0, 4.5]})
    assert more_replications(values, "x", 100.0, 0.95) == 0
    assert more_replications(values, "x", 0.4, 0.95) > 100
    with pytest.raises(SimulatorError, match="did you mean 'weeks between talks'"):
        run.replications_needed("weeks betwen talks", 1.0)
    with pytest.raises(ValueError, match="width"):
        run.replications_needed("weeks between talks", 0.0)


def test_an_outcome_is_of_one_draw(run):
    """Luck and draws are never mixed, and no sum counts a replication of two draws twice."""
    spells, weekly, programmes = (
        pd.concat([table.assign(draw=n) for n in (0, 1)], ignore_index=True) for table in run.tables()
    )
    with pytest.raises(SpellsError, match=r"3 mistakes(?s:.)*spells: holds 2 draws(?s:.)*uncertainty.layers"):
        Outcome(spells, weekly, programmes, run.manifest)
    with pytest.raises(SpellsError, match="weekly: tells some weeks of a replication twice"):
        Outcome(run.spells, weekly.drop(columns="draw"), run.programmes, run.manifest)
    one = Outcome(*(table[table["draw"] == 1] for table in (spells, weekly, programmes)), run.manifest)
    pd.testing.assert_frame_equal(one.costs(), run.costs())


OWN = pd.DataFrame(
    {
        "entry_week": [0, 0, 1, -3], "weeks": [4, 2, 3, 9], "exited": [True, True, False, True],
        "door": ["work", "study", None, "work"], "client": [1, 2, 3, 4], "sex": ["f", "m", "f", "m"],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["who", "gaps", "creaming", "lorenz", "gini", "costs", "budget", "capacity", "waits", "outcomes",
     "summary", "definitions"],
)  # fmt: skip
def test_a_table_of_ones_own_is_told_what_it_lacks(name):
    own = Outcome(OWN, pd.DataFrame(), pd.DataFrame(), {})
    with pytest.raises(SpellsError, match=r"no column replication(?s:.)*takes a whole run"):
        getattr(own, name)()
    assert own.survival()["exits"].sum() == 2


def test_a_stock_is_at_risk_from_when_it_is_watched():
    """One spell under way at week 0 after 3 weeks, which ends in its ninth: at risk in weeks 4 to 9 alone."""
    own = Outcome(OWN, pd.DataFrame(), pd.DataFrame(), {})
    stock = own.survival(sample="stock").set_index("week")
    assert stock.loc[9, ["at_risk", "exits"]].tolist() == [1, 1]
    whole = own.survival(sample="all", interval="plain").set_index("week")["at_risk"]
    assert whole[[2, 4]].tolist() == [3, 2]  # in week 2 the stock is not yet watched
    with pytest.raises(SpellsError, match=r"sample: 'stok'.*did you mean 'stock'"):
        own.survival(sample="stok")
    with pytest.raises(SpellsError, match="spells: there is no column 'weeks'"):
        Outcome(OWN.drop(columns="weeks"), pd.DataFrame(), pd.DataFrame(), {}).survival()


def test_an_outcome_passes_on_what_estimators_can_do(run, tmp_path):
    assert run.log_rank("sex", "fleming-harrington", rho=1, gamma=1)["p_value"].between(0, 1).all()
    assert len(run.gray_test("sex", rho=1.0)) > 2
    assert run.cox("sex", strata="family", sample="all")["covariate"].tolist() == ["sex=woman"]
    found = run.discrete_hazard("distance", pieces=[0, 13], link="logit")["covariate"]
    assert found.tolist() == ["distance=middle", "distance=far"]
    plain, usual = (run.quantile(interval=kind)["low"].item() for kind in ("plain", "log-log"))
    assert plain > 0 and usual > 0
    run.spells.to_parquet(tmp_path / "spells.parquet")
    stored = StoredOutcome(tmp_path, run.manifest).survival("sex", sample="stock")
    pd.testing.assert_frame_equal(stored, run.survival("sex", sample="stock"))


def test_a_comparison_with_itself_changes_nothing(load):
    scenario = load("default", *SMALL)
    effect = compare(scenario, scenario, replications=2)
    assert (effect.budget()[["value", "low", "high"]] == 0.0).all(axis=None)
    who = effect.who()
    assert (who["difference"].dropna() == 0.0).all() and len(who) > 50
    assert effect.cost_effectiveness()["ratio"].isna().all()
    assert (effect.pay_back()["month"] == 0.0).all()
    assert effect.replications_needed("weeks between talks", 0.1) == 0
    assert all(len(table) for table in effect.written_tables().values())
    assert (effect.gaps("sex")["difference"].dropna() == 0.0).all() and len(effect.gaps("sex")) > 10
    assert (effect.creaming()["difference"].dropna() == 0.0).all() and len(effect.creaming()) > 3
    for payer in ("state", "region", "insurance", "municipality", "all payers", "effort"):
        assert (effect.plane("exit", payer)["cost"] == 0.0).all() and (
            effect.balance(payer)["value"] == 0.0
        ).all()
    assert len(effect.acceptability(perspective="state", willingness=100_000)) == 1
    assert effect.persons("distance")["group"].tolist() == ["near", "middle", "far"]
    with pytest.raises(SpellsError, match=r"3 mistakes(?s:.)*gain: (?s:.)*perspective: (?s:.)*willingness: "):
        effect.acceptability("exitz", "efort", [-1])
    with pytest.raises(SpellsError, match=r"2 mistakes(?s:.)*level: (?s:.)*perspective: "):
        effect.balance("munic", level=9)
    for wrong in ("x", True, [np.nan]):
        with pytest.raises(SpellsError, match="willingness: "):
            effect.acceptability(willingness=wrong)
    with pytest.raises(SimulatorError, match=r"gain: .*did you mean 'exit to work'"):
        effect.plane("exit to wrok")


def test_a_results_folder_has_the_tables_and_their_sums(load, tmp_path):
    scenario = load("default", *SMALL, f"output.dir={tmp_path / 'run'}")
    folder = run_to_folder(scenario, lambda outcome, folder, tables: None)
    outcome = open_results(folder)
    files = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    for name, table in outcome.written_tables().items():
        assert f"tables/{name}.csv" in files
        written = pd.read_csv(folder / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""])
        assert written.columns.tolist() == table.columns.tolist() and len(written) == len(table)


ASKED = {
    "capacity": (of_capacity.OF_SPELLS, of_capacity.OF_WEEKLY, of_capacity.OF_PROGRAMMES),
    "summary": (of_summary.OF_SPELLS, of_summary.OF_WEEKLY, ()),
}


@pytest.mark.parametrize("ask", ASKED)
def test_what_a_table_is_made_from_is_enough(run, ask):
    needed = [*ASKED[ask]]
    needed[0] += tuple({*of_capacity.WAITS.values()} & {*run.spells}) if ask == "capacity" else ()
    few = [table[[*columns]] for table, columns in zip(run.tables(), needed, strict=True)]
    pd.testing.assert_frame_equal(getattr(Outcome(*few, run.manifest), ask)(), getattr(run, ask)())


@pytest.mark.parametrize("ask", ASKED)
def test_a_half_made_table_is_told_all_that_it_lacks(run, ask):
    for place, columns in enumerate(ASKED[ask]):
        lacking = [name for name in columns if name not in ("replication", "week")][1:]
        tables = [*run.tables()]
        tables[place] = tables[place].drop(columns=lacking)
        if not lacking:
            continue
        with pytest.raises(SpellsError) as caught:
            getattr(Outcome(*tables, run.manifest), ask)()
        assert str(caught.value).split(": no column ")[1].split(". ")[0].split(", ") == lacking


def test_a_programme_without_an_owner_has_no_payer(run):
    with pytest.raises(SpellsError, match=r"programmes: no column owner\. "):
        replace(run, programmes=run.programmes.drop(columns="owner")).budget()


def test_rows_and_their_labels_may_stand_in_any_order(run):
    mixed = replace(run, weekly=run.weekly.sample(frac=1.0, random_state=1))
    pd.testing.assert_frame_equal(mixed.summary(), run.summary())
    mixed = replace(run, spells=run.spells.sample(frac=1.0, random_state=1))
    pd.testing.assert_frame_equal(mixed.definitions(), run.definitions())
    alike = replace(run, spells=run.spells.set_index(np.zeros(len(run.spells), int)))
    pd.testing.assert_frame_equal(alike.definitions(), run.definitions())
    arrow = replace(run, spells=run.spells.convert_dtypes(dtype_backend="pyarrow"))
    pd.testing.assert_frame_equal(arrow.definitions(), run.definitions(), check_dtype=False)


def test_a_run_without_tables_or_weeks_says_so(run):
    with pytest.raises(SpellsError, match=r"2 mistakes(?s:.)*spells: a pandas DataFrame is needed, not list"):
        Outcome([1], run.weekly, None, run.manifest)
    with pytest.raises(SpellsError, match="weekly: there are no weeks"):
        replace(run, weekly=run.weekly[:0]).summary()
