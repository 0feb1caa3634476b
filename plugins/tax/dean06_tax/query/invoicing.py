"""Businesses with cash registers, the e-invoices they make, and fuel stations."""

from datetime import date
from decimal import Decimal

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
from dean06_tax.businesses import Business, Owner, RevenueGroup, Trade
from dean06_tax.fuel_stations import FuelStation
from dean06_tax.invoice_counts import InvoiceCount

_BUSINESSES = RecordList(Business, Business.obliged_from, "tax.businesses")
_INVOICES = RecordList(InvoiceCount, InvoiceCount.month, "tax.invoice_counts")
_FUEL_STATIONS = RecordList(FuelStation, FuelStation.opened_on, "tax.fuel_stations")

described(
    Owner,
    "Chủ cơ sở kinh doanh",
    name="TaxOwner",
    ORGANISATION="Doanh nghiệp, tổ chức",
    HOUSEHOLD="Hộ kinh doanh, cá nhân kinh doanh",
)
described(
    Trade,
    "Ngành bán hàng, cung cấp dịch vụ trực tiếp đến người tiêu dùng",
    name="TaxTrade",
    SHOPPING_CENTRE="Trung tâm thương mại",
    SUPERMARKET="Siêu thị",
    RETAIL="Bán lẻ",
    FOOD_AND_DRINK="Ăn uống, nhà hàng",
    HOTEL="Khách sạn, lưu trú",
    PASSENGER_TRANSPORT="Vận tải hành khách",
    ROAD_TRANSPORT_SUPPORT="Dịch vụ hỗ trợ trực tiếp cho vận tải đường bộ",
    ARTS_AND_RECREATION="Nghệ thuật, vui chơi, giải trí",
    CINEMA="Chiếu phim",
    PERSONAL_SERVICES="Dịch vụ phục vụ cá nhân khác",
)
described(
    RevenueGroup,
    "Nhóm doanh thu một năm",
    name="TaxRevenueGroup",
    BELOW_1_BILLION="Dưới 1 tỷ đồng",
    FROM_1_BILLION="Từ 1 tỷ đồng",
)


@strawberry.type(description="Cơ sở thuộc diện dùng hóa đơn điện tử khởi tạo từ máy tính tiền")
class TaxBusiness(UnitRecord):
    ref: str = strawberry.field(description="Số thứ tự của dòng trong hệ thống nguồn")
    owner: Owner = strawberry.field(description="Chủ cơ sở")
    tax_code: str | None = strawberry.field(description="Mã số thuế của tổ chức; null với hộ kinh doanh")
    trade: Trade = strawberry.field(description="Ngành")
    revenue_group: RevenueGroup = strawberry.field(description="Nhóm doanh thu")
    obliged_from: date = strawberry.field(description="Thuộc diện từ ngày")
    pos_einvoice_from: date | None = strawberry.field(
        description="Dùng hóa đơn điện tử khởi tạo từ máy tính tiền từ ngày; null nếu chưa dùng"
    )
    ended_on: date | None = strawberry.field(description="Ngày ngừng kinh doanh hoặc thôi thuộc diện; null nếu còn")

    @classmethod
    def of(cls, record: Business) -> "TaxBusiness":
        return cls(
            unit_key=record.unit_key,
            day=record.obliged_from,
            ref=record.ref,
            owner=record.owner,
            tax_code=record.tax_code,
            trade=record.trade,
            revenue_group=record.revenue_group,
            obliged_from=record.obliged_from,
            pos_einvoice_from=record.pos_einvoice_from,
            ended_on=record.ended_on,
        )


@strawberry.type(description="Số cơ sở thuộc diện của một xã, phường")
class TaxBusinessCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    obliged: int = strawberry.field(description="Số cơ sở đã thuộc diện")
    with_pos_einvoice: int = strawberry.field(description="Trong đó đã dùng hóa đơn điện tử khởi tạo từ máy tính tiền")
    ended: int = strawberry.field(description="Trong đó đã ngừng kinh doanh hoặc thôi thuộc diện")


@strawberry.type(description="Số hóa đơn điện tử khởi tạo từ máy tính tiền của một cơ sở trong một tháng")
class TaxInvoiceCount(UnitRecord):
    business_ref: str = strawberry.field(description="Số thứ tự của cơ sở trong hệ thống nguồn")
    symbol: str = strawberry.field(description="Ký hiệu mẫu số và ký hiệu hóa đơn")
    month: date = strawberry.field(description="Ngày đầu tháng")
    counted_until: date = strawberry.field(description="Ngày cuối cùng đã được đếm")
    invoices: Decimal = strawberry.field(description="Số hóa đơn")

    @classmethod
    def of(cls, record: InvoiceCount) -> "TaxInvoiceCount":
        return cls(
            unit_key=record.unit_key,
            day=record.month,
            business_ref=record.business_ref,
            symbol=record.symbol,
            month=record.month,
            counted_until=record.counted_until,
            invoices=Decimal(record.invoices),
        )


