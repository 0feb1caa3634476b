"""Which permissions a field needs and which a caller has; what he lacks is not in the schema that he is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_input_object_type,
)

from dean06_auth.sessions import Step
from dean06_core.access import Action, DataClass
from dean06_core.graphql import Context

SIGNED_IN: Final = "signed_in"
LEAVING: Final = "LEAVE"
OWN: Final = frozenset({LEAVING, *Step})
"""What one does of one's own, whether one has finished signing in or, where ``Context.own`` names it, not yet."""

IsVisible = Callable[[GraphQLNamedType, GraphQLField], bool]


def permissions(context: Context, sectors: Collection[str]) -> frozenset[str]:
    """What a caller may be shown, given the installed sectors; next to nothing for someone who has not signed in."""
    if context.caller is None:
        return frozenset(map(_of_own, context.own))
    held = context.sectors
    return frozenset(
        {
            SIGNED_IN,
            *map(_of_own, OWN),
            *(_of_sector(code) for code in sectors if code in held),
            *(
                _to(action, data_class)
                for grant in context.caller.grants
                if grant.is_live(context.on)
                for action in grant.actions
                for data_class in grant.data_classes
            ),
        }
    )


def needed(field: GraphQLField, *, is_root: bool) -> frozenset[str]:
    """The permissions without which a field is hidden, as its metadata says. A root field needs someone signed in.

    ``sector``: a sector's code. ``needs``: an action and a data class that one
    grant of the caller has to give, of whatever units and sectors. ``own``: one
    of ``OWN``, for which one need not have finished signing in.
    """
    definition = field.extensions.get("strawberry-definition")
    metadata = {} if definition is None else definition.metadata
    if "own" in metadata:
        return frozenset({_of_own(metadata["own"])})
    found = {SIGNED_IN} if is_root and not metadata.get("open") else set()
    if "sector" in metadata:
        found |= {SIGNED_IN, _of_sector(metadata["sector"])}
    if "needs" in metadata:
        found |= {SIGNED_IN, _to(*metadata["needs"])}
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


def _of_own(what: str) -> str:
    return f"own:{what}"


def _of_sector(code: str) -> str:
    return f"sector:{code}"


def _to(action: Action, data_class: DataClass) -> str:
    return f"{action}:{data_class}"
