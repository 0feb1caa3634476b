"""How an installation begins: its operator gives the first administrator and the first approver their roles."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import grants, review_rows, roles, standing
from dean06_auth.accounts import Account
from dean06_auth.grants import GrantRow
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_auth.roles import Role
from dean06_core import spelling
from dean06_core.access import ALL
from dean06_core.errors import BadInput

ROLES: Final = (roles.ADMINISTRATOR, roles.APPROVER)
LASTS: Final = timedelta(days=90)
"""Long enough to have the next ones proposed and approved."""


async def begin(
    session: AsyncSession,
    *,
    account: Account,
    role: Role,
    operator: str,
    reason: str,
    on: date,
    profile: Profile = VN_L3_2026,
) -> GrantRow:
    """Give a role everywhere to somebody while nobody has it, today or later; whoever comes next needs three people.

    Each has another of ``ROLES``: they exclude each other. Again once all who
    had the role have lost it, or are not let in any more, under the operator's
    name.
    """
    if role not in ROLES:
        raise BadInput(
            "ROLE_NOT_FIRST",
            f"Vai trò “{role.title}” không cấp lúc ban đầu. "
            f"Hãy chọn một trong: {', '.join(each.name for each in ROLES)}.",
            field=("role",),
        )
    holding = await session.execute(
        sa.select(Account, GrantRow)
        .join(GrantRow, GrantRow.account_id == Account.id)
        .where(
            GrantRow.role == role.name,
            on < GrantRow.ends,
            GrantRow.revoked_on.is_(None),
            sa.or_(GrantRow.given_by.is_not(None), GrantRow.approver_id.is_not(None)),
        )
        .order_by(GrantRow.id)
    )
    for holder, row in holding.all():
        if review_rows.lapses(row, profile) <= on or not await _is_let_in(session, holder, on, profile):
            continue
        raise BadInput(
            "ALREADY_BEGUN",
            f"Tài khoản “{holder.login}” đang giữ vai trò “{role.title}”. "
            "Hãy đề nghị và phê duyệt qua các tài khoản đang có.",
            field=("role",),
        )
    if not spelling.tidy(reason):
        raise BadInput("REASON_MISSING", "Chưa ghi lý do. Hãy ghi số, ngày của quyết định.", field=("reason",))
    return await grants.give(
        session,
        account=account,
        role=role.name,
        sectors=ALL,
        units=ALL,
        data_classes=role.data_classes,
        starts=on,
        ends=on + LASTS,
        basis=reason,
        given_by=f"operator:{spelling.tidy(operator)}",
    )


async def _is_let_in(session: AsyncSession, account: Account, on: date, profile: Profile) -> bool:
    try:
        await standing.refuse_unless_let_in(session, account_id=account.id, on=on, profile=profile)
    except BadInput:
        return False
    return True
