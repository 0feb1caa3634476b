"""The log as an auditor looks it through: the newest events first, and those alone that he means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.audit.events import AuditEvent, AuditPersonal
from dean06_core.pages import Page, Slice, bounded

ORDER: Final = "audit_events"
"""What cursors of this list are marked with."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Events that are all of what is given. ``login``, ``action``, ``outcome``, ``subject`` are whole, ``unit`` a key.

    From ``since`` on and before ``until``.
    """

    login: str | None = None
    action: str | None = None
    outcome: str | None = None
    unit: int | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        given = {
            AuditEvent.login: self.login,
            AuditEvent.action: self.action,
            AuditEvent.outcome: self.outcome,
            AuditEvent.unit_key: self.unit,
            AuditEvent.subject: self.subject,
        }
        found = [column == value for column, value in given.items() if value is not None]
        if self.since is not None:
            found.append(AuditEvent.recorded_at >= self.since)
        if self.until is not None:
            found.append(AuditEvent.recorded_at < self.until)
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """An event with what it says of persons, as canonical JSON; None where it says nothing or was erased."""

    event: AuditEvent
    personal: str | None


async def newest(session: AsyncSession, meant: Meant, *, first: int | None, after: str | None) -> Slice[Told]:
    """A page of those that the session sees; one statement. ``after`` is a cursor of ``ORDER``."""
    page = Page.of(ORDER, first=first, after=after)
    wanted: Any = (
        sa.select(AuditEvent, AuditPersonal.told)
        .outerjoin(AuditPersonal, AuditPersonal.event_id == AuditEvent.id)
        .where(*meant.conditions())
    )
    from_the_end = Page(page.size, before=page.after, backwards=True)
    order: list[Any] = [AuditEvent.recorded_at, AuditEvent.id]
    found = [Told(event, personal) for event, personal in await session.execute(bounded(wanted, from_the_end, order))]
    kept = tuple(found[: page.size])
    keys = tuple((told.event.recorded_at, told.event.id) for told in kept)
    return Slice(kept, keys, has_next=len(found) > page.size, has_previous=page.after is not None)
