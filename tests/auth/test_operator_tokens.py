"""An operator takes a token under his own name: freely in a demo, elsewhere briefly, for few roles and a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import operator_tokens, tokens
from dean06_auth.accounts import AccountState
from dean06_auth.tokens import AccessToken, IssuedToken
from dean06_core.errors import BadInput
from tests.auth.province import NOW, TODAY, count, give, give_governance, hire

pytestmark = pytest.mark.anyio


async def issue(
    session: AsyncSession,
    *,
    login: str = "an",
    operator: str = "hung",
    reason: str | None = "kiểm tra số liệu tuần 24",
    is_demo: bool = False,
) -> IssuedToken:
    return await operator_tokens.issue(
        session, login=login, operator=operator, reason=reason, is_demo=is_demo, now=NOW, on=TODAY
    )


async def test_an_operator_is_given_ten_minutes_and_his_name_and_reason_are_kept(session: AsyncSession) -> None:
    account = await hire(session)
    await give(session, account, "officer")
    issued = await issue(session, login="AN")
    assert issued.expires_at == NOW + timedelta(minutes=10)
    presented = await tokens.presented(session, token=issued.token, now=NOW)
    assert presented is not None
    assert presented.account is account
    kept = await session.scalar(sa.select(AccessToken))
    assert kept is not None
    assert (kept.account_id, kept.issued_by, kept.reason) == (account.id, "operator:hung", "kiểm tra số liệu tuần 24")


@pytest.mark.parametrize("reason", [None, " "])
async def test_outside_a_demo_a_reason_is_needed(session: AsyncSession, reason: str | None) -> None:
    await hire(session)
    with pytest.raises(BadInput) as refused:
        await issue(session, reason=reason)
    assert (refused.value.code, refused.value.message) == (
        "REASON_MISSING",
        "Lấy mã truy cập thay tài khoản “an” cần có lý do. Hãy ghi lý do bằng --reason.",
    )
    assert await count(session, AccessToken) == 0


@pytest.mark.parametrize("role", ["administrator", "approver", "auditor"])
async def test_outside_a_demo_nobody_acts_for_those_who_govern(session: AsyncSession, role: str) -> None:
    await give_governance(session, await hire(session), role)
    with pytest.raises(BadInput) as refused:
        await issue(session)
    assert refused.value.code == "ROLE_BEYOND_OPERATOR"
    assert refused.value.message.endswith("nên không lấy mã truy cập thay được. Chủ tài khoản cần tự đăng nhập.")
    assert await count(session, AccessToken) == 0


async def test_a_role_that_starts_tomorrow_is_refused_today(session: AsyncSession) -> None:
    await give_governance(session, await hire(session), "approver", starts=TODAY + timedelta(days=1))
    with pytest.raises(BadInput, match="Người phê duyệt quyền"):
        await issue(session)


async def test_a_role_that_has_ended_no_longer_matters(session: AsyncSession) -> None:
    account = await hire(session)
    row = await give(session, account)
    row.role, row.ends = "approver", date(2026, 6, 15)
    assert await issue(session)


@pytest.mark.parametrize("role", ["administrator", "approver", "auditor"])
async def test_in_a_demo_every_role_is_given_for_an_hour_without_a_reason(session: AsyncSession, role: str) -> None:
    await give_governance(session, await hire(session), role)
    issued = await issue(session, reason=None, is_demo=True)
    assert issued.expires_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("is_demo", [True, False])
async def test_an_operator_says_who_he_is(session: AsyncSession, is_demo: bool) -> None:
    await hire(session)
    with pytest.raises(BadInput, match="Hãy ghi tên của chính bạn"):
        await issue(session, operator=" ", is_demo=is_demo)


@pytest.mark.parametrize("is_demo", [True, False])
async def test_an_account_that_there_is_not_has_no_token(session: AsyncSession, is_demo: bool) -> None:
    with pytest.raises(BadInput, match="Không có tài khoản “an”"):
        await issue(session, is_demo=is_demo)


@pytest.mark.parametrize("is_demo", [True, False])
async def test_an_account_that_is_suspended_has_no_token(session: AsyncSession, is_demo: bool) -> None:
    await hire(session, state=AccountState.SUSPENDED)
    with pytest.raises(BadInput, match="đang bị khóa hoặc đã đóng"):
        await issue(session, is_demo=is_demo)
