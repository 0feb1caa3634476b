"""Accounts one by one and in lists, and the proposals that wait for somebody; of units whose accounts he reads."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import sqlalchemy as sa
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.types.info import Info

from dean06_auth import accounts, holdings, own_report, standing_lists
from dean06_core import pages
from dean06_core.access import Action, DataClass
from dean06_core.errors import BadInput
from dean06_core.graphql import After, Connection, Context, First, PageInfo
from dean06_core.pages import Page, Slice, cursor_of
from dean06_schema.account_reports import AccountFault
from dean06_schema.accounts import Account, AccountState, Grant, profile_of, state_of
from dean06_schema.units import UnitSelector

_ORDER: Final = "accounts"
_PENDING: Final = "pending_grants"
_READ: Final = {"needs": (Action.READ, DataClass.GOVERNANCE)}


@strawberry.input(description="Lọc danh sách tài khoản; mọi điều kiện đã ghi phải cùng đúng")
class AccountFilter:
    system: str | None = strawberry.field(
        default=None, description="Chỉ dean06; tài khoản của hệ thống khác ở accountReport"
    )
    units: UnitSelector | None = strawberry.field(default=None, description="Ở những đơn vị này")
    faults: list[AccountFault] | None = strawberry.field(default=None, description="Có một trong các điều sai này")
    states: list[AccountState] | None = strawberry.field(default=None, description="Ở một trong các trạng thái này")


@strawberry.type(description="Một dòng của danh sách")
class AccountEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: Account = strawberry.field(description="Tài khoản")


@strawberry.type(description="Danh sách tài khoản theo trang, xếp theo tên đăng nhập")
class AccountConnection:
    edges: list[AccountEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")
    total_count: int = strawberry.field(description="Tổng số tài khoản trong danh sách")


@strawberry.type
class AccountListQuery:
    @strawberry.field(description="Tài khoản theo tên đăng nhập; null nếu không có hoặc ngoài phạm vi", metadata=_READ)
    async def account(
        self,
        info: Info[Context, None],
        login: Annotated[str, strawberry.argument(description="Tên đăng nhập")],
    ) -> Account | None:
        context = info.context
        async with context.reading() as session:
            found = await accounts.find(session, login=login)
        return None if found is None else Account.known(found, context)

    @strawberry.field(description="Các tài khoản trong phạm vi được xem, kể cả đã đóng", metadata=_READ)
    async def accounts(
        self,
        info: Info[Context, None],
        filter: Annotated[AccountFilter | None, strawberry.argument(description="Điều kiện lọc")] = None,
        first: First = None,
        after: After = None,
    ) -> AccountConnection:
        context, wanted = info.context, filter or AccountFilter()
        page = Page.of(_ORDER, first=first, after=after)
        if wanted.system not in (None, own_report.SYSTEM):
            raise BadInput(
                "SYSTEM_OTHER",
                f"Danh sách này chỉ có tài khoản của {own_report.SYSTEM}, không có của “{wanted.system}”. "
                "Hãy hỏi accountReport với mã hệ thống.",
                field=("filter", "system"),
            )
        statement = sa.select(accounts.Account)
        if wanted.units is not None:
            statement = statement.where(accounts.Account.unit_key.in_(wanted.units.keys(context)))
        async with context.reading() as session:
            if wanted.faults is None and wanted.states is None:
                rows, total = await _page(session, statement, page)
                return _connection(rows, total, context)
            every = (await session.scalars(statement.order_by(accounts.Account.login))).all()
        meant = await _meant(every, wanted, context)
        return _connection(pages.cut(meant, page, lambda row: (row.login,)), len(meant), context)

    @strawberry.field(
        description="Các quyền chờ chính người hỏi phê duyệt, cũ nhất trước; không gồm quyền do mình đề nghị "
        "hoặc cho chính mình",
        metadata={"needs": (Action.APPROVE, DataClass.GOVERNANCE)},
    )
    async def pending_grants(
        self, info: Info[Context, None], first: First = None, after: After = None
    ) -> Connection[Grant]:
        context = info.context
        rows = await context.ask(holdings.pending, Page.of(_PENDING, first=first, after=after))
        return Connection.of(rows, _PENDING, [Grant.known(given, context) for given in rows.rows])


async def _page(session: AsyncSession, statement: Any, page: Page) -> tuple[Slice[accounts.Account], int]:
    rows = (await session.scalars(pages.bounded(statement, page, (accounts.Account.login.expression,)))).all()
    total = await session.scalar(sa.select(sa.func.count()).select_from(statement.subquery()))
    return pages.slice_of(rows, page, lambda row: (row.login,)), total or 0


async def _meant(every: Sequence[accounts.Account], wanted: AccountFilter, context: Context) -> list[accounts.Account]:
    """What is computed from many rows is asked of all accounts that are shown, whatever the page."""
    found, on, profile = list(every), context.on, profile_of(context)
    if wanted.states is not None:
        standing = await context.ask(standing_lists.of_accounts, [row.id for row in found], profile=profile)
        found = [
            row
            for row in found
            if row.id in standing
            and state_of(standing[row.id], is_gone=not context.directory.unit(row.unit_key, on).holds(on))
            in wanted.states
        ]
    if wanted.faults is not None:
        report = await context.ask(own_report.of_day, on=on, units={row.unit_key for row in found}, profile=profile)
        faulty = {
            each.account.login
            for each in report.faulty
            if any(finding.fault in wanted.faults for finding in each.findings)
        }
        found = [row for row in found if row.login in faulty]
    return found


def _connection(rows: Slice[accounts.Account], total: int, context: Context) -> AccountConnection:
    return AccountConnection(
        edges=[
            AccountEdge(cursor=cursor_of(key, _ORDER), node=Account.known(row, context))
            for key, row in zip(rows.keys, rows.rows, strict=True)
        ],
        page_info=PageInfo.of(rows, _ORDER),
        total_count=total,
    )


__all__ = ["AccountConnection", "AccountFilter", "AccountListQuery"]
