"""A token speaks for its account until it expires or is revoked, and is written down nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import tokens
from dean06_auth.accounts import Account, AccountState
from dean06_auth.tokens import AccessToken, IssuedToken
from dean06_core.access import ALL, DataClass, Right
from dean06_core.database import Database
from dean06_core.testing.databases import everything_kept
from tests.auth.province import NOW, hire

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


async def issue(session: AsyncSession, account: Account, lifetime: timedelta = HOUR) -> IssuedToken:
    return await tokens.issue(session, account_id=account.id, now=NOW, lifetime=lifetime)


async def holder(session: AsyncSession, issued: IssuedToken, at: datetime = NOW) -> Account | None:
    presented = await tokens.presented(session, token=issued.token, now=at)
    return None if presented is None else presented.account


async def test_a_token_is_known_by_its_beginning_and_never_twice_the_same(session: AsyncSession) -> None:
    account = await hire(session)
    first, second = await issue(session, account), await issue(session, account)
    assert first.token.startswith("d06_")
    assert len(first.token) == 47
    assert first.token != second.token
    assert first.expires_at == NOW + HOUR


@pytest.mark.parametrize(
    ("at", "speaks"),
    [
        pytest.param(NOW, True, id="at once"),
        pytest.param(NOW + HOUR - timedelta(seconds=1), True, id="in its last second"),
        pytest.param(NOW + HOUR, False, id="when it expires"),
    ],
)
async def test_a_token_speaks_until_it_expires(session: AsyncSession, at: datetime, speaks: bool) -> None:
    account = await hire(session)
    issued = await issue(session, account)
    assert await holder(session, issued, at) is (account if speaks else None)


async def test_a_revoked_token_is_silent_and_the_other_still_speaks(session: AsyncSession) -> None:
    account = await hire(session)
    ended, other = await issue(session, account), await issue(session, account)
    await tokens.revoke(session, token=ended.token, now=NOW)
    assert await holder(session, ended) is None
    assert await holder(session, other) is account


async def test_revoking_again_keeps_the_moment_of_the_first_time(session: AsyncSession) -> None:
    issued = await issue(session, await hire(session))
    await tokens.revoke(session, token=issued.token, now=NOW)
    await tokens.revoke(session, token=issued.token, now=NOW + HOUR)
    assert await session.scalar(sa.select(AccessToken.revoked_at)) == NOW


@pytest.mark.parametrize(
    ("state", "speaks"),
    [(AccountState.ACTIVE, True), (AccountState.SUSPENDED, False), (AccountState.CLOSED, False)],
)
async def test_a_token_speaks_for_an_active_account_only(
    session: AsyncSession, state: AccountState, speaks: bool
) -> None:
    account = await hire(session)
    issued = await issue(session, account)
    account.state = state
    assert (await holder(session, issued) is not None) is speaks


@pytest.mark.parametrize("token", ["", "d06_", "d06_" + "A" * 42, "d06_" + "\ud800" * 43, "eyJhbGciOiJub25lIn0.e30."])
async def test_what_cannot_be_a_token_costs_no_statement(
    session: AsyncSession, statements: list[str], token: str
) -> None:
    assert await tokens.presented(session, token=token, now=NOW) is None
    await tokens.revoke(session, token=token, now=NOW)
    assert statements == []


async def test_a_token_that_was_never_issued_speaks_for_nobody(session: AsyncSession) -> None:
    await issue(session, await hire(session))
    assert await tokens.presented(session, token="d06_" + "A" * 43, now=NOW) is None


async def test_the_token_itself_is_neither_stored_nor_shown(database: Database) -> None:
    async with database.service() as session:
        issued = await issue(session, await hire(session))
    assert issued.token not in repr(issued)
    assert issued.token not in await everything_kept(database)


async def test_no_right_at_all_reads_the_digests(database: Database) -> None:
    async with database.service() as session:
        await issue(session, await hire(session))
    async with database.reading(tuple(Right(data_class, ALL, ALL) for data_class in DataClass)) as session:
        with pytest.raises(DatabaseError, match=r"prohibited|not authorized|permission denied"):
            await session.execute(sa.select(AccessToken.digest))


async def test_the_database_keeps_no_token_that_has_expired_when_issued(session: AsyncSession) -> None:
    account = await hire(session)
    with pytest.raises(IntegrityError, match="ck_access_token_lasts_some_time"):
        async with session.begin_nested():
            await issue(session, account, timedelta())
