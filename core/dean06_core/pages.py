"""Pages of a list by keyset: a cursor says after which row to go on, so a page costs the same wherever it lies."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa

from dean06_core.errors import BadInput

DEFAULT_SIZE: Final = 50
LARGEST_SIZE: Final = 200
_DIGEST: Final = 6

T = TypeVar("T")
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for: ``size`` rows after a key, or before one when ``backwards``."""

    size: int
    after: Key | None = None
    before: Key | None = None
    backwards: bool = False

    @staticmethod
    def of(
        order: str,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Page:
        """Check the four Relay arguments. ``order`` names the list's order: a cursor of another one is refused."""
        if first is not None and last is not None:
            raise BadInput("PAGE_AMBIGUOUS", "Vừa có first vừa có last. Hãy bỏ một trong hai.", field=("first",))
        size = DEFAULT_SIZE if first is None and last is None else (first if first is not None else last)
        assert size is not None  # noqa: S101  one of the two is given, or the default
        name = "last" if last is not None else "first"
        if size < 0:
            raise BadInput(
                "PAGE_INVALID", f"{name}: {size} là số âm. Hãy xin từ 0 đến {LARGEST_SIZE} dòng.", field=(name,)
            )
        if size > LARGEST_SIZE:
            raise BadInput(
                "PAGE_TOO_LARGE",
                f"{name}: {size} vượt quá {LARGEST_SIZE} dòng một trang. "
                "Hãy xin ít hơn rồi đi tiếp bằng con trỏ after.",
                field=(name,),
            )
        return Page(
            size,
            after=None if after is None else key_of(after, order, field="after"),
            before=None if before is None else key_of(before, order, field="before"),
            backwards=last is not None,
        )


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """The rows of a page with the key of each, and whether there are more on either side."""

    rows: tuple[T, ...]
    keys: tuple[Key, ...]
    has_next: bool
    has_previous: bool


def cursor_of(key: Key, order: str) -> str:
    """An opaque cursor; ``key_of`` is its inverse for the same order."""
    body = json.dumps(key, separators=(",", ":"), default=str).encode()
    return base64.urlsafe_b64encode(_seal(body, order) + body).decode().rstrip("=")


def key_of(cursor: str, order: str, *, field: str) -> Key:
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        seal, body = raw[:_DIGEST], raw[_DIGEST:]
        if seal == _seal(body, order):
            return tuple(json.loads(body))
    except (ValueError, binascii.Error, UnicodeError):
        pass
    raise BadInput(
        "CURSOR_INVALID",
        f"Con trỏ {field} không phải của danh sách này hoặc đã bị sửa. "
        "Hãy dùng đúng endCursor hoặc startCursor đã nhận.",
        field=(field,),
    )


def cut(rows: Sequence[T], page: Page, key: Callable[[T], Key]) -> Slice[T]:
    """A page of a list that is in memory, in the order of its keys."""
    keyed = [(key(row), row) for row in rows]
    inside = [
        pair
        for pair in keyed
        if (page.after is None or pair[0] > page.after) and (page.before is None or pair[0] < page.before)
    ]
    taken = inside[-page.size or len(inside) :] if page.backwards else inside[: page.size]
    if not taken:
        return Slice((), (), has_next=bool(inside) and not page.backwards, has_previous=bool(inside) and page.backwards)
    return Slice(
        tuple(row for _, row in taken),
        tuple(found for found, _ in taken),
        has_next=taken[-1][0] < keyed[-1][0],
        has_previous=taken[0][0] > keyed[0][0],
    )


def bounded(statement: sa.Select[Any], page: Page, order: Sequence[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    """One row more than the page, in its order or backwards; the columns of ``order`` are never null."""
    columns = sa.tuple_(*order)
    types = [column.type for column in order]
    if page.after is not None:
        statement = statement.where(columns > _literal(page.after, types))
    if page.before is not None:
        statement = statement.where(columns < _literal(page.before, types))
    directed = [column.desc() if page.backwards else column.asc() for column in order]
    return statement.order_by(*directed).limit(page.size + 1)


def slice_of(rows: Sequence[T], page: Page, key: Callable[[T], Key]) -> Slice[T]:
    """What the rows of a ``bounded`` statement say of the page."""
    has_more = len(rows) > page.size
    kept = list(rows[: page.size])
    if page.backwards:
        kept.reverse()
    keys = tuple(key(row) for row in kept)
    return Slice(
        tuple(kept),
        keys,
        has_next=page.before is not None if page.backwards else has_more,
        has_previous=has_more if page.backwards else page.after is not None,
    )


def _literal(key: Key, types: Sequence[sa.types.TypeEngine[Any]]) -> sa.ColumnElement[Any]:
    if len(key) != len(types):
        raise BadInput(
            "CURSOR_INVALID", "Con trỏ không phải của danh sách này. Hãy dùng đúng con trỏ đã nhận.", field=("after",)
        )
    return sa.tuple_(*(sa.literal(_typed(value, type_), type_) for value, type_ in zip(key, types, strict=True)))


def _typed(value: Any, type_: sa.types.TypeEngine[Any]) -> Any:
    python = type_.python_type
    return python.fromisoformat(value) if hasattr(python, "fromisoformat") else python(value)


def _seal(body: bytes, order: str) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST, person=order.encode()[:16]).digest()
