"""Orders for tests, written straight into the tables."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from dean06_core import spelling
from dean06_core.records import new_id
from dean06_core.tasks import (
    PartyRole,
    Task,
    TaskEvent,
    TaskEventKind,
    TaskOrigin,
    TaskParty,
    TaskRecurrence,
    TaskSector,
)
from dean06_core.units import Tier, UnitGroupMember, UnitGroupRow, UnitLevel
from tests.core.worlds import LONG_AGO, NOW, PROVINCE, Place, World, province

OFFICE: Final = 2
COMMUNE: Final = 3
NEIGHBOUR: Final = 4
PLACES: Final = province(
    Place(OFFICE, level=UnitLevel.DEPARTMENT, tier=Tier.PROVINCIAL, name="Sở Giao thông"),
    Place(COMMUNE),
    Place(NEIGHBOUR),
)
COMMUNES: Final = 1
GIVEN: Final = date(2025, 1, 2)


def order(
    code: str,
    *,
    lead: int | None = OFFICE,
    given: date = GIVEN,
    sectors: tuple[str, ...] = ("roads",),
    cooperating: tuple[int, ...] = (),
    **other: Any,
) -> list[Any]:
    """A task, then what belongs to it: parties, sectors, the event that assigns it."""
    values = {
        "title": f"Việc {code}",
        "group": "Hạ tầng",
        "origin": TaskOrigin.PLAN,
        "recurrence": TaskRecurrence.ONE_OFF,
        "lead_group_key": COMMUNES if lead is None else None,
        "sector": min(sectors, default=None),
        **other,
    }
    task = Task(id=new_id(), code=code, lead_key=lead, addressee_key=lead or PROVINCE, **values)
    task.title_folded = spelling.fold(task.title)
    role = PartyRole.OWNER if lead is None else PartyRole.LEAD
    return [
        task,
        TaskParty(task_id=task.id, unit_key=PROVINCE if lead is None else lead, role=role),
        *(TaskParty(task_id=task.id, unit_key=unit, role=PartyRole.COOPERATING) for unit in cooperating),
        *(TaskSector(task_id=task.id, sector=each) for each in sectors),
        event(task, TaskEventKind.ASSIGNED, given),
    ]


def event(task: Task, kind: TaskEventKind, on: date, **other: Any) -> TaskEvent:
    return TaskEvent(task_id=task.id, kind=kind, on=on, recorded_at=NOW, **other)


async def give(here: World, *orders: list[Any]) -> None:
    async with here.database.service() as session:
        for rows in orders:
            session.add(rows[0])
            await session.flush()
            session.add_all(rows[1:])
            await session.flush()


async def give_to_communes(here: World, code: str) -> list[Any]:
    """An order to the group of both communes: the task above first, then a child for each."""
    await here.add(UnitGroupRow(key=COMMUNES, code="cac-xa", name="Các xã", within_key=PROVINCE))
    await here.add(
        *(UnitGroupMember(group_key=COMMUNES, unit_key=unit, valid_from=LONG_AGO) for unit in (COMMUNE, NEIGHBOUR))
    )
    await here.reload()
    whole = order(code, lead=None)
    parts = [order(f"{code}.{unit}", lead=unit, parent_id=whole[0].id) for unit in (COMMUNE, NEIGHBOUR)]
    await give(here, whole, *parts)
    return [whole[0], *(part[0] for part in parts)]
