"""What is measured of pensions, benefits and the insured, in the order of the report."""

from __future__ import annotations

from typing import Final

from dean06_core import Direction, Indicator, IndicatorKind, OverTime, OverUnits, Part, UnitLevel, Window

_CASHLESS: Final = "Chi trả không dùng tiền mặt"
_CLEANING: Final = "Làm sạch dữ liệu chuyên ngành"
_MONTHLY_REPORT: Final = "Báo cáo Đề án 06 tháng 7/2025"
_RESPONSIBLE: Final = "bhxh-khu-vuc-xv"
_COMMUNES: Final = frozenset({UnitLevel.COMMUNE})
_PROVINCE: Final = frozenset({UnitLevel.PROVINCE})

IDENTITY_VERIFIED: Final = Indicator(
    code="social_insurance.insured_identity_verified_rate",
    name="Tỷ lệ người tham gia bảo hiểm được xác thực với Cơ sở dữ liệu quốc gia về dân cư",
    name_en="Insured persons matched with the population database",
    numerator="Người đang tham gia đã được xác thực đúng với Cơ sở dữ liệu quốc gia về dân cư",
    denominator="Người đang tham gia BHXH, BHYT, BHTN",
    definition="Số người đang tham gia BHXH, BHYT, BHTN có thông tin khớp với Cơ sở dữ liệu quốc gia về dân cư "
    "chia cho số người đang tham gia, tính đến ngày chốt số liệu.",
    exclusions="Lực lượng vũ trang và thân nhân.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_CLEANING,
    order=350,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

IDENTITY_UNVERIFIED: Final = Indicator(
    code="social_insurance.insured_identity_unverified",
    name="Số người tham gia bảo hiểm chưa được xác thực",
    name_en="Insured persons not matched",
    kind=IndicatorKind.COUNT,
    unit_of_measure="người",
    numerator="Người đang tham gia chưa được xác thực với Cơ sở dữ liệu quốc gia về dân cư",
    definition="Số người đang tham gia BHXH, BHYT, BHTN chưa khớp với Cơ sở dữ liệu quốc gia về dân cư, tính đến ngày "
    "chốt số liệu, gồm người chưa có số định danh và người có số nhưng chưa được xác thực.",
    exclusions="Lực lượng vũ trang và thân nhân.",
    direction=Direction.LOWER_IS_BETTER,
    factor=1,
    decimals=0,
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    parts=(
        Part("without_id", "Chưa có số CCCD hoặc số định danh cá nhân"),
        Part("unverified", "Có số CCCD hoặc số định danh cá nhân nhưng chưa được xác thực"),
    ),
    heading=_CLEANING,
    order=360,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

PENSIONS: Final = Indicator(
    code="social_insurance.pension_cashless_rate",
    name="Tỷ lệ nhận lương hưu, trợ cấp BHXH không dùng tiền mặt",
    name_en="Cashless pensions",
    numerator="Người hưởng nhận qua tài khoản hoặc phương tiện không dùng tiền mặt khác",
    denominator="Người đang hưởng lương hưu, trợ cấp BHXH hằng tháng",
    definition="Số người đang hưởng lương hưu, trợ cấp BHXH hằng tháng được chi trả không dùng tiền mặt chia cho số "
    "người đang hưởng, tính đến ngày chốt số liệu. Người hưởng hai chế độ được tính ở từng chế độ.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    parts=(Part("cash", "Còn nhận bằng tiền mặt"),),
    heading=_CASHLESS,
    order=710,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

FULL_COMMUNES: Final = Indicator(
    code="social_insurance.pension_cashless_full_communes",
    name="Tỷ lệ xã, phường chi trả lương hưu, trợ cấp BHXH hoàn toàn không dùng tiền mặt",
    name_en="Communes where all pensions are cashless",
    numerator="Xã, phường mà mọi người đang hưởng đều nhận không dùng tiền mặt",
    denominator="Xã, phường của tỉnh",
    definition="Số xã, phường đạt 100% chi trả lương hưu, trợ cấp BHXH không dùng tiền mặt chia cho số xã, phường của "
    "tỉnh, tính đến ngày chốt số liệu. Suy ra từ số liệu của từng xã, phường, không nhập tay; xã, phường không có "
    "người hưởng hoặc chưa có dữ liệu không được tính là đạt.",
    over_time=OverTime.LAST,
    over_units=OverUnits.NONE,
    reported_at=_PROVINCE,
    heading=_CASHLESS,
    order=720,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

NEW_CASHLESS: Final = Indicator(
    code="social_insurance.pension_cashless_new_in_month",
    name="Số người hưởng chuyển sang nhận không dùng tiền mặt",
    name_en="Pensioners who changed to cashless payment",
    kind=IndicatorKind.COUNT,
    unit_of_measure="người",
    numerator="Người hưởng lương hưu, trợ cấp BHXH chuyển từ nhận tiền mặt sang nhận không dùng tiền mặt",
    definition="Số người đang nhận lương hưu, trợ cấp BHXH hằng tháng bằng tiền mặt được chuyển sang chi trả "
    "không dùng tiền mặt trong kỳ.",
    exclusions="Người nhận không dùng tiền mặt ngay từ ngày bắt đầu hưởng.",
    factor=1,
    decimals=0,
    reported_at=_COMMUNES,
    windows=(Window.PERIOD, Window.YEAR_TO_DATE),
    heading=_CASHLESS,
    order=730,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

UNEMPLOYMENT: Final = Indicator(
    code="social_insurance.unemployment_benefit_cashless_rate",
    name="Tỷ lệ nhận trợ cấp thất nghiệp qua tài khoản",
    name_en="Cashless unemployment benefit",
    numerator="Người nhận trợ cấp thất nghiệp qua tài khoản",
    denominator="Người đang hưởng trợ cấp thất nghiệp",
    definition="Số người đang hưởng trợ cấp thất nghiệp nhận qua tài khoản chia cho số người đang hưởng của toàn tỉnh, "
    "tính đến ngày chốt số liệu.",
    over_time=OverTime.LAST,
    reported_at=_PROVINCE,
    heading=_CASHLESS,
    order=740,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

SOCIAL_ASSISTANCE: Final = Indicator(
    code="social_insurance.social_assistance_cashless_rate",
    name="Tỷ lệ chi trả trợ cấp an sinh xã hội không dùng tiền mặt",
    name_en="Cashless social assistance",
    numerator="Đối tượng bảo trợ xã hội nhận qua tài khoản",
    denominator="Đối tượng đang hưởng trợ cấp an sinh xã hội",
    definition="Số đối tượng đang hưởng trợ cấp an sinh xã hội nhận qua tài khoản chia cho số đối tượng đang hưởng, "
    "tính đến ngày chốt số liệu.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_CASHLESS,
    order=750,
    responsible=_RESPONSIBLE,
)

INDICATORS: Final = (
    IDENTITY_VERIFIED,
    IDENTITY_UNVERIFIED,
    PENSIONS,
    FULL_COMMUNES,
    NEW_CASHLESS,
    UNEMPLOYMENT,
    SOCIAL_ASSISTANCE,
)
