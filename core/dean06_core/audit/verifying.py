"""Whether the log is what was sealed and signed: all of it is read, hashed again and held against every checkpoint.

What was changed by somebody who owns the database shows in the tiles, and what
was changed in those too shows in the checkpoints that he cannot sign. An end cut
off everywhere shows in a copy of a checkpoint that he cannot reach.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.audit import events, merkle
from dean06_core.audit.checkpoints import AuditCheckpoint, Checkpoint, Notes
from dean06_core.audit.chunks import Chunk, chunks_of
from dean06_core.audit.events import AuditEvent, AuditPersonal
from dean06_core.audit.merkle import Tree
from dean06_core.audit.sealing import LEAVES, AuditTile, split
from dean06_core.records import dialect_of


class Fault(StrEnum):
    EDITED = "EDITED"
    DELETED = "DELETED"
    INSERTED = "INSERTED"
    REORDERED = "REORDERED"
    TRUNCATED = "TRUNCATED"
    REWRITTEN = "REWRITTEN"
    FORGED = "FORGED"
    DAMAGED = "DAMAGED"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and the place of the first event concerned; ``event`` is its key where it has one still.

    REWRITTEN: events and tiles agree, and some event from that place on is not what was signed. FORGED, DAMAGED: a
    checkpoint over that many events is not signed by the key, or a copy cannot be read.
    """

    fault: Fault
    seq: int | None
    event: str | None = None
    of: str = ""


@dataclass(slots=True)
class Verdict:
    """``sealed`` events are in the tree, ``unsealed`` wait for it, ``erased`` once said something of a person."""

    sealed: int = 0
    unsealed: int = 0
    erased: int = 0
    signed: int = 0
    root: bytes = merkle.EMPTY
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class _Signed:
    checkpoint: Checkpoint
    of: str


async def verify(
    session: AsyncSession, *, key: Ed25519PublicKey | None = None, outside: Notes | None = None
) -> Verdict:
    """Read everything in one snapshot. Without a key no signature is checked, without copies no cut-off end is found.

    ``session`` sees everything, as a service's does.
    """
    kept = (await session.scalars(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size))).all()
    verdict, held = Verdict(), list[_Signed]()
    for row in kept:
        notes = Notes.read(row.note)
        if notes.is_damaged or [each.size for each in notes.checkpoints] != [row.size]:
            verdict.findings.append(Finding(Fault.DAMAGED, row.size, of="database"))
        held += (_Signed(each, "database") for each in notes.checkpoints)
    if outside is not None:
        if outside.is_damaged:
            verdict.findings.append(Finding(Fault.DAMAGED, None, of="copy"))
        held += (_Signed(each, "copy") for each in outside.checkpoints)
    signed = [each for each in held if key is None or each.checkpoint.is_signed_by(key)]
    forged = (each for each in held if each not in signed)
    verdict.findings += (Finding(Fault.FORGED, each.checkpoint.size, of=each.of) for each in forged)
    roots = await _read(session, verdict, {each.checkpoint.size for each in signed})
    _hold_against(signed, roots, verdict)
    await _verify_unsealed(session, verdict)
    await _verify_personal(session, verdict)
    return verdict


async def _read(session: AsyncSession, verdict: Verdict, sizes: set[int]) -> dict[int, bytes]:
    """Hash every sealed event again; the roots at those sizes, as far as the tree goes."""
    tree, roots, tiles = Tree(), dict[int, bytes](), await _tile_sizes(session)
    async with aclosing(chunks_of(session)) as chunks:
        async for chunk in chunks:
            leaves = await _hashed(chunk)
            found = b"".join(leaves)
            if not chunk.is_at(tree.size, len(leaves)) or not found == chunk.stored == chunk.tiles:
                break
            _grow(tree, leaves, sizes, roots)
    verdict.sealed, verdict.root = tree.size, tree.root()
    if (there := await _count(session)) != tree.size:
        verdict.sealed = there
        verdict.findings.append(await _first_fault(session))
    elif tree.size < tiles:
        verdict.findings.append(Finding(Fault.TRUNCATED, tree.size, of="tiles"))
    return roots


async def _hashed(chunk: Chunk) -> list[bytes]:
    """The leaves, a tile at a time, so that the next chunk can be asked for meanwhile."""
    leaves, entries = list[bytes](), chunk.entries()
    for at in range(0, len(entries), LEAVES):
        leaves += [sha256(b"\0" + entry).digest() for entry in entries[at : at + LEAVES]]
        await asyncio.sleep(0)
    return leaves


