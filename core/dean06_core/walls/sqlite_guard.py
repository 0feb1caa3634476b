"""The guard of the embedded database: what a writing connection may change, checked at the tables themselves.

TEMP triggers stand before every table and look at the pass. They fire for
whatever way a row is changed, also for the row that OR REPLACE takes away, and
nothing has to be written through a view.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from dean06_core.access import Access
from dean06_core.walls.sqlite import REACHING_OUT, Passes

_ALLOWED: Final = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_TRANSACTION,
    sqlite3.SQLITE_SAVEPOINT,
}


class Guard(Passes):
    """Raised once on a fresh connection; without a pass nothing can be written."""

    def raise_on(self, connection: sqlite3.Connection) -> None:
        existing = self._prepare(connection)
        for table, access in self._tables.items():
            if table in existing:
                for trigger in self._triggers(table, access):
                    connection.execute(trigger)
        there = {table: access for table, access in self._tables.items() if table in existing}
        written = {table for table, access in there.items() if access.written_by is not None}
        appended = {table for table, access in there.items() if access.appended_by_all is not None}
        self._open = {sqlite3.SQLITE_INSERT: written | appended, sqlite3.SQLITE_UPDATE: written}
        connection.set_authorizer(self._authorize)

    def _triggers(self, table: str, access: Access) -> list[str]:
        """A row outside the pass is neither made nor changed into; an update passes it by, as if it were not there."""
        refused = f"select raise(abort, 'A row of {table} is outside the pass.')"
        named = f'create temp trigger "wall_{self._secret}_'
        never = [f'{named}delete_{table}" before delete on main."{table}" begin {refused}; end']
        if access.appended_by_all is not None:
            held = f"select 1 from {self._name('right')} where instr(data_class, ':')"
            return [
                *never,
                f'{named}insert_{table}" before insert on main."{table}" when not exists ({held}) begin {refused}; end',
            ]
        if access.written_by is None:
            return never
        new, old = (self._predicate(table, access, row, "", access.written_by) for row in ("new", "old"))
        return [
            *never,
            f'{named}insert_{table}" before insert on main."{table}" when not ({new}) begin {refused}; end',
            f'{named}update_{table}" before update on main."{table}" '
            f"begin select raise(ignore) where not ({old}); {refused} where not ({new}); end",
        ]

    def _authorize(
        self, action: int, first: str | None, second: str | None, schema: str | None, via: str | None
    ) -> int:
        if self._is_ours or action in _ALLOWED:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            return sqlite3.SQLITE_DENY if second in REACHING_OUT else sqlite3.SQLITE_OK
        is_open = schema == "main" and first in self._open.get(action, ())
        return sqlite3.SQLITE_OK if is_open else sqlite3.SQLITE_DENY
