"""Behind the wall a task is given, reported on and confirmed by whoever may do so in its units and sectors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dean06_core import orders
from dean06_core.access import ALL, Action, DataClass, Right
from dean06_core.documents import LegalDocument
from dean06_core.errors import WriteRefused
from dean06_core.orders import Order
from dean06_core.records import Record, new_id
from dean06_core.targets import Target
from dean06_core.tasks import (
    PartyRole,
    Task,
    TaskBasis,
    TaskCondition,
    TaskConfirmation,
    TaskEvent,
    TaskEventKind,
    TaskMention,
    TaskOrigin,
    TaskParty,
    TaskProgress,
    TaskProgressDocument,
    TaskRecurrence,
    TaskSector,
)
from dean06_core.testing import everything_kept
from dean06_core.walls.postgresql import EXPIRED
from tests.core.worlds import LONG_AGO, NOW, Place, World, province, world
from tests.core.writers import OTHER, OWN, assigned, reader

pytestmark = pytest.mark.anyio

THIRD = 4


def health_here_and_tax_there(action: Action, unit: int = OWN, other: int = OTHER) -> tuple[Right, ...]:
    """Who reads everything, and writes health in one unit and tax in another."""
    return (
        *reader(),
        Right(DataClass.AGGREGATE, frozenset({"health"}), frozenset({unit}), action),
        Right(DataClass.AGGREGATE, frozenset({"tax"}), frozenset({other}), action),
    )


ASSIGNER = health_here_and_tax_there(Action.ASSIGN)
RECORDER = health_here_and_tax_there(Action.RECORD)
INSIDE = ("health of 2", "tax of 3")
OUTSIDE = ("tax of 2", "health of 3", "health of 4", "nothing of 2", "health of 3 with 2")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where tasks are given and reported on; each is called by its sector and its lead."""

    here: World
    tasks: Mapping[str, Task]
    paper: LegalDocument
    target: Target

    async def writes(self, rights: tuple[Right, ...], *rows: Record) -> bool:
        """Whether all of it may be written; if not, nothing is kept of it."""
        before = await everything_kept(self.here.database)
        try:
            async with self.here.database.writing(rights) as session:
                for row in rows:
                    session.add(row)
                    await session.flush()
        except WriteRefused:
            assert await everything_kept(self.here.database) == before
            return False
        return True

    async def gives(self, rights: tuple[Right, ...], order: Order) -> bool:
        before = await everything_kept(self.here.database)
        try:
            async with self.here.database.writing(rights) as session:
                await orders.assign(session, order, directory=self.here.directory, now=NOW)
        except WriteRefused:
            assert await everything_kept(self.here.database) == before
            return False
        return True

    async def said(self, task: str, unit: int) -> TaskProgress:
        """Progress that a unit reported, however it did."""
        row = progress(self.tasks[task], unit)
        await self.here.add(row)
        return row

    async def all_of(self, column: Any) -> dict[str, Any]:
        async with self.here.database.service_reading() as session:
            return {row[0]: row[1] for row in await session.execute(sa.select(Task.code, column))}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with world(tmp_path, province(Place(OWN), Place(OTHER), Place(THIRD))) as opened:
        paper, target = LegalDocument(id=new_id(), label="KH 1", kind="plan"), assigned(OTHER)
        await opened.add(paper, target)
        given = [
            *(task_of(unit, sector) for unit in (OWN, OTHER) for sector in ("health", "tax")),
            task_of(THIRD, "health"),
            task_of(OWN),
            task_of(OTHER, "health", code="health of 3 with 2", cooperating=(OWN,)),
        ]
        async with opened.database.service() as session:
            await orders.assign_all(session, given, directory=opened.directory, now=NOW)
        async with opened.database.service_reading() as session:
            tasks = {task.code: task for task in await session.scalars(sa.select(Task))}
        yield Desk(opened, tasks, paper, target)


