"""Tax codes and organisations that are matched with the population database."""

from datetime import date

import sqlalchemy as sa
import strawberry
from strawberry.types.info import Info

from dean06_core.graphql import After, Connection, Context, First, OfUnit, RecordList, Since, UnitRecord, Until
from dean06_tax.organisations import Organisation
from dean06_tax.taxpayers import Taxpayer

_TAXPAYERS = RecordList(Taxpayer, Taxpayer.listed_on, "tax.taxpayers")
_ORGANISATIONS = RecordList(Organisation, Organisation.registered_on, "tax.organisations")


@strawberry.type(description="Mã số thuế cá nhân phải rà soát, không có mã số và thông tin người nộp thuế")
class TaxTaxpayer(UnitRecord):
    ref: str = strawberry.field(description="Số thứ tự của dòng trong hệ thống nguồn")
    phase: int = strawberry.field(description="Giai đoạn rà soát: 1 hoặc 2")
    listed_on: date = strawberry.field(description="Ngày đưa vào danh sách rà soát")
    matched_on: date | None = strawberry.field(description="Ngày đối khớp; null nếu chưa khớp")
    closed_on: date | None = strawberry.field(description="Ngày đóng mã số thuế; null nếu còn hiệu lực")

    @classmethod
    def of(cls, record: Taxpayer) -> "TaxTaxpayer":
        return cls(
            unit_key=record.unit_key,
            day=record.listed_on,
            ref=record.ref,
            phase=record.phase,
            listed_on=record.listed_on,
            matched_on=record.matched_on,
            closed_on=record.closed_on,
        )


@strawberry.type(description="Số mã số thuế cá nhân của một xã, phường")
class TaxTaxpayerCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    listed: int = strawberry.field(description="Số mã số thuế đã đưa vào danh sách, cả hai giai đoạn")
    matched: int = strawberry.field(description="Trong đó đã đối khớp")
    closed: int = strawberry.field(description="Trong đó đã đóng")


@strawberry.type(description="Tổ chức đăng ký thuế, không có thông tin người đại diện")
class TaxOrganisation(UnitRecord):
    tax_code: str = strawberry.field(description="Mã số thuế của tổ chức")
    registered_on: date = strawberry.field(description="Ngày đăng ký thuế")
    representative_matched_on: date | None = strawberry.field(
        description="Ngày đối khớp người đại diện pháp luật hiện tại; null nếu chưa khớp"
    )
    closed_on: date | None = strawberry.field(description="Ngày chấm dứt hiệu lực mã số thuế; null nếu còn hiệu lực")

    @classmethod
    def of(cls, record: Organisation) -> "TaxOrganisation":
        return cls(
            unit_key=record.unit_key,
            day=record.registered_on,
            tax_code=record.tax_code,
            registered_on=record.registered_on,
            representative_matched_on=record.representative_matched_on,
            closed_on=record.closed_on,
        )


@strawberry.type(description="Số tổ chức đăng ký thuế của một xã, phường")
class TaxOrganisationCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    registered: int = strawberry.field(description="Số tổ chức đã đăng ký thuế")
    representative_matched: int = strawberry.field(description="Trong đó người đại diện pháp luật đã khớp")
    closed: int = strawberry.field(description="Trong đó đã chấm dứt hiệu lực mã số thuế")


@strawberry.type
class MatchingQuery:
    @strawberry.field(description="Các mã số thuế cá nhân phải rà soát trong phạm vi, theo ngày đưa vào danh sách")
    async def taxpayers(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TaxTaxpayer]:
        return await _TAXPAYERS.page(
            info.context, TaxTaxpayer.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số mã số thuế cá nhân phải rà soát của từng xã, phường")
    async def taxpayers_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[TaxTaxpayerCount]:
        counted = await _TAXPAYERS.counts(
            info.context,
            sa.func.count(Taxpayer.matched_on),
            sa.func.count(Taxpayer.closed_on),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            TaxTaxpayerCount(unit_code=found.code, unit_name=found.name, listed=listed, matched=matched, closed=closed)
            for found, (listed, matched, closed) in counted
        ]

    @strawberry.field(description="Các tổ chức đăng ký thuế trong phạm vi, theo ngày đăng ký")
    async def organisations(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TaxOrganisation]:
        return await _ORGANISATIONS.page(
            info.context, TaxOrganisation.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số tổ chức đăng ký thuế của từng xã, phường")
    async def organisations_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[TaxOrganisationCount]:
        counted = await _ORGANISATIONS.counts(
            info.context,
            sa.func.count(Organisation.representative_matched_on),
            sa.func.count(Organisation.closed_on),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            TaxOrganisationCount(
                unit_code=found.code,
                unit_name=found.name,
                registered=registered,
                representative_matched=matched,
                closed=closed,
            )
            for found, (registered, matched, closed) in counted
        ]
