"""The one schema, put together from the nouns of the contract and one root field for each sector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.types.scalar import DEFAULT_SCALAR_REGISTRY
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition
from strawberry.types.field import StrawberryField

from dean06_core.errors import StartUpError
from dean06_core.sectors import Sector
from dean06_schema.engine.executing import Engine
from dean06_schema.engine.parts import CONTRACT, Parts
from dean06_schema.engine.visibility import IsVisible, reachable
from dean06_schema.scalars import SCALARS

_KNOWN_SCALARS: Final = frozenset(scalar.name for scalar in DEFAULT_SCALAR_REGISTRY.values())


def assemble(sectors: Sequence[Sector], *, parts: Parts = CONTRACT) -> Engine:
    """Build the schema of these sectors, once. StartUpError where two owners claim one name."""
    asking = [(part.__name__, part) for part in parts.queries]
    asking += [(f"sector '{sector.code}'", _root(sector)) for sector in sectors if sector.query is not None]
    query = _merged("Query", "Tra cứu dữ liệu", asking)
    mutation = _merged("Mutation", "Thay đổi dữ liệu", [(part.__name__, part) for part in parts.mutations])
    try:
        schema = strawberry.Schema(
            query=query, mutation=mutation, types=parts.types, config=StrawberryConfig(scalar_map=SCALARS)
        )
    except Exception as error:
        named = " and ".join(f"'{sector.code}'" for sector in sectors) or "no sector"
        raise StartUpError(f"The schema of {named} does not compose. {type(error).__name__}: {error}") from error
    return Engine(
        schema,
        sectors=[sector.code for sector in sectors],
        types=[_definition(type_).name for type_ in parts.types],
    )


@dataclass(frozen=True, slots=True)
class Composed:
    """The API of the sectors that fit; of each other one, by its code, what its author is to change."""

    engine: Engine
    faults: Mapping[str, str]


def compose(sectors: Sequence[Sector], *, parts: Parts = CONTRACT) -> Composed:
    """Build the schema of all sectors that fit, once; sector by sector only where together they do not compose.

    StartUpError where sectors that fit alone do not fit together.
    """
    faults: dict[str, str] = {}
    fitting = _without_faults(sectors, faults, _refuse_query)
    try:
        engine = assemble(fitting, parts=parts)
    except StartUpError:
        fitting = _without_faults(fitting, faults, lambda sector: assemble([sector], parts=parts))
        engine = assemble(fitting, parts=parts)
    sound = _without_faults(fitting, faults, lambda sector: _refuse_unfit(engine, sector))
    return Composed(engine if len(sound) == len(fitting) else assemble(sound, parts=parts), faults)


def _without_faults(
    sectors: Iterable[Sector], faults: dict[str, str], check: Callable[[Sector], object]
) -> list[Sector]:
    """The sectors that pass; whatever a plugin's own code raises is its fault."""
    sound = []
    for sector in sectors:
        try:
            check(sector)
        except Exception as error:
            faults[sector.code] = f"{type(error).__name__}: {error}"
        else:
            sound.append(sector)
    return sound


def _refuse_query(sector: Sector) -> None:
    if sector.query is None:
        return
    definition = get_object_definition(sector.query)
    if definition is None or definition.is_input or definition.is_interface:
        raise StartUpError(
            f"Sector '{sector.code}' has query={sector.query.__name__}, which is not an object type. "
            "Decorate the class with @strawberry.type."
        )
    try:
        sector.query()
    except TypeError as error:
        raise StartUpError(
            f"Sector '{sector.code}': {sector.query.__name__}() cannot be made without arguments: {error}. "
            "Give its fields resolvers or defaults."
        ) from error


def _refuse_unfit(engine: Engine, sector: Sector) -> None:
    faults = [fault for type_ in _fragment(engine, sector) for fault in _faults(type_, sector)]
    if faults:
        raise StartUpError(f"Sector '{sector.code}' does not fit the schema:\n" + "\n".join(f"- {it}" for it in faults))


