"""The head of a unit is told what was done about accounts of the unit, marks it as seen, and nobody else's head is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_auth import accounts, grants
from dean06_auth.accounts import Account
from dean06_auth.shared_use import SharedUseNote
from dean06_auth.shared_use.uses import Rule, Severity
from dean06_auth.shared_use.watch import Rung
from dean06_core.access import Caller
from dean06_core.catalogue import Catalogue
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.migrating import CORE, History, upgrade
from dean06_core.records import declared_access, records_of
from dean06_core.testing.places import Template, template
from tests.auth import offices, province
from tests.auth.province import NOW, TODAY
from tests.core.worlds import World
from tests.schema.asking import ask

pytestmark = pytest.mark.anyio

TABLES = declared_access([*records_of("dean06_core"), *records_of("dean06_auth")])
NODE = "{ id rule response evidence foundAt seenAt seenBy account { login unit { code } } }"
NOTES = f"""query ($unseen: Boolean! = false, $first: Int, $after: String) {{
    sharedUseNotes(unseen: $unseen, first: $first, after: $after) {{
        edges {{ node {NODE} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
SEEN = f"mutation ($note: ID!) {{ markSharedUseNoteSeen(note: $note) {{ errors {{ code field }} note {NODE} }} }}"


@pytest.fixture(scope="module")
def settled() -> Template:
    return asyncio.run(template(_settle))


async def _settle(address: Address) -> None:
    """Three notes about officers of Vũng Áng, one about its head, one about Đồng Lộc, and what was only logged."""
    database = Database(address, TABLES)
    await upgrade(database, [CORE, History("auth", "dean06_auth.migrations")])
    async with database.service() as session:
        await session.run_sync(province.settle)
        await offices.settle(session, await Directory.load(session))
        ids = {account.login: account.id for account in await session.scalars(sa.select(Account))}
        told = ("an", "binh", "chi", "thu-truong", "dung")
        session.add_all(_note(ids[login], place, Rung.END_SESSIONS) for place, login in enumerate(told))
        session.add(_note(ids["an"], 9, Rung.LOG))
    await database.close()


def _note(account: Any, place: int, rung: Rung) -> SharedUseNote:
    at = NOW + timedelta(minutes=place)
    return SharedUseNote(
        account_id=account,
        rule=Rule.INTERLEAVED,
        severity=Severity.MEDIUM,
        rung=rung,
        since=at,
        last=at,
        found_at=at,
        found_on=TODAY,
        evidence=f"Dùng xen kẽ, lần {place}",
    )


@pytest.fixture
async def here(tmp_path: Path, settled: Template) -> AsyncIterator[World]:
    with settled.copied(tmp_path) as address:
        database = Database(address, TABLES, readers=1)
        async with database.service_reading() as session:
            directory, indicators = await Directory.load(session), await Catalogue.load(session, offices.SECTORS)
        yield World(database, directory, indicators, offices.SECTORS)
        await database.close()


async def told(here: World, asked: str, by: str, **variables: Any) -> Any:
    async with here.database.service_reading() as session:
        account = await accounts.find(session, login=by)
        assert account is not None
        held = await grants.live(session, account_id=account.id, reach=here.directory, on=TODAY)
    caller = Caller(account.login, account.name, account.unit_key, held, account.id)
    answer = await ask(here, asked, variables, by=caller, on=TODAY)
    assert answer.errors == []
    [found] = answer.data.values()
    return found


async def logins(here: World, by: str, **variables: Any) -> list[str]:
    found = await told(here, NOTES, by, **variables)
    return [edge["node"]["account"]["login"] for edge in found["edges"]]


async def test_a_head_is_told_of_his_unit_and_an_administrator_of_all(here: World) -> None:
    assert await logins(here, "thu-truong") == ["an", "binh", "chi", "thu-truong"]
    assert await logins(here, "quan-tri") == ["an", "binh", "chi", "thu-truong", "dung"]
    [first, *_] = (await told(here, NOTES, "thu-truong"))["edges"]
    assert first["node"] | {"id": ""} == {
        "id": "",
        "rule": "INTERLEAVED",
        "response": "END_SESSIONS",
        "evidence": "Dùng xen kẽ, lần 0",
        "foundAt": "2026-06-15T08:00:00+00:00",
        "seenAt": None,
        "seenBy": None,
        "account": {"login": "an", "unit": {"code": f"unit-{province.VUNG_ANG}"}},
    }


async def test_notes_come_in_pages(here: World) -> None:
    page = await told(here, NOTES, "thu-truong", first=2)
    assert page["pageInfo"]["hasNextPage"] is True
    after = page["pageInfo"]["endCursor"]
    assert await logins(here, "thu-truong", first=2, after=after) == ["chi", "thu-truong"]


async def test_a_note_is_marked_as_seen_once_and_then_no_longer_waits(here: World) -> None:
    [edge, *_] = (await told(here, NOTES, "thu-truong"))["edges"]
    seen = await told(here, SEEN, "thu-truong", note=edge["node"]["id"])
    assert (seen["errors"], seen["note"]["seenBy"]) == ([], "thu-truong")
    again = await told(here, SEEN, "quan-tri", note=edge["node"]["id"])
    assert again["note"] == seen["note"]
    assert await logins(here, "thu-truong", unseen=True) == ["binh", "chi", "thu-truong"]


async def test_nobody_marks_what_is_about_himself_or_another_unit(here: World) -> None:
    ids = [edge["node"]["id"] for edge in (await told(here, NOTES, "quan-tri"))["edges"]]
    for place, code in ((3, "NOTE_ABOUT_ONESELF"), (4, "NOTE_UNKNOWN")):
        refused = await told(here, SEEN, "thu-truong", note=ids[place])
        assert refused == {"note": None, "errors": [{"code": code, "field": ["note"]}]}
        assert (await told(here, SEEN, "quan-tri", note=ids[place]))["errors"] == []
    assert (await told(here, SEEN, "quan-tri", note="abc"))["errors"] == [{"code": "BAD_ID", "field": ["note"]}]


@pytest.mark.parametrize(
    ("login", "shown"),
    [
        ("thu-truong", {"sharedUseNotes", "markSharedUseNoteSeen"}),
        ("phe-duyet", {"sharedUseNotes"}),
        ("an", set()),
    ],
)
async def test_everybody_is_shown_what_is_his_to_see_and_do(here: World, login: str, shown: set[str]) -> None:
    asked = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }"
    schema = await told(here, asked, login)
    names = {field["name"] for kind in schema.values() for field in kind["fields"]}
    assert names & {"sharedUseNotes", "markSharedUseNoteSeen"} == shown
