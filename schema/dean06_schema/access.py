"""Why an account may do something or may not, for whoever administers accounts of its unit; nobody else is told."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Annotated, Final

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.types.info import Info

from dean06_auth import accounts, callers, grants, roles, separation, standing
from dean06_auth.roles import Role
from dean06_core import directory
from dean06_core.access import Action, Allowed, Caller, DataClass, Decision, Denied, Reason, Scope
from dean06_core.errors import BadInput
from dean06_core.graphql import Context
from dean06_core.outcomes import refused_at
from dean06_schema.accounts import Grant, profile_of
from dean06_schema.units import Code, On

_WORDS: Final = {
    Action.READ: "xem",
    Action.RECORD: "nhập số liệu",
    Action.ASSIGN: "giao nhiệm vụ, giao mức chỉ tiêu",
    Action.ADMINISTER: "quản trị",
    Action.PROPOSE: "đề nghị cấp quyền",
    Action.APPROVE: "phê duyệt quyền",
}
_SHUT: Final = {accounts.AccountState.SUSPENDED: "đang tạm khóa", accounts.AccountState.CLOSED: "đã đóng"}


@strawberry.type(description="Trả lời: được phép hay không, và vì sao")
class AccessDecision:
    allowed: bool = strawberry.field(description="Được phép hay không")
    by: Grant | None = strawberry.field(description="Quyền cho phép; null nếu không quyền nào hoặc không cần quyền")
    reason: str = strawberry.field(description="Vì sao; nếu không được thì còn thiếu gì và cần làm gì tiếp")


@strawberry.type
class AccessQuery:
    @strawberry.field(
        description="Vì sao một tài khoản được hoặc không được làm một việc; dành cho người quản trị tài khoản đó",
        metadata={"needs": (Action.ADMINISTER, DataClass.GOVERNANCE)},
    )
    async def explain_access(
        self,
        info: Info[Context, None],
        login: Annotated[str, strawberry.argument(description="Tên đăng nhập của tài khoản")],
        action: Annotated[
            str, strawberry.argument(description="Việc: READ, RECORD, ASSIGN, ADMINISTER, PROPOSE, APPROVE")
        ],
        unit: Code,
        data_class: Annotated[DataClass, strawberry.argument(description="Loại dữ liệu")],
        sector: Annotated[
            str | None, strawberry.argument(description="Mã lĩnh vực; không ghi nếu dữ liệu không thuộc lĩnh vực nào")
        ] = None,
        on: On = None,
    ) -> AccessDecision:
        context = info.context
        by, day = _caller(context), on or context.on
        meant = _action(action)
        with refused_at("unit"):
            place = context.directory.named(unit, day)
        with refused_at("sector"):
            scope = Scope(data_class, place.key, None if sector is None else context.catalogue.sector(sector))
        async with context.reading() as session:
            account = await callers.administered(session, login=login, by=by, on=context.on)
            if account.state in _SHUT:
                return _shut(account)
            if standing.is_dormant(account, min(day, context.on), profile_of(context)):
                return _dormant(account)
            if (meant, data_class) == (Action.READ, DataClass.DIRECTORY):
                return _open_to_all(account)
            decision = await callers.decided(
                session,
                account=account,
                action=meant,
                scope=scope,
                reach=context.directory,
                on=day,
                profile=profile_of(context),
            )
            apart = None if decision else await separation.apart_on(session, account.id, day)
            lapsed = await _lapsed(session, account, context, day) if _has_ended(decision) else ()
        if isinstance(decision, Allowed):
            return _allowed(account, meant, decision, day)
        if apart is not None:
            return _apart(account, *apart, day)
        if decision.day in lapsed:
            return _overdue(account, decision)
        return AccessDecision(allowed=False, by=None, reason=_why_not(account.login, place, decision))


def _action(name: str) -> Action:
    try:
        return Action(name)
    except ValueError:
        raise BadInput(
            "ACTION_UNKNOWN", f"Không có việc “{name}”. Hãy chọn một trong: {', '.join(Action)}.", field=("action",)
        ) from None


def _shut(account: accounts.Account) -> AccessDecision:
    reason = (
        f"Tài khoản “{account.login}” {_SHUT[account.state]} nên không vào được hệ thống. "
        "Hãy mở lại tài khoản, hoặc dùng tài khoản khác."
    )
    return AccessDecision(allowed=False, by=None, reason=reason)


def _dormant(account: accounts.Account) -> AccessDecision:
    reason = (
        f"Tài khoản “{account.login}” không dùng từ ngày {_day(standing.idle_since(account))} nên không vào được hệ "
        "thống. Hãy đề nghị thủ trưởng đơn vị mở lại bằng wakeAccount."
    )
    return AccessDecision(allowed=False, by=None, reason=reason)


def _has_ended(decision: Decision) -> bool:
    return isinstance(decision, Denied) and decision.reason is Reason.ENDED


async def _lapsed(session: AsyncSession, account: accounts.Account, context: Context, on: date) -> Collection[date]:
    """The days on which grants stopped for want of a review."""
    held = await grants.held(
        session, account_id=account.id, reach=context.directory, on=on, profile=profile_of(context)
    )
    return held.lapsed


def _overdue(account: accounts.Account, denied: Denied) -> AccessDecision:
    assert denied.day is not None  # noqa: S101  it is one of the days on which grants stopped
    reason = (
        f"Quyền cho phép việc này của tài khoản “{account.login}” quá hạn rà soát nên không có hiệu lực từ ngày "
        f"{_day(denied.day)}. Hãy đề nghị thủ trưởng đơn vị rà soát."
    )
    return AccessDecision(allowed=False, by=None, reason=reason)


def _open_to_all(account: accounts.Account) -> AccessDecision:
    reason = f"Danh mục là dữ liệu mà ai đăng nhập cũng được xem; tài khoản “{account.login}” không cần quyền riêng."
    return AccessDecision(allowed=True, by=None, reason=reason)


def _allowed(account: accounts.Account, action: Action, decision: Allowed, on: date) -> AccessDecision:
    grant = decision.by
    reason = (
        f"Ngày {_day(on)} tài khoản “{account.login}” được {_WORDS[action]} theo vai trò "
        f"“{roles.named(grant.role).title}”, có hiệu lực từ {_day(grant.starts)} đến trước {_day(grant.ends)}."
    )
    return AccessDecision(allowed=True, by=Grant.of(grant), reason=reason)


def _apart(account: accounts.Account, one: Role, other: Role, on: date) -> AccessDecision:
    reason = (
        f"Ngày {_day(on)} tài khoản “{account.login}” giữ cả hai vai trò “{one.title}” và “{other.title}”, không được "
        "giữ cùng lúc nên cả hai đều không có hiệu lực. Hãy thu hồi một vai trò."
    )
    return AccessDecision(allowed=False, by=None, reason=reason)


def _why_not(login: str, unit: directory.Unit, denied: Denied) -> str:
    action, data_class, sector = denied.action, denied.scope.data_class, denied.scope.sector
    none = f"Ngày {_day(denied.on)} không quyền nào đang có hiệu lực của tài khoản “{login}”"
    nearest = "" if denied.day is None else _day(denied.day)
    match denied.reason:
        case Reason.NO_GRANT:
            return f"Tài khoản “{login}” chưa được cấp quyền nào. Hãy đề nghị cấp quyền."
        case Reason.ENDED:
            return f"{none} cho phép việc này; quyền gần nhất đã hết từ {nearest}. Hãy đề nghị cấp lại."
        case Reason.NOT_BEGUN:
            return f"{none} cho phép việc này; quyền gần nhất có từ {nearest}. Hãy chờ, hoặc đề nghị cấp sớm hơn."
        case Reason.ACTION_NOT_IN_ROLE:
            remedy = _remedy(role for role in roles.ROLES.values() if action in role.actions)
            return f"{none} được {_WORDS[action]}. {remedy}"
        case Reason.UNIT_OUTSIDE:
            return f"{none} gồm {unit.name} ({unit.code}). Hãy đề nghị cấp quyền tại đơn vị này."
        case Reason.SECTOR_OUTSIDE:
            missing = "nêu lĩnh vực" if sector is None else f"gồm lĩnh vực “{sector}”"
            return f"{none} {missing}. Hãy đề nghị cấp quyền trong lĩnh vực cần làm."
        case Reason.DATA_CLASS_OUTSIDE:
            remedy = _remedy(role for role in roles.ROLES.values() if data_class in role.data_classes)
            return f"{none} gồm loại dữ liệu {data_class.name}. {remedy}"
        case Reason.NOT_TOGETHER:
            return (
                f"{none} gồm đủ việc, đơn vị, lĩnh vực và loại dữ liệu đã hỏi, dù từng phần có ở các quyền khác nhau. "
                "Hãy đề nghị cấp một quyền gồm đủ."
            )


def _remedy(fitting: Iterable[Role]) -> str:
    titles = ", ".join(f"“{role.title}”" for role in fitting)
    return f"Hãy đề nghị cấp một trong các vai trò: {titles}." if titles else "Chưa vai trò nào có quyền này."


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _caller(context: Context) -> Caller:
    assert context.caller is not None  # noqa: S101  whoever is not signed in is shown no field that leads here
    return context.caller


__all__ = ["AccessDecision", "AccessQuery"]
