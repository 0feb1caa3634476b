"""What a session changed of rows about accounts, as keys, days and codes: before and after, and no text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from dean06_core.access import Access, DataClass
from dean06_core.records import Record, table_of

CODE: Final = {"is_code": True}
"""``info`` of a text column with nothing in it but codes that are declared somewhere, such as a role's name."""

_ACCOUNT: Final = "account"


@dataclass(slots=True)
class Changes:
    """By table the rows that were made or changed, in the order of their flushes; ``accounts`` are whom they concern.

    A row that was made has ``after`` alone; of one that was changed both sides name the columns that differ.
    """

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    accounts: set[str] = field(default_factory=set)

    def take(self, session: Session) -> None:
        """What the flush that is under way writes."""
        for record in (*session.new, *session.dirty, *session.deleted):
            if isinstance(record, Record) and _is_told(record.__access__):
                self._take(record, is_new=record in session.new, is_gone=record in session.deleted)

    def _take(self, record: Record, *, is_new: bool, is_gone: bool) -> None:
        before, after = _before_and_after(record, is_new=is_new, is_gone=is_gone)
        if not before and not after:
            return
        mapper = sa.inspect(type(record))
        key = [_said(value, is_code=True) for value in mapper.primary_key_from_instance(record)]
        told: dict[str, Any] = {"id": key[0] if len(key) == 1 else key}
        told |= {name: side for name, side in (("before", before), ("after", after)) if side}
        table = table_of(type(record)).name
        self.rows.setdefault(table, []).append(told)
        account = getattr(record, "id" if table == _ACCOUNT else f"{_ACCOUNT}_id", None)
        if account is not None:
            self.accounts.add(str(account))


@contextmanager
def noted(session: AsyncSession) -> Iterator[Changes]:
    """What is flushed inside the block through mapped objects; statements of one's own are not seen."""
    changes = Changes()

    def take(flushed: Session, _context: object) -> None:
        changes.take(flushed)

    event.listen(session.sync_session, "after_flush", take)
    try:
        yield changes
    finally:
        event.remove(session.sync_session, "after_flush", take)


def _is_told(access: Access) -> bool:
    return access.data_class is DataClass.GOVERNANCE and not access.internal


def _before_and_after(record: Record, *, is_new: bool, is_gone: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = dict[str, Any](), dict[str, Any]()
    state = sa.inspect(record)
    assert state is not None  # noqa: S101  a mapped object has one
    for attribute in state.mapper.column_attrs:
        is_code = bool(attribute.columns[0].info.get("is_code"))
        history = state.attrs[attribute.key].history
        if is_new or is_gone:
            value = _said(getattr(record, attribute.key), is_code=is_code)
            if value is not None:
                (before if is_gone else after)[attribute.key] = value
        elif history.has_changes():
            was, is_ = (_said(side[0] if side else None, is_code=is_code) for side in (history.deleted, history.added))
            if was != is_:
                before[attribute.key], after[attribute.key] = was, is_
    return before, after


def _said(value: object, *, is_code: bool) -> Any:
    """None for what is no key, day or code."""
    match value:
        case Enum():
            return value.value
        case bool() | int():
            return value
        case datetime():
            return None
        case UUID() | date():
            return str(value)
        case str() if is_code:
            return value
    return None
