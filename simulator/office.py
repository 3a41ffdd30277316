"""An office: its clients, caseworkers and programmes, and the week's working lists, side by side in memory.

An office has its own staff and places, so that one office after the other can be worked through.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np

from simulator.agents.caseworker import CASEWORKER
from simulator.agents.client import CLIENT
from simulator.agents.programme import programme_table
from simulator.compiled import behaviour
from simulator.ledger import ACTIVITY, PANEL, SPELL
from simulator.parameters import Scenario
from simulator.parameters.record import to_record
from simulator.population import burn_in, people_of_office, vacancies_of_office
from simulator.randomness import Luck, luck_of
from simulator.records import Record, copied, joined, table
from simulator.rules.caseload import part_of, posts_of
from simulator.vocabulary import (
    BARRIERS,
    FIRST_ARM,
    MOST_TEAMS,
    NEVER,
    NOBODY,
    NOT_YET,
    CaseloadRule,
    Team,
)

Records = np.recarray[Any, Any]
Numbers = np.ndarray[Any, np.dtype[Any]]

STATE = np.dtype(
    [
        ("number", "i8"),
        ("week", "i8"),
        ("first_week", "i8"),
        ("offices", "i8"),
        ("applied", "i8"),
        ("slots", "i8"),
        ("free", "i8"),
        ("active", "i8"),
        ("intensive", "i8"),
        ("first_waiting", "i8", (MOST_TEAMS,)),
        ("last_waiting", "i8", (MOST_TEAMS,)),
        ("first_seat", "i8", (MOST_TEAMS,)),
        ("end_seat", "i8", (MOST_TEAMS,)),
        ("most_posts", "i8", (MOST_TEAMS,)),
        ("posts", "i8", (MOST_TEAMS,)),
        ("members", "i8", (MOST_TEAMS,)),
        ("share", "f8", (MOST_TEAMS,)),
        ("drawn", "f8", (MOST_TEAMS,)),
        ("teams", "i8"),
        ("arms", "i8"),
        ("apart", "i8"),
        ("in_arms", "i8"),
        ("trial_week", "i8"),
        ("trial_end", "i8"),
        ("seats", "i8"),
        ("formed", "i8"),
        ("employed", "i8"),
        ("new_persons", "i8"),
        ("stays_due", "i8"),
        ("steps_due", "i8"),
        ("months_due", "i8"),
        ("absent", "i8"),
        ("decided", "i8"),
        ("spells", "i8"),
        ("reform_week", "i8"),
        ("chains", "i8"),
        ("vacancies", "i8"),
    ],
    align=True,
)


_KEPT = threading.local()
"""What offices of the scenario that a thread had last begin with, by number."""

LISTS = (
    "free", "members", "stays_due", "steps_due", "months_due",
    "monthly", "reported", "line", "absent", "decided",
)  # fmt: skip
"""Lists of slots in an office, each with room for everybody."""


PLACES_TOGETHER = 32
"""Places of a line that are compared together."""

BELIEF, COUNT, FRESH, FRESH_SUM = range(4)
VIEWS = 4
"""What a caseworker knows of a programme's effect on a barrier."""

LAST = -(2**62)
"""Rank of a place where nobody stands."""


@behaviour
def whole_places(length: int) -> int:
    """Return how many places are compared for a line of some length."""
    return (length + PLACES_TOGETHER - 1) // PLACES_TOGETHER * PLACES_TOGETHER


