"""Over HTTP: a session ends by disuse, age and a newer one; what is owed is done first; nothing secret is logged."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from passlib.totp import TOTP
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from dean06_auth import accounts, grants, roles, sessions
from dean06_auth.accounts import Account, AccountCredential
from dean06_auth.attempts import Door
from dean06_auth.secret_boxes import SecretBox
from dean06_auth.standing_days import AccountDay, DayKind
from dean06_auth.tokens import AccessToken
from dean06_core.access import ALL
from dean06_core.database import Address
from dean06_server import app
from dean06_server.installation import Installation
from tests.server.conftest import NOON, Hands
from tests.server.hiring import PASSWORD

NEW = "Ruộng-bậc-thang-7"
TELEPHONE = "Mozilla/5.0 (iPhone; Mobile)"
SIGN_IN = """mutation ($login: String!, $password: String!, $code: String) {
  signIn(login: $login, password: $password, secondFactor: $code) {
    token secondFactorRequired nextSteps errors { code } } }"""
CHANGE = (
    "mutation ($current: String!, $new: String!) { changePassword(current: $current, new: $new) { errors { code } } }"
)
ENROL = "mutation ($current: String!) { enrolSecondFactor(current: $current) { uri key errors { code } } }"
CONFIRM = "mutation ($code: String!) { confirmSecondFactor(code: $code) { recoveryCodes errors { code } } }"
SESSIONS = "{ me { sessions { id device startedAt lastUsedAt current } } }"
END = "mutation ($id: ID!) { endSession(session: $id) { errors { code } } }"
MINUTE = timedelta(minutes=1)

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def client(installation: Installation, address: Address, hands: Hands) -> Iterator[TestClient]:
    site = app.create(installation, address, now=hands, door=Door(box=SecretBox((b"k" * 32,))))
    with TestClient(site, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def ask(client: TestClient) -> Ask:
    def send(query: str, token: str | None = None, *, agent: str = "Firefox", **variables: Any) -> dict[str, Any]:
        headers = {"User-Agent": agent} | ({} if token is None else {"Authorization": f"Bearer {token}"})
        answered: dict[str, Any] = client.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        ).json()
        return answered

    return send


@pytest.fixture
def do(installation: Installation, address: Address) -> Callable[[Callable[[AsyncSession], Awaitable[Any]]], Any]:
    """Do something in the database as a service."""

    def done(work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            database = installation.database(address)
            async with database.service() as session:
                found = await work(session)
            await database.close()
            return found

        return asyncio.run(run())

    return done


def entered(ask: Ask, login: str = "clerk", password: str = PASSWORD, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = ask(SIGN_IN, login=login, password=password, **more)["data"]["signIn"]
    return told


def is_in(ask: Ask, token: str) -> bool:
    return "errors" not in ask("{ me { login } }", token)


def shown(ask: Ask, token: str) -> set[str]:
    """The fields at the root that the holder of a token is shown."""
    query = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }"
    schema = ask(query, token)["data"]["__schema"]
    return {field["name"] for kind in schema.values() for field in kind["fields"]}


async def _administrator(session: AsyncSession) -> None:
    unit = await session.scalar(sa.select(Account.unit_key))
    assert unit is not None
    account = await accounts.open(
        session, login="admin", name="Lê Thị Cúc", unit_key=unit, password=PASSWORD, now=NOON, change_required=False
    )
    await grants.give(
        session,
        account=account,
        role=roles.ADMINISTRATOR.name,
        sectors=ALL,
        units=ALL,
        data_classes=roles.ADMINISTRATOR.data_classes,
        starts=NOON.date(),
        ends=NOON.date() + timedelta(days=300),
        basis="Thử",
    )


async def _require_change(session: AsyncSession) -> None:
    await session.execute(sa.update(AccountCredential).values(change_required=True))


def test_a_session_ends_when_it_lies_unused_and_not_while_it_is_used(ask: Ask, hands: Hands) -> None:
    token = entered(ask)["token"]
    for _ in range(4):
        hands.at += 14 * MINUTE
        assert is_in(ask, token)
    hands.at += 15 * MINUTE
    assert not is_in(ask, token)


def test_a_session_ends_after_eight_hours_however_much_it_is_used(ask: Ask, hands: Hands) -> None:
    token = entered(ask)["token"]
    for _ in range(47):
        hands.at += 10 * MINUTE
        assert is_in(ask, token)
    hands.at += 10 * MINUTE
    assert not is_in(ask, token)


def test_a_session_that_goes_on_after_midnight_was_used_on_both_days(ask: Ask, hands: Hands, do: Any) -> None:
    hands.at = NOON.replace(hour=16, minute=50)
    token = entered(ask)["token"]
    hands.at += 15 * MINUTE - timedelta(seconds=1)
    assert is_in(ask, token)

    async def days(session: AsyncSession) -> list[date]:
        used = sa.select(AccountDay.on).join(Account).where(AccountDay.kind == DayKind.USED, Account.login == "clerk")
        return [*await session.scalars(used.order_by(AccountDay.on))]

    async def last(session: AsyncSession) -> date | None:
        return await session.scalar(sa.select(Account.last_used_on).where(Account.login == "clerk"))

    until = time.monotonic() + 5
    while do(last) != NOON.date() + timedelta(days=1) and time.monotonic() < until:
        time.sleep(0.05)
    assert do(days) == [NOON.date(), NOON.date() + timedelta(days=1)]


def test_the_newest_session_of_a_kind_of_device_is_the_only_one(ask: Ask) -> None:
    first, telephone = entered(ask)["token"], entered(ask, agent=TELEPHONE)["token"]
    second = entered(ask)["token"]
    assert [is_in(ask, token) for token in (first, telephone, second)] == [False, True, True]


def test_of_twenty_racing_sign_ins_one_session_is_left(ask: Ask, do: Any) -> None:
    with ThreadPoolExecutor(20) as racing:
        told = list(racing.map(lambda _: entered(ask), range(20)))
    tokens = [each["token"] for each in told if each["token"]]
    assert tokens
    assert {error["code"] for each in told for error in each["errors"]} <= {"TOO_BUSY"}
    assert [is_in(ask, token) for token in tokens].count(True) == 1

    async def count(session: AsyncSession) -> int | None:
        return await session.scalar(
            sa.select(sa.func.count()).where(AccessToken.device_kind.is_not(None), AccessToken.revoked_at.is_(None))
        )

    assert do(count) == 1


def test_one_sees_and_ends_ones_own_sessions_and_no_others(ask: Ask, do: Any, token: str) -> None:
    own, telephone = entered(ask)["token"], entered(ask, agent=TELEPHONE)["token"]
    listed = ask(SESSIONS, own)["data"]["me"]["sessions"]
    assert [(each["device"], each["current"]) for each in listed[:2]] == [(TELEPHONE, False), ("Firefox", True)]
    assert ask(END, own, id=listed[0]["id"])["data"]["endSession"]["errors"] == []
    assert [is_in(ask, each) for each in (own, telephone)] == [True, False]
    assert ask(END, own, id=listed[0]["id"])["data"]["endSession"]["errors"] == [{"code": "SESSION_UNKNOWN"}]
    assert ask(END, own, id="không phải")["data"]["endSession"]["errors"] == [{"code": "SESSION_UNKNOWN"}]


def test_every_session_ends_with_the_account_in_one_transaction(ask: Ask, do: Any) -> None:
    tokens = [entered(ask)["token"], entered(ask, agent=TELEPHONE)["token"]]

    async def end(session: AsyncSession) -> None:
        account = await accounts.find(session, login="clerk")
        assert account is not None
        await sessions.end_all(session, account_id=account.id, now=NOON)

    do(end)
    assert not any(is_in(ask, token) for token in tokens)


def test_whoever_was_handed_a_password_changes_it_before_anything_else(ask: Ask, do: Any) -> None:
    do(_require_change)
    told = entered(ask)
    assert told["nextSteps"] == ["CHANGE_PASSWORD"]
    token = told["token"]
    assert shown(ask, token) == {"signedIn", "signIn", "completeSignIn", "signOut", "changePassword"}
    for current, new, code in (
        ("sai", NEW, "PASSWORD_WRONG"),
        (PASSWORD, "Matkhau@2026!!", "PASSWORD_KNOWN"),
        (PASSWORD, "ngan", "PASSWORD_TOO_SHORT"),
    ):
        assert ask(CHANGE, token, current=current, new=new)["data"]["changePassword"]["errors"] == [{"code": code}]
    assert ask(CHANGE, token, current=PASSWORD, new=NEW)["data"]["changePassword"]["errors"] == []
    assert is_in(ask, token)
    assert ask(CHANGE, token, current=NEW, new=NEW)["data"]["changePassword"]["errors"] == [
        {"code": "PASSWORD_USED_BEFORE"}
    ]
    assert entered(ask)["errors"] == [{"code": "SIGN_IN_FAILED"}]
    assert entered(ask, password=NEW)["nextSteps"] == []


def test_a_password_of_ninety_days_is_changed_first(ask: Ask, hands: Hands) -> None:
    for _ in range(2):
        hands.at += timedelta(days=44)
        assert entered(ask)["nextSteps"] == []
    hands.at += timedelta(days=2) - MINUTE
    assert entered(ask)["nextSteps"] == []
    hands.at += MINUTE
    assert entered(ask)["nextSteps"] == ["CHANGE_PASSWORD"]


def test_an_administrator_enrols_a_device_before_anything_else_and_a_code_is_good_for_once(
    ask: Ask, do: Any, hands: Hands
) -> None:
    do(_administrator)
    told = entered(ask, "admin")
    assert told["nextSteps"] == ["ENROL_SECOND_FACTOR"]
    token = told["token"]
    enrolling = {"enrolSecondFactor", "confirmSecondFactor"}
    assert shown(ask, token) == {"signedIn", "signIn", "completeSignIn", "signOut"} | enrolling
    device = TOTP.from_uri(ask(ENROL, token, current=PASSWORD)["data"]["enrolSecondFactor"]["uri"])
    code = device.generate(hands.at).token
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert ask(CONFIRM, token, code=wrong)["data"]["confirmSecondFactor"]["errors"] == [{"code": "SECOND_FACTOR_WRONG"}]
    recovery = ask(CONFIRM, token, code=code)["data"]["confirmSecondFactor"]["recoveryCodes"]
    assert len(set(recovery)) == 10
    assert is_in(ask, token)

    assert entered(ask, "admin")["secondFactorRequired"]
    assert entered(ask, "admin", code=code)["errors"] == [{"code": "SIGN_IN_FAILED"}]
    hands.at += MINUTE
    code = device.generate(hands.at).token
    assert entered(ask, "admin", code=code)["nextSteps"] == []
    assert entered(ask, "admin", code=code)["errors"] == [{"code": "SIGN_IN_FAILED"}]
    assert entered(ask, "admin", code=recovery[0].upper())["token"]
    assert entered(ask, "admin", code=recovery[0])["errors"] == [{"code": "SIGN_IN_FAILED"}]


def test_of_twenty_with_one_code_exactly_one_comes_in(ask: Ask, do: Any, hands: Hands) -> None:
    do(_administrator)
    token = entered(ask, "admin")["token"]
    device = TOTP.from_uri(ask(ENROL, token, current=PASSWORD)["data"]["enrolSecondFactor"]["uri"])
    ask(CONFIRM, token, code=device.generate(hands.at).token)
    hands.at += MINUTE
    code = device.generate(hands.at).token
    with ThreadPoolExecutor(20) as racing:
        told = list(racing.map(lambda _: entered(ask, "admin", code=code), range(20)))
    assert sum(each["token"] is not None for each in told) == 1


def test_an_administrators_session_lies_unused_for_five_minutes(ask: Ask, do: Any, hands: Hands) -> None:
    do(_administrator)
    token = entered(ask, "admin")["token"]
    hands.at += 5 * MINUTE - timedelta(seconds=1)
    assert "errors" not in ask("{ signedIn }", token)
    hands.at += 5 * MINUTE
    assert ask("{ signedIn }", token)["errors"][0]["extensions"]["code"] == "TOKEN_IDLE"


def test_a_password_of_ten_megabytes_is_refused_as_too_large(client: TestClient) -> None:
    body = {"query": SIGN_IN, "variables": {"login": "clerk", "password": "ậ" * 10_000_000}}
    assert client.post("/graphql", json=body).status_code == 413


def test_no_secret_stands_in_any_log(ask: Ask, do: Any, hands: Hands, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    do(_administrator)
    token = entered(ask, "admin")["token"]
    enrolled = ask(ENROL, token, current=PASSWORD)["data"]["enrolSecondFactor"]
    code = TOTP.from_uri(enrolled["uri"]).generate(hands.at).token
    recovery = ask(CONFIRM, token, code=code)["data"]["confirmSecondFactor"]["recoveryCodes"]
    ask(CHANGE, token, current=PASSWORD, new=NEW)
    again = entered(ask, "admin", password=NEW, code=recovery[0])["token"]
    entered(ask, "admin", password="một bí mật sai")
    ask("mutation { signOut { errors { code } } }", again)
    assert caplog.records, "everything at DEBUG is seen"
    secrets = [token, again, PASSWORD, NEW, "một bí mật sai", code, enrolled["key"], *recovery]
    written = "\n".join(f"{record.getMessage()} {record.args} {record.exc_text}" for record in caplog.records)
    assert [secret for secret in secrets if secret and secret in written] == []
