"""Whatever can be asked for again has one opaque id. Who may not see it is answered null, as if it had never been."""

import base64
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_core.errors import BadInput
from dean06_core.graphql import Context

MOST_IDS: Final = 100


@strawberry.interface(description="Đối tượng có định danh, lấy lại được bằng truy vấn node")
class Node:
    id: strawberry.ID = strawberry.field(description="Định danh trong hệ thống")


Loader = Callable[[Sequence[Any], Context], Awaitable[Mapping[Any, Node]]]


@dataclass(frozen=True, slots=True)
class GlobalId:
    """A type's name and the key of one of its objects, read as the type's loader wants it."""

    kind: str
    key: Hashable


def global_id(kind: str, key: object) -> strawberry.ID:
    """The one spelling of an id; ``parsed`` is its inverse."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("="))


def parsed(id_: str) -> GlobalId:
    """BAD_ID for what ``global_id`` could not have written."""
    try:
        kind, key = _read(id_)
        found = GlobalId(kind, _KINDS[kind][0](key))
        if global_id(kind, found.key) == id_:
            return found
    except (ValueError, KeyError):
        pass
    raise BadInput(
        "BAD_ID", f"“{id_[:100]}” không phải là định danh. Hãy dùng nguyên văn trường id đã nhận.", field=("id",)
    )


def key_of(kind: str, id_: str, *, noun: str, field: str = "") -> UUID:
    """The key in the id of that kind of object; BAD_ID for the id of anything else. ``noun`` is Vietnamese."""
    try:
        key = UUID(_read(id_)[1])
        if global_id(kind, key) == id_:
            return key
    except ValueError:
        pass
    raise BadInput(
        "BAD_ID", f"Đây không phải là định danh của {noun}. Hãy lấy trường id đã nhận.", field=(field,) if field else ()
    )


def _read(id_: str) -> tuple[str, str]:
    """ValueError for what is no Base64 of text."""
    kind, _, key = base64.urlsafe_b64decode(id_ + "=" * (-len(id_) % 4)).decode().partition(":")
    return kind, key


def node_loader(kind: str, *, key: Callable[[str], Hashable] = UUID) -> Callable[[Loader], Loader]:
    """Mark how objects of a type are found again: ``async (keys, context) -> {key: object}``.

    It is given each key once and all keys at once; a key that it leaves out is
    answered with null. ``key`` reads a key as it is written in the id, and
    raises ValueError where it cannot be one.
    """

    def mark(loader: Loader) -> Loader:
        _KINDS[kind] = (key, loader)
        return loader

    return mark


async def found(ids: Sequence[GlobalId], context: Context) -> list[Node | None]:
    """The object behind each id, one call of a loader for each type."""
    keys: dict[str, dict[Hashable, None]] = {}
    for id_ in ids:
        keys.setdefault(id_.kind, {})[id_.key] = None
    objects = {kind: await _KINDS[kind][1](list(own), context) for kind, own in keys.items()}
    return [objects[id_.kind].get(id_.key) for id_ in ids]


@strawberry.type
class NodeQuery:
    @strawberry.field(description="Đối tượng theo định danh; null nếu không có hoặc ngoài phạm vi")
    async def node(
        self,
        info: Info[Context, None],
        id: Annotated[strawberry.ID, strawberry.argument(description="Định danh đã nhận ở trường id")],
    ) -> Node | None:
        one: Node | None = await info.context.resolve_together(found, parsed(id), {})
        return one

    @strawberry.field(description="Các đối tượng theo định danh, theo thứ tự đã hỏi; tối đa 100")
    async def nodes(
        self,
        info: Info[Context, None],
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Các định danh đã nhận ở trường id")],
    ) -> list[Node | None]:
        if len(ids) > MOST_IDS:
            raise BadInput(
                "TOO_MANY_IDS",
                f"Đã xin {len(ids)} định danh, quá {MOST_IDS}. Hãy chia thành nhiều lần.",
                field=("ids",),
            )
        return await found([parsed(id_) for id_ in ids], info.context)


_KINDS: Final[dict[str, tuple[Callable[[str], Hashable], Loader]]] = {}


__all__ = ["GlobalId", "Node", "NodeQuery", "found", "global_id", "node_loader", "parsed"]
