"""An enumeration of the domain in the API, each value with the words that officials use for it."""

from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def described(enumeration: E, description: str, *, name: str | None = None, **values: str) -> E:
    """Put an enumeration into the API; TypeError unless every value has its Vietnamese description."""
    shown = strawberry.enum(enumeration, name=name, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined]  # added by Strawberry
        if value.name not in values:
            raise TypeError(f"{enumeration.__name__}.{value.name} has no description.")
        value.description = values.pop(value.name)
    if values:
        raise TypeError(f"{enumeration.__name__} has no {', '.join(values)}.")
    return enumeration
