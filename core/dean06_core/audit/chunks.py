"""Sealed events in their order, ten thousand at a time and as the bytes that were hashed.

A driver's row costs more than the hash of its entry, and so does text that is
decoded only to be encoded again: the database puts the entries of a chunk
together, and the driver hands them over as they came.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.audit import events
from dean06_core.audit.events import AuditEvent
from dean06_core.audit.merkle import HASH
from dean06_core.audit.sealing import LEAVES, AuditTile
from dean06_core.records import dialect_of

_AT_ONCE: Final = 10_240
"""Events fetched in one statement; whole tiles."""
_BETWEEN: Final = "\x1e"
"""Between entries that are fetched together. No entry has it; one that was given it is not as it was hashed."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Events from one place to another: their entries, their leaves and those that the tiles have there, all joined."""

    first: int
    last: int
    count: int
    joined: bytes
    stored: bytes
    tiles: bytes

    def entries(self) -> list[bytes]:
        return self.joined.split(_BETWEEN.encode())

    def is_at(self, place: int, leaves: int) -> bool:
        return (self.first, self.last, self.count) == (place, place + leaves - 1, leaves)


async def chunks_of(session: AsyncSession) -> AsyncGenerator[Chunk]:
    """While one chunk is hashed the database puts the next together."""
    after = -1
    following = asyncio.ensure_future(_chunk(session, after))
    try:
        while chunk := await following:
            after += _AT_ONCE
            following = asyncio.ensure_future(_chunk(session, after))
            yield chunk
    finally:
        await asyncio.wait([following])


async def _chunk(session: AsyncSession, after: int) -> Chunk | None:
    entry = events.entries(dialect_of(session)).label("entry")
    behind = sa.select(AuditEvent.seq, entry, AuditEvent.leaf).where(AuditEvent.seq > after)
    rows = behind.order_by(AuditEvent.seq).limit(_AT_ONCE).subquery()
    places = sa.func.min(rows.c.seq), sa.func.max(rows.c.seq), sa.func.count()
    if dialect_of(session) == "postgresql":
        joined = sa.func.string_agg(rows.c.entry, _BETWEEN), sa.func.string_agg(rows.c.leaf, sa.literal(b""))
        first, last, count, entries, stored = await _on_server(session, sa.select(*places, *joined))
    else:
        text = sa.func.group_concat(rows.c.entry, _BETWEEN), sa.func.group_concat(sa.func.hex(rows.c.leaf), "")
        found = await session.execute(sa.select(*places, sa.cast(text[0], sa.LargeBinary), text[1]))
        first, last, count, entries, digits = found.one()
        stored = bytes.fromhex(digits or "")
    if not count:
        return None
    kept = sa.select(AuditTile.leaves).where(
        AuditTile.number * LEAVES > after, AuditTile.number * LEAVES <= after + _AT_ONCE
    )
    tiles = b"".join((await session.scalars(kept.order_by(AuditTile.number))).all())
    return Chunk(first, last, count, entries, stored, tiles[: count * HASH])


async def _on_server(session: AsyncSession, statement: sa.Select[*tuple[Any, ...]]) -> Any:
    """The one row, in the session's transaction and snapshot, its texts as bytes."""
    compiled = statement.compile(session.get_bind())
    opened = await (await session.connection()).get_raw_connection()
    driver: Any = opened.driver_connection
    async with driver.cursor() as cursor:
        cursor.adapters.register_loader("text", _AsSent)
        await cursor.execute(str(compiled), compiled.params)
        return await cursor.fetchone()


class _AsSent(Loader):
    """UTF-8: services' connections ask for it."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)
