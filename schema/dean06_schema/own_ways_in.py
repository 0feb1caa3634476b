"""One's own way in: the sessions that are open, the password and the second factor."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Protocol
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_auth import sessions
from dean06_auth.profile import Profile
from dean06_auth.second_factors import Enrolment
from dean06_auth.sessions import Step
from dean06_auth.sign_ins import SignedIn
from dean06_auth.tokens import AccessToken
from dean06_core.errors import BadInput
from dean06_core.graphql import Context, described
from dean06_schema.errors import UserError, refusals
from dean06_schema.nodes import global_id

described(
    Step,
    "Việc phải làm ngay sau khi đăng nhập; xong mới dùng được các phần khác",
    name="SignInStep",
    CHANGE_PASSWORD="Đổi mật khẩu: mật khẩu do người khác đặt hoặc đã quá hạn",  # noqa: S106  words about a step
    ENROL_SECOND_FACTOR="Đăng ký mã xác thực thứ hai, vai trò đang giữ cần có",
    CONFIRM_AGAIN="Xác nhận lại chính mình: có dấu hiệu nhiều người dùng chung tài khoản",
)


class Gate(Protocol):
    """The way in and out, made by the server for one operation. Each of them may refuse with BadInput.

    ``profile`` is what the server goes by.
    """

    @property
    def profile(self) -> Profile: ...

    async def sign_in(self, login: str, password: str, second_factor: str | None) -> SignedIn: ...

    async def complete_sign_in(self, code: str, second_factor: str | None) -> SignedIn: ...

    async def sign_out(self) -> None:
        """End the token that the operation came with."""

    async def sessions(self) -> Sequence[AccessToken]:
        """The caller's own, the newest first."""

    async def end_session(self, id_: UUID) -> None: ...

    async def change_password(self, current: str, new: str) -> None: ...

    async def enrol_second_factor(self, password: str) -> Enrolment: ...

    async def confirm_second_factor(self, code: str) -> Sequence[str]: ...

    async def confirm_again(self, current: str | None, second_factor: str | None) -> None: ...

    def is_current(self, id_: UUID) -> bool:
        """Whether the operation came with that session's token."""


@strawberry.type(description="Phiên làm việc của chính mình: mỗi loại thiết bị một phiên")
class Session:
    id: strawberry.ID = strawberry.field(description="Định danh trong hệ thống")
    device: str = strawberry.field(description="Thiết bị, như phần mềm tự khai khi đăng nhập")
    started_at: datetime = strawberry.field(description="Bắt đầu lúc")
    last_used_at: datetime = strawberry.field(description="Dùng gần nhất lúc, chính xác đến phút")
    current: bool = strawberry.field(description="Là phiên đang hỏi")

    @classmethod
    def of(cls, token: AccessToken, gate: Gate) -> "Session":
        return cls(
            id=_id(token),
            device=token.device or token.issued_by,
            started_at=token.issued_at,
            last_used_at=sessions.used_at(token),
            current=gate.is_current(token.id),
        )


@strawberry.type(description="Kết quả kết thúc phiên làm việc")
class EndSessionPayload:
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không kết thúc được")


@strawberry.type(description="Kết quả đổi mật khẩu")
class ChangePasswordPayload:
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không đổi được")


@strawberry.type(description="Kết quả đăng ký thiết bị tạo mã xác thực; chỉ hiện một lần")
class EnrolSecondFactorPayload:
    uri: str | None = strawberry.field(default=None, description="Địa chỉ otpauth, để vẽ thành mã QR")
    key: str | None = strawberry.field(default=None, description="Khóa để nhập tay vào thiết bị")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không đăng ký được")


