"""What whoever operates the server does as a service: recorded under his name, in the transaction that does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import audit
from dean06_core.audit import changes
from dean06_core.audit.deeds import refusals
from dean06_core.audit.events import Event
from dean06_core.database import Database
from dean06_core.errors import BadInput

OPERATOR: Final = "operator:"
"""Before the name that the system knows an operator by; unlike a caller's his event names no account."""


@dataclass(slots=True)
class Operation:
    """What is under way, and what the log is to be told of it; of a dry run it is told nothing.

    ``details`` are keys, days and counts; whatever tells of a person goes into ``personal``. Without ``tells_rows``,
    as of a file of thousands, the rows that were changed are not told one by one.
    """

    session: AsyncSession
    subject: UUID | str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    personal: dict[str, Any] = field(default_factory=dict)
    outcome: str = audit.DONE
    is_dry: bool = False
    tells_rows: bool = True


@asynccontextmanager
async def operated(
    database: Database, action: str, *, by: str, now: datetime, in_turn: bool = True, **personal: Any
) -> AsyncIterator[Operation]:
    """A service's session that is committed with its event; that it was refused is recorded by itself.

    ``by`` is a login, or a name behind ``OPERATOR``. ``personal`` names whom it is about, also where it is refused.
    """
    try:
        async with database.service(in_turn=in_turn) as session:
            under_way = Operation(session, personal=dict(personal))
            with changes.noted(session) as changed:
                yield under_way
                await session.flush()
            if not under_way.is_dry:
                rows = {"changes": changed.rows} if changed.rows and under_way.tells_rows else {}
                told = {**under_way.details, **rows}
                await audit.record(session, _event(action, by, now, under_way, told))
    except BadInput as refused:
        async with database.service(in_turn=False) as session:
            why = refusals(refused)
            await audit.record(
                session, Event(action=action, outcome=refused.code, at=now, login=by, details=why, personal=personal)
            )
        raise


def _event(action: str, by: str, now: datetime, done: Operation, told: dict[str, Any]) -> Event:
    return Event(
        action=action,
        outcome=done.outcome,
        at=now,
        login=by,
        subject="" if done.subject is None else str(done.subject),
        details=told,
        personal=done.personal,
    )