def task_of(unit: int, *sectors: str, code: str = "", **other: Any) -> Order:
    return Order(
        code=code or f"{' and '.join(sectors) or 'nothing'} of {unit}",
        title="Rà soát",
        group="Hạ tầng",
        origin=TaskOrigin.PLAN,
        recurrence=TaskRecurrence.ONE_OFF,
        assigned_on=LONG_AGO,
        lead=unit,
        sectors=frozenset(sectors),
        **other,
    )


def task_alone(addressee: int, sector: str | None) -> Task:
    """The row without those that go with it."""
    return Task(
        id=new_id(),
        code="alone",
        title="Rà soát",
        title_folded="ra soat",
        group="Hạ tầng",
        origin=TaskOrigin.PLAN,
        recurrence=TaskRecurrence.ONE_OFF,
        lead_key=addressee,
        addressee_key=addressee,
        sector=sector,
    )


def progress(task: Task, unit: int) -> TaskProgress:
    return TaskProgress(id=new_id(), task_id=task.id, on=LONG_AGO, unit_key=unit, done="Đã xong", finished=True)


def confirmation(of: TaskProgress, accepted: bool = True) -> TaskConfirmation:
    reason = None if accepted else "Còn thiếu"
    return TaskConfirmation(
        progress_id=of.id, accepted=accepted, reason=reason, by_key=OWN, on=LONG_AGO, recorded_at=NOW
    )


BELONGINGS: Mapping[str, Callable[[Desk, Task], Record]] = {
    "that it is done": lambda _, task: TaskEvent(
        task_id=task.id, kind=TaskEventKind.DONE, on=LONG_AGO, recorded_at=NOW
    ),
    "that it is cancelled": lambda _, task: TaskEvent(
        task_id=task.id, kind=TaskEventKind.CANCELLED, on=LONG_AGO, recorded_at=NOW
    ),
    "where it is mentioned": lambda desk, task: TaskMention(task_id=task.id, document_id=desk.paper.id, section="1"),
    "what it rests on": lambda desk, task: TaskBasis(task_id=task.id, document_id=desk.paper.id),
    "what it waits for": lambda desk, task: TaskCondition(task_id=task.id, target_id=desk.target.id),
}


@pytest.mark.parametrize(
    ("order", "is_given"),
    [
        pytest.param(task_of(OWN, "health", code="new"), True, id="health to the unit of health"),
        pytest.param(task_of(OTHER, "tax", code="new"), True, id="tax to the unit of tax"),
        pytest.param(task_of(THIRD, "health", code="new"), False, id="to a third unit"),
        pytest.param(task_of(OWN, "tax", code="new"), False, id="tax to the unit of health"),
        pytest.param(task_of(OWN, "health", "tax", code="new"), False, id="both to the unit of health"),
        pytest.param(task_of(OWN, code="new"), False, id="a task of no sector"),
        pytest.param(task_of(OWN, "health", code="new", cooperating=(OTHER,)), False, id="with the unit of tax"),
    ],
)
async def test_a_task_is_given_by_whoever_may_assign_its_sectors_to_its_units(
    desk: Desk, order: Order, is_given: bool
) -> None:
    assert await desk.gives(ASSIGNER, order) is is_given


async def test_who_may_assign_both_sectors_to_both_units_gives_a_task_of_both(desk: Desk) -> None:
    of_both = Right(DataClass.AGGREGATE, frozenset({"health", "tax"}), frozenset({OWN, OTHER}), Action.ASSIGN)
    shared = task_of(OWN, "health", "tax", code="new", cooperating=(OTHER,))
    assert await desk.gives((*reader(), of_both), shared)
    assert not await desk.gives((*reader(), of_both), task_of(OWN, code="newer"))
    of_all = Right(DataClass.AGGREGATE, ALL, frozenset({OWN}), Action.ASSIGN)
    assert await desk.gives((*reader(), of_all), task_of(OWN, code="newer"))


@pytest.mark.parametrize(
    ("addressee", "sector", "is_made"),
    [(OWN, "health", True), (OTHER, "tax", True), (OWN, "tax", False), (OTHER, "health", False), (OWN, None, False)],
)
async def test_the_row_of_a_task_alone_is_made_by_the_same(
    desk: Desk, addressee: int, sector: str | None, is_made: bool
) -> None:
    assert await desk.writes(ASSIGNER, task_alone(addressee, sector)) is is_made


