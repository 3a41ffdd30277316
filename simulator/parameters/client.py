"""Settings of what clients do: leave, search, respond, attend, come back."""

from __future__ import annotations

from simulator.parameters.base import Group, choice, quantity, share
from simulator.parameters.words import BarrierName, Coefficient, TraitName


class Exit(Group):
    """One way out: its weekly hazard, what moves it, and the hazard of coming back."""

    h_weekly: float = quantity(
        "Weekly hazard of a client without barriers, with reference traits",
        "1/week",
        "D14: the fast type leaves at 0.30-0.40 a month by all doors together; the split by door is assumed",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.25),
    )
    traits: dict[TraitName, Coefficient] = choice(
        "Log hazard ratio for each trait (experience: per ten years; ability: per standard deviation)",
        "assumed: signs as usual in studies of assistance spells; D12 for origin",
    )
    barriers: dict[BarrierName, Coefficient] = choice(
        "Log hazard ratio of a complete barrier against none",
        "D14: spread wide enough that the slow type leaves at 0.015-0.03 a month; split by barrier assumed",
    )
    h_return_weekly: float = quantity(
        "Weekly hazard of returning to assistance after this exit (0: never)",
        "1/week",
        "assumed: about a third back within a year after work",
        ge=0.0,
        le=5.0,
        plausible=(0.0, 0.02),
    )


class Doors(Group):
    """The seven competing ways out of assistance."""

    work: Exit
    subsidised_work: Exit
    study: Exit
    other_benefit: Exit
    moved: Exit
    withdrawal: Exit
    other: Exit


class Search(Group):
    """How search effort answers to contact, plan, threat, bite and lock-in."""

    contact_gain: float = quantity(
        "Gain in search effort from one full talk with a caseworker of mean skill",
        "share of effort",
        "C28: one meeting lost lengthens the spell by about a twentieth",
        ge=0.0,
        le=5.0,
        plausible=(0.05, 0.4),
        prior="log_normal",
    )
    contact_half_life_weeks: float = quantity(
        "Half-life of the gain from a talk",
        "weeks",
        "assumed: fades between talks of a quarter",
        ge=0.1,
        le=520.0,
        plausible=(4.0, 13.0),
        prior="log_normal",
    )
    contact_elsewhere: float = quantity(
        "Share of the gain from talks that the doors study, other_benefit, withdrawal and other have, too",
        "share of the gain",
        "C05;C38: a lower caseload also raises exits without a job, about half as much",
        ge=0.0,
        le=5.0,
        plausible=(0.15, 4.0),
        prior="log_normal",
    )
    plan_gain: float = quantity(
        "Gain in search effort from an individual plan",
        "share of effort",
        "P10: plans go with shorter spells; size assumed",
        ge=0.0,
        le=2.0,
        plausible=(0.0, 0.3),
    )
    health_drag: float = share(
        "Share of search effort that complete ill health takes away", "assumed: most of it", (0.3, 0.9)
    )
    skills_fade_weekly: float = quantity(
        "Fall in the log work hazard for each week on benefit (fading skills)",
        "1/week",
        "D12: state dependence exists and ends; size assumed",
        ge=0.0,
        le=0.1,
        plausible=(0.0, 0.006),
    )
    skills_fade_weeks: float = quantity(
        "Weeks after which skills fade no further",
        "weeks",
        "D12: state dependence disappears after three years",
        ge=0.0,
        le=5_200.0,
        plausible=(52.0, 260.0),
    )


class Wages(Group):
    """The wage of the job with which a client leaves by the door work; nothing else reads it."""

    reservation_sek_monthly: float = quantity(
        "Lowest full-time monthly wage that a client takes whom no threat or sanction presses (2024)",
        "SEK/month",
        "assumed: somewhat below the lowest wages agreed for adults without training",
        ge=1.0,
        le=1_000_000.0,
        plausible=(18_000.0, 26_000.0),
    )
    offer_shape: float = quantity(
        "Shape of the Pareto distribution of wage offers (larger: wages closer together)",
        "1",
        "S23: +23 % exit with about -4 % wage, if four fifths of it is settling for less; uncertain",
        ge=1.0,
        le=1_000.0,
        plausible=(2.0, 10.0),
        prior="log_normal",
    )


class Trust(Group):
    """How trust in the service and motivation move."""

    talk_gain: float = share(
        "Share of the distance to full trust closed by a full talk", "assumed: slow growth", (0.01, 0.15)
    )
    sanction_loss: float = share(
        "Share of trust lost by a reduction or denial", "assumed: clear loss", (0.1, 0.5)
    )
    change_loss: float = share(
        "Share of trust lost by a change of caseworker", "assumed: trust is in a person", (0.0, 0.4)
    )
    motivation_gain: float = quantity(
        "Motivation gained for each week in a programme that fits completely",
        "1",
        "assumed: small",
        ge=0.0,
        le=0.5,
        plausible=(0.0, 0.01),
    )
    motivation_loss_monthly: float = quantity(
        "Motivation lost for each month on benefit without activity or talk",
        "1",
        "assumed: slow discouragement",
        ge=0.0,
        le=0.5,
        plausible=(0.0, 0.02),
    )


class Attendance(Group):
    """Why participants stay away: weekly probabilities of a participant without barriers."""

    p_illness: float = share(
        "Absent through illness in a week; ill health multiplies it",
        "S25: the commonest valid reason; size assumed",
        (0.01, 0.08),
    )
    illness_health_factor: float = quantity(
        "Times more often ill with complete ill health than with none",
        "1",
        "assumed: several times",
        ge=1.0,
        le=50.0,
        plausible=(2.0, 8.0),
    )
    p_sick_child: float = share(
        "Absent with a sick child in a week (parents)", "assumed: below own illness", (0.0, 0.05)
    )
    p_family_event: float = share("Absent for a family event in a week", "assumed: rare", (0.0, 0.02))
    p_travel: float = share("Absent for travel in a week", "assumed: rare", (0.0, 0.02))
    p_low_level: float = share(
        "Absent since the activity does not fit at all, in a week", "assumed: some", (0.0, 0.06)
    )
    p_no_reason: float = share(
        "Absent without a reason in a week, at zero motivation", "assumed: some", (0.0, 0.10)
    )
    p_drop_out: float = share(
        "Drops out in a week when the activity does not fit and motivation is nil",
        "assumed: several times refusal over a stay",
        (0.0, 0.05),
    )
    p_refusal: float = share("Refuses from the start at zero motivation", "assumed: rare", (0.0, 0.05))
    p_certificate: float = share("Has proof at once for a valid absence", "assumed: half", (0.2, 0.9))
