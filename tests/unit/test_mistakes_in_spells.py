"""Whatever is handed in to an estimator: an answer, or one error of the project's own that says all."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from simulator.outcomes import survival
from simulator.outcomes.outcome import Outcome
from simulator.outcomes.survival import SpellsError

WEEKS, EXITED, DOORS, GROUPS = [1, 2, 2, 3], [1, 1, 0, 1], ["work", "study", None, "work"], list("abab")
CALLS = {
    "kaplan_meier": {"exited": EXITED},
    "nelson_aalen": {"exited": EXITED},
    "restricted_mean": {"exited": EXITED, "horizon": 3},
    "quantile": {"exited": EXITED},
    "log_rank": {"exited": EXITED, "groups": GROUPS},
    "cumulative_incidence": {"door": DOORS},
    "count_spells": {"door": DOORS},
    "gray_test": {"door": DOORS, "groups": GROUPS},
}
COLUMNS = ("weeks", "exited", "door", "entry", "groups", "weights")
NOT_TAKEN = {"log_rank": {"weights"}, "gray_test": {"weights", "entry"}}
WRONG = {
    "too few": [1, 2],
    "too many": [0] * 5,
    "missing": [1, np.nan, 2, 3],
    "negative": [1, -1, 2, 3],
    "text": list("abcd"),
    "empty": [],
    "one value": 3,
    "one word": "abcd",
    "infinite": [1, np.inf, 2, 3],
    "two columns": np.ones((4, 2)),
    "a table": pd.DataFrame({"a": WEEKS, "b": WEEKS}),
    "a set": {1, 2, 3, 4},
    "lists": [[1], [2], [3], [4]],
    "objects": [object()] * 4,
    "dates": pd.to_datetime(["2020-01-01"] * 4),
    "complex": [1j] * 4,
    "huge": [10**30] * 4,
    "mixed": [1, "a", None, 2.5],
}


@pytest.fixture
def table():
    rng = np.random.default_rng(31)
    n = 120
    columns = pd.DataFrame({"weeks": rng.geometric(0.1, n), "exited": rng.random(n) < 0.8, "one": 1})
    left = columns["exited"].to_numpy()
    half = rng.random(n) < 0.5
    return columns.assign(
        age=rng.integers(20, 30, n),
        group=rng.choice(list("abc"), n),
        never=(~left & half).astype(int),
        first=np.where(left, rng.choice(["x", "y"], n), np.where(half, "A", "x")),
    )


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("name", CALLS)
def test_any_column_is_read_or_refused(name, column):
    ends = {"exited", "door"} - CALLS[name].keys()
    if column in ends | NOT_TAKEN.get(name, set()):
        return
    refused = set()
    with warnings.catch_warnings(action="error"):
        for kind, values in WRONG.items():
            try:
                getattr(survival, name)(**{"weeks": WEEKS, **CALLS[name], column: values})
            except SpellsError as error:
                assert str(error).startswith((column, "exited", "door", "groups: a test", "2 mistakes"))
                refused.add(kind)
    always = {"too few", "too many", "empty", "one value", "one word", "two columns", "a table", "a set"}
    numbers = {"lists", "missing", "negative", "text", "infinite", "objects", "dates", "complex", "huge"}
    assert refused >= always | (numbers if column not in ("door", "groups") else {"lists"})


def test_all_mistakes_are_told_at_once():
    with pytest.raises(SpellsError) as caught:
        survival.kaplan_meier([1, -2], [1, None], [0], level=95, interval="logg", weights=["a", "b"])
    assert str(caught.value).splitlines() == [
        "5 mistakes:",
        "  1. interval: 'logg' is not one of log-log, plain, log; did you mean 'log'?",
        "  2. level: 95 is not a share between 0 and 1",
        "  3. weeks: 1 value negative or infinite, the first is -2",
        "  4. exited: 1 value missing",
        f"  5. weights: holds values of type {pd.Series(['a']).dtype}, not numbers, such as 'a'",
    ]


OTHER_ROWS = pd.Series([1, 1, 0, 1], index=[3, 2, 1, 0])


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("kaplan_meier", {"weeks": [1, "a", None, 3]}, r"(?s)2 mistakes.*1 value missing.*such as 'a'"),
        ("kaplan_meier", {"weights": [-1, 1, np.nan, 1]}, r"(?s)2 mistakes.*missing.*not above 0.*is -1"),
        ("kaplan_meier", {"exited": [2, None, 1, 1]}, r"(?s)2 mistakes.*missing.*1 value other than true"),
        ("kaplan_meier", {"weights": [1e300, 1, 1, 1]}, r"weights: they add up to 1e\+300; more than 2\^53"),
        ("kaplan_meier", {"weights": [2**62] * 4}, r"weights: they add up to 1.84e\+19"),
        ("kaplan_meier", {"weights": [1e-9, 1e9, 1, 1]}, r"weights: 1e-09 is too small beside their sum"),
        ("count_spells", {"repeats": [2**53, 1, 1, 1]}, r"repeats: .*not from 1 to 9,007"),
        ("count_spells", {"repeats": [1.5, 1, 0, 1]}, r"repeats: 2 values not whole, or not from 1"),
        (
            "kaplan_meier",
            {"weeks": pd.Series(WEEKS), "exited": OTHER_ROWS},
            "exited: its rows have other labels",
        ),
        ("gray_test", {"groups": OTHER_ROWS, "door": pd.Series(DOORS)}, "groups: its rows .* those of door"),
        ("kaplan_meier", {"interval": "greenwood"}, "did you mean 'plain'"),
        ("count_spells", {"door": [1.5, 1, 0, 1]}, "door: holds numbers that are not whole, such as 1.5"),
        ("gray_test", {"door": ["work", "nan", "study", "work"]}, "door: 'nan' would be a door"),
        (
            "count_spells",
            {"door": pd.Categorical(["work", "work", " ", "work"])},
            "door: ' ' would be a door",
        ),
        (
            "cumulative_incidence",
            {"door": ["work", "Censored", "a", "a"]},
            "missing value, an empty text or 0",
        ),
        (
            "kaplan_meier",
            {"exited": pd.Series([True, None, False, 1], dtype=object)},
            "exited: 1 value missing",
        ),
        ("kaplan_meier", {"weeks": pd.Series([1, 2, None, 3], dtype=object)}, "^weeks: 1 value missing$"),
        ("log_rank", {"weighting": "wilcoxon"}, "weighting: 'wilcoxon' is not.*did you mean 'gehan-breslow'"),
        ("log_rank", {"weighting": "Gehan"}, "did you mean 'gehan-breslow'"),
        ("log_rank", {"weighting": "logrank"}, "did you mean 'log-rank'"),
        ("log_rank", {"weighting": 3}, "weighting: 3 is not one of log-rank, gehan-breslow"),
        ("log_rank", {"rho": 1}, "rho: goes with the weighting 'fleming-harrington' only"),
        ("log_rank", {"weighting": "fleming-harrington", "rho": "x"}, "rho: 'x' is not a power"),
        ("log_rank", {"weighting": "fleming-harrington", "gamma": np.nan}, "gamma: nan is not a power"),
        ("gray_test", {"rho": np.nan}, "rho: nan is not a power of 0 or above"),
        ("gray_test", {"rho": "x"}, "rho: 'x' is not a power"),
        ("gray_test", {"door": [0, 0, 0, 0]}, "nobody leaves, so that no door is known"),
        ("log_rank", {"groups": None}, "groups: a test compares at least two"),
        ("restricted_mean", {"horizon": None}, "horizon: None is not a number of weeks"),
        ("quantile", {"q": True}, "q: True is not a share"),
        ("nelson_aalen", {"interval": "log-log"}, "did you mean 'log'"),
    ],
)
def test_words_and_numbers_are_checked(name, more, said):
    with pytest.raises(SpellsError, match=said):
        getattr(survival, name)(**{"weeks": WEEKS, **CALLS[name], **more})


def test_a_group_for_every_value_is_refused():
    weeks = np.arange(1.0, 3001.0)
    for test in (survival.log_rank, survival.gray_test):
        with pytest.raises(SpellsError, match="3,000 over 3,001 weeks are too many to test"):
            test(weeks, np.ones(3000), weeks)


def test_many_groups_of_few_are_refused():
    weeks, few = np.arange(1, 101), np.arange(100) % 20
    for test in (survival.log_rank, survival.gray_test):
        with pytest.raises(
            SpellsError, match=r"groups: of 20, 20 would have fewer than 10 .*\(0, 1, 2, 3, 4 and"
        ):
            test(weeks, np.ones(100), few)
        one_small = np.select([weeks % 50 == 0, weeks % 2 == 0], ["small", "even"], "odd")
        assert test(weeks, np.ones(100), one_small)["degrees"].item() == 2


def test_a_door_that_nobody_takes_has_no_p_value():
    door = pd.Categorical([None] * 4, categories=["work", "study"])
    test = survival.gray_test(WEEKS, door, GROUPS)
    assert test["door"].tolist() == ["work", "study"]
    assert test["p_value"].isna().all()


@pytest.mark.parametrize("estimate", [survival.cox, survival.discrete_hazard])
@pytest.mark.parametrize(
    ("covariates", "more", "said"),
    [
        ("never", {}, r"never has no finite ratio: .*perfect separation"),
        (["age", "never"], {}, r"covariates: never has no finite ratio"),
        ("first", {}, r"first=x, first=y have no finite ratio"),
        ("age", {"cluster": "one"}, r"cluster: 1 cluster for 1 ratio; .*takes 3"),
        ("weeks", {}, r"covariates: 'weeks' is what is explained"),
        (["agee", "grup"], {"cluster": "x"}, r"3 mistakes(?s:.)*'agee'; did you mean 'age'"),
        ([], {}, r"covariates: the name of at least one"),
        (5, {}, r"covariates: 5 is not the name of a column, or a list"),
        ([["age"]], {}, r"covariates: .* is not the name of a column"),
        ("gap", {}, r"gap: 1 value missing"),
        ("one", {}, r"covariates: one does not vary"),
        (
            ["age", "town", "day"],
            {},
            r"(?s)2 mistakes.*covariates: town does not vary.*day: .*neither numbers",
        ),
        (["xx", "gap", "k"], {}, r"(?s)3 mistakes.*'xx'.*'k'.*gap: 1 value missing"),
        ("tiny", {}, r"covariates: tiny has a ratio for one unit, or an interval of it, beyond all numbers"),
        ("age", {"cluster": "half"}, r"cluster: 2 clusters for 1 ratio; .*takes 3"),
        (["age", "group"], {"cluster": "third"}, r"cluster: 3 clusters for 3 ratios; .*takes 4"),
        ("huge", {}, r"huge: holds values that are infinite or too large"),
        (
            "age",
            {"level": 95, "weeks": "group"},
            r"2 mistakes(?s:.)*level: 95(?s:.)*group: holds values",
        ),
    ],
)
def test_regressions_say_what_is_wrong(table, estimate, covariates, more, said):
    gap = table["age"].where(table.index > 0)
    wrong = table.assign(gap=gap, huge=table["age"] * 1e200, tiny=table["age"] * 1e-12)
    wrong = wrong.assign(half=np.arange(len(table)) % 2, third=np.arange(len(table)) % 3)
    wrong = wrong.assign(town="Umea", day=pd.to_timedelta(table["age"], unit="D"))
    with warnings.catch_warnings(action="error"), pytest.raises(SpellsError, match=said):
        estimate(wrong, covariates=covariates, **more)


@pytest.mark.parametrize("estimate", [survival.cox, survival.discrete_hazard])
@pytest.mark.parametrize("rows", [None, [], 0, 1])
def test_regressions_take_tables_with_spells(table, estimate, rows):
    with pytest.raises(SpellsError, match=r"^(table|covariates): "):
        estimate(table[:rows] if isinstance(rows, int) else rows, covariates=["age", "group"])


def test_numbers_among_objects_are_numbers(table):
    objects = table[["weeks", "exited", "age"]].astype(object)
    for estimate in (survival.cox, survival.discrete_hazard):
        pd.testing.assert_frame_equal(estimate(objects, covariates="age"), estimate(table, covariates="age"))


def test_a_strong_effect_is_no_separation(table):
    rng = np.random.default_rng(32)
    group = np.arange(2000) % 2
    weeks = rng.geometric(np.where(group, 0.5, 0.005)).clip(max=300)
    spells = pd.DataFrame({"weeks": weeks, "exited": weeks < 300, "group": group})
    for estimate in (survival.cox, survival.discrete_hazard):
        row = estimate(spells, covariates="group").iloc[0]
        assert row["coefficient"] / row["se"] > 10


@pytest.mark.parametrize("pieces", [5, "x", [1, "a"], [10, 5], [5, 5], [np.nan]])
def test_pieces_are_weeks_in_rising_order(table, pieces):
    with pytest.raises(SpellsError, match=r"^pieces: "):
        survival.discrete_hazard(table, covariates="age", pieces=pieces)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"where": [("weeks", "~", 1)]}, "where: '~' is not one of ==, =, !="),
        ({"where": [("weeks", ">=", "x")]}, "does not go with a column of int64"),
        ({"where": [("weeks", "in", 3)]}, "needs a list of values"),
        ({"where": [("wekks", "=", 0), ("sex", ">", 3)]}, r"(?s)2 mistakes.*'wekks'.*'sex', '>', 3"),
        ({"where": "weeks>3"}, "is not a list of conditions"),
        ({"where": {"weeks": 3}}, "is not a list of conditions"),
        ({"where": [{"weeks": 3}]}, "is not a condition"),
        ({"where": [("wekks", ">", 3)], "groups": "sx"}, r"(?s)2 mistakes.*groups: .*'sx'.*where: .*'weeks'"),
        ({"weeks": None}, "weeks: there is no column None"),
        ({"repeats": "sex"}, "repeats: a column of .* does not say how many"),
        ({"repeats": "minus"}, "repeats: 1 value not whole, or not from 1"),
    ],
)
def test_stored_spells_say_what_is_wrong(tmp_path, more, said):
    file = tmp_path / "spells.parquet"
    columns = {"weeks": WEEKS, "door": DOORS, "sex": list("fmfm"), "minus": [1, -1, 2, 2]}
    pd.DataFrame(columns).to_parquet(file)
    with pytest.raises(SpellsError, match=said):
        survival.count_parquet(file, **more)


def test_every_stored_file_is_checked(tmp_path):
    tables = {
        "one": pd.DataFrame({"weeks": np.array([1, 2], np.int8), "door": ["work", None]}),
        "other": pd.DataFrame({"weeks": [300, 2], "door": pd.Categorical(["study", None])}),
        "lacking": pd.DataFrame({"weeks": [3, 2], "doors": ["work", None]}),
        "words": pd.DataFrame({"weeks": ["x", "y"], "door": ["work", None]}),
    }
    files = {name: tmp_path / f"{name}.parquet" for name in tables}
    for name, table in tables.items():
        table.to_parquet(files[name])
    for order in (["one", "other"], ["other", "one"]):
        counts = survival.count_parquet([files[name] for name in order])
        assert (counts.weeks.tolist(), counts.doors.tolist()) == ([0, 1, 2, 300], ["study", "work"])
    with pytest.raises(
        SpellsError, match=r"door in .*lacking.*: there is no column 'door'; did you mean 'doors'"
    ):
        survival.count_parquet([files["one"], files["lacking"]])
    with pytest.raises(SpellsError, match="path: the files hold different kinds of 'weeks'"):
        survival.count_parquet([files["one"], files["words"]])


@pytest.mark.parametrize("path", [[], None, 3, {}, "", [3]])
def test_stored_spells_have_a_path(path):
    with pytest.raises(SpellsError, match=r"^path: "):
        survival.count_parquet(path)


def test_a_results_folder_is_pointed_to_its_spells(tmp_path):
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SpellsError, match=r"is a results folder, .*give the file spells.parquet"):
        survival.count_parquet(tmp_path)


def test_an_outcome_without_spells_says_so():
    columns = ["replication", "client", "entry_week", "weeks", "exited", "door", "sex"]
    nobody = Outcome(pd.DataFrame(columns=columns), pd.DataFrame(), pd.DataFrame(), {"settings": {}})
    for ask in (nobody.survival, lambda: nobody.cox("sex")):
        with pytest.raises(SpellsError, match="none began in the reported weeks"):
            ask()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda run: run.survival(by="agegroup", level=95),
            r"(?s)2 mistakes.*level: 95.*mean 'age_group'\?\); all",
        ),
        (lambda run: run.restricted_mean("9", by="sx", level=3), r"(?s)3 mistakes.*horizon.*level.*'sex'"),
        (lambda run: run.quantile(50, by="sx"), r"(?s)2 mistakes.*q: 50.*'sex'"),
        (lambda run: run.log_rank("sx", weighting="wilcoxon"), r"(?s)2 mistakes.*'gehan-breslow'.*'sex'"),
        (lambda run: run.cox("famly"), "did you mean 'family'"),
        (lambda run: run.cox(["hindranc", "distanc"]), r"(?s)2 mistakes.*mean 'hindrance'"),
        (lambda run: run.log_rank("client"), "by: 'client' would make a group of each"),
        (lambda run: run.incidence("door"), "by: 'door' says how a spell ended"),
        (lambda run: run.who(["weeks", "famly"]), r"(?s)4 mistakes.*'weeks' says how.*mean 'family'"),
    ],
)
def test_an_outcome_tells_all_that_is_wrong_with_a_call(ask, said):
    columns = {
        "entry_week": 0,
        "weeks": WEEKS,
        "door": DOORS,
        "client": WEEKS,
        "replication": 0,
        "exited": True,
    }
    traits = {"age_group": GROUPS, "sex": GROUPS, "children": 0, "barrier_family": True, "hindrance": GROUPS}
    run = Outcome(
        pd.DataFrame({**columns, **traits}), pd.DataFrame(), pd.DataFrame(), {"settings": {"weeks": 52}}
    )
    with pytest.raises(SpellsError, match=said):
        ask(run)


@pytest.mark.parametrize("ask", ["cox", "discrete_hazard"])
@pytest.mark.parametrize(
    ("covariates", "said"),
    [
        ("door", r"^covariates: 'door' says how a spell ended, .*; allowed: distance, family, .*sex"),
        (["sex", "exited", "exit_week"], r"(?s)2 mistakes.*'exited' says how.*'exit_week' says how"),
        ("weeks", "'weeks' says how a spell ended"),
        (["benefit_sek", "meetings"], r"(?s)2 mistakes.*'benefit_sek' fills up while a spell lasts"),
    ],
)
def test_what_comes_of_a_spell_explains_nothing(ask, covariates, said):
    columns = {"entry_week": 0, "weeks": WEEKS, "exited": EXITED, "door": DOORS, "sex": GROUPS}
    more = {"exit_week": WEEKS, "benefit_sek": WEEKS, "meetings": WEEKS}
    run = Outcome(pd.DataFrame({**columns, **more}), pd.DataFrame(), pd.DataFrame(), {})
    with pytest.raises(SpellsError, match=said):
        getattr(run, ask)(covariates)


def test_strata_are_of_what_was_so_at_entry():
    columns = {"entry_week": 0, "weeks": WEEKS, "exited": EXITED, "door": DOORS, "sex": GROUPS}
    run = Outcome(pd.DataFrame(columns), pd.DataFrame(), pd.DataFrame(), {})
    with pytest.raises(SpellsError, match="strata: 'door' says how a spell ended"):
        run.cox("sex", strata="door")
