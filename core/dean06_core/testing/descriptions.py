"""What officials and readers of the API are told of a sector, and where it is missing or not in their language."""

from __future__ import annotations

from collections.abc import Iterator

import strawberry
from graphql import GraphQLEnumType, GraphQLNamedType, is_leaf_type

from dean06_core.indicators import Indicator
from dean06_core.sectors import Sector


def undocumented(indicator: Indicator) -> list[str]:
    """The texts of an indicator that an official could not use: missing, or not Vietnamese where they have to be."""
    vietnamese = {"name": indicator.name, "definition": indicator.definition, "numerator": indicator.numerator}
    if indicator.denominator is not None:
        vietnamese["denominator"] = indicator.denominator
    missing = [field for field, text in vietnamese.items() if text.isascii()]
    return missing if indicator.name_en.strip() and indicator.name_en.isascii() else [*missing, "name_en"]


def untold(schema: strawberry.Schema, sector: Sector) -> Iterator[str]:
    """What a reader of the API could not tell: whose a type is, or in Vietnamese what something means."""
    prefix = "".join(word.capitalize() for word in sector.code.split("_"))
    for name, type_ in schema._schema.type_map.items():
        if name.startswith("__") or (is_leaf_type(type_) and not isinstance(type_, GraphQLEnumType)):
            continue
        if not name.startswith(prefix) and not _is_of_core(type_):
            yield f"Type '{name}' does not say whose it is. Call it '{prefix}{name}'."
        for what, description in _described(type_):
            if not description or description.isascii():
                yield f"{what} has no description that an official could read. Write description=... in Vietnamese."


def _is_of_core(type_: GraphQLNamedType) -> bool:
    definition = type_.extensions.get("strawberry-definition")
    made = getattr(definition, "origin", None) or getattr(definition, "wrapped_cls", None)
    return str(getattr(made, "__module__", "")).startswith("dean06_core.")


def _described(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    yield f"Type '{type_.name}'", type_.description
    if isinstance(type_, GraphQLEnumType):
        yield from ((f"Value '{type_.name}.{name}'", value.description) for name, value in type_.values.items())
    for name, field in getattr(type_, "fields", {}).items():
        yield f"Field '{type_.name}.{name}'", field.description
        for argument, each in getattr(field, "args", {}).items():
            yield f"Argument '{type_.name}.{name}({argument}:)'", each.description
