"""An event of the log: who did what with what outcome. It is written in the transaction of what it tells of.

What is hashed is the event's entry, made of every column that says something.
Personal data stand in a row of their own, to which the entry is bound by a
salted hash: they can be erased, and every proof still holds.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from dean06_core.access import Access, Appended, DataClass
from dean06_core.audit import merkle
from dean06_core.records import Record, new_id, table_of

DONE: Final = "DONE"
ERASED: Final = "audit.erase"
_FORM: Final = "dean06-audit/1"
_SALT: Final = 16
_LONGEST: Final = 200


class AuditEvent(Record):
    """One event, never changed. ``seq`` is its place in the tree, given by the sealer after the event was committed.

    ``unit_key`` and ``unit`` are the actor's unit at the time, ``role`` those of the
    grants that allowed it. Texts without a value are empty. ``commitment`` binds
    the personal data, in hex. ``body`` is canonical JSON.
    """

    __tablename__ = "audit_event"
    __access__ = Access(
        DataClass.AUDIT, unit="unit_key", unit_optional=True, appended_by_all=Appended(numbered_in="seq")
    )
    __table_args__ = (
        sa.Index("ix_audit_event_recorded_at_id", "recorded_at", "id"),
        sa.Index(
            "uq_audit_event_seq",
            "seq",
            unique=True,
            sqlite_where=sa.text("seq is not null"),
            postgresql_where=sa.text("seq is not null"),
        ),
        sa.Index(
            "ix_audit_event_unsealed",
            "id",
            sqlite_where=sa.text("seq is null"),
            postgresql_where=sa.text("seq is null"),
        ),
        sa.Index(
            "ix_audit_event_reads",
            "account_id",
            "recorded_at",
            sqlite_where=sa.text("action = 'read'"),
            postgresql_where=sa.text("action = 'read'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recorded_at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    login: Mapped[str]
    role: Mapped[str]
    unit_key: Mapped[int | None]
    unit: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    outcome: Mapped[str]
    commitment: Mapped[str]
    body: Mapped[str]
    leaf: Mapped[bytes]
    seq: Mapped[int | None]


class AuditPersonal(Record):
    """What an event says of persons, until it is erased: canonical JSON, and the salt of its commitment."""

    __tablename__ = "audit_personal"
    __access__ = Access(DataClass.AUDIT, within=("event_id", "audit_event"), appended_by_all=Appended(is_erasable=True))

    event_id: Mapped[UUID] = mapped_column(sa.ForeignKey("audit_event.id"), primary_key=True)
    salt: Mapped[bytes]
    told: Mapped[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be kept. ``details`` may be read by every auditor for as long as the log is kept.

    Never give it a password, a token or free text; what tells of a person goes into ``personal``, also the login that
    somebody unknown typed. ``outcome`` is DONE or the code of the refusal.
    """

    action: str
    at: datetime
    outcome: str = DONE
    account: UUID | None = None
    login: str = ""
    role: str = ""
    unit: int | None = None
    unit_name: str = ""
    subject: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict, repr=False)


async def record(session: AsyncSession, event: Event) -> UUID:
    """Keep an event with whatever else the session's transaction keeps, or with nothing; its id.

    In any session that writes: a service's, or one with the rights of a caller who may write something.
    """
    [id_] = await record_all(session, [event])
    return id_


async def record_all(session: AsyncSession, events: Collection[Event]) -> list[UUID]:
    """As ``record``, of many at once."""
    rows, personal = [_row(event) for event in events], list[dict[str, Any]]()
    for row, event in zip(rows, events, strict=True):
        if event.personal:
            told, salt = canonical(event.personal), secrets.token_bytes(_SALT)
            row["commitment"] = commitment_of(salt, told)
            personal.append({"event_id": row["id"], "salt": salt, "told": told})
        row["leaf"] = merkle.leaf_of(_entry(row).encode())
    await session.execute(_INSERT, rows)
    if personal:
        await session.execute(_INSERT_PERSONAL, personal)
    return [row["id"] for row in rows]


