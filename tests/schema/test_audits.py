"""An auditor asks for the events of his units and filters them; whoever else asks is not shown that there is a log."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dean06_core import audit
from dean06_core.access import Action, Caller, DataClass, Grant
from dean06_core.audit import Event
from dean06_core.migrating import History
from dean06_core.records import declared_access, new_id, records_of
from dean06_core.testing import migrated_database
from dean06_schema.nodes import global_id
from tests.core.worlds import NOW, PROVINCE, Place, World, province, settled
from tests.schema.asking import ask, official, told

pytestmark = pytest.mark.anyio

OWN, OTHER = 2, 3
SUBJECT = new_id()
EVENTS = """query ($filter: AuditEventFilter, $first: Int, $after: String) {
  auditEvents(filter: $filter, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { at login role action outcome subject details personal isErased place unit { code } } } } }"""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    tables = declared_access([*records_of("dean06_core"), *records_of("dean06_auth")])
    async with migrated_database(tmp_path, History("auth", "dean06_auth.migrations"), tables=tables) as database:
        here = await settled(database, province(Place(OWN), Place(OTHER)))
        async with database.service() as session:
            for number, event in enumerate(
                [
                    Event(action="suspensions.suspend", at=NOW, login="an", unit=OWN, subject=str(SUBJECT)),
                    Event(action="read", at=NOW, login="binh", unit=OTHER, details={"tables": {"account": 3}}),
                    Event(action="sign_ins.sign_in", at=NOW, outcome="SIGN_IN_FAILED", personal={"source": "10.1.2.3"}),
                ]
            ):
                moved = {name: getattr(event, name) for name in event.__slots__} | {"at": NOW + timedelta(hours=number)}
                await audit.record(session, Event(**moved))
        yield here


def auditor(*units: int) -> Caller:
    grant = Grant(
        "auditor",
        frozenset({Action.READ}),
        frozenset({"health"}),
        frozenset(units),
        frozenset({DataClass.AUDIT}),
        date(2025, 1, 1),
        date(2026, 1, 1),
    )
    return Caller("kiem-tra", "Người kiểm tra", PROVINCE, (grant,), new_id())


EVERYWHERE = auditor(PROVINCE, OWN, OTHER)


async def logins(here: World, caller: Caller = EVERYWHERE, **meant: Any) -> list[str]:
    data = await told(here, EVENTS, {"filter": meant or None}, by=caller)
    return [edge["node"]["login"] for edge in data["auditEvents"]["edges"]]


async def test_an_event_is_told_whole(here: World) -> None:
    data = await told(here, EVENTS, {"filter": {"login": "BINH"}}, by=EVERYWHERE)
    [edge] = data["auditEvents"]["edges"]
    assert edge["node"] == {
        "at": (NOW + timedelta(hours=1)).isoformat(),
        "login": "binh",
        "role": "",
        "action": "read",
        "outcome": "DONE",
        "subject": "",
        "details": '{"tables":{"account":3}}',
        "personal": None,
        "isErased": False,
        "place": None,
        "unit": {"code": here.directory.unit(OTHER, NOW.date()).code},
    }


async def test_the_newest_come_first_page_by_page(here: World) -> None:
    assert await logins(here) == ["", "binh", "an"]
    page = (await told(here, EVENTS, {"first": 2}, by=EVERYWHERE))["auditEvents"]
    assert page["pageInfo"]["hasNextPage"] is True
    behind = {"first": 2, "after": page["pageInfo"]["endCursor"]}
    rest = (await told(here, EVENTS, behind, by=EVERYWHERE))["auditEvents"]
    assert [edge["node"]["login"] for edge in page["edges"] + rest["edges"]] == ["", "binh", "an"]


@pytest.mark.parametrize(
    ("meant", "expected"),
    [
        pytest.param({"action": "read"}, ["binh"], id="what"),
        pytest.param({"outcome": "SIGN_IN_FAILED"}, [""], id="with what outcome"),
        pytest.param({"subject": str(SUBJECT)}, ["an"], id="to whom"),
        pytest.param({"subject": global_id("Account", SUBJECT)}, ["an"], id="to whom, as another answer names him"),
        pytest.param({"from": (NOW + timedelta(hours=1)).isoformat()}, ["", "binh"], id="from a moment on"),
        pytest.param({"to": (NOW + timedelta(hours=1)).isoformat()}, ["an"], id="before a moment"),
    ],
)
async def test_only_what_is_meant_is_told(here: World, meant: dict[str, Any], expected: list[str]) -> None:
    assert await logins(here, **meant) == expected


async def test_a_unit_is_meant_by_its_code(here: World) -> None:
    code = here.directory.unit(OWN, NOW.date()).code
    assert await logins(here, unit=code) == ["an"]
    answer = await ask(here, EVENTS, {"filter": {"unit": "khong-co"}}, by=EVERYWHERE)
    assert answer.codes == ["UNIT_UNKNOWN"]


async def test_an_auditor_of_one_unit_sees_its_events_and_those_of_nobody(here: World) -> None:
    assert await logins(here, auditor(OWN)) == ["", "an"]
    assert await logins(here, auditor(OTHER)) == ["", "binh"]


async def test_who_is_no_auditor_is_not_shown_the_field(here: World) -> None:
    answer = await ask(here, EVENTS, by=official(units=frozenset({OWN, OTHER})))
    assert set(answer.codes) == {"GRAPHQL_VALIDATION_FAILED"}
    assert await logins(here) != []
