"""How the sector's own records are asked for: certificates, marriages, procedures, one by one and counted by unit."""

from datetime import date, timedelta

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
from dean06_justice.marriages import Marriage
from dean06_justice.procedures import Procedure

_CERTIFICATES = RecordList(Certificate, Certificate.received_on, "justice.certificates")
_MARRIAGES = RecordList(Marriage, Marriage.found_on, "justice.marriages")
_PROCEDURES = RecordList(Procedure, Procedure.listed_on, "justice.procedures")

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


@strawberry.type(description="Bản ghi hôn nhân phải làm sạch, không có thông tin người kết hôn")
class JusticeMarriage(UnitRecord):
    found_on: date = strawberry.field(description="Ngày đưa vào danh sách phải rà soát")
    due_on: date | None = strawberry.field(description="Ngày cuối của đợt cao điểm; null nếu không thuộc đợt nào")
    cleaned_on: date | None = strawberry.field(
        description="Ngày thống nhất với Cơ sở dữ liệu quốc gia về dân cư; null nếu chưa làm sạch"
    )

    @classmethod
    def of(cls, record: Marriage) -> "JusticeMarriage":
        return cls(
            unit_key=record.unit_key,
            day=record.found_on,
            found_on=record.found_on,
            due_on=record.due_on,
            cleaned_on=record.cleaned_on,
        )


@strawberry.type(description="Số bản ghi hôn nhân phải làm sạch của một xã, phường")
class JusticeMarriageCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    found: int = strawberry.field(description="Số bản ghi phải rà soát")
    cleaned: int = strawberry.field(description="Số bản ghi đã làm sạch")
    cleaned_in_time: int = strawberry.field(description="Số bản ghi làm sạch không muộn hơn ngày cuối của đợt")
    overdue: int = strawberry.field(description="Số bản ghi quá ngày cuối của đợt mà chưa làm sạch, tính đến hôm nay")


@strawberry.type(description="Thủ tục hành chính có yêu cầu Phiếu lý lịch tư pháp")
class JusticeProcedure(UnitRecord):
    code: str = strawberry.field(description="Mã thủ tục")
    name: str = strawberry.field(description="Tên thủ tục")
    listed_on: date = strawberry.field(description="Ngày đưa vào danh mục rà soát")
    paper_needed_until: date | None = strawberry.field(
        description="Không còn yêu cầu bản giấy từ ngày này; null nếu còn yêu cầu"
    )

    @classmethod
    def of(cls, record: Procedure) -> "JusticeProcedure":
        return cls(
            unit_key=record.unit_key,
            day=record.listed_on,
            code=record.code,
            name=record.name,
            listed_on=record.listed_on,
            paper_needed_until=record.paper_needed_until,
        )


@strawberry.type(description="Số thủ tục có yêu cầu Phiếu lý lịch tư pháp của một đơn vị")
class JusticeProcedureCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    listed: int = strawberry.field(description="Số thủ tục trong danh mục rà soát")
    needing_paper: int = strawberry.field(description="Số thủ tục còn yêu cầu bản giấy, tính đến hôm nay")


@strawberry.type(description="Tư pháp: Phiếu lý lịch tư pháp, dữ liệu hôn nhân")
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
        return await _CERTIFICATES.page(
            info.context, JusticeCertificate.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số hồ sơ của từng xã, phường")
    async def certificates_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[JusticeCertificateCount]:
        counted = await _CERTIFICATES.counts(
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

    @strawberry.field(description="Các bản ghi hôn nhân phải làm sạch trong phạm vi, theo ngày đưa vào danh sách")
    async def marriages(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[JusticeMarriage]:
        return await _MARRIAGES.page(
            info.context, JusticeMarriage.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số bản ghi hôn nhân phải làm sạch của từng xã, phường")
    async def marriages_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[JusticeMarriageCount]:
        today = info.context.on
        counted = await _MARRIAGES.counts(
            info.context,
            sa.func.count(Marriage.cleaned_on),
            sa.func.count().filter(Marriage.cleaned_on <= Marriage.due_on),
            sa.func.count().filter(Marriage.cleaned_on.is_(None), Marriage.due_on < today),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            JusticeMarriageCount(
                unit_code=found.code,
                unit_name=found.name,
                found=listed,
                cleaned=cleaned,
                cleaned_in_time=cleaned_in_time,
                overdue=overdue,
            )
            for found, (listed, cleaned, cleaned_in_time, overdue) in counted
        ]

    @strawberry.field(description="Các thủ tục có yêu cầu Phiếu lý lịch tư pháp trong phạm vi, theo ngày vào danh mục")
    async def procedures(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[JusticeProcedure]:
        return await _PROCEDURES.page(
            info.context, JusticeProcedure.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số thủ tục có yêu cầu Phiếu lý lịch tư pháp của từng đơn vị, tính đến hôm nay")
    async def procedures_by_unit(self, info: Info[Context, None], unit: OfUnit = None) -> list[JusticeProcedureCount]:
        today = info.context.on
        counted = await _PROCEDURES.counts(
            info.context,
            sa.func.count().filter(
                sa.or_(Procedure.paper_needed_until.is_(None), Procedure.paper_needed_until > today)
            ),
            unit=unit,
            since=None,
            until=today + timedelta(days=1),
        )
        return [
            JusticeProcedureCount(
                unit_code=found.code, unit_name=found.name, listed=listed, needing_paper=needing_paper
            )
            for found, (listed, needing_paper) in counted
        ]
