"""Headline outcomes: one number for each replication, summarised with a Monte Carlo interval."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

from simulator.outcomes.block import Block, Headline, Numbers, Rows, Spells, Weeks, as_table, blocks_of, ratio
from simulator.outcomes.definitions import calendar_year, first_of_each
from simulator.outcomes.intervals import where_reached, with_intervals
from simulator.outcomes.sanctions import sanction_outcomes
from simulator.outcomes.staffing import intensive_outcomes, waits_for_a_caseworker
from simulator.outcomes.survival.counts import count_spells
from simulator.outcomes.survival.side_by_side import Curves, side_by_side
from simulator.vocabulary import WEEKS_PER_YEAR, Door

CalendarYear: TypeAlias = Callable[[pd.DataFrame, int], pd.DataFrame]
"""What tells months on benefit by calendar year from spells, as `calendar_year` does."""

HORIZON_WEEKS = 2 * WEEKS_PER_YEAR
HALF = 0.5
QUARTER_WEEKS = WEEKS_PER_YEAR // 4

OF_SPELLS = (
    "replication", "client", "entry_week", "weeks", "exited", "exit_week", "door", "hindrance", "referrals",
    "fitting_referrals", "first_meeting_week", "first_activity_week", "plan_week", "reductions", "denials",
)  # fmt: skip
OF_WEEKLY = (
    "replication", "week", "clients", "exits", "waiting", "caseworkers", "meetings", "talk_minutes",
    "minutes_available", "in_programmes", "queued", "places", "places_used", "admitted", "completed",
    "ended_early", "wait_weeks", "stay_weeks", "absences_drop_out", "warnings", "reductions", "denials",
    "wrong_sanctions", "assessments", "assessment_error", "reassessments", "cases_taken_up",
    "weeks_to_take_up", "registered", "awaiting_registration", "deregistrations", "new_registrations",
    "belief_error", "vacancies_opened", "vacancies_filled", "jobs_missed", "benefit_sek", "staff_sek",
    "programme_sek", "provider_sek", "emergency_tests", "children_hit", "ended_for_misconduct", "mandatory",
    "mandatory_over_25", "hours_asked", "hours_met", "part_time", "intensive_clients", "intensive_waiting",
    "intensive_caseworkers",
)  # fmt: skip
"""What the headline outcomes are made from, of each table."""


def summarise(spells: pd.DataFrame, weekly: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return every headline outcome with its Monte Carlo interval.

    Parameters
    ----------
    spells, weekly : DataFrame
        Tables of a run with all its replications.
    level : float
        Coverage of the interval.

    Returns
    -------
    DataFrame
        Columns outcome, value (mean over replications), low, high (Student's t over replications; null with a
        single replication), unit, replications (in how many there was something to measure; the mean is
        over these). A median that some replications did not reach has no value.
    """
    return summarise_outcomes(replication_outcomes(spells, weekly), level)


