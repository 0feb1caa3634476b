"""What is measured of hospitals and of the e-health book, in the order of the report."""

from __future__ import annotations

from typing import Final

from dean06_core import Indicator, IndicatorKind, OverTime, UnitLevel, Window

_UTILITIES: Final = "Tiện ích của Đề án 06"
_DIGITAL_HEALTH: Final = "Chuyển đổi số y tế"
_MONTHLY_REPORT: Final = "Báo cáo Đề án 06 tháng 7/2025"
_RESPONSIBLE: Final = "so-y-te"
_FLOW: Final = (Window.PERIOD, Window.YEAR_TO_DATE)
_FACILITIES: Final = frozenset({UnitLevel.FACILITY})
_COMMUNES: Final = frozenset({UnitLevel.COMMUNE})

CASHLESS_FEES: Final = Indicator(
    code="health.hospital_cashless_payment_rate",
    name="Tỷ lệ thanh toán viện phí không dùng tiền mặt",
    name_en="Cashless hospital fees",
    numerator="Lượt khám, chữa bệnh trả viện phí không dùng tiền mặt",
    denominator="Lượt khám, chữa bệnh có thu viện phí",
    definition="Trong các lượt khám, chữa bệnh có thu viện phí trong kỳ, phần trả bằng chuyển khoản, thẻ, "
    "ví điện tử hoặc mã QR. Tính theo lượt, không theo số tiền.",
    exclusions="Lượt không phải trả viện phí.",
    reported_at=_FACILITIES,
    windows=_FLOW,
    heading=_UTILITIES,
    order=410,
    responsible=_RESPONSIBLE,
    basis=("87/KH-TCTĐA06",),
)

HEALTH_BOOKS: Final = Indicator(
    code="health.health_book_vneid_rate",
    name="Tỷ lệ người dân có Sổ sức khỏe điện tử trên VNeID",
    name_en="Residents with an e-health book on VNeID",
    numerator="Người thường trú đã đồng ý và có Sổ sức khỏe điện tử trên VNeID",
    denominator="Dân số thường trú",
    definition="Số người thường trú có Sổ sức khỏe điện tử trên VNeID chia cho dân số thường trú, "
    "tính đến ngày chốt số liệu, theo xã thường trú.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_UTILITIES,
    order=420,
    responsible=_RESPONSIBLE,
    basis=("826/QĐ-TTg",),
)

