"""What was known at a moment: which statement answered for a cell then.

The official mark tells only of now. Then is found from when each statement was
recorded and replaced, and chosen by the same rule in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.observations import CellKey, DataState, Observation
from dean06_core.periods import Period
from dean06_core.statements import choose

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
    Observation.change_scaled,
    Observation.rank,
    Observation.rank_of,
)
"""The columns that make a figure of a statement."""

_STATES: Final = list(DataState)


async def recollect(
    session: AsyncSession,
    directory: Directory,
    catalogue: Catalogue,
    *,
    units: Collection[int],
    indicators: Collection[int],
    periods: Collection[Period],
    at: datetime,
    at_least: DataState,
) -> dict[CellKey, Any]:
    """The statements that answered at a moment, by cell; one statement.

    Read is what had been recorded by then and not yet been replaced.
    """
    rows = await session.execute(
        sa.select(*STATED).where(
            Observation.unit_key.in_(units),
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
    return chosen