def _root(sector: Sector) -> type:
    """The part of Query that is a sector's: one field of its name."""
    query = sector.query
    assert query is not None  # noqa: S101  called for sectors that have one

    def resolve() -> Any:
        return query()

    resolve.__annotations__ = {"return": query}
    root: StrawberryField = strawberry.field(
        resolver=resolve, name=sector.root_field, description=sector.title, metadata={"sector": sector.code}
    )
    return strawberry.type(type(f"{_prefix(sector)}Root", (), {sector.code: root}))


def _merged(name: str, description: str, owned: Sequence[tuple[str, type]]) -> type:
    """One type with the fields of all; strawberry.tools.merge_types would only warn where two have one name."""
    owners: dict[str, str] = {}
    for owner, part in owned:
        for each in _definition(part).fields:
            field = each.graphql_name or each.python_name
            other = owners.setdefault(StrawberryConfig().name_converter.apply_naming_config(field), owner)
            if other != owner:
                raise StartUpError(
                    f"{name} field '{field}' is declared by both {other} and {owner}. "
                    "Rename one of the two, or uninstall the plugin that brings it."
                )
    return strawberry.type(type(name, tuple(part for _, part in owned), {}), name=name, description=description)


def _fragment(engine: Engine, sector: Sector) -> list[GraphQLNamedType]:
    """The types that the sector's field alone leads to."""
    schema = engine.schema._schema

    def is_of(*sectors: str | None) -> IsVisible:
        return lambda _, field: field.extensions["strawberry-definition"].metadata.get("sector") in sectors

    roots = [root for root in (schema.query_type, schema.mutation_type) if root is not None]
    core, own = reachable(roots, is_of(None)), reachable(roots, is_of(None, sector.code))
    return [type_ for name, type_ in own.items() if name not in core and name not in _KNOWN_SCALARS]


def _faults(type_: GraphQLNamedType, sector: Sector) -> Iterable[str]:
    prefix, name = _prefix(sector), type_.name
    if not name.startswith(prefix):
        yield f"Type '{name}' does not say whose it is. Prefix its name with the sector: '{prefix}{name}'."
    yield from (f"{what} has no description. Give it description='...' in Vietnamese." for what in _undescribed(type_))
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        yield from (
            f"Field '{name}.{field}' calls its strawberry.Parent parameter 'self', which fails when it is asked. "
            "Call it 'root'."
            for field, each in type_.fields.items()
            if _calls_parent_self(each)
        )


def _undescribed(type_: GraphQLNamedType) -> Iterable[str]:
    if not type_.description:
        yield f"Type '{type_.name}'"
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in type_.fields.items():
            if not field.description:
                yield f"Field '{type_.name}.{name}'"
            yield from (
                f"Argument '{type_.name}.{name}({argument}:)'"
                for argument, each in field.args.items()
                if not each.description
            )
    elif isinstance(type_, GraphQLInputObjectType):
        yield from (f"Field '{type_.name}.{name}'" for name, each in type_.fields.items() if not each.description)
    elif isinstance(type_, GraphQLEnumType):
        yield from (f"Value '{type_.name}.{name}'" for name, each in type_.values.items() if not each.description)


def _calls_parent_self(field: GraphQLField) -> bool:
    resolver = field.extensions["strawberry-definition"].base_resolver
    parent = None if resolver is None else resolver.parent_parameter
    return parent is not None and parent.name == "self"


def _definition(type_: type) -> StrawberryObjectDefinition:
    definition = get_object_definition(type_)
    if definition is None:
        raise StartUpError(f"{type_.__name__} is not a Strawberry type. Decorate the class with @strawberry.type.")
    return definition


def _prefix(sector: Sector) -> str:
    return "".join(word.capitalize() for word in sector.code.split("_"))
