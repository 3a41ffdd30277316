"""Whom a trial follows, and from when."""

from __future__ import annotations

import pandas as pd
import pytest

from simulator.experiments.studies.estimates import followed
from simulator.parameters.designs import TrialStudy
from simulator.vocabulary import Clock, People

WEEKS, START = 100, 10
SPELLS = pd.DataFrame(
    [
        # client, spell, entry_week, weeks, exited
        (1, 1, -20, 40, True),  # on benefit at the start
        (2, 1, -20, 25, True),  # gone by then
        (3, 2, 0, 100, False),  # on benefit at the start, in a second spell
        (4, 1, 10, 5, True),  # comes in the first week
        (5, 1, 22, 60, True),  # comes in the last week of an intake of 13
        (6, 1, 23, 5, True),  # comes a week later
        (7, 2, 15, 5, True),  # comes back
        (8, 1, 60, 5, True),  # cannot be followed for a year
    ],
    columns=["client", "spell", "entry_week", "weeks", "exited"],
).assign(replication=0)


@pytest.mark.parametrize(
    ("people", "intake", "found"),
    [
        (People.NEWCOMERS, None, [4, 5, 6]),
        (People.NEWCOMERS, 13, [4, 5]),
        (People.NEWCOMERS, 1, [4]),
        (People.STOCK, None, [1, 3]),
        (People.BOTH, None, [1, 3, 4, 5, 6]),
        (People.BOTH, 13, [1, 3, 4, 5]),
    ],
)
def test_who_is_followed(people, intake, found):
    design = TrialStudy.model_construct(
        people=people, intake_weeks=intake, start_week=START, follow_up_weeks=52, clock=Clock.ENTRY
    )
    table = followed(SPELLS, design, WEEKS).set_index("client")
    assert list(table.index) == found
    assert (table["origin"] == table["entry_week"].clip(lower=START)).all()
    assert (table["time"] == (table["end"] - table["origin"]).clip(upper=52)).all()
