"""Settings at which nothing looks under the rule in force, and staff that does not follow the people."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Sequence

from simulator.composing.session import key_of
from simulator.composing.tabled import Points
from simulator.describing import find_setting, number_text
from simulator.parameters import Scenario
from simulator.parameters.caseload import Caseload
from simulator.vocabulary import CaseloadRule, Organisation

CASEWORKERS = "caseload.caseworkers"
CASELOAD = "caseload.clients_per_caseworker"

IDLE = {
    "caseload.limit": (CaseloadRule.RATIO, CaseloadRule.FIXED_STAFF),
    CASEWORKERS: (CaseloadRule.RATIO,),
    CASELOAD: (CaseloadRule.FIXED_STAFF, CaseloadRule.LIMIT),
}
"""Settings of the caseload, and the regimes under which they have no effect."""


OF_INTENSIVE_TEAM = {
    "caseload.hard_to_place_below": (),
    "caseload.intensive_caseworkers": (CaseloadRule.RATIO,),
    "caseload.intensive_clients_per_caseworker": (CaseloadRule.FIXED_STAFF, CaseloadRule.LIMIT),
    "caseload.intensive_limit": (CaseloadRule.RATIO, CaseloadRule.FIXED_STAFF),
}
"""Settings of the team for the hard-to-place, and the regimes under which they have no effect either."""


def why_idle(key: str, caseload: Caseload) -> str:
    """Return the setting under which another has no effect; nothing if it has one, for all that is known."""
    if key in OF_INTENSIVE_TEAM and caseload.organisation == Organisation.GENERALIST:
        return f"caseload.organisation={caseload.organisation.label}"
    is_idle = caseload.regime in (*IDLE.get(key, ()), *OF_INTENSIVE_TEAM.get(key, ()))
    return f"caseload.regime={caseload.regime.label}" if is_idle else ""


def without_effect(
    overrides: Sequence[str], scenarios: Sequence[Scenario], alternative: Scenario | None = None
) -> Iterator[str]:
    """Yield one line for each override that does nothing; what stands in files is not looked at.

    Parameters
    ----------
    overrides : sequence of str
        As on the command line.
    scenarios : sequence of Scenario
        What they lead to, at each point of a sweep.
    alternative : Scenario, optional
        The second scenario of a comparison, which shares the overrides.
    """
    regimes = {scenario.caseload.regime for scenario in scenarios}
    for key in dict.fromkeys(map(key_of, overrides)):
        idle = [regime.label for regime in IDLE.get(key, ()) if regime in regimes]
        serves = alternative is not None and alternative.caseload.regime not in IDLE.get(key, ())
        if idle and not serves:
            yield f"Note: {key} has no effect with caseload.regime={' or '.join(idle)}."


def staff_apart(keys: Iterable[str], scenarios: Sequence[Scenario]) -> Iterator[str]:
    """Yield a line if a set staff stays although there are far fewer or more people than it is made for.

    Parameters
    ----------
    keys : iterable of str
        What somebody has set; nothing is said of staff that is among it.
    scenarios : sequence of Scenario
        What that leads to; of several, the one farthest off is told.
    """
    setting = find_setting(CASELOAD)
    low, high = (setting.plausible if setting else None) or (0.0, math.inf)
    off = {
        max(low / each, each / high): one
        for one in scenarios
        if not low <= (each := one.population.size / one.caseload.caseworkers) <= high
        and not why_idle(CASEWORKERS, one.caseload)
    }
    if off and CASEWORKERS not in keys:
        one = off[max(off)]
        staff, size = one.caseload.caseworkers, one.population.size
        yield (
            f"Note: {CASEWORKERS} is {staff:,} with caseload.regime={one.caseload.regime.label}, whatever "
            f"population.size is: {number_text(round(size / staff, 1))} of {size:,} clients for each. Set "
            "it, too, if that is not meant."
        )


LAID_OUT = ("plan", "sweep")
"""Kinds of study that lay out scenarios of their own, and simulate no other."""


def staff_apart_at_points(common: Iterable[str], points: Points) -> Iterator[str]:
    """Yield the same of what a study has laid out itself.

    Parameters
    ----------
    common : iterable of str
        The overrides that all points have in common.
    points : Points
        What the study has laid out.
    """
    keys = {*map(key_of, common), *(key for row in points.table for key in row)}
    yield from staff_apart(keys, points.scenarios)


def tell(notes: Iterable[str]) -> None:
    """Print notes where they do not mix with what comes out."""
    for note in notes:
        print(note, file=sys.stderr)
