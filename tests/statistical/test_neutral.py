"""With mechanisms switched off the model is a known object, exactly or within Monte Carlo error.

Seeds are fixed, so a test passes or fails for good; the error rate in each docstring is the chance that a
correct simulator would have failed at a seed chosen at random.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from simulator.engine import Engine
from simulator.randomness import exponential, luck_of
from simulator.vocabulary import NOBODY, Door, Purpose

pytestmark = pytest.mark.statistical

ALPHA = 1e-3
SEED = 11
PEOPLE = 20_000
HAZARDS = {"work": 0.012, "subsidised_work": 0.003, "study": 0.005, "other_benefit": 0.002, "moved": 0.001,
           "withdrawal": 0.0005, "other": 0.004}  # fmt: skip


def played(scenario, seed=SEED, replication=0) -> Engine:
    engine = Engine(scenario, seed, replication)
    engine.run()
    return engine


def lengths(spells) -> np.ndarray:
    return spells["end_week"] - spells["entry_week"]


def agrees(observed, expected) -> bool:
    """Whether counts agree with what is expected (chi-square, error rate ALPHA); small cells are pooled."""
    observed, expected = np.ravel(observed).astype(float), np.ravel(expected)
    small = expected < 5.0
    pooled = [np.append(cells[~small], cells[small].sum()) for cells in (observed, expected)]
    kept = pooled[1] > 0.0
    return stats.chisquare(pooled[0][kept], pooled[1][kept]).pvalue > ALPHA


# --- one constant hazard --------------------------------------------------------------------------


def test_time_to_exit_is_geometric(load):
    """Chi-square over weeks of exit and the censored; error rate 1e-3."""
    hazard, weeks = 0.02, 300
    spells = played(load("neutral", f"population.size={PEOPLE}", f"weeks={weeks}")).spells()
    counts = np.bincount(lengths(spells)[spells["door"] == Door.WORK], minlength=weeks + 1)[1:]
    survival = np.exp(-hazard * np.arange(weeks + 1))
    censored = PEOPLE - counts.sum()
    assert agrees([*counts, censored], PEOPLE * np.array([*-np.diff(survival), survival[-1]]))


def test_each_leaves_in_the_week_of_the_own_threshold(load):
    spells = played(load("neutral", "population.size=500", "weeks=400")).spells()
    luck = luck_of(SEED, 0)
    expected = [math.ceil(exponential(luck, who, 1, int(Purpose.THRESHOLD)) / 0.02) for who in range(500)]
    exited = spells["door"] != NOBODY
    assert exited.sum() > 450
    assert lengths(spells)[exited].tolist() == np.array(expected)[exited].tolist()
    assert min(np.array(expected)[~exited], default=401) > 400


def test_standing_stock_is_poisson(load):
    """Newcomers with a constant hazard: index of dispersion and mean over replications; error rate 2e-3."""
    weekly, hazard, runs = 2.0, 0.1, 300
    inflow = ("population.newcomers_per_1000_weekly=100", "population.burn_in_weeks=150", "weeks=1")
    scenario = load(
        "neutral", "population.mode=flow", "population.size=20", "doors.work.h_weekly=0.1", *inflow
    )
    stock = np.array([played(scenario, replication=number).panel()["clients"][-1] for number in range(runs)])
    stays = math.exp(-hazard)  # newcomers can leave in their first week
    mean = weekly * stays / (1.0 - stays)
    assert abs(stock.mean() - mean) < stats.norm.isf(ALPHA / 2) * math.sqrt(mean / runs)
    assert ALPHA / 2 < stats.chi2.cdf(runs * stock.var() / mean, runs) < 1 - ALPHA / 2


# --- competing constant hazards -------------------------------------------------------------------


def test_competing_hazards_share_the_exits(load):
    """Chi-square over door and half-year of exit, against the cumulative incidence; error rate 1e-3."""
    weeks, step = 260, 26
    doors = [f"doors.{door}.h_weekly={hazard}" for door, hazard in HAZARDS.items()]
    spells = played(load("neutral", f"population.size={PEOPLE}", f"weeks={weeks}", *doors)).spells()
    hazards = np.array(list(HAZARDS.values()))
    total = hazards.sum()
    times = np.arange(0, weeks + 1, step)
    incidence = np.outer(hazards / total, 1.0 - np.exp(-total * times))
    left = spells[spells["door"] != NOBODY]
    counts, _, _ = np.histogram2d(left["door"], lengths(left) - 0.5, bins=[np.arange(8) - 0.5, times])
    expected = [*np.diff(incidence, axis=1).ravel(), math.exp(-total * weeks)]
    assert agrees([*counts.ravel(), PEOPLE - len(left)], PEOPLE * np.array(expected))


# --- two frozen groups ----------------------------------------------------------------------------


def test_two_frozen_groups_are_a_mixture(load):
    """Chi-square over group and quarter of exit, and a pooled hazard that falls; error rate 2e-3."""
    weeks, step = 260, 13
    half = ("population.share_foreign_born=0.5", "+doors.work.traits.foreign_born=-1.8")
    scenario = load(
        "neutral", f"population.size={PEOPLE}", f"weeks={weeks}", "doors.work.h_weekly=0.04", *half
    )
    spells = played(scenario).spells()
    times = np.arange(0, weeks + 1, step)
    survival = np.exp(-np.outer(0.04 * np.exp([0.0, -1.8]), times))
    left = spells[spells["door"] != NOBODY]
    counts, _, _ = np.histogram2d(left["foreign_born"], lengths(left) - 0.5, bins=[[-0.5, 0.5, 1.5], times])
    assert agrees(
        counts, PEOPLE / 2 * -np.diff(survival, axis=1) * len(left) / (PEOPLE * (1 - survival[:, -1].mean()))
    )

    exits = counts.sum(axis=0)
    hazard = exits / (PEOPLE - np.append(0, np.cumsum(exits)[:-1]))
    pooled = survival.mean(axis=0)
    expected = 1.0 - pooled[1:] / pooled[:-1]
    at_risk = PEOPLE * pooled[:-1]
    error = np.sqrt(expected * (1 - expected) / at_risk)
    assert (np.diff(expected) < 0).all()
    assert (abs(hazard - expected) < stats.norm.isf(ALPHA / 2 / len(hazard)) * error).all()
    assert (np.diff(hazard[::4]) < 0).all()


# --- one programme as a queue ---------------------------------------------------------------------

PLACES, STAY, ARRIVALS = 4, 8, 0.35


@pytest.fixture(scope="module")
def queue_panels(load):
    """Weekly panels of one programme with Poisson arrivals and geometric stays; nobody leaves assistance."""
    only = (
        "{kind: job_search, title: Only, standard: true, target: everybody, queue: first_come,"
        " owner: joint, entry_most: {}, entry_after_weeks: 0, starts_week: -5200, ends_week: 5200,"
        " leads_to: '', mix: {}, h_hire_weekly: 0.0, employs: false, p_insured: 0.0,"
        f" places_per_1000: 400, weeks: {STAY}, length: geometric, content: {{}}, quality: 1.0,"
        " lock_in: 0.0, exit_ratio: {}, exit_ratio_weeks: 0, sek_per_place_week: 0.0, hours_per_week: 0.0}"
    )
    scenario = load(
        "neutral", "population.mode=flow", "population.size=10", "population.newcomers_per_1000_weekly=35",
        "population.burn_in_weeks=300", "weeks=3000", "doors.work.h_weekly=0", f"+programmes.only={only}",
        "referral.rest_weeks=5200", "referral.longest_queue=1000",
    )  # fmt: skip
    return [played(scenario, replication=number).panel() for number in range(24)]


def stationary(arrivals: float, ends: float, places: int, longest: int) -> np.ndarray:
    """Return the stationary law of (participants, queue) at the end of a week, in the order of the week.

    Newcomers are referred; each stay that was under way before this week ends with probability `ends`; then
    free places are filled from the queue.
    """
    poisson = stats.poisson.pmf(np.arange(longest + places + 1), arrivals)
    shape = (places + 1, longest + 1)
    step = np.zeros(shape + shape)
    for present in range(places + 1):
        leave = stats.binom.pmf(np.arange(present + 1), present, ends)
        for queue in range(longest + 1):
            for new, chance in enumerate(poisson):
                for gone in range(present + 1):
                    admitted = min(places - present + gone, queue + new)
                    after = min(longest, queue + new - admitted)
                    step[present, queue, present - gone + admitted, after] += chance * leave[gone]
    size = math.prod(shape)
    equations = step.reshape(size, size).T - np.eye(size)
    equations[-1] = 1.0
    return np.linalg.solve(equations, np.eye(size)[-1]).reshape(shape)


def mean_numbers(law: np.ndarray) -> tuple[float, float]:
    """Return the mean number of participants and of those who queue."""
    participants, queue = (np.arange(n) for n in law.shape)
    return float(law.sum(axis=1) @ participants), float(law.sum(axis=0) @ queue)


def test_places_are_left_and_then_filled_from_the_queue(queue_panels):
    for panel in queue_panels:
        before, now = panel[:-1], panel[1:]
        waiting = before["queued"] + now["newcomers"]
        free = PLACES - before["places_used"] + now["completed"]
        assert (now["admitted"] == np.minimum(free, waiting)).all()
        assert (now["queued"] == waiting - now["admitted"]).all()
        assert (now["places_used"] == before["places_used"] + now["admitted"] - now["completed"]).all()


def test_arrivals_are_poisson_and_stays_end_with_equal_chance(queue_panels):
    """Chi-square of newcomers, and of completed stays given participants; error rate 5e-3."""
    newcomers = np.concatenate([panel["newcomers"] for panel in queue_panels])
    assert agrees(
        np.bincount(newcomers, minlength=30), len(newcomers) * stats.poisson.pmf(np.arange(30), ARRIVALS)
    )
    present = np.concatenate([panel["places_used"][:-1] for panel in queue_panels])
    completed = np.concatenate([panel["completed"][1:] for panel in queue_panels])
    for number in range(1, PLACES + 1):
        counts = np.bincount(completed[present == number], minlength=number + 1)
        assert agrees(counts, counts.sum() * stats.binom.pmf(np.arange(number + 1), number, 1.0 / STAY))


def test_queue_and_participants_are_those_of_the_markov_chain(queue_panels):
    """Student's t over replications for either mean; error rate 2e-3."""
    expected = mean_numbers(stationary(ARRIVALS, 1.0 / STAY, PLACES, longest=60))
    means = np.array([[panel["places_used"].mean(), panel["queued"].mean()] for panel in queue_panels])
    assert (stats.ttest_1samp(means, expected).pvalue > ALPHA).all()


