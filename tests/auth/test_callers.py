"""Whoever knows the password is given a token, and whoever has the token holds what his account was granted."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from passlib.hash import argon2
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, callers, passwords, sign_ins, tokens
from dean06_auth.accounts import Account, AccountCredential, AccountState
from dean06_auth.attempts import Shown
from dean06_auth.grants import GrantRow, ReachKind, UnitsOf
from dean06_auth.tokens import IssuedToken
from dean06_core.access import Caller
from dean06_core.database import Database
from dean06_core.directory import Directory
from dean06_core.errors import BadInput
from tests.auth.province import HA_TINH, NOW, TODAY, VUNG_ANG, give, hire

pytestmark = pytest.mark.anyio

PASSWORD = "một mật khẩu dài"
STORED_EARLIER = argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)


async def employ(database: Database, *, state: AccountState = AccountState.ACTIVE) -> Account:
    """An account whose password was stored with weaker parameters, which makes it quick to check."""
    async with database.service() as session:
        account = await hire(session, "an", state=state)
        session.add(AccountCredential(account_id=account.id, password_hash=STORED_EARLIER, password_set_at=NOW))
        return account


async def sign_in(database: Database, login: str = "an", password: str = PASSWORD) -> IssuedToken:
    return (await sign_ins.sign_in(database, Shown(login, password), now=NOW, on=TODAY)).issued


async def caller(session: AsyncSession, token: str, directory: Directory) -> Caller | None:
    try:
        visit = await callers.visit_of(session, token=token, now=NOW, reach=directory, on=TODAY)
    except BadInput:
        return None
    return None if visit is None else visit.caller


async def test_the_right_password_is_exchanged_for_eight_hours(database: Database) -> None:
    account = await employ(database)
    issued = await sign_in(database, " AN ")
    assert issued.expires_at == NOW + timedelta(hours=8)
    async with database.service() as session:
        presented = await tokens.presented(session, token=issued.token, now=NOW)
        assert presented is not None
        assert (presented.account.id, presented.account.last_used_on) == (account.id, TODAY)


@pytest.mark.parametrize(
    ("login", "password", "state"),
    [
        pytest.param("an", "một mật khẩu sai", AccountState.ACTIVE, id="a wrong password"),
        pytest.param("binh", PASSWORD, AccountState.ACTIVE, id="a login that nobody has"),
        pytest.param("an\ud800", PASSWORD, AccountState.ACTIVE, id="a login that nobody can have"),
        pytest.param("an", "một mật khẩu sai", AccountState.SUSPENDED, id="a wrong password of a suspended account"),
        pytest.param("an", "một mật khẩu sai", AccountState.CLOSED, id="a wrong password of a closed account"),
        pytest.param("an", "a" * 1025, AccountState.ACTIVE, id="a password that nobody can have"),
    ],
)
async def test_every_failure_is_the_same_failure(
    database: Database, login: str, password: str, state: AccountState
) -> None:
    await employ(database, state=state)
    with pytest.raises(BadInput) as refused:
        await sign_in(database, login, password)
    assert repr(refused.value) == repr(
        BadInput(
            "SIGN_IN_FAILED",
            "Không đăng nhập được: tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản không hoạt động. "
            "Hãy kiểm tra rồi nhập lại; nếu vẫn không được, hãy liên hệ người quản trị.",
        )
    )
    async with database.service() as session:
        assert await session.scalar(sa.select(Account.last_used_on)) is None


async def test_an_unknown_login_costs_the_same_statements_and_the_same_hash(
    database: Database, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await employ(database)
    checked: list[bytes] = []
    monkeypatch.setattr(passwords, "_check", lambda password, _stored: checked.append(password))
    costs = []
    for login in ("an", "binh"):
        statements.clear()
        with pytest.raises(BadInput, match="Không đăng nhập được"):
            await sign_in(database, login)
        costs.append(list(statements))
    assert costs[0] == costs[1]
    assert len(costs[0]) == 10, "three to count the attempt, one to find the password, six to tell the log"
    assert checked == [PASSWORD.encode()] * 2


async def test_signing_in_renews_a_password_that_was_stored_with_weaker_parameters(database: Database) -> None:
    account = await employ(database)
    await sign_in(database)
    async with database.service() as session:
        renewed = await session.get_one(AccountCredential, account.id)
        assert not passwords.is_outdated(renewed.password_hash)
        assert renewed.password_set_at == NOW
    await sign_in(database)
    async with database.service() as session:
        assert (await session.get_one(AccountCredential, account.id)).password_hash == renewed.password_hash


async def test_a_password_changed_meanwhile_is_not_put_back(session: AsyncSession) -> None:
    account = await hire(session)
    session.add(AccountCredential(account_id=account.id, password_hash="changed", password_set_at=NOW))
    await session.flush()
    await accounts.note_sign_in(session, account_id=account.id, on=TODAY, stored="checked", renewed="renewed")
    assert await session.scalar(sa.select(AccountCredential.password_hash)) == "changed"


async def test_many_sign_in_at_one_moment(database: Database) -> None:
    await employ(database)
    issued = await asyncio.gather(*(sign_in(database) for _ in range(6)))
    assert len({each.token for each in issued}) == 6


async def test_a_caller_is_the_account_with_its_grants(
    database: Database, session: AsyncSession, directory: Directory
) -> None:
    account = await hire(session)
    row = await give(session, account)
    issued = await tokens.issue(session, account_id=account.id, now=NOW, lifetime=timedelta(hours=8))
    found = await caller(session, issued.token, directory)
    assert found is not None
    assert (found.login, found.name, found.unit, found.account) == ("an", "Nguyễn Văn An", VUNG_ANG, account.id)
    assert [grant.id for grant in found.grants] == [row.id]
    assert found.units(TODAY) == frozenset({VUNG_ANG})


async def test_an_account_without_grants_is_a_caller_who_holds_nothing(
    session: AsyncSession, directory: Directory
) -> None:
    account = await hire(session)
    issued = await tokens.issue(session, account_id=account.id, now=NOW, lifetime=timedelta(hours=8))
    found = await caller(session, issued.token, directory)
    assert found == Caller(login="an", name="Nguyễn Văn An", unit=VUNG_ANG, grants=(), account=account.id)


async def test_whoever_signed_out_calls_no_more(session: AsyncSession, directory: Directory) -> None:
    account = await hire(session)
    issued = await tokens.issue(session, account_id=account.id, now=NOW, lifetime=timedelta(hours=8))
    assert await caller(session, issued.token, directory)
    await tokens.revoke(session, token=issued.token, now=NOW)
    assert await caller(session, issued.token, directory) is None


@pytest.mark.parametrize("held", [0, 1, 5])
async def test_recognising_a_caller_takes_two_statements_however_much_he_holds(
    session: AsyncSession, directory: Directory, statements: list[str], held: int
) -> None:
    account = await hire(session)
    for _ in range(held):
        await give(
            session,
            account,
            sectors=("health", "tax"),
            units=(UnitsOf(ReachKind.SUBTREE, VUNG_ANG), UnitsOf(ReachKind.SUBTREE, HA_TINH)),
        )
    issued = await tokens.issue(session, account_id=account.id, now=NOW, lifetime=timedelta(hours=8))
    session.expunge_all()
    statements.clear()
    found = await caller(session, issued.token, directory)
    assert found is not None
    assert len(found.grants) == held
    assert len(statements) == 2


async def test_a_grant_that_was_taken_away_is_gone_from_the_next_request(
    session: AsyncSession, directory: Directory
) -> None:
    account = await hire(session)
    row = await give(session, account)
    issued = await tokens.issue(session, account_id=account.id, now=NOW, lifetime=timedelta(hours=8))
    await session.execute(sa.update(GrantRow).where(GrantRow.id == row.id).values(ends=TODAY))
    found = await caller(session, issued.token, directory)
    assert found is not None
    assert found.grants == ()
