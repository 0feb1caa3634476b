"""A task is given, reported on, extended and confirmed through the API, each by whoever may do it and no one else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from dean06_core.access import Action, Caller
from dean06_core.documents import LegalDocument
from dean06_core.records import new_id
from tests.core.worlds import PROVINCE, World, world
from tests.schema.asking import TODAY, official, told
from tests.schema.orders import COMMUNE, NEIGHBOUR, OFFICE, PLACES, give, give_to_communes, order

pytestmark = pytest.mark.anyio

PLAN, DECISION = "300/KH-UBND", "15/QĐ-UBND"
EVERY = frozenset({PROVINCE, OFFICE, COMMUNE, NEIGHBOUR})
ERRORS = "errors { code field }"
ASSIGN = f"""mutation ($input: AssignTaskInput!) {{ assignTask(input: $input) {{ {ERRORS} task {{
    id code title lead {{ code }} leadGroup {{ code }} cooperating {{ code }} assignedBy {{ code }} cell deadline
    deadlinePrecision basis {{ number }} children {{ totalCount edges {{ node {{ id lead {{ code }} }} }} }} }} }} }}"""
REPORT = f"""mutation ($input: ReportTaskProgressInput!) {{ reportTaskProgress(input: $input) {{ {ERRORS}
    task {{ cell progress {{ edges {{ node {{
        on done remaining finished confirmed returned unit {{ code }} documents {{ number }} }} }} }} }} }} }}"""
EXTEND = f"""mutation ($task: ID!, $to: Date!, $basis: String!) {{ extendTask(task: $task, to: $to, basis: $basis) {{
    {ERRORS} task {{ deadline originalDeadline extensions {{ from to basis {{ number }} }} }} }} }}"""
CONFIRM = f"""mutation ($task: ID!, $accepted: Boolean!, $reason: String) {{
    confirmTask(task: $task, accepted: $accepted, reason: $reason) {{
        {ERRORS} task {{ cell progress {{ edges {{ node {{ confirmed returned }} }} }} }} }} }}"""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, PLACES) as opened:
        await opened.add(
            LegalDocument(number=PLAN, label=PLAN, kind="Kế hoạch", issued_on=date(2025, 7, 1)),
            LegalDocument(number=DECISION, label=DECISION, kind="Quyết định", issued_on=date(2025, 7, 15)),
        )
        yield opened


def secretary(*units: int, unit: int = PROVINCE) -> Caller:
    return official(Action.ASSIGN, unit=unit, units=frozenset(units) or EVERY, sectors=frozenset({"roads"}))


def officer(unit: int, *units: int) -> Caller:
    """Somebody else than any secretary."""
    recording = official(Action.RECORD, unit=unit, units=frozenset(units or {unit}), sectors=frozenset({"roads"}))
    return replace(recording, login="minh", account=UUID(int=8))


def asked(**more: Any) -> dict[str, Any]:
    given = {"title": "Trải nhựa đường liên xã", "group": "Hạ tầng", "origin": "PLAN", "recurrence": "ONE_OFF"}
    return {**given, "lead": f"u{OFFICE}", "sectors": ["roads"], **more}


async def assigned(here: World, by: Caller | None = None, **more: Any) -> Any:
    return (await told(here, ASSIGN, {"input": asked(**more)}, by=by or secretary()))["assignTask"]


async def a_task(here: World, **more: Any) -> str:
    answer = await assigned(here, **more)
    assert answer["errors"] == []
    id_: str = answer["task"]["id"]
    return id_


async def reported(here: World, task: str, by: Caller, done: str = "Đã trải 3 km", **more: Any) -> Any:
    said = {"input": {"task": task, "done": done, **more}}
    return (await told(here, REPORT, said, by=by))["reportTaskProgress"]


async def extended(here: World, task: str, to: str, by: Caller | None = None, basis: str = DECISION) -> Any:
    sent = {"task": task, "to": to, "basis": basis}
    return (await told(here, EXTEND, sent, by=by or secretary()))["extendTask"]


async def confirmed(here: World, task: str, *, by: Caller | None = None, **more: Any) -> Any:
    sent = {"task": task, "accepted": True, **more}
    return (await told(here, CONFIRM, sent, by=by or secretary()))["confirmTask"]


def refused(answer: Any) -> tuple[str, list[str] | None]:
    assert answer["task"] is None
    [error] = answer["errors"]
    return error["code"], error["field"]


# giving


async def test_a_task_is_given_in_the_name_of_the_unit_that_gives_it(here: World) -> None:
    answer = await assigned(here, cooperating=[f"u{COMMUNE}"], deadline="2025-08-31", basis=[PLAN])
    task = answer["task"]
    assert answer["errors"] == []
    assert task["code"].startswith("NV250728-")
    assert (task["lead"]["code"], task["assignedBy"]["code"], task["cell"]) == (
        f"u{OFFICE}",
        f"u{PROVINCE}",
        "OPEN_IN_TERM",
    )
    assert (task["deadline"], task["deadlinePrecision"]) == ("2025-08-31", "DAY")
    assert [unit["code"] for unit in task["cooperating"]] == [f"u{COMMUNE}"]
    assert [document["number"] for document in task["basis"]] == [PLAN]


async def test_a_task_for_a_group_is_one_for_each_of_its_members(here: World) -> None:
    await give_to_communes(here, "HT25-001")
    task = (await assigned(here, lead=None, leadGroup="cac-xa"))["task"]
    assert (task["lead"], task["leadGroup"]["code"], task["children"]["totalCount"]) == (None, "cac-xa", 2)
    leads = {edge["node"]["lead"]["code"] for edge in task["children"]["edges"]}
    assert leads == {f"u{COMMUNE}", f"u{NEIGHBOUR}"}


async def test_a_task_for_a_group_is_given_by_who_may_give_it_to_every_member(here: World) -> None:
    await give_to_communes(here, "HT25-001")
    of_one = secretary(PROVINCE, COMMUNE)
    assert refused(await assigned(here, by=of_one, lead=None, leadGroup="cac-xa")) == (
        "TASK_NOT_ALLOWED",
        ["input", "leadGroup"],
    )
    assert (await assigned(here, lead=None, leadGroup="cac-xa"))["errors"] == []


async def test_whoever_it_is_given_to_finds_it(here: World) -> None:
    await a_task(here, cooperating=[f"u{COMMUNE}"])
    for unit, count in ((OFFICE, 1), (COMMUNE, 1), (NEIGHBOUR, 0)):
        found = await told(here, "{ tasks { totalCount } }", by=officer(unit))
        assert found["tasks"]["totalCount"] == count


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"title": " "}, "TEXT_EMPTY", "title"),
        ({"lead": None}, "TASK_LEAD", "lead"),
        ({"lead": "u99"}, "UNIT_UNKNOWN", "lead"),
        ({"leadGroup": "khong-co"}, "GROUP_UNKNOWN", "leadGroup"),
        ({"cooperating": ["u99"]}, "UNIT_UNKNOWN", "cooperating"),
        ({"sectors": ["y-te"]}, "SECTOR_UNKNOWN", "sectors"),
        ({"sectors": []}, "TASK_NOT_ALLOWED", "lead"),
        ({"basis": ["99/QĐ"]}, "DOCUMENT_UNKNOWN", "basis"),
        ({"startsOn": "2025-08-01", "deadline": "2025-07-31"}, "DEADLINE_BEFORE_START", "deadline"),
    ],
)
async def test_an_order_that_cannot_be_given_is_told_by_its_field(
    here: World, more: dict[str, Any], code: str, field: str
) -> None:
    assert refused(await assigned(here, **more)) == (code, ["input", field])
    assert (await told(here, "{ tasks { totalCount } }"))["tasks"]["totalCount"] == 0


async def test_a_task_is_given_within_ones_grants_alone(here: World) -> None:
    own = secretary(OFFICE, unit=OFFICE)
    assert refused(await assigned(here, by=own, lead=f"u{COMMUNE}")) == ("UNIT_UNKNOWN", ["input", "lead"])
    assert refused(await assigned(here, by=own, cooperating=[f"u{COMMUNE}"]))[0] == "UNIT_UNKNOWN"
    looks = official(Action.ASSIGN, units=frozenset({OFFICE}), sectors=frozenset({"roads"}))
    everywhere = Caller(looks.login, looks.name, looks.unit, (*looks.grants, *official(units=EVERY).grants))
    assert refused(await assigned(here, by=everywhere, lead=f"u{COMMUNE}")) == ("TASK_NOT_ALLOWED", ["input", "lead"])
    assert (await assigned(here, by=everywhere))["errors"] == []


# reporting


async def test_a_party_reports_and_says_what_remains(here: World) -> None:
    task = await a_task(here, cooperating=[f"u{COMMUNE}"])
    answer = await reported(here, task, officer(COMMUNE), remaining="Còn 2 km", documents=[PLAN])
    [edge] = answer["task"]["progress"]["edges"]
    assert edge["node"] == {
        "on": str(TODAY),
        "done": "Đã trải 3 km",
        "remaining": "Còn 2 km",
        "finished": False,
        "confirmed": False,
        "returned": None,
        "unit": {"code": f"u{COMMUNE}"},
        "documents": [{"number": PLAN}],
    }


async def test_the_same_report_again_is_kept_once(here: World) -> None:
    task = await a_task(here)
    for count, done in ((1, "Đã trải 3 km"), (1, "Đã trải  3 km"), (2, "Đã trải 4 km")):
        assert len((await reported(here, task, officer(OFFICE), done))["task"]["progress"]["edges"]) == count


async def test_only_a_party_reports(here: World) -> None:
    task = await a_task(here)
    assert refused(await reported(here, task, officer(COMMUNE))) == ("TASK_UNKNOWN", ["input", "task"])
    looks = official(Action.RECORD, units=frozenset({COMMUNE}), sectors=frozenset({"roads"}))
    sees = Caller(looks.login, looks.name, COMMUNE, (*looks.grants, *official(units=EVERY).grants))
    assert refused(await reported(here, task, sees)) == ("TASK_NOT_ALLOWED", ["input", "task"])
    assert (await reported(here, task, officer(PROVINCE, OFFICE)))["errors"] == []


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"done": " "}, "TEXT_EMPTY", "done"),
        ({"on": "2025-07-29"}, "DAY_AHEAD", "on"),
        ({"on": "2025-07-27"}, "DAY_BEFORE_ORDER", "on"),
        ({"documents": ["99/QĐ"]}, "DOCUMENT_UNKNOWN", "documents"),
    ],
)
async def test_a_report_that_cannot_be_kept_is_told_by_its_field(
    here: World, more: dict[str, Any], code: str, field: str
) -> None:
    task = await a_task(here)
    assert refused(await reported(here, task, officer(OFFICE), **more)) == (code, ["input", field])


async def test_a_task_of_a_group_is_reported_on_by_each_member(here: World) -> None:
    await give_to_communes(here, "HT25-001")
    ids = '{ tasks(filter: {lead: {codes: ["u3"]}}) { edges { node { id parent { id } } } } }'
    [edge] = (await told(here, ids))["tasks"]["edges"]
    above = edge["node"]["parent"]["id"]
    assert refused(await reported(here, above, officer(COMMUNE, *EVERY)))[0] == "TASK_OF_GROUP"
    assert (await reported(here, edge["node"]["id"], officer(COMMUNE)))["errors"] == []


async def test_what_is_no_task_is_told(here: World) -> None:
    unit = (await told(here, f'{{ unit(code: "u{OFFICE}") {{ id }} }}'))["unit"]["id"]
    for id_ in (unit, "khong-phai"):
        assert refused(await reported(here, id_, officer(OFFICE)))[0] == "BAD_ID"


# finishing


async def test_a_task_is_done_on_the_day_of_which_the_lead_said_so_once_it_is_confirmed(here: World) -> None:
    task = await a_task(here, deadline="2025-07-28")
    claim = await reported(here, task, officer(OFFICE), "Xong", finished=True, on="2025-07-28")
    assert (claim["errors"], claim["task"]["cell"]) == ([], "OPEN_IN_TERM")
    accepted = await confirmed(here, task)
    assert (accepted["errors"], accepted["task"]["cell"]) == ([], "DONE_ON_TIME")
    assert [edge["node"]["confirmed"] for edge in accepted["task"]["progress"]["edges"]] == [True]


async def test_a_claim_is_handed_back_with_a_reason_and_made_anew(here: World) -> None:
    task = await a_task(here)
    await reported(here, task, officer(OFFICE), "Xong", finished=True)
    assert refused(await confirmed(here, task, accepted=False)) == ("REASON_MISSING", ["reason"])
    back = await confirmed(here, task, accepted=False, reason="Còn đoạn cuối")
    assert (back["errors"], back["task"]["cell"]) == ([], "OPEN_NO_DEADLINE")
    assert [edge["node"]["returned"] for edge in back["task"]["progress"]["edges"]] == ["Còn đoạn cuối"]
    assert refused(await confirmed(here, task)) == ("NOTHING_TO_CONFIRM", ["task"])
    await reported(here, task, officer(OFFICE), "Xong", finished=True)
    assert (await confirmed(here, task))["task"]["cell"] == "DONE_ON_TIME"


async def test_only_the_lead_says_that_it_is_finished(here: World) -> None:
    task = await a_task(here, cooperating=[f"u{COMMUNE}"])
    assert refused(await reported(here, task, officer(COMMUNE), finished=True)) == (
        "NOT_THE_LEAD",
        ["input", "finished"],
    )
    assert refused(await confirmed(here, task))[0] == "NOTHING_TO_CONFIRM"


async def test_nobody_confirms_what_he_may_only_look_at(here: World) -> None:
    task = await a_task(here)
    await reported(here, task, officer(OFFICE), finished=True)
    elsewhere = secretary(COMMUNE)
    sees = Caller(elsewhere.login, elsewhere.name, PROVINCE, (*elsewhere.grants, *official(units=EVERY).grants))
    assert refused(await confirmed(here, task, by=sees)) == ("TASK_NOT_ALLOWED", ["task"])
    assert refused(await confirmed(here, task, by=elsewhere)) == ("TASK_UNKNOWN", ["task"])
    assert (await confirmed(here, task))["errors"] == []


async def test_nobody_confirms_what_he_reported_himself_nor_what_was_reported_in_his_place(here: World) -> None:
    an, binh = new_id(), new_id()
    records, assigns = officer(OFFICE).grants, secretary().grants
    as_another = tuple(replace(grant, in_place_of=an) for grant in records)
    both, one_confirms = (replace(secretary(), account=an, grants=grants) for grants in (records + assigns, assigns))
    stands_in = replace(officer(OFFICE), account=binh, grants=as_another)
    confirms_in_place = replace(
        secretary(), account=binh, grants=tuple(replace(grant, in_place_of=an) for grant in assigns)
    )
    for reporter, confirmer in ((both, both), (stands_in, one_confirms), (both, confirms_in_place)):
        task = await a_task(here)
        assert (await reported(here, task, reporter, finished=True))["errors"] == []
        assert refused(await confirmed(here, task, by=confirmer)) == ("SAME_PERSON", ["task"])
        assert (await confirmed(here, task, by=replace(secretary(), account=new_id())))["errors"] == []


async def test_what_is_done_is_not_finished_again_nor_extended(here: World) -> None:
    task = await a_task(here)
    await reported(here, task, officer(OFFICE), finished=True)
    await confirmed(here, task)
    assert refused(await reported(here, task, officer(OFFICE), "Lại xong", finished=True))[0] == "TASK_CLOSED"
    assert refused(await extended(here, task, "2025-12-31")) == ("TASK_CLOSED", ["task"])
    assert (await reported(here, task, officer(OFFICE), "Nghiệm thu"))["errors"] == []


# extending


async def test_a_deadline_moves_by_a_document_and_the_first_is_kept(here: World) -> None:
    task = await a_task(here, deadline="2025-08-31")
    answer = await extended(here, task, "2025-09-30")
    assert answer == {
        "errors": [],
        "task": {
            "deadline": "2025-09-30",
            "originalDeadline": "2025-08-31",
            "extensions": [{"from": "2025-08-31", "to": "2025-09-30", "basis": {"number": DECISION}}],
        },
    }


async def test_a_deadline_moves_forward_only_and_by_a_known_document(here: World) -> None:
    task = await a_task(here, deadline="2025-08-31")
    assert refused(await extended(here, task, "2025-08-31")) == ("EXTENSION_NOT_LATER", ["to"])
    assert refused(await extended(here, task, "2025-09-30", basis="99/QĐ")) == ("DOCUMENT_UNKNOWN", ["basis"])
    sees = Caller("lan", "Lan", PROVINCE, (*secretary(COMMUNE).grants, *official(units=EVERY).grants))
    assert refused(await extended(here, task, "2025-09-30", by=sees)) == ("TASK_NOT_ALLOWED", ["task"])
    assert (await extended(here, task, "2025-09-01"))["errors"] == []


async def test_a_task_outside_is_as_unknown_as_one_that_is_nowhere(here: World) -> None:
    foreign = order("HT25-001", lead=COMMUNE)
    await give(here, foreign)
    listed = await told(here, "{ tasks { edges { node { id } } } }")
    [edge] = listed["tasks"]["edges"]
    own = secretary(OFFICE, unit=OFFICE)
    assert refused(await extended(here, edge["node"]["id"], "2025-12-31", by=own)) == ("TASK_UNKNOWN", ["task"])
    assert (await extended(here, edge["node"]["id"], "2025-12-31"))["errors"] == []