async def test_a_task_given_as_one_of_health_does_not_become_one_of_tax(desk: Desk) -> None:
    task = task_alone(OWN, "health")
    assert not await desk.writes(ASSIGNER, task, TaskSector(task_id=task.id, sector="tax"))
    task = task_alone(OWN, "health")
    assert await desk.writes(ASSIGNER, task, TaskSector(task_id=task.id, sector="health"))


async def test_who_may_only_read_or_report_gives_no_task(desk: Desk) -> None:
    for rights in (reader(), RECORDER, (*reader(), Right(DataClass.RECORD, ALL, ALL, Action.ASSIGN))):
        assert not await desk.gives(rights, task_of(OWN, "health", code="new"))


@pytest.mark.parametrize("code", [*INSIDE, *OUTSIDE])
@pytest.mark.parametrize("what", BELONGINGS)
async def test_what_is_told_of_a_task_is_told_by_whoever_may_assign_it(desk: Desk, what: str, code: str) -> None:
    assert await desk.writes(ASSIGNER, BELONGINGS[what](desk, desk.tasks[code])) is (code in INSIDE)


@pytest.mark.parametrize(("code", "unit"), [("health of 2", OWN), ("tax of 3", OTHER)])
async def test_a_party_is_added_to_ones_own_task_alone(desk: Desk, code: str, unit: int) -> None:
    def party(task: str, of: int) -> TaskParty:
        return TaskParty(task_id=desk.tasks[task].id, unit_key=of, role=PartyRole.OWNER)

    for foreign in OUTSIDE:
        assert not await desk.writes(ASSIGNER, party(foreign, unit))
    assert not await desk.writes(ASSIGNER, party(code, THIRD))
    assert await desk.writes(ASSIGNER, party(code, unit))


async def test_a_sector_is_added_to_ones_own_task_alone(desk: Desk) -> None:
    def sector(task: str, code: str) -> TaskSector:
        return TaskSector(task_id=desk.tasks[task].id, sector=code)

    assert not await desk.writes(ASSIGNER, sector("tax of 2", "health"))
    assert not await desk.writes(ASSIGNER, sector("health of 2", "tax"))
    assert not await desk.writes(ASSIGNER, sector("health of 3", "tax"))
    assert not await desk.writes(ASSIGNER, sector("nothing of 2", "health"))
    of_both = Right(DataClass.AGGREGATE, frozenset({"health", "tax"}), frozenset({OWN}), Action.ASSIGN)
    assert await desk.writes((*reader(), of_both), sector("health of 2", "tax"))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"lead_key": OTHER, "addressee_key": OTHER}, id="to another unit"),
        pytest.param({"lead_key": OTHER}, id="to another lead"),
        pytest.param({"addressee_key": OTHER}, id="to another addressee"),
        pytest.param({"sector": "tax"}, id="to another sector"),
        pytest.param({"sector": None}, id="to none"),
    ],
)
async def test_a_task_is_not_handed_on_by_who_may_not_assign_there(desk: Desk, values: dict[str, Any]) -> None:
    before = await everything_kept(desk.here.database)
    with pytest.raises(WriteRefused):
        async with desk.here.database.writing(ASSIGNER) as session:
            await session.execute(sa.update(Task).where(Task.code == "health of 2").values(values))
    assert await everything_kept(desk.here.database) == before


async def test_a_task_is_handed_on_by_who_may_assign_in_both_units(desk: Desk) -> None:
    of_both = Right(DataClass.AGGREGATE, frozenset({"health"}), frozenset({OWN, OTHER}), Action.ASSIGN)
    async with desk.here.database.writing((*reader(), of_both)) as session:
        to_another = {"lead_key": OTHER, "addressee_key": OTHER}
        await session.execute(sa.update(Task).where(Task.code == "health of 2").values(to_another))
    assert (await desk.all_of(Task.addressee_key))["health of 2"] == OTHER


