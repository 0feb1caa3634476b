"""Each caller is shown a schema of his own: what he may not use is not in it, so nothing can name, suggest or run it.

The schema is built once; a caller's is a copy of it without the hidden fields
and without every type that only they lead to. Callers with the same
permissions share one.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final, TypeVar, cast

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_input_object_type,
)

from dean06_core.graphql import Context

SIGNED_IN: Final = "signed_in"
MOST_VIEWS: Final = 64

IsVisible = Callable[[GraphQLNamedType, GraphQLField], bool]
T = TypeVar("T")


def permissions(context: Context, sectors: Collection[str]) -> frozenset[str]:
    """What a caller may be shown, given the installed sectors; nothing for someone who has not signed in."""
    if context.caller is None:
        return frozenset()
    held = context.sectors
    return frozenset({SIGNED_IN, *(_of_sector(code) for code in sectors if code in held)})


class Views:
    """The schema as each set of permissions sees it; the ``MOST_VIEWS`` last used are kept."""

    def __init__(self, schema: strawberry.Schema, *, types: Collection[str] = ()) -> None:
        """``types`` are the names of types that only an interface leads to."""
        self._schema = schema
        self._types = types
        self._views: OrderedDict[frozenset[str], GraphQLSchema] = OrderedDict()

    def of(self, held: frozenset[str]) -> GraphQLSchema:
        view = self._views.get(held)
        if view is None:
            view = self._views[held] = self._copy(held)
        self._views.move_to_end(held)
        if len(self._views) > MOST_VIEWS:
            self._views.popitem(last=False)
        return view

    def _copy(self, held: frozenset[str]) -> GraphQLSchema:
        full = self._schema._schema
        roots = {root.name for root in (full.query_type, full.mutation_type) if root is not None}

        def is_visible(parent: GraphQLNamedType, field: GraphQLField) -> bool:
            return needed(field, is_root=parent.name in roots) <= held

        query, mutation = (
            root if root is not None and any(is_visible(root, field) for field in root.fields.values()) else None
            for root in (full.query_type, full.mutation_type)
        )
        seen = reachable([root for root in (query, mutation) if root is not None], is_visible)
        further = [full.type_map[name] for name in self._types]
        told = [type_ for type_ in further if isinstance(type_, GraphQLObjectType) and _stands_for(type_, seen)]
        copied = _Copy(is_visible)
        view = GraphQLSchema(
            query=copied.type(query) if query else None,
            mutation=copied.type(mutation) if mutation else None,
            types=[copied.type(type_) for type_ in told],
            directives=full.directives,
            description=full.description,
            extensions=full.extensions,
        )
        owner = copy.copy(self._schema)
        owner._schema = view
        cast(Any, view)._strawberry_schema = owner  # where strawberry.Info finds its schema
        return view


def needed(field: GraphQLField, *, is_root: bool) -> frozenset[str]:
    """The permissions without which a field is hidden, as its metadata says. A root field needs someone signed in."""
    definition = field.extensions.get("strawberry-definition")
    metadata = {} if definition is None else definition.metadata
    found = {SIGNED_IN} if is_root and not metadata.get("open") else set()
    if "sector" in metadata:
        found |= {SIGNED_IN, _of_sector(metadata["sector"])}
    return frozenset(found)


def reachable(roots: Iterable[GraphQLNamedType], is_visible: IsVisible) -> dict[str, GraphQLNamedType]:
    """Every type that visible fields lead to, by name, the roots included."""
    found: dict[str, GraphQLNamedType] = {}
    front = list(roots)
    while front:
        type_ = front.pop()
        if type_.name in found:
            continue
        found[type_.name] = type_
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            front += type_.interfaces
            for field in type_.fields.values():
                if is_visible(type_, field):
                    front += [get_named_type(field.type), *(get_named_type(each.type) for each in field.args.values())]
        elif isinstance(type_, GraphQLUnionType):
            front += type_.types
        elif is_input_object_type(type_):
            front += [get_named_type(field.type) for field in type_.fields.values()]
    return found


class _Copy:
    """Copies types that have visible and hidden fields; scalars, enums and inputs hide nothing and are shared."""

    def __init__(self, is_visible: IsVisible) -> None:
        self._is_visible = is_visible
        self._copies: dict[str, GraphQLNamedType] = {}

    def type(self, type_: T) -> T:
        """The type itself, or the list or non-null of it, in the copy."""
        return cast(T, self._type(type_))

    def _type(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull | GraphQLList):
            return type_.__class__(self._type(type_.of_type))
        if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType):
            return type_
        if type_.name not in self._copies:
            self._copies[type_.name] = self._copy(type_)
        return self._copies[type_.name]

    def _copy(self, type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType) -> GraphQLNamedType:
        parts: dict[str, Any] = dict(type_.to_kwargs())
        if isinstance(type_, GraphQLUnionType):
            parts["types"] = lambda: [self.type(member) for member in type_.types]
        else:
            parts["interfaces"] = lambda: [self.type(interface) for interface in type_.interfaces]
            parts["fields"] = lambda: {
                name: self._field(field) for name, field in type_.fields.items() if self._is_visible(type_, field)
            }
        return type_.__class__(**parts)

    def _field(self, field: GraphQLField) -> GraphQLField:
        parts: dict[str, Any] = dict(field.to_kwargs())
        parts["type_"] = self.type(field.type)
        return GraphQLField(**parts)


def _of_sector(code: str) -> str:
    return f"sector:{code}"


def _stands_for(type_: GraphQLObjectType, seen: Collection[str]) -> bool:
    return any(interface.name in seen for interface in type_.interfaces)
