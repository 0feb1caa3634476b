"""A task is tied to a target, and the figures say whether it has been reached."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dean06_core.periods import Period, Window
from dean06_core.records import new_id
from dean06_core.targets import Comparator, Target, TargetCheck, TargetKind, TargetRule
from dean06_core.tasks import TaskCondition
from dean06_core.units import Tier
from tests.core.worlds import JULY, PROVINCE, World, stated, world
from tests.schema.asking import TODAY, ask, official, told
from tests.schema.orders import COMMUNE, NEIGHBOUR, OFFICE, PLACES, give, give_to_communes, order

pytestmark = pytest.mark.anyio

ASKED = """query ($on: Date) { tasks(on: $on, filter: {lead: {}}) { edges { node {
    code condition { indicator { code } target { value } met }
} } } }"""


def seventy(**given: Any) -> Target:
    values: dict[str, Any] = {
        "id": new_id(),
        "indicator_key": 1,
        "sector": "roads",
        "rule": TargetRule.PROVINCE,
        "within_key": PROVINCE,
        "value_scaled": 70_000_000,
        "comparator": Comparator.GE,
        "kind": TargetKind.ASSIGNED,
        "check": TargetCheck.EACH_PERIOD,
        "valid_from": date(2025, 1, 1),
        **given,
    }
    return Target(**values)


async def tie(here: World, target: Target, *tasks: Any) -> None:
    await here.add(target)
    await here.add(*(TaskCondition(task_id=task.id, target_id=target.id) for task in tasks))


async def met(here: World, on: date = TODAY, **asking: Any) -> dict[str, Any]:
    answer = await ask(here, ASKED, {"on": on.isoformat()}, **asking)
    assert answer.errors == []
    nodes = [edge["node"] for edge in answer.data["tasks"]["edges"]]
    return {node["code"]: node["condition"] and node["condition"]["met"] for node in nodes}


async def test_a_task_tells_its_target_and_whether_the_figures_reach_it(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        waiting, free = order("T1"), order("T2")
        await give(here, waiting, free)
        await tie(here, seventy(), waiting[0])
        await here.add(stated(PROVINCE, 7, 10))
        found = (await told(here, ASKED))["tasks"]["edges"]
        assert [edge["node"] for edge in found] == [
            {
                "code": "T1",
                "condition": {"indicator": {"code": "roads.paved_rate"}, "target": {"value": "70"}, "met": True},
            },
            {"code": "T2", "condition": None},
        ]


async def test_the_latest_of_three_months_tells(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        rows = order("T1")
        await give(here, rows)
        await tie(here, seventy(), rows[0])
        await here.add(
            stated(PROVINCE, 9, 10, period=Period.parse("2025-04")), stated(PROVINCE, 9, 10, window=Window.TO_DATE)
        )
        assert await met(here) == {"T1": None}
        await here.add(stated(PROVINCE, 9, 10, period=Period.parse("2025-05")))
        assert await met(here) == {"T1": True}
        await here.add(stated(PROVINCE, 6, 10, period=JULY))
        assert (await met(here), await met(here, date(2025, 6, 30))) == ({"T1": False}, {"T1": True})


async def test_a_target_of_a_tier_is_met_by_the_sum_over_it_and_a_member_by_its_own_figure(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        whole, *parts = await give_to_communes(here, "G")
        await tie(here, seventy(rule=TargetRule.TIER, tier=Tier.COMMUNE), whole, *parts)
        await here.add(stated(PROVINCE, 1, 100), stated(COMMUNE, 9, 10), stated(NEIGHBOUR, 6, 10))
        answer = (
            await told(
                here,
                """{ task(code: "G") {
            condition { met } children { edges { node { lead { code } condition { met } } } }
        } }""",
            )
        )["task"]
        assert answer["condition"] == {"met": True}
        assert [
            (edge["node"]["lead"]["code"], edge["node"]["condition"]["met"]) for edge in answer["children"]["edges"]
        ] == [
            ("u3", True),
            ("u4", False),
        ]


async def test_a_target_that_the_caller_does_not_see_is_no_condition(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        rows = order("T1")
        await give(here, rows)
        await tie(here, seventy(rule=TargetRule.UNIT, within_key=COMMUNE, addressee_key=COMMUNE), rows[0])
        await here.add(stated(COMMUNE, 9, 10))
        assert await met(here) == {"T1": True}
        assert await met(here, by=official(units=frozenset({OFFICE}))) == {"T1": None}


async def test_conditions_take_the_same_statements_for_one_task_and_for_many(tmp_path: Path) -> None:
    async with world(tmp_path, PLACES) as here:
        orders = [order(f"T{number}") for number in range(30)]
        await give(here, *orders)
        await tie(here, seventy(), *(rows[0] for rows in orders))
        await here.add(stated(PROVINCE, 7, 10))
        counts = []
        for first in (1, 30):
            answer = await ask(here, f"{{ tasks(first: {first}) {{ edges {{ node {{ condition {{ met }} }} }} }} }}")
            assert len(answer.data["tasks"]["edges"]) == first
            counts.append(len(answer.statements))
        assert counts[0] == counts[1] <= 6
