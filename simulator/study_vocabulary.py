"""The words of studies, of who carries them out, and of what they leave: one enumeration each."""

from __future__ import annotations

from simulator.vocabulary import Word

OPTIONS_OF_ENGINE = {"threads": "local", "jobqueue": "slurm"}
"""Options of `engine` by the kind that they choose, where both have different names."""


class Design(Word):
    """How the points of a sweep are laid out."""

    GRID = 0
    PAIRED = 1
    ONE_AT_A_TIME = 2
    LATIN_HYPERCUBE = 3
    SOBOL = 4
    TABLE = 5


class Keep(Word):
    """What a sweep keeps of each of its runs."""

    EVERYTHING = 0
    OUTCOMES = 1
    ESTIMATES = 2
    MEASURES = 3
    WORLDS = 4


class OnError(Word):
    """What a sweep does when one of its points fails."""

    GO_ON = 0
    STOP = 1


class Role(Word):
    """What a setting is to somebody who asks which settings matter."""

    LEVER = 0
    UNCERTAIN = 1
    GIVEN = 2


class SensitivityMethod(Word):
    """How it is found out which settings matter."""

    MORRIS = 0
    SOBOL = 1


class Goal(Word):
    """What a plan is to make as small as possible: whose costs, or how long, or how many."""

    SOCIETY = 0
    ALL_PAYERS = 1
    MUNICIPALITY = 2
    EFFORT_AND_BENEFIT = 3
    EFFORT = 4
    TIME_ON_BENEFIT = 5
    CLIENTS_ON_BENEFIT = 6


class PriorShape(Word):
    """What is believed of a number before any fit."""

    NORMAL = 0
    LOG_NORMAL = 1
    UNIFORM = 2


class QueueSystem(Word):
    """The batch system of a computing cluster."""

    SLURM = 0
    PBS = 1
    SGE = 2
    LSF = 3
    OAR = 4


class Language(Word):
    """The languages of figures, tables and reports, by their codes (ISO 639-1)."""

    EN = 0
    SV = 1
    DA = 2
