"""What was known at a moment: which statement answered for a cell then, and what the units below added up to.

The official mark tells only of now. Then is found from when each statement was
recorded and replaced, and chosen and added by the same rules in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.figures import Cell
from dean06_core.observations import DataState, Observation
from dean06_core.periods import Period, Window
from dean06_core.rollups import Sum
from dean06_core.statements import choose

CellKey = tuple[int, str, int, str, Window]
"""How a cell is stored: unit, share, indicator, period, stored window."""

STATED: Final = (
    Observation.id,
    Observation.unit_key,
    Observation.share,
    Observation.indicator_key,
    Observation.period,
    Observation.window,
    Observation.numerator,
    Observation.denominator,
    Observation.value_scaled,
    Observation.qualifier,
    Observation.printed,
    Observation.comment,
    Observation.no_activity,
    Observation.as_of,
    Observation.revision,
    Observation.state,
    Observation.source,
    Observation.reporter_key,
    Observation.recorded_at,
)
"""The columns that make a figure of a statement."""

_STATES: Final = list(DataState)


@dataclass(frozen=True, slots=True)
class Recollection:
    """The statements that answered at a moment, by cell, of some units and all below them."""

    statements: Mapping[CellKey, Any]
    directory: Directory

    @staticmethod
    async def of(
        session: AsyncSession,
        directory: Directory,
        catalogue: Catalogue,
        *,
        units: Collection[int],
        indicators: Collection[int],
        periods: Sequence[Period],
        at: datetime,
        at_least: DataState,
    ) -> Recollection:
        """Read what had been recorded by then and not yet been replaced; one statement."""
        below = {unit for top in units for unit in directory.subtree(top)}
        rows = await session.execute(
            sa.select(*STATED).where(
                Observation.unit_key.in_(below),
                Observation.indicator_key.in_(indicators),
                Observation.period.in_([period.code for period in periods]),
                Observation.recorded_at <= at,
                sa.or_(Observation.superseded_at.is_(None), Observation.superseded_at > at),
                Observation.state.in_(_STATES[_STATES.index(at_least) :]),
            )
        )
        last_days = {period.code: period.last_day for period in periods}
        stated: dict[CellKey, list[Any]] = defaultdict(list)
        for row in rows:
            stated[row.unit_key, row.share, row.indicator_key, row.period, row.window].append(row)
        chosen: dict[CellKey, Any] = {}
        for key, candidates in stated.items():
            responsible = catalogue.by_key[key[2]].responsible
            unit = None if responsible is None else directory.key_by_code(responsible, last_days[key[3]])
            chosen[key] = choose(candidates, unit)
        return Recollection(chosen, directory)

    def sum_below(self, key: CellKey, cell: Cell) -> Sum | None:
        """The topmost statements below the cell's unit, of its tier or group if it has one; None if there are none."""
        on = cell.period.last_day
        members = None if cell.group is None else self.directory.members(cell.group, on)

        def counts(unit: int) -> bool:
            if cell.tier is not None:
                return self.directory.unit(unit, on).tier is cell.tier
            return members is None or unit in members

        def topmost(unit: int) -> Iterator[Any]:
            for child in self.directory.children(unit, on):
                row = self.statements.get((child.key, "", *key[2:])) if counts(child.key) else None
                if row is None:
                    yield from topmost(child.key)
                else:
                    yield row

        return _added(list(topmost(cell.unit)))


def _added(rows: Sequence[Any]) -> Sum | None:
    if not rows:
        return None
    with_parts = [row for row in rows if row.numerator is not None]
    denominators = [row.denominator for row in with_parts if row.denominator is not None]
    days: list[date] = [row.as_of for row in rows if row.as_of is not None]
    return Sum(
        sum(row.numerator for row in with_parts) if with_parts else None,
        sum(denominators) if denominators else None,
        len(rows),
        len(with_parts),
        max(days, default=None),
        min((row.state for row in rows), key=_STATES.index),
    )
