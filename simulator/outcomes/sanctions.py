"""Headline outcomes of sanctions and benefit rules: who was hit, how spells ended, which hours were met."""

from __future__ import annotations

from simulator.outcomes.block import Headline, Numbers, Rows, Spells, Weeks, ratio
from simulator.outcomes.definitions import next_entry
from simulator.vocabulary import WEEKS_PER_YEAR, Door

WITHOUT_WORK = [Door.WITHDRAWAL.label, Door.OTHER.label, Door.MOVED.label]
"""Ways out behind which neither work, nor study, nor another benefit is known."""


def sanction_outcomes(spells: Spells, flow: Spells, weeks: Weeks) -> Rows:
    """Yield the headline outcomes; `flow` are the spells that began in the reported weeks."""
    yield from _ways_out(flow)
    doors = (Door.WORK, Door.WITHDRAWAL)
    for door, back in zip(doors, shares_back_within_a_year(spells, doors, weeks.number), strict=True):
        yield Headline(f"back within a year after {door.label}", back, "share of exits")
    yield from _people_hit(weeks)
    yield from _stays(weeks)
    yield from _rules_in_force(weeks)


def _ways_out(flow: Spells) -> Rows:
    exited = flow["exited"].to_numpy(bool)
    cut = flow.numbers("reductions") + flow.numbers("denials") > 0
    without = flow["door"].isin(WITHOUT_WORK).to_numpy()
    for name, group in (("reduced or denied", exited & cut), ("never reduced or denied", exited & ~cut)):
        share = flow.share(without, among=group)
        yield Headline(f"ended without work or other income, {name}", share, "share of ended spells")


def shares_back_within_a_year(spells: Spells, doors: tuple[Door, ...], weeks: int) -> list[Numbers]:
    """Return, for each door, the share of those who left by it who apply again within a year.

    NaN where nobody left by a door.

    Parameters
    ----------
    spells : Spells
        All spells of some replications.
    doors : tuple of Door
        Ways out.
    weeks : int
        Weeks of the run; only exits that were followed for a whole year count.
    """
    end = spells.numbers("exit_week")
    followed = end + WEEKS_PER_YEAR <= weeks
    back = next_entry(spells.table).to_numpy() - end <= WEEKS_PER_YEAR
    taken = [(spells["door"] == door.label).to_numpy() for door in doors]
    return [spells.share(back, among=followed & by) for by in taken]


def _people_hit(weeks: Weeks) -> Rows:
    total, clients = weeks.total, weeks.client_weeks
    thousand_years = weeks.client_years / 1000.0
    names = {
        "children_hit": "reductions and denials of households with children",
        "emergency_tests": "emergency tests",
    }
    for column, name in names.items():
        yield Headline(name, total(column) / thousand_years, "per 1,000 client-years")
    mandatory, older = total("mandatory"), total("mandatory_over_25")
    yield Headline("aged 25 or more in a mandatory programme", older / clients, "share of client-weeks")
    name = "mandatory programmes taken up by those aged 25 or more"
    yield Headline(name, ratio(older, mandatory), "share of weeks in them", mandatory > 0)


def _stays(weeks: Weeks) -> Rows:
    ended = weeks.total("completed") + weeks.total("ended_early")
    columns = {
        "completed": "completed",
        "absences_drop_out": "dropped out of",
        "ended_for_misconduct": "ended for misconduct",
    }
    for column, name in columns.items():
        yield Headline(f"stays {name}", ratio(weeks.total(column), ended), "share of ended stays", ended > 0)


def _rules_in_force(weeks: Weeks) -> Rows:
    asked, met = weeks.total("hours_asked"), weeks.total("hours_met")
    yield Headline("required hours met", ratio(met, asked), "share of hours asked", asked > 0)
    part_time = weeks.total("part_time") / weeks.client_weeks
    yield Headline("working part time on benefit", part_time, "share of client-weeks")