def test_markov_chain_tends_to_erlang_c():
    """The shorter the week against a stay, the nearer the chain: its distance falls in proportion."""
    places, load_share = 3, 0.7
    offered = places * load_share
    terms = offered ** np.arange(places) / np.array([math.factorial(n) for n in range(places)])
    tail = offered**places / math.factorial(places) / (1.0 - load_share)
    erlang_queue = tail / (terms.sum() + tail) * load_share / (1.0 - load_share)
    stays = (50, 100, 200)
    laws = [stationary(offered / stay, 1.0 / stay, places, longest=60) for stay in stays]
    participants, queue = np.array([mean_numbers(law) for law in laws]).T
    np.testing.assert_allclose(participants, offered, rtol=1e-6)
    gaps = queue - erlang_queue
    np.testing.assert_allclose(gaps[:-1] / gaps[1:], 2.0, rtol=0.1)
    assert abs(gaps[-1]) < 0.03 * erlang_queue


# --- levers without effect ------------------------------------------------------------------------

SMALL = ("population.size=300", "population.burn_in_weeks=30", "weeks=80", "population.offices=2")
ALIKE = ("casework.unlimited_time=true", "casework.skill_sd=0", "casework.strictness_sd=0")
REGIMES = {
    "ratio 200": ("caseload=ratio", "caseload.clients_per_caseworker=200"),
    "ratio 20, reviewed each week": (
        "caseload=ratio", "caseload.clients_per_caseworker=20", "caseload.review_weeks=1",
    ),
    "fixed staff": ("caseload=fixed_staff", "caseload.caseworkers=7"),
    "limit out of reach": ("caseload=limit", "caseload.caseworkers=3", "caseload.limit=100000"),
}  # fmt: skip


