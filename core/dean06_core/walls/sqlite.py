"""The wall of the embedded database: a reading connection sees only views, and the views know the pass.

On a walled connection every table is shadowed by a TEMP view of the same name.
The shadow reads an inner view with an unguessable name, the inner view reads
the table, and an authorizer lets nothing but the inner view do so. The name has
to be secret: SQLite tells the authorizer which view a read comes through, and a
CTE can take any name it knows (``with t as (select * from main.t) ...``). For
the same reason EXPLAIN, which prints names, is not among the statements that
pass. Nor are NATURAL and USING: of the columns such a join merges, SQLite asks
the authorizer nothing (``... natural full join main.t`` read every table).

The wall covers SQL. Code that takes the driver's connection and removes the
authorizer, or opens the file itself, is outside its promise.
"""

from __future__ import annotations

import fnmatch
import re
import secrets
import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from itertools import count
from typing import Final

from dean06_core.access import Access, Action, All, Right, Via, key_of

_READING: Final = re.compile(  # possessive: a comment ends at its first */, and blanks are walked once
    r"(?:\s++|--[^\n]*+\n?+|/\*(?>.*?\*/))*+(?:select|with|values)\b", re.IGNORECASE | re.DOTALL
)
_MERGING: Final = re.compile(r"(?<![a-z_])(?:natural|using)(?![a-z0-9_$])", re.IGNORECASE | re.ASCII)
_KEPT_AREAS: Final = 16
_HARMLESS: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_TRANSACTION, sqlite3.SQLITE_RECURSIVE}
REACHING_OUT: Final = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "sqlite_dbpage"}
_FAILING: Final = {"abs", "match", "regexp", "replace", "zeroblob", "randomblob", "printf", "format", "->", "->>"}
"""Functions that fail on some values. SQLite may try a caller's condition on a row before the wall hides it, and an
error would tell of the row; so do those whose name starts with ``json``. LIKE and GLOB are ours on a reading connection
and never fail."""


class StatementRefused(PermissionError):
    """A statement that does not read, or reads past the wall, was sent to a reading session."""


def refuse_unless_reading(statement: str) -> None:
    """Only SELECT, WITH and VALUES, joined by ON, pass a reading session; the database never sees anything else."""
    if not _READING.match(statement):
        raise StatementRefused(
            f"A reading session takes SELECT, WITH and VALUES only, not: {statement.strip()[:60]!r}. "
            "Change data through the functions of dean06_core."
        )
    if merging := _MERGING.search(statement):
        raise StatementRefused(
            f"A reading session takes no join with {merging.group().upper()}: {statement.strip()[:60]!r}. "
            "Join with ON, and pass text as a parameter."
        )


