"""The words of the model, one enumeration each, used by settings, agents, tables and figures alike."""

from __future__ import annotations

from enum import IntEnum

WEEKS_PER_CLIENT_MONTH = 4
"""Benefit is decided, and slow changes are felt, every fourth week of a spell."""

WEEKS_PER_YEAR = 52
MONTHS_PER_YEAR = 12
NEVER = 2**30
"""A week that does not come."""

NOT_YET = -(2**30)
"""A week that has not come; weeks of burn-in are negative, so it lies far before them."""

NOBODY = -1
"""No caseworker, no programme, no door."""


class Word(IntEnum):
    """An enumeration whose members are written in lower case wherever a person meets them."""

    @property
    def label(self) -> str:
        """The member as it is written in settings and tables."""
        return self.name.lower()

    @classmethod
    def labels(cls) -> list[str]:
        """All members as they are written in settings and tables, in their order."""
        return [member.label for member in cls]


class Status(Word):
    """Where a person stands towards the benefit."""

    AWAY = 0
    WAITING = 1
    SERVED = 2


class Door(Word):
    """The ways out of social assistance."""

    WORK = 0
    SUBSIDISED_WORK = 1
    STUDY = 2
    OTHER_BENEFIT = 3
    MOVED = 4
    WITHDRAWAL = 5
    OTHER = 6


class Barrier(Word):
    """What stands between a client and work, each from 0 (none) to 1 (complete)."""

    HEALTH = 0
    SUBSTANCE = 1
    DEBT = 2
    LANGUAGE = 3
    FAMILY = 4
    SKILLS = 5


class Trait(Word):
    """What is fixed about a client when a spell begins and can move a way out."""

    UNDER_30 = 0
    OVER_50 = 1
    WOMAN = 2
    CHILDREN = 3
    FOREIGN_BORN = 4
    NEWLY_ARRIVED = 5
    PRIMARY_EDUCATION = 6
    TERTIARY_EDUCATION = 7
    EXPERIENCE = 8
    DISABILITY = 9
    ABILITY = 10


class Education(Word):
    """Highest completed education."""

    PRIMARY = 0
    SECONDARY = 1
    TERTIARY = 2


class PopulationMode(Word):
    """How clients come: all in the first week, or week by week around a standing stock."""

    COHORT = 0
    FLOW = 1


class CaseloadRule(Word):
    """How many clients one caseworker has: three regimes."""

    FIXED_STAFF = 0
    RATIO = 1
    LIMIT = 2


class Organisation(Word):
    """Whether every caseworker has clients of all kinds, or a team of its own has the hard-to-place."""

    GENERALIST = 0
    SPECIALISED = 1


class Team(Word):
    """The teams of a specialised organisation; a generalist one has the ordinary team only."""

    ORDINARY = 0
    INTENSIVE = 1


class ReferralRule(Word):
    """How a programme is chosen for a client."""

    BLANKET = 0
    AVAILABLE = 1
    MATCHED = 2
    OWN = 3


class SanctionRule(Word):
    """Whether the ladder of the settings holds, or a function of one's own."""

    LADDER = 0
    OWN = 1


class OrderRule(Word):
    """Whether clients come in the usual order, or in that of a function of one's own."""

    STANDARD = 0
    OWN = 1


class QueueRule(Word):
    """Who of those who wait for a place is admitted first."""

    FIRST_COME = 0
    YOUNG_FIRST = 1
    PARENTS_FIRST = 2
    LONG_TERM_FIRST = 3
    FAR_FIRST = 4
    NEAR_FIRST = 5


class StayLength(Word):
    """How long a stay in a programme is: just as planned, or ending with equal chance every week."""

    FIXED = 0
    GEOMETRIC = 1


class TargetGroup(Word):
    """Whom a programme takes."""

    EVERYBODY = 0
    UNDER_30 = 1
    FOREIGN_BORN = 2
    ILL_HEALTH = 3
    PARENTS = 4
    LONG_TERM = 5
    FAR_FROM_WORK = 6
    NEAR_WORK = 7


class Owner(Word):
    """Who runs a programme."""

    SOCIAL_SERVICES = 0
    LABOUR_MARKET_UNIT = 1
    EMPLOYMENT_SERVICE = 2
    JOINT = 3
    THIRD_SECTOR = 4


class StayEnd(Word):
    """How a stay in a programme ended."""

    COMPLETED = 0
    DROPPED_OUT = 1
    LEFT_BENEFIT = 2
    PROJECT_ENDED = 3


class ProgrammeKind(Word):
    """The kinds of activity that municipalities run or buy."""

    COACHING = 0
    JOB_SEARCH = 1
    WORK_PRACTICE = 2
    VOCATIONAL_TRAINING = 3
    LANGUAGE = 4
    MAPPING = 5
    REHABILITATION = 6
    YOUTH_ARENA = 7
    SUBSIDISED_JOB = 8
    SHELTERED_WORK = 9
    MUNICIPAL_EMPLOYMENT = 10
    EMPLOYER_AGREEMENT = 11


