"""Whoever operates the server may take a token for an account without its password, under his own name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import accounts, roles, tokens
from dean06_auth.accounts import Account, AccountState
from dean06_auth.grants import GrantRow
from dean06_auth.tokens import IssuedToken
from dean06_core import spelling
from dean06_core.access import DataClass
from dean06_core.errors import BadInput

LASTS: Final = timedelta(minutes=10)
LASTS_IN_DEMO: Final = timedelta(hours=1)

_BEYOND_OPERATORS: Final = frozenset({DataClass.IDENTIFIED, DataClass.GOVERNANCE, DataClass.AUDIT})


async def issue(
    session: AsyncSession,
    *,
    login: str,
    operator: str,
    reason: str | None,
    is_demo: bool,
    now: datetime,
    on: date,
) -> IssuedToken:
    """Issue a token for ``dean06 account token LOGIN``; the token's row keeps the operator's name and reason.

    Outside a demo database it needs a reason, lasts ten minutes, and is refused
    while the account holds or is about to hold a role that may see citizens,
    accounts or the audit log.
    """
    account = await accounts.find(session, login=login)
    if account is None:
        raise BadInput(
            "ACCOUNT_UNKNOWN", f"Không có tài khoản “{login}”. Hãy kiểm tra tên đăng nhập.", field=("login",)
        )
    if account.state is not AccountState.ACTIVE:
        raise BadInput(
            "ACCOUNT_NOT_ACTIVE",
            f"Tài khoản “{login}” đang bị khóa hoặc đã đóng. Hãy mở lại tài khoản trước khi lấy mã truy cập.",
            field=("login",),
        )
    if not spelling.tidy(operator):
        raise BadInput("OPERATOR_MISSING", "Chưa rõ người vận hành. Hãy ghi tên của chính bạn.", field=("operator",))
    if not is_demo:
        _refuse_without_reason(login, reason)
        await _refuse_beyond(session, account, on)
    return await tokens.issue(
        session,
        account_id=account.id,
        now=now,
        lifetime=LASTS_IN_DEMO if is_demo else LASTS,
        issued_by=f"operator:{spelling.tidy(operator)}",
        reason=spelling.tidy(reason or "") or None,
    )


def _refuse_without_reason(login: str, reason: str | None) -> None:
    if not spelling.tidy(reason or ""):
        raise BadInput(
            "REASON_MISSING",
            f"Lấy mã truy cập thay tài khoản “{login}” cần có lý do. Hãy ghi lý do bằng --reason.",
            field=("reason",),
        )


async def _refuse_beyond(session: AsyncSession, account: Account, on: date) -> None:
    held = await session.scalars(
        sa.select(GrantRow.role).where(GrantRow.account_id == account.id, on < GrantRow.ends).order_by(GrantRow.id)
    )
    for role in (roles.named(name) for name in held):
        if role.data_classes & _BEYOND_OPERATORS:
            raise BadInput(
                "ROLE_BEYOND_OPERATOR",
                f"Tài khoản “{account.login}” giữ vai trò “{role.title}”, được xem dữ liệu định danh, tài khoản hoặc "
                "nhật ký, nên không lấy mã truy cập thay được. Chủ tài khoản cần tự đăng nhập.",
                field=("login",),
            )
