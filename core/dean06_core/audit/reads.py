"""Which rows of records, of citizens and of accounts somebody read: noted where statements reach the database.

Below whatever asks, a plugin's own statements included: a table that is named
in a statement counts as read, with the rows that the statement answered.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from dean06_core.access import Access, Action, DataClass
from dean06_core.audit.events import AuditEvent, Event, canonical

if TYPE_CHECKING:
    from dean06_core.acting import Actor

RECORDED: Final = frozenset({DataClass.RECORD, DataClass.IDENTIFIED, DataClass.GOVERNANCE})
"""The classes of which reading is recorded."""

READ: Final = "read"
"""The action of an event that tells of reading."""

OPTION: Final = "dean06_reads"
"""The option of a connection that says where its reads are noted."""

_KEPT: Final = 2_048
"""Statements of which it is known what they name."""
_LONGEST_NAME: Final = 100


@dataclass(slots=True)
class Reads:
    """What one operation read: how many rows its statements answered, by table, and the class of each table."""

    rows: dict[str, int] = field(default_factory=dict)
    classes: dict[str, DataClass] = field(default_factory=dict)

    def note(self, tables: Mapping[str, DataClass], count: int) -> None:
        for name, data_class in tables.items():
            self.rows[name] = self.rows.get(name, 0) + count
            self.classes[name] = data_class

    def event(self, actor: Actor, *, operation: str, document: str) -> Event:
        """By which roles who read what with which document, given by its SHA-256; what was asked for is not told."""
        read = {*self.classes.values()}
        caller = actor.caller
        by = [
            grant
            for grant in caller.grants
            if grant.is_live(actor.on) and Action.READ in grant.actions and grant.data_classes & read
        ]
        return Event(
            action=READ,
            at=actor.now,
            account=caller.account,
            login=caller.login,
            role=", ".join(sorted({grant.role for grant in by})),
            unit=caller.unit,
            unit_name=actor.directory.unit(caller.unit, actor.on).name,
            details={
                "operation": operation[:_LONGEST_NAME],
                "document": document,
                "classes": sorted(read),
                "tables": self.rows,
                "grants": sorted(str(grant.id) for grant in by if grant.id is not None),
            },
        )


def tells_of(classes: Collection[DataClass]) -> sa.ColumnElement[bool]:
    """Whether an event tells that rows of any of these classes were read."""
    every = (combinations(sorted(RECORDED), size) for size in range(1, len(RECORDED) + 1))
    meant = (each for each in chain.from_iterable(every) if not {*each}.isdisjoint(classes))
    told = (AuditEvent.body.contains(f'"classes":{canonical(each)}', autoescape=True) for each in meant)
    return sa.and_(AuditEvent.action == READ, sa.or_(*told))


def watch(engines: Collection[AsyncEngine], tables: Mapping[str, Access]) -> None:
    """Note what connections read that have a ``Reads`` among their options."""
    watched = {
        name: access.data_class
        for name, access in tables.items()
        if access.data_class in RECORDED and not access.internal
    }
    if not watched:
        return
    named = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, watched), key=len, reverse=True))})(?!\w)")
    known: dict[str, dict[str, DataClass]] = {}
    for engine in engines:
        event.listen(engine.sync_engine, "after_cursor_execute", partial(_note, watched, named, known))


def _note(
    watched: Mapping[str, DataClass],
    named: re.Pattern[str],
    known: dict[str, dict[str, DataClass]],
    connection: sa.Connection,
    cursor: Any,
    statement: str,
    *_: object,
) -> None:
    reads = connection.get_execution_options().get(OPTION)
    if reads is None:
        return
    tables = known.get(statement)
    if tables is None:
        if len(known) >= _KEPT:
            known.clear()
        tables = known[statement] = {name: watched[name] for name in named.findall(statement.lower())}
    if tables:
        reads.note(tables, cursor.rowcount if cursor.rowcount >= 0 else len(cursor._rows))
