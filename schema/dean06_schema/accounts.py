"""Accounts, with the duties and grants of each; one's own, and those of others that one is shown."""

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_auth import accounts, duties, holdings, lookups, own_report, standing, standing_lists
from dean06_auth.grant_rows import GrantState
from dean06_auth.holdings import GivenGrant, Holdings
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_auth.standing_lists import Standing
from dean06_core import access
from dean06_core.access import All, Caller, DataClass
from dean06_core.graphql import Context, described
from dean06_core.periods import Period
from dean06_schema.account_reports import AccountFault
from dean06_schema.indicators import Sector
from dean06_schema.nodes import Node, global_id, node_loader
from dean06_schema.own_ways_in import Gate, Session
from dean06_schema.units import Unit

described(
    DataClass,
    "Loại dữ liệu, theo điều mà một dòng cho biết",
    DIRECTORY="Danh mục: tên, mã, cấp, nơi trực thuộc của đơn vị; văn bản; chỉ tiêu theo dõi",
    PUBLISHED="Số liệu đã phát hành",
    AGGREGATE="Số liệu tổng hợp",
    RECORD="Bản ghi không có danh tính",
    IDENTIFIED="Thông tin định danh của công dân",
    GOVERNANCE="Tài khoản và quyền",
    AUDIT="Nhật ký",
)


class AccountState(Enum):
    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    DORMANT = "DORMANT"
    SUSPENDED = "SUSPENDED"
    READ_ONLY = "READ_ONLY"
    CLOSED = "CLOSED"


described(
    AccountState,
    "Trạng thái tài khoản",
    INVITED="Đã mời, chưa đăng nhập lần nào",
    ACTIVE="Đang hoạt động",
    DORMANT="Lâu không dùng nên không vào được",
    SUSPENDED="Không vào được: tạm khóa, hết nhiệm vụ hoặc quá hạn rà soát; refusal cho biết vì sao",
    READ_ONLY="Chỉ được xem: đơn vị không còn",
    CLOSED="Đã đóng",
)


described(
    GrantState,
    "Trạng thái của quyền",
    PROPOSED="Đã đề nghị, chờ phê duyệt",
    ACTIVE="Đã phê duyệt, có hiệu lực trong các ngày đã ghi",
    ENDED="Đã hết",
    REVOKED="Đã thu hồi",
)


@strawberry.type(description="Nhiệm vụ được phân công: một chức năng tại một đơn vị, theo một quyết định")
class Duty:
    row: strawberry.Private[duties.Duty]
    done_by: strawberry.Private[accounts.Account | None]
    id: strawberry.ID = strawberry.field(description="Định danh trong hệ thống")
    function: str = strawberry.field(description="Chức năng, việc được phân công")
    decision: str = strawberry.field(description="Số, ngày của quyết định phân công")
    starts: date = strawberry.field(description="Từ ngày")
    ends: date = strawberry.field(description="Ngày đầu tiên không còn giữ")

    @classmethod
    def of(cls, row: duties.Duty, done_by: accounts.Account | None = None) -> "Duty":
        return cls(
            row=row,
            done_by=done_by,
            id=global_id("Duty", row.id),
            function=row.function,
            decision=row.decision,
            starts=row.starts,
            ends=row.over,
        )

    @strawberry.field(description="Đơn vị nơi làm nhiệm vụ, gồm các đơn vị bên trong và địa bàn phụ trách")
    def unit(self, info: Info[Context, None]) -> Unit:
        return Unit.known(info.context, self.row.unit_key)

    @strawberry.field(description="Lĩnh vực; null là mọi lĩnh vực")
    def sector(self, info: Info[Context, None]) -> Sector | None:
        code = self.row.sector
        return Sector.known(info.context, code) if code in info.context.catalogue.sectors() else None

    @strawberry.field(description="Người đang làm thay")
    def stand_in(self, info: Info[Context, None]) -> "Account | None":
        return None if self.done_by is None else Account.known(self.done_by, info.context)


