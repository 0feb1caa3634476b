"""Everything in the contract tells officials, in Vietnamese, what it is."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType
from graphql.type import is_introspection_type, is_specified_scalar_type

from dean06_schema.engine import assemble

SCHEMA = assemble([]).schema._schema


def descriptions(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """The type and everything in it, by the name with which a reader would look for it."""
    name = type_.name
    yield name, type_.description
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        for field, each in type_.fields.items():
            yield f"{name}.{field}", each.description
            yield from ((f"{name}.{field}({argument}:)", told.description) for argument, told in each.args.items())
    elif isinstance(type_, GraphQLInputObjectType):
        yield from ((f"{name}.{field}", told.description) for field, told in type_.fields.items())
    elif isinstance(type_, GraphQLEnumType):
        yield from ((f"{name}.{value}", told.description) for value, told in type_.values.items())


OURS = [
    type_
    for type_ in SCHEMA.type_map.values()
    if not is_introspection_type(type_) and not is_specified_scalar_type(type_)
]


def test_everything_has_a_description() -> None:
    assert len(OURS) > 60
    told = dict(pair for type_ in OURS for pair in descriptions(type_))
    assert [name for name, description in told.items() if not description] == []


def test_no_type_is_described_in_english() -> None:
    assert [type_.name for type_ in OURS if type_.description and type_.description.isascii()] == []
