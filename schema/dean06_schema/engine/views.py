"""Each caller is shown a schema of his own: what he may not use is not in it, so nothing can name, suggest or run it.

The schema is built once; a caller's is a copy of it without the hidden fields
and without every type that only they lead to. Callers with the same
permissions share one, and all share the types from which nothing hidden is
reached.
"""

from __future__ import annotations

import copy
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
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
)

from dean06_schema.engine.visibility import SIGNED_IN, needed

MOST_VIEWS: Final = 100

Permissions = frozenset[str]
T = TypeVar("T")


class Views:
    """The schema as each set of permissions sees it; the ``MOST_VIEWS`` last used are kept."""

    def __init__(self, schema: strawberry.Schema, *, types: Collection[str] = ()) -> None:
        """``types`` are the names of types that only an interface leads to."""
        self._schema = schema
        self._types = types
        self._views: OrderedDict[Permissions, GraphQLSchema] = OrderedDict()
        full = schema._schema
        self._roots = [root.name for root in (full.query_type, full.mutation_type) if root is not None]
        self._knots = {
            name: _Knot.of(type_, is_root=name in self._roots)
            for name, type_ in full.type_map.items()
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
        }
        guards = (guard.needs for knot in self._knots.values() for guard in knot.guards)
        self._told_apart = frozenset({SIGNED_IN}).union(*guards)

    def key(self, held: Permissions) -> Permissions:
        """The permissions on which some field depends: callers who differ in others share a view."""
        return held & self._told_apart

    def of(self, held: Permissions) -> GraphQLSchema:
        view = self._views.get(held)
        if view is None:
            view = self._views[held] = self._copy(held)
        self._views.move_to_end(held)
        if len(self._views) > MOST_VIEWS:
            self._views.popitem(last=False)
        return view

    def _copy(self, held: Permissions) -> GraphQLSchema:
        full = self._schema._schema
        hidden = {name: fields for name, knot in self._knots.items() if (fields := knot.hidden_from(held))}
        roots = [name for name in self._roots if self._fields(name) - hidden.get(name, set())]
        seen = self._reached(roots, held)
        further = [name for name in self._types if self._knots[name].interfaces & seen]
        copied = _Copy(hidden, self._changed(seen | self._reached(further, held), hidden, held))
        query, mutation = (
            copied.type(root) if root is not None and root.name in roots else None
            for root in (full.query_type, full.mutation_type)
        )
        view = GraphQLSchema(
            query=query,
            mutation=mutation,
            types=[copied.type(full.type_map[name]) for name in further],
            directives=full.directives,
            description=full.description,
            extensions=full.extensions,
        )
        owner = copy.copy(self._schema)
        owner._schema = view
        cast(Any, view)._strawberry_schema = owner  # where strawberry.Info finds its schema
        return view

    def _fields(self, root: str) -> set[str]:
        return set(cast(GraphQLObjectType, self._schema._schema.type_map[root]).fields)

    def _reached(self, names: Iterable[str], held: Permissions) -> set[str]:
        """The types that visible fields lead to, these included."""
        found: set[str] = set()
        front = list(names)
        while front:
            name = front.pop()
            if name not in found:
                found.add(name)
                front += self._knots[name].leads(held)
        return found

    def _changed(self, names: Iterable[str], hidden: Mapping[str, set[str]], held: Permissions) -> set[str]:
        """Which of them hide a field, or lead to one that does."""
        leading: dict[str, list[str]] = defaultdict(list)
        for name in names:
            for led in self._knots[name].leads(held):
                leading[led].append(name)
        found: set[str] = set()
        front = [name for name in names if name in hidden]
        while front:
            name = front.pop()
            if name not in found:
                found.add(name)
                front += leading[name]
        return found


@dataclass(frozen=True, slots=True)
class _Guard:
    """A field that needs permissions; ``leads`` is the type behind it, if that has fields."""

    field: str
    needs: Permissions
    leads: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Knot:
    """A type by the names of the types with fields to which it leads: ``always``, or as its guards let it."""

    always: frozenset[str]
    interfaces: frozenset[str]
    guards: tuple[_Guard, ...] = ()

    @classmethod
    def of(cls, type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType, *, is_root: bool) -> _Knot:
        if isinstance(type_, GraphQLUnionType):
            return cls(frozenset(member.name for member in type_.types), frozenset())
        interfaces = frozenset(interface.name for interface in type_.interfaces)
        always, guards = set(interfaces), list[_Guard]()
        for name, field in type_.fields.items():
            leads, needs = _leads(field), needed(field, is_root=is_root)
            if needs:
                guards.append(_Guard(name, needs, leads))
            else:
                always |= leads
        return cls(frozenset(always), interfaces, tuple(guards))

    def leads(self, held: Permissions) -> frozenset[str]:
        return self.always.union(*(guard.leads for guard in self.guards if guard.needs <= held))

    def hidden_from(self, held: Permissions) -> set[str]:
        return {guard.field for guard in self.guards if not guard.needs <= held}


class _Copy:
    """Copies the types that have changed; all others are shared with the whole schema."""

    def __init__(self, hidden: Mapping[str, set[str]], changed: Collection[str]) -> None:
        self._hidden = hidden
        self._changed = changed
        self._copies: dict[str, GraphQLNamedType] = {}

    def type(self, type_: T) -> T:
        """The type itself, or the list or non-null of it, in the copy."""
        return cast(T, self._type(type_))

    def _type(self, type_: Any) -> Any:
        if isinstance(type_, GraphQLNonNull | GraphQLList):
            return type_.__class__(self._type(type_.of_type))
        if type_.name not in self._changed:
            return type_
        if type_.name not in self._copies:
            self._copies[type_.name] = self._copy(type_)
        return self._copies[type_.name]

    def _copy(self, type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType) -> GraphQLNamedType:
        parts: dict[str, Any] = dict(type_.to_kwargs())
        if isinstance(type_, GraphQLUnionType):
            parts["types"] = lambda: [self.type(member) for member in type_.types]
        else:
            hidden = self._hidden.get(type_.name, ())
            parts["interfaces"] = lambda: [self.type(interface) for interface in type_.interfaces]
            parts["fields"] = lambda: {
                name: self._field(field) for name, field in type_.fields.items() if name not in hidden
            }
        return type_.__class__(**parts)

    def _field(self, field: GraphQLField) -> GraphQLField:
        """One that leads to nothing changed is shared too."""
        if get_named_type(field.type).name not in self._changed:
            return field
        parts: dict[str, Any] = dict(field.to_kwargs())
        parts["type_"] = self.type(field.type)
        return GraphQLField(**parts)


def _leads(field: GraphQLField) -> frozenset[str]:
    type_ = get_named_type(field.type)
    has_fields = isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
    return frozenset({type_.name}) if has_fields else frozenset()
