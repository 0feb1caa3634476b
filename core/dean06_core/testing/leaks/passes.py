"""Rights that are tried on a table: those of people who see some of its rows, all of them, or none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import product
from typing import Final

from dean06_core.access import ALL, Access, Action, DataClass, Right
from dean06_core.testing.leaks.rule import Rows, class_of, root_of, root_rows, sectors_of, units_of

ELSEWHERE: Final = "elsewhere"
NOWHERE: Final = 2**40
OFFICER: Final = "somebody of one unit and sector"
EVERYBODY: Final = "somebody who may see everything"
NOBODY: Final = "somebody without any right"
_STRANGERS: Final = "somebody with one sector here and another there"
_THOROUGH: Final = (OFFICER, _STRANGERS)

Rights = tuple[Right, ...]


def passes(table: str, tables: Mapping[str, Access], rows: Rows) -> dict[str, Rights]:
    """Whoever they are called, the rights that they hold."""
    klass = class_of(table, tables)
    general = {
        EVERYBODY: tuple(Right(each, ALL, ALL) for each in DataClass),
        NOBODY: (),
        "somebody with every other class": tuple(Right(each, ALL, ALL) for each in DataClass if each is not klass),
        "somebody with rights to no unit and to no sector": (
            Right(klass, ALL, frozenset()),
            Right(klass, frozenset(), ALL),
        ),
        "somebody who may only write": tuple(
            Right(klass, ALL, ALL, each) for each in Action if each is not Action.READ
        ),
    }
    places = _places(table, tables, rows)
    if not places:
        return general
    (unit, sector), (other_unit, other_sector) = places[0], _apart(places)
    one, other = frozenset({unit}), frozenset({other_unit})
    return {
        **general,
        OFFICER: (Right(klass, frozenset({sector}), one),),
        _STRANGERS: (Right(klass, frozenset({sector}), other), Right(klass, frozenset({other_sector}), one)),
        "somebody of one unit": (Right(klass, ALL, one),),
        "somebody of one sector": (Right(klass, frozenset({sector}), ALL),),
        "somebody of another sector": (Right(klass, frozenset({ELSEWHERE}), ALL),),
        "somebody of a unit without rows": (Right(klass, ALL, frozenset({NOWHERE})),),
    }


def are_thorough(who: str, tried: Collection[str]) -> bool:
    """Whether every way is tried for him, of those who are tried; the others only see that the same rows are there."""
    return who in _THOROUGH or (who == EVERYBODY and OFFICER not in tried)


def officer(table: str, tables: Mapping[str, Access], rows: Rows) -> Rights:
    """Who reads and, where the table lets a caller do so, writes the rows of one unit and sector."""
    reading = passes(table, tables, rows)
    rights = reading.get(OFFICER, reading[EVERYBODY])
    appended = tables[table].appended_by_all is not None
    action = Action.RECORD if appended else tables[table].written_by
    writing = (Right(right.data_class, right.sectors, right.units, action) for right in rights if action is not None)
    return (Right(DataClass.DIRECTORY, ALL, ALL), *rights, *writing)


def _places(table: str, tables: Mapping[str, Access], rows: Rows) -> list[tuple[int, str]]:
    """Each unit with each sector of which there is a row; [] of a table that is bound to neither."""
    root = root_of(table, tables)
    if root.internal or (root.unit is None and root.sector is None and root.sector_is is None):
        return []
    any_unit = [NOWHERE] if root.unit is None else []
    any_sector = [ELSEWHERE] if root.sector is None and root.sector_is is None else []
    held = {
        pair
        for row in root_rows(table, tables, rows)
        for pair in product(any_unit or units_of(root, row, rows), any_sector or sectors_of(root, row, rows))
        if None not in pair
    }
    return sorted(held)


def _apart(places: list[tuple[int, str]]) -> tuple[int, str]:
    """A place with another unit than the first, and with another sector if there is one."""
    unit, sector = places[0]
    others = [place for place in places if place[0] != unit]
    apart = [place for place in others if place[1] != sector]
    return next(iter(apart), (next(iter(others), (NOWHERE, sector))[0], ELSEWHERE))
