"""How the sector's own records are asked for: visits one by one, and counted for each facility."""

from datetime import date

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import After, Connection, Context, First, OfUnit, RecordList, Since, UnitRecord, Until
from dean06_health.visits import Visit

_RECORDS = RecordList(Visit, Visit.visited_on, "health.visits")


@strawberry.type(description="Lượt khám bệnh, chữa bệnh, không có thông tin người bệnh")
class HealthVisit(UnitRecord):
    visited_on: date = strawberry.field(description="Ngày khám")
    paid_cashless: bool | None = strawberry.field(
        description="Trả viện phí không dùng tiền mặt; null nếu không phải trả"
    )
    id_card_found: bool | None = strawberry.field(
        description="Tra cứu thẻ bảo hiểm y tế bằng căn cước thành công; null nếu không tra cứu"
    )
    used_health_book: bool = strawberry.field(description="Dùng sổ sức khỏe điện tử")
    data_sent: bool = strawberry.field(description="Dữ liệu lượt khám đã gửi liên thông")

    @classmethod
    def of(cls, record: Visit) -> "HealthVisit":
        return cls(
            unit_key=record.unit_key,
            day=record.visited_on,
            visited_on=record.visited_on,
            paid_cashless=record.paid_cashless,
            id_card_found=record.id_card_found,
            used_health_book=record.used_health_book,
            data_sent=record.data_sent,
        )


@strawberry.type(description="Số lượt khám của một cơ sở")
class HealthVisitCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    visits: int = strawberry.field(description="Số lượt khám")
    paid_cashless: int = strawberry.field(description="Số lượt trả viện phí không dùng tiền mặt")
    used_health_book: int = strawberry.field(description="Số lượt dùng sổ sức khỏe điện tử")


@strawberry.type(description="Y tế: lượt khám bệnh, chữa bệnh")
class HealthQuery:
    @strawberry.field(description="Các lượt khám trong phạm vi, theo ngày")
    async def visits(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[HealthVisit]:
        return await _RECORDS.page(
            info.context, HealthVisit.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số lượt khám của từng cơ sở")
    async def visits_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[HealthVisitCount]:
        counted = await _RECORDS.counts(
            info.context,
            sa.func.count().filter(Visit.paid_cashless.is_(True)),
            sa.func.count().filter(Visit.used_health_book.is_(True)),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            HealthVisitCount(
                unit_code=found.code,
                unit_name=found.name,
                visits=visits,
                paid_cashless=paid_cashless,
                used_health_book=used_health_book,
            )
            for found, (visits, paid_cashless, used_health_book) in counted
        ]
