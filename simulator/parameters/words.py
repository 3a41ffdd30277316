"""The enumerations and bounded numbers that settings are written in, as types of fields."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from simulator.parameters.base import WRITTEN
from simulator.study_vocabulary import (
    Design,
    Goal,
    Keep,
    Language,
    OnError,
    QueueSystem,
    Role,
    SensitivityMethod,
)
from simulator.vocabulary import (
    Absence,
    AgeRule,
    Assessor,
    Barrier,
    CaseloadRule,
    ChildProtection,
    Clock,
    Door,
    Event,
    OrderRule,
    Organisation,
    Owner,
    People,
    Placing,
    PopulationMode,
    ProgrammeKind,
    QueueRule,
    ReferralRule,
    SanctionRule,
    StayLength,
    TargetGroup,
    Trait,
)

AssessorName = Annotated[Assessor, WRITTEN]
AbsenceName = Annotated[Absence, WRITTEN]
AgeRuleName = Annotated[AgeRule, WRITTEN]
BarrierName = Annotated[Barrier, WRITTEN]
CaseloadRuleName = Annotated[CaseloadRule, WRITTEN]
ChildProtectionName = Annotated[ChildProtection, WRITTEN]
DesignName = Annotated[Design, WRITTEN]
DoorName = Annotated[Door, WRITTEN]
GoalName = Annotated[Goal, WRITTEN]
KeepName = Annotated[Keep, WRITTEN]
LanguageName = Annotated[Language, WRITTEN]
OnErrorName = Annotated[OnError, WRITTEN]
OrderRuleName = Annotated[OrderRule, WRITTEN]
OrganisationName = Annotated[Organisation, WRITTEN]
OwnerName = Annotated[Owner, WRITTEN]
PopulationModeName = Annotated[PopulationMode, WRITTEN]
ProgrammeKindName = Annotated[ProgrammeKind, WRITTEN]
QueueRuleName = Annotated[QueueRule, WRITTEN]
QueueSystemName = Annotated[QueueSystem, WRITTEN]
ReferralRuleName = Annotated[ReferralRule, WRITTEN]
RoleName = Annotated[Role, WRITTEN]
SanctionRuleName = Annotated[SanctionRule, WRITTEN]
SensitivityMethodName = Annotated[SensitivityMethod, WRITTEN]
StayLengthName = Annotated[StayLength, WRITTEN]
TargetGroupName = Annotated[TargetGroup, WRITTEN]
TraitName = Annotated[Trait, WRITTEN]

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Coefficient = Annotated[float, Field(ge=-10.0, le=10.0)]
Ratio = Annotated[float, Field(ge=0.0, le=100.0)]
PlacingName = Annotated[Placing, WRITTEN]
PeopleName = Annotated[People, WRITTEN]
ClockName = Annotated[Clock, WRITTEN]
EventName = Annotated[Event, WRITTEN]
