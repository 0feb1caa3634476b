"""Committed events are given their places in the tree, a second later at most; now and then the tree is signed.

Whoever writes waits for none of it. One sealer works at a time, however many
processes there are; whichever is stopped anywhere, the next one goes on from
what was committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import INTERNAL
from dean06_core.audit import checkpoints
from dean06_core.audit.checkpoints import AuditCheckpoint
from dean06_core.audit.events import AuditEvent
from dean06_core.audit.merkle import HASH, Tree
from dean06_core.database import Database
from dean06_core.records import Record, dialect_of

AT_ONCE: Final = 1_000
SIGNED_EVERY: Final = timedelta(seconds=60)
LEAVES: Final = 256
"""How many leaves a tile has."""

_SEALER: Final = 7
"""The advisory lock of whoever seals; nothing else takes it."""


class AuditTile(Record):
    """Leaf hashes as they were sealed, one after the other: those from ``number`` times 256 on.

    ``before``: the peaks of the tree over all earlier leaves. The last tile is all that a sealer has to know.
    """

    __tablename__ = "audit_tile"
    __access__ = INTERNAL

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[bytes]
    leaves: Mapped[bytes]


@dataclass(slots=True)
class Sealer:
    """Without a key nothing is signed; without a witness there is no copy outside the database."""

    database: Database
    key: Ed25519PrivateKey | None = field(default=None, repr=False)
    witness: Path | None = None

    async def seal(self) -> int:
        """Give places to the next events, a thousand at most; how many there were.

        0 also where another sealer is at work.
        """
        if not await self._is_wanted():
            return 0
        async with self.database.service(in_turn=False) as session:
            return await _seal(session) if await _is_alone(session) else 0

    async def sign(self, now: datetime, *, at_once: bool = False) -> bool:
        """Sign the tree if it grew, and a minute has passed or it is to be done at once; whether it was.

        The copy goes out first: a checkpoint that is nowhere else binds us as well.
        """
        if self.key is None:
            return False
        async with self.database.service_reading() as session:
            tree, last = await tree_of(session), await checkpoints.latest(session)
        if tree.size == (0 if last is None else last.size):
            return False
        if last is not None and not at_once and now - last.signed_at < SIGNED_EVERY:
            return False
        signed = checkpoints.sign(tree.size, tree.root(), now, self.key)
        if self.witness is not None:
            checkpoints.copy_out(signed, self.witness)
        async with self.database.service(in_turn=False) as session:
            if await session.get(AuditCheckpoint, signed.size) is None:
                session.add(AuditCheckpoint(size=signed.size, signed_at=now, note=signed.note))
        return True

    async def finish(self, now: datetime) -> None:
        """Seal and sign whatever there is, before the process ends."""
        while await self.seal():
            pass
        await self.sign(now, at_once=True)

    async def _is_wanted(self) -> bool:
        async with self.database.service_reading() as session:
            waiting = sa.select(AuditEvent.id).where(AuditEvent.seq.is_(None)).limit(1)
            return await session.scalar(waiting) is not None


async def tree_of(session: AsyncSession) -> Tree:
    """The tree over everything that is sealed."""
    return _tree(await _last_tile(session))


async def _is_alone(session: AsyncSession) -> bool:
    """A file has one writer; on a server, whether nobody else seals until this transaction ends."""
    if dialect_of(session) != "postgresql":
        return True
    return bool(await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_SEALER))))


async def _seal(session: AsyncSession) -> int:
    waiting = sa.select(AuditEvent.id, AuditEvent.leaf).where(AuditEvent.seq.is_(None))
    found = (await session.execute(waiting.order_by(AuditEvent.id).limit(AT_ONCE))).all()
    if not found:
        return 0
    last = await _last_tile(session)
    first = _tree(last).size
    await _number(session, [id_ for id_, _ in found], first)
    kept = list(_tiles(last, [leaf for _, leaf in found]))
    if last is not None and kept[0]["number"] == last.number:
        grown = kept.pop(0)
        await session.execute(
            sa.update(AuditTile).where(AuditTile.number == last.number).values(leaves=grown["leaves"])
        )
    if kept:
        await session.execute(sa.insert(AuditTile), kept)
    return len(found)


async def _number(session: AsyncSession, ids: list[UUID], first: int) -> None:
    """In one statement on a server, where writers wait for the processor that a thousand would take."""
    table: Any = AuditEvent.__table__
    if dialect_of(session) == "postgresql":
        given = sa.func.unnest(sa.bindparam("ids", ids, type_=postgresql.ARRAY(sa.Uuid())))
        placed = given.table_valued("id", with_ordinality="place", name="placed").render_derived()
        numbered = sa.update(table).values(seq=placed.c.place + (first - 1)).where(table.c.id == placed.c.id)
        await session.execute(numbered)
        return
    numbered = sa.update(table).values(seq=sa.bindparam("place")).where(table.c.id == sa.bindparam("event"))
    await session.execute(numbered, [{"event": id_, "place": first + at} for at, id_ in enumerate(ids)])


def _tiles(last: AuditTile | None, leaves: list[bytes]) -> Iterator[dict[str, Any]]:
    """The tiles as they become with the leaves, those that do not change left out."""
    number, held = (0, b"") if last is None else (last.number, last.leaves)
    tree = Tree(number * LEAVES, [] if last is None else split(last.before))
    waiting = split(held) + leaves
    if len(held) == LEAVES * HASH:
        tree.add_whole(waiting[:LEAVES])
        number, waiting = number + 1, waiting[LEAVES:]
    while waiting:
        tile, waiting = waiting[:LEAVES], waiting[LEAVES:]
        yield {"number": number, "before": b"".join(tree.peaks), "leaves": b"".join(tile)}
        if len(tile) == LEAVES:
            tree.add_whole(tile)
            number += 1


async def _last_tile(session: AsyncSession) -> AuditTile | None:
    return await session.scalar(sa.select(AuditTile).order_by(AuditTile.number.desc()).limit(1))


def _tree(last: AuditTile | None) -> Tree:
    if last is None:
        return Tree()
    tree = Tree(last.number * LEAVES, split(last.before))
    for leaf in split(last.leaves):
        tree.add(leaf)
    return tree


def split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
