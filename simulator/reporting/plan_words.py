"""What a plan answers, in sentences: on the terminal, and at the top of its page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.experiments.planning.carry_out import Answer
from simulator.experiments.planning.conditions import Condition
from simulator.experiments.planning.selection import ALIKE, MISSES, OPEN, WORSE
from simulator.outcomes.criteria import MONEY
from simulator.parameters import Scenario
from simulator.reporting.setting_words import lever_text, option_text
from simulator.reporting.words import Words, decimals_of, is_share

SHOWN, SMALL_SHOWN = 3, 2
"""Digits that a reader can use of a number, and of an interval whose numbers are all below one."""


def option_names(answer: Answer, words: Words) -> list[str]:
    """Return what makes each option, in words."""
    options = answer.asked.options
    return [
        option_text(row, words, _titles(scenario))
        for row, scenario in zip(options.acting, options.points.scenarios, strict=True)
    ]


def _titles(scenario: Scenario) -> dict[str, str]:
    return {name: one.title for name, one in scenario.programmes.items()}


def condition_text(one: Condition, units: Mapping[str, str], words: Words) -> str:
    """Return a condition in words."""
    bound = amount_text(one.bound, units[one.measure], words)
    return f"{words.outcome(one.measure)} {'≤' if one.sign > 0 else '≥'} {bound}"


def amount_text(value: float, unit: str, words: Words) -> str:
    """Return a number with its unit; a share in per cent."""
    if is_share(unit):
        return f"{words.plain_number(round(100.0 * value, 1))} %"
    written = words.plain_number(float(f"{value:.{SHOWN + 1}g}"))
    return words.agreed(f"{written} {change_unit(unit, words)}".strip())


def interval_text(numbers: Sequence[float], words: Words, is_signed: bool = False) -> str:
    """Return a number with its interval, all with as many decimals as the largest of them takes."""
    size = max(abs(number) for number in numbers)
    decimals = SMALL_SHOWN - 1 - math.floor(math.log10(size)) if 0.0 < size < 1.0 else decimals_of(size)
    write = words.signed if is_signed else words.number
    return words.interval(*(write(number, decimals) for number in numbers))


def to_the_best(key: str, answer: Answer) -> str:
    """Return the key of a text that speaks of the best option, or of the nearest if none is allowed."""
    return key if answer.decision.chosen.best is not None else f"{key}_nearest"


def difference_text(row: Mapping[Any, Any], answer: Answer, words: Words) -> str:
    """Return how much more than the best, or else the nearest, an option of the table comes to."""
    if row["option"] == answer.decision.chosen.nearest:
        return "–"
    apart = [row[f"difference{end}"] for end in ("", "_low", "_high")]
    return interval_text(apart, words, is_signed=True)


def chance_text(row: Mapping[Any, Any], words: Words) -> str:
    """Return how probable it is that an option of the table is the best, where that can be told."""
    chance = float(row["chance_best"])
    return "–" if math.isnan(chance) else words.percent(chance)


def confidence_of(answer: Answer, words: Words) -> str:
    """Return the confidence of a plan in per cent."""
    return f"{words.plain_number(100 * answer.asked.plan.confidence)} %"


def unit_of(answer: Answer, words: Words) -> str:
    """Return the unit of the goal: of money, a year."""
    return change_unit(answer.asked.units[answer.asked.goal], words)


def change_unit(unit: str, words: Words) -> str:
    """Return a unit in words: of money, a year."""
    return words("plan.a_year", unit=words.unit(unit)) if unit == MONEY else words.unit(unit)


def indifference_text(answer: Answer, words: Words) -> str:
    """Return the smallest difference that matters, of money also as the caseworkers that cost as much."""
    asked = answer.asked
    text = f"{words.plain_number(float(f'{asked.indifference:.{SHOWN}g}'))} {unit_of(answer, words)}"
    if asked.units[asked.goal] != MONEY:
        return text
    number = asked.indifference * 1e6 / asked.options.scenario.costs.caseworker_sek_yearly
    return words("plan.in_caseworkers", money=text, number=words.plain_number(round(number, 1)))


def sentences(answer: Answer, words: Words) -> list[str]:
    """Return what a plan answers: which option, how surely, and what else may be as good."""
    return list(_sentences(answer, words))


def _sentences(answer: Answer, words: Words) -> Iterator[str]:
    choice, unit = answer.decision.chosen, unit_of(answer, words)
    names = option_names(answer, words)
    row = answer.table[answer.table["option"] == choice.nearest].to_dict("records")[0]
    value = interval_text([row[name] for name in ("goal", "goal_low", "goal_high")], words)
    key = f"plan.nobody{_surely(answer)}" if choice.best is None else "plan.best"
    told = {"option": names[choice.nearest], "value": value, "unit": unit}
    yield words(key, goal=words.outcome(answer.asked.goal), **told)
    if choice.best is None:
        if choice.standing[choice.nearest] == MISSES:
            yield from _missed(answer, words)
        yield from _unsettled(answer, names, words)
    else:
        yield _others(answer, names, words)
        if ALIKE in choice.standing and choice.reached:  # that all others are worse says more
            indifference, confidence = indifference_text(answer, words), confidence_of(answer, words)
            yield words(f"plan.promised{_free(answer)}", indifference=indifference, confidence=confidence)
        yield from _unsettled(answer, names, words)
        yield from _at_ends(answer, words)
        out = _named(names, answer, MISSES)
        if out:
            yield words("plan.out", options=out)
    yield from _the_same(answer, names, words)
    yield from _one_more(answer, words)
    yield from _of_draws(answer, words, unit)
    if answer.tried > len(names):
        every = words.number(answer.tried, 0)
        yield words("plan.searched", all=every, tried=answer.simulated, number=len(names))


def _missed(answer: Answer, words: Words) -> Iterator[str]:
    """Yield by how much the option that comes nearest misses each condition."""
    nearest, units = answer.decision.chosen.nearest, answer.asked.units
    for place, one in enumerate(answer.asked.conditions):
        value, unit = float(answer.decision.levels.values[nearest, 1 + place]), units[one.measure]
        beyond = one.sign * (value - one.bound)
        if beyond <= 0.0:
            continue
        yield words(
            "plan.missed",
            condition=condition_text(one, units, words),
            value=amount_text(value, unit, words),
            beyond=_apart_text(beyond, unit, words),
        )


def _the_same(answer: Answer, names: Sequence[str], words: Words) -> Iterator[str]:
    """Yield which combinations come to the same, by their settings or in all that was simulated."""
    options = answer.asked.options
    if answer.tried < options.combined:
        number, combined = words.number(answer.tried, 0), words.number(options.combined, 0)
        yield words("plan.merged", all=combined, number=number)
    for twins in answer.decision.twins:
        yield words("plan.twins", options="; ".join(names[one] for one in twins))


def _at_ends(answer: Answer, words: Words) -> Iterator[str]:
    """Yield a remark if the best option has the least or the largest number of a list."""
    options, best = answer.asked.options, answer.decision.chosen.nearest
    numbers = [one for one in options.levers if {type(value) for value in one.values} <= {int, float}]
    ends = {
        one.key: value
        for one in numbers
        if (value := options.acting[best].get(one.key)) in {min(one.values), max(one.values)}
        and len(set(one.values)) > 1
    }
    if ends:
        titles = _titles(options.points.scenarios[best])
        told = [lever_text(key, value, words, titles) for key, value in ends.items()]
        yield words("plan.at_end", setting="; ".join(told))


def _others(answer: Answer, names: Sequence[str], words: Words) -> str:
    """Return whether other options may be as good."""
    standing, confidence = answer.decision.chosen.standing, confidence_of(answer, words)
    alike = _named(names, answer, ALIKE)
    if alike:
        return words("plan.alike", confidence=confidence, options=alike)
    if WORSE not in standing:
        return words(f"plan.only{_surely(answer)}")
    return words(f"plan.alone{_free(answer)}{_surely(answer)}", confidence=confidence)


def _free(answer: Answer) -> str:
    """Return the ending of texts that speak of no conditions, if there are none."""
    return "" if answer.asked.conditions else "_free"


def _surely(answer: Answer) -> str:
    """Return the ending of texts that speak of conditions met surely, if it is not settled of an option."""
    return "_surely" if OPEN in answer.decision.chosen.standing else ""


def _named(names: Sequence[str], answer: Answer, wanted: str) -> str:
    decision = answer.decision
    return "; ".join(names[one] for one in decision.order if decision.chosen.standing[one] == wanted)


def _unsettled(answer: Answer, names: Sequence[str], words: Words) -> Iterator[str]:
    """Yield what was not told, and how many replications would tell it, or what else."""
    unsettled = answer.decision.chosen.unsettled
    made = counted(answer, answer.decision.values.shape[2], words, "there_were")
    if unsettled.goal:
        wanted = counted(answer, unsettled.goal, words)
        yield words(
            "plan.not_reached", indifference=indifference_text(answer, words), wanted=wanted, made=made
        )
    for place, one in enumerate(answer.asked.conditions):
        condition = condition_text(one, answer.asked.units, words)
        needed = {int(option): unsettled.conditions[option, place] for option in answer.decision.order}
        soon = [option for option, number in needed.items() if 0.0 < number < math.inf]
        if soon:
            wanted = counted(answer, max(needed[option] for option in soon), words)
            options = _with_values(soon, answer, names, place, words)
            yield words("plan.open", condition=condition, options=options, wanted=wanted, made=made)
        near = [option for option, number in needed.items() if math.isinf(number)]
        if near:
            options = _with_values(near, answer, names, place, words)
            unit = answer.asked.units[one.measure]
            yield words(
                "plan.near",
                condition=condition,
                options=options,
                tolerance=_apart_text(one.tolerance, unit, words),
            )


def _with_values(
    numbers: Sequence[int], answer: Answer, names: Sequence[str], place: int, words: Words
) -> str:
    """Return options with what they come to in the measure of a condition."""
    unit = answer.asked.units[answer.asked.conditions[place].measure]
    values = answer.decision.levels.values[:, 1 + place]
    return "; ".join(f"{names[one]} ({amount_text(float(values[one]), unit, words)})" for one in numbers)


def _apart_text(value: float, unit: str, words: Words) -> str:
    """Return how far two values of a measure are apart; of shares in percentage points."""
    if is_share(unit):
        return words("plan.points", value=words.plain_number(round(100.0 * value, 1)))
    return amount_text(value, unit, words)


def counted(answer: Answer, number: float, words: Words, key: str = "number") -> str:
    """Return so many replications in words, or draws where there are any."""
    return words(made_key(key, answer), number=words.number(number, 0))


def made_key(key: str, answer: Answer) -> str:
    """Return the key of a text that speaks of replications, or of draws where there are any."""
    return f"plan.{key}_draws" if answer.asked.draws else f"plan.{key}"


def _one_more(answer: Answer, words: Words) -> Iterator[str]:
    """Yield what one more caseworker changes: from the best option on, or up to it where it has most."""
    table, name = answer.marginal, answer.asked.options.named(answer.decision.chosen.nearest)
    own = table[table["from"] == name]
    own = own if len(own) else table[table["to"] == name]
    rows = own[own["to"] == own["to"].iloc[0]].to_dict("records") if len(own) else []
    told = [_change(row, words) for row in rows if math.isfinite(row["low"])]
    if told:
        low, high = (words.number(rows[0][f"caseworkers_{side}"], 1) for side in ("from", "to"))
        yield words("plan.one_more", low=low, high=high, changes="; ".join(told))


def _change(row: Mapping[Any, Any], words: Words) -> str:
    value = interval_text([row[name] for name in ("value", "low", "high")], words, is_signed=True)
    return f"{words.outcome(row['measure'])} {value} {change_unit(row['unit'], words)}"


def _of_draws(answer: Answer, words: Words, unit: str) -> Iterator[str]:
    decision = answer.decision
    if decision.of_draws is not None and not math.isnan(decision.value_of_knowing):
        share = words.percent(float(decision.of_draws.best[decision.chosen.nearest]))
        value = words.number(decision.value_of_knowing)
        yield words("plan.draws", draws=len(answer.asked.draws), share=share, value=value, unit=unit)
