"""Tasks are answered as they stood on a day, each field of any number of them with one statement."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dean06_core.documents import LegalDocument
from dean06_core.records import new_id
from dean06_core.tasks import (
    TaskBasis,
    TaskConfirmation,
    TaskEventKind,
    TaskMention,
    TaskOrigin,
    TaskProgress,
    TaskProgressDocument,
    TaskRecurrence,
)
from tests.core.worlds import NOW, PROVINCE, world
from tests.schema.asking import TODAY, ask, official, told
from tests.schema.orders import COMMUNE, NEIGHBOUR, OFFICE, PLACES, event, give, give_to_communes, order

pytestmark = pytest.mark.anyio


def codes(connection: dict[str, Any]) -> list[str]:
    return [edge["node"]["code"] for edge in connection["edges"]]


async def test_a_task_tells_what_was_ordered(tmp_path: Path) -> None:
    paper = LegalDocument(id=new_id(), label="1824/QĐ-UBND", kind="Quyết định")
    async with world(tmp_path, PLACES) as here:
        await here.add(paper)
        rows = order(
            "T1",
            cooperating=(NEIGHBOUR, COMMUNE),
            assigned_by_key=1,
            person="Trần Văn Bình",
            product="Báo cáo",
            starts_on=date(2025, 1, 5),
            deadline=date(2025, 6, 30),
            deadline_text="Quý II/2025",
            deadline_precision="DERIVED",
        )
        rows.append(TaskBasis(task_id=rows[0].id, document_id=paper.id))
        await give(here, rows)
        asked = """{ task(code: "T1") {
            code title group origin recurrence person product startsOn deadline deadlineText deadlinePrecision
            originalDeadline lead { code } leadGroup { code } assignedBy { code } cooperating { code } parent { code }
            extensions { to } cell overdue overdueDays basis { label } mentions { section }
            progress { totalCount edges { node { done } } } children { totalCount edges { node { code } } }
        } }"""
        assert (await told(here, asked))["task"] == {
            "code": "T1",
            "title": "Việc T1",
            "group": "Hạ tầng",
            "origin": "PLAN",
            "recurrence": "ONE_OFF",
            "person": "Trần Văn Bình",
            "product": "Báo cáo",
            "startsOn": "2025-01-05",
            "deadline": "2025-06-30",
            "deadlineText": "Quý II/2025",
            "deadlinePrecision": "DERIVED",
            "originalDeadline": "2025-06-30",
            "lead": {"code": "u2"},
            "leadGroup": None,
            "assignedBy": {"code": "u1"},
            "cooperating": [{"code": "u3"}, {"code": "u4"}],
            "parent": None,
            "extensions": [],
            "cell": "OPEN_OVERDUE",
            "overdue": True,
            "overdueDays": 28,
            "basis": [{"label": "1824/QĐ-UBND"}],
            "mentions": [],
            "progress": {"totalCount": 0, "edges": []},
            "children": {"totalCount": 0, "edges": []},
        }


async def test_a_task_outside_the_callers_scope_is_answered_as_one_that_does_not_exist(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await give(here, order("T1", lead=COMMUNE))
        asked = '{ task(code: "T1") { code } tasks { totalCount edges { node { code } } } }'
        own = await told(here, asked, by=official(units=frozenset({COMMUNE})))
        other = await told(here, asked, by=official(units=frozenset({NEIGHBOUR})))
        assert own == {"task": {"code": "T1"}, "tasks": {"totalCount": 1, "edges": [{"node": {"code": "T1"}}]}}
        assert other == {"task": None, "tasks": {"totalCount": 0, "edges": []}}


async def test_a_foreign_unit_that_leads_shows_its_name_and_none_of_its_tasks(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await give(here, order("T1", lead=OFFICE, cooperating=(COMMUNE,)), order("T2", lead=OFFICE))
        asked = '{ task(code: "T1") { lead { name tasks { edges { node { code } } } } } }'
        seen = await told(here, asked, by=official(units=frozenset({COMMUNE})))
        assert seen["task"]["lead"]["name"] == "Sở Giao thông"
        assert codes(seen["task"]["lead"]["tasks"]) == ["T1"]


async def test_an_order_to_a_group_leads_to_its_members_and_back(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await give_to_communes(here, "G")
        asked = """{ task(code: "G") { lead { code } leadGroup { code } children(first: 1) {
            totalCount pageInfo { hasNextPage endCursor } edges { node { code lead { code } parent { code } } } } } }"""
        seen = (await told(here, asked))["task"]
        cursor = seen["children"]["pageInfo"]["endCursor"]
        assert seen == {
            "lead": None,
            "leadGroup": {"code": "cac-xa"},
            "children": {
                "totalCount": 2,
                "pageInfo": {"hasNextPage": True, "endCursor": cursor},
                "edges": [{"node": {"code": "G.3", "lead": {"code": "u3"}, "parent": {"code": "G"}}}],
            },
        }
        more = '{ task(code: "G") { children(after: "%s") { pageInfo { hasNextPage } edges { node { code } } } } }'
        rest = (await told(here, more % cursor))["task"]["children"]
        assert (codes(rest), rest["pageInfo"]["hasNextPage"]) == (["G.4"], False)


async def test_a_task_is_told_as_it_was_known_on_the_day(tmp_path: Path) -> None:
    paper = LegalDocument(id=new_id(), label="BC 96", kind="Báo cáo")
    async with world(tmp_path, PLACES) as here:
        await here.add(paper)
        rows = order("T1", deadline=date(2025, 3, 31))
        rows += [
            event(rows[0], TaskEventKind.EXTENDED, on, deadline=to, basis_id=paper.id)
            for on, to in [(date(2025, 3, 30), date(2025, 6, 30)), (date(2025, 6, 29), date(2025, 12, 31))]
        ]
        rows += [
            TaskProgress(
                id=new_id(), task_id=rows[0].id, on=date(2025, month, 1), unit_key=OFFICE, done=f"Việc tháng {month}"
            )
            for month in (2, 4, 7)
        ]
        await give(here, rows)
        await here.add(TaskProgressDocument(progress_id=rows[-2].id, document_id=paper.id))
        asked = """query ($on: Date) { tasks(on: $on) { edges { node {
            deadline originalDeadline cell extensions { from to basis { label } }
            progress { totalCount edges { node { on done remaining confirmed unit { code } documents { label } } } }
        } } } }"""

        async def on(day: date) -> Any:
            return (await told(here, asked, {"on": day.isoformat()}))["tasks"]["edges"][0]["node"]

        april, july = await on(date(2025, 4, 15)), await on(TODAY)
        first = {"from": "2025-03-31", "to": "2025-06-30", "basis": {"label": "BC 96"}}
        assert april["extensions"] == [first]
        assert july["extensions"] == [first, {"from": "2025-06-30", "to": "2025-12-31", "basis": {"label": "BC 96"}}]
        assert (april["deadline"], july["deadline"], july["originalDeadline"]) == (
            "2025-06-30",
            "2025-12-31",
            "2025-03-31",
        )
        assert [edge["node"]["done"] for edge in july["progress"]["edges"]] == [
            "Việc tháng 7",
            "Việc tháng 4",
            "Việc tháng 2",
        ]
        assert (april["progress"]["totalCount"], july["progress"]["totalCount"]) == (2, 3)
        assert april["progress"]["edges"][0]["node"] == {
            "on": "2025-04-01",
            "done": "Việc tháng 4",
            "remaining": None,
            "confirmed": False,
            "unit": {"code": "u2"},
            "documents": [{"label": "BC 96"}],
        }


async def test_progress_is_answered_from_the_day_of_the_answer_on(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        rows = order("T1")
        said = [
            TaskProgress(id=new_id(), task_id=rows[0].id, on=date(2025, 2, day), unit_key=OFFICE, done=str(day))
            for day in (1, 2, 3)
        ]
        await give(here, rows + said)
        for progress, on, answer in (
            (said[0], date(2025, 3, 1), {"accepted": False, "reason": "Còn thiếu"}),
            (said[1], date(2025, 3, 2), {"accepted": True}),
        ):
            await here.add(TaskConfirmation(progress_id=progress.id, by_key=PROVINCE, on=on, recorded_at=NOW, **answer))
        asked = """query ($on: Date) {
            tasks(on: $on) { edges { node { progress { edges { node { done confirmed returned } } } } } } }"""

        async def answers(day: date) -> dict[str, tuple[bool, str | None]]:
            task = (await told(here, asked, {"on": day.isoformat()}))["tasks"]["edges"][0]["node"]
            nodes = [edge["node"] for edge in task["progress"]["edges"]]
            return {node["done"]: (node["confirmed"], node["returned"]) for node in nodes}

        before, returned = {"2": (False, None), "3": (False, None)}, {"1": (False, "Còn thiếu")}
        assert await answers(date(2025, 2, 28)) == {"1": (False, None), **before}
        assert await answers(date(2025, 3, 1)) == {**before, **returned}
        assert await answers(date(2025, 3, 2)) == {**before, **returned, "2": (True, None)}


async def test_progress_is_paged_from_the_latest_for_each_task(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        for code in ("T1", "T2"):
            rows = order(code)
            rows += [
                TaskProgress(task_id=rows[0].id, on=date(2025, 2, day), unit_key=OFFICE, done=f"{code}.{day}")
                for day in (1, 1, 2)
            ]
            await give(here, rows)
        asked = """query ($after: String) { tasks { edges { node { progress(first: 2, after: $after) {
            pageInfo { hasNextPage hasPreviousPage endCursor } edges { node { done } } } } } } }"""

        def pages(found: Any) -> list[list[str]]:
            return [
                [edge["node"]["done"] for edge in task["node"]["progress"]["edges"]] for task in found["tasks"]["edges"]
            ]

        found = await told(here, asked)
        assert pages(found) == [["T1.2", "T1.1"], ["T2.2", "T2.1"]]
        info = found["tasks"]["edges"][0]["node"]["progress"]["pageInfo"]
        assert (info["hasNextPage"], info["hasPreviousPage"]) == (True, False)
        rest = await told(here, asked, {"after": info["endCursor"]})
        assert pages(rest)[0] == ["T1.1"]
        info = rest["tasks"]["edges"][0]["node"]["progress"]["pageInfo"]
        assert (info["hasNextPage"], info["hasPreviousPage"]) == (False, True)


async def test_a_repeated_order_is_a_mention_of_the_first(tmp_path: Path) -> None:
    early = LegalDocument(id=new_id(), label="KL 12", kind="Kết luận", issued_on=date(2025, 2, 1))
    late = LegalDocument(id=new_id(), label="BC 96", kind="Báo cáo", issued_on=date(2025, 7, 1))
    async with world(tmp_path, PLACES) as here:
        await here.add(early, late)
        rows = order("T1")
        rows += [
            TaskMention(task_id=rows[0].id, document_id=late.id, section="II.3", stated_state="Đang thực hiện"),
            TaskMention(task_id=rows[0].id, document_id=early.id, section="1", deadline_text="30/6"),
        ]
        await give(here, rows, order("T2"))
        found = await told(
            here, "{ tasks { edges { node { mentions { document { label } section deadlineText statedState } } } } }"
        )
        assert [edge["node"]["mentions"] for edge in found["tasks"]["edges"]] == [
            [
                {"document": {"label": "KL 12"}, "section": "1", "deadlineText": "30/6", "statedState": None},
                {
                    "document": {"label": "BC 96"},
                    "section": "II.3",
                    "deadlineText": None,
                    "statedState": "Đang thực hiện",
                },
            ],
            [],
        ]


@pytest.mark.parametrize(
    ("given", "recurrence", "deadline", "cell", "overdue_days"),
    [
        pytest.param(date(2025, 1, 2), "ONE_OFF", date(2025, 5, 31), "OPEN_OVERDUE", 30, id="overdue already"),
        pytest.param(date(2025, 1, 2), "ONE_OFF", date(2025, 7, 15), "OPEN_IN_TERM", None, id="not yet overdue"),
        pytest.param(date(2025, 7, 2), "ONE_OFF", date(2025, 7, 15), "OPEN_IN_TERM", None, id="not yet given"),
        pytest.param(date(2025, 7, 2), "ONE_OFF", date(2025, 5, 31), "OPEN_OVERDUE", 30, id="given when overdue"),
        pytest.param(date(2025, 7, 2), "ONE_OFF", None, "OPEN_NO_DEADLINE", None, id="not yet given, no deadline"),
        pytest.param(date(2025, 7, 2), "ONGOING", None, "ONGOING", None, id="not yet given, without end"),
    ],
)
async def test_a_task_of_today_says_where_it_stood_a_month_ago(
    tmp_path: Path, given: date, recurrence: str, deadline: date | None, cell: str, overdue_days: int | None
) -> None:
    async with world(tmp_path, PLACES) as here:
        await give(here, order("T1", given=given, recurrence=TaskRecurrence(recurrence), deadline=deadline))
        asked = (
            '{ task(code: "T1") { cell(on: "2025-06-30") overdue(on: "2025-06-30") overdueDays(on: "2025-06-30") } }'
        )
        assert (await told(here, asked))["task"] == {
            "cell": cell,
            "overdue": cell == "OPEN_OVERDUE",
            "overdueDays": overdue_days,
        }


async def test_the_list_can_be_ordered_and_walked(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await give(
            here,
            order("T1"),
            order("T2", deadline=date(2025, 9, 1)),
            order("T3", deadline=date(2025, 6, 1)),
        )
        asked = """query ($by: TaskOrder, $first: Int, $after: String, $last: Int, $before: String) {
            tasks(orderBy: $by, first: $first, after: $after, last: $last, before: $before) {
                totalCount pageInfo { startCursor endCursor } edges { node { code } } } }"""
        assert codes((await told(here, asked))["tasks"]) == ["T1", "T2", "T3"]

        async def by_deadline(**page: Any) -> Any:
            return (await told(here, asked, {"by": "DEADLINE", **page}))["tasks"]

        assert codes(await by_deadline()) == ["T3", "T2", "T1"]
        first = await by_deadline(first=1)
        assert (codes(first), first["totalCount"]) == (["T3"], 3)
        after = first["pageInfo"]["endCursor"]
        assert codes(await by_deadline(first=1, after=after)) == ["T2"]
        assert codes(await by_deadline(last=2)) == ["T2", "T1"]
        assert (await ask(here, asked, {"by": "CODE", "after": after})).codes == ["CURSOR_INVALID"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        pytest.param({}, ["T1", "T2", "T3"], id="nothing"),
        pytest.param({"cells": ["OPEN_OVERDUE"]}, ["T1"], id="a cell"),
        pytest.param({"cells": []}, ["T1", "T2", "T3"], id="no cell in particular"),
        pytest.param({"lead": {"codes": ["u3"]}}, ["T2"], id="who leads"),
        pytest.param({"cooperating": {"level": "COMMUNE"}}, ["T3"], id="who cooperates"),
        pytest.param({"lead": {"codes": []}}, [], id="nobody leads"),
        pytest.param({"sectors": ["roads"]}, ["T1", "T2", "T3"], id="a sector"),
        pytest.param({"groups": ["Số hóa"]}, ["T3"], id="a group"),
        pytest.param({"origins": ["CENTRAL"]}, ["T2"], id="an origin"),
        pytest.param({"recurrences": ["ONGOING"]}, ["T3"], id="a recurrence"),
        pytest.param({"document": "BC 96"}, ["T1", "T2"], id="a document by what it is called"),
        pytest.param({"document": "96/BC-UBND"}, ["T1", "T2"], id="a document by its number"),
        pytest.param({"text": "viec t2"}, ["T2"], id="words without marks"),
        pytest.param({"document": "BC 96", "origins": ["CENTRAL"]}, ["T2"], id="two conditions"),
    ],
)
async def test_the_list_is_narrowed_by_every_condition(
    tmp_path: Path, where: dict[str, Any], expected: list[str]
) -> None:
    paper = LegalDocument(id=new_id(), label="BC 96", number="96/BC-UBND", kind="Báo cáo")
    async with world(tmp_path, PLACES) as here:
        await here.add(paper)
        first = order("T1", deadline=date(2025, 5, 1))
        first.append(TaskBasis(task_id=first[0].id, document_id=paper.id))
        second = order("T2", lead=COMMUNE, origin=TaskOrigin.CENTRAL)
        second.append(TaskMention(task_id=second[0].id, document_id=paper.id, section="1"))
        third = order("T3", cooperating=(NEIGHBOUR,), group="Số hóa", recurrence=TaskRecurrence.ONGOING)
        await give(here, first, second, third)
        found = await told(
            here,
            "query ($where: TaskFilter) { tasks(filter: $where) { edges { node { code } } } "
            "taskSummary(filter: $where) { total } }",
            {"where": where},
        )
        assert (codes(found["tasks"]), found["taskSummary"]["total"]) == (expected, len(expected))


@pytest.mark.parametrize(
    ("where", "code"),
    [
        pytest.param({"sectors": ["rails"]}, "SECTOR_UNKNOWN", id="a sector that does not exist"),
        pytest.param({"sectors": ["local"]}, "SECTOR_UNKNOWN", id="a sector that is not his"),
        pytest.param({"lead": {"codes": ["u3"]}}, "UNIT_UNKNOWN", id="a unit that is not his"),
        pytest.param({"document": "không có"}, "DOCUMENT_UNKNOWN", id="a document that does not exist"),
    ],
)
async def test_a_condition_that_cannot_be_meant_is_refused(tmp_path: Path, where: dict[str, Any], code: str) -> None:
    by = official(units=frozenset({OFFICE}), sectors=frozenset({"roads"}))
    async with world(tmp_path, PLACES) as here:
        asked = "query ($where: TaskFilter) { taskSummary(filter: $where) { total } }"
        refused = await ask(here, asked, {"where": where}, by=by)
        allowed = await told(here, asked, {"where": {"sectors": ["roads"]}}, by=by)
        assert (refused.data, refused.codes) == (None, [code])
        assert allowed == {"taskSummary": {"total": 0}}


async def test_a_sector_of_others_is_refused_in_the_words_for_one_that_does_not_exist(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        asked = "query ($code: String!) { taskSummary(filter: {sectors: [$code]}) { total } }"
        by = official(sectors=frozenset({"roads"}))
        other, none = [await ask(here, asked, {"code": code}, by=by) for code in ("local", "nothing")]
        assert other.errors[0]["message"].replace("local", "nothing") == none.errors[0]["message"]


async def test_the_summary_adds_up_and_is_divided_by_what_is_asked(tmp_path: Path) -> None:
    paper = LegalDocument(id=new_id(), label="1824/QĐ-UBND", kind="Quyết định")
    async with world(tmp_path, PLACES) as here:
        await here.add(paper)
        first = order("T1", deadline=date(2025, 5, 1))
        first.append(TaskBasis(task_id=first[0].id, document_id=paper.id))
        second = order("T2", lead=COMMUNE, sectors=("roads", "rails"), group="Đường", origin=TaskOrigin.CENTRAL)
        third = order("T3", lead=COMMUNE, recurrence=TaskRecurrence.ONGOING)
        await give(here, first, second, third)
        whole = """{ taskSummary {
            total doneOnTime doneLate openInTerm openOverdue withoutDeadline ongoing cancelled } }"""
        assert (await told(here, whole))["taskSummary"] == {
            "total": 3,
            "doneOnTime": 0,
            "doneLate": 0,
            "openInTerm": 0,
            "openOverdue": 1,
            "withoutDeadline": 1,
            "ongoing": 1,
            "cancelled": 0,
        }
        asked = "query ($by: TaskGrouping!) { taskSummaries(by: $by) { key unit { name } summary { total } } }"

        async def by(grouping: str) -> list[tuple[str, str | None, int]]:
            rows = (await told(here, asked, {"by": grouping}))["taskSummaries"]
            return [(row["key"], row["unit"] and row["unit"]["name"], row["summary"]["total"]) for row in rows]

        assert await by("LEAD") == [("u2", "Sở Giao thông", 1), ("u3", "Xã Số 3", 2)]
        assert await by("TIER") == [("PROVINCIAL", None, 1), ("COMMUNE", None, 2)]
        assert await by("SECTOR") == [("rails", None, 1), ("roads", None, 3)]
        assert await by("GROUP") == [("Đường", None, 1), ("Hạ tầng", None, 2)]
        assert await by("ORIGIN") == [("CENTRAL", None, 1), ("PLAN", None, 2)]
        assert await by("DOCUMENT") == [("1824/QĐ-UBND", None, 1)]
        mine = await told(here, asked, {"by": "SECTOR"}, by=official(sectors=frozenset({"roads"})))
        assert [row["key"] for row in mine["taskSummaries"]] == ["roads"]


EVERY_FIELD = """{ tasks(first: 200) { edges { node {
    lead { code } cooperating { code } parent { code } extensions { to basis { label } } basis { label }
    children { totalCount edges { node { code cell(on: "2025-06-30") } } }
    cell overdue overdueDays past: cell(on: "2025-06-30")
    progress { totalCount edges { node { done unit { code } } } } mentions { document { label } section }
} } } }"""


@pytest.mark.parametrize("many", [3, 60])
async def test_statements_do_not_grow_with_the_number_of_tasks(tmp_path: Path, many: int) -> None:
    paper = LegalDocument(id=new_id(), label="BC 96", kind="Báo cáo")
    async with world(tmp_path, PLACES) as here:
        await here.add(paper)
        await give_to_communes(here, "G")
        rows = [order(f"T{number}", cooperating=(COMMUNE,)) for number in range(many)]
        for own in rows:
            own += [
                TaskBasis(task_id=own[0].id, document_id=paper.id),
                TaskMention(task_id=own[0].id, document_id=paper.id, section="1"),
                TaskProgress(task_id=own[0].id, on=date(2025, 2, 1), unit_key=OFFICE, done="Xong một phần"),
            ]
        await give(here, *rows)
        answer = await ask(here, EVERY_FIELD)
        assert (answer.errors, len(answer.data["tasks"]["edges"])) == ([], many + 1)
        # the list, cooperating, extensions, basis, mentions, progress and its count, children, their count and
        # where they and their parents stood in June; no task of the list has a parent
        assert len(answer.statements) == 11


async def test_a_field_that_fails_leaves_nothing_running_behind_its_answer(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        rows = order("T1")
        rows.append(event(rows[0], TaskEventKind.EXTENDED, date(2025, 3, 1), deadline=TODAY))  # names no document
        await give(here, rows, *(order(f"T{number}") for number in range(2, 12)))
        for _ in range(3):
            assert (await ask(here, EVERY_FIELD)).codes == ["INTERNAL_ERROR"]
        assert len((await told(here, "{ tasks(first: 200) { edges { node { code } } } }"))["tasks"]["edges"]) == 11


@pytest.mark.parametrize(
    ("selected", "statements"),
    [
        pytest.param("edges { node { code cell overdue overdueDays lead { code } } }", 1, id="where they stand today"),
        pytest.param('edges { node { cell(on: "2025-07-28") } }', 1, id="where they stand on the day of the list"),
        pytest.param('edges { node { cell(on: "2025-07-27") } }', 2, id="where they stood the day before"),
        pytest.param("totalCount edges { node { code } }", 2, id="how many there are"),
    ],
)
async def test_only_what_is_asked_costs_a_statement(tmp_path: Path, selected: str, statements: int) -> None:
    async with world(tmp_path, PLACES) as here:
        await give(here, *(order(f"T{number}") for number in range(5)))
        answer = await ask(here, f"{{ tasks {{ {selected} }} }}")
        assert (answer.errors, len(answer.statements)) == ([], statements)


async def test_the_tasks_of_many_units_take_two_statements(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        await give(here, order("T1"), order("T2", lead=COMMUNE), order("T3", lead=COMMUNE))
        answer = await ask(
            here, "{ units { edges { node { code tasks(first: 1) { totalCount edges { node { code } } } } } } }"
        )
        led = {
            edge["node"]["code"]: (edge["node"]["tasks"]["totalCount"], codes(edge["node"]["tasks"]))
            for edge in answer.data["units"]["edges"]
        }
        assert led == {"u1": (0, []), "u2": (1, ["T1"]), "u3": (2, ["T2"]), "u4": (0, [])}
        assert len(answer.statements) == 2