@strawberry.type(
    description="Quyền được cấp: một vai trò trên một số lĩnh vực, đơn vị và loại dữ liệu, trong một số ngày"
)
class Grant:
    key: strawberry.Private[UUID | None]
    sector_codes: strawberry.Private[frozenset[str] | All]
    unit_keys: strawberry.Private[frozenset[int] | All]
    given: strawberry.Private[GivenGrant | None]
    id: strawberry.ID = strawberry.field(description="Định danh trong hệ thống")
    role: str = strawberry.field(description="Vai trò")
    data_classes: list[DataClass] = strawberry.field(description="Các loại dữ liệu")
    starts: date = strawberry.field(description="Có hiệu lực từ ngày")
    ends: date = strawberry.field(description="Ngày đầu tiên không còn hiệu lực")
    state: GrantState = strawberry.field(description="Trạng thái")

    @classmethod
    def of(cls, held: access.Grant) -> "Grant":
        """One that counts."""
        return cls(
            key=held.id,
            sector_codes=held.sectors,
            unit_keys=held.units,
            given=None,
            id=global_id("Grant", held.id),
            role=held.role,
            data_classes=sorted(held.data_classes),
            starts=held.starts,
            ends=held.ends,
            state=GrantState.ACTIVE,
        )

    @classmethod
    def known(cls, given: GivenGrant, context: Context) -> "Grant":
        """One of whatever state, with what it names."""
        row = given.row
        return cls(
            key=row.id,
            sector_codes=given.sectors,
            unit_keys=given.reached(context.directory, context.on),
            given=given,
            id=global_id("Grant", row.id),
            role=row.role,
            data_classes=sorted(DataClass(letter) for letter in row.data_classes),
            starts=row.starts,
            ends=row.ends,
            state=given.state(context.on),
        )

    @strawberry.field(description="Các lĩnh vực")
    def sectors(self, info: Info[Context, None]) -> list[Sector]:
        context = info.context
        return [Sector.known(context, code) for code in context.catalogue.sectors() if code in self.sector_codes]

    @strawberry.field(description="Các đơn vị, chỉ nêu đơn vị trên cùng; đơn vị bên trong nằm trong quyền của nó")
    def units(self, info: Info[Context, None]) -> list[Unit]:
        context = info.context
        return [
            Unit.of(unit, context.on)
            for unit in context.directory.listed(context.on)
            if unit.key in self.unit_keys and (unit.parent_key is None or unit.parent_key not in self.unit_keys)
        ]

    @strawberry.field(description="Nhiệm vụ mà quyền nằm trong; null nếu người vận hành cấp lúc ban đầu")
    async def duty(self, info: Info[Context, None]) -> Duty | None:
        given = await _given(self, info.context)
        return None if given is None or given.duty is None else Duty.of(given.duty)

    @strawberry.field(description="Người đề nghị; null nếu người vận hành cấp lúc ban đầu")
    async def proposer(self, info: Info[Context, None]) -> str | None:
        given = await _given(self, info.context)
        return None if given is None else given.row.proposed_by

    @strawberry.field(description="Người phê duyệt; null nếu chưa phê duyệt")
    async def approver(self, info: Info[Context, None]) -> str | None:
        given = await _given(self, info.context)
        return None if given is None else given.row.approved_by

    @strawberry.field(description="Số, ngày của quyết định; null nếu chưa phê duyệt")
    async def decision(self, info: Info[Context, None]) -> str | None:
        given = await _given(self, info.context)
        return None if given is None else given.row.basis


@strawberry.type(description="Điều cần biết về một tài khoản: vì sao không vào được, hoặc sắp không vào được")
class AccountNotice:
    code: str = strawberry.field(description="Mã, không đổi giữa các phiên bản")
    message: str = strawberry.field(description="Điều gì, từ ngày nào và cần làm gì")
    stops_on: date | None = strawberry.field(
        description="Ngày đầu tiên không vào được hoặc quyền không còn hiệu lực; null nếu đã như vậy"
    )


