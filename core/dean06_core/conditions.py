"""Whether the figures say that a task has reached the target that it is tied to.

Judged is the latest of the last three months with a figure, of the window that
the indicator names first: of the unit to which the target speaks, or of the
member for its own part of an order to a group.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import answers, assessment
from dean06_core.catalogue import Catalogue
from dean06_core.directory import Directory
from dean06_core.figures import Cell, Figure
from dean06_core.indicators import Indicator
from dean06_core.periods import Period
from dean06_core.standing import StandingTask
from dean06_core.targets import Target
from dean06_core.tasks import TaskCondition


@dataclass(frozen=True, slots=True)
class Condition:
    """``met`` is None while there is no figure to tell."""

    indicator: Indicator
    target: Target
    met: bool | None


async def conditions(
    session: AsyncSession, directory: Directory, catalogue: Catalogue, tasks: Collection[StandingTask]
) -> list[Condition | None]:
    """The condition of each task, None for one without or with a target that the caller does not see."""
    rows = await session.execute(
        sa.select(TaskCondition.task_id, Target)
        .join(Target, Target.id == TaskCondition.target_id)
        .where(TaskCondition.task_id.in_({task.id for task in tasks}))
    )
    targets: dict[UUID, Target] = {row.task_id: row.Target for row in rows}
    wanted = {task: _cells(task, targets[task.id], catalogue) for task in tasks if task.id in targets}
    cells = [cell for own in wanted.values() for cell in own]
    figures = {figure.cell: figure for figure in await answers.of_cells(session, directory, catalogue, cells)}
    return [
        _condition(targets[task.id], wanted[task], figures, catalogue) if task in wanted else None for task in tasks
    ]


def _cells(task: StandingTask, target: Target, catalogue: Catalogue) -> tuple[Cell, ...]:
    """The latest month first."""
    window = catalogue.by_key[target.indicator_key].windows[0]
    month = Period.month_of(task.on)
    months = (month, month.previous(), month.previous().previous())
    if task.parent is not None and task.lead is not None:
        return tuple(Cell(target.indicator_key, task.lead, each, window) for each in months)
    return tuple(
        Cell(target.indicator_key, target.within_key, each, window, target.tier, target.group_key) for each in months
    )


def _condition(
    target: Target, cells: Iterable[Cell], figures: Mapping[Cell, Figure], catalogue: Catalogue
) -> Condition:
    told = (figures[cell] for cell in cells if cell in figures)
    latest = next((figure for figure in told if figure.exact is not None), None)
    met = None
    if latest is not None and latest.exact is not None:
        met = assessment.level(target, latest.cell.period).is_met_by(latest.exact, latest.qualifier)
    return Condition(catalogue.by_key[target.indicator_key], target, met)
