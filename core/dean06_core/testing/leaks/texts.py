"""Ways to the rows of a table by text that is handed to the driver as it is; each finds keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dean06_core.testing.leaks.targets import Target


@dataclass(frozen=True, slots=True)
class Text:
    """``refused_by`` names the databases that refuse it, ``only`` the one whose language it is."""

    sql: Callable[[Target], str]
    refused_by: str | None = None
    only: str | None = None


def _equal(target: Target, one: str, other: str) -> str:
    return f"({target.k(one)}) = ({target.k(other)})"


_POSTGRESQL: Final = "postgresql"
_SQLITE: Final = "sqlite"

TEXTS: Final[Mapping[str, Text]] = {
    "text": Text(lambda t: f"select {t.k()} from {t.name}"),
    "text in capitals": Text(lambda t: f"SELECT {t.k()} FROM {t.name}"),
    "text with an alias": Text(lambda t: f"select {t.k('a')} from {t.name} as a"),
    "text with an alias like another table": Text(lambda t: f"select {t.k('unit')} from {t.name} as unit"),
    "text in a sub-select": Text(lambda t: f"select {t.k('a')} from (select * from {t.name}) as a"),
    "text in a CTE": Text(lambda t: f"with a as (select * from {t.name}) select {t.k()} from a"),
    "text in a kept CTE": Text(lambda t: f"with a as materialized (select * from {t.name}) select {t.k()} from a"),
    "text in a CTE within a CTE": Text(
        lambda t: f"with a as (with b as (select * from {t.name}) select * from b) select {t.k()} from a"
    ),
    "text in a CTE like another table": Text(
        lambda t: f"with ledger as (select * from {t.name}) select {t.k()} from ledger"
    ),
    "text in a recursive CTE": Text(
        lambda t: (
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < 2) "
            f"select distinct {t.k('a')} from n join {t.name} a on n.i > 0"
        )
    ),
    "text in a union": Text(lambda t: f"select {t.k()} from {t.name} union select {t.k()} from {t.name}"),
    "text in an intersection": Text(lambda t: f"select {t.k()} from {t.name} intersect select {t.k()} from {t.name}"),
    "text in a difference": Text(
        lambda t: f"select {t.k()} from {t.name} except select {t.k()} from {t.name} where 1 = 0"
    ),
    "text with a comma": Text(lambda t: f"select {t.k('a')} from {t.name} a, (select 1 as one) b where b.one = 1"),
    "text with a cross join": Text(lambda t: f"select {t.k('a')} from (select 1 as one) b cross join {t.name} a"),
    "text with a left join": Text(
        lambda t: f"select {t.k('b')} from {t.name} a left join {t.name} b on {_equal(t, 'a', 'b')}"
    ),
    "text with a right join": Text(
        lambda t: f"select {t.k('b')} from {t.name} a right join {t.name} b on {_equal(t, 'a', 'b')}"
    ),
    "text with a full join": Text(
        lambda t: f"select {t.k('b')} from {t.name} a full join {t.name} b on {_equal(t, 'a', 'b')}"
    ),
    "text with exists": Text(
        lambda t: (
            f"select {t.k('a')} from {t.name} a where exists (select 1 from {t.name} b where {_equal(t, 'a', 'b')})"
        )
    ),
    "text with in": Text(lambda t: f"select {t.k()} from {t.name} where ({t.k()}) in (select {t.k()} from {t.name})"),
    "text with a window": Text(
        lambda t: f"select {t.k('a')} from (select *, row_number() over () as n from {t.name}) a where a.n > 0"
    ),
    "text grouped": Text(lambda t: f"select {t.k()} from {t.name} group by {t.k()} having count(*) > 0"),
    "text ordered by a sub-select": Text(
        lambda t: f"select {t.k()} from {t.name} order by (select count(*) from {t.name})"
    ),
    "text behind a comment": Text(lambda t: f" \n/* a */ -- b\n select {t.k()} from {t.name} -- c"),
    "text with a semicolon": Text(lambda t: f"select {t.k()} from {t.name};"),
    "text with a natural join": Text(
        lambda t: f"select {t.k()} from {t.name} a natural join (select {t.k()} from {t.name}) b", refused_by=_SQLITE
    ),
    "text with a join using": Text(
        lambda t: f"select {t.k()} from {t.name} a join {t.name} b using ({t.k()})", refused_by=_SQLITE
    ),
    "text with the schema of the file": Text(
        lambda t: f"select {t.k('a')} from main.{t.name} a", refused_by=_SQLITE, only=_SQLITE
    ),
    "text with the schema of the shadows": Text(lambda t: f"select {t.k('a')} from temp.{t.name} a", only=_SQLITE),
    "text without an index": Text(lambda t: f"select {t.k()} from {t.name} not indexed", only=_SQLITE),
    "explained text": Text(lambda t: f"explain select {t.k()} from {t.name}", refused_by=_SQLITE, only=_SQLITE),
    "text with the public schema": Text(lambda t: f"select {t.k('a')} from public.{t.name} a", only=_POSTGRESQL),
    "text of one table only": Text(lambda t: f"select {t.k()} from only {t.name}", only=_POSTGRESQL),
    "text with a sample": Text(lambda t: f"select {t.k()} from {t.name} tablesample system (100)", only=_POSTGRESQL),
    "text with a lateral join": Text(
        lambda t: (
            f"select {t.k('b')} from {t.name} a "
            f"cross join lateral (select * from {t.name} c where {_equal(t, 'a', 'c')}) b"
        ),
        only=_POSTGRESQL,
    ),
    "text with the first of each": Text(
        lambda t: f"select distinct on ({t.k()}) {t.k()} from {t.name}", only=_POSTGRESQL
    ),
    "text with the place of a row": Text(
        lambda t: f"select {t.k()} from {t.name} where ctid = any (array(select ctid from {t.name}))",
        only=_POSTGRESQL,
    ),
    "a row locked for a change": Text(
        lambda t: f"select {t.k()} from {t.name} for update", refused_by=_POSTGRESQL, only=_POSTGRESQL
    ),
}