@strawberry.type(description="Tài khoản: một người, một tài khoản, ở một đơn vị")
class Account(Node):
    key: strawberry.Private[UUID | None]
    unit_key: strawberry.Private[int]
    caller: strawberry.Private[Caller | None]
    login: str = strawberry.field(description="Tên đăng nhập")
    name: str = strawberry.field(description="Họ tên")
    last_used_on: date | None = strawberry.field(description="Ngày dùng gần nhất; của chính mình là hôm nay")

    @classmethod
    def of(cls, caller: Caller, on: date) -> "Account":
        """The account that is asking: a caller is recognised only while his account is active, and uses it now."""
        return cls(
            id=global_id("Account", caller.account),
            key=caller.account,
            unit_key=caller.unit,
            caller=caller,
            login=caller.login,
            name=caller.name,
            last_used_on=on,
        )

    @classmethod
    def known(cls, row: accounts.Account, context: Context) -> "Account":
        """Whoever's; one's own is as ``of`` tells it."""
        if context.caller is not None and context.caller.account == row.id:
            return cls.of(context.caller, context.on)
        return cls(
            id=global_id("Account", row.id),
            key=row.id,
            unit_key=row.unit_key,
            caller=None,
            login=row.login,
            name=row.name,
            last_used_on=row.last_used_on,
        )

    @strawberry.field(description="Đơn vị công tác")
    def unit(self, info: Info[Context, None]) -> Unit:
        return Unit.known(info.context, self.unit_key)

    @strawberry.field(description="Trạng thái hôm nay")
    async def state(self, info: Info[Context, None]) -> AccountState:
        context = info.context
        is_gone = not context.directory.unit(self.unit_key, context.on).holds(context.on)
        if self.caller is not None:
            return AccountState.READ_ONLY if is_gone else AccountState.ACTIVE
        found = await standing_of(self, context)
        return AccountState.CLOSED if found is None else state_of(found, is_gone=is_gone)

    @strawberry.field(description="Vì sao không vào được; null nếu vào được")
    async def refusal(self, info: Info[Context, None]) -> AccountNotice | None:
        found = None if self.caller is not None else await standing_of(self, info.context)
        if found is None or found.refused is None:
            return None
        return AccountNotice(code=found.refused.code, message=found.refused.message, stops_on=None)

    @strawberry.field(description="Điều sắp xảy ra nếu không ai làm gì: lâu không dùng, quyền đến hạn rà soát")
    async def warnings(self, info: Info[Context, None]) -> list[AccountNotice]:
        found = await standing_of(self, info.context)
        told = () if found is None else found.warnings
        return [AccountNotice(code=each.code, message=each.message, stops_on=each.stops_on) for each in told]

    @strawberry.field(description="Các điều sai, như accountReport; rỗng nếu không được xem tài khoản của đơn vị")
    async def faults(self, info: Info[Context, None]) -> list[AccountFault]:
        found: list[AccountFault] = await info.context.resolve_together(_all_faults, (self.unit_key, self.login), {})
        return found

    @strawberry.field(
        description="Số lần mở hồ sơ, dữ liệu của công dân trong kỳ, theo nhật ký; 0 nếu không được xem tài khoản của "
        "đơn vị"
    )
    async def lookups(
        self,
        info: Info[Context, None],
        period: Annotated[str, strawberry.argument(description="Mã kỳ: 2025, 2025-Q3, 2025-07, 2025-07-28")],
    ) -> int:
        asked = Period.parse(period)
        counted: int = await info.context.resolve_together(_all_lookups, self.key, {"period": asked})
        return counted

    @strawberry.field(description="Các nhiệm vụ được phân công, kể cả đã hết")
    async def duties(self, info: Info[Context, None]) -> list[Duty]:
        held = await _held(self, info.context)
        return [] if held is None else [Duty.of(row, held.standing_in.get(row.id)) for row in held.duties]

    @strawberry.field(
        description="Của chính mình: các quyền đang có hiệu lực, kể cả khi làm thay; của người khác: mọi quyền"
    )
    async def grants(self, info: Info[Context, None]) -> list[Grant]:
        context = info.context
        if self.caller is not None:
            return [Grant.of(grant) for grant in self.caller.grants if grant.is_live(context.on)]
        held = await _held(self, context)
        return [] if held is None else [Grant.known(given, context) for given in held.grants]

    @strawberry.field(description="Các phiên làm việc đang mở, mới nhất trước; chỉ của chính mình")
    async def sessions(self, info: Info[Context, None]) -> list[Session]:
        gate: Gate = info.context.gate
        return [] if self.caller is None else [Session.of(token, gate) for token in await gate.sessions()]


