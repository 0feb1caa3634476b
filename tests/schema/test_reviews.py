"""Through the API accounts are listed as they stand, woken, opened again and closed, and what they hold is reviewed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dean06_auth import accounts, callers
from dean06_auth.accounts import Account
from dean06_auth.grants import GrantRow
from dean06_core.access import Caller
from dean06_core.catalogue import Catalogue
from dean06_core.database import Address, Database
from dean06_core.directory import Directory
from dean06_core.migrating import CORE, History, upgrade
from dean06_core.records import declared_access, records_of
from dean06_core.testing.places import Template, template
from tests.auth import offices, province
from tests.auth.offices import entry
from tests.auth.province import DONG_LOC, TODAY, VUNG_ANG
from tests.core.worlds import World
from tests.schema.asking import ask

pytestmark = pytest.mark.anyio

TABLES = declared_access([*records_of("dean06_core"), *records_of("dean06_auth")])
COMMUNE = f"unit-{VUNG_ANG}"
ACCOUNT = "login state refusal { code } warnings { code stopsOn } faults lastUsedOn unit { code }"
ONE = f"query ($login: String!) {{ account(login: $login) {{ {ACCOUNT} }} }}"
LIST = """query ($filter: AccountFilter, $first: Int, $after: String) {
    accounts(filter: $filter, first: $first, after: $after) {
        totalCount edges { node { login state } } pageInfo { endCursor hasNextPage } } }"""
PENDING = "{ pendingGrants { edges { node { id role proposer duty { function } } } pageInfo { hasNextPage } } }"
REVIEWS = """query ($state: [ReviewState!]) { accessReviews(state: $state) { totalCount edges { node {
    id dueOn state decidedBy unit { code } grants { id role state }
    entries { kept daysUsed peers peersDaysUsed account { login lastUsedOn } grant { id duty { function } } } } } } }"""
OPEN = """mutation ($units: [String!]!) { openReviews(units: $units) {
    reviews { id state grants { id role } } errors { code field } } }"""
DECIDE = """mutation ($review: ID!, $keep: [ID!]!, $end: [ID!]!) {
    decideReview(review: $review, keep: $keep, end: $end, reason: "Rà soát") {
        review { state decidedBy grants { id state } entries { kept } } errors { code field } } }"""
CHANGE = """mutation ($login: String!) { %s(login: $login%s) { account { login state } errors { code field } } }"""
WAKE = CHANGE % ("wakeAccount", "")
SUSPEND, RESTORE, CLOSE = (
    CHANGE % (verb, ', reason: "Rà soát"') for verb in ("suspendAccount", "restoreAccount", "closeAccount")
)
REPORT = """query ($on: Date) { accountReport(on: $on) { system asOf total counts { fault count }
    accounts(faults: [WITHOUT_FUNCTION]) { totalCount edges { node { login evidence } } } } }"""


@pytest.fixture(scope="module")
def settled() -> Template:
    return asyncio.run(template(_settle))


async def _settle(address: Address) -> None:
    """An and Bình hold an officer's grant; for Chi one was proposed by the head."""
    database = Database(address, TABLES)
    await upgrade(database, [CORE, History("auth", "dean06_auth.migrations")])
    async with database.service() as session:
        await session.run_sync(province.settle)
        office = await offices.settle(session, await Directory.load(session))
        for login in ("an", "binh"):
            await office.approve(*await office.propose(entry(await office.assign(login))))
        await office.propose(entry(await office.assign("chi")), by="thu-truong")
        office.people["an"].last_used_on = TODAY
    await database.close()


@pytest.fixture
async def here(tmp_path: Path, settled: Template) -> AsyncIterator[World]:
    with settled.copied(tmp_path) as address:
        database = Database(address, TABLES, readers=1)
        async with database.service_reading() as session:
            directory, indicators = await Directory.load(session), await Catalogue.load(session, offices.SECTORS)
        yield World(database, directory, indicators, offices.SECTORS)
        await database.close()


async def caller(here: World, login: str, on: date = TODAY) -> Caller:
    async with here.database.service_reading() as session:
        found = await callers.as_caller(session, login=login, reach=here.directory, on=on)
    assert found is not None
    return found


async def done(here: World, asked: str, by: str = "thu-truong", *, on: date = TODAY, **variables: Any) -> Any:
    told = await ask(here, asked, variables, by=await caller(here, by, on), on=on)
    assert told.errors == []
    [payload] = told.data.values()
    return payload


async def change(here: World, statement: Any) -> None:
    async with here.database.service() as session:
        await session.execute(statement)


