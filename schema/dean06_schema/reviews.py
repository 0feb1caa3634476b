"""Reviews of what was granted: opened for units, each decided as a whole by somebody who holds none of it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_auth import reviews
from dean06_auth.review_rows import AccessReview as ReviewRow
from dean06_auth.reviews import Entry, Review, ReviewState
from dean06_core.access import Action, DataClass
from dean06_core.errors import BadInput
from dean06_core.graphql import After, Context, First, PageInfo, described
from dean06_core.outcomes import Refused
from dean06_core.pages import Page, cursor_of
from dean06_schema.accounts import Account, Grant, profile_of
from dean06_schema.errors import Refusal, UserError, refusals
from dean06_schema.governance import keys_of
from dean06_schema.nodes import global_id, key_of
from dean06_schema.units import Unit

described(
    ReviewState,
    "Trạng thái của đợt rà soát",
    OPEN="Chưa quyết định, còn trong hạn",
    OVERDUE="Chưa quyết định, đã quá hạn",
    DECIDED="Đã quyết định",
)
_ORDER: Final = "access_reviews"
_READ: Final = {"needs": (Action.READ, DataClass.GOVERNANCE)}


@strawberry.type(description="Một quyền trong đợt rà soát, cùng điều cho thấy có còn cần hay không")
class ReviewedGrant:
    entry: strawberry.Private[Entry]
    kept: bool | None = strawberry.field(description="Được giữ hay thu hồi; null nếu chưa quyết định hoặc đã hết")
    days_used: int = strawberry.field(description="Số ngày tài khoản được dùng trong 6 tháng qua")
    peers: int = strawberry.field(description="Số người khác giữ cùng vai trò tại đơn vị")
    peers_days_used: float | None = strawberry.field(
        description="Số ngày dùng ở giữa (trung vị) của những người đó; null nếu không có ai"
    )

    @classmethod
    def of(cls, entry: Entry) -> "ReviewedGrant":
        return cls(
            entry=entry,
            kept=entry.kept,
            days_used=entry.days_used,
            peers=entry.peers,
            peers_days_used=entry.peers_days,
        )

    @strawberry.field(description="Quyền, cùng nhiệm vụ mà nó nằm trong")
    def grant(self, info: Info[Context, None]) -> Grant:
        return Grant.known(self.entry.given, info.context)

    @strawberry.field(description="Tài khoản giữ quyền, cùng ngày dùng gần nhất")
    def account(self, info: Info[Context, None]) -> Account:
        return Account.known(self.entry.account, info.context)


@strawberry.type(description="Đợt rà soát các quyền tại một đơn vị; quyền của người rà soát ở một đợt riêng")
class AccessReview:
    row: strawberry.Private[ReviewRow]
    id: strawberry.ID = strawberry.field(description="Định danh trong hệ thống")
    due_on: date = strawberry.field(description="Hạn quyết định; quá 14 ngày thì quyền đến hạn không còn hiệu lực")
    state: ReviewState = strawberry.field(description="Trạng thái")
    decided_by: str | None = strawberry.field(description="Người quyết định; null nếu chưa quyết định")

    @classmethod
    def of(cls, row: ReviewRow, context: Context) -> "AccessReview":
        return cls(
            row=row,
            id=global_id("AccessReview", row.id),
            due_on=row.due_on,
            state=reviews.state_of(row, context.on),
            decided_by=row.decided_by,
        )

    @strawberry.field(description="Đơn vị")
    def unit(self, info: Info[Context, None]) -> Unit:
        return Unit.known(info.context, self.row.unit_key)

    @strawberry.field(description="Các quyền được rà soát")
    async def grants(self, info: Info[Context, None]) -> list[Grant]:
        found = await _review(self, info.context)
        return [] if found is None else [Grant.known(each.given, info.context) for each in found.entries]

    @strawberry.field(description="Các quyền được rà soát, mỗi quyền cùng mức dùng và so với người cùng vai trò")
    async def entries(self, info: Info[Context, None]) -> list[ReviewedGrant]:
        found = await _review(self, info.context)
        return [] if found is None else [ReviewedGrant.of(each) for each in found.entries]


@strawberry.type(description="Một dòng của danh sách")
class AccessReviewEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: AccessReview = strawberry.field(description="Đợt rà soát")


@strawberry.type(description="Danh sách đợt rà soát theo trang, hạn sớm trước")
class AccessReviewConnection:
    edges: list[AccessReviewEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")
    total_count: int = strawberry.field(description="Tổng số đợt trong danh sách")


@strawberry.type(description="Đợt rà soát sau thao tác")
class AccessReviewPayload:
    review: AccessReview | None = strawberry.field(
        default=None, description="Đợt rà soát như từ lúc này; null nếu có lỗi hoặc ngoài phạm vi được xem"
    )
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Lý do không thực hiện được, theo từng quyền"
    )


@strawberry.type(description="Các đợt rà soát vừa mở")
class AccessReviewsPayload:
    reviews: list[AccessReview] = strawberry.field(default_factory=list, description="Các đợt; rỗng nếu có lỗi")
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Lý do không thực hiện được, theo từng đơn vị"
    )


@strawberry.type
class ReviewQuery:
    @strawberry.field(description="Các đợt rà soát quyền tại các đơn vị trong phạm vi được xem", metadata=_READ)
    async def access_reviews(
        self,
        info: Info[Context, None],
        state: Annotated[
            list[ReviewState] | None, strawberry.argument(description="Chỉ các trạng thái này; không ghi thì tất cả")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> AccessReviewConnection:
        context = info.context
        rows, total = await context.ask(reviews.listed, state, Page.of(_ORDER, first=first, after=after))
        return AccessReviewConnection(
            edges=[
                AccessReviewEdge(cursor=cursor_of(key, _ORDER), node=AccessReview.of(row, context))
                for key, row in zip(rows.keys, rows.rows, strict=True)
            ],
            page_info=PageInfo.of(rows, _ORDER),
            total_count=total,
        )


@strawberry.type
class ReviewMutation:
    @strawberry.mutation(
        description="Mở đợt rà soát quyền tại các đơn vị; dành cho người quản trị và người phê duyệt quyền",
        metadata=_READ,
    )
    async def open_reviews(
        self,
        info: Info[Context, None],
        units: Annotated[
            list[str], strawberry.argument(description="Mã các đơn vị; sai một đơn vị thì không mở đợt nào")
        ],
    ) -> AccessReviewsPayload:
        context = info.context
        try:
            ids = await context.act(reviews.open, units, profile=profile_of(context))
        except BadInput as refused:
            return AccessReviewsPayload(errors=refusals(refused, of="", entries="units"))
        found = await context.ask(reviews.of_ids, ids)
        return AccessReviewsPayload(reviews=[AccessReview.of(found[id_].row, context) for id_ in ids if id_ in found])

    @strawberry.mutation(
        description="Quyết định một đợt rà soát: mọi quyền cùng lúc, quyền không giữ thì thu hồi ngay; "
        "không ai quyết định về quyền của mình",
        metadata={"needs": (Action.PROPOSE, DataClass.GOVERNANCE)},
    )
    async def decide_review(
        self,
        info: Info[Context, None],
        review: Annotated[strawberry.ID, strawberry.argument(description="Định danh của đợt rà soát")],
        keep: Annotated[list[strawberry.ID], strawberry.argument(description="Định danh của các quyền được giữ")],
        end: Annotated[list[strawberry.ID], strawberry.argument(description="Định danh của các quyền bị thu hồi")],
        reason: Annotated[str, strawberry.argument(description="Lý do, kèm số văn bản nếu có")],
    ) -> AccessReviewPayload:
        context = info.context
        lists: dict[str, list[UUID]] = {}
        try:
            key = key_of("AccessReview", review, noun="đợt rà soát", field="review")
            for name, ids in (("keep", keep), ("end", end)):
                try:
                    lists[name] = keys_of(ids)
                except BadInput as refused:
                    return AccessReviewPayload(errors=refusals(refused, of="", entries=name))
            id_ = await context.act(reviews.decide, key, keep=lists["keep"], end=lists["end"], reason=reason)
        except Refused as refused:
            return AccessReviewPayload(errors=_by_list(refused.refusals))
        except BadInput as refused:
            return AccessReviewPayload(errors=refusals(refused, of=""))
        found = (await context.ask(reviews.of_ids, [id_])).get(id_)
        return AccessReviewPayload(review=None if found is None else AccessReview.of(found.row, context))


def _by_list(refused: Sequence[BadInput]) -> list[UserError]:
    """Core tells the place of an entry first and then its list."""
    return [Refusal(code=each.code, field=[each.field[1], each.field[0]], message=each.message) for each in refused]


async def _review(review: AccessReview, context: Context) -> Review | None:
    found: Review | None = await context.resolve_together(_all, review.row.id, {})
    return found


async def _all(keys: Sequence[UUID], context: Context) -> list[Review | None]:
    found = await context.ask(reviews.of_ids, keys)
    return [found.get(key) for key in keys]


__all__ = ["AccessReview", "ReviewMutation", "ReviewQuery"]