class Office(NamedTuple):
    """Everything that one office's week reads and writes.

    `people` holds everybody who ever applies, in the order of first application; `calendar` begins, for
    each week, the chain of those who come back in it; `clients` holds those on benefit now, in slots that
    are used again (`free` lists the empty ones below `state.slots`). `waiting` holds, for each team, the line
    of slots without a caseworker, from `state.first_waiting` on. `caseworkers` are seats, one team's after
    the other's; posts, filled or vacant, stand below `state.seats`, and those of a team from
    `state.first_seat` to `state.end_seat`, since a team has many more seats than it ever has posts. `members`
    is this week's list of slots grouped by caseworker; `stays_due`, `steps_due` and `months_due` list for
    whom a stay, a step of the ladder or a month ends, and `to_refer` marks slots for the referral step;
    `monthly`, `reported`, `line`, `absent` and `decided` are lists within the week. `line_rank` ranks the
    line by `line_urgency`.
    `drawn` tells for whom, and of what week or occasion, `draws` are drawn together.
    `views` are what caseworkers know of programmes' effects on barriers: what they believe (`BELIEF`), by how
    many observations (`COUNT`), and number and sum of what was not yet told in a review (`FRESH`,
    `FRESH_SUM`; in the last row: by all together); `common_belief` and `belief_spread` say what a new one
    believes (seats below `state.formed` have got it), and `habits` counts referrals. `releases` holds, for
    each week and programme, how many jobs end and after how many weeks in all; `openings` the vacancies that
    open in each week (nothing where they are not limited). `settings` are those in force, after a reform, and
    of the arms of a trial; `state` has one record.
    """

    luck: Luck
    settings: Records
    state: Records
    people: Records
    calendar: Numbers
    clients: Records
    free: Numbers
    waiting: Numbers
    waiting_ticket: Numbers
    caseworkers: Records
    members: Numbers
    stays_due: Numbers
    steps_due: Numbers
    months_due: Numbers
    to_refer: Numbers
    programmes: Records
    views: Numbers
    habits: Numbers
    common_belief: Numbers
    belief_spread: Numbers
    monthly: Numbers
    reported: Numbers
    line: Numbers
    line_urgency: Numbers
    line_rank: Numbers
    absent: Numbers
    decided: Numbers
    drawn: Numbers
    draws: Numbers
    spells: Records
    panel: Records
    activity: Records
    releases: Numbers
    openings: Numbers


def build_office(scenario: Scenario, seed: int, replication: int, number: int) -> Office:
    """Make one office of a scenario, in the week before its first.

    Parameters
    ----------
    scenario : Scenario
        Complete settings.
    seed, replication : int
        Key of all luck.
    number : int
        Which office, from 0 to `scenario.number_of_offices()` - 1.
    """
    luck = luck_of(seed, replication)
    settings, programmes = map(copied, _blank(scenario, number))
    people = people_of_office(scenario, settings[0], luck, number)
    most = len(people)
    state = _state(scenario, settings, number, most)
    caseworkers = _seats(state[0])
    staff, teams = len(caseworkers), int(state[0].teams)
    common, spread = _common_beliefs(scenario, programmes)
    return Office(
        luck=luck,
        settings=settings,
        state=state,
        people=people,
        calendar=np.full(scenario.weeks + burn_in(scenario), NOBODY, np.int32),
        clients=table(most, CLIENT),
        waiting=np.zeros((teams, 2 * most + 1), np.int64),
        waiting_ticket=np.zeros((teams, 2 * most + 1), np.int64),
        caseworkers=caseworkers,
        programmes=programmes,
        views=_views(scenario, staff, common),
        habits=np.zeros((staff, len(common))),
        common_belief=common,
        belief_spread=spread,
        to_refer=np.zeros(most, np.int8),
        line_urgency=np.zeros(most),
        line_rank=np.zeros(whole_places(most), np.int64),
        drawn=np.zeros((2, most), np.int64),
        draws=np.zeros(most),
        **{name: np.zeros(most, np.int64) for name in LISTS},
        spells=table(0, SPELL),
        panel=table(scenario.weeks + burn_in(scenario), PANEL),
        activity=_activity(scenario.weeks, len(programmes)),
        releases=np.zeros((scenario.weeks + burn_in(scenario), len(programmes), 2), np.int32),
        openings=vacancies_of_office(scenario, luck, number),
    )


def _blank(scenario: Scenario, number: int) -> tuple[Records, Records]:
    """Return an office's settings and programmes, as they begin; replications of a scenario share them."""
    offices: dict[int, tuple[Scenario, Records, Records]] = _KEPT.__dict__.setdefault("offices", {})
    if number not in offices or offices[number][0] is not scenario:
        programmes = programme_table(
            scenario.programmes, scenario.population.size, number, scenario.number_of_offices()
        )
        offices[number] = (scenario, _settings(scenario), programmes)
    return offices[number][1:]