async def test_accounts_are_told_as_they_stand(here: World) -> None:
    later = TODAY + timedelta(days=46)
    await change(here, sa.update(GrantRow).values(reviewed_on=TODAY - timedelta(days=149)))
    await change(here, sa.update(Account).where(Account.login == "binh").values(woken_on=TODAY + timedelta(days=6)))
    an = await done(here, ONE, login="an")
    assert an == {
        "login": "an",
        "state": "ACTIVE",
        "refusal": None,
        "warnings": [],
        "faults": [],
        "lastUsedOn": str(TODAY),
        "unit": {"code": COMMUNE},
    }
    assert (await done(here, ONE, login="binh"))["state"] == "INVITED"
    an, binh = [await done(here, ONE, on=later, by="quan-tri", login=login) for login in ("an", "binh")]
    assert (an["state"], an["refusal"], an["faults"]) == ("DORMANT", {"code": "ACCOUNT_DORMANT"}, ["DORMANT"])
    warnings = {each["code"]: each["stopsOn"] for each in binh["warnings"]}
    assert (binh["state"], warnings) == ("INVITED", {"IDLE_LAST": "2026-08-06", "REVIEW_DUE": "2026-08-01"})
    assert await done(here, ONE, login="dung") is None
    assert (await done(here, ONE, login="thu-truong"))["state"] == "ACTIVE"


async def test_the_list_is_of_ones_units_in_pages_by_login(here: World) -> None:
    first = await done(here, LIST, first=3)
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
    rest = await done(here, LIST, first=3, after=first["pageInfo"]["endCursor"])
    logins = [edge["node"]["login"] for edge in (*first["edges"], *rest["edges"])]
    assert logins == ["an", "binh", "chi", "thu-truong"]
    everywhere = await done(here, LIST, by="quan-tri", filter={"units": {"codes": [f"unit-{DONG_LOC}"]}})
    assert [edge["node"]["login"] for edge in everywhere["edges"]] == ["dung"]


@pytest.mark.parametrize(
    ("filter_", "logins"),
    [
        ({"states": ["ACTIVE"]}, ["an"]),
        ({"states": ["INVITED", "SUSPENDED"]}, ["binh", "chi"]),
        ({"states": ["DORMANT", "CLOSED"]}, []),
        ({"faults": ["WITHOUT_FUNCTION"]}, []),
        ({"faults": ["SURPLUS"], "states": ["INVITED"], "system": "dean06"}, ["binh", "chi"]),
    ],
)
async def test_the_list_may_be_of_some_states_and_faults(
    here: World, filter_: dict[str, Any], logins: list[str]
) -> None:
    """The head himself is told as who asks, and is in no list of those who never came."""
    await change(here, sa.update(Account).where(Account.login == "thu-truong").values(last_used_on=None))
    found = [edge["node"]["login"] for edge in (await done(here, LIST, filter=filter_))["edges"]]
    assert [login for login in found if login != "thu-truong"] == logins


async def test_accounts_of_another_system_are_asked_for_elsewhere(here: World) -> None:
    told = await ask(here, LIST, {"filter": {"system": "mot-cua"}}, by=await caller(here, "thu-truong"), on=TODAY)
    assert [error["extensions"] for error in told.errors] == [{"code": "SYSTEM_OTHER", "field": ["filter", "system"]}]


async def test_the_head_wakes_opens_again_and_closes(here: World) -> None:
    later = TODAY + timedelta(days=46)
    await change(here, sa.update(GrantRow).values(reviewed_on=TODAY))
    assert await done(here, WAKE, on=later, login="an") == {"account": {"login": "an", "state": "ACTIVE"}, "errors": []}
    assert (await done(here, SUSPEND, login="an"))["account"]["state"] == "SUSPENDED"
    assert (await done(here, WAKE, login="an"))["errors"] == [{"code": "ACCOUNT_SUSPENDED", "field": ["login"]}]
    assert (await done(here, RESTORE, login="an"))["account"]["state"] == "ACTIVE"
    assert (await done(here, CLOSE, login="an"))["account"]["state"] == "CLOSED"
    for verb in (WAKE, RESTORE):
        refused = await done(here, verb, login="thu-truong")
        assert refused["errors"] == [{"code": "ACCOUNT_OF_ONESELF", "field": ["login"]}]