@strawberry.type(description="Kết quả xác nhận thiết bị tạo mã xác thực")
class ConfirmSecondFactorPayload:
    recovery_codes: list[str] = strawberry.field(
        default_factory=list, description="Các mã dự phòng, mỗi mã dùng một lần; chỉ hiện lần này, hãy cất giữ"
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không xác nhận được")


@strawberry.type(description="Kết quả xác nhận lại chính mình")
class ConfirmAgainPayload:
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không xác nhận được")


@strawberry.type
class OwnWaysInMutation:
    @strawberry.mutation(description="Kết thúc một phiên làm việc của chính mình")
    async def end_session(
        self,
        info: Info[Context, None],
        session: Annotated[strawberry.ID, strawberry.argument(description="Định danh của phiên, lấy ở me.sessions")],
    ) -> EndSessionPayload:
        gate: Gate = info.context.gate
        return EndSessionPayload(errors=await errors_of(lambda: _end(gate, session)))

    @strawberry.mutation(
        description="Đổi mật khẩu của chính mình; các phiên làm việc khác kết thúc",
        metadata={"own": Step.CHANGE_PASSWORD},
    )
    async def change_password(
        self,
        info: Info[Context, None],
        current: Annotated[str, strawberry.argument(description="Mật khẩu đang dùng")],
        new: Annotated[str, strawberry.argument(description="Mật khẩu mới")],
    ) -> ChangePasswordPayload:
        gate: Gate = info.context.gate
        return ChangePasswordPayload(errors=await errors_of(lambda: gate.change_password(current, new)))

    @strawberry.mutation(
        description="Đăng ký một thiết bị tạo mã xác thực thứ hai; có hiệu lực sau confirmSecondFactor",
        metadata={"own": Step.ENROL_SECOND_FACTOR},
    )
    async def enrol_second_factor(
        self,
        info: Info[Context, None],
        current: Annotated[str, strawberry.argument(description="Mật khẩu đang dùng")],
    ) -> EnrolSecondFactorPayload:
        gate: Gate = info.context.gate
        try:
            enrolment = await gate.enrol_second_factor(current)
        except BadInput as refused:
            return EnrolSecondFactorPayload(errors=refusals(refused, of=""))
        return EnrolSecondFactorPayload(uri=enrolment.uri, key=enrolment.key)

    @strawberry.mutation(
        description="Xác nhận thiết bị vừa đăng ký bằng một mã của nó; các phiên làm việc khác kết thúc",
        metadata={"own": Step.ENROL_SECOND_FACTOR},
    )
    async def confirm_second_factor(
        self,
        info: Info[Context, None],
        code: Annotated[str, strawberry.argument(description="Mã sáu chữ số đang hiện trên thiết bị")],
    ) -> ConfirmSecondFactorPayload:
        gate: Gate = info.context.gate
        try:
            codes = await gate.confirm_second_factor(code)
        except BadInput as refused:
            return ConfirmSecondFactorPayload(errors=refusals(refused, of=""))
        return ConfirmSecondFactorPayload(recovery_codes=list(codes))

    @strawberry.mutation(
        description="Xác nhận lại chính mình trong phiên này: bằng mã xác thực thứ hai nếu có đăng ký, "
        "nếu không thì bằng mật khẩu",
        metadata={"own": Step.CONFIRM_AGAIN},
    )
    async def confirm_again(
        self,
        info: Info[Context, None],
        current: Annotated[
            str | None, strawberry.argument(description="Mật khẩu đang dùng, nếu không có mã xác thực thứ hai")
        ] = None,
        second_factor: Annotated[
            str | None, strawberry.argument(description="Mã đang hiện trên thiết bị, hoặc một mã dự phòng")
        ] = None,
    ) -> ConfirmAgainPayload:
        gate: Gate = info.context.gate
        return ConfirmAgainPayload(errors=await errors_of(lambda: gate.confirm_again(current, second_factor)))


async def errors_of(do: Callable[[], Awaitable[None]]) -> list[UserError]:
    """Why it was refused; nothing where it was done."""
    try:
        await do()
    except BadInput as refused:
        return refusals(refused, of="")
    return []


async def _end(gate: Gate, id_: str) -> None:
    for token in await gate.sessions():
        if _id(token) == id_:
            return await gate.end_session(token.id)
    raise sessions.unknown()


def _id(token: AccessToken) -> strawberry.ID:
    return global_id("Session", token.id)


__all__ = ["Gate", "OwnWaysInMutation", "Session", "errors_of"]
