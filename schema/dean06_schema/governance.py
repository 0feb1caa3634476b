"""Who is ordered to do what, and what is granted for it: proposed by one, approved by another, held by a third."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_auth import duties, holdings, proposals, stand_ins, suspensions, waking
from dean06_auth.duties import DutyEntry
from dean06_auth.proposals import GrantEntry
from dean06_core.access import Action, DataClass
from dean06_core.acting import Act
from dean06_core.errors import BadInput
from dean06_core.graphql import Context
from dean06_core.outcomes import Refusals
from dean06_schema.accounts import Account, Grant
from dean06_schema.errors import UserError, refusals
from dean06_schema.nodes import key_of

_PROPOSE = {"needs": (Action.PROPOSE, DataClass.GOVERNANCE)}
_APPROVE = {"needs": (Action.APPROVE, DataClass.GOVERNANCE)}
DutyId = Annotated[strawberry.ID, strawberry.argument(description="Định danh của nhiệm vụ được phân công")]
GrantIds = Annotated[list[strawberry.ID], strawberry.argument(description="Định danh của các quyền")]
Login = Annotated[str, strawberry.argument(description="Tên đăng nhập")]
Reason = Annotated[str, strawberry.argument(description="Lý do, kèm số văn bản nếu có")]


@strawberry.input(description="Nhiệm vụ được phân công cho một người")
class AssignDutyInput:
    login: str = strawberry.field(description="Tên đăng nhập của người được phân công")
    unit: str = strawberry.field(description="Mã đơn vị nơi làm nhiệm vụ")
    function: str = strawberry.field(description="Chức năng, việc được phân công")
    decision: str = strawberry.field(description="Số, ngày của quyết định phân công")
    starts: date = strawberry.field(description="Từ ngày")
    ends: date = strawberry.field(description="Ngày đầu tiên không còn giữ")
    sector: str | None = strawberry.field(default=None, description="Mã lĩnh vực; không ghi là mọi lĩnh vực")

    def entry(self) -> DutyEntry:
        return DutyEntry(self.login, self.unit, self.function, self.decision, self.starts, self.ends, self.sector)


@strawberry.input(description="Một quyền được đề nghị, nằm trong nhiệm vụ của người được cấp")
class GrantInput:
    duty: strawberry.ID = strawberry.field(description="Định danh của nhiệm vụ được phân công")
    role: str = strawberry.field(description="Vai trò")
    data_classes: list[DataClass] = strawberry.field(description="Các loại dữ liệu, trong số vai trò được giữ")
    starts: date = strawberry.field(description="Có hiệu lực từ ngày")
    ends: date = strawberry.field(description="Ngày đầu tiên không còn hiệu lực, trong 12 tháng")
    sectors: list[str] | None = strawberry.field(
        default=None, description="Mã các lĩnh vực; không ghi là lĩnh vực của nhiệm vụ"
    )
    units: list[str] | None = strawberry.field(
        default=None, description="Mã các đơn vị, gồm đơn vị bên trong; không ghi là đơn vị của nhiệm vụ"
    )

    def entry(self) -> GrantEntry:
        return GrantEntry(
            duty=_duty(self.duty),
            role=self.role,
            data_classes=frozenset(self.data_classes),
            starts=self.starts,
            ends=self.ends,
            sectors=None if self.sectors is None else tuple(self.sectors),
            units=None if self.units is None else tuple(self.units),
        )


@strawberry.input(description="Các quyền được đề nghị cùng lúc")
class ProposeGrantsInput:
    grants: list[GrantInput] = strawberry.field(description="Các quyền; sai một quyền thì không ghi quyền nào")


@strawberry.type(description="Tài khoản sau thao tác")
class AccountPayload:
    account: Account | None = strawberry.field(
        default=None, description="Tài khoản như từ lúc này; null nếu có lỗi hoặc ngoài phạm vi được xem"
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không thực hiện được")


@strawberry.type(description="Các quyền sau thao tác")
class GrantsPayload:
    grants: list[Grant] = strawberry.field(
        default_factory=list, description="Các quyền như từ lúc này, trong phạm vi được xem; rỗng nếu có lỗi"
    )
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Lý do không thực hiện được, theo từng quyền"
    )


@strawberry.type
class GovernanceMutation:
    @strawberry.mutation(description="Phân công nhiệm vụ cho một người; chưa cấp quyền nào", metadata=_PROPOSE)
    async def assign_duty(
        self,
        info: Info[Context, None],
        input: Annotated[AssignDutyInput, strawberry.argument(description="Nhiệm vụ")],
    ) -> AccountPayload:
        return await _account(info.context, lambda act: act(duties.assign, input.entry()), of="input")

    @strawberry.mutation(
        description="Kết thúc nhiệm vụ từ một ngày; các quyền và người làm thay của nó cùng hết", metadata=_PROPOSE
    )
    async def end_duty(
        self,
        info: Info[Context, None],
        duty: DutyId,
        on: Annotated[date, strawberry.argument(description="Ngày đầu tiên không còn giữ, từ hôm nay")],
        reason: Reason,
    ) -> AccountPayload:
        return await _account(info.context, lambda act: act(duties.end, _duty(duty), on=on, reason=reason))

    @strawberry.mutation(
        description="Đề nghị cấp quyền; chưa có hiệu lực khi người khác chưa phê duyệt", metadata=_PROPOSE
    )
    async def propose_grants(
        self,
        info: Info[Context, None],
        input: Annotated[ProposeGrantsInput, strawberry.argument(description="Các quyền được đề nghị")],
    ) -> GrantsPayload:
        return await _grants(info.context, lambda act: act(proposals.propose, _entries(input.grants)), of="input")

    @strawberry.mutation(
        description="Phê duyệt các quyền do người khác đề nghị cho người thứ ba, theo một quyết định", metadata=_APPROVE
    )
    async def approve_grants(
        self,
        info: Info[Context, None],
        grants: GrantIds,
        decision: Annotated[str, strawberry.argument(description="Số, ngày của quyết định")],
    ) -> GrantsPayload:
        return await _grants(info.context, lambda act: act(proposals.approve, keys_of(grants), decision=decision))

    @strawberry.mutation(description="Thu hồi quyền từ hôm nay, hoặc rút đề nghị chưa phê duyệt", metadata=_PROPOSE)
    async def revoke_grants(self, info: Info[Context, None], grants: GrantIds, reason: Reason) -> GrantsPayload:
        return await _grants(info.context, lambda act: act(proposals.revoke, keys_of(grants), reason=reason))

    @strawberry.mutation(description="Tạm khóa tài khoản; mọi phiên làm việc kết thúc ngay", metadata=_PROPOSE)
    async def suspend_account(
        self,
        info: Info[Context, None],
        login: Login,
        reason: Reason,
    ) -> AccountPayload:
        return await _account(info.context, lambda act: act(suspensions.suspend, login, reason=reason))

    @strawberry.mutation(
        description="Mở lại tài khoản lâu không dùng của người khác; số ngày không dùng tính lại từ hôm nay",
        metadata=_PROPOSE,
    )
    async def wake_account(
        self,
        info: Info[Context, None],
        login: Login,
    ) -> AccountPayload:
        return await _account(info.context, lambda act: act(waking.wake, login))

    @strawberry.mutation(description="Mở lại tài khoản đang tạm khóa của người khác", metadata=_PROPOSE)
    async def restore_account(
        self,
        info: Info[Context, None],
        login: Login,
        reason: Reason,
    ) -> AccountPayload:
        return await _account(info.context, lambda act: act(suspensions.restore, login, reason=reason))

    @strawberry.mutation(
        description="Đóng hẳn tài khoản: phiên làm việc, nhiệm vụ và quyền kết thúc hôm nay; "
        "người đó được mở tài khoản khác",
        metadata=_PROPOSE,
    )
    async def close_account(
        self,
        info: Info[Context, None],
        login: Login,
        reason: Reason,
    ) -> AccountPayload:
        return await _account(info.context, lambda act: act(suspensions.close, login, reason=reason))

    @strawberry.mutation(
        description="Thủ trưởng cử người cùng đơn vị làm thay một nhiệm vụ từ hôm nay, tối đa 15 ngày",
        metadata=_PROPOSE,
    )
    async def name_stand_in(
        self,
        info: Info[Context, None],
        duty: DutyId,
        stand_in: Annotated[str, strawberry.argument(description="Tên đăng nhập của người làm thay")],
        until: Annotated[date, strawberry.argument(description="Ngày đầu tiên không còn làm thay")],
    ) -> AccountPayload:
        return await _account(
            info.context,
            lambda act: act(stand_ins.name, _duty(duty), stand_in=stand_in, until=until),
        )


async def _account(context: Context, do: Callable[[Act], Awaitable[UUID]], *, of: str = "") -> AccountPayload:
    """What became of the account whose id is answered, or why nothing did; ``of`` names the argument at fault."""
    try:
        id_ = await do(context.act)
    except BadInput as refused:
        return AccountPayload(errors=refusals(refused, of=of))
    held = (await context.ask(holdings.of_accounts, [id_])).get(id_)
    return AccountPayload(account=None if held is None else Account.known(held.account, context))


async def _grants(context: Context, do: Callable[[Act], Awaitable[Sequence[UUID]]], *, of: str = "") -> GrantsPayload:
    try:
        ids = await do(context.act)
    except BadInput as refused:
        return GrantsPayload(errors=refusals(refused, of=of, entries="grants"))
    return GrantsPayload(grants=[Grant.known(given, context) for given in await context.ask(holdings.of_grants, ids)])


def _entries(given: Sequence[GrantInput]) -> list[GrantEntry]:
    found, entries = Refusals(), []
    for place, each in enumerate(given):
        with found.of_entry(place):
            entries.append(each.entry())
    found.stop_if_any()
    return entries


def _duty(id_: str) -> UUID:
    return key_of("Duty", id_, noun="nhiệm vụ được phân công", field="duty")


def keys_of(ids: Sequence[str]) -> list[UUID]:
    """The keys of grants; what is wrong is told by its place."""
    found, keys = Refusals(), []
    for place, id_ in enumerate(ids):
        with found.of_entry(place):
            keys.append(key_of("Grant", id_, noun="quyền"))
    found.stop_if_any()
    return keys


__all__ = [
    "AccountPayload",
    "AssignDutyInput",
    "GovernanceMutation",
    "GrantsPayload",
    "ProposeGrantsInput",
    "keys_of",
]
