"""The log taken out of the database, and the proof that one event is in it; both are checked without the database."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.audit import events, merkle
from dean06_core.audit.checkpoints import AuditCheckpoint, Checkpoint, Notes
from dean06_core.audit.events import AuditEvent
from dean06_core.errors import BadInput
from dean06_core.records import dialect_of

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry was the event at ``seq`` when the checkpoint was signed. ``path``: hashes, the lowest first."""

    seq: int
    entry: str
    path: tuple[bytes, ...]
    checkpoint: Checkpoint

    def holds(self, key: Ed25519PublicKey) -> bool:
        return self.checkpoint.is_signed_by(key) and merkle.leads_to(
            self.checkpoint.root,
            leaf=merkle.leaf_of(self.entry.encode()),
            index=self.seq,
            size=self.checkpoint.size,
            path=self.path,
        )

    def as_json(self) -> str:
        told = {
            "seq": self.seq,
            "entry": self.entry,
            "path": [each.hex() for each in self.path],
            "checkpoint": self.checkpoint.note,
        }
        return json.dumps(told, ensure_ascii=False, indent=1)

    @staticmethod
    def read(text: str) -> Proof:
        """PROOF_UNREADABLE unless ``as_json`` could have written it."""
        try:
            told = json.loads(text)
            [checkpoint] = Notes.read(told["checkpoint"]).checkpoints
            path = tuple(bytes.fromhex(each) for each in told["path"])
            return Proof(int(told["seq"]), str(told["entry"]), path, checkpoint)
        except (ValueError, KeyError, TypeError):
            raise BadInput(
                "PROOF_UNREADABLE", "Không đọc được bằng chứng. Hãy tạo lại bằng: dean06 audit prove."
            ) from None


async def exported(session: AsyncSession) -> AsyncIterator[dict[str, Any]]:
    """Every sealed event in its order as ``{"seq", "entry"}``, then every checkpoint as ``{"checkpoint"}``.

    What is said of persons stays behind.
    """
    rows = sa.select(AuditEvent.seq, events.entries(dialect_of(session))).order_by(AuditEvent.seq)
    after = -1
    while found := (await session.execute(rows.where(AuditEvent.seq > after).limit(_AT_ONCE))).all():
        for seq, entry in found:
            yield {"seq": seq, "entry": entry}
        after = int(found[-1][0] or 0)
    for note in await session.scalars(sa.select(AuditCheckpoint.note).order_by(AuditCheckpoint.size)):
        yield {"checkpoint": note}


async def prove(session: AsyncSession, event: UUID) -> Proof:
    """Under the latest checkpoint. EVENT_UNKNOWN, or EVENT_NOT_SIGNED while no checkpoint is over it."""
    seq, is_there = None, False
    for (found,) in await session.execute(sa.select(AuditEvent.seq).where(AuditEvent.id == event)):
        seq, is_there = found, True
    if not is_there:
        raise _unknown(event)
    return proof_of([each async for each in exported(session)], seq, str(event))


def proof_of(lines: Iterable[dict[str, Any]], seq: int | None, event: str) -> Proof:
    """Out of what was exported, of the event at a place."""
    entries: list[str] = []
    checkpoint: Checkpoint | None = None
    for line in lines:
        if "entry" in line:
            entries.append(line["entry"])
        else:
            checkpoint = max((checkpoint, *Notes.read(line["checkpoint"]).checkpoints), key=_size)
    if checkpoint is None or seq is None or seq >= checkpoint.size:
        raise BadInput(
            "EVENT_NOT_SIGNED",
            f"Sự kiện {event} chưa nằm dưới điểm kiểm tra đã ký nào. Hãy thử lại sau một phút, khi máy chủ đang chạy.",
            field=("event",),
        )
    leaves = [merkle.leaf_of(entry.encode()) for entry in entries[: checkpoint.size]]
    return Proof(seq, entries[seq], tuple(merkle.path_of(leaves, seq)), checkpoint)


def seq_in(lines: Iterable[dict[str, Any]], event: UUID) -> int:
    """The place of an event in what was exported; EVENT_UNKNOWN where it is not."""
    for line in lines:
        if "entry" in line and line["entry"].split("\n", 2)[1] == event.hex:
            return int(line["seq"])
    raise _unknown(event)


def _unknown(event: UUID) -> BadInput:
    return BadInput("EVENT_UNKNOWN", f"Không có sự kiện {event} trong nhật ký. Hãy kiểm tra mã.", field=("event",))


def _size(checkpoint: Checkpoint | None) -> int:
    return -1 if checkpoint is None else checkpoint.size


def is_whole(lines: Sequence[dict[str, Any]], key: Ed25519PublicKey) -> bool:
    """Whether an export is what was signed: each checkpoint is signed by the key and has the root of its events."""
    entries = [line["entry"] for line in lines if "entry" in line]
    notes = Notes.read("".join(line["checkpoint"] for line in lines if "checkpoint" in line))
    if notes.is_damaged or not notes.checkpoints:
        return False
    roots = {each.size: each for each in notes.checkpoints}
    tree = merkle.Tree()
    right = {0: True}
    for entry in entries:
        tree.add(merkle.leaf_of(entry.encode()))
        if tree.size in roots:
            right[tree.size] = tree.root() == roots[tree.size].root
    return all(each.is_signed_by(key) and right.get(each.size, False) for each in notes.checkpoints)
