"""Everything that was said about a cell, official or not, so that contradictions can be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.catalogue import Catalogue
from dean06_core.figures import Cell
from dean06_core.observations import Observation, ObservationPart


async def about(session: AsyncSession, catalogue: Catalogue, cells: Collection[Cell]) -> dict[Cell, list[Observation]]:
    """The statements that stand, for each cell, the official one first; one statement of SQL for all cells."""
    rows = await session.scalars(
        sa.select(Observation)
        .where(
            Observation.superseded_at.is_(None),
            Observation.unit_key.in_({cell.unit for cell in cells}),
            Observation.indicator_key.in_({cell.indicator for cell in cells}),
            Observation.period.in_({cell.period.code for cell in cells}),
            Observation.share.in_({cell.share for cell in cells}),
        )
        .order_by(Observation.official.desc(), Observation.recorded_at, Observation.id)
    )
    stored: dict[tuple[object, ...], list[Observation]] = defaultdict(list)
    for row in rows:
        stored[row.indicator_key, row.unit_key, row.period, row.window, row.share].append(row)
    return {
        cell: stored[
            cell.indicator,
            cell.unit,
            cell.period.code,
            catalogue.by_key[cell.indicator].stored_window(cell.window),
            cell.share,
        ]
        for cell in cells
    }


async def parts(session: AsyncSession, statements: Collection[UUID]) -> Mapping[UUID, Sequence[ObservationPart]]:
    """The parts of each statement, in order of code."""
    found: dict[UUID, list[ObservationPart]] = defaultdict(list)
    for part in await session.scalars(
        sa.select(ObservationPart).where(ObservationPart.observation_id.in_(statements)).order_by(ObservationPart.part)
    ):
        found[part.observation_id].append(part)
    return found
