"""What is measured of tax codes and of e-invoices, in the order of the report."""

from __future__ import annotations

from typing import Final

from dean06_core import Indicator, IndicatorKind, OverTime, UnitLevel, Window

_CLEANING: Final = "Làm sạch dữ liệu chuyên ngành"
_INVOICES: Final = "Hóa đơn điện tử"
_MONTHLY_REPORT: Final = "Báo cáo Đề án 06 tháng 7/2025"
_MATCHING_PLAN: Final = "4441/KH-QLHC-CT"
_CASH_REGISTERS: Final = ("129/CĐ-TTg", "70/2025/NĐ-CP", "254/2026/NĐ-CP")
_RESPONSIBLE: Final = "thue-tinh"
_COMMUNES: Final = frozenset({UnitLevel.COMMUNE})

TAX_CODES_MATCHED: Final = Indicator(
    code="tax.tax_code_match_rate",
    name="Tỷ lệ đối khớp mã số thuế cá nhân với CSDLQG về dân cư (giai đoạn 2)",
    name_en="Tax codes matched",
    numerator="Mã số thuế cá nhân đã khớp với một công dân",
    denominator="Mã số thuế cá nhân phải rà soát trong giai đoạn 2",
    definition="Trong các mã số thuế cá nhân thuộc danh sách rà soát giai đoạn 2, phần đã tìm được đúng một công dân "
    "trong Cơ sở dữ liệu quốc gia về dân cư, tính đến ngày chốt số liệu.",
    exclusions="Mã số thuế của giai đoạn 1; mã số thuế đã đóng.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_CLEANING,
    order=320,
    responsible=_RESPONSIBLE,
    basis=(_MATCHING_PLAN, _MONTHLY_REPORT),
)

REPRESENTATIVES_MATCHED: Final = Indicator(
    code="tax.tax_representative_match_rate",
    name="Tỷ lệ đối khớp người đại diện pháp luật của tổ chức",
    name_en="Legal representatives matched",
    numerator="Tổ chức có người đại diện pháp luật đã khớp với một công dân",
    denominator="Tổ chức đang đăng ký thuế",
    definition="Trong các tổ chức có mã số thuế còn hiệu lực, phần có người đại diện pháp luật hiện tại đã khớp với "
    "Cơ sở dữ liệu quốc gia về dân cư, tính đến ngày chốt số liệu.",
    exclusions="Tổ chức đã chấm dứt hiệu lực mã số thuế.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_CLEANING,
    order=330,
    responsible=_RESPONSIBLE,
    basis=(_MATCHING_PLAN,),
)

CASH_REGISTER_INVOICING: Final = Indicator(
    code="tax.pos_einvoice_adoption_rate",
    name="Tỷ lệ cơ sở dùng hóa đơn điện tử khởi tạo từ máy tính tiền",
    name_en="Cash-register e-invoice adoption",
    numerator="Cơ sở thuộc diện đã dùng hóa đơn điện tử khởi tạo từ máy tính tiền",
    denominator="Cơ sở thuộc diện theo ngành nghề và doanh thu",
    definition="Trong các cơ sở đang kinh doanh thuộc diện phải dùng hóa đơn điện tử khởi tạo từ máy tính tiền, "
    "phần đã dùng, tính đến ngày chốt số liệu. Đếm cơ sở, không đếm hóa đơn.",
    exclusions="Cơ sở đã ngừng kinh doanh hoặc không còn thuộc diện; cơ sở tự nguyện dùng.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_INVOICES,
    order=610,
    responsible=_RESPONSIBLE,
    basis=_CASH_REGISTERS,
)

CASH_REGISTER_INVOICES: Final = Indicator(
    code="tax.pos_einvoice_count",
    name="Số hóa đơn điện tử khởi tạo từ máy tính tiền",
    name_en="Cash-register e-invoices",
    kind=IndicatorKind.COUNT,
    unit_of_measure="hóa đơn",
    numerator="Hóa đơn điện tử khởi tạo từ máy tính tiền đã lập",
    definition="Số hóa đơn điện tử có ký tự thứ năm của ký hiệu là M, do mọi cơ sở lập trong kỳ. "
    "Số liệu được đếm theo tháng nên chỉ có ở kỳ gồm những tháng trọn vẹn.",
    factor=1,
    decimals=0,
    reported_at=_COMMUNES,
    windows=(Window.PERIOD, Window.YEAR_TO_DATE),
    heading=_INVOICES,
    order=620,
    responsible=_RESPONSIBLE,
    basis=_CASH_REGISTERS,
)

FUEL_INVOICING: Final = Indicator(
    code="tax.fuel_einvoice_compliance_rate",
    name="Tỷ lệ cửa hàng xăng dầu lập hóa đơn điện tử từng lần bán",
    name_en="Fuel e-invoice compliance",
    numerator="Cửa hàng xăng dầu lập hóa đơn điện tử cho từng lần bán",
    denominator="Cửa hàng bán lẻ xăng dầu đang hoạt động",
    definition="Trong các cửa hàng bán lẻ xăng dầu đang hoạt động, phần lập hóa đơn điện tử sau mỗi lần bán cho "
    "khách, tính đến ngày chốt số liệu.",
    exclusions="Cửa hàng đã đóng cửa.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_INVOICES,
    order=630,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

INDICATORS: Final = (
    TAX_CODES_MATCHED,
    REPRESENTATIVES_MATCHED,
    CASH_REGISTER_INVOICING,
    CASH_REGISTER_INVOICES,
    FUEL_INVOICING,
)