@strawberry.type(description="Số hóa đơn điện tử khởi tạo từ máy tính tiền của một xã, phường")
class TaxInvoiceTotal:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    businesses: int = strawberry.field(description="Số cơ sở đã lập hóa đơn")
    invoices: Decimal = strawberry.field(description="Số hóa đơn")


@strawberry.type(description="Cửa hàng bán lẻ xăng dầu")
class TaxFuelStation(UnitRecord):
    ref: str = strawberry.field(description="Số thứ tự của dòng trong hệ thống nguồn")
    tax_code: str = strawberry.field(description="Mã số thuế của tổ chức quản lý cửa hàng")
    opened_on: date = strawberry.field(description="Ngày khai trương")
    per_sale_einvoice_from: date | None = strawberry.field(
        description="Lập hóa đơn điện tử từng lần bán từ ngày; null nếu chưa thực hiện"
    )
    closed_on: date | None = strawberry.field(description="Ngày đóng cửa; null nếu đang hoạt động")

    @classmethod
    def of(cls, record: FuelStation) -> "TaxFuelStation":
        return cls(
            unit_key=record.unit_key,
            day=record.opened_on,
            ref=record.ref,
            tax_code=record.tax_code,
            opened_on=record.opened_on,
            per_sale_einvoice_from=record.per_sale_einvoice_from,
            closed_on=record.closed_on,
        )


@strawberry.type(description="Số cửa hàng xăng dầu của một xã, phường")
class TaxFuelStationCount:
    unit_code: str = strawberry.field(description="Mã đơn vị")
    unit_name: str = strawberry.field(description="Tên đơn vị")
    opened: int = strawberry.field(description="Số cửa hàng đã khai trương")
    with_per_sale_einvoice: int = strawberry.field(description="Trong đó đã lập hóa đơn điện tử từng lần bán")
    closed: int = strawberry.field(description="Trong đó đã đóng cửa")


@strawberry.type
class InvoicingQuery:
    @strawberry.field(description="Các cơ sở thuộc diện trong phạm vi, theo ngày bắt đầu thuộc diện")
    async def businesses(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TaxBusiness]:
        return await _BUSINESSES.page(
            info.context, TaxBusiness.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số cơ sở thuộc diện của từng xã, phường")
    async def businesses_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[TaxBusinessCount]:
        counted = await _BUSINESSES.counts(
            info.context,
            sa.func.count(Business.pos_einvoice_from),
            sa.func.count(Business.ended_on),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            TaxBusinessCount(
                unit_code=found.code, unit_name=found.name, obliged=obliged, with_pos_einvoice=using, ended=ended
            )
            for found, (obliged, using, ended) in counted
        ]

    @strawberry.field(description="Số hóa đơn từng tháng của các cơ sở trong phạm vi, theo tháng")
    async def invoice_counts(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TaxInvoiceCount]:
        return await _INVOICES.page(
            info.context, TaxInvoiceCount.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số hóa đơn của từng xã, phường, của các tháng bắt đầu trong khoảng đã chọn")
    async def invoices_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[TaxInvoiceTotal]:
        counted = await _INVOICES.counts(
            info.context,
            sa.func.count(InvoiceCount.business_ref.distinct()),
            sa.func.sum(InvoiceCount.invoices),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            TaxInvoiceTotal(
                unit_code=found.code, unit_name=found.name, businesses=businesses, invoices=Decimal(invoices)
            )
            for found, (_, businesses, invoices) in counted
        ]

    @strawberry.field(description="Các cửa hàng xăng dầu trong phạm vi, theo ngày khai trương")
    async def fuel_stations(
        self,
        info: Info[Context, None],
        unit: OfUnit = None,
        since: Since = None,
        until: Until = None,
        first: First = None,
        after: After = None,
    ) -> Connection[TaxFuelStation]:
        return await _FUEL_STATIONS.page(
            info.context, TaxFuelStation.of, unit=unit, since=since, until=until, first=first, after=after
        )

    @strawberry.field(description="Số cửa hàng xăng dầu của từng xã, phường")
    async def fuel_stations_by_unit(
        self, info: Info[Context, None], unit: OfUnit = None, since: Since = None, until: Until = None
    ) -> list[TaxFuelStationCount]:
        counted = await _FUEL_STATIONS.counts(
            info.context,
            sa.func.count(FuelStation.per_sale_einvoice_from),
            sa.func.count(FuelStation.closed_on),
            unit=unit,
            since=since,
            until=until,
        )
        return [
            TaxFuelStationCount(
                unit_code=found.code, unit_name=found.name, opened=opened, with_per_sale_einvoice=using, closed=closed
            )
            for found, (opened, using, closed) in counted
        ]