def differing(one, two, but=()) -> list[str]:
    """Return the columns in which two tables of spells differ."""
    if len(one) != len(two):
        return ["number of spells"]
    return [
        name
        for name in one.dtype.names
        if name not in but and not np.array_equal(one[name], two[name], equal_nan=True)
    ]


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("catalogue", ["none", "swedish"])
def test_caseload_has_no_effect_when_time_is_unlimited(load, regime, catalogue):
    common = ("default", *SMALL, *ALIKE, f"programmes={catalogue}", "referral=available")
    baseline = load(*common, "caseload=ratio", "caseload.clients_per_caseworker=20")
    spells = played(baseline).spells()
    assert len(spells) > 300
    others = played(load(*common, *REGIMES[regime])).spells()
    assert differing(spells, others, but=("caseworker", "caseworker_changes")) == []


@pytest.mark.parametrize("option", ["strict", "warning", "none"])
def test_sanctions_have_no_effect_without_follow_up(load, option):
    def spells(option, *more):
        return played(load("default", *SMALL, f"sanctions={option}", *more)).spells()

    baseline = spells("ladder", "sanctions.p_follow_up=0")
    assert baseline["absences"].sum() > 50
    assert differing(baseline, spells(option, "sanctions.p_follow_up=0")) == []
    assert differing(baseline, spells("strict")) != []
