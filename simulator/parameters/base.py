"""What every settable number carries: a title, a unit, what is allowed, what is plausible, and a source."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from simulator.vocabulary import Word

Vocabulary = TypeVar("Vocabulary", bound=Word)


class Group(BaseModel):
    """A group of settings: complete (no hidden default), frozen, and closed to unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def quantity(
    title: str, unit: str, source: str, *, ge: float, le: float, plausible: tuple[float, float]
) -> Any:  # noqa: ANN401  (pydantic's Field is typed Any, so that it can stand for any type)
    """Declare a number.

    Parameters
    ----------
    title : str
        What it is, in words.
    unit : str
        Unit of the number ("1" for a pure number or a share).
    source : str
        Rows of the evidence table ("W01;W02: remark"), or "assumed: reason".
    ge, le : float
        Smallest and largest allowed value.
    plausible : (float, float)
        Range within which the truth may well lie; designs of experiments draw from it.
    """
    extra = {"unit": unit, "source": source, "plausible": list(plausible)}
    return Field(title=title, ge=ge, le=le, json_schema_extra=extra)


def share(title: str, source: str, plausible: tuple[float, float]) -> Any:  # noqa: ANN401
    """Declare a share or probability between 0 and 1."""
    return quantity(title, "1", source, ge=0.0, le=1.0, plausible=plausible)


def choice(title: str, source: str) -> Any:  # noqa: ANN401
    """Declare a setting that is one of a few words, a switch, or a text."""
    return Field(title=title, json_schema_extra={"unit": "", "source": source})


def word(vocabulary: type[Vocabulary]) -> Any:  # noqa: ANN401
    """Return the field type for one member of an enumeration, written in lower case in the settings."""

    def parse(value: object) -> IntEnum:
        if isinstance(value, vocabulary):
            return value
        if isinstance(value, str) and value in vocabulary.labels():
            return vocabulary[value.upper()]
        raise PydanticCustomError(
            "word", "{value} is not one of the words", {"value": repr(value), "allowed": vocabulary.labels()}
        )

    schema = WithJsonSchema({"enum": vocabulary.labels(), "type": "string"})
    return Annotated[vocabulary, BeforeValidator(parse), PlainSerializer(lambda member: member.label), schema]
