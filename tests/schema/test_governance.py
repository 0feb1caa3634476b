"""Through the API three people make a grant, and what is not somebody's to do is not in the schema he is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from dean06_auth import accounts, grants
from dean06_core.access import Caller
from dean06_core.catalogue import Catalogue
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.migrating import CORE, History, upgrade
from dean06_core.records import declared_access, records_of
from dean06_core.testing.places import Template, template
from tests.auth import offices, province
from tests.auth.province import TODAY, VUNG_ANG
from tests.core.worlds import World
from tests.schema.asking import ask

pytestmark = pytest.mark.anyio

TABLES = declared_access([*records_of("dean06_core"), *records_of("dean06_auth")])
ACCOUNT = """{ errors { code field } account { login state unit { code }
    duties { id function ends unit { code } sector { code } standIn { login } } grants { id role state } } }"""
GRANTS = """{ errors { code field } grants { id role state proposer approver decision dataClasses
    duty { function } sectors { code } units { code } } }"""
ASSIGN = f"mutation ($input: AssignDutyInput!) {{ assignDuty(input: $input) {ACCOUNT} }}"
END = f'mutation ($duty: ID!) {{ endDuty(duty: $duty, on: "{TODAY}", reason: "Thôi việc") {ACCOUNT} }}'
PROPOSE = f"mutation ($input: ProposeGrantsInput!) {{ proposeGrants(input: $input) {GRANTS} }}"
APPROVE = f'mutation ($grants: [ID!]!) {{ approveGrants(grants: $grants, decision: "QĐ 15") {GRANTS} }}'
REVOKE = f'mutation ($grants: [ID!]!) {{ revokeGrants(grants: $grants, reason: "Thôi") {GRANTS} }}'
SUSPEND = f'mutation ($login: String!) {{ suspendAccount(login: $login, reason: "Nghi dùng chung") {ACCOUNT} }}'
STAND_IN = f"""mutation ($duty: ID!, $who: String!) {{
    nameStandIn(duty: $duty, standIn: $who, until: "2026-06-20") {ACCOUNT} }}"""
ME = "{ me { duties { function } grants { role state proposer duty { function } } } }"


@pytest.fixture(scope="module")
def settled() -> Template:
    return asyncio.run(template(_settle))


async def _settle(address: Address) -> None:
    database = Database(address, TABLES)
    await upgrade(database, [CORE, History("auth", "dean06_auth.migrations")])
    async with database.service() as session:
        await session.run_sync(province.settle)
        await offices.settle(session, await Directory.load(session))
    await database.close()


@pytest.fixture
async def here(tmp_path: Path, settled: Template) -> AsyncIterator[World]:
    with settled.copied(tmp_path) as address:
        database = Database(address, TABLES, readers=1)
        async with database.service_reading() as session:
            directory, indicators = await Directory.load(session), await Catalogue.load(session, offices.SECTORS)
        yield World(database, directory, indicators, offices.SECTORS)
        await database.close()


async def caller(here: World, login: str) -> Caller:
    async with here.database.service_reading() as session:
        account = await accounts.find(session, login=login)
        assert account is not None
        held = await grants.live(session, account_id=account.id, reach=here.directory, on=TODAY)
    return Caller(account.login, account.name, account.unit_key, held, account.id)


async def done(here: World, mutation: str, by: str, **variables: Any) -> Any:
    told = await ask(here, mutation, variables, by=await caller(here, by), on=TODAY)
    assert told.errors == []
    [payload] = told.data.values()
    return payload


async def a_duty(here: World, login: str = "an") -> str:
    given = {"login": login, "unit": f"unit-{VUNG_ANG}", "function": "Nhập số liệu", "decision": "QĐ 1"}
    payload = await done(here, ASSIGN, "quan-tri", input={**given, "starts": "2026-01-01", "ends": "2027-01-01"})
    assert payload["errors"] == []
    id_: str = payload["account"]["duties"][-1]["id"]
    return id_


def wanted(duty: str, **more: Any) -> dict[str, Any]:
    return {
        "duty": duty,
        "role": "officer",
        "dataClasses": ["AGGREGATE"],
        "starts": "2026-06-15",
        "ends": "2027-01-01",
        **more,
    }


async def proposed(here: World, *entries: dict[str, Any], by: str = "quan-tri") -> Any:
    return await done(here, PROPOSE, by, input={"grants": [*entries]})


async def test_three_people_make_a_grant(here: World) -> None:
    duty = await a_duty(here)
    [waiting] = (await proposed(here, wanted(duty)))["grants"]
    assert (waiting["state"], waiting["proposer"], waiting["approver"]) == ("PROPOSED", "quan-tri", None)
    [held] = (await done(here, APPROVE, "phe-duyet", grants=[waiting["id"]]))["grants"]
    assert held == {
        "id": waiting["id"],
        "role": "officer",
        "state": "ACTIVE",
        "proposer": "quan-tri",
        "approver": "phe-duyet",
        "decision": "QĐ 15",
        "dataClasses": ["AGGREGATE"],
        "duty": {"function": "Nhập số liệu"},
        "sectors": held["sectors"],
        "units": [{"code": f"unit-{VUNG_ANG}"}],
    }
    own = await ask(here, ME, by=await caller(here, "an"), on=TODAY)
    assert own.errors == []
    assert own.data["me"] == {
        "duties": [{"function": "Nhập số liệu"}],
        "grants": [
            {"role": "officer", "state": "ACTIVE", "proposer": "quan-tri", "duty": {"function": "Nhập số liệu"}}
        ],
    }


async def test_every_wrong_entry_of_a_list_is_told_by_its_place(here: World) -> None:
    duty = await a_duty(here)
    refused = await proposed(here, wanted(duty), wanted(duty, role="chief"), wanted(duty, ends="2027-01-02"))
    assert refused == {
        "grants": [],
        "errors": [
            {"code": "ROLE_UNKNOWN", "field": ["input", "grants", "1", "role"]},
            {"code": "OUTSIDE_DUTY", "field": ["input", "grants", "2", "ends"]},
        ],
    }
    [one] = (await proposed(here, wanted(duty)))["grants"]
    again = await done(here, APPROVE, "phe-duyet", grants=[one["id"], duty])
    assert again["errors"] == [{"code": "BAD_ID", "field": ["grants", "1"]}]


async def test_what_was_granted_is_taken_back_and_a_duty_ended(here: World) -> None:
    duty = await a_duty(here)
    [one] = (await proposed(here, wanted(duty)))["grants"]
    await done(here, APPROVE, "phe-duyet", grants=[one["id"]])
    [gone] = (await done(here, REVOKE, "thu-truong", grants=[one["id"]]))["grants"]
    assert gone["state"] == "REVOKED"
    account = (await done(here, END, "thu-truong", duty=duty))["account"]
    assert (account["duties"][0]["ends"], account["grants"]) == (
        str(TODAY),
        [{"id": one["id"], "role": "officer", "state": "REVOKED"}],
    )


async def test_the_head_names_who_stands_in_and_shuts_an_account(here: World) -> None:
    duty = await a_duty(here)
    account = (await done(here, STAND_IN, "thu-truong", duty=duty, who="binh"))["account"]
    assert account["duties"][0]["standIn"] == {"login": "binh"}
    assert (await done(here, STAND_IN, "quan-tri", duty=duty, who="chi"))["errors"] == [
        {"code": "NOT_UNIT_HEAD", "field": ["duty"]}
    ]
    assert (await done(here, SUSPEND, "thu-truong", login="an"))["account"]["state"] == "SUSPENDED"
    assert (await done(here, SUSPEND, "thu-truong", login="dung"))["errors"] == [
        {"code": "ACCOUNT_UNKNOWN", "field": ["login"]}
    ]


@pytest.mark.parametrize(
    ("login", "shown"),
    [
        ("quan-tri", {"proposeGrants", "suspendAccount"}),
        ("thu-truong", {"proposeGrants", "suspendAccount"}),
        ("phe-duyet", {"approveGrants"}),
        ("an", set()),
    ],
)
async def test_everybody_is_shown_what_is_his_to_do(here: World, login: str, shown: set[str]) -> None:
    asked = "{ __schema { mutationType { fields { name } } } }"
    told = await ask(here, asked, by=await caller(here, login), on=TODAY)
    names = {each["name"] for each in told.data["__schema"]["mutationType"]["fields"]}
    assert names & {"proposeGrants", "suspendAccount", "approveGrants"} == shown
