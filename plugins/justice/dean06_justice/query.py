"""How the sector's own records are asked for: certificates one by one, and counted for each unit."""

from datetime import date

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import After, Context, First, OfUnit, PageInfo, RecordList, Since, Until, described
from dean06_justice.certificates import Certificate, Channel

_RECORDS = RecordList(Certificate, Certificate.received_on, "justice.certificates")

described(
    Channel,
    "Nơi nộp hồ sơ cấp Phiếu lý lịch tư pháp",
    name="JusticeChannel",
    VNEID="Ứng dụng VNeID",
    PORTAL="Cổng dịch vụ công",
    DIRECT="Nộp trực tiếp",
    POST="Bưu chính",
)


@strawberry.type(description="Hồ sơ cấp Phiếu lý lịch tư pháp, không có thông tin người được cấp")
class JusticeCertificate:
    record: strawberry.Private[Certificate]

    @strawberry.field(description="Mã xã, phường nơi cư trú")
    def unit_code(self, info: Info[Context, None]) -> str:
        return info.context.directory.unit(self.record.unit_key, self.record.received_on).code

    @strawberry.field(description="Tên xã, phường nơi cư trú")
    def unit_name(self, info: Info[Context, None]) -> str:
        return info.context.directory.unit(self.record.unit_key, self.record.received_on).name

    @strawberry.field(description="Phiếu số 1 hoặc số 2")
    def form(self) -> int:
        return self.record.form

    @strawberry.field(description="Nơi nộp")
    def channel(self) -> Channel:
        return self.record.channel

    @strawberry.field(description="Ngày nhận")
    def received_on(self) -> date:
        return self.record.received_on

    @strawberry.field(description="Ngày cấp; null nếu chưa cấp")
    def issued_on(self) -> date | None:
        return self.record.issued_on


@strawberry.type(description="Một dòng của danh sách")
class JusticeCertificateEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: JusticeCertificate = strawberry.field(
        description="Hồ sơ cấp Phiếu lý lịch tư pháp, không có thông tin người được cấp"
    )


@strawberry.type(description="Danh sách hồ sơ theo trang, theo ngày nhận")
class JusticeCertificateConnection:
    edges: list[JusticeCertificateEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")


@strawberry.type(description="Số hồ sơ của một xã, phường")
class JusticeCertificateCount:
    unit_code: str = strawberry.field(description="Mã xã, phường nơi cư trú")
    unit_name: str = strawberry.field(description="Tên xã, phường nơi cư trú")
    received: int = strawberry.field(description="Số hồ sơ đã nhận")
    issued: int = strawberry.field(description="Số phiếu đã cấp")
    through_vneid: int = strawberry.field(description="Số hồ sơ nộp qua VNeID")


@strawberry.type(description="Tư pháp: hồ sơ cấp Phiếu lý lịch tư pháp")
class JusticeQuery:
    @strawberry.field(description="Các hồ sơ cấp Phiếu lý lịch tư pháp trong phạm vi")
    async def certificates(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> JusticeCertificateConnection:
        rows = await _RECORDS.page(info.context, unit=unit, since=since, until=until, first=first, after=after)
        return JusticeCertificateConnection(
            edges=[
                JusticeCertificateEdge(cursor=_RECORDS.cursor(key), node=JusticeCertificate(record=record))
                for key, record in zip(rows.keys, rows.rows, strict=True)
            ],
            page_info=PageInfo.of(rows, _RECORDS.order),
        )

    @strawberry.field(description="Số hồ sơ của từng xã, phường")
    async def certificates_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[JusticeCertificateCount]:
        counted = await _RECORDS.counts(
            info.context,
            sa.func.count(Certificate.issued_on),
            sa.func.count().filter(Certificate.channel == Channel.VNEID),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            JusticeCertificateCount(
                unit_code=found.code,
                unit_name=found.name,
                received=received,
                issued=issued,
                through_vneid=through_vneid,
            )
            for found, (received, issued, through_vneid) in counted
        ]
