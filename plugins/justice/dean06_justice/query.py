"""How the sector's own records are asked for: certificates one by one, and counted for each commune."""

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
class JusticeCertificate(UnitRecord):
    form: int = strawberry.field(description="Phiếu số 1 hoặc số 2")
    channel: Channel = strawberry.field(description="Nơi nộp")
    received_on: date = strawberry.field(description="Ngày nhận")
    issued_on: date | None = strawberry.field(description="Ngày cấp; null nếu chưa cấp")

    @classmethod
    def of(cls, record: Certificate) -> "JusticeCertificate":
        return cls(
            unit_key=record.unit_key,
            day=record.received_on,
            form=record.form,
            channel=record.channel,
            received_on=record.received_on,
            issued_on=record.issued_on,
        )


@strawberry.type(description="Số hồ sơ của một xã, phường")
class JusticeCertificateCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    received: int = strawberry.field(description="Số hồ sơ đã nhận")
    issued: int = strawberry.field(description="Số phiếu đã cấp")
    through_vneid: int = strawberry.field(description="Số hồ sơ nộp qua VNeID")


@strawberry.type(description="Tư pháp: hồ sơ cấp Phiếu lý lịch tư pháp")
class JusticeQuery:
    @strawberry.field(description="Các hồ sơ cấp Phiếu lý lịch tư pháp trong phạm vi, theo ngày nhận")
    async def certificates(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[JusticeCertificate]:
        return await _RECORDS.page(
            info.context, JusticeCertificate.of, unit=unit, since=since, until=until, first=first, after=after
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