HEALTH_BOOK_USE: Final = Indicator(
    code="health.health_book_visit_usage_rate",
    name="Tỷ lệ lượt khám, chữa bệnh dùng Sổ sức khỏe điện tử",
    name_en="Visits that used the e-health book",
    numerator="Lượt khám, chữa bệnh có dùng Sổ sức khỏe điện tử",
    denominator="Lượt khám, chữa bệnh",
    definition="Trong các lượt khám, chữa bệnh trong kỳ, phần mà người bệnh xuất trình "
    "hoặc cơ sở khai thác Sổ sức khỏe điện tử trên VNeID.",
    reported_at=_FACILITIES,
    windows=_FLOW,
    heading=_UTILITIES,
    order=430,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

ID_CARD_LOOK_UPS: Final = Indicator(
    code="health.bhyt_idcard_lookup_success_rate",
    name="Tỷ lệ tra cứu thành công khi khám, chữa bệnh BHYT bằng thẻ CCCD",
    name_en="Successful insurance look-ups by ID card",
    numerator="Lượt tra cứu bằng thẻ CCCD có kết quả",
    denominator="Lượt tra cứu bằng thẻ CCCD",
    definition="Trong các lượt tra cứu thông tin BHYT bằng thẻ CCCD khi người bệnh đến khám, chữa bệnh trong kỳ, "
    "phần trả về đúng thông tin thẻ BHYT.",
    exclusions="Lượt khám, chữa bệnh không tra cứu bằng thẻ CCCD.",
    reported_at=_FACILITIES,
    windows=_FLOW,
    heading=_UTILITIES,
    order=440,
    responsible=_RESPONSIBLE,
    basis=("Mức chỉ tiêu tra cứu thẻ CCCD khi khám chữa bệnh BHYT",),
)

VNEID_HEALTH_DOCUMENTS: Final = Indicator(
    code="health.vneid_health_integration_rate",
    name="Tỷ lệ công dân có đủ giấy tờ y tế tích hợp trên VNeID",
    name_en="Residents with all health documents on VNeID",
    numerator="Công dân thường trú có đủ giấy tờ y tế thuộc diện của mình trên VNeID",
    denominator="Công dân thường trú",
    definition="Số công dân thường trú đã tích hợp đủ thẻ BHYT, Sổ sức khỏe điện tử, giấy chuyển tuyến và giấy hẹn "
    "khám lại trên VNeID chia cho số công dân thường trú, tính đến ngày chốt số liệu.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_UTILITIES,
    order=450,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

FACILITIES_INTEROPERATING: Final = Indicator(
    code="health.facility_bhxh_interop_rate",
    name="Tỷ lệ cơ sở khám, chữa bệnh liên thông dữ liệu với BHXH",
    name_en="Facilities interoperating with social insurance",
    numerator="Cơ sở khám, chữa bệnh có gửi dữ liệu trong kỳ",
    denominator="Cơ sở khám, chữa bệnh",
    definition="Số cơ sở khám, chữa bệnh đang gửi được dữ liệu lên hệ thống của cơ quan BHXH "
    "chia cho số cơ sở khám, chữa bệnh đang hoạt động, tính đến ngày chốt số liệu.",
    over_time=OverTime.LAST,
    reported_at=_FACILITIES,
    heading=_DIGITAL_HEALTH,
    order=510,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT, "2733/QĐ-BYT"),
)

VISITS_INTEROPERATED: Final = Indicator(
    code="health.health_visit_data_interop_rate",
    name="Tỷ lệ lượt khám, chữa bệnh được liên thông dữ liệu",
    name_en="Visits whose data were interoperated",
    numerator="Lượt khám, chữa bệnh đã gửi dữ liệu thành công",
    denominator="Lượt khám, chữa bệnh",
    definition="Trong các lượt khám, chữa bệnh trong kỳ, phần có dữ liệu (xét nghiệm, chuyển tuyến, hẹn khám lại) "
    "được hệ thống liên thông tiếp nhận.",
    reported_at=_FACILITIES,
    windows=_FLOW,
    heading=_DIGITAL_HEALTH,
    order=520,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT, "31/QĐ-BYT"),
)

EMR_FACILITIES: Final = Indicator(
    code="health.emr_completed_facility_rate",
    name="Tỷ lệ cơ sở có giường bệnh hoàn thành bệnh án điện tử",
    name_en="Facilities with beds that completed EMR",
    numerator="Bệnh viện, trung tâm y tế có giường bệnh đã công bố dùng bệnh án điện tử",
    denominator="Bệnh viện, trung tâm y tế có giường bệnh",
    definition="Số bệnh viện, trung tâm y tế có giường bệnh đã công bố dùng bệnh án điện tử thay bệnh án giấy "
    "chia cho số cơ sở có giường bệnh, tính đến ngày chốt số liệu.",
    exclusions="Cơ sở không có giường bệnh.",
    over_time=OverTime.LAST,
    reported_at=_FACILITIES,
    heading=_DIGITAL_HEALTH,
    order=530,
    responsible=_RESPONSIBLE,
    basis=("300/KH-UBND", "2218/KH-SYT", "13/2025/TT-BYT"),
)

KIOSK_FACILITIES: Final = Indicator(
    code="health.health_kiosk_facility_count",
    name="Số cơ sở khám, chữa bệnh có kiosk y tế",
    name_en="Facilities with a health kiosk",
    kind=IndicatorKind.COUNT,
    unit_of_measure="cơ sở",
    numerator="Cơ sở khám, chữa bệnh có kiosk y tế",
    definition="Số cơ sở khám, chữa bệnh có ít nhất một kiosk y tế đang dùng được, tính đến ngày chốt số liệu.",
    factor=1,
    decimals=0,
    over_time=OverTime.LAST,
    reported_at=_FACILITIES,
    heading=_DIGITAL_HEALTH,
    order=540,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

INDICATORS: Final = (
    CASHLESS_FEES,
    HEALTH_BOOKS,
    HEALTH_BOOK_USE,
    ID_CARD_LOOK_UPS,
    VNEID_HEALTH_DOCUMENTS,
    FACILITIES_INTEROPERATING,
    VISITS_INTEROPERATED,
    EMR_FACILITIES,
    KIOSK_FACILITIES,
)
