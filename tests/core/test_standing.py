"""Each task is in exactly one cell on a day, computed from the order and its events up to that day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dean06_core import spelling, standing
from dean06_core.documents import LegalDocument
from dean06_core.pages import Page, cursor_of
from dean06_core.records import new_id
from dean06_core.standing import StandingTask, TaskFilter, TaskGrouping, TaskOrder
from dean06_core.tasks import (
    PartyRole,
    Task,
    TaskBasis,
    TaskCell,
    TaskEvent,
    TaskEventKind,
    TaskOrigin,
    TaskParty,
    TaskRecurrence,
    TaskSector,
)
from dean06_core.testing import statements
from dean06_core.units import Tier, UnitGroupRow, UnitLevel
from tests.core.worlds import NOW, PROVINCE, Place, World, province, world

pytestmark = pytest.mark.anyio

OFFICE, COMMUNE, NEIGHBOUR = 2, 3, 4
PLACES = province(Place(OFFICE, level=UnitLevel.DEPARTMENT, tier=Tier.PROVINCIAL), Place(COMMUNE), Place(NEIGHBOUR))
GIVEN, TODAY = date(2025, 1, 2), date(2025, 7, 28)


def event(task: Task, kind: TaskEventKind, on: date, deadline: date | None = None) -> TaskEvent:
    return TaskEvent(task_id=task.id, kind=kind, on=on, deadline=deadline, recorded_at=NOW)


def order(
    code: str, *, lead: int | None = OFFICE, given: date = GIVEN, sectors: tuple[str, ...] = (), **other: Any
) -> list[Any]:
    """A task with its parties and the event that assigns it."""
    values = {
        "title": f"Việc {code}",
        "group": "eid",
        "origin": TaskOrigin.REPORT,
        "recurrence": TaskRecurrence.ONE_OFF,
    }
    task = Task(id=new_id(), code=code, lead_key=lead, addressee_key=lead or PROVINCE, **{**values, **other})
    task.title_folded = spelling.fold(task.title)
    party = TaskParty(task_id=task.id, unit_key=lead or PROVINCE, role=PartyRole.LEAD if lead else PartyRole.OWNER)
    return [
        task,
        party,
        event(task, TaskEventKind.ASSIGNED, given),
        *(TaskSector(task_id=task.id, sector=each) for each in sectors),
    ]


async def add(here: World, *orders: list[Any]) -> None:
    async with here.database.service() as session:
        for rows in orders:
            session.add(rows[0])
            await session.flush()
            session.add_all(rows[1:])
            await session.flush()


async def tasks(
    here: World, on: date = TODAY, page: Page | None = None, by: TaskOrder = TaskOrder.CODE, **where: Any
) -> list[StandingTask]:
    async with here.seen_by() as session:
        found = await standing.listed(session, on=on, page=page or Page(200), order=by, where=TaskFilter(**where))
    return list(found.rows)


async def cells(here: World, on: date = TODAY) -> dict[str, TaskCell]:
    return {task.code: task.cell for task in await tasks(here, on)}


@pytest.mark.parametrize(
    ("other", "events", "cell"),
    [
        pytest.param({}, [], TaskCell.OPEN_NO_DEADLINE, id="no deadline"),
        pytest.param({"deadline": TODAY}, [], TaskCell.OPEN_IN_TERM, id="the deadline itself"),
        pytest.param({"deadline": date(2025, 7, 27)}, [], TaskCell.OPEN_OVERDUE, id="the day after"),
        pytest.param({"recurrence": TaskRecurrence.ONGOING}, [], TaskCell.ONGOING, id="ongoing"),
        pytest.param({"recurrence": TaskRecurrence.RECURRING}, [], TaskCell.ONGOING, id="every Thursday"),
        pytest.param({"deadline": TODAY}, [("DONE", TODAY)], TaskCell.DONE_ON_TIME, id="done on the last day"),
        pytest.param({"deadline": date(2025, 5, 1)}, [("DONE", TODAY)], TaskCell.DONE_LATE, id="done late"),
        pytest.param({}, [("DONE", TODAY)], TaskCell.DONE_ON_TIME, id="done without a deadline"),
        pytest.param({"deadline": TODAY}, [("DONE", date(2025, 7, 29))], TaskCell.OPEN_IN_TERM, id="done tomorrow"),
        pytest.param(
            {"deadline": date(2025, 5, 1)},
            [("DONE", date(2025, 4, 1)), ("REOPENED", date(2025, 4, 2))],
            TaskCell.OPEN_OVERDUE,
            id="reopened",
        ),
        pytest.param(
            {"deadline": date(2025, 5, 1)}, [("CANCELLED", date(2025, 6, 1))], TaskCell.CANCELLED, id="cancelled"
        ),
        pytest.param(
            {"deadline": date(2025, 5, 1)},
            [("EXTENDED", date(2025, 4, 30))],
            TaskCell.OPEN_IN_TERM,
            id="extended to the end of the year",
        ),
        pytest.param(
            {"deadline": date(2025, 5, 1)},
            [("EXTENDED", date(2025, 8, 1))],
            TaskCell.OPEN_OVERDUE,
            id="extended only later",
        ),
    ],
)
async def test_a_task_stands_where_its_events_put_it(
    tmp_path: Path, other: dict[str, Any], events: list[tuple[str, date]], cell: TaskCell
) -> None:
    async with world(tmp_path, PLACES) as here:
        given = order("T1", **other)
        for kind, on in events:
            extended = date(2025, 12, 31) if kind == "EXTENDED" else None
            given.append(event(given[0], TaskEventKind(kind), on, extended))
        await add(here, given)
        assert await cells(here) == {"T1": cell}


async def test_a_task_is_not_there_before_the_day_it_was_given(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await add(here, order("T1", given=TODAY))
        assert (await cells(here, date(2025, 7, 27)), len(await cells(here))) == ({}, 1)


async def test_an_order_to_a_group_is_one_task_and_done_when_every_member_is(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(UnitGroupRow(key=1, code="communes", name="Các xã", within_key=PROVINCE))
        whole = order("G", lead=None, lead_group_key=1, deadline=TODAY)
        members = [
            order(f"G.{unit}", lead=unit, parent_id=whole[0].id, deadline=TODAY) for unit in (COMMUNE, NEIGHBOUR)
        ]
        await add(here, whole, *members)
        assert await cells(here) == {"G": TaskCell.OPEN_IN_TERM}
        await here.add(event(members[0][0], TaskEventKind.DONE, date(2025, 7, 1)))
        assert await cells(here) == {"G": TaskCell.OPEN_IN_TERM}
        await here.add(event(members[1][0], TaskEventKind.DONE, date(2025, 7, 20)))
        assert await cells(here) == {"G": TaskCell.DONE_ON_TIME}
        assert await cells(here, date(2025, 7, 10)) == {"G": TaskCell.OPEN_IN_TERM}


async def test_a_member_sees_his_own_part_of_an_order_to_a_group(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await here.add(UnitGroupRow(key=1, code="communes", name="Các xã", within_key=PROVINCE))
        whole = order("G", lead=None, lead_group_key=1)
        await add(here, whole, *(order(f"G.{unit}", lead=unit, parent_id=whole[0].id) for unit in (COMMUNE, NEIGHBOUR)))
        async with here.seen_by(units=frozenset({COMMUNE})) as session:
            found = await standing.listed(session, on=TODAY, page=Page(50))
            counted = await standing.summary(session, on=TODAY)
        assert [task.code for task in found.rows] == ["G.3"]
        assert counted[TaskCell.OPEN_NO_DEADLINE] == 1


async def test_a_task_of_a_sector_is_seen_by_that_sector_and_one_of_none_only_by_who_sees_all(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await add(here, order("T1", sectors=("roads",)), order("T2", sectors=("rails",)), order("T3"))
        async with here.seen_by(sectors=frozenset({"roads"})) as session:
            found = await standing.listed(session, on=TODAY, page=Page(50))
        assert [task.code for task in found.rows] == ["T1"]
        assert list(await cells(here)) == ["T1", "T2", "T3"]


async def test_the_cells_add_up_to_all_tasks_and_equal_a_walk_over_the_events(tmp_path: Path) -> None:
    chance = random.Random(6)
    days = [GIVEN + timedelta(days=chance.randrange(300)) for _ in range(400)]
    async with world(tmp_path, PLACES) as here:
        orders = []
        for number in range(60):
            given = order(
                f"T{number:02d}",
                lead=chance.choice([OFFICE, COMMUNE]),
                recurrence=chance.choice(list(TaskRecurrence)),
                deadline=chance.choice([None, *days]),
            )
            for _ in range(chance.randrange(5)):
                kind = chance.choice(
                    [TaskEventKind.DONE, TaskEventKind.REOPENED, TaskEventKind.CANCELLED, TaskEventKind.EXTENDED]
                )
                extended = chance.choice(days) if kind is TaskEventKind.EXTENDED else None
                given.append(event(given[0], kind, chance.choice(days), extended))
            orders.append(given)
        await add(here, *orders)
        for on in sorted(chance.sample(days, 8)):
            expected = {rows[0].code: _by_hand(rows, on) for rows in orders}
            assert await cells(here, on) == expected
            async with here.seen_by() as session:
                counted = await standing.summary(session, on=on)
                by_lead = await standing.summaries(session, by=TaskGrouping.LEAD, on=on)
            assert counted == {cell: list(expected.values()).count(cell) for cell in TaskCell}
            assert {cell: sum(row[cell] for row in by_lead.values()) for cell in TaskCell} == counted


async def test_summaries_are_grouped_by_lead_tier_sector_theme_origin_and_document(tmp_path: Path) -> None:
    paper = LegalDocument(id=new_id(), label="1824/QĐ-UBND", kind="Quyết định")
    async with world(tmp_path, PLACES) as here:
        await here.add(paper)
        first = order("T1", sectors=("roads",))
        second = order("T2", lead=COMMUNE, sectors=("roads", "rails"), group="security", origin=TaskOrigin.PLAN)
        await add(here, [*first, TaskBasis(task_id=first[0].id, document_id=paper.id)], second)
        async with here.seen_by() as session:
            found = {
                by: {
                    key: sum(row.values()) for key, row in (await standing.summaries(session, by=by, on=TODAY)).items()
                }
                for by in TaskGrouping
            }
        assert found == {
            TaskGrouping.LEAD: {OFFICE: 1, COMMUNE: 1},
            TaskGrouping.TIER: {Tier.PROVINCIAL: 1, Tier.COMMUNE: 1},
            TaskGrouping.SECTOR: {"roads": 2, "rails": 1},
            TaskGrouping.GROUP: {"eid": 1, "security": 1},
            TaskGrouping.ORIGIN: {TaskOrigin.REPORT: 1, TaskOrigin.PLAN: 1},
            TaskGrouping.DOCUMENT: {paper.id: 1},
        }


@pytest.mark.parametrize("by", list(TaskOrder))
@pytest.mark.parametrize("size", [1, 3, 50])
async def test_pages_go_through_the_whole_list_forwards_and_backwards(tmp_path: Path, by: TaskOrder, size: int) -> None:
    chance = random.Random(1)
    async with world(tmp_path, PLACES) as here:
        await add(
            here,
            *(
                order(
                    f"T{number:02d}",
                    deadline=chance.choice([None, date(2025, 5, 1), date(2025, 6, 1), date(2025, 9, 1)]),
                )
                for number in range(10)
            ),
        )
        whole = [task.code for task in await tasks(here, by=by)]
        assert len(whole) == 10
        for backwards in (False, True):
            walked: list[str] = []
            edge = None
            for _ in range(20):
                edges: dict[str, Any] = {"last": size, "before": edge} if backwards else {"first": size, "after": edge}
                async with here.seen_by() as session:
                    found = await standing.listed(session, on=TODAY, page=Page.of(by, **edges), order=by)
                codes = [task.code for task in found.rows]
                walked = codes + walked if backwards else walked + codes
                if not (found.has_previous if backwards else found.has_next):
                    break
                edge = cursor_of(found.keys[0 if backwards else -1], by)
            assert walked == whole


async def test_the_most_overdue_comes_first(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await add(here, order("T1", deadline=date(2025, 6, 1)), order("T2", deadline=date(2025, 5, 1)), order("T3"))
        found = await tasks(here, by=TaskOrder.OVERDUE_DAYS)
        assert [(task.code, task.overdue_days) for task in found] == [("T2", 88), ("T1", 57), ("T3", None)]


async def test_the_tasks_of_many_units_take_one_statement_and_keep_their_pages(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await add(here, *(order(f"T{number}", lead=2 + number % 3) for number in range(9)))
        async with here.seen_by() as session:
            with statements(here.database) as sent:
                found = await standing.listed_by(session, TaskGrouping.LEAD, [2, 3, 4, 5], on=TODAY, page=Page(2))
            counted = await standing.counted_by(session, TaskGrouping.LEAD, [2, 3, 4, 5], on=TODAY)
        assert len(sent) == 1
        assert {unit: [task.code for task in page.rows] for unit, page in found.items()} == {
            2: ["T0", "T3"],
            3: ["T1", "T4"],
            4: ["T2", "T5"],
            5: [],
        }
        assert [page.has_next for page in found.values()] == [True, True, True, False]
        assert counted == {2: 3, 3: 3, 4: 3, 5: 0}


async def test_a_filter_narrows_by_every_condition_that_it_gives(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        helped = order("T2", group="security", title="Kết nối dữ liệu đất đai")
        helped.append(TaskParty(task_id=helped[0].id, unit_key=COMMUNE, role=PartyRole.COOPERATING))
        await add(here, order("T1", deadline=GIVEN), helped)
        cases: list[tuple[dict[str, Any], list[str]]] = [
            ({"cells": frozenset({TaskCell.OPEN_OVERDUE})}, ["T1"]),
            ({"groups": frozenset({"security"})}, ["T2"]),
            ({"cooperating": frozenset({COMMUNE})}, ["T2"]),
            ({"leads": frozenset({COMMUNE})}, []),
            ({"text": "dat dai"}, ["T2"]),
            ({"text": "100%_"}, []),
            ({"cells": frozenset({TaskCell.OPEN_OVERDUE}), "text": "dat dai"}, []),
        ]
        for where, expected in cases:
            assert [task.code for task in await tasks(here, **where)] == expected


def _by_hand(rows: list[Any], on: date) -> TaskCell:
    task = rows[0]
    past = [row for row in rows[1:] if isinstance(row, TaskEvent) and row.on <= on]
    past.sort(key=lambda row: (row.on, row.recorded_at, row.id or UUID(int=0)))
    deadline = next((row.deadline for row in reversed(past) if row.kind is TaskEventKind.EXTENDED), task.deadline)
    closing = [row for row in past if row.kind in {TaskEventKind.DONE, TaskEventKind.REOPENED, TaskEventKind.CANCELLED}]
    last = closing[-1] if closing else None
    if last is not None and last.kind is TaskEventKind.CANCELLED:
        return TaskCell.CANCELLED
    if last is not None and last.kind is TaskEventKind.DONE:
        return TaskCell.DONE_LATE if deadline is not None and last.on > deadline else TaskCell.DONE_ON_TIME
    if task.recurrence in {TaskRecurrence.ONGOING, TaskRecurrence.RECURRING}:
        return TaskCell.ONGOING
    if deadline is None:
        return TaskCell.OPEN_NO_DEADLINE
    return TaskCell.OPEN_OVERDUE if deadline < on else TaskCell.OPEN_IN_TERM
