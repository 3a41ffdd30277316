"""Headline outcomes: one number for each replication, summarised with a Monte Carlo interval."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from simulator.outcomes.definitions import calendar_year, flow_spells
from simulator.outcomes.intervals import with_intervals
from simulator.outcomes.sanctions import sanction_outcomes
from simulator.outcomes.staffing import intensive_outcomes, waits_for_a_caseworker
from simulator.outcomes.survival import cumulative_incidence, kaplan_meier, restricted_mean
from simulator.vocabulary import WEEKS_PER_YEAR, Door

Rows = Iterator[tuple[str, float, str]]

HORIZON_WEEKS = 2 * WEEKS_PER_YEAR


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
        single replication), unit.
    """
    return summarise_outcomes(replication_outcomes(spells, weekly), level)


def summarise_outcomes(per_replication: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return the same from the outcomes of each replication, as `replication_outcomes` gives them."""
    table = with_intervals(per_replication, ["outcome", "unit"], level)
    return table[["outcome", "value", "low", "high", "unit"]]


def replication_outcomes(spells: pd.DataFrame, weekly: pd.DataFrame) -> pd.DataFrame:
    """Return the headline outcomes of each replication: replication, outcome, value, unit."""
    spells_of = dict(list(spells.groupby("replication")))
    rows = []
    for replication, panel in weekly.groupby("replication"):
        own = spells_of.get(replication, spells.iloc[:0])
        for outcome, value, unit in _outcomes(own, panel):
            rows.append({"replication": replication, "outcome": outcome, "value": value, "unit": unit})
    return pd.DataFrame(rows)


def _outcomes(spells: pd.DataFrame, panel: pd.DataFrame) -> Rows:
    weeks = len(panel)
    flow = flow_spells(spells)
    if len(flow):
        yield from _time_to_exit(flow, min(HORIZON_WEEKS, max(1, weeks // 2)))
        yield from _way_through(flow)
        yield from waits_for_a_caseworker(flow)
    yield from _calendar(spells, weeks)
    yield from _service(panel)
    yield from _knowledge(panel)
    yield from _employment_service(panel)
    yield from sanction_outcomes(spells, panel)
    yield from intensive_outcomes(panel)
    yield from _money(panel)


def _time_to_exit(flow: pd.DataFrame, horizon: int) -> Rows:
    curve = kaplan_meier(flow["weeks"], flow["exited"])
    below = curve[curve["survival"] <= 0.5]  # noqa: PLR2004
    yield "median time on benefit", float(below["week"].iloc[0]) if len(below) else float("nan"), "weeks"
    mean = restricted_mean(flow["weeks"], flow["exited"], horizon)["mean"].iloc[0]
    yield f"mean time on benefit within the first {horizon} weeks", float(mean), "weeks"
    for limit in (WEEKS_PER_YEAR // 2, WEEKS_PER_YEAR, HORIZON_WEEKS):
        if limit <= horizon:
            left = 1.0 - float(curve[curve["week"] <= limit]["survival"].iloc[-1])
            yield f"off benefit within {limit} weeks", left, "share of spells"
    incidence = cumulative_incidence(flow["weeks"], flow["door"])
    incidence = incidence[incidence["week"] <= horizon]
    for door in Door.labels():
        own = incidence[incidence["door"] == door]["incidence"]
        yield (
            f"left by {door} within {horizon} weeks",
            float(own.iloc[-1]) if len(own) else 0.0,
            "share of spells",
        )


def _way_through(flow: pd.DataFrame) -> Rows:
    entry = flow["entry_week"]
    quarter = flow[flow["weeks"] >= WEEKS_PER_YEAR // 4]
    if len(quarter):
        planned = (quarter["plan_week"] - quarter["entry_week"]) <= WEEKS_PER_YEAR // 4
        share = float(planned.fillna(value=False).to_numpy(dtype=bool).mean())
        yield "with a plan after 13 weeks (still on benefit)", share, "share of spells"
    yield "wait for the first talk (those who had one)", _mean(flow["first_meeting_week"] - entry), "weeks"
    yield (
        "wait for the first activity (those who had one)",
        _mean(flow["first_activity_week"] - entry),
        "weeks",
    )
    referrals = flow["referrals"].sum()
    if referrals:
        yield "referrals that meet the largest barrier", flow["fitting_referrals"].sum() / referrals, "share"


def _mean(values: pd.Series) -> float:
    present = values.dropna()
    return float(present.mean()) if len(present) else float("nan")


def _calendar(spells: pd.DataFrame, weeks: int) -> Rows:
    years = weeks // WEEKS_PER_YEAR
    if years and len(spells):
        table = calendar_year(spells, years).iloc[0]
        yield "months on benefit in a calendar year", float(table["months"]), "months"
        yield "ten months or more in a calendar year", float(table["share_ten_months"]), "share of persons"
        within = spells[spells["entry_week"] + spells["weeks"] > weeks - WEEKS_PER_YEAR].drop_duplicates(
            "client"
        )
        for hindrance, part in within["hindrance"].value_counts(normalize=True, sort=False).items():
            yield f"on benefit in the last year with hindrance {hindrance}", float(part), "share of persons"


def _service(panel: pd.DataFrame) -> Rows:
    total = panel.sum()
    clients = max(total["clients"], 1)
    yield "clients on benefit", float(panel["clients"].mean()), "persons"
    yield "without a caseworker", total["waiting"] / clients, "share of client-weeks"
    yield "caseworkers", float(panel["caseworkers"].mean()), "persons"
    served = clients - total["waiting"]
    yield "clients per caseworker", served / max(total["caseworkers"], 1), "clients"
    if total["meetings"]:
        yield "weeks between talks", served / total["meetings"], "weeks"
        yield "length of a talk", total["talk_minutes"] / total["meetings"], "minutes"
    yield (
        "caseworker time in talks",
        total["talk_minutes"] / max(total["minutes_available"], 1),
        "share of paid time",
    )
    yield "in a programme", total["in_programmes"] / clients, "share of client-weeks"
    yield "waiting for a place", total["queued"] / clients, "share of client-weeks"
    if total["places"]:
        yield "places used", total["places_used"] / total["places"], "share of places"
    yield from _places_and_vacancies(total)
    years = clients / WEEKS_PER_YEAR
    for step in ("warnings", "reductions", "denials", "wrong_sanctions"):
        yield step.replace("_", " "), total[step] / years * 1000.0, "per 1,000 client-years"


def _knowledge(panel: pd.DataFrame) -> Rows:
    total = panel.sum()
    if total["assessments"]:
        error = total["assessment_error"] / total["assessments"]
        yield "error of an assessment (mean over barriers)", error, "share of the scale"
    if total["admitted"]:
        yield (
            "assessments redone by the provider",
            total["reassessments"] / total["admitted"],
            "share of stays",
        )
    if total["cases_taken_up"]:
        weeks = total["weeks_to_take_up"] / total["cases_taken_up"]
        yield "from the first absence of a stay to its being taken up", weeks, "weeks"
    errors = panel["belief_error"].dropna()
    if len(errors):
        yield "error of beliefs about programmes, at the end", float(errors.iloc[-1]), "share of a barrier"


def _employment_service(panel: pd.DataFrame) -> Rows:
    total = panel.sum()
    if not total["registered"]:
        return
    waiting = total["awaiting_registration"] / max(total["clients"], 1)
    yield "waiting to be registered as job seeker", waiting, "share of client-weeks"
    if total["deregistrations"]:
        back = total["new_registrations"] / total["deregistrations"]
        yield "registered anew within 13 weeks of a de-registration", back, "share"


def _places_and_vacancies(total: pd.Series) -> Rows:
    if total["completed"]:
        yield "completed stay in a programme", total["stay_weeks"] / total["completed"], "weeks"
    if total["admitted"]:
        yield "wait for a place", total["wait_weeks"] / total["admitted"], "weeks"
    if total["vacancies_opened"]:
        yield "vacancies filled by clients", total["vacancies_filled"] / total["vacancies_opened"], "share"
        chances = total["vacancies_filled"] + total["jobs_missed"]
        yield "chances of work missed for want of a vacancy", total["jobs_missed"] / max(chances, 1), "share"


def _money(panel: pd.DataFrame) -> Rows:
    total = panel.sum()
    years = max(total["clients"], 1) / WEEKS_PER_YEAR
    names = {"benefit_sek": "benefit", "staff_sek": "caseworkers", "programme_sek": "programme places"}
    if total["provider_sek"]:
        names["provider_sek"] = "assessors at providers"
    for column, name in names.items():
        yield f"{name}, per client-year", total[column] / years, "SEK"
    yearly = sum(total[column] for column in names) * WEEKS_PER_YEAR / len(panel)
    yield "all of it, per year", yearly / 1e6, "million SEK"