async def test_a_change_of_all_tasks_changes_those_inside_alone(desk: Desk) -> None:
    async with desk.here.database.writing(ASSIGNER) as session:
        await session.execute(sa.update(Task).values(title="Khác"))
        await session.execute(sa.update(TaskEvent).values(on=LONG_AGO + timedelta(days=1)))
    titles = await desk.all_of(Task.title)
    assert {code for code, title in titles.items() if title == "Khác"} == {*INSIDE}
    async with desk.here.database.service_reading() as session:
        moved = sa.select(Task.code).join(TaskEvent, TaskEvent.task_id == Task.id).where(TaskEvent.on > LONG_AGO)
        assert {*await session.scalars(moved)} == {*INSIDE}


@pytest.mark.parametrize(
    ("code", "unit", "is_written"),
    [
        pytest.param("health of 2", OWN, True, id="on one's own task"),
        pytest.param("health of 3 with 2", OWN, True, id="on a task in which one cooperates"),
        pytest.param("health of 2", OTHER, False, id="in another unit's name"),
        pytest.param("health of 3 with 2", OTHER, False, id="in the lead's name"),
        pytest.param("health of 4", OWN, False, id="on the task of a unit in which one has no part"),
        pytest.param("tax of 2", OWN, False, id="on a task of another sector"),
        pytest.param("nothing of 2", OWN, False, id="on a task of no sector"),
    ],
)
async def test_progress_is_reported_by_who_records_for_a_party(
    desk: Desk, code: str, unit: int, is_written: bool
) -> None:
    assert await desk.writes(RECORDER, progress(desk.tasks[code], unit)) is is_written
    assert not await desk.writes(ASSIGNER, progress(desk.tasks[code], unit))


async def test_a_document_goes_with_ones_own_progress_alone(desk: Desk) -> None:
    own, foreign = await desk.said("health of 3 with 2", OWN), await desk.said("health of 3 with 2", OTHER)

    def document(of: TaskProgress) -> TaskProgressDocument:
        return TaskProgressDocument(progress_id=of.id, document_id=desk.paper.id)

    assert not await desk.writes(RECORDER, document(foreign))
    assert await desk.writes(RECORDER, document(own))


@pytest.mark.parametrize("accepted", [True, False])
async def test_nobody_confirms_his_own_progress_without_a_right_to_assign(desk: Desk, accepted: bool) -> None:
    own, foreign = await desk.said("health of 2", OWN), await desk.said("health of 3 with 2", OWN)
    assert not await desk.writes(RECORDER, confirmation(own, accepted))
    assert not await desk.writes(ASSIGNER, confirmation(foreign, accepted))
    assert await desk.writes(ASSIGNER, confirmation(own, accepted))


@pytest.mark.postgresql
@pytest.mark.parametrize("what", ["that it is done", "what it rests on"])
async def test_a_pass_that_is_over_stops_writing_as_well(desk: Desk, what: str) -> None:
    assert await desk.writes(ASSIGNER, BELONGINGS["what it waits for"](desk, desk.tasks["tax of 3"]))
    async with desk.here.database.owner.begin() as owner:
        await owner.execute(sa.text("update wall.pass set expires_at = now() - interval '1 second'"))
    with pytest.raises(DBAPIError) as stopped:
        await desk.writes(ASSIGNER, BELONGINGS[what](desk, desk.tasks["health of 2"]))
    assert getattr(stopped.value.orig, "sqlstate", None) == EXPIRED


@pytest.mark.postgresql
async def test_the_questions_of_the_wall_tell_nothing_of_foreign_tasks(desk: Desk) -> None:
    asked = sa.text("select wall.record_task_progress(:task, :unit)")
    async with desk.here.database.reading(RECORDER) as session:
        tasks = {code: task.id for code, task in desk.tasks.items()}
        told = {code: await session.scalar(asked, {"task": id_, "unit": OWN}) for code, id_ in tasks.items()}
    assert {code for code, is_told in told.items() if is_told} == {"health of 2", "health of 3 with 2"}
    async with desk.here.database.reading(reader()) as session:
        assert not await session.scalar(asked, {"task": tasks["health of 2"], "unit": OWN})
