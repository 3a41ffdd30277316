"""Settings that somebody gives although, under the rule that is in force, nothing looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.parameters import Scenario
from simulator.parameters.caseload import Caseload
from simulator.vocabulary import CaseloadRule, Organisation

IDLE = {
    "caseload.limit": (CaseloadRule.RATIO, CaseloadRule.FIXED_STAFF),
    "caseload.caseworkers": (CaseloadRule.RATIO,),
    "caseload.clients_per_caseworker": (CaseloadRule.FIXED_STAFF, CaseloadRule.LIMIT),
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
    keys = dict.fromkeys(override.lstrip("+").partition("=")[0] for override in overrides)
    for key in keys:
        idle = [regime.label for regime in IDLE.get(key, ()) if regime in regimes]
        serves = alternative is not None and alternative.caseload.regime not in IDLE.get(key, ())
        if idle and not serves:
            yield f"Note: {key} has no effect with caseload.regime={' or '.join(idle)}."
