"""Three rules of one's own. Each is a small function that reads records by the names of their fields.

A client's fields stand in `simulator.agents.client.CLIENT`, a programme's in `simulator.agents.programme`,
the settings in `p` under the names that they have in `conf/`.
"""

from simulator.vocabulary import BARRIERS, NOT_YET, SanctionStep


def appeal(programme, client, belief, p):
    """Refer to the programme believed to remove most, for each week that it takes."""
    gain = 0.0
    for barrier in range(BARRIERS):
        gain += belief[barrier] * client.believed[barrier]
    return gain / programme.weeks


def next_step(client, week, p):
    """Warn at every second absence, and never touch the benefit."""
    if client.absences % 2 == 0:
        return SanctionStep.WARNING
    return SanctionStep.NONE


def weeks_waited(client, week, p):
    """Let the newest clients come first."""
    if client.assessed_week == NOT_YET:
        return 1000.0 - (week - client.entry_week)
    return float(week - client.contact_week)