def _settings(scenario: Scenario) -> Records:
    now = to_record(scenario)
    later = to_record(scenario.after_reform()) if scenario.reform.groups() else now
    return joined([now, later, *(to_record(arm) for arm in scenario.rules_of_arms())]).view(np.recarray)


def _state(scenario: Scenario, settings: Records, number: int, people: int) -> Records:
    state = table(1, STATE)
    state[0].number = number
    state[0].first_week = state[0].week = -burn_in(scenario)
    state[0].offices = scenario.number_of_offices()
    reform_week = scenario.reform.week_of_office(number, scenario.number_of_offices())
    state[0].reform_week = NEVER if reform_week is None else reform_week
    state[0].teams = 1 + scenario.caseload.organisation
    state[0].share[:] = 1.0
    for team in range(state[0].teams):
        posts = (_most_posts(rules, team, people, state[0]) for rules in settings[:FIRST_ARM])
        state[0].most_posts[team] = max(posts)
    _set_trial(state[0], scenario, settings, people)
    state[0].first_seat[1:] = np.cumsum(state[0].most_posts)[:-1]
    state[0].end_seat[:] = state[0].first_seat
    state[0].chains = any(programme.leads_to for programme in scenario.programmes.values())
    return state


def _set_trial(state: Record, scenario: Scenario, settings: Records, people: int) -> None:
    """Set the arms of a trial, the share of people drawn into each, and seats for staff of their own."""
    trial = scenario.trial
    state.trial_week = state.trial_end = NEVER
    state.arms = len(trial.arms)
    if not trial.arms:
        return
    state.trial_week = state.first_week if trial.week is None else trial.week
    state.trial_end = NEVER if trial.end_week is None else trial.end_week
    state.drawn[0] = max(0.0, 1.0 - sum(arm.share for arm in trial.arms.values()))
    for row, arm in enumerate(trial.arms.values(), FIRST_ARM):
        state.drawn[row] = arm.share
    if trial.staff_apart:
        state.apart, state.teams = 1, FIRST_ARM + len(trial.arms)
        for row in range(FIRST_ARM, len(settings)):
            rows = (row, row if trial.end_week is None else 0)
            posts = (_most_posts(settings[one], Team.ORDINARY, people, state) for one in rows)
            state.most_posts[row] = max(posts)
        state.share[FIRST_ARM:] = 0.0
        if state.trial_week <= state.first_week:
            state.share[:] = state.drawn


def _most_posts(rules: Record, team: int, people: int, state: Record) -> int:
    caseload = rules.caseload
    if caseload.regime == CaseloadRule.RATIO:
        few, usual = caseload.intensive_clients_per_caseworker, caseload.clients_per_caseworker
        return int(np.ceil(people / (few if team == Team.INTENSIVE else usual))) + 1
    return part_of(posts_of(team, rules), state.number, state.offices)


def _activity(weeks: int, programmes: int) -> Records:
    return table(weeks * programmes, ACTIVITY).reshape(weeks, programmes).view(np.recarray)


def _seats(state: Record) -> Records:
    """Return all seats that posts can have, empty; the first person of each has the seat's own number."""
    staff = int(state.most_posts.sum())
    caseworkers = table(staff, CASEWORKER)
    caseworkers.id = np.arange(staff) + state.number * 100_000
    caseworkers.team = np.repeat(np.arange(MOST_TEAMS), state.most_posts)
    caseworkers.rules = np.where(caseworkers.team >= FIRST_ARM, caseworkers.team, 0)
    caseworkers.employed_since = caseworkers.sick_until = NOT_YET
    caseworkers.starts_week = NEVER
    return caseworkers


def _views(scenario: Scenario, staff: int, common: Numbers) -> Numbers:
    views = np.zeros((staff + 1, VIEWS, *common.shape))
    views[:, COUNT] = scenario.casework.belief_weight
    return views


def _common_beliefs(scenario: Scenario, programmes: Records) -> tuple[Numbers, Numbers]:
    """Return what new caseworkers believe of programmes on average, and how widely they differ by barrier."""
    if not len(programmes):
        return np.zeros((0, BARRIERS)), np.zeros(BARRIERS)
    truth = np.array(programmes.content)
    known = scenario.casework.knowledge
    return known * truth + (1.0 - known) * truth.mean(axis=0), (1.0 - known) * truth.std(axis=0)