def summarise_outcomes(per_replication: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return the same from the outcomes of each replication, as `replication_outcomes` gives them."""
    keys = ["outcome", "unit"]
    table = with_intervals(where_reached(per_replication), keys, level)
    number = per_replication.groupby(keys, sort=False)["value"].count()
    table["replications"] = number.to_numpy()
    return table[["outcome", "value", "low", "high", "unit", "replications"]]


def replication_outcomes(
    spells: pd.DataFrame, weekly: pd.DataFrame, calendar: CalendarYear = calendar_year
) -> pd.DataFrame:
    """Return the headline outcomes of each replication: replication, outcome, value, unit.

    All replications are reckoned at once; each comes out as if it were alone. Spells are checked by
    `calendar`; those that come straight from a run need not be (`calendar_year_of_run`).
    """
    parts = [as_table(block, _outcomes(block, calendar)) for block in blocks_of(spells, weekly)]
    return pd.concat(parts).sort_values("replication", kind="stable", ignore_index=True)


def _outcomes(block: Block, calendar: CalendarYear) -> Rows:
    _, spells, weeks = block
    flow = spells.where(spells["entry_week"].to_numpy() >= 0)
    if len(flow.place):
        yield from _time_to_exit(flow, min(HORIZON_WEEKS, max(1, weeks.number // 2)))
        yield from _way_through(flow)
        yield from waits_for_a_caseworker(flow)
    yield from _calendar(block, calendar)
    yield from _service(weeks)
    yield from _knowledge(weeks)
    yield from _employment_service(weeks)
    yield from sanction_outcomes(spells, flow, weeks)
    yield from intensive_outcomes(weeks)
    yield from _money(weeks)


def _time_to_exit(flow: Spells, horizon: int) -> Rows:
    there = flow.count > 0
    counts = count_spells(flow["weeks"], flow["door"], groups=flow.place)
    curves, share = side_by_side(counts), "share of spells"

    def each(values: Numbers) -> Numbers:
        """Return values of those that have spells at the places of all."""
        whole = np.full(len(there), np.nan)
        whole[there] = values
        return whole

    yield Headline("median time on benefit", each(curves.first_at_most(HALF)), "weeks", there)
    mean = each(curves.mean_within(horizon))
    yield Headline(f"mean time on benefit within the first {horizon} weeks", mean, "weeks", there)
    for limit in (WEEKS_PER_YEAR // 2, WEEKS_PER_YEAR, HORIZON_WEEKS):
        if limit <= horizon:
            left = each(1.0 - curves.survival[:, curves.at(limit)])
            yield Headline(f"off benefit within {limit} weeks", left, share, there)
    for door in Door.labels():
        left = each(_left_by(door, curves, counts.doors, horizon))
        yield Headline(f"left by {door} within {horizon} weeks", left, share, there)


def _left_by(door: str, curves: Curves, doors: Numbers, horizon: int) -> Numbers:
    own = curves.incidence[:, curves.at(horizon), doors == door]
    return own.sum(axis=1)


def _way_through(flow: Spells) -> Rows:
    there, entry = flow.count > 0, flow.numbers("entry_week")
    still = flow.numbers("weeks") >= QUARTER_WEEKS
    planned = flow.share(flow.numbers("plan_week") - entry <= QUARTER_WEEKS, among=still)
    name = "with a plan after 13 weeks (still on benefit)"
    yield Headline(name, planned, "share of spells", flow.total(still) > 0)
    for what in ("talk", "activity"):
        column = {"talk": "first_meeting_week", "activity": "first_activity_week"}[what]
        wait = flow.mean(flow.numbers(column) - entry)
        yield Headline(f"wait for the first {what} (those who had one)", wait, "weeks", there)
    fitting, referrals = (flow.total(flow.numbers(name)) for name in ("fitting_referrals", "referrals"))
    name = "referrals that meet the largest barrier"
    yield Headline(name, ratio(fitting, referrals), "share", referrals > 0)


def _calendar(block: Block, calendar: CalendarYear) -> Rows:
    numbers, spells, weeks = block
    there, years = spells.count > 0, weeks.number // WEEKS_PER_YEAR
    if not years or not there.any():
        return
    table = calendar(spells.table, years).reindex(numbers)
    months, ten = (table[name].to_numpy(float) for name in ("months", "share_ten_months"))
    yield Headline("months on benefit in a calendar year", months, "months", there)
    yield Headline("ten months or more in a calendar year", ten, "share of persons", there)
    end = spells["entry_week"].to_numpy() + spells["weeks"].to_numpy()
    late = spells.where(end > weeks.number - WEEKS_PER_YEAR)
    people = late.where(first_of_each(late.part("replication", "client", "entry_week")))
    hindrance = pd.Categorical(people["hindrance"])
    for code, word in enumerate(hindrance.categories):
        share = people.share(hindrance.codes == code)
        name = f"on benefit in the last year with hindrance {word}"
        yield Headline(name, share, "share of persons", there)


def _service(weeks: Weeks) -> Rows:
    total, clients = weeks.total, weeks.client_weeks
    waiting, meetings, talks = total("waiting"), total("meetings"), total("talk_minutes")
    served = clients - waiting
    yield Headline("clients on benefit", weeks.mean("clients"), "persons")
    yield Headline("without a caseworker", waiting / clients, "share of client-weeks")
    yield Headline("caseworkers", weeks.mean("caseworkers"), "persons")
    yield Headline("clients per caseworker", served / np.maximum(total("caseworkers"), 1), "clients")
    yield Headline("weeks between talks", ratio(served, meetings), "weeks", meetings > 0)
    yield Headline("length of a talk", ratio(talks, meetings), "minutes", meetings > 0)
    paid = np.maximum(total("minutes_available"), 1)
    yield Headline("caseworker time in talks", talks / paid, "share of paid time")
    yield Headline("in a programme", total("in_programmes") / clients, "share of client-weeks")
    yield Headline("waiting for a place", total("queued") / clients, "share of client-weeks")
    places = total("places")
    yield Headline("places used", ratio(total("places_used"), places), "share of places", places > 0)
    yield from _places_and_vacancies(weeks)
    for step in ("warnings", "reductions", "denials", "wrong_sanctions"):
        rate = total(step) / weeks.client_years * 1000.0
        yield Headline(step.replace("_", " "), rate, "per 1,000 client-years")


def _places_and_vacancies(weeks: Weeks) -> Rows:
    total = weeks.total
    completed, admitted = total("completed"), total("admitted")
    stay, wait = ratio(total("stay_weeks"), completed), ratio(total("wait_weeks"), admitted)
    yield Headline("completed stay in a programme", stay, "weeks", completed > 0)
    yield Headline("wait for a place", wait, "weeks", admitted > 0)
    opened, filled, missed = (total(name) for name in ("vacancies_opened", "vacancies_filled", "jobs_missed"))
    yield Headline("vacancies filled by clients", ratio(filled, opened), "share", opened > 0)
    share = missed / np.maximum(filled + missed, 1)
    yield Headline("chances of work missed for want of a vacancy", share, "share", opened > 0)


def _knowledge(weeks: Weeks) -> Rows:
    total = weeks.total
    assessments, admitted, cases = (total(name) for name in ("assessments", "admitted", "cases_taken_up"))
    error, redone = ratio(total("assessment_error"), assessments), ratio(total("reassessments"), admitted)
    name = "error of an assessment (mean over barriers)"
    yield Headline(name, error, "share of the scale", assessments > 0)
    yield Headline("assessments redone by the provider", redone, "share of stays", admitted > 0)
    taken_up = ratio(total("weeks_to_take_up"), cases)
    name = "from the first absence of a stay to its being taken up"
    yield Headline(name, taken_up, "weeks", cases > 0)
    errors = weeks.each("belief_error")
    known: Numbers = ~np.isnan(errors)
    latest = weeks.number - 1 - known[:, ::-1].argmax(axis=1)
    final = errors[np.arange(len(errors)), latest]
    name = "error of beliefs about programmes, at the end"
    yield Headline(name, final, "share of a barrier", np.any(known, axis=1))


def _employment_service(weeks: Weeks) -> Rows:
    registered, ended = (weeks.total(name) > 0 for name in ("registered", "deregistrations"))
    waiting = weeks.total("awaiting_registration") / weeks.client_weeks
    name = "waiting to be registered as job seeker"
    yield Headline(name, waiting, "share of client-weeks", registered)
    back = ratio(weeks.total("new_registrations"), weeks.total("deregistrations"))
    name = "registered anew within 13 weeks of a de-registration"
    yield Headline(name, back, "share", registered & ended)


def _money(weeks: Weeks) -> Rows:
    names = {
        "benefit_sek": "benefit",
        "staff_sek": "caseworkers",
        "programme_sek": "programme places",
        "provider_sek": "assessors at providers",
    }
    spent = {column: weeks.total(column) for column in names}
    years = weeks.client_years
    for column, name in names.items():
        there = spent[column] > 0 if column == "provider_sek" else None
        yield Headline(f"{name}, per client-year", spent[column] / years, "SEK", there)
    yearly = np.sum(list(spent.values()), axis=0) * WEEKS_PER_YEAR / weeks.number
    yield Headline("all of it, per year", yearly / 1e6, "million SEK")
