"""A sector's own fields, each asked for everything that it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import strawberry
from graphql import GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type

from dean06_core.testing import faults
from dean06_core.testing.databases import statements
from dean06_core.testing.filled_provinces import FilledProvince

_DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class Answered:
    """What it took to answer a question, and how long the longest list in the answer is."""

    statements: int
    longest: int


def schemas(query: type | None) -> list[strawberry.Schema]:
    """The sector's part of the API by itself; none if it adds no fields."""
    return [] if query is None else [strawberry.Schema(query=query)]


def questions(schema: strawberry.Schema) -> dict[str, str]:
    """For each field that needs no argument, a query that asks it for everything it has."""
    assert schema._schema.query_type is not None
    root = schema._schema.query_type
    return {
        f"{root.name}.{name}": f"{{ {name}{_selection(field.type, _DEEPEST)} }}"
        for name, field in root.fields.items()
        if not any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values())
    }


async def answers(here: FilledProvince, schema: strawberry.Schema, asked: Sequence[str]) -> list[Answered]:
    """How each question is answered to somebody who sees everything."""
    assert here.sector.query is not None
    found: list[Answered] = []
    for question in asked:
        with statements(here.database) as sent:
            answer = await schema.execute(question, context_value=here.context(), root_value=here.sector.query())
        for error in answer.errors or []:
            faults.tell(f"{question} failed: {error.message}")
        found.append(Answered(len(sent), _longest(answer.data)))
    return found


def _selection(type_: Any, depth: int) -> str:
    named = get_named_type(type_)
    if is_leaf_type(named) or not isinstance(named, GraphQLObjectType):
        return "" if is_leaf_type(named) else " { __typename }"
    asked = [
        name + _selection(field.type, depth - 1)
        for name, field in named.fields.items()
        if not any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values())
        and (depth > 1 or is_leaf_type(get_named_type(field.type)))
    ]
    return f" {{ __typename {' '.join(asked)} }}"


def _longest(data: Any) -> int:
    if isinstance(data, dict):
        return max(map(_longest, data.values()), default=0)
    return max([len(data), *map(_longest, data)]) if isinstance(data, list) else 0