class Passes:
    """What the wall and the guard of one connection have in common: the pass in force, and what it covers."""

    def __init__(self, tables: Mapping[str, Access]) -> None:
        self._tables = tables
        self._secret = secrets.token_hex(16)
        self._is_ours = False
        self._areas: dict[frozenset[int], int] = {}
        self._numbers = count(1)
        self._readers: dict[str, set[str]] = {}
        self._anchors: dict[str, str] = {}

    def _prepare(self, connection: sqlite3.Connection) -> set[str]:
        """Make room for passes; returns the tables and views that are there."""
        connection.execute(f"create temp table {self._name('right')} (data_class text, sector text, area int)")
        connection.execute(
            f"create temp table {self._name('unit')} "
            "(area int, unit_key int, primary key (area, unit_key)) without rowid"
        )
        listed = "select name from main.sqlite_master where type in ('table', 'view')"
        existing = {name for (name,) in connection.execute(listed)}
        self._anchors = {table: _anchor(connection, table) for table in self._tables if table in existing}
        return existing

    def admit(self, connection: sqlite3.Connection, rights: tuple[Right, ...]) -> None:
        """Give the connection a pass in place of whatever it had; no rights at all closes it.

        Areas stay on the connection for the next caller with the same units: one
        to which no right points opens nothing.
        """
        self._is_ours = True
        try:
            connection.execute(f"delete from {self._name('right')}")
            if len(self._areas) > _KEPT_AREAS:
                connection.execute(f"delete from {self._name('unit')}")
                self._areas.clear()
            rows = [
                (right.key, sector, self._area(connection, right.units))
                for right in rights
                if right.units
                for sector in ((None,) if isinstance(right.sectors, All) else sorted(right.sectors))
            ]
            connection.executemany(f"insert into {self._name('right')} values (?, ?, ?)", rows)
        finally:
            self._is_ours = False

    def _area(self, connection: sqlite3.Connection, units: frozenset[int] | All) -> int:
        """The number under which the units are listed; 0 stands for all there are."""
        if isinstance(units, All):
            return 0
        if units not in self._areas:
            area = next(self._numbers)
            listed = ((area, unit) for unit in units)
            connection.executemany(f"insert into {self._name('unit')} values (?, ?)", listed)
            self._areas[units] = area
        return self._areas[units]

    def _name(self, noun: str) -> str:
        return f"temp.wall_{self._secret}_{noun}"

    def _predicate(self, table: str, access: Access, alias: str, view: str, action: Action = Action.READ) -> str:
        """When a row of ``table``, called ``alias``, is seen, or may be written in that action.

        A column is compared with itself so that every read uses one: of a table
        read without any (``count(*)``) SQLite forgets which view it is read
        through, and ``is not null`` would be folded away.
        """
        self._readers.setdefault(table, set()).add(view)
        column_of_it = f'+{alias}."{self._anchors[table]}"'
        if access.internal:  # never; a plain 0 would be folded, and the columns with it
            return f"{column_of_it} is not {column_of_it}"
        anchor = f"{column_of_it} is {column_of_it}"
        rule, wants = access.rule(action), [anchor]
        if rule.within is not None:
            column, parent = rule.within
            above = f"{alias}_"
            covered = self._predicate(parent, self._tables[parent], above, view, action)
            wants.append(
                f'exists (select 1 from main."{parent}" {above} where {above}.id = {alias}."{column}" and {covered})'
            )
        if rule.within is None or (action is not Action.READ and rule.is_bound):
            wants.append(self._right(access, rule, alias, view, action))
        return " and ".join(wants)

    def _right(self, access: Access, rule: Access, alias: str, view: str, action: Action) -> str:
        """That one right of the class reaches one of the row's units and one of its sectors."""
        checks = [f"g.data_class = '{key_of(access.data_class, action)}'"]
        if rule.sector_is is not None:
            checks.append(f"(g.sector is null or g.sector = '{rule.sector_is}')")
        elif rule.sector is not None:
            checks.append(f"(g.sector is null or {self._sector_matches(rule.sector, alias, view)})")
        if rule.unit is not None:
            may_lack = rule.unit_optional and action is Action.READ
            checks.append(f"(g.area = 0 or {self._unit_matches(rule.unit, may_lack, alias, view)})")
        return f"exists (select 1 from {self._name('right')} g where {' and '.join(checks)})"

    def _sector_matches(self, sector: str | Via, alias: str, view: str) -> str:
        if isinstance(sector, str):
            return f'g.sector = {alias}."{sector}"'
        self._readers.setdefault(sector.table, set()).add(view)
        return (
            f'exists (select 1 from main."{sector.table}" s '
            f'where s."{sector.key}" = {alias}."{sector.of}" and s."{sector.column}" = g.sector)'
        )

    def _unit_matches(self, unit: str | Via, is_optional: bool, alias: str, view: str) -> str:
        units = self._name("unit")
        if isinstance(unit, str):
            own = f'{alias}."{unit}"'
            listed = f"exists (select 1 from {units} u where u.area = g.area and u.unit_key = {own})"
            return f"({own} is null or {listed})" if is_optional else listed
        self._readers.setdefault(unit.table, set()).add(view)
        return (
            f'exists (select 1 from main."{unit.table}" p join {units} u on u.unit_key = p."{unit.column}" '
            f'where p."{unit.key}" = {alias}."{unit.of}" and u.area = g.area)'
        )


