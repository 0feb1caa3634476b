"""The review of accounts: how many are surplus, shared, idle or without function, where, and what shows it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.types.info import Info

from dean06_auth import account_reports, own_report, registers
from dean06_auth.account_faults import AccountFault, Limits
from dean06_auth.account_reports import AccountReport as MadeReport
from dean06_auth.account_reports import FaultyAccount as FoundAccount
from dean06_auth.account_reports import UnitFaults as FoundUnit
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_core import systems
from dean06_core.access import Action, DataClass
from dean06_core.errors import BadInput
from dean06_core.graphql import After, Context, First, PageInfo, described
from dean06_core.pages import Page, cursor_of, cut
from dean06_schema.units import On, Unit, UnitSelector

described(
    AccountFault,
    "Điều sai ở một tài khoản",
    SURPLUS="Dư thừa: nhiều hơn số người có chức năng, hoặc một người có hai tài khoản",
    WITHOUT_FUNCTION="Cán bộ không có chức năng, nhiệm vụ",
    SHARED="Nhiều người dùng chung",
    DORMANT="Lâu không dùng",
    PASSWORD_OVERDUE="Quá hạn đổi mật khẩu",  # noqa: S106  words, no password
    REVIEW_OVERDUE="Quá hạn rà soát",
)
_ORDER: Final = "faulty_accounts"


@strawberry.type(description="Số tài khoản có một điều sai")
class FaultCount:
    fault: AccountFault = strawberry.field(description="Điều sai")
    count: int = strawberry.field(description="Số tài khoản")


@strawberry.type(description="Tài khoản của một đơn vị")
class UnitFaults:
    found: strawberry.Private[FoundUnit]
    on: strawberry.Private[date]
    total: int = strawberry.field(description="Số tài khoản")
    staff_with_function: int | None = strawberry.field(
        description="Số người có chức năng dùng hệ thống; null nếu chưa ai báo"
    )
    counts: list[FaultCount] = strawberry.field(description="Số tài khoản theo từng điều sai")

    @strawberry.field(description="Đơn vị")
    def unit(self, info: Info[Context, None]) -> Unit:
        return Unit.known(info.context, self.found.unit, self.on)


@strawberry.type(description="Một tài khoản có điều sai")
class FaultyAccount:
    found: strawberry.Private[FoundAccount]
    on: strawberry.Private[date]
    login: str = strawberry.field(description="Tên đăng nhập")
    name: str | None = strawberry.field(description="Người dùng; nhiều người cách nhau bằng dấu phẩy")
    last_used_on: date | None = strawberry.field(description="Ngày dùng gần nhất; null nếu chưa dùng")
    lookups: int | None = strawberry.field(description="Số lượt tra cứu trong danh sách; null nếu không ghi")
    evidence: list[str] = strawberry.field(description="Căn cứ của từng điều sai")

    @classmethod
    def of(cls, found: FoundAccount, on: date) -> "FaultyAccount":
        account = found.account
        return cls(
            found=found,
            on=on,
            login=account.login,
            name=", ".join(account.holders) or None,
            last_used_on=account.last_used_on,
            lookups=account.lookups,
            evidence=[finding.evidence for finding in found.findings],
        )

    @strawberry.field(description="Đơn vị")
    def unit(self, info: Info[Context, None]) -> Unit | None:
        return Unit.known(info.context, self.found.account.unit, self.on)

    @strawberry.field(description="Các điều sai")
    def faults(self) -> list[AccountFault]:
        return [finding.fault for finding in self.found.findings]


@strawberry.type(description="Một dòng của danh sách")
class FaultyAccountEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: FaultyAccount = strawberry.field(description="Tài khoản")


@strawberry.type(description="Danh sách tài khoản có điều sai theo trang, xếp theo tên đăng nhập")
class FaultyAccountConnection:
    edges: list[FaultyAccountEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")
    total_count: int = strawberry.field(description="Tổng số tài khoản trong danh sách")


@strawberry.type(description="Rà soát tài khoản của một hệ thống tại một ngày")
class AccountReport:
    made: strawberry.Private[MadeReport]
    on: strawberry.Private[date]
    system: str = strawberry.field(description="Mã hệ thống")
    as_of: date | None = strawberry.field(description="Ngày của danh sách được rà soát; null nếu chưa có danh sách nào")
    total: int = strawberry.field(description="Số tài khoản")
    counts: list[FaultCount] = strawberry.field(description="Số tài khoản theo từng điều sai")
    password_change_rate: Decimal | None = strawberry.field(
        description="Tỷ lệ tài khoản đổi mật khẩu đúng hạn, theo phần trăm; null nếu không có tài khoản"
    )

    @classmethod
    def of(cls, made: MadeReport, system: str, on: date, *, as_of: date | None) -> "AccountReport":
        return cls(
            made=made,
            on=on,
            system=system,
            as_of=as_of,
            total=made.total,
            counts=_counts(made.counts),
            password_change_rate=made.password_change_rate,
        )

    @strawberry.field(description="Theo đơn vị")
    def by_unit(self, info: Info[Context, None]) -> list[UnitFaults]:
        position = info.context.directory.position
        return [
            UnitFaults(
                found=each, on=self.on, total=each.total, staff_with_function=each.people, counts=_counts(each.counts)
            )
            for each in sorted(self.made.by_unit, key=lambda each: position[each.unit])
        ]

    @strawberry.field(description="Các tài khoản có điều sai")
    def accounts(
        self,
        faults: Annotated[
            list[AccountFault] | None, strawberry.argument(description="Chỉ những điều sai này; không ghi thì tất cả")
        ] = None,
        first: First = None,
        after: After = None,
    ) -> FaultyAccountConnection:
        wanted = set(AccountFault if faults is None else faults)
        meant = [each for each in self.made.faulty if wanted & {finding.fault for finding in each.findings}]
        rows = cut(meant, Page.of(_ORDER, first=first, after=after), lambda each: (each.account.login,))
        return FaultyAccountConnection(
            edges=[
                FaultyAccountEdge(cursor=cursor_of(key, _ORDER), node=FaultyAccount.of(each, self.on))
                for key, each in zip(rows.keys, rows.rows, strict=True)
            ],
            page_info=PageInfo.of(rows, _ORDER),
            total_count=len(meant),
        )


@strawberry.type
class AccountReportQuery:
    @strawberry.field(
        description="Rà soát tài khoản của hệ thống này, hoặc của một hệ thống đã đăng ký theo danh sách gần nhất đến "
        "ngày hỏi",
        metadata={"needs": (Action.READ, DataClass.GOVERNANCE)},
    )
    async def account_report(
        self,
        info: Info[Context, None],
        system: Annotated[
            str | None, strawberry.argument(description="Mã hệ thống; không ghi, hoặc dean06, là hệ thống này")
        ] = None,
        units: Annotated[
            UnitSelector | None, strawberry.argument(description="Những đơn vị nào; không ghi thì mọi đơn vị được xem")
        ] = None,
        on: On = None,
    ) -> AccountReport:
        context, day = info.context, on or info.context.on
        keys = None if units is None else units.keys(context)
        if system is None or system == own_report.SYSTEM:
            own = await context.ask(own_report.of_day, on=day, units=keys, profile=_profile(context))
            return AccountReport.of(own, own_report.SYSTEM, day, as_of=day)
        async with context.reading() as session:
            await _refuse_unless_registered(session, system)
            register = await registers.register_of(session, system, on=day, units=keys)
        made = account_reports.report_of(register, on=day, limits=Limits())
        return AccountReport.of(made, system, day, as_of=register.as_of)


def _profile(context: Context) -> Profile:
    return VN_L3_2026 if context.gate is None else context.gate.profile


def _counts(counts: Mapping[AccountFault, int]) -> list[FaultCount]:
    return [FaultCount(fault=fault, count=count) for fault, count in counts.items()]


async def _refuse_unless_registered(session: AsyncSession, code: str) -> None:
    known: list[Any] = [stored.code for stored in await systems.listed(session)]
    if code not in known:
        raise BadInput(
            "SYSTEM_UNKNOWN", f"Không có hệ thống mang mã “{code}”. Hãy tra mã ở truy vấn systems.", field=("system",)
        )


__all__ = ["AccountFault", "AccountReport", "AccountReportQuery"]
