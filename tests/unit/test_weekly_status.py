"""Where people are week by week follows from doors and returns, and adds up to the time followed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.outcomes.status import STATUSES, episodes, status_after, weeks_by_status
from simulator.vocabulary import Door


def spell(client=1, number=1, entry=0, weeks=10, door="work", hindrance="unemployment"):
    return {
        "replication": 0, "client": client, "spell": number, "entry_week": entry, "weeks": weeks,
        "exited": door is not None, "door": door, "hindrance": hindrance,
    }  # fmt: skip


def people(*origins):
    rows = [(0, client, origin) for client, origin in origins]
    return pd.DataFrame(rows, columns=["replication", "client", "origin"])


def test_a_person_is_behind_the_door_until_coming_back():
    spells = pd.DataFrame([spell(), spell(number=2, entry=30, weeks=5, door="study")])
    weeks = weeks_by_status(spells, people((1, 0)), 50)
    assert weeks.loc[0].to_dict() == {
        "unemployed": 15, "outside_on_benefit": 0, "employed": 20, "outside": 15
    }  # fmt: skip


@pytest.mark.parametrize(
    ("hindrance", "where"),
    [("unemployment", "unemployed"), ("language", "unemployed"), ("sick-listed", "outside_on_benefit")],
)
def test_on_assistance_the_main_hindrance_says_who_is_unemployed(hindrance, where):
    spells = pd.DataFrame([spell(hindrance=hindrance, door=None)])
    assert status_after(spells, people((1, 0)), 9).tolist() == [where]


@pytest.mark.parametrize("door", Door.labels())
def test_only_work_leads_to_work(door):
    spells = pd.DataFrame([spell(door=door)])
    assert (status_after(spells, people((1, 0)), 10)[0] == "employed") == door.endswith("work")


def test_following_begins_at_the_origin_and_keeps_people_apart():
    spells = pd.DataFrame([spell(), spell(client=2, weeks=4, door="moved")])
    weeks = weeks_by_status(spells, people((1, 8), (2, 0)), 6)
    assert weeks["employed"].tolist() == [4, 0]
    assert weeks["outside"].tolist() == [0, 2]


histories = st.lists(
    st.tuples(st.integers(1, 30), st.integers(0, 30), st.sampled_from(Door.labels())), min_size=1, max_size=5
)


@given(histories, st.integers(0, 20), st.integers(1, 60))
def test_the_weeks_of_all_statuses_add_up(history, origin, weeks):
    rows, week = [], 0
    for number, (length, away, door) in enumerate(history, 1):
        rows.append(spell(number=number, entry=week, weeks=length, door=door))
        week += length + away
    table = weeks_by_status(pd.DataFrame(rows), people((1, origin)), weeks)
    assert table.loc[0].sum() == weeks
    assert list(table) == list(STATUSES)
    assert (episodes(pd.DataFrame(rows))["end"] >= episodes(pd.DataFrame(rows))["start"]).all()
