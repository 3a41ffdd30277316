"""Settings of the caseworker's finite week: minutes by task, discretion, learning."""

from __future__ import annotations

from simulator.parameters.base import Group, choice, minutes, quantity, share, whole_weeks
from simulator.parameters.words import BarrierName, OrderRuleName, Ratio


class Casework(Group):
    """What a caseworker does with the week, and how the time is shared out."""

    order: OrderRuleName = choice(
        "standard: by weeks waited; own: the function `weeks_waited` of the file `rules`", "assumed: design"
    )
    unlimited_time: bool = choice("Whether minutes never run out (neutral setting)", "assumed: off")
    share_overhead: float = share(
        "Share of the week lost to staff meetings, training, travel, breaks and general administration",
        "W14: administration fills the week; size assumed so that W03 comes out",
        (0.2, 0.5),
    )
    decision_minutes: float = minutes(
        "Monthly benefit decision of a client, done thoroughly",
        "W03;W14: what is left when talks take a twentieth; size assumed",
        (45.0, 120.0),
    )
    decision_short_minutes: float = minutes(
        "The same done in the shortest acceptable way", "assumed: a third", (20.0, 60.0)
    )
    new_client_weight: float = quantity(
        "Times a first decision takes as long as a monthly one",
        "1",
        "assumed: more to find out",
        ge=0.0,
        le=20.0,
        plausible=(1.0, 3.0),
    )
    share_for_clients: float = share(
        "Share of the week that decisions leave to clients as long as shortening them allows it",
        "assumed: caseworkers protect some time",
        (0.1, 0.3),
    )
    p_emergency_monthly: float = share(
        "Chance that a client with complete substance or family trouble has an emergency in a month",
        "assumed: some",
        (0.02, 0.2),
    )
    emergency_minutes: float = minutes(
        "Handling an emergency", "assumed: half a day's fraction", (30.0, 180.0)
    )
    inquiry_minutes: float = minutes(
        "Inquiring into an absence and writing the decision",
        "assumed: letter, hearing, decision",
        (30.0, 150.0),
    )
    assessment_minutes: float = minutes(
        "Assessment of barriers at entry", "assumed: one long talk", (30.0, 120.0)
    )
    assessment_short_minutes: float = minutes(
        "The shortest assessment", "K09: thin assessments under load; size assumed", (10.0, 40.0)
    )
    p_plan: float = share(
        "Clients with whom an individual plan is made at all",
        "pattern P4: plans for all or for few",
        (0.2, 1.0),
    )
    plan_minutes: float = minutes(
        "Making an individual plan with the client", "assumed: one talk", (20.0, 90.0)
    )
    plan_short_minutes: float = minutes(
        "The shortest plan", "assumed: a form filled in together", (10.0, 30.0)
    )
    talk_minutes: float = minutes(
        "A full talk with a client", "assumed: what a caseworker would wish", (30.0, 60.0)
    )
    talk_short_minutes: float = minutes("The shortest talk", "W02: lower end", (5.0, 15.0))
    talk_around_minutes: float = minutes(
        "Preparing, noting and missed appointments for each talk",
        "assumed: about as long as a full talk",
        (10.0, 40.0),
    )
    talk_interval_weeks: float = quantity(
        "Weeks between talks that a caseworker with time would keep",
        "weeks",
        "assumed: monthly",
        ge=1.0,
        le=520.0,
        plausible=(2.0, 8.0),
    )
    time_squeeze: float = share(
        "When time is short: 0 keeps talks long and rare, 1 keeps them frequent and short",
        "assumed: two thirds on the logarithmic scale, so that pattern P8 comes out",
        (0.3, 0.7),
    )
    assessment_priority: float = quantity(
        "Urgency of a first assessment against a talk that is due",
        "1",
        "assumed: first things first",
        ge=0.0,
        le=100.0,
        plausible=(1.0, 6.0),
    )
    plan_priority: float = quantity(
        "Urgency of a plan against a talk that is due",
        "1",
        "assumed: between the two",
        ge=0.0,
        le=100.0,
        plausible=(1.0, 4.0),
    )
    creaming: float = quantity(
        "How much urgency rises with believed nearness to work when time is short",
        "1",
        "W07: nearer clients are helped first under load; size assumed",
        ge=0.0,
        le=50.0,
        plausible=(0.0, 4.0),
    )
    creaming_referral: float = share(
        "Chance that the farthest from work is passed over at referral when no time is left at all",
        "W07: the near to work are helped at the expense of others under load; size assumed",
        (0.0, 0.8),
    )
    youth_priority: float = quantity(
        "Urgency that clients under 30 gain, in wished intervals between talks",
        "1",
        "P10: a focus on the young goes with shorter spells; size assumed",
        ge=0.0,
        le=100.0,
        plausible=(0.0, 3.0),
    )
    creaming_sd: float = quantity(
        "Standard deviation of the preference for the near to work between caseworkers (log scale)",
        "1",
        "K05: caseworkers differ; size assumed",
        ge=0.0,
        le=3.0,
        plausible=(0.0, 1.0),
    )
    skill_sd: float = quantity(
        "Standard deviation of caseworker skill (log scale, mean 1)",
        "1",
        "C29: skill differs much; size assumed",
        ge=0.0,
        le=3.0,
        plausible=(0.2, 1.0),
    )
    strictness_sd: float = quantity(
        "Standard deviation of strictness between caseworkers (log odds)",
        "1",
        "S02: municipalities differ tenfold; size assumed",
        ge=0.0,
        le=3.0,
        plausible=(0.2, 1.0),
    )
    assessment_noise: float = quantity(
        "Standard deviation of a believed barrier after a standard assessment by a referrer",
        "1",
        "K09: thin assessments; size assumed",
        ge=0.0,
        le=2.0,
        plausible=(0.1, 0.4),
    )
    talk_insight: float = share(
        "Share of the assessment's error that a full talk removes at full trust", "assumed: some", (0.0, 0.4)
    )
    knowledge: float = share(
        "How well a new caseworker knows what programmes do (0: not at all, 1: fully)",
        "K10: little knowledge of content; size assumed",
        (0.0, 0.5),
    )
    belief_weight: float = quantity(
        "Number of own clients that outweighs the first belief about a programme",
        "clients",
        "assumed: slow learning",
        ge=0.1,
        le=10_000.0,
        plausible=(5.0, 50.0),
    )
    observation_noise: float = quantity(
        "Standard deviation of what a caseworker sees of a programme's effect on one client",
        "1",
        "assumed: coarse",
        ge=0.0,
        le=5.0,
        plausible=(0.1, 0.5),
    )
    template: bool = choice(
        "Whether assessments follow a structured template", "P13: 63.4 % of municipalities"
    )
    template_noise_factor: float = quantity(
        "Error of an assessment by template against a free one",
        "1",
        "assumed: structure helps somewhat",
        ge=0.0,
        le=5.0,
        plausible=(0.5, 1.0),
    )
    template_minutes_factor: float = quantity(
        "Minutes of an assessment by template against a free one",
        "1",
        "assumed: somewhat longer",
        ge=0.1,
        le=5.0,
        plausible=(1.0, 1.5),
    )
    triage: bool = choice(
        "Whether clients are sorted three ways: own power, municipal measure, rehabilitation first",
        "assumed: source 004 tells of Instrument X",
    )
    own_power_above: float = share(
        "Believed nearness to work from which on a client manages by own power and gets job search only",
        "assumed: hardly any barrier",
        (0.6, 0.95),
    )
    too_heavy_below: float = share(
        "Believed nearness to work below which rehabilitation or mapping comes first",
        "assumed: several large barriers",
        (0.02, 0.3),
    )
    case_weights: dict[BarrierName, Ratio] = choice(
        "Extra share of the minutes of decisions, inquiries, assessment and plan for each complete barrier",
        "W13: tasks are weighted; sizes are the planner's own",
    )
    child_weight: float = quantity(
        "The same for a household with children",
        "1",
        "W13: tasks are weighted; size is the planner's own",
        ge=0.0,
        le=100.0,
        plausible=(0.0, 0.5),
    )
    handover_loss: float = share(
        "Chance that a change of caseworker makes a new assessment necessary",
        "K09: clients are often assessed anew; size assumed",
        (0.0, 0.7),
    )
    owed_talks: int = quantity(
        "Talks that a client is owed in the first weeks of a spell (0: no such rule)",
        "talks",
        "assumed: a rule of law; Denmark has had one since 2003, four in half a year from 2025",
        ge=0,
        le=52,
        plausible=(0, 9),
    )
    owed_weeks: int = whole_weeks("Weeks in which they are owed", "assumed: half a year", (13, 52))
    p_owed: float = share("Clients to whom they are owed", "assumed: three in four", (0.5, 1.0))
    owed_priority: float = quantity(
        "Urgency of a talk that is owed and overdue against one that is due",
        "1",
        "assumed: as a plan",
        ge=0.0,
        le=100.0,
        plausible=(1.0, 6.0),
    )
    cancelled_talk: int = quantity(
        "Which planned talk of a spell may be called off at random (0: none; 1: the first)",
        "talks",
        "C28: a natural experiment, caseworkers absent at short notice",
        ge=0,
        le=1_000,
        plausible=(0, 4),
    )
    p_cancelled: float = share(
        "Chance that it is called off; its time is lost, the next talk falls an interval later",
        "assumed: a design choice",
        (0.0, 1.0),
    )
    presumed_ready: bool = choice(
        "Whether clients count as ready for work until they are assessed", "assumed: a rule of law"
    )
