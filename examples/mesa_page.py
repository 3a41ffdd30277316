"""The municipality on a page of Mesa's own: `solara run examples/mesa_page.py`.

Move the levers, press *Reset*, then *Step* or *Play*: each step is a week. It needs the extra `solara`. This
is one municipality with one luck, so nothing on the page has an interval; the planner's page has them
(`make dashboard`).
"""

from __future__ import annotations

import pandas as pd
import solara
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from mesa.visualization import Slider, SolaraViz
from mesa.visualization.utils import update_counter

import simulator as sim
from simulator.agents.views import CaseworkerAgent, ClientAgent
from simulator.composing import load_scenario
from simulator.vocabulary import NOBODY, SanctionStep, Status, Task

STATES = {
    "on benefit": "#DEDEDE",
    "waits for a place": "#E69F00",
    "in a programme": "#009E73",
    "reduced or denied": "#D55E00",
}
"""What a case can be in, and its colour; where several hold, the later."""

MINUTES_PER_HOUR = 60.0
LEAST_WEEKS = 26
"""Weeks that the picture of the weeks has room for from the beginning."""


class Classroom(sim.Municipality):
    """The default municipality with a few levers under names that Mesa can show.

    Parameters
    ----------
    caseload : int
        Clients for each caseworker.
    follow_up : float
        Share of unproven absences that the service follows up.
    sanctions, collaboration : str
        Option of that group.
    people : int
        People who start together before the first week.
    seed : int
        Seed of all luck.
    """

    def __init__(
        self,
        caseload: int = 80,
        follow_up: float = 0.5,
        sanctions: str = "ladder",
        collaboration: str = "order_and_report",
        people: int = 400,
        seed: int = 1,
    ) -> None:
        scenario = load_scenario(
            "default",
            f"sanctions={sanctions}",
            f"collaboration={collaboration}",
            f"caseload.clients_per_caseworker={caseload}",
            f"sanctions.p_follow_up={follow_up}",
            f"population.size={people}",
            "population.burn_in_weeks=156",
            "weeks=208",
        )
        super().__init__(scenario, seed=seed)


LEVERS = {
    "caseload": Slider("Clients for each caseworker", 80, 20, 150, 5),
    "follow_up": Slider("Share of absences followed up", 0.5, 0.0, 1.0, 0.1),
    "sanctions": {
        "type": "Select",
        "value": "ladder",
        "values": ["none", "warning", "ladder", "strict"],
        "label": "Sanctions",
    },
    "collaboration": {
        "type": "Select",
        "value": "order_and_report",
        "values": ["silo", "order_and_report", "coordinated", "integrated"],
        "label": "Collaboration",
    },
    "people": Slider("People at the start", 400, 100, 1000, 100),
    "seed": Slider("Seed of its luck", 1, 1, 50, 1),
}


def cases_of(model: sim.Municipality, seat: int) -> pd.DataFrame:
    """Return one caseworker's clients this week: weeks on assistance so far, talks so far, state."""
    clients = model.agents_by_type[ClientAgent]
    own = [one for one in clients if one.status == Status.SERVED and one.caseworker == seat]
    rows = [(one.id, model.engine.week - one.entry_week, one.meetings, state_of(one)) for one in own]
    return pd.DataFrame(rows, columns=["client", "weeks", "talks", "state"]).sort_values("weeks")


def state_of(client: ClientAgent) -> str:
    """Return which of `STATES` a client is in."""
    if client.step in (SanctionStep.REDUCTION, SanctionStep.DENIAL):
        return "reduced or denied"
    if client.programme != NOBODY:
        return "in a programme"
    return "on benefit" if client.queued_for == NOBODY else "waits for a place"


def weeks_figure(weekly: pd.DataFrame) -> Figure:
    """Draw who is there, week by week, and how many leave."""
    figure = Figure(figsize=(7, 5), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    lines = {
        "on assistance": "clients",
        "in programmes": "in_programmes",
        "without a caseworker": "waiting",
    }
    for label, column in lines.items():
        above.plot(weekly.get(column, []), ".-", label=label)
    above.set_ylabel("persons")
    above.set_ylim(bottom=0)
    above.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    for label, column in {"came": "arrivals", "left": "exits", "of these, to work": "exits_work"}.items():
        smooth = weekly[column].rolling(8, min_periods=1).mean() if column in weekly else []
        below.plot(smooth, ".-", label=label)
    below.set_ylabel("persons a week,\nmean of 8 weeks")
    below.set_ylim(bottom=0)
    below.set_xlabel("weeks since the run began")
    below.set_xlim(0, max(LEAST_WEEKS, len(weekly)))
    below.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    return figure


def cases_figure(cases: pd.DataFrame) -> Figure:
    """Draw each case as a bar as long as the spell so far, coloured by what the week holds for it."""
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    for state, colour in STATES.items():
        rows = cases["state"] == state
        places = [place for place, here in enumerate(rows) if here]
        axes.barh(places, cases.loc[rows, "weeks"], height=0.8, color=colour)
    axes.set_xlabel("weeks on assistance so far")
    axes.set_ylabel("one row a client")
    axes.set_yticks([])
    named = [
        Patch(color=ink, label=f"{state}: {(cases['state'] == state).sum()}") for state, ink in STATES.items()
    ]
    axes.legend(handles=named, frameon=False, loc="lower right")
    return figure


def hours_figure(worker: CaseworkerAgent) -> Figure:
    """Draw where one caseworker's hours went this week."""
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.barh([task.label for task in Task], [worker.minutes[task] / MINUTES_PER_HOUR for task in Task])
    axes.invert_yaxis()
    axes.set_xlabel("hours of this caseworker's week")
    return figure


@solara.component
def Weeks(model: sim.Municipality) -> None:
    """Show the weeks so far."""
    update_counter.get()
    with solara.Column():
        solara.Markdown(
            "#### The weeks so far\nOne municipality, one luck: another seed gives another picture."
        )
        solara.FigureMatplotlib(weeks_figure(model.datacollector.get_model_vars_dataframe()), format="png")


@solara.component
def Desk(model: sim.Municipality) -> None:
    """Show one caseworker's cases and hours this week."""
    update_counter.get()
    seat, set_seat = solara.use_state(0)
    workers = list(model.agents_by_type[CaseworkerAgent])
    number = min(seat, len(workers) - 1)
    cases = cases_of(model, number)
    with solara.Column():
        solara.Markdown(
            f"#### One caseworker's desk\n{len(cases)} clients, {int(workers[number].talks)} talks this week."
        )
        solara.SliderInt("Which caseworker", value=number, on_value=set_seat, min=0, max=len(workers) - 1)
        solara.FigureMatplotlib(cases_figure(cases), format="png")
        solara.FigureMatplotlib(hours_figure(workers[number]), format="png")


@solara.component
def Page() -> None:
    """Show the whole page."""
    model = solara.use_memo(Classroom, [])
    SolaraViz(
        model, components=[(Weeks, 0), (Desk, 0)], model_params=LEVERS, name="Ways out of social assistance"
    )
