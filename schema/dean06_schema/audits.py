"""How the audit log is looked through: who did what, for whom, when and with what outcome."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types.info import Info

from dean06_auth import accounts
from dean06_core.access import Action, DataClass
from dean06_core.audit import log
from dean06_core.audit.log import Meant, Told
from dean06_core.audit.operating import OPERATOR
from dean06_core.errors import BadInput
from dean06_core.graphql import After, Connection, Context, First
from dean06_core.outcomes import refused_at
from dean06_schema.nodes import parsed
from dean06_schema.units import Unit


@strawberry.input(description="Chọn sự kiện: những sự kiện thỏa mọi điều kiện đã ghi")
class AuditEventFilter:
    login: str | None = strawberry.field(
        default=None, description="Tên đăng nhập của người làm; của người vận hành là operator:TÊN"
    )
    action: str | None = strawberry.field(default=None, description="Việc, ví dụ proposals.approve")
    outcome: str | None = strawberry.field(default=None, description="Kết quả: DONE hoặc mã lý do từ chối")
    unit: str | None = strawberry.field(default=None, description="Mã đơn vị của người làm, vào lúc làm")
    subject: str | None = strawberry.field(
        default=None, description="Đối tượng: định danh của tài khoản, nhiệm vụ hoặc mã được ghi"
    )
    from_: datetime | None = strawberry.field(name="from", default=None, description="Từ thời điểm này")
    to: datetime | None = strawberry.field(default=None, description="Đến trước thời điểm này")

    def meant(self, context: Context) -> Meant:
        unit = None
        if self.unit is not None:
            with refused_at("filter", "unit"):
                unit = context.directory.named(self.unit, context.on).key
        return Meant(
            login=None if self.login is None else _login(self.login),
            action=self.action,
            outcome=self.outcome,
            unit=unit,
            subject=None if self.subject is None else _subject(self.subject),
            since=self.from_,
            until=self.to,
        )


@strawberry.type(description="Một sự kiện trong nhật ký, không bao giờ thay đổi")
class AuditEvent:
    told: strawberry.Private[Told]
    id: strawberry.ID = strawberry.field(description="Định danh, dùng với dean06 audit prove")
    at: datetime = strawberry.field(description="Xảy ra lúc")
    login: str = strawberry.field(description="Tên đăng nhập của người làm; để trống nếu không ai được nhận ra")
    role: str = strawberry.field(description="Vai trò của người làm, vào lúc làm")
    action: str = strawberry.field(description="Việc")
    outcome: str = strawberry.field(description="Kết quả: DONE hoặc mã lý do từ chối")
    subject: str = strawberry.field(description="Đối tượng, để trống nếu không có hoặc có nhiều")
    details: str = strawberry.field(description="Chi tiết bằng JSON: mã, ngày và số lượng")
    personal: str | None = strawberry.field(description="Dữ liệu cá nhân bằng JSON; null nếu không có hoặc đã xóa")
    is_erased: bool = strawberry.field(description="Dữ liệu cá nhân đã xóa")
    place: int | None = strawberry.field(description="Số thứ tự đã niêm phong; null nếu đang chờ niêm phong")

    @classmethod
    def of(cls, told: Told) -> "AuditEvent":
        event = told.event
        return cls(
            told=told,
            id=strawberry.ID(str(event.id)),
            at=event.recorded_at,
            login=event.login,
            role=event.role,
            action=event.action,
            outcome=event.outcome,
            subject=event.subject,
            details=event.body,
            personal=told.personal,
            is_erased=event.commitment != "" and told.personal is None,
            place=event.seq,
        )

    @strawberry.field(description="Đơn vị của người làm")
    def unit(self, info: Info[Context, None]) -> Unit | None:
        event = self.told.event
        return None if event.unit_key is None else Unit.known(info.context, event.unit_key, event.recorded_at.date())


@strawberry.type
class AuditQuery:
    @strawberry.field(
        description="Nhật ký, sự kiện mới nhất trước; nên ghi from và to khi tìm sự kiện đã lâu",
        metadata={"needs": (Action.READ, DataClass.AUDIT)},
    )
    async def audit_events(
        self,
        info: Info[Context, None],
        filter: Annotated[
            AuditEventFilter | None, strawberry.argument(description="Những sự kiện nào; không ghi thì tất cả")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[AuditEvent]:
        context = info.context
        meant = Meant() if filter is None else filter.meant(context)
        async with context.reading() as session:
            found = await log.newest(session, meant, first=first, after=after)
        return Connection.of(found, log.ORDER, [AuditEvent.of(told) for told in found.rows])


def _login(written: str) -> str:
    return written if written.startswith(OPERATOR) else accounts.login_of(written)


def _subject(written: str) -> str:
    """A key or code as the log has it, also where it comes as another answer's id."""
    try:
        return str(parsed(written).key)
    except BadInput:
        return written


__all__ = ["AuditEvent", "AuditQuery"]
