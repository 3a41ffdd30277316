"""The arms of a trial: which rules may differ between people of one office, and scenarios that hold them.

What acts on a client through the client's own record (talks wished, referral, sanctions, benefit, ways out)
can differ from client to client. What acts through a caseworker's week (caseload, minutes) can differ only
where arms have caseworkers of their own. What belongs to the office (catalogue and places, vacancies, the
employment service, case reviews, who assesses) cannot: there a trial is simulated as separate worlds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from simulator.composing.pairing import Load
from simulator.config import read_scenario
from simulator.errors import Mistake, SettingsError, checked, inside_of
from simulator.experiments.comparison import check_same_people
from simulator.parameters import Scenario
from simulator.parameters.designs import TrialStudy
from simulator.parameters.reform import Reform
from simulator.parameters.trial import ROUNDING, Arm
from simulator.vocabulary import People, Placing

OF_CLIENTS = (
    "sanctions.*", "benefit.*", "referral.*", "doors.*.h_weekly", "doors.*.barriers",
    *(f"casework.{name}" for name in (
        "talk_interval_weeks", "assessment_priority", "plan_priority", "p_plan", "owed_talks", "owed_weeks",
        "p_owed", "owed_priority", "presumed_ready", "cancelled_talk", "p_cancelled", "creaming_referral",
        "triage", "own_power_above", "too_heavy_below", "handover_loss",
    )),
    *(f"collaboration.{name}" for name in (
        "p_seen", "report_delay_weeks", "referral_delay_weeks", "plan_factor", "noise_factor",
        "coordination_minutes_monthly", "reassessment", "reassess_above", "reassess_weeks", "p_consent",
    )),
)  # fmt: skip
"""Settings that can differ from client to client of the same caseworker."""

OF_STAFF = (
    *(f"caseload.{name}" for name in (
        "regime", "caseworkers", "clients_per_caseworker", "limit", "hours_per_week",
    )),
    *(f"casework.{name}" for name in (
        "share_overhead", "decision_minutes", "decision_short_minutes", "new_client_weight",
        "share_for_clients", "emergency_minutes", "inquiry_minutes", "assessment_minutes",
        "assessment_short_minutes", "plan_minutes", "plan_short_minutes", "talk_minutes",
        "talk_short_minutes", "talk_around_minutes", "time_squeeze", "youth_priority", "talk_insight",
        "assessment_noise", "template", "template_noise_factor", "template_minutes_factor",
        "case_weights", "child_weight",
    )),
    "collaboration.share_minutes_saved",
)  # fmt: skip
"""Settings that can differ, too, where arms have caseworkers of their own."""

PAIR = 2
NO_RULES = {"study", "output", "workers", "scenario", "about", "trial"}


def differences(first: Mapping[str, Any], second: Mapping[str, Any], above: str = "") -> list[str]:
    """Return the paths at which two trees of settings differ."""
    found: list[str] = []
    for name in {**first, **second}:
        one, other = first.get(name), second.get(name)
        if one == other or (not above and name in NO_RULES):
            continue
        if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys() and one:
            found += differences(one, other, f"{above}{name}.")
        else:
            found.append(f"{above}{name}")
    return found


def may_differ(path: str, allowed: Sequence[str]) -> bool:
    """Whether a path is one of the allowed, where `*` stands for any name or the rest of the path."""
    return any(_fits(path.split("."), pattern.split(".")) for pattern in allowed)


def _fits(path: Sequence[str], pattern: Sequence[str]) -> bool:
    if pattern[-1] == "*":
        return list(path[: len(pattern) - 1]) == list(pattern[:-1])
    several = len(path) >= len(pattern)
    return several and all(other in {"*", one} for one, other in zip(path, pattern, strict=False))


def load_arms(
    scenario: Scenario,
    arms: Mapping[str, str],
    load: Load,
    draw: Sequence[str] = (),
    where: str = "",
    checks: Sequence[Callable[[], None]] = (),
) -> dict[str, Scenario]:
    """Return each arm's rules as a scenario of its own, by the arm's name.

    Parameters
    ----------
    scenario : Scenario
        What arms change.
    arms : mapping of str to str
        Overrides with spaces between.
    load : callable
        Loads a scenario by name and overrides, with those of the command.
    draw : sequence of str
        Overrides of one draw of uncertain settings.
    where : str
        The setting that asks for an arm, for messages; `{}` stands for the arm's name.
    checks : sequence of callable
        What else raises SettingsError if something is wrong.

    Raises
    ------
    SettingsError
        With every mistake of any check and any arm.
    """
    study = {"study": scenario.study, "output": scenario.output}

    rules: dict[str, Scenario] = {}

    def add(name: str) -> None:
        with inside_of(where.format(name)):
            rules[name] = load(scenario.scenario, *draw, *arms[name].split()).model_copy(update=study)

    makers: list[Callable[[], None]] = [*checks, *(partial(add, name) for name in arms)]
    checked(makers)
    return rules


def inside(
    baseline: Scenario,
    rules: Mapping[str, Scenario],
    shares: Sequence[float],
    design: TrialStudy,
) -> Scenario:
    """Return a scenario whose people are drawn into arms inside the same offices.

    Parameters
    ----------
    baseline : Scenario
        The rules for those in no arm, and before the start.
    rules : mapping of str to Scenario
        Each arm's, for everybody.
    shares : sequence of float
        Share of people drawn into each.
    design : TrialStudy
        Whether each arm has caseworkers of its own, and from when to when arms differ.

    Raises
    ------
    SettingsError
        If arms differ in what is one for the whole office.
    """
    week, apart = design.start_week, design.staff_apart
    allowed = (*OF_CLIENTS, *OF_STAFF) if apart else OF_CLIENTS
    if week is not None:
        allowed = tuple(path for path in allowed if not path.startswith("doors"))
    arms: dict[str, Any] = {}
    mistakes: list[Mistake] = []
    for (name, own), share in zip(rules.items(), shares, strict=True):
        changed = differences(baseline.model_dump(), own.model_dump())
        mistakes += [_shared(name, path, apart) for path in changed if not may_differ(path, allowed)]
        groups = {path.partition(".")[0] for path in changed} & Arm.model_fields.keys()
        given = {group: getattr(own, group).model_dump() for group in groups}
        arms[name] = {**dict.fromkeys(Arm.model_fields), "share": share, **given}
    if mistakes:
        raise SettingsError(mistakes)
    end = None if design.treatment_weeks is None else (week or 0) + design.treatment_weeks
    trial = {"week": week, "end_week": end, "staff_apart": apart, "arms": arms}
    return read_scenario({**baseline.model_dump(), "trial": trial})


def _shared(arm: str, path: str, staff_apart: bool) -> Mistake:
    apart = not staff_apart and may_differ(path, OF_STAFF)
    other = "study.staff_apart=true, or study.placing=worlds" if apart else "study.placing=worlds"
    why = (
        "is the caseworkers', whom the arms share"
        if apart
        else "is one for all people of an office, or from the start"
    )
    return Mistake(f"study.arms.{arm}", f"{path} {why}", other)


def as_worlds(baseline: Scenario, rules: Mapping[str, Scenario], week: int | None) -> dict[str, Scenario]:
    """Return a scenario for each arm in which its rules hold for everybody, from a week on.

    Raises
    ------
    SettingsError
        If arms are not about the same people, or rules with a start differ in what no reform can change.
    """

    def check(name: str) -> None:
        with inside_of(f"study.arms.{name}"):
            check_same_people(baseline, rules[name])

    checked(partial(check, name) for name in rules)
    if week is None:
        return dict(rules)
    worlds = checked(
        partial(reformed, baseline, own, week, f"study.arms.{name}") for name, own in rules.items()
    )
    return dict(zip(rules, worlds, strict=True))


def reformed(baseline: Scenario, rules: Scenario, week: int, where: str, **more: float) -> Scenario:
    """Return a scenario in which other rules come into force in a week, by a reform.

    Parameters
    ----------
    baseline, rules : Scenario
        Before and after.
    week : int
        When.
    where : str
        The setting that asks for it, for messages.
    **more : int or float
        Further settings of the reform: share_offices, waves, wave_weeks.

    Raises
    ------
    SettingsError
        If the rules differ in what no reform can change, or there is a reform already.
    """
    changed = differences(baseline.model_dump(), rules.model_dump())
    groups = [name for name in Reform.model_fields if name in type(baseline).model_fields]
    wrong = [path for path in changed if path.partition(".")[0] not in groups]
    mistakes = [
        Mistake(where, f"{path} cannot change in the middle of a run", ", ".join(groups)) for path in wrong
    ]
    if baseline.reform.week is not None:
        mistakes.append(Mistake(where, "the scenario has a reform of its own already"))
    if mistakes:
        raise SettingsError(mistakes)
    new = {path.partition(".")[0] for path in changed}
    reform = {**baseline.reform.model_dump(), **{name: getattr(rules, name).model_dump() for name in new}}
    if new:
        reform.update({"week": week, **more})
    return read_scenario({**baseline.model_dump(), "reform": reform})


def check_trial(scenario: Scenario, design: TrialStudy) -> None:
    """Raise SettingsError with everything in a design that cannot be carried out."""
    wrong = [*_wrong_arms(design), *_wrong_shares(design), *_wrong_weeks(scenario, design)]
    if wrong:
        raise SettingsError([Mistake(f"study.{key}", problem, allowed) for key, problem, allowed in wrong])


def _wrong_arms(design: TrialStudy) -> Iterator[tuple[str, str, str]]:
    arms, shares = len(design.arms), design.shares
    if arms < PAIR:
        yield "arms", f"arms named: {arms}", "two or more: ['NAME: KEY=VALUE', 'NAME: KEY=VALUE']"
    named = design.arms_by_name()
    if len(named) < arms or "" in named or any(":" not in text for text in design.arms):
        yield "arms", "each needs a name of its own before a colon", "['NAME: KEY=VALUE', ...]"
    for key, values in (("shares", shares), ("saturations", design.saturations)):
        yield from ((key, f"{value} is no share", "0 to 1") for value in values if not 0.0 <= value <= 1.0)
    if design.rotate and len(set(shares)) > 1:
        yield "rotate", "needs arms of equal size", "false, or no shares"
    if design.saturations and (arms != PAIR or design.placing != Placing.INSIDE):
        yield "saturations", "are for two arms inside the same offices", "[]"


def _wrong_shares(design: TrialStudy) -> Iterator[tuple[str, str, str]]:
    arms, shares = len(design.arms), design.shares
    if shares and len(shares) != arms:
        yield "shares", f"has {len(shares)} shares for {arms} arms", "one for each arm, or none"
    if sum(shares) > 1.0 + ROUNDING:
        yield "shares", f"add up to {sum(shares):g}", "at most 1"
    if shares and design.placing == Placing.WORLDS:
        yield "shares", "are for arms inside the same offices; in a world of its own an arm is all", "[]"


def _wrong_weeks(scenario: Scenario, design: TrialStudy) -> Iterator[tuple[str, str, str]]:
    start, latest = design.start_week or 0, max(0, scenario.weeks - design.follow_up_weeks)
    if start >= scenario.weeks:
        problem = f"{start} lies beyond the run of {scenario.weeks} weeks"
        yield "start_week", problem, f"up to {latest}, or more weeks"
        start = 0
    longest = scenario.weeks - start
    if design.follow_up_weeks > longest:
        problem = f"{design.follow_up_weeks} weeks after the start, the run has ended"
        yield "follow_up_weeks", problem, f"up to {longest}, or more weeks"
    if design.treatment_weeks and (design.start_week is None or design.placing == Placing.WORLDS):
        problem = "is for arms inside the same offices that begin in a week"
        yield "treatment_weeks", problem, "null, or study.placing=inside study.start_week=WEEK"
    if design.intake_weeks and design.people == People.STOCK:
        yield "intake_weeks", "takes nobody in where those on benefit are followed alone", "null"
    far = [one for one in design.horizons_weeks if not 1 <= one <= design.follow_up_weeks]
    allowed = f"1 to {design.follow_up_weeks}"
    yield from (("horizons_weeks", f"{one} is not within the follow-up", allowed) for one in far)
