"""How the sector's own records are asked for: visits one by one, and counted for each unit."""

from datetime import date

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import After, Context, First, OfUnit, PageInfo, RecordList, Since, Until
from dean06_health.visits import Visit

_RECORDS = RecordList(Visit, Visit.visited_on, "health.visits")


@strawberry.type(description="Lượt khám bệnh, chữa bệnh, không có thông tin người bệnh")
class HealthVisit:
    record: strawberry.Private[Visit]

    @strawberry.field(description="Mã cơ sở khám bệnh, chữa bệnh")
    def unit_code(self, info: Info[Context, None]) -> str:
        return info.context.directory.unit(self.record.unit_key, self.record.visited_on).code

    @strawberry.field(description="Tên cơ sở khám bệnh, chữa bệnh")
    def unit_name(self, info: Info[Context, None]) -> str:
        return info.context.directory.unit(self.record.unit_key, self.record.visited_on).name

    @strawberry.field(description="Ngày khám")
    def visited_on(self) -> date:
        return self.record.visited_on

    @strawberry.field(description="Trả viện phí không dùng tiền mặt; null nếu không phải trả")
    def paid_cashless(self) -> bool | None:
        return self.record.paid_cashless

    @strawberry.field(description="Tra cứu thẻ bảo hiểm y tế bằng căn cước thành công; null nếu không tra cứu")
    def id_card_found(self) -> bool | None:
        return self.record.id_card_found

    @strawberry.field(description="Dùng sổ sức khỏe điện tử")
    def used_health_book(self) -> bool:
        return self.record.used_health_book

    @strawberry.field(description="Dữ liệu lượt khám đã gửi liên thông")
    def data_sent(self) -> bool:
        return self.record.data_sent


@strawberry.type(description="Một dòng của danh sách")
class HealthVisitEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: HealthVisit = strawberry.field(description="Lượt khám bệnh, chữa bệnh, không có thông tin người bệnh")


@strawberry.type(description="Danh sách lượt khám theo trang, theo ngày")
class HealthVisitConnection:
    edges: list[HealthVisitEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")


@strawberry.type(description="Số lượt khám của một cơ sở")
class HealthVisitCount:
    unit_code: str = strawberry.field(description="Mã cơ sở khám bệnh, chữa bệnh")
    unit_name: str = strawberry.field(description="Tên cơ sở khám bệnh, chữa bệnh")
    visits: int = strawberry.field(description="Số lượt khám")
    paid_cashless: int = strawberry.field(description="Số lượt trả viện phí không dùng tiền mặt")
    used_health_book: int = strawberry.field(description="Số lượt dùng sổ sức khỏe điện tử")


@strawberry.type(description="Y tế: lượt khám bệnh, chữa bệnh")
class HealthQuery:
    @strawberry.field(description="Các lượt khám trong phạm vi")
    async def visits(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> HealthVisitConnection:
        rows = await _RECORDS.page(info.context, unit=unit, since=since, until=until, first=first, after=after)
        return HealthVisitConnection(
            edges=[
                HealthVisitEdge(cursor=_RECORDS.cursor(key), node=HealthVisit(record=record))
                for key, record in zip(rows.keys, rows.rows, strict=True)
            ],
            page_info=PageInfo.of(rows, _RECORDS.order),
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
