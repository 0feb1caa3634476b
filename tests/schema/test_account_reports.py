"""Whoever may look after accounts sees what is wrong with those of a registered system, of his units and no others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dean06_auth.registers import SystemAccount, SystemHeadcount
from dean06_core.access import Action, Caller, DataClass, Grant
from dean06_core.migrating import History
from dean06_core.records import declared_access, records_of
from dean06_core.systems import System
from dean06_core.testing import migrated_database
from tests.core.worlds import PROVINCE, Place, World, province, settled
from tests.schema.asking import TODAY, ask, official, told

pytestmark = pytest.mark.anyio

OWN, OTHER = 2, 3
JULY, AUGUST = date(2025, 7, 1), date(2025, 8, 1)
REPORT = """query ($system: String!, $on: Date, $faults: [AccountFault!]) {
  accountReport(system: $system, on: $on) {
    asOf total passwordChangeRate counts { fault count }
    byUnit { unit { code } total staffWithFunction counts { fault count } }
    accounts(faults: $faults) { totalCount edges { node { login name lookups faults evidence unit { code } } } } } }"""


def line(login: str, unit: int = OWN, holder: str = "", as_of: date = JULY, **more: Any) -> SystemAccount:
    sound = {"function": "Một cửa", "last_used_on": as_of, "password_set_on": as_of, "lookups": 7}
    return SystemAccount(
        system="mot-cua", as_of=as_of, login=login, holder=holder or login, unit_key=unit, **{**sound, **more}
    )


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    """In July one of three accounts is shared and one has no function; in August nothing is wrong any more."""
    tables = declared_access([*records_of("dean06_core"), *records_of("dean06_auth")])
    auth = History("auth", "dean06_auth.migrations")
    async with migrated_database(tmp_path, auth, tables=tables) as database:
        here = await settled(database, province(Place(OWN), Place(OTHER)))
        await here.add(
            System(code="mot-cua", name="Một cửa điện tử"),
            line("an"),
            line("chung", holder="Bình"),
            line("chung", holder="Chi"),
            line("dung", OTHER, function=None),
            SystemHeadcount(system="mot-cua", as_of=JULY, unit_key=OWN, people=3),
            line("an", as_of=AUGUST),
        )
        yield here


def keeper(*units: int) -> Caller:
    grant = Grant(
        "auditor",
        frozenset({Action.READ}),
        frozenset({"roads"}),
        frozenset(units or {PROVINCE, OWN, OTHER}),
        frozenset({DataClass.GOVERNANCE}),
        date(2025, 1, 1),
        date(2026, 1, 1),
    )
    return Caller("kiem-tra", "Cán bộ kiểm tra", PROVINCE, (grant,))


async def report(here: World, *, by: Caller | None = None, on: date = TODAY, **more: Any) -> Any:
    asked = {"system": "mot-cua", "on": on.isoformat(), **more}
    return (await told(here, REPORT, asked, by=by or keeper()))["accountReport"]


def counted(counts: list[dict[str, Any]]) -> dict[str, int]:
    return {each["fault"]: each["count"] for each in counts if each["count"]}


async def test_a_register_is_told_by_unit_with_what_is_wrong(here: World) -> None:
    made = await report(here)
    assert (made["asOf"], made["total"], made["passwordChangeRate"]) == ("2025-07-01", 3, "100.00")
    assert counted(made["counts"]) == {"WITHOUT_FUNCTION": 1, "SHARED": 1}
    assert [(each["unit"]["code"], each["total"], each["staffWithFunction"]) for each in made["byUnit"]] == [
        (f"u{OWN}", 2, 3),
        (f"u{OTHER}", 1, None),
    ]
    assert [edge["node"] for edge in made["accounts"]["edges"]] == [
        {
            "login": "chung",
            "name": "Bình, Chi",
            "lookups": 14,
            "faults": ["SHARED"],
            "evidence": ["Có 2 người dùng: Bình, Chi"],
            "unit": {"code": f"u{OWN}"},
        },
        {
            "login": "dung",
            "name": "dung",
            "lookups": 7,
            "faults": ["WITHOUT_FUNCTION"],
            "evidence": ["Không ghi chức năng, nhiệm vụ nào cần tài khoản này"],
            "unit": {"code": f"u{OTHER}"},
        },
    ]


async def test_the_list_may_be_of_some_faults_alone(here: World) -> None:
    some = (await report(here, faults=["SHARED", "SURPLUS"]))["accounts"]
    assert (some["totalCount"], [edge["node"]["login"] for edge in some["edges"]]) == (1, ["chung"])


async def test_a_day_is_answered_from_the_latest_register_up_to_it(here: World) -> None:
    totals = [(await report(here, on=day))["total"] for day in (date(2025, 6, 30), JULY, date(2025, 7, 31), AUGUST)]
    assert totals == [0, 3, 3, 1]
    assert counted((await report(here, on=AUGUST))["counts"]) == {}
    late = await report(here, on=date(2025, 12, 31))
    assert counted(late["counts"]) == {"DORMANT": 1, "PASSWORD_OVERDUE": 1}
    assert late["passwordChangeRate"] == "0.00"


async def test_accounts_of_other_units_are_as_if_they_were_not_there(here: World) -> None:
    own = await report(here, by=keeper(OWN))
    assert (own["total"], counted(own["counts"])) == (2, {"SHARED": 1})
    assert [each["unit"]["code"] for each in own["byUnit"]] == [f"u{OWN}"]


async def test_a_system_that_nobody_registered_is_told(here: World) -> None:
    answer = await ask(here, REPORT, {"system": "khong-co"}, by=keeper())
    assert [error["extensions"] for error in answer.errors] == [{"code": "SYSTEM_UNKNOWN", "field": ["system"]}]


async def test_who_looks_after_no_accounts_is_not_shown_the_question(here: World) -> None:
    answer = await ask(here, REPORT, {"system": "mot-cua"}, by=official())
    assert [error["extensions"]["code"] for error in answer.errors] == ["GRAPHQL_VALIDATION_FAILED"] * len(
        answer.errors
    )
    assert answer.data is None