async def erase(session: AsyncSession, events: Collection[UUID], *, by: Event) -> int:
    """Take away for good what events say of persons, and keep ``by``, which tells who did it; how many had something.

    In a service's session. ``by`` is given its action and the number here.
    """
    found = await session.execute(sa.delete(AuditPersonal).where(AuditPersonal.event_id.in_(events)))
    count: int = found.rowcount  # type: ignore[attr-defined]  # a delete's result has one
    told = Event(
        action=ERASED,
        at=by.at,
        account=by.account,
        login=by.login,
        role=by.role,
        unit=by.unit,
        unit_name=by.unit_name,
        subject=by.subject,
        details={**by.details, "erased": count, "events": sorted(str(each) for each in events)},
        personal=by.personal,
    )
    await record(session, told)
    return count


def commitment_of(salt: bytes, told: str) -> str:
    return hmac.digest(salt, told.encode(), "sha256").hex()


def entries(dialect: str) -> sa.ColumnElement[str]:
    """The entry of each row, put together by the database as ``record`` hashed it."""
    is_server = dialect == "postgresql"
    moment = (
        sa.func.to_char(AuditEvent.recorded_at, "YYYY-MM-DD HH24:MI:SS.US")
        if is_server
        else sa.cast(AuditEvent.recorded_at, sa.Text)
    )
    id_, account_id = (_hex(each, is_server=is_server) for each in (AuditEvent.id, AuditEvent.account_id))
    said: list[sa.ColumnElement[Any]] = [
        sa.literal_column(f"'{_FORM}'"),
        id_,
        moment,
        sa.func.coalesce(account_id, ""),
        AuditEvent.login.expression,
        AuditEvent.role.expression,
        sa.func.coalesce(sa.cast(AuditEvent.unit_key, sa.Text), ""),
        AuditEvent.unit.expression,
        AuditEvent.action.expression,
        AuditEvent.subject.expression,
        AuditEvent.outcome.expression,
        AuditEvent.commitment.expression,
        AuditEvent.body.expression,
    ]
    if is_server:
        return sa.func.concat_ws(sa.func.chr(10), *said, type_=sa.Text)
    lines = "\n".join(["%s"] * len(said))
    return sa.func.printf(lines, *said, type_=sa.Text)


def _hex(column: Any, *, is_server: bool) -> sa.ColumnElement[str]:
    """The digits of a UUID; a server has them faster than as text without its hyphens."""
    if is_server:
        return sa.func.encode(sa.func.uuid_send(column), "hex")
    return sa.func.replace(sa.cast(column, sa.Text), "-", "")


def _row(event: Event) -> dict[str, Any]:
    return {
        "id": new_id(),
        "recorded_at": event.at,
        "account_id": event.account,
        "login": _one_line(event.login),
        "role": _one_line(event.role),
        "unit_key": event.unit,
        "unit": _one_line(event.unit_name),
        "action": _one_line(event.action),
        "subject": _one_line(event.subject),
        "outcome": _one_line(event.outcome),
        "commitment": "",
        "body": canonical(event.details),
    }


def _entry(row: Mapping[str, Any]) -> str:
    """Every column in its order, a line each; the body comes last, and JSON has no line breaks of its own."""
    account, unit = row["account_id"], row["unit_key"]
    return "\n".join(
        (
            _FORM,
            row["id"].hex,
            row["recorded_at"].astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
            "" if account is None else account.hex,
            row["login"],
            row["role"],
            "" if unit is None else str(unit),
            row["unit"],
            row["action"],
            row["subject"],
            row["outcome"],
            row["commitment"],
            row["body"],
        )
    )


def _one_line(text: str) -> str:
    """Without line breaks, by which one field would pass for two, and without what no database keeps."""
    return " ".join(text.replace("\0", " ").split())[:_LONGEST]


def canonical(told: object) -> str:
    """The same whatever the order in which it was said: JSON in ASCII, keys sorted, no blanks."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), default=str)


_INSERT: Final = sa.insert(table_of(AuditEvent))
_INSERT_PERSONAL: Final = sa.insert(table_of(AuditPersonal))
