"""How the sector's own records are asked for: dossiers one by one, and counted for each unit."""

from datetime import date

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import After, Context, First, OfUnit, PageInfo, RecordList, Since, Until, described
from dean06_public_services.dossiers import Channel, Dossier

_RECORDS = RecordList(Dossier, Dossier.received_on, "public_services.dossiers")

described(
    Channel,
    "Nơi nộp hồ sơ",
    name="PublicServicesChannel",
    ONLINE="Trực tuyến",
    DIRECT="Nộp trực tiếp",
    POST="Bưu chính",
)


@strawberry.type(description="Hồ sơ thủ tục hành chính, không có thông tin người nộp")
class PublicServicesDossier:
    record: strawberry.Private[Dossier]

    @strawberry.field(description="Mã đơn vị giải quyết")
    def unit_code(self, info: Info[Context, None]) -> str:
        return info.context.directory.unit(self.record.unit_key, self.record.received_on).code

    @strawberry.field(description="Tên đơn vị giải quyết")
    def unit_name(self, info: Info[Context, None]) -> str:
        return info.context.directory.unit(self.record.unit_key, self.record.received_on).name

    @strawberry.field(description="Nơi nộp")
    def channel(self) -> Channel:
        return self.record.channel

    @strawberry.field(description="Ngày nhận")
    def received_on(self) -> date:
        return self.record.received_on

    @strawberry.field(description="Ngày hẹn trả")
    def due_on(self) -> date:
        return self.record.due_on

    @strawberry.field(description="Ngày giải quyết xong; null nếu đang giải quyết")
    def resolved_on(self) -> date | None:
        return self.record.resolved_on

    @strawberry.field(description="Có phí, lệ phí")
    def has_fee(self) -> bool:
        return self.record.has_fee

    @strawberry.field(description="Đã thanh toán trực tuyến")
    def paid_online(self) -> bool:
        return self.record.paid_online

    @strawberry.field(description="Kết quả đã số hóa")
    def result_digitised(self) -> bool:
        return self.record.result_digitised

    @strawberry.field(description="Thành phần hồ sơ đã số hóa")
    def components_digitised(self) -> bool:
        return self.record.components_digitised


@strawberry.type(description="Một dòng của danh sách")
class PublicServicesDossierEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: PublicServicesDossier = strawberry.field(description="Hồ sơ thủ tục hành chính, không có thông tin người nộp")


@strawberry.type(description="Danh sách hồ sơ theo trang, theo ngày nhận")
class PublicServicesDossierConnection:
    edges: list[PublicServicesDossierEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")


@strawberry.type(description="Số hồ sơ của một đơn vị")
class PublicServicesDossierCount:
    unit_code: str = strawberry.field(description="Mã đơn vị giải quyết")
    unit_name: str = strawberry.field(description="Tên đơn vị giải quyết")
    received: int = strawberry.field(description="Số hồ sơ đã nhận")
    resolved: int = strawberry.field(description="Số hồ sơ đã giải quyết")
    online: int = strawberry.field(description="Số hồ sơ nộp trực tuyến")


@strawberry.type(description="Dịch vụ công: hồ sơ thủ tục hành chính")
class PublicServicesQuery:
    @strawberry.field(description="Các hồ sơ thủ tục hành chính trong phạm vi")
    async def dossiers(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> PublicServicesDossierConnection:
        rows = await _RECORDS.page(info.context, unit=unit, since=since, until=until, first=first, after=after)
        return PublicServicesDossierConnection(
            edges=[
                PublicServicesDossierEdge(cursor=_RECORDS.cursor(key), node=PublicServicesDossier(record=record))
                for key, record in zip(rows.keys, rows.rows, strict=True)
            ],
            page_info=PageInfo.of(rows, _RECORDS.order),
        )

    @strawberry.field(description="Số hồ sơ của từng đơn vị")
    async def dossiers_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[PublicServicesDossierCount]:
        counted = await _RECORDS.counts(
            info.context,
            sa.func.count(Dossier.resolved_on),
            sa.func.count().filter(Dossier.channel == Channel.ONLINE),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            PublicServicesDossierCount(
                unit_code=found.code, unit_name=found.name, received=received, resolved=resolved, online=online
            )
            for found, (received, resolved, online) in counted
        ]
