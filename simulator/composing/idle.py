"""Settings that somebody gives although, under the rule that is in force, nothing looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.parameters import Scenario
from simulator.vocabulary import CaseloadRule

IDLE = {
    "caseload.limit": (CaseloadRule.RATIO, CaseloadRule.FIXED_STAFF),
    "caseload.caseworkers": (CaseloadRule.RATIO,),
    "caseload.clients_per_caseworker": (CaseloadRule.FIXED_STAFF, CaseloadRule.LIMIT),
}
"""Settings of the caseload, and the regimes under which they have no effect."""


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
