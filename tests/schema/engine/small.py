"""A contract of a few fields and two sectors, for tests of the engine alone."""

# mypy: disable-error-code="untyped-decorator"

import enum
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any, cast

import strawberry
from strawberry.types.info import Info

from dean06_core.access import ALL, Action, All, Caller, DataClass, Grant
from dean06_core.errors import BadInput
from dean06_core.graphql import Context, batch_field
from dean06_core.sectors import Sector
from dean06_schema.engine import Engine, Parts, assemble
from dean06_schema.errors import Refusal, UserError

TODAY = date(2025, 7, 28)


@strawberry.type(description="Xã")
class Commune:
    name: str = strawberry.field(description="Tên")

    @strawberry.field(description="Xã bên cạnh")
    def neighbour(self) -> "Commune":
        return Commune(name=self.name)

    @batch_field(description="Số sổ sức khỏe", sector="health")
    async def health_books(communes: list[Any], context: Context) -> list[int]:  # noqa: N805  all parents at once
        return [7 for _ in communes]


@strawberry.type(description="Tài khoản")
class Account:
    login: str = strawberry.field(description="Tên đăng nhập")


@strawberry.type
class SmallQuery:
    @strawberry.field(description="Đã đăng nhập hay chưa", metadata={"open": True})
    def signed_in(self, info: Info[Context, None]) -> bool:
        return info.context.caller is not None

    @strawberry.field(description="Một xã")
    def commune(self, name: Annotated[str, strawberry.argument(description="Tên")] = "Vũng Áng") -> Commune:
        return Commune(name=name)

    @strawberry.field(description="Các tài khoản", metadata={"needs": (Action.ADMINISTER, DataClass.GOVERNANCE)})
    def accounts(self) -> list[Account]:
        return [Account(login="lan")]

    @strawberry.field(description="Từ chối")
    def refused(self) -> str | None:
        raise BadInput("UNIT_UNKNOWN", "Không có đơn vị mang mã “1”.", field=("code",))

    @strawberry.field(description="Hỏng")
    def broken(self, times: Annotated[int, strawberry.argument(description="Lần")] = 1) -> str | None:
        raise RuntimeError("connection to 10.0.0.7 lost")

    @strawberry.field(description="Thiếu")
    def missing(self) -> str:
        return cast(str, None)


@strawberry.type(description="Kết quả đăng nhập")
class SignInPayload:
    errors: list[UserError] = strawberry.field(description="Lý do")


@strawberry.type
class SmallMutation:
    @strawberry.mutation(description="Đăng nhập", metadata={"open": True})
    def sign_in(self, login: Annotated[str, strawberry.argument(description="Tên đăng nhập")]) -> SignInPayload:
        return SignInPayload(errors=[Refusal(code="SIGN_IN_FAILED", field=None, message="Không đăng nhập được.")])

    @strawberry.mutation(description="Đăng xuất")
    def sign_out(self) -> SignInPayload:
        return SignInPayload(errors=[])


SMALL = Parts(queries=(SmallQuery,), mutations=(SmallMutation,), types=(Refusal,))


@strawberry.enum(description="Loại sổ")
class HealthBookKind(enum.Enum):
    PAPER = strawberry.enum_value("PAPER", description="Giấy")


@strawberry.type(description="Sổ sức khỏe")
class HealthBook:
    kind: HealthBookKind = strawberry.field(description="Loại")


@strawberry.type(description="Y tế")
class HealthQuery:
    @strawberry.field(description="Các sổ")
    def books(self) -> list[HealthBook]:
        return [HealthBook(kind=HealthBookKind.PAPER)]


@strawberry.type(description="Thuế")
class TaxQuery:
    @strawberry.field(description="Số hộ")
    def households(self) -> int:
        return 3


HEALTH = Sector(code="health", title="Y tế", query=HealthQuery)
TAX = Sector(code="tax", title="Thuế", query=TaxQuery)


def engine(sectors: Iterable[Sector] = (HEALTH, TAX)) -> Engine:
    return assemble(list(sectors), parts=SMALL)


def official(*sectors: str, units: frozenset[int] | All = ALL) -> Caller:
    """Someone who reads aggregates of these sectors; of every sector if none is named."""
    grant = Grant(
        role="sector_frontend",
        actions=frozenset({Action.READ}),
        sectors=frozenset(sectors) if sectors else ALL,
        units=units,
        data_classes=frozenset({DataClass.AGGREGATE}),
        starts=date(2025, 1, 1),
        ends=date(2026, 1, 1),
    )
    return Caller(login="lan", name="Nguyễn Thị Lan", unit=1, grants=(grant,))


def administrator(*, data_class: DataClass = DataClass.GOVERNANCE, ends: date = date(2026, 1, 1)) -> Caller:
    """Someone who administers a class of data everywhere."""
    actions = frozenset({Action.READ, Action.ADMINISTER})
    grant = Grant("administrator", actions, ALL, ALL, frozenset({data_class}), date(2025, 1, 1), ends)
    return Caller(login="minh", name="Trần Văn Minh", unit=1, grants=(grant,))


def context(caller: Caller | None) -> Context:
    nothing: Any = None
    return Context(caller, TODAY, datetime(2025, 7, 28, 2, tzinfo=UTC), directory=nothing, catalogue=nothing)
