"""Whether an account is let in, judged at each use by what is known and the day; nothing is computed at night.

Whoever is not let in is told why, since when and who can mend it; nobody else
is told anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_auth import grants, tokens
from dean06_auth.accounts import Account, AccountState
from dean06_auth.grants import Held
from dean06_auth.profile import Profile
from dean06_auth.standing_days import day_of
from dean06_auth.tokens import AccessToken, Presented, TokenEnd
from dean06_core.errors import BadInput

CLOSED: Final = "ACCOUNT_CLOSED"
SUSPENDED: Final = "ACCOUNT_SUSPENDED"
LEFT: Final = "PERSON_LEFT"
DORMANT: Final = "ACCOUNT_DORMANT"
REVIEW_OVERDUE: Final = "REVIEW_OVERDUE"
CODES: Final = frozenset({CLOSED, SUSPENDED, LEFT, DORMANT, REVIEW_OVERDUE})

_HEAD: Final = "thủ trưởng đơn vị"
_ENDED: Final = {
    TokenEnd.SIGNED_OUT: "phiên làm việc đã đăng xuất",
    TokenEnd.REPLACED: "tài khoản đã đăng nhập ở nơi khác trên cùng loại thiết bị",
    TokenEnd.ENDED_BY_HOLDER: "chủ tài khoản đã kết thúc phiên này từ một phiên khác",
    TokenEnd.PASSWORD_CHANGED: "mật khẩu đã được đổi",
    TokenEnd.SECOND_FACTOR_CHANGED: "thiết bị xác thực thứ hai đã được đổi",
    TokenEnd.SHARED_USE: "tài khoản có dấu hiệu nhiều người dùng chung",
    TokenEnd.SUSPENDED: "tài khoản đã bị tạm khóa, nay đã mở lại",
    TokenEnd.CLOSED: "tài khoản đã đóng",
    TokenEnd.ENDED: "người quản lý đã kết thúc phiên này",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """``message`` is Vietnamese; ``stops_on`` is the first day on which it will be refused."""

    code: str
    message: str
    stops_on: date


def refusal(account: Account, *, duties_over: date | None, held: Held, on: date, profile: Profile) -> BadInput | None:
    """Why an account is not let in on a day; None where it is. ``held`` is of that day."""
    match account.state:
        case AccountState.CLOSED:
            return _closed(account)
        case AccountState.SUSPENDED:
            return _suspended(account)
        case AccountState.ACTIVE:
            pass
    if duties_over is not None and duties_over <= on and not held.has_own:
        return BadInput(
            LEFT,
            f"Mọi nhiệm vụ được phân công cho tài khoản “{account.login}” đã hết từ ngày {duties_over:%d/%m/%Y}. "
            f"Hãy đề nghị {_HEAD} phân công nhiệm vụ và cấp quyền mới.",
        )
    if is_dormant(account, on, profile):
        since = idle_since(account)
        return BadInput(
            DORMANT,
            f"Tài khoản “{account.login}” không dùng từ ngày {since:%d/%m/%Y}, {(on - since).days} ngày; quá "
            f"{profile.dormant_days} ngày thì không vào được. Hãy đề nghị {_HEAD} mở lại bằng wakeAccount.",
        )
    if held.is_all_overdue:
        return BadInput(
            REVIEW_OVERDUE,
            f"Mọi quyền của tài khoản “{account.login}” quá hạn rà soát từ ngày {max(held.lapsed):%d/%m/%Y} nên không "
            f"có hiệu lực. Hãy đề nghị {_HEAD} hoặc người quản trị rà soát bằng decideReview.",
        )
    return None


def idle_since(account: Account) -> date:
    """The day from which unused days are counted: of the last use, of being woken, or of being opened."""
    known = (day_of(account.created_at), account.last_used_on, account.woken_on)
    return max(day for day in known if day is not None)


def is_dormant(account: Account, on: date, profile: Profile) -> bool:
    return (on - idle_since(account)).days > profile.dormant_days


def idle_warning(account: Account, on: date, profile: Profile) -> Notice | None:
    """That an account goes dormant soon, and when."""
    since = idle_since(account)
    days, stops_on = (on - since).days, since + timedelta(days=profile.dormant_days + 1)
    if account.state is not AccountState.ACTIVE or days < profile.warn_days or stops_on <= on:
        return None
    left = (stops_on - on).days
    message = (
        f"Tài khoản “{account.login}” {days} ngày chưa dùng. Hãy đăng nhập trước ngày {stops_on:%d/%m/%Y} "
        f"(còn {left} ngày); từ ngày đó phải nhờ {_HEAD} mở lại."
    )
    return Notice("IDLE_LAST" if days >= profile.warn_days_again else "IDLE_LONG", message, stops_on)


def end_of(presented: Presented, *, now: datetime) -> BadInput | None:
    """Why a token speaks for nobody any more; None where it still does. TOKEN_INVALID where nothing is kept of why."""
    token, account = presented.token, presented.account
    if token.revoked_at is not None:
        if token.ended_as is TokenEnd.SUSPENDED and account.state is AccountState.SUSPENDED:
            return _suspended(account)
        if token.ended_as in (TokenEnd.SUSPENDED, TokenEnd.CLOSED) and account.state is AccountState.CLOSED:
            return _closed(account)
        return _ended(token)
    if token.expires_at <= now:
        return BadInput(
            "TOKEN_EXPIRED", "Mã truy cập đã hết thời hạn. Hãy đăng nhập lại bằng signIn; bản đang soạn vẫn còn."
        )
    return None


def idle() -> BadInput:
    return BadInput(
        "TOKEN_IDLE",
        "Phiên làm việc đã kết thúc vì lâu không thao tác. Hãy đăng nhập lại bằng signIn; bản đang soạn vẫn còn.",
    )


async def refuse_unless_let_in(
    session: AsyncSession, *, account_id: UUID, on: date, profile: Profile
) -> tuple[Account, Held]:
    """For whoever has just shown that an account is his: BadInput with one of ``CODES`` where it is not let in.

    Two statements; call it before a session begins, however somebody was recognised.
    """
    found = await session.execute(sa.select(Account, tokens.duties_over()).where(Account.id == account_id))
    account, duties_over = found.one()
    held = await grants.held(session, account_id=account_id, reach=NOWHERE, on=on, profile=profile)
    refused = refusal(account, duties_over=duties_over, held=held, on=on, profile=profile)
    if refused is not None:
        raise refused
    return account, held


class _Nowhere:
    """A reach for whoever asks for roles alone."""

    def subtree(self, _unit_key: int, /) -> frozenset[int]:
        return frozenset()

    def members(self, _group_key: int, _on: date, /) -> frozenset[int]:
        return frozenset()

    def area(self, _unit_key: int, _on: date, /) -> frozenset[int]:
        return frozenset()


NOWHERE: Final = _Nowhere()


def _suspended(account: Account) -> BadInput:
    since = "" if account.suspended_at is None else f" từ ngày {day_of(account.suspended_at):%d/%m/%Y}"
    why = f", lý do: {account.suspended_reason}" if account.suspended_reason else ""
    return BadInput(
        SUSPENDED, f"Tài khoản “{account.login}” bị tạm khóa{since}{why}. Hãy liên hệ {_HEAD} để được mở lại."
    )


def _closed(account: Account) -> BadInput:
    since = "" if account.closed_on is None else f" từ ngày {account.closed_on:%d/%m/%Y}"
    why = f", lý do: {account.closed_reason}" if account.closed_reason else ""
    return BadInput(
        CLOSED,
        f"Tài khoản “{account.login}” đã đóng{since}{why}. Hãy đề nghị {_HEAD} cho mở tài khoản mới nếu vẫn cần.",
    )


def _ended(token: AccessToken) -> BadInput:
    if token.ended_as is None:
        return unknown_token()
    return BadInput(
        f"TOKEN_{token.ended_as}",
        f"Mã truy cập không còn hiệu lực: {_ENDED[token.ended_as]}. Hãy bỏ mã này và đăng nhập lại bằng signIn.",
    )


def unknown_token() -> BadInput:
    return BadInput(
        "TOKEN_INVALID",
        "Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi. Hãy bỏ mã này và đăng nhập lại bằng signIn.",
    )
