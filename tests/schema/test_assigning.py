"""Whoever may assign gives levels by a document, to units and to all on his territory; others are not shown how."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dean06_core.access import Action, Caller
from dean06_core.documents import LegalDocument
from tests.core.worlds import PROVINCE, RATE, Place, World, province, stated, world
from tests.schema.asking import official, told

pytestmark = pytest.mark.anyio

OWN, OTHER = 2, 3
DECISION = "15/QĐ-UBND"
ASSIGN = """mutation ($input: AssignTargetsInput!) { assignTargets(input: $input) {
    targets { value comparator kind rule validFrom validTo indicator { code } basis { number } }
    errors { code field message } } }"""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, province(Place(OWN), Place(OTHER))) as opened:
        await opened.add(
            LegalDocument(number=DECISION, label=DECISION, kind="Quyết định", issued_on=date(2025, 7, 15)),
            stated(OWN, 90, 100),
        )
        yield opened


def secretary(*units: int) -> Caller:
    return official(Action.ASSIGN, units=frozenset(units or {PROVINCE, OWN, OTHER}))


def level(value: str = "95", **more: Any) -> dict[str, Any]:
    return {"indicator": RATE.code, "value": value, "validFrom": "2025-07-01", **more}


async def assign(here: World, *levels: dict[str, Any], by: Caller | None = None, basis: str = DECISION) -> Any:
    sent = {"input": {"basis": basis, "targets": list(levels)}}
    return (await told(here, ASSIGN, sent, by=by or secretary()))["assignTargets"]


async def judged(here: World) -> Any:
    asked = f"""{{ observations(units: {{codes: ["u{OWN}"]}}, periods: ["2025-07"], indicators: ["{RATE.code}"]) {{
        assessment target {{ value }} }} }}"""
    return (await told(here, asked))["observations"]


async def test_a_unit_is_judged_by_what_it_was_assigned(here: World) -> None:
    answer = await assign(here, level(unit=f"u{OWN}"))
    assert answer == {
        "errors": [],
        "targets": [
            {
                "value": "95",
                "comparator": "GE",
                "kind": "ASSIGNED",
                "rule": "UNIT",
                "validFrom": "2025-07-01",
                "validTo": None,
                "indicator": {"code": RATE.code},
                "basis": {"number": DECISION},
            }
        ],
    }
    assert await judged(here) == [{"assessment": "NOT_MET", "target": {"value": "95"}}]


@pytest.mark.parametrize(("addressee", "rule"), [({"tier": "COMMUNE"}, "TIER"), ({}, "PROVINCE")])
async def test_a_level_for_many_is_assigned_by_who_assigns_on_the_whole_territory(
    here: World, addressee: dict[str, Any], rule: str
) -> None:
    [refused] = (await assign(here, level(**addressee), by=secretary(OWN)))["errors"]
    assert refused["code"] == "TARGET_NOT_ALLOWED"
    assert await judged(here) == [{"assessment": "NO_TARGET", "target": None}]
    assert [each["rule"] for each in (await assign(here, level(**addressee)))["targets"]] == [rule]
    assert await judged(here) == [{"assessment": "NOT_MET", "target": {"value": "95"}}]


async def test_the_same_again_is_answered_and_may_be_ended(here: World) -> None:
    await assign(here, level(unit=f"u{OWN}"))
    [again] = (await assign(here, level(unit=f"u{OWN}", validTo="2025-08-01")))["targets"]
    assert again["validTo"] == "2025-08-01"


async def test_every_wrong_level_is_told_by_its_path_and_none_is_kept(here: World) -> None:
    wrong = (
        level(unit="u9"),
        level(unit=f"u{OWN}", tier="COMMUNE"),
        level(unit=f"u{OWN}", period="tháng 7"),
        level(check="AT_DEADLINE"),
    )
    answer = await assign(here, level(unit=f"u{OWN}"), *wrong[:1], *wrong[2:3])
    assert [(each["field"], each["code"]) for each in answer["errors"]] == [
        (["input", "targets", "1", "unit"], "UNIT_UNKNOWN"),
        (["input", "targets", "2", "period"], "PERIOD_INVALID"),
    ]
    answer = await assign(here, wrong[1], wrong[3])
    assert [(each["field"], each["code"]) for each in answer["errors"]] == [
        (["input", "targets", "0", "tier"], "TARGET_TWO_ADDRESSEES"),
        (["input", "targets", "1", "dueOn"], "TARGET_WITHOUT_DEADLINE"),
    ]
    assert await judged(here) == [{"assessment": "NO_TARGET", "target": None}]


async def test_a_document_that_nobody_knows_assigns_nothing(here: World) -> None:
    [refused] = (await assign(here, level(), basis="99/QĐ-UBND"))["errors"]
    assert (refused["field"], refused["code"]) == (["input", "basis"], "DOCUMENT_UNKNOWN")


async def test_a_unit_outside_is_as_unknown_as_one_that_is_nowhere(here: World) -> None:
    by = secretary(PROVINCE, OWN)
    outside, nowhere = [
        (await assign(here, level(unit=code), by=by))["errors"][0]["message"].replace(code, "")
        for code in (f"u{OTHER}", "u99")
    ]
    assert outside == nowhere
    assert (await assign(here, level(unit=f"u{OTHER}")))["errors"] == []


async def test_who_only_looks_is_not_shown_how_levels_are_assigned(here: World) -> None:
    fields = "{ __schema { mutationType { fields { name } } } }"
    for caller, is_shown in ((official(), False), (official(Action.RECORD), False), (secretary(), True)):
        shown = (await told(here, fields, by=caller))["__schema"]["mutationType"]["fields"]
        assert ("assignTargets" in {each["name"] for each in shown}) is is_shown