def _grow(tree: Tree, leaves: Sequence[bytes], sizes: Iterable[int], roots: dict[int, bytes]) -> None:
    """Whole tiles at once, unless the root is wanted in the middle of one."""
    wanted = {size for size in sizes if tree.size <= size <= tree.size + len(leaves)}
    at = 0
    if tree.size in wanted:
        roots[tree.size] = tree.root()
    while at < len(leaves):
        if (
            tree.size % LEAVES == 0
            and at + LEAVES <= len(leaves)
            and not any(tree.size < size < tree.size + LEAVES for size in wanted)
        ):
            tree.add_whole(leaves[at : at + LEAVES])
            at += LEAVES
        else:
            tree.add(leaves[at])
            at += 1
        if tree.size in wanted:
            roots[tree.size] = tree.root()


def _hold_against(signed: Sequence[_Signed], roots: dict[int, bytes], verdict: Verdict) -> None:
    """The first checkpoint that does not fit what is there; what the events told already is not told again."""
    right = 0
    for each in sorted(signed, key=lambda each: each.checkpoint.size):
        size = each.checkpoint.size
        if size in roots:
            if roots[size] != each.checkpoint.root:
                if not _is_told(verdict):
                    verdict.findings.append(Finding(Fault.REWRITTEN, right, of=each.of))
                break
            right = verdict.signed = size
        elif size > verdict.sealed and not _is_told(verdict):
            verdict.findings.append(Finding(Fault.TRUNCATED, verdict.sealed, of=each.of))
            break


def _is_told(verdict: Verdict) -> bool:
    return any(found.fault not in (Fault.FORGED, Fault.DAMAGED) for found in verdict.findings)


async def _first_fault(session: AsyncSession) -> Finding:
    """Where the events and the tiles part, and how: an event that is at home elsewhere was moved, and so on."""
    dialect = dialect_of(session)
    rows = sa.select(AuditEvent.seq, AuditEvent.id, events.entries(dialect), AuditEvent.leaf)
    found = (await session.execute(rows.where(AuditEvent.seq.is_not(None)).order_by(AuditEvent.seq))).all()
    kept = split(b"".join((await session.scalars(sa.select(AuditTile.leaves).order_by(AuditTile.number))).all()))
    actual = [merkle.leaf_of(entry.encode()) for *_, entry, _ in found]
    there, sealed = set(actual), set(kept)
    for at, (place, id_, _, stored) in enumerate(found):
        seq: int = at if place is None else place
        expected = kept[at] if at < len(kept) else None
        if actual[at] == expected and stored == expected and seq == at:
            continue
        if actual[at] == expected and stored != expected:
            return Finding(Fault.EDITED, at, str(id_))
        if expected is None or (actual[at] not in sealed and expected in there):
            return Finding(Fault.INSERTED, seq, str(id_))
        if actual[at] not in sealed and seq == at:
            return Finding(Fault.EDITED, at, str(id_))
        if expected not in there:
            return Finding(Fault.DELETED, at)
        return Finding(Fault.REORDERED, at, str(id_))
    return Finding(Fault.TRUNCATED, len(found), of="tiles")


async def _verify_unsealed(session: AsyncSession, verdict: Verdict) -> None:
    """Nobody has sealed them yet; what can be told is that an entry is not the one that was hashed."""
    dialect = dialect_of(session)
    waiting = sa.select(AuditEvent.id, events.entries(dialect), AuditEvent.leaf).where(AuditEvent.seq.is_(None))
    for id_, entry, leaf in await session.execute(waiting.order_by(AuditEvent.id)):
        verdict.unsealed += 1
        if merkle.leaf_of(entry.encode()) != leaf and not _is_told(verdict):
            verdict.findings.append(Finding(Fault.EDITED, None, str(id_)))


async def _verify_personal(session: AsyncSession, verdict: Verdict) -> None:
    """What is still said of persons is what was said; what is gone was erased."""
    rows = sa.select(AuditEvent.seq, AuditEvent.id, AuditEvent.commitment, AuditPersonal.salt, AuditPersonal.told)
    linked = rows.join(AuditPersonal, AuditPersonal.event_id == AuditEvent.id).order_by(AuditEvent.id)
    kept = 0
    async for place, id_, commitment, salt, told in await session.stream(linked):
        kept += commitment != ""
        if events.commitment_of(salt, told) != commitment:
            verdict.findings.append(Finding(Fault.EDITED, place, str(id_), of="personal"))
            break
    else:
        bound = sa.select(sa.func.count()).where(AuditEvent.commitment != "")
        verdict.erased = int(await session.scalar(bound) or 0) - kept


async def _tile_sizes(session: AsyncSession) -> int:
    last = await session.scalar(sa.select(AuditTile).order_by(AuditTile.number.desc()).limit(1))
    return 0 if last is None else last.number * LEAVES + len(split(last.leaves))


async def _count(session: AsyncSession) -> int:
    counted = sa.select(sa.func.count()).where(AuditEvent.seq.is_not(None))
    return int(await session.scalar(counted) or 0)
