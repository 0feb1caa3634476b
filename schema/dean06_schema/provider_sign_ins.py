"""The last step of signing in through an identity provider: a code that is used once becomes a token."""

from typing import Annotated

import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import Context
from dean06_schema.own_ways_in import Gate
from dean06_schema.sign_ins import SignInPayload


@strawberry.type
class ProviderSignInMutation:
    @strawberry.mutation(
        description="Hoàn tất đăng nhập qua hệ thống định danh: đổi mã bàn giao (dùng một lần, trong 60 giây) "
        "lấy mã truy cập",
        metadata={"open": True},
    )
    async def complete_sign_in(
        self,
        info: Info[Context, None],
        code: Annotated[str, strawberry.argument(description="Mã bàn giao, nằm sau dấu # của địa chỉ quay về")],
        second_factor: Annotated[
            str | None, strawberry.argument(description="Mã xác thực thứ hai, nếu được hỏi")
        ] = None,
    ) -> SignInPayload:
        gate: Gate = info.context.gate
        return await SignInPayload.of(gate.complete_sign_in(code, second_factor))


__all__ = ["ProviderSignInMutation"]
