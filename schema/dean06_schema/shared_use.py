"""Notes to the heads of units: whose account showed shared use, what shows it, and what the system did about it."""

from datetime import datetime
from typing import Annotated, Any, Final

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_auth import accounts
from dean06_auth.shared_use import notes
from dean06_auth.shared_use.notes import SharedUseNote as KeptNote
from dean06_auth.shared_use.uses import Rule
from dean06_auth.shared_use.watch import Rung
from dean06_core.access import Action, DataClass
from dean06_core.errors import BadInput
from dean06_core.graphql import After, Connection, Context, First, described
from dean06_core.pages import Page, bounded, slice_of
from dean06_schema.accounts import Account
from dean06_schema.errors import UserError, refusals
from dean06_schema.nodes import global_id, key_of

described(
    Rule,
    "Dấu hiệu nhiều người dùng chung một tài khoản",
    name="SharedUseRule",
    INTERLEAVED="Dùng xen kẽ trên nhiều thiết bị cùng loại trong một giờ",
    SIMULTANEOUS="Các phiên làm việc liên tục thay nhau khi đang dùng",
    VOLUME="Số lượt yêu cầu trong ngày nhiều bất thường",
    OUTSIDE_HOURS="Dùng ngoài giờ làm việc của đơn vị",
)
described(
    Rung,
    "Hệ thống đã làm gì, từ nhẹ đến nặng",
    name="SharedUseResponse",
    LOG="Chỉ ghi nhật ký",
    STEP_UP="Yêu cầu người đang dùng xác nhận lại chính mình",
    END_SESSIONS="Kết thúc mọi phiên làm việc của tài khoản",
    SUSPEND="Tạm khóa tài khoản",
)
_ORDER: Final = "shared_use_notes"
_KIND: Final = "SharedUseNote"


@strawberry.type(description="Ghi nhận về một tài khoản có dấu hiệu dùng chung; là dấu hiệu, chưa là kết luận")
class SharedUseNote:
    owner: strawberry.Private[accounts.Account]
    id: strawberry.ID = strawberry.field(description="Định danh trong hệ thống")
    rule: Rule = strawberry.field(description="Dấu hiệu")
    response: Rung = strawberry.field(description="Hệ thống đã làm gì")
    evidence: str = strawberry.field(description="Căn cứ: số lượt và thời điểm")
    found_at: datetime = strawberry.field(description="Phát hiện lúc")
    seen_at: datetime | None = strawberry.field(description="Được xác nhận đã xem lúc; null nếu chưa")
    seen_by: str | None = strawberry.field(description="Tên đăng nhập của người đã xem; null nếu chưa")

    @classmethod
    def of(cls, kept: KeptNote, owner: accounts.Account) -> "SharedUseNote":
        return cls(
            owner=owner,
            id=global_id(_KIND, kept.id),
            rule=kept.rule,
            response=kept.rung,
            evidence=kept.evidence,
            found_at=kept.found_at,
            seen_at=kept.seen_at,
            seen_by=kept.seen_by,
        )

    @strawberry.field(description="Tài khoản được nói đến")
    def account(self, info: Info[Context, None]) -> Account:
        return Account.known(self.owner, info.context)


@strawberry.type(description="Ghi nhận sau khi xác nhận đã xem")
class SharedUseNotePayload:
    note: SharedUseNote | None = strawberry.field(
        default=None, description="Ghi nhận như từ lúc này; null nếu có lỗi hoặc ngoài phạm vi được xem"
    )
    errors: list[UserError] = strawberry.field(default_factory=list, description="Lý do không thực hiện được")


@strawberry.type
class SharedUseQuery:
    @strawberry.field(
        description="Các tài khoản có dấu hiệu dùng chung đến mức hệ thống đã kết thúc phiên làm việc hoặc tạm khóa, "
        "theo thứ tự ghi",
        metadata={"needs": (Action.READ, DataClass.GOVERNANCE)},
    )
    async def shared_use_notes(
        self,
        info: Info[Context, None],
        unseen: Annotated[bool, strawberry.argument(description="Chỉ những ghi nhận chưa ai xem")] = False,
        first: First = None,
        after: After = None,
    ) -> Connection[SharedUseNote]:
        page = Page.of(_ORDER, first=first, after=after)
        wanted = _told()
        if unseen:
            wanted = wanted.where(KeptNote.seen_at.is_(None))
        async with info.context.reading() as session:
            statement = bounded(wanted, page, [KeptNote.id.expression])
            found = (await session.execute(statement)).all()
        rows = slice_of(found, page, lambda row: (row[0].id,))
        return Connection.of(rows, _ORDER, [SharedUseNote.of(*row) for row in rows.rows])


@strawberry.type
class SharedUseMutation:
    @strawberry.mutation(
        description="Xác nhận đã xem một ghi nhận về dùng chung tài khoản; không phải về chính mình",
        metadata={"needs": (Action.PROPOSE, DataClass.GOVERNANCE)},
    )
    async def mark_shared_use_note_seen(
        self,
        info: Info[Context, None],
        note: Annotated[strawberry.ID, strawberry.argument(description="Định danh của ghi nhận")],
    ) -> SharedUseNotePayload:
        try:
            id_ = await info.context.act(notes.see, key_of(_KIND, note, noun="ghi nhận", field="note"))
        except BadInput as refused:
            return SharedUseNotePayload(errors=refusals(refused, of=""))
        async with info.context.reading() as session:
            row = (await session.execute(_told().where(KeptNote.id == id_))).first()
        return SharedUseNotePayload(note=None if row is None else SharedUseNote.of(*row))


def _told() -> Any:
    """Each note with the account that it is about."""
    return (
        sa.select(KeptNote, accounts.Account)
        .join(accounts.Account, accounts.Account.id == KeptNote.account_id)
        .where(KeptNote.rung.in_(notes.TOLD))
    )


__all__ = ["SharedUseMutation", "SharedUseQuery"]
