"""Officers enter the figures of a period through the API, and see at once how each cell is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import strawberry
from strawberry.types.info import Info

from dean06_core import figure_entries
from dean06_core.access import Action, Caller
from dean06_core.figure_entries import FigureEntry
from dean06_core.graphql import Context
from dean06_schema.engine import assemble
from tests.core.worlds import JULY, RATE, ROADS, Place, World, province, world
from tests.schema.asking import TODAY, ask, official, told

pytestmark = pytest.mark.anyio

OWN, OTHER, GONE = 2, 3, 4
RECORD = """mutation ($input: RecordObservationsInput!) { recordObservations(input: $input) {
    unchanged observations { unit { code } display state reporter { code } statements { numerator } }
    errors { code field message } } }"""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    gone = Place(GONE, valid_to=TODAY - timedelta(days=3))
    async with world(tmp_path, province(Place(OWN), Place(OTHER), gone)) as opened:
        yield opened


def officer(unit: int = OWN) -> Caller:
    return official(Action.RECORD, unit=unit, units=frozenset({OWN, GONE}))


def cell(unit: int = OWN, numerator: str = "7", **more: Any) -> dict[str, Any]:
    return {"indicator": RATE.code, "unit": f"u{unit}", "numerator": numerator, "denominator": "10", **more}


async def record(here: World, *cells: dict[str, Any], by: Caller | None = None, **more: Any) -> Any:
    sent = {"input": {"period": "2025-07", "cells": list(cells), **more}}
    return (await told(here, RECORD, sent, by=by or officer()))["recordObservations"]


async def shown(here: World) -> Any:
    asked = f"""{{ observations(units: {{codes: ["u{OWN}"]}}, periods: ["2025-07"], indicators: ["{RATE.code}"]) {{
        display }} }}"""
    return (await told(here, asked, by=officer()))["observations"]


async def test_a_figure_is_entered_and_what_is_read_next_knows_of_it(here: World) -> None:
    assert await record(here, cell()) == {
        "unchanged": 0,
        "errors": [],
        "observations": [
            {
                "unit": {"code": f"u{OWN}"},
                "display": "70%",
                "state": "DRAFT",
                "reporter": {"code": f"u{OWN}"},
                "statements": [{"numerator": "7"}],
            }
        ],
    }
    assert await shown(here) == [{"display": "70%"}]


async def test_the_second_of_two_entries_in_one_request_knows_of_the_first(here: World) -> None:
    one = """recordObservations(input: {period: "2025-07", cells: [{indicator: "roads.paved_rate", unit: "u2",
        numerator: "%s", denominator: "10"}]}) { unchanged observations { display revision } }"""
    answer = await told(here, f"mutation {{ one: {one % 7} two: {one % 9} three: {one % 9} }}", by=officer())
    assert [(each["unchanged"], each["observations"]) for each in answer.values()] == [
        (0, [{"display": "70%", "revision": 1}]),
        (0, [{"display": "90%", "revision": 2}]),
        (1, [{"display": "90%", "revision": 2}]),
    ]


async def _enter(info: Info[Context, None]) -> int:
    entry = FigureEntry(indicator=RATE.code, unit=f"u{OWN}", numerator=Decimal(7), denominator=Decimal(10))
    return len((await info.context.act(figure_entries.enter, [entry], period=JULY)).figures)


@strawberry.type(description="Thử")
class RoadsQuery:
    entered: int = strawberry.field(resolver=_enter, description="Ghi trong lúc hỏi")


async def test_a_query_enters_nothing_whatever_its_resolver_tries(here: World) -> None:
    engine = assemble([replace(ROADS, query=RoadsQuery)])
    answer = await ask(here, "{ roads { entered } }", by=officer(), engine=engine)
    assert answer.codes == ["INTERNAL_ERROR"]
    assert await shown(here) == [{"display": "chưa báo cáo"}]
    assert [each["display"] for each in (await record(here, cell()))["observations"]] == ["70%"]


async def test_a_dry_run_answers_and_keeps_nothing(here: World) -> None:
    assert [each["display"] for each in (await record(here, cell(), dryRun=True))["observations"]] == ["70%"]
    assert await shown(here) == [{"display": "chưa báo cáo"}]


async def test_every_wrong_cell_is_told_by_its_path_in_what_was_sent(here: World) -> None:
    wrong = cell(parts=[{"part": "bùn", "value": "1"}]), cell(numerator="11"), cell(OTHER), cell(noActivity=True)
    answer = await record(here, cell(), *wrong)
    assert answer["observations"] == []
    assert [(each["field"], each["code"]) for each in answer["errors"]] == [
        (["input", "cells", "1", "parts"], "PART_UNKNOWN"),
        (["input", "cells", "2", "numerator"], "NUMERATOR_ABOVE_DENOMINATOR"),
        (["input", "cells", "3", "unit"], "UNIT_UNKNOWN"),
        (["input", "cells", "4", "noActivity"], "NO_ACTIVITY_WITH_VALUE"),
    ]
    assert await shown(here) == [{"display": "chưa báo cáo"}]


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"period": "tháng 7"}, ["input", "period"], "PERIOD_INVALID"),
        ({"set": "thang"}, ["input", "set"], "REPORT_SET_UNKNOWN"),
    ],
)
async def test_what_is_wrong_with_the_whole_is_told_of_the_whole(
    here: World, more: dict[str, Any], field: list[str], code: str
) -> None:
    [error] = (await record(here, cell(), **more))["errors"]
    assert (error["field"], error["code"]) == (field, code)


async def test_whose_unit_is_gone_may_look_and_is_told_why_he_may_not_enter(here: World) -> None:
    [error] = (await record(here, cell(), by=officer(GONE)))["errors"]
    assert (error["code"], error["field"]) == ("ACCOUNT_READ_ONLY", None)
    assert await shown(here) == [{"display": "chưa báo cáo"}]


async def test_who_only_looks_is_not_shown_how_figures_are_entered(here: World) -> None:
    sent = {"input": {"period": "2025-07", "cells": [cell()]}}
    answer = await ask(here, RECORD, sent, by=official())
    assert answer.data is None
    assert "RecordObservationsInput" in answer.errors[0]["message"]
    fields = "{ __schema { mutationType { fields { name } } } }"
    for caller, is_shown in ((official(), False), (officer(), True)):
        told_of = await told(here, fields, by=caller)
        names = {each["name"] for each in told_of["__schema"]["mutationType"]["fields"]}
        assert ("recordObservations" in names) is is_shown