class Wall(Passes):
    """The wall of a reading connection: raised once when it is opened, given a pass for each transaction."""

    def __init__(self, tables: Mapping[str, Access]) -> None:
        super().__init__(tables)
        self._bare: set[str] = set()

    def raise_on(self, connection: sqlite3.Connection) -> None:
        """Shadow every declared table and lock the connection. Call once, on a fresh connection."""
        existing = self._prepare(connection)
        shadowed = {
            table: access for table, access in self._tables.items() if table in existing and not access.internal
        }
        self._bare = {name.lower() for name in existing - shadowed.keys()}
        for table, access in shadowed.items():
            self._shadow(connection, table, access)
        for arguments in (2, 3):
            connection.create_function("like", arguments, _is_like, deterministic=True)
        connection.create_function("glob", 2, _is_glob, deterministic=True)
        connection.set_authorizer(self._authorize)

    def _inner(self, table: str) -> str:
        return f"wall_{self._secret}_of_{table}"

    def _shadow(self, connection: sqlite3.Connection, table: str, access: Access) -> None:
        inner = self._inner(table)
        seen = self._predicate(table, access, "t", inner)
        connection.execute(f'create temp view "{inner}" as select t.* from main."{table}" t where {seen}')
        connection.execute(f'create temp view "{table}" as select * from temp."{inner}"')

    def _authorize(
        self, action: int, first: str | None, second: str | None, schema: str | None, via: str | None
    ) -> int:
        if self._is_ours or action in _HARMLESS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            return sqlite3.SQLITE_OK if _is_safe(second or "") else sqlite3.SQLITE_DENY
        if action != sqlite3.SQLITE_READ:
            return sqlite3.SQLITE_DENY
        may_read = self._may_read(first or "", schema, via) if schema or second else self._may_count(first or "")
        return sqlite3.SQLITE_OK if may_read else sqlite3.SQLITE_DENY

    def _may_count(self, name: str) -> bool:
        """Whether a bare name of which no column is read is a CTE or a shadow (``select count(*) from some_cte``)."""
        return name.lower() not in self._bare and not name.lower().startswith(("sqlite_", "pragma_"))

    def _may_read(self, table: str, schema: str | None, via: str | None) -> bool:
        if schema == "temp":  # a name with the secret is never refused: the refusal would print it
            return table in self._tables or table.startswith(f"wall_{self._secret}_")
        return schema == "main" and via is not None and via in self._readers.get(table, ())


def _anchor(connection: sqlite3.Connection, table: str) -> str:
    """A column that is not another name of the rowid; reading the rowid does not count as using a column."""
    columns = connection.execute(f'pragma main.table_info("{table}")').fetchall()
    is_one_key = sum(bool(key) for *_, key in columns) == 1
    rowid = {str(name) for _, name, type_, _, _, key in columns if key and is_one_key and type_.upper() == "INTEGER"}
    return next((str(name) for _, name, *_ in columns if name not in rowid), *rowid)


def _is_safe(function: str) -> bool:
    name = function.lower()
    return name not in REACHING_OUT and name not in _FAILING and not name.startswith("json")


def _is_like(pattern: object, text: object, escape: object = None) -> bool | None:
    """``text LIKE pattern ESCAPE escape``; false where SQLite would fail, on an escape that is no letter."""
    if pattern is None or text is None:
        return None
    letter = "" if escape is None else str(escape)
    if escape is not None and len(letter) != 1:
        return False
    return _like(str(pattern), letter).fullmatch(str(text)) is not None


def _is_glob(pattern: object, text: object) -> bool | None:
    if pattern is None or text is None:
        return None
    return fnmatch.fnmatchcase(str(text), str(pattern).replace("[^", "[!"))


@lru_cache(maxsize=256)
def _like(pattern: str, escape: str) -> re.Pattern[str]:
    """Of a LIKE pattern; letters of ASCII match in either case, as SQLite has it."""
    parts: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == escape:
            parts.append(_either_case(next(letters, "")))
        else:
            parts.append({"%": ".*", "_": "."}.get(letter) or _either_case(letter))
    return re.compile("".join(parts), re.DOTALL)


def _either_case(letter: str) -> str:
    cased = letter.isascii() and letter.isalpha()
    return f"[{letter.lower()}{letter.upper()}]" if cased else re.escape(letter)
