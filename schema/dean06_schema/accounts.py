"""Who is asking: one's own account, signing in and signing out."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Protocol
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_auth.tokens import IssuedToken
from dean06_core import access
from dean06_core.access import Caller, DataClass
from dean06_core.errors import BadInput
from dean06_core.graphql import Context, described
from dean06_schema.errors import Refusal, UserError
from dean06_schema.indicators import Sector
from dean06_schema.nodes import Node, global_id, node_loader
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


class Gate(Protocol):
    """The way in and out, made by the server for one operation. Both may refuse with BadInput."""

    async def sign_in(self, login: str, password: str) -> IssuedToken: ...

    async def sign_out(self) -> None:
        """End the token that the operation came with."""


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
    INVITED="Đã mời, chưa dùng",
    ACTIVE="Đang hoạt động",
    DORMANT="Lâu không dùng",
    SUSPENDED="Tạm khóa",
    READ_ONLY="Chỉ được xem",
    CLOSED="Đã đóng",
)


@strawberry.type(
    description="Quyền được cấp: một vai trò trên một số lĩnh vực, đơn vị và loại dữ liệu, trong một số ngày"
)
class Grant:
    held: strawberry.Private[access.Grant]
    id: strawberry.ID = strawberry.field(description="Định danh trong hệ thống")
    role: str = strawberry.field(description="Vai trò")
    data_classes: list[DataClass] = strawberry.field(description="Các loại dữ liệu")
    starts: date = strawberry.field(description="Có hiệu lực từ ngày")
    ends: date = strawberry.field(description="Ngày đầu tiên không còn hiệu lực")

    @classmethod
    def of(cls, held: access.Grant) -> "Grant":
        return cls(
            held=held,
            id=global_id("Grant", held.id),
            role=held.role,
            data_classes=sorted(held.data_classes),
            starts=held.starts,
            ends=held.ends,
        )

    @strawberry.field(description="Các lĩnh vực")
    def sectors(self, info: Info[Context, None]) -> list[Sector]:
        context = info.context
        return [Sector.known(context, code) for code in context.catalogue.sectors() if code in self.held.sectors]

    @strawberry.field(description="Các đơn vị, chỉ nêu đơn vị trên cùng; đơn vị bên trong nằm trong quyền của nó")
    def units(self, info: Info[Context, None]) -> list[Unit]:
        context = info.context
        return [
            Unit.of(unit, context.on)
            for unit in context.directory.listed(context.on)
            if unit.key in self.held.units and (unit.parent_key is None or unit.parent_key not in self.held.units)
        ]


@strawberry.type(description="Tài khoản: một người, một tài khoản, ở một đơn vị")
class Account(Node):
    caller: strawberry.Private[Caller]
    login: str = strawberry.field(description="Tên đăng nhập")
    name: str = strawberry.field(description="Họ tên")
    state: AccountState = strawberry.field(description="Trạng thái")
    last_used_on: date | None = strawberry.field(description="Ngày dùng gần nhất; của chính mình là hôm nay")

    @classmethod
    def of(cls, caller: Caller, on: date) -> "Account":
        """The account that is asking: a caller is recognised only while his account is active, and uses it now."""
        return cls(
            id=global_id("Account", caller.account),
            caller=caller,
            login=caller.login,
            name=caller.name,
            state=AccountState.ACTIVE,
            last_used_on=on,
        )

    @strawberry.field(description="Đơn vị công tác")
    def unit(self, info: Info[Context, None]) -> Unit:
        return Unit.known(info.context, self.caller.unit)

    @strawberry.field(description="Các quyền đang có hiệu lực")
    def grants(self, info: Info[Context, None]) -> list[Grant]:
        return [Grant.of(grant) for grant in self.caller.grants if grant.is_live(info.context.on)]


@strawberry.type
class AccountQuery:
    @strawberry.field(description="Đã đăng nhập hay chưa", metadata={"open": True})
    def signed_in(self, info: Info[Context, None]) -> bool:
        return info.context.caller is not None

    @strawberry.field(description="Tài khoản đang dùng")
    def me(self, info: Info[Context, None]) -> Account:
        return Account.of(_caller(info.context), info.context.on)


@strawberry.type(description="Kết quả đăng nhập")
class SignInPayload:
    token: str | None = strawberry.field(
        default=None, description="Mã truy cập, gửi kèm các yêu cầu sau trong Authorization: Bearer"
    )
    expires_at: datetime | None = strawberry.field(default=None, description="Mã truy cập hết hạn lúc")
    second_factor_required: bool = strawberry.field(default=False, description="Còn phải nhập mã xác thực thứ hai")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không đăng nhập được")


@strawberry.type(description="Kết quả đăng xuất")
class SignOutPayload:
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không đăng xuất được")


@strawberry.type
class AccountMutation:
    @strawberry.mutation(description="Đăng nhập bằng mật khẩu để nhận mã truy cập", metadata={"open": True})
    async def sign_in(
        self,
        info: Info[Context, None],
        login: Annotated[str, strawberry.argument(description="Tên đăng nhập")],
        password: Annotated[str, strawberry.argument(description="Mật khẩu")],
        second_factor: Annotated[
            str | None, strawberry.argument(description="Mã xác thực thứ hai, nếu tài khoản có đăng ký")
        ] = None,
    ) -> SignInPayload:
        gate: Gate = info.context.gate
        try:
            if second_factor is not None:
                raise _no_second_factor()
            issued = await gate.sign_in(login, password)
        except BadInput as refused:
            return SignInPayload(errors=[Refusal.of(refused)])
        return SignInPayload(token=issued.token, expires_at=issued.expires_at)

    @strawberry.mutation(description="Đăng xuất: mã truy cập đang dùng hết hiệu lực ngay")
    async def sign_out(self, info: Info[Context, None]) -> SignOutPayload:
        gate: Gate = info.context.gate
        try:
            await gate.sign_out()
        except BadInput as refused:
            return SignOutPayload(errors=[Refusal.of(refused)])
        return SignOutPayload()


@node_loader("Account")
async def _own(ids: Sequence[UUID], context: Context) -> dict[Any, Node]:
    caller = _caller(context)
    return {id_: Account.of(caller, context.on) for id_ in ids if id_ == caller.account}


def _no_second_factor() -> BadInput:
    return BadInput(
        "SECOND_FACTOR_NOT_OFFERED",
        "Chưa có tài khoản nào đăng ký mã xác thực thứ hai. Hãy bỏ secondFactor rồi đăng nhập lại.",
        field=("secondFactor",),
    )


def _caller(context: Context) -> Caller:
    assert context.caller is not None  # noqa: S101  whoever is not signed in is shown no field that leads here
    return context.caller


__all__ = ["Account", "AccountMutation", "AccountQuery", "AccountState", "Gate", "Grant"]
