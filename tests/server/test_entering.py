"""Officers enter figures over HTTP at the same time: what each said is kept, and the later one answers."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from dean06_auth import roles
from dean06_core.database import Address
from dean06_core.directory import Directory
from dean06_core.observations import Observation
from dean06_server.installation import Installation
from tests.server.conftest import NOON, Hands
from tests.server.hiring import PASSWORD, admitted, hired

RECORD = """mutation ($value: Decimal!) { recordObservations(input: {period: "2025-07", cells: [
    {indicator: "health.hospital_cashless_payment_rate", unit: "42", numerator: $value, denominator: "100"}]}) {
    observations { revision display } errors { code } } }"""
SIGN_IN = """mutation ($login: String!, $password: String!) {
    signIn(login: $login, password: $password) { token errors { code } } }"""
DRAFTS = """{ observations(units: {codes: ["42"]}, periods: ["2025-07"],
    indicators: ["health.hospital_cashless_payment_rate"]) { numerator state } }"""
AT_ONCE = 8


@pytest.fixture
def officers(installation: Installation, address: Address) -> list[str]:
    """The tokens of so many officers of one unit."""
    return asyncio.run(_officers(installation, address))


def entered(client: TestClient, token: str, value: int) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    answered = client.post("/graphql", json={"query": RECORD, "variables": {"value": value}}, headers=headers)
    assert "errors" not in answered.json()
    return answered.json()["data"]["recordObservations"]


def test_what_many_officers_enter_at_once_is_all_kept(
    client: TestClient, installation: Installation, address: Address, officers: list[str]
) -> None:
    values = range(10, 10 + AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as people:
        answers = [*people.map(lambda token, value: entered(client, token, value), officers, values)]

    assert [answer["errors"] for answer in answers] == [[]] * AT_ONCE
    assert sorted(answer["observations"][0]["revision"] for answer in answers) == [*range(1, AT_ONCE + 1)]
    kept = asyncio.run(_kept(installation, address))
    assert sorted(numerator for _, numerator, _ in kept) == [*values]
    [last] = [row for row in kept if row.official]
    assert last.revision == AT_ONCE


def test_what_was_entered_outlives_the_session_in_which_it_was(
    client: TestClient, officers: list[str], hands: Hands
) -> None:
    """A draft is a row from the moment it is entered; who comes in again goes on with it."""

    def signed_in() -> str:
        sent = {"query": SIGN_IN, "variables": {"login": "officer.0", "password": PASSWORD}}
        token: str = client.post("/graphql", json=sent).json()["data"]["signIn"]["token"]
        return token

    before = signed_in()
    assert entered(client, before, 11)["observations"] == [{"revision": 1, "display": "11%"}]
    hands.at += timedelta(minutes=20)
    asked = {"json": {"query": DRAFTS}, "headers": {"Authorization": f"Bearer {before}"}}
    refused = client.post("/graphql", **asked)  # type: ignore[arg-type]  # as the client takes them
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_IDLE")
    assert "bản đang soạn vẫn còn" in refused.json()["errors"][0]["message"]

    after = signed_in()
    found = client.post("/graphql", json={"query": DRAFTS}, headers={"Authorization": f"Bearer {after}"}).json()
    assert found["data"]["observations"] == [{"numerator": "11", "state": "DRAFT"}]
    assert entered(client, after, 12)["observations"] == [{"revision": 2, "display": "12%"}]


def test_who_only_reads_has_no_way_to_enter(client: TestClient, token: str, officers: list[str]) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    answered = client.post("/graphql", json={"query": RECORD, "variables": {"value": 7}}, headers=headers).json()
    assert [error["extensions"]["code"] for error in answered["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
    assert entered(client, officers[0], 7)["errors"] == []


async def _officers(installation: Installation, address: Address) -> list[str]:
    database = installation.database(address)
    async with database.service() as session:
        unit = (await Directory.load(session)).named("42", NOON.date())
        issued = [
            await admitted(
                session, await hired(session, f"officer.{number}", roles.OFFICER, unit=unit.key, now=NOON), NOON
            )
            for number in range(AT_ONCE)
        ]
    await database.close()
    return issued


async def _kept(installation: Installation, address: Address) -> list[Any]:
    database = installation.database(address)
    async with database.service_reading() as session:
        columns = Observation.revision, Observation.numerator, Observation.official
        found = [*await session.execute(sa.select(*columns))]
    await database.close()
    return found
