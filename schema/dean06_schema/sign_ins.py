"""Signing in with a password, and signing out."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types.info import Info

from dean06_auth.sessions import Step
from dean06_auth.sign_ins import SignedIn
from dean06_core.errors import BadInput
from dean06_core.graphql import Context
from dean06_schema.errors import Refusal, UserError
from dean06_schema.own_ways_in import Gate, errors_of


@strawberry.type(description="Kết quả đăng nhập")
class SignInPayload:
    token: str | None = strawberry.field(
        default=None, description="Mã truy cập, gửi kèm các yêu cầu sau trong Authorization: Bearer"
    )
    expires_at: datetime | None = strawberry.field(default=None, description="Mã truy cập hết hạn lúc")
    second_factor_required: bool = strawberry.field(default=False, description="Còn phải nhập mã xác thực thứ hai")
    next_steps: list[Step] = strawberry.field(
        default_factory=list, description="Việc phải làm ngay trong phiên này trước khi dùng các phần khác"
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không đăng nhập được")

    @classmethod
    async def of(cls, signing_in: Awaitable[SignedIn]) -> "SignInPayload":
        """What comes of it, in whichever way somebody signs in."""
        try:
            done = await signing_in
        except BadInput as refused:
            return cls(second_factor_required=refused.code == "SECOND_FACTOR_REQUIRED", errors=[Refusal.of(refused)])
        return cls(token=done.issued.token, expires_at=done.issued.expires_at, next_steps=sorted(done.steps))


@strawberry.type(description="Kết quả đăng xuất")
class SignOutPayload:
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không đăng xuất được")


@strawberry.type
class SignInMutation:
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
        return await SignInPayload.of(gate.sign_in(login, password, second_factor))

    @strawberry.mutation(description="Đăng xuất: mã truy cập đang dùng hết hiệu lực ngay", metadata={"own": "LEAVE"})
    async def sign_out(self, info: Info[Context, None]) -> SignOutPayload:
        gate: Gate = info.context.gate
        return SignOutPayload(errors=await errors_of(gate.sign_out))


__all__ = ["SignInMutation", "SignInPayload"]
