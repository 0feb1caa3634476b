"""How the sector's own records are asked for: visits, facilities and residents, one by one and counted by unit."""

from datetime import date, timedelta

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import After, Connection, Context, First, OfUnit, RecordList, Since, UnitRecord, Until
from dean06_health.facilities import Facility
from dean06_health.residents import Resident
from dean06_health.visits import Visit

_VISITS = RecordList(Visit, Visit.visited_on, "health.visits")
_FACILITIES = RecordList(Facility, Facility.counted_since, "health.facilities")
_RESIDENTS = RecordList(Resident, Resident.counted_since, "health.residents")


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


@strawberry.type(description="Cơ sở khám bệnh, chữa bệnh")
class HealthFacility(UnitRecord):
    code: str = strawberry.field(description="Mã cơ sở, 5 ký tự")
    gln: str | None = strawberry.field(description="Mã địa điểm toàn cầu (GLN), 13 chữ số")
    counted_since: date = strawberry.field(description="Được tính từ ngày này")
    counted_until: date | None = strawberry.field(description="Không còn được tính từ ngày này; null nếu còn")
    beds: int = strawberry.field(description="Số giường bệnh")
    emr_due_on: date | None = strawberry.field(description="Hạn hoàn thành bệnh án điện tử; null nếu chưa giao")
    emr_published_on: date | None = strawberry.field(
        description="Ngày công bố dùng bệnh án điện tử thay bệnh án giấy; null nếu chưa công bố"
    )
    data_sent_since: date | None = strawberry.field(description="Gửi dữ liệu lên cơ quan BHXH từ ngày này")
    data_sent_until: date | None = strawberry.field(description="Ngừng gửi dữ liệu từ ngày này; null nếu còn gửi")
    kiosk_since: date | None = strawberry.field(description="Có kiosk y tế dùng được từ ngày này")
    kiosk_until: date | None = strawberry.field(description="Kiosk y tế ngừng từ ngày này; null nếu còn dùng")

    @strawberry.field(description="Quá hạn bệnh án điện tử mà chưa công bố, tính đến hôm nay")
    def emr_overdue(self, info: Info[Context, None]) -> bool:
        return self.emr_due_on is not None and self.emr_published_on is None and self.emr_due_on < info.context.on

    @classmethod
    def of(cls, record: Facility) -> "HealthFacility":
        return cls(
            unit_key=record.unit_key,
            day=record.counted_since,
            code=record.code,
            gln=record.gln,
            counted_since=record.counted_since,
            counted_until=record.counted_until,
            beds=record.beds,
            emr_due_on=record.emr_due_on,
            emr_published_on=record.emr_published_on,
            data_sent_since=record.data_sent_since,
            data_sent_until=record.data_sent_until,
            kiosk_since=record.kiosk_since,
            kiosk_until=record.kiosk_until,
        )


@strawberry.type(description="Một nơi thường trú của một người dân, không có thông tin về người đó")
class HealthResident(UnitRecord):
    counted_since: date = strawberry.field(description="Được tính từ ngày này")
    counted_until: date | None = strawberry.field(description="Không còn được tính từ ngày này; null nếu còn")
    book_since: date | None = strawberry.field(
        description="Ngày có Sổ sức khỏe điện tử trên VNeID; null nếu chưa có hoặc chưa đồng ý"
    )
    documents_complete_since: date | None = strawberry.field(
        description="Đủ giấy tờ y tế thuộc diện trên VNeID từ ngày này; null nếu chưa đủ"
    )

    @classmethod
    def of(cls, record: Resident) -> "HealthResident":
        return cls(
            unit_key=record.unit_key,
            day=record.counted_since,
            counted_since=record.counted_since,
            counted_until=record.counted_until,
            book_since=record.book_since,
            documents_complete_since=record.documents_complete_since,
        )


@strawberry.type(description="Số người thường trú của một xã, phường và giấy tờ y tế của họ trên VNeID")
class HealthResidentCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    residents: int = strawberry.field(description="Số người thường trú")
    with_book: int = strawberry.field(description="Số người có Sổ sức khỏe điện tử")
    with_all_documents: int = strawberry.field(description="Số người có đủ giấy tờ y tế")


@strawberry.type(description="Y tế: lượt khám bệnh, chữa bệnh; cơ sở; Sổ sức khỏe điện tử của người thường trú")
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
        return await _VISITS.page(
            info.context, HealthVisit.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số lượt khám của từng cơ sở")
    async def visits_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[HealthVisitCount]:
        counted = await _VISITS.counts(
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

    @strawberry.field(description="Các cơ sở khám bệnh, chữa bệnh trong phạm vi, theo ngày bắt đầu được tính")
    async def facilities(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[HealthFacility]:
        return await _FACILITIES.page(
            info.context, HealthFacility.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Các nơi thường trú trong phạm vi, theo ngày bắt đầu được tính")
    async def residents(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[HealthResident]:
        return await _RESIDENTS.page(
            info.context, HealthResident.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số người thường trú và giấy tờ y tế của họ ở từng xã, phường, tính đến hôm nay")
    async def residents_by_unit(self, info: Info[Context, None], unit: OfUnit = None) -> list[HealthResidentCount]:
        today = info.context.on
        is_resident = sa.or_(Resident.counted_until.is_(None), Resident.counted_until > today)
        counted = await _RESIDENTS.counts(
            info.context,
            sa.func.count().filter(is_resident),
            sa.func.count().filter(is_resident, Resident.book_since <= today),
            sa.func.count().filter(is_resident, Resident.documents_complete_since <= today),
            unit=unit,
            since=None,
            until=today + timedelta(days=1),
        )
        return [
            HealthResidentCount(
                unit_code=found.code,
                unit_name=found.name,
                residents=residents,
                with_book=with_book,
                with_all_documents=with_all_documents,
            )
            for found, (_, residents, with_book, with_all_documents) in counted
        ]
