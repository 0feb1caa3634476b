"""Ways to the rows of a table by one statement that is built: each finds keys, or how many there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import exists, func, literal, literal_column, select, text
from sqlalchemy.orm import Bundle, aliased

from dean06_core.testing.leaks.targets import Target

Built = Callable[[Target], sa.Executable]


def _of_entity(target: Target, entity: Any) -> sa.Executable:
    return select(*target.keys_of(entity))


def _of_columns(target: Target, selected: sa.FromClause) -> sa.Executable:
    return select(*target.columns_of(selected))


def _joined(target: Target, **kind: bool) -> sa.Select[Any]:
    """Every guess beside the row that has its key, and no guess that has none."""
    joined = sa.join(target.guess, target.record, target.is_guess(), **kind)
    return select(*target.keys).select_from(joined).where(target.keys[0].is_not(None))


def _joined_with_itself(target: Target) -> sa.Executable:
    other = aliased(target.record)
    return select(*target.keys).join(other, target.same(target.keys, target.keys_of(other)))


def _walked(target: Target) -> sa.Executable:
    """A CTE that finds every row again out of itself."""
    start = select(*target.columns, literal(1).label("depth")).cte("walked", recursive=True)
    row = target.table.alias("again")
    same = target.same(target.columns_of(row), target.columns_of(start))
    again = select(*target.columns_of(row), start.c.depth + 1).join(start, same).where(start.c.depth < 2)
    walked = start.union_all(again)
    return select(*target.columns_of(walked)).distinct()


def _guesses(target: Target, condition: sa.ColumnElement[bool]) -> sa.Executable:
    return select(*target.guess_keys).where(condition)


def _correlated(target: Target, what: Any) -> sa.ScalarSelect[Any]:
    return select(what).where(target.is_guess()).correlate(target.guess).scalar_subquery()


KEYS: Final[Mapping[str, Built]] = {
    "columns of an entity": lambda t: select(*t.keys),
    "columns of a Core table": lambda t: select(*t.columns),
    "a lightweight table": lambda t: select(*(sa.column(c.name, c.type) for c in t.columns)).select_from(
        sa.table(t.table.name)
    ),
    "a bundle": lambda t: select(*Bundle("row", *t.keys).exprs),
    "distinct rows": lambda t: select(*t.keys).distinct(),
    "an alias": lambda t: _of_entity(t, aliased(t.record)),
    "an alias of a Core table": lambda t: _of_columns(t, t.table.alias("another")),
    "an alias named like another table": lambda t: _of_entity(t, aliased(t.record, name="unit")),
    "an entity on a sub-select": lambda t: _of_entity(t, aliased(t.record, select(t.record).subquery())),
    "an entity on a CTE": lambda t: _of_entity(t, aliased(t.record, select(t.record).cte("kept"))),
    "a sub-select": lambda t: _of_columns(t, select(*t.columns).subquery()),
    "a sub-select in a sub-select": lambda t: _of_columns(t, select(select(*t.columns).subquery()).subquery()),
    "a CTE": lambda t: _of_columns(t, select(*t.columns).cte("kept")),
    "a CTE in a CTE": lambda t: _of_columns(t, select(select(*t.columns).cte("one")).cte("other")),
    "a CTE that walks the table": _walked,
    "a union": lambda t: sa.union(select(*t.columns), select(*t.columns)),
    "a union in a sub-select": lambda t: _of_columns(t, sa.union_all(select(*t.columns)).subquery()),
    "an intersection": lambda t: sa.intersect(select(*t.columns), select(*t.columns)),
    "an intersection with guesses": lambda t: sa.intersect(select(*t.guess_keys), select(*t.columns)),
    "a join by keys": _joined,
    "an outer join": lambda t: _joined(t, isouter=True),
    "a full join": lambda t: _joined(t, full=True),
    "a join by relationship": lambda t: select(*t.keys).select_from(t.guess).join(t.guess.rows),
    "a join by relationship to one": lambda t: select(*t.keys).select_from(t.guess).join(t.guess.row),
    "a join with a Core table": lambda t: select(*t.columns).select_from(
        sa.join(t.guess, t.table, t.is_guess(t.columns))
    ),
    "a join with itself": _joined_with_itself,
    "a list of tables": lambda t: select(*t.columns).where(t.is_guess(t.columns)),
    "exists": lambda t: _guesses(t, exists().where(t.is_guess())),
    "exists in a Core table": lambda t: _guesses(
        t, select(literal(1)).select_from(t.table).where(t.is_guess(t.columns)).exists()
    ),
    "no count of nothing": lambda t: _guesses(t, sa.not_(_correlated(t, func.count()) == 0)),
    "any": lambda t: _guesses(t, t.guess.rows.any()),
    "any with a condition": lambda t: _guesses(t, t.guess.rows.any(t.keys[0].is_not(None))),
    "has": lambda t: _guesses(t, t.guess.row.has()),
    "in": lambda t: _guesses(t, sa.tuple_(*t.guess_keys).in_(select(*t.columns))),
    "guesses without those that are missing": lambda t: sa.except_(select(*t.guess_keys), _missing(t)),
    "a correlated count": lambda t: _guesses(t, _correlated(t, func.count()) > 0),
    "a correlated maximum": lambda t: _guesses(t, _correlated(t, func.max(literal(1))) == 1),
    "a case": lambda t: _guesses(t, sa.case((exists().where(t.is_guess()), 1), else_=0) == 1),
    "a mapped sub-select": lambda t: _guesses(t, t.guess.found > 0),
    "group by": lambda t: select(*t.keys).group_by(*t.keys),
    "having": lambda t: select(*t.keys).group_by(*t.keys).having(func.count() > 0),
    "a window": lambda t: _of_columns(t, select(*t.columns, func.row_number().over(order_by=t.columns)).subquery()),
    "text with columns": lambda t: text(f"select {t.k()} from {t.name}").columns(*t.columns),
    "text in a sub-select": lambda t: _of_columns(
        t, text(f"select {t.k()} from {t.name}").columns(*t.columns).subquery()
    ),
    "columns of text": lambda t: select(
        *(sa.type_coerce(literal_column(t.k_of(column)), column.type) for column in t.columns)
    ).select_from(text(t.name)),
}


def _missing(target: Target) -> sa.Select[Any]:
    return select(*target.guess_keys).where(sa.tuple_(*target.guess_keys).not_in(select(*target.columns)))


def _count(selected: sa.FromClause) -> sa.Select[Any]:
    return select(func.count()).select_from(selected)


COUNTS: Final[Mapping[str, Built]] = {
    "a count": lambda t: select(func.count()).select_from(t.record),
    "a count of a Core table": lambda t: _count(t.table),
    "a count of a column": lambda t: select(func.count(t.keys[0])),
    "a filtered count": lambda t: select(func.count().filter(t.keys[0].is_not(None))).select_from(t.record),
    "a count of a sub-select": lambda t: _count(select(*t.columns).distinct().subquery()),
    "a count of a CTE": lambda t: _count(select(*t.columns).distinct().cte("kept")),
    "a count of a union": lambda t: _count(sa.union(select(*t.columns), select(*t.columns)).subquery()),
    "a count of a join": lambda t: _count(sa.join(t.guess, t.table, t.is_guess(t.columns))),
    "a sum": lambda t: select(func.coalesce(func.sum(literal(1)), 0)).select_from(t.table),
    "a sum of sub-selects": lambda t: select(func.sum(t.guess.found)),
    "a last row number": lambda t: select(func.coalesce(func.max(_numbered(t).c.number), 0)),
    "a column that is a sub-select": lambda t: select(select(func.count()).select_from(t.table).scalar_subquery()),
    "a column that is text": lambda t: select(literal_column(f"(select count(*) from {t.name})")),
    "a limit": lambda t: _count(
        select(*t.guess_keys).limit(select(func.count()).select_from(t.table).scalar_subquery()).subquery()
    ),
    "what an offset leaves out": lambda t: select(len(t.guessed) - func.count()).select_from(_behind(t).subquery()),
    "values": lambda t: text(f"values ((select count(*) from {t.name}))"),
}


def _numbered(target: Target) -> sa.Subquery:
    return select(func.row_number().over().label("number")).select_from(target.table).subquery()


def _behind(target: Target) -> sa.Select[Any]:
    """The guesses that come behind as many as there are rows."""
    rows = select(func.count()).select_from(target.table).scalar_subquery()
    return select(*target.guess_keys).limit(len(target.guessed)).offset(rows)
