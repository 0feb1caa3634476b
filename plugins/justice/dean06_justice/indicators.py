"""What is measured of criminal-record certificates and of marriage data, in the order of the report.

The police have issued the certificates since 2025; the sector keeps its name.
"""

from __future__ import annotations

from typing import Final

from dean06_core import Direction, Indicator, IndicatorKind, OverTime, UnitLevel, Window

_RESPONSIBLE: Final = "cong-an-tinh"

PAPER_RECORD_PROCEDURES: Final = Indicator(
    code="justice.procedures_requiring_paper_record",
    name="Số thủ tục hành chính còn yêu cầu Phiếu lý lịch tư pháp giấy",
    name_en="Procedures that still require a paper criminal-record certificate",
    kind=IndicatorKind.COUNT,
    unit_of_measure="thủ tục",
    numerator="Thủ tục hành chính còn yêu cầu Phiếu lý lịch tư pháp giấy",
    definition="Trong danh mục 154 thủ tục hành chính có yêu cầu Phiếu lý lịch tư pháp, số thủ tục còn đòi bản giấy "
    "dù phiếu đã được cấp trên VNeID, tính đến ngày chốt số liệu.",
    direction=Direction.LOWER_IS_BETTER,
    factor=1,
    decimals=0,
    over_time=OverTime.LAST,
    reported_at=frozenset({UnitLevel.PROVINCE}),
    heading="Dịch vụ công",
    order=230,
    responsible="van-phong-ubnd-tinh",
    basis=("23/CT-TTg",),
)

MARRIAGE_DATA: Final = Indicator(
    code="justice.marriage_data_cleaned_rate",
    name="Tỷ lệ dữ liệu hôn nhân đã làm sạch",
    name_en="Marriage data cleaned",
    numerator="Bản ghi hôn nhân đã làm sạch",
    denominator="Bản ghi hôn nhân phải rà soát",
    definition="Số bản ghi hôn nhân đã đối soát và sửa thống nhất với Cơ sở dữ liệu quốc gia về dân cư "
    "chia cho số bản ghi phải rà soát trong đợt, tính đến ngày chốt số liệu.",
    over_time=OverTime.LAST,
    reported_at=frozenset({UnitLevel.COMMUNE}),
    heading="Làm sạch dữ liệu chuyên ngành",
    order=310,
    responsible=_RESPONSIBLE,
    basis=("329/KH-BCA-BTP-TANDTC", "212/KH-CAT-STP-TAND"),
)

CERTIFICATES_VIA_VNEID: Final = Indicator(
    code="justice.criminal_record_vneid_rate",
    name="Tỷ lệ cấp Phiếu lý lịch tư pháp qua VNeID",
    name_en="Criminal-record certificates issued via VNeID",
    numerator="Phiếu lý lịch tư pháp đã cấp cho hồ sơ nộp qua VNeID",
    denominator="Phiếu lý lịch tư pháp đã cấp",
    definition="Trong các Phiếu lý lịch tư pháp (số 1 và số 2) đã cấp, phần cấp cho hồ sơ nộp qua VNeID. "
    "Tính theo ngày cấp, không theo ngày nhận hồ sơ.",
    exclusions="Hồ sơ đã nhận nhưng chưa cấp phiếu.",
    reported_at=frozenset({UnitLevel.COMMUNE}),
    windows=(Window.PERIOD, Window.YEAR_TO_DATE, Window.TO_DATE),
    heading="Tiện ích của Đề án 06",
    order=460,
    responsible=_RESPONSIBLE,
    basis=("UBND tỉnh giao chỉ tiêu Phiếu lý lịch tư pháp qua VNeID", "621/UBND-NC2"),
)

INDICATORS: Final = (PAPER_RECORD_PROCEDURES, MARRIAGE_DATA, CERTIFICATES_VIA_VNEID)
