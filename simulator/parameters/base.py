"""What every settable number carries: a title, a unit, what is allowed, what is plausible, and a source."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError

from simulator.vocabulary import Word


class Group(BaseModel):
    """A group of settings: complete (no hidden default), frozen, and closed to unknown names."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def quantity(  # noqa: PLR0913  (what every number carries)
    title: str,
    unit: str,
    source: str,
    *,
    ge: float,
    le: float,
    plausible: tuple[float, float],
    prior: str = "",
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
    prior : str
        Shape of what is believed before a fit, over the plausible range: `normal` (if nothing is said),
        `log_normal` or `uniform`.
    """
    extra: dict[str, Any] = {"unit": unit, "source": source, "plausible": list(plausible), "prior": prior}
    return Field(title=title, ge=ge, le=le, json_schema_extra=extra)


def share(title: str, source: str, plausible: tuple[float, float]) -> Any:  # noqa: ANN401
    """Declare a share or probability between 0 and 1."""
    return quantity(title, "1", source, ge=0.0, le=1.0, plausible=plausible)


def minutes(title: str, source: str, plausible: tuple[float, float]) -> Any:  # noqa: ANN401
    """Declare working time of one employee."""
    return quantity(title, "minutes", source, ge=0.0, le=10_000.0, plausible=plausible)


def whole_weeks(title: str, source: str, plausible: tuple[float, float]) -> Any:  # noqa: ANN401
    """Declare a whole number of weeks, up to a century."""
    return quantity(title, "weeks", source, ge=0, le=5_200, plausible=plausible)


def choice(title: str, source: str) -> Any:  # noqa: ANN401
    """Declare a setting that is one of a few words, a switch, or a text."""
    return Field(title=title, json_schema_extra={"unit": "", "source": source})


class Written:
    """Marks a member of an enumeration that is written in lower case in the settings."""

    def __get_pydantic_core_schema__(self, source: type[Word], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema that reads a label or a member, and writes the label."""

        def parse(value: object) -> Word:
            if isinstance(value, source):
                return value
            if isinstance(value, str) and value in source.labels():
                return source[value.upper()]
            raise PydanticCustomError(
                "word", "{value} is not one of the words", {"value": repr(value), "allowed": source.labels()}
            )

        labels = PlainSerializer(lambda member: member.label)
        schema = WithJsonSchema({"enum": source.labels(), "type": "string"})
        return handler.generate_schema(Annotated[source, BeforeValidator(parse), labels, schema])


WRITTEN = Written()
"""Beside an enumeration in a field's type: `Annotated[Barrier, WRITTEN]`."""
