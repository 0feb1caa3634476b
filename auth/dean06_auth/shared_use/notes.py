"""What was found of shared use and what was done about it; where it went as far as that, a note to the unit's head."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_auth import governed
from dean06_auth.accounts import Account
from dean06_auth.shared_use.ladder import Standing
from dean06_auth.shared_use.uses import Rule, Severity
from dean06_auth.shared_use.watch import Rung
from dean06_core.access import Action, DataClass, within
from dean06_core.acting import Actor
from dean06_core.errors import BadInput
from dean06_core.records import Record, new_id

TOLD: Final = (Rung.END_SESSIONS, Rung.SUSPEND)
"""The rungs of which the head of the unit is told."""
SHOW_SHARING: Final = (Rule.INTERLEAVED, Rule.SIMULTANEOUS)
"""The rules whose findings an account report calls shared; the others only say that something is unusual."""
_REPORTED: Final = timedelta(days=90)


class SharedUseNote(Record):
    """One finding with the rung to which it climbed. Its facts lie from ``since`` to ``last``."""

    __tablename__ = "shared_use_note"
    __access__ = within("account_id", "account", DataClass.GOVERNANCE)
    __table_args__ = (
        sa.CheckConstraint("(seen_at is null) = (seen_by is null)", name="seen_by_somebody"),
        sa.UniqueConstraint("account_id", "rule", "since", name="uq_shared_use_note_account_id_rule_since"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Account.id), index=True)
    rule: Mapped[Rule] = mapped_column(sa.Enum(Rule, native_enum=False, length=16))
    severity: Mapped[Severity] = mapped_column(sa.Enum(Severity, native_enum=False, length=16))
    rung: Mapped[Rung] = mapped_column(sa.Enum(Rung, native_enum=False, length=16))
    since: Mapped[datetime]
    last: Mapped[datetime]
    found_at: Mapped[datetime]
    found_on: Mapped[date]
    evidence: Mapped[str]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None]


async def standings(session: AsyncSession, account_ids: Collection[UUID]) -> Mapping[tuple[UUID, Rule], Standing]:
    """Where the last finding of each rule stands, by account; one statement."""
    rows = await session.execute(
        sa.select(SharedUseNote.account_id, SharedUseNote.rule, SharedUseNote.rung, SharedUseNote.since)
        .where(SharedUseNote.account_id.in_(set(account_ids)))
        .order_by(SharedUseNote.since)
    )
    return {(account, rule): Standing(rung, since) for account, rule, rung, since in rows}


async def shared_logins(session: AsyncSession, on: date) -> Mapping[str, str]:
    """Whose accounts showed that several people use them in the 90 days up to ``on``; the latest evidence, by login."""
    rows = await session.execute(
        sa.select(Account.login, SharedUseNote.evidence)
        .join(Account, Account.id == SharedUseNote.account_id)
        .where(
            SharedUseNote.rule.in_(SHOW_SHARING),
            SharedUseNote.found_on <= on,
            SharedUseNote.found_on > on - _REPORTED,
        )
        .order_by(SharedUseNote.found_at, SharedUseNote.id)
    )
    return {login: evidence for login, evidence in rows}  # noqa: C416  rows that dict() takes are typed as Any


async def see(session: AsyncSession, actor: Actor, id_: UUID) -> UUID:
    """Mark a note as seen, by whoever proposes grants at the account's unit and is not meant by it.

    NOTE_UNKNOWN, there or not, for whoever has nothing to say there. Seen once,
    it stays as it is.
    """
    found = await session.execute(
        sa.select(SharedUseNote, Account)
        .join(Account, Account.id == SharedUseNote.account_id)
        .where(SharedUseNote.id == id_, SharedUseNote.rung.in_(TOLD))
    )
    row = found.first()
    if row is None or governed.allowing(actor, Action.PROPOSE, row[1].unit_key) is None:
        raise BadInput(
            "NOTE_UNKNOWN",
            "Không có ghi nhận với định danh này trong phạm vi quản trị của bạn. Hãy lấy trường id của sharedUseNotes.",
            field=("note",),
        )
    note, account = row
    if account.id == actor.caller.account:
        raise BadInput(
            "NOTE_ABOUT_ONESELF",
            "Không ai tự xác nhận ghi nhận về tài khoản của chính mình. Hãy để thủ trưởng hoặc quản trị khác xem.",
            field=("note",),
        )
    if note.seen_at is None:
        note.seen_at, note.seen_by = actor.now, actor.caller.login
        await session.flush()
    return note.id