async def test_an_approver_finds_what_waits_for_him(here: World) -> None:
    [edge] = (await done(here, PENDING, by="phe-duyet"))["edges"]
    assert (edge["node"]["role"], edge["node"]["proposer"]) == ("officer", "thu-truong")
    told = await ask(here, PENDING, by=await caller(here, "thu-truong"), on=TODAY)
    assert told.codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_review_is_opened_read_and_decided_once(here: World) -> None:
    opened = await done(here, OPEN, by="quan-tri", units=[COMMUNE])
    officers, head = opened["reviews"]
    ids = [grant["id"] for grant in officers["grants"]]
    listed = await done(here, REVIEWS, state=["OPEN"])
    assert listed["totalCount"] == 2
    node = next(edge["node"] for edge in listed["edges"] if edge["node"]["id"] == officers["id"])
    assert (node["dueOn"], node["state"], node["decidedBy"], node["unit"]) == (
        "2026-12-15",
        "OPEN",
        None,
        {"code": COMMUNE},
    )
    assert {entry_["account"]["login"]: entry_ for entry_ in node["entries"]}["an"] == {
        "kept": None,
        "daysUsed": 0,
        "peers": 1,
        "peersDaysUsed": 0.0,
        "account": {"login": "an", "lastUsedOn": str(TODAY)},
        "grant": {"id": ids[0], "duty": {"function": "Nhập số liệu"}},
    }
    wrong = await done(here, DECIDE, review=officers["id"], keep=[ids[0]], end=[ids[0], head["grants"][0]["id"]])
    assert wrong == {
        "review": None,
        "errors": [
            {"code": "GRANT_TWICE", "field": ["end", "0"]},
            {"code": "GRANT_NOT_IN_REVIEW", "field": ["end", "1"]},
        ],
    }
    misread = await done(here, DECIDE, review=officers["id"], keep=[], end=[head["id"]])
    assert misread["errors"] == [{"code": "BAD_ID", "field": ["end", "0"]}]
    decided = await done(here, DECIDE, review=officers["id"], keep=ids[:1], end=ids[1:])
    assert decided["errors"] == []
    assert (decided["review"]["state"], decided["review"]["decidedBy"]) == ("DECIDED", "thu-truong")
    assert {grant["id"]: grant["state"] for grant in decided["review"]["grants"]} == {
        ids[0]: "ACTIVE",
        ids[1]: "REVOKED",
    }
    again = await done(here, DECIDE, review=officers["id"], keep=ids, end=[])
    assert again["errors"] == [{"code": "REVIEW_DECIDED", "field": ["review"]}]
    own = await done(here, DECIDE, review=head["id"], keep=[head["grants"][0]["id"]], end=[])
    assert own["errors"] == [{"code": "GRANT_OF_ONESELF", "field": ["keep", "0"]}]


async def test_a_campaign_is_opened_for_all_units_or_none(here: World) -> None:
    refused = await done(here, OPEN, by="phe-duyet", units=[COMMUNE, f"unit-{DONG_LOC}"])
    assert refused == {"reviews": [], "errors": [{"code": "NOTHING_TO_REVIEW", "field": ["units", "1"]}]}
    assert (await done(here, REVIEWS))["totalCount"] == 0
    assert (await done(here, OPEN, units=[COMMUNE]))["errors"] == [
        {"code": "UNIT_NOT_GOVERNED", "field": ["units", "0"]}
    ]


async def test_our_own_accounts_are_reported_where_no_system_is_named(here: World) -> None:
    made = await done(here, REPORT)
    assert (made["system"], made["asOf"], made["total"]) == ("dean06", str(TODAY), 4)
    assert made["accounts"] == {"totalCount": 0, "edges": []}
    later = TODAY + timedelta(days=46)
    told = await ask(here, REPORT, {"on": str(later)}, by=await caller(here, "thu-truong"), on=TODAY)
    counts = {each["fault"]: each["count"] for each in told.data["accountReport"]["counts"]}
    assert (counts["DORMANT"], counts["SHARED"]) == (4, 0)


async def test_the_audit_log_keeps_what_a_review_kept_and_ended(here: World) -> None:
    officers, _ = (await done(here, OPEN, by="quan-tri", units=[COMMUNE]))["reviews"]
    ids = [grant["id"] for grant in officers["grants"]]
    await done(here, DECIDE, review=officers["id"], keep=ids[:1], end=ids[1:])
    await done(here, DECIDE, review=officers["id"], keep=ids, end=[])
    async with here.database.service_reading() as session:
        rows = (
            await session.execute(
                sa.text("select outcome, body from audit_event where action = 'reviews.decide' order by id")
            )
        ).all()
        grants = {
            login: str(id_)
            for login, id_ in await session.execute(
                sa.select(Account.login, GrantRow.id)
                .join(GrantRow, GrantRow.account_id == Account.id)
                .where(Account.login.in_(["an", "binh"]))
            )
        }
        assert await accounts.find(session, login="an") is not None
    assert [outcome for outcome, _ in rows] == ["DONE", "REVIEW_DECIDED"]
    assert all(id_ in rows[0].body for id_ in grants.values())


async def test_whoever_asks_why_is_told_of_disuse_and_of_a_review_that_is_missing(here: World) -> None:
    asked = f"""query ($on: Date) {{ explainAccess(login: "an", action: "RECORD", unit: "{COMMUNE}", sector: "health",
        dataClass: AGGREGATE, on: $on) {{ allowed reason }} }}"""
    await change(here, sa.update(GrantRow).where(GrantRow.given_by.is_not(None)).values(reviewed_on=date(2026, 12, 1)))
    soon, late = TODAY + timedelta(days=46), date(2026, 12, 30)
    assert (await done(here, asked, by="quan-tri"))["allowed"]
    dormant = await done(here, asked, by="quan-tri", on=soon)
    assert (dormant["allowed"], "wakeAccount" in dormant["reason"]) == (False, True)
    await change(here, sa.update(Account).values(last_used_on=late))
    overdue = await done(here, asked, by="quan-tri", on=late)
    assert (overdue["allowed"], "quá hạn rà soát nên không có hiệu lực từ ngày 30/12/2026" in overdue["reason"]) == (
        False,
        True,
    )
