"""Requests at random over a schema: what it shows, what it does not, names misspelt, codes of whatever there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

BLANK: Final = "§§§§§§"
"""Where a request leaves room for a code, or for an id."""

_DEEPEST: Final = 6
_SCALARS: Final[Mapping[str, Sequence[str]]] = {
    "Int": ("0", "1", "2", "201"),
    "Float": ("0.5",),
    "Boolean": ("true", "false"),
    "Date": ('"2025-07-28"', '"2024-02-29"'),
    "DateTime": ('"2025-07-28T08:00:00+07:00"',),
    "Decimal": ('"99.5"',),
}


@dataclass(frozen=True)
class Words:
    """What may stand where a text or an id is asked for, by the name of the argument; ``any`` everywhere."""

    any: Sequence[str]
    ids: Sequence[str]
    named: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def of(self, argument: str, kind: str) -> st.SearchStrategy[str]:
        if kind == "ID":
            return st.sampled_from(self.ids)
        own = self.named.get(argument, ())
        return st.sampled_from([*own, *own, *own, *self.any] if len(own) < len(self.any) else [*own, *self.any])


@dataclass
class _Writer:
    draw: Any
    schema: GraphQLSchema
    words: Words
    misspells: bool

    def document(self) -> str:
        assert self.schema.query_type is not None
        changes = [] if self.schema.mutation_type is None else [*self.schema.mutation_type.fields.items()]
        changes = [(name, each) for name, each in changes if not _is_open(each)]
        if changes and self.draw(st.booleans()):
            name, each = self.draw(st.sampled_from(changes))
            return f"mutation {{ {self._field(name, each, 0)} }}"
        return f"query {self._selection(self.schema.query_type, 0)}"

    def _selection(self, type_: GraphQLNamedType, depth: int) -> str:
        assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        names = [name for name, each in type_.fields.items() if depth < _DEEPEST or not _has_fields(each)]
        if not names:
            return "{ __typename }"
        chosen = self.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        written = [self._field(name, type_.fields[name], depth) for name in chosen]
        if isinstance(type_, GraphQLInterfaceType) or self._sometimes(12):
            written.append(self._fragment(type_, depth))
        return "{ " + " ".join(written) + " }"

    def _field(self, name: str, each: GraphQLField, depth: int) -> str:
        written = self._misspelt(name) + self._arguments(each.args)
        inner = get_named_type(each.type)
        return f"{written} {self._selection(inner, depth + 1)}" if _has_fields(each) else written

    def _fragment(self, type_: GraphQLNamedType, depth: int) -> str:
        kinds = [type_]
        if isinstance(type_, GraphQLInterfaceType):
            kinds = [*self.schema.get_possible_types(type_)]
        elif self.misspells:
            kinds += [each for each in self.schema.type_map.values() if isinstance(each, GraphQLObjectType)]
        kind = self.draw(st.sampled_from(kinds))
        return f"... on {self._misspelt(kind.name)} {self._selection(kind, min(depth + 1, _DEEPEST))}"

    def _arguments(self, asked: Mapping[str, GraphQLArgument]) -> str:
        given = [
            f"{self._misspelt(name)}: {self._value(name, each.type)}"
            for name, each in asked.items()
            if is_required_argument(each) or self._sometimes(3)
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, name: str, type_: Any) -> str:
        if isinstance(type_, GraphQLNonNull):
            return self._value(name, type_.of_type)
        if isinstance(type_, GraphQLList):
            values = [self._value(name, type_.of_type) for _ in range(self.draw(st.integers(1, 2)))]
            return f"[{', '.join(values)}]"
        if isinstance(type_, GraphQLEnumType):
            return str(self.draw(st.sampled_from([*type_.values])))
        if isinstance(type_, GraphQLInputObjectType):
            return self._object(type_.fields)
        if type_.name in _SCALARS:
            return str(self.draw(st.sampled_from(_SCALARS[type_.name])))
        word: str = self.draw(self.words.of(name, type_.name))
        return f'"{word}"'

    def _object(self, fields: Mapping[str, GraphQLInputField]) -> str:
        given = [
            f"{self._misspelt(name)}: {self._value(name, each.type)}"
            for name, each in fields.items()
            if is_required_input_field(each) or self._sometimes(4)
        ]
        return "{" + ", ".join(given) + "}"

    def _misspelt(self, name: str) -> str:
        if not (self.misspells and len(name) > 2 and self._sometimes(10)):
            return name
        place = self.draw(st.integers(1, len(name) - 1))
        return name[:place] + name[place + 1 :]

    def _sometimes(self, once_in: int) -> bool:
        return bool(self.draw(st.integers(1, once_in)) == once_in)


def _is_open(each: GraphQLField) -> bool:
    """Whether it is about signing in and out, which no caller needs anything for."""
    needs: Any = each.extensions["strawberry-definition"].metadata
    return "needs" not in needs


def _has_fields(each: GraphQLField) -> bool:
    return isinstance(get_named_type(each.type), GraphQLObjectType | GraphQLInterfaceType)


@st.composite
def documents(draw: Any, schema: GraphQLSchema, words: Words, *, misspells: bool = False) -> str:
    """A query or mutation that the schema accepts; with ``misspells`` one that it may not."""
    return _Writer(draw, schema, words, misspells).document()


__all__ = ["BLANK", "Words", "documents"]