def profile_of(context: Context) -> Profile:
    """What the server goes by; without one the profile as it is declared."""
    return VN_L3_2026 if context.gate is None else context.gate.profile


def state_of(found: Standing, *, is_gone: bool) -> AccountState:
    """``is_gone``: its unit is."""
    if found.account.state is accounts.AccountState.CLOSED:
        return AccountState.CLOSED
    if found.refused is not None:
        return AccountState.DORMANT if found.refused.code == standing.DORMANT else AccountState.SUSPENDED
    if is_gone:
        return AccountState.READ_ONLY
    return AccountState.ACTIVE if found.was_used else AccountState.INVITED


async def standing_of(account: Account, context: Context) -> Standing | None:
    found: Standing | None = await context.resolve_together(_all_standing, account.key, {})
    return found


async def _all_standing(keys: Sequence[UUID], context: Context) -> list[Standing | None]:
    found = await context.ask(standing_lists.of_accounts, keys, profile=profile_of(context))
    return [found.get(key) for key in keys]


async def _all_faults(keys: Sequence[tuple[int, str]], context: Context) -> list[list[AccountFault]]:
    units = {unit for unit, _ in keys}
    found = await context.ask(own_report.of_day, on=context.on, units=units, profile=profile_of(context))
    told = {each.account.login: [finding.fault for finding in each.findings] for each in found.faulty}
    return [told.get(login, []) for _, login in keys]


async def _all_lookups(keys: Sequence[UUID], context: Context, period: Period) -> list[int]:
    found = await context.ask(lookups.of_accounts, keys, period=period)
    return [found.get(key, 0) for key in keys]


async def _held(account: Account, context: Context) -> Holdings | None:
    found: Holdings | None = await context.resolve_together(_all_held, account.key, {})
    return found


async def _all_held(keys: Sequence[UUID], context: Context) -> list[Holdings | None]:
    found = await context.ask(holdings.of_accounts, keys)
    return [found.get(key) for key in keys]


async def _given(grant: Grant, context: Context) -> GivenGrant | None:
    if grant.given is not None:
        return grant.given
    found: GivenGrant | None = await context.resolve_together(_all_given, grant.key, {})
    return found


async def _all_given(keys: Sequence[UUID], context: Context) -> list[GivenGrant | None]:
    found = {given.row.id: given for given in await context.ask(holdings.of_grants, keys)}
    return [found.get(key) for key in keys]


@strawberry.type
class AccountQuery:
    @strawberry.field(description="Đã đăng nhập hay chưa", metadata={"open": True})
    def signed_in(self, info: Info[Context, None]) -> bool:
        return info.context.caller is not None

    @strawberry.field(description="Tài khoản đang dùng")
    def me(self, info: Info[Context, None]) -> Account:
        return Account.of(_caller(info.context), info.context.on)


@node_loader("Account")
async def _own(ids: Sequence[UUID], context: Context) -> dict[Any, Node]:
    caller = _caller(context)
    return {id_: Account.of(caller, context.on) for id_ in ids if id_ == caller.account}


def _caller(context: Context) -> Caller:
    assert context.caller is not None  # noqa: S101  whoever is not signed in is shown no field that leads here
    return context.caller


__all__ = [
    "Account",
    "AccountNotice",
    "AccountQuery",
    "AccountState",
    "Duty",
    "Grant",
    "profile_of",
    "state_of",
]
