"""How the sector's own records are asked for: dossiers one by one, and counted for each unit."""

from datetime import date

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import (
    After,
    Connection,
    Context,
    First,
    OfUnit,
    RecordList,
    Since,
    UnitRecord,
    Until,
    described,
)
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
class PublicServicesDossier(UnitRecord):
    channel: Channel = strawberry.field(description="Nơi nộp")
    received_on: date = strawberry.field(description="Ngày nhận")
    due_on: date = strawberry.field(description="Ngày hẹn trả")
    resolved_on: date | None = strawberry.field(description="Ngày giải quyết xong; null nếu đang giải quyết")
    has_fee: bool = strawberry.field(description="Có phí, lệ phí")
    paid_online: bool = strawberry.field(description="Đã thanh toán trực tuyến")
    result_digitised: bool = strawberry.field(description="Kết quả đã số hóa")
    components_digitised: bool = strawberry.field(description="Thành phần hồ sơ đã số hóa")

    @classmethod
    def of(cls, record: Dossier) -> "PublicServicesDossier":
        return cls(
            unit_key=record.unit_key,
            day=record.received_on,
            channel=record.channel,
            received_on=record.received_on,
            due_on=record.due_on,
            resolved_on=record.resolved_on,
            has_fee=record.has_fee,
            paid_online=record.paid_online,
            result_digitised=record.result_digitised,
            components_digitised=record.components_digitised,
        )


@strawberry.type(description="Số hồ sơ của một đơn vị")
class PublicServicesDossierCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    received: int = strawberry.field(description="Số hồ sơ đã nhận")
    resolved: int = strawberry.field(description="Số hồ sơ đã giải quyết")
    online: int = strawberry.field(description="Số hồ sơ nộp trực tuyến")


@strawberry.type(description="Dịch vụ công: hồ sơ thủ tục hành chính")
class PublicServicesQuery:
    @strawberry.field(description="Các hồ sơ thủ tục hành chính trong phạm vi, theo ngày nhận")
    async def dossiers(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[PublicServicesDossier]:
        return await _RECORDS.page(
            info.context, PublicServicesDossier.of, unit=unit, since=since, until=until, first=first, after=after
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