class Absence(Word):
    """Why a participant was not there in a week."""

    NONE = 0
    ILLNESS = 1
    SICK_CHILD = 2
    FAMILY_EVENT = 3
    TRAVEL = 4
    LOW_LEVEL = 5
    NO_REASON = 6
    DROP_OUT = 7
    REFUSAL = 8


class SanctionStep(Word):
    """The rungs of the sanction ladder."""

    NONE = 0
    WARNING = 1
    REDUCTION = 2
    DENIAL = 3


class Assessor(Word):
    """Who assesses a client's barriers: who refers, who provides the activity, or both together."""

    REFERRER = 0
    PROVIDER = 1
    JOINT = 2


class Registration(Word):
    """Where a client stands with the public employment service."""

    QUEUED = 0
    REGISTERED = 1
    CATEGORY_14 = 2
    DEREGISTERED = 3


class ChildProtection(Word):
    """What stands between a household with children and a denial."""

    NONE = 0
    REDUCE = 1
    EMERGENCY_TEST = 2


class AgeRule(Word):
    """Who is obliged to take part; whoever is not is offered a place."""

    EVERYBODY = 0
    UNDER_25 = 1
    UNDER_25_OR_SPECIAL = 2


class Placing(Word):
    """Where the arms of a trial are: in the same offices, or each in a copy of the municipality."""

    INSIDE = 0
    WORLDS = 1


class People(Word):
    """Whose spells a trial is about: those that begin in it, those open at its start, or both."""

    NEWCOMERS = 0
    STOCK = 1
    BOTH = 2


class Clock(Word):
    """From when people are followed: entry (or the start of the trial), or a planned talk."""

    ENTRY = 0
    PLANNED_TALK = 1


class Event(Word):
    """What can happen for the first time in a spell."""

    MEETING = 0
    PROGRAMME = 1
    SANCTION = 2
    WARNING = 3
    CUT = 4


class Task(Word):
    """What a caseworker's minutes go to."""

    OVERHEAD = 0
    DECISION = 1
    EMERGENCY = 2
    INQUIRY = 3
    COORDINATION = 4
    ASSESSMENT = 5
    PLAN = 6
    MEETING = 7


class Purpose(Word):
    """What a random draw decides: one number for each, so that no two decisions share their luck."""

    ARRIVALS = 0
    AGE = 1
    SEX = 2
    CHILDREN = 3
    ORIGIN = 4
    YEARS_IN_COUNTRY = 5
    EDUCATION = 6
    EXPERIENCE = 7
    DISABILITY = 8
    HARDSHIP = 9
    ABILITY = 10
    MOTIVATION = 11
    TRUST = 12
    BARRIER = 20
    SEVERITY = 30
    THRESHOLD = 40
    RETURN = 50
    MONTH = 51
    ASSESSMENT = 60
    EMERGENCY = 70
    FIRST_REFERRED = 65
    WISH = 71
    STAY = 72
    REFUSAL = 73
    ABSENCE = 74
    CERTIFICATE = 75
    SEEN = 76
    PROOF = 77
    DISCRETION = 78
    OBSERVATION = 80
    SKILL = 90
    STRICTNESS = 91
    CREAMING = 92
    KNOWLEDGE = 100
    PASSED_OVER = 257
    OWED = 258
    PLAN = 259
    CONSENT = 260
    RESULT_SEEN = 261
    OFFER = 262
    DEREGISTRATION = 263
    NEW_REGISTRATION = 264
    BENEFIT_KNOWN = 265
    CANCELLED = 266
    ARM = 267
    OFFICE = 268
    NEED = 200
    ACCEPTANCE = 201
    MISCONDUCT = 202
    PART_TIME = 203
    PART_TIME_END = 204
    FIRST_SUPERVISED = 205
    QUIT = 240
    SICK_LEAVE = 241
    SICK_LEAVE_LENGTH = 242
    HANDOVER = 243
    VACANCIES = 220
    VACANCY_LOST = 221
    NEXT_CHANCE = 222
    DIRECT_HIRE = 223
    FIRST_SERVED = 224
    FIRST_CHAINED = 225
    INSURED = 226
    JOB_OVER = 227
    WAGE = 228


DOORS = len(Door)
BARRIERS = len(Barrier)
TRAITS = len(Trait)
TASKS = len(Task)
TEAMS = len(Team)
FIRST_ARM = 2
"""Row of the settings with the rules of the first arm of a trial, after those of now and of a reform."""

MOST_ARMS = 6
MOST_TEAMS = FIRST_ARM + MOST_ARMS
"""The teams of an organisation; then one for each arm of a trial, if arms have staff of their own."""
