"""Definitions of a spell, on tables small enough to be worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.outcomes.definitions import (
    calendar_year,
    months_in_year,
    months_on,
    next_entry,
    periods,
    share_long_term,
    weeks_within,
)
from simulator.outcomes.published import FEWEST_FOLLOWED, FOLLOWED, definition_values, definitions
from simulator.outcomes.survival import SpellsError

MONTH = 52 / 12


def spells_of(*rows):
    """Return spells of replication 0: client, entry, weeks, door (None if still open)."""
    table = pd.DataFrame(rows, columns=["client", "entry_week", "weeks", "door"])
    table["replication"] = 0
    table["exited"] = table["door"].notna()
    table["exit_week"] = (table["entry_week"] + table["weeks"]).where(table["exited"]).astype("Int32")
    table["programme_weeks"] = 0
    table["hindrance"] = "unemployment"
    return table


THREE = spells_of((1, 0, 10, "work"), (1, 13, 7, "study"), (1, 40, 12, None), (2, 5, 4, "work"))


def test_a_short_break_joins_two_spells():
    joined = periods(THREE, gap_months=1.0)
    assert joined["client"].tolist() == [1, 1, 2]
    assert joined["weeks"].tolist() == [20, 12, 4]
    assert joined["weeks_on"].tolist() == [17, 12, 4]
    assert joined["spells"].tolist() == [2, 1, 1]
    assert joined["door"].fillna("").tolist() == ["study", "", "work"]
    assert joined["exited"].tolist() == [True, False, True]
    assert joined["exit_week"].tolist()[0] == 20


def test_a_break_of_just_a_month_ends_a_period():
    spells = spells_of((1, 0, 9, "work"), (1, 18, 1, "work"))  # nine weeks apart
    assert len(periods(spells, 9 / MONTH)) == 2
    assert len(periods(spells, 9.01 / MONTH)) == 1


@st.composite
def histories(draw):
    rows = []
    for client in range(draw(st.integers(1, 4))):
        week = draw(st.integers(-30, 30))
        for _ in range(draw(st.integers(1, 4))):
            weeks = draw(st.integers(1, 60))
            rows.append((client, week, weeks, "work"))
            week += weeks + draw(st.integers(0, 20))
    return spells_of(*rows)


@settings(max_examples=50, deadline=None)
@given(histories())
def test_without_a_gap_every_spell_is_a_period(spells):
    joined = periods(spells, gap_months=0.0)
    columns = ["client", "entry_week", "weeks", "door", "exited"]
    pd.testing.assert_frame_equal(joined[columns], spells[columns])
    assert (joined["weeks_on"] == joined["weeks"]).all()


@settings(max_examples=50, deadline=None)
@given(histories(), st.floats(0.0, 6.0), st.floats(0.0, 6.0))
def test_a_longer_gap_gives_no_more_periods_and_loses_no_week_on_benefit(spells, one, other):
    short, long = (periods(spells, gap) for gap in sorted((one, other)))
    assert len(long) <= len(short) <= len(spells)
    assert long["weeks_on"].sum() == short["weeks_on"].sum() == spells["weeks"].sum()
    assert (long["weeks"] >= long["weeks_on"]).all()


ONE_MONTH = {"months": 1, "first_month": 0}


@pytest.mark.parametrize(
    ("ask", "change", "said"),
    [
        ((periods, {}), {"weeks": [30, 7, 12, 4]}, r"client 1 in replication 0, weeks 0 to 30 and 13 to 20"),
        ((periods, {"gap_months": -3}), {}, "gap_months: -3 is not a number of months"),
        (
            (periods, {"gap_months": "x"}),
            {"client": None},
            r"(?s)2 mistakes.*no column 'client'.*gap_months: 'x'",
        ),
        ((months_in_year, {"year": 0.5}), {}, "year: 1 value not whole"),
        ((months_in_year, {"year": 0}), {"entry_week": [0, np.nan, 1, 2]}, "entry_week: 1 value missing"),
        (
            (months_in_year, {"year": 0}),
            {"client": list("abcd")},
            "client: holds values of type .*, not numbers",
        ),
        (
            (months_on, ONE_MONTH),
            {"client": [-1, 2**40, 1, 2], "weeks": [1.5, 1, 1, 1]},
            r"(?s)2 mistakes.*2 values",
        ),
        ((months_on, {"months": 0, "first_month": "x"}), {}, r"(?s)2 mistakes.*first_month.*months: 1 value"),
        (
            (calendar_year, {"years": 1}),
            {"replication": 2**23},
            "replication: 4 values not whole, or not from 0",
        ),
    ],
)
def test_a_table_of_spells_is_checked(ask, change, said):
    function, settings = ask
    table = THREE.assign(**change).drop(columns=[name for name, values in change.items() if values is None])
    with pytest.raises(SpellsError, match=said):
        function(table, **settings)


def test_stock_of_a_short_run_is_that_of_week_0():
    stock = definitions(THREE.assign(entry_week=THREE["entry_week"] - 4), weeks=30).query(
        "definition == 'stock'"
    )
    assert stock["value"].tolist()[:2] == [4.0, 4.0]


def test_months_of_a_year_are_those_with_a_week_on_benefit():
    assert months_in_year(THREE, 0).to_dict() == {(0, 1): 3 + 2 + 3, (0, 2): 2}
    by_year = calendar_year(THREE, 1)
    assert by_year["months"].tolist() == [(8 + 2) / 2]
    assert by_year["share_ten_months"].tolist() == [0.0]


def test_months_in_year_are_a_window_of_months_on():
    grid = months_on(THREE, 0, 24)
    first = grid[[month for month in grid if month < 12]].sum(axis=1)
    assert first[first > 0].to_dict() == months_in_year(THREE, 0).to_dict()


def test_long_term_is_27_of_36_months_of_recipients_of_the_last_year():
    weeks = 156
    spells = spells_of(
        (1, 0, 156, None),  # 36 months
        (2, 39, 117, None),  # 27 months, to the week
        (3, 44, 112, None),  # 26 months
        (4, 0, 104, "work"),  # none in the last twelve
    )
    assert share_long_term(spells, weeks).tolist() == [pytest.approx(2 / 3)]
    assert share_long_term(spells, 155).empty


def test_next_entry_is_that_of_the_same_person():
    assert next_entry(THREE).fillna(-1).tolist() == [13, 40, -1, -1]


def test_weeks_within_a_window():
    spells = spells_of((1, 0, 10, "work"), (1, 95, 20, "work"), (1, 110, 4, "work"))
    start = pd.Series([2, 2, 2])
    assert weeks_within(spells, start, 104).tolist() == [8, 11, 0]


def test_every_day_of_two_years_is_counted_once():
    spells = spells_of((1, 10, 20, "work"), (1, 50, 30, "moved"), (2, 0, 200, None))
    table = definition_values(spells, weeks=208).set_index("outcome")["value"]
    days = [
        "days on benefit, in all",
        "days off benefit after leaving by work",
        "days off benefit after leaving otherwise",
    ]
    assert table[days].sum() == pytest.approx(104 * 7)
    assert table["days on benefit, in all"] == pytest.approx(7 * (50 + 104) / 2)
    assert table["days off benefit after leaving by work"] == pytest.approx(7 * 20 / 2)


def test_each_definition_names_its_target():
    table = definition_values(THREE, weeks=208)
    named = {row.target: row.outcome for row in table.itertuples() if row.target}
    assert named["V1"].startswith("months") and named["V2"].startswith("ten months")
    assert {"V3a", "V5", "V6a", "V6b", "V6c", "V6d", "V7a"} <= set(named)


@pytest.mark.parametrize("people", [FEWEST_FOLLOWED - 1, FEWEST_FOLLOWED])
def test_two_years_of_a_few_people_are_not_told(people):
    spells = spells_of(*((person, 0, 30, "work") for person in range(people)), (people, 200, 8, None))
    table = definitions(spells, weeks=208)
    own = table[table["definition"] == "two years from entry"].set_index("outcome")["value"]
    assert own[FOLLOWED] == people
    assert (len(own) > 1) == (people == FEWEST_FOLLOWED)


def test_definitions_of_nothing_are_none():
    assert definitions(THREE.iloc[:0], weeks=104).empty


def test_a_gap_changes_periods_and_leaves_spells():
    one, other = (
        definitions(THREE, 208, gap).set_index(["definition", "outcome"])["value"] for gap in (0.0, 3.0)
    )
    begun = "begun, a person"
    assert one["flow of spells", begun] == other["flow of spells", begun] == one["flow of periods", begun]
    assert other["flow of periods", begun] < one["flow of periods", begun]
    assert not np.isnan(other["flow of periods", begun])
