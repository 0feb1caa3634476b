"""A field that needs I/O is a batch field: it is given all its parents at once and returns one result for each.

So a field costs one call and at most one statement a level, and no plugin can
write a query per row. Until operations run set-based from end to end a loader
stands underneath; the signature stays.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, get_args, get_origin

import strawberry
from strawberry.types.info import Info

from dean06_core.graphql.context import Batch, Context

_SHAPE = "async def field(parents: list[Parent], context: Context, *, arguments...) -> list[Result]"


def batch_field(
    *, description: str, name: str | None = None, sector: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """Make a Strawberry field of ``async (parents, context, *, arguments) -> list``, one result a parent, in order.

    ``description`` is Vietnamese, for readers of the API. ``sector`` hides the
    field from callers without that sector. The module must not postpone its
    annotations (no ``from __future__ import annotations``).
    """

    def decorate(batch: Callable[..., Any]) -> Any:
        parameters = list(inspect.signature(batch).parameters.values())
        result = inspect.signature(batch).return_annotation
        if len(parameters) < 2 or get_origin(result) not in (list, Sequence):
            raise TypeError(f"Batch field '{batch.__qualname__}' does not have the shape: {_SHAPE}.")
        arguments = parameters[2:]

        async def resolve(root: Any, info: Any, **given: Any) -> Any:
            context: Context = info.context
            return await context.resolve_together(checked, root, given)

        async def checked(parents: list[Any], context: Context, **given: Any) -> Sequence[Any]:
            results: Sequence[Any] = await batch(parents, context, **given)
            if len(results) != len(parents):
                raise TypeError(
                    f"Batch field '{batch.__qualname__}' was given {len(parents)} parents "
                    f"and returned {len(results)} results."
                )
            return results

        element = get_args(result)[0]
        own: dict[str, Any] = {"root": strawberry.Parent[Any], "info": Info}  # type: ignore[misc]  # an alias of Annotated
        resolve.__module__, resolve.__name__, resolve.__qualname__ = (
            batch.__module__,
            batch.__name__,
            batch.__qualname__,
        )
        resolve.__annotations__ = {
            **own,
            **{argument.name: argument.annotation for argument in arguments},
            "return": element,
        }
        resolve.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what Strawberry reads the arguments from
            [
                *(
                    inspect.Parameter(known, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=kind)
                    for known, kind in own.items()
                ),
                *(argument.replace(kind=inspect.Parameter.KEYWORD_ONLY) for argument in arguments),
            ],
            return_annotation=element,
        )
        metadata = {"sector": sector} if sector else {}
        return strawberry.field(resolver=resolve, description=description, name=name, metadata=metadata)

    return decorate


__all__ = ["Batch", "batch_field"]
