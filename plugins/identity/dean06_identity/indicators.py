"""What is measured of the two groups of linked procedures, of ID cards and of e-ID accounts, in the report's order."""

from __future__ import annotations

from typing import Final

from dean06_core import Indicator, IndicatorKind, OverTime, UnitLevel, Window

_IDENTITY: Final = "Căn cước, định danh điện tử"
_PUBLIC_SERVICES: Final = "Dịch vụ công"
_MONTHLY_REPORT: Final = "Báo cáo Đề án 06 tháng 7/2025"
_IDENTITY_LAW: Final = "Luật Căn cước"
_E_IDENTITY: Final = "69/2024/NĐ-CP"
_LINKED_PROCEDURES: Final = ("63/2024/NĐ-CP", "301/2026/NĐ-CP")
_RESPONSIBLE: Final = "cong-an-tinh"
_COMMUNES: Final = frozenset({UnitLevel.COMMUNE})
_SINCE_THE_WORK_BEGAN: Final = (Window.PERIOD, Window.YEAR_TO_DATE, Window.TO_DATE)

LINKED_BIRTHS: Final = Indicator(
    code="identity.linked_birth_rate",
    name="Tỷ lệ khai sinh trẻ dưới 6 tuổi làm theo thủ tục liên thông",
    name_en="Births registered through the linked procedures",
    numerator="Trường hợp khai sinh làm theo thủ tục liên thông",
    denominator="Trường hợp đăng ký khai sinh mới thuộc diện liên thông",
    definition="Trong các trường hợp đăng ký khai sinh trong kỳ thuộc diện liên thông, phần đã làm theo thủ tục "
    "liên thông điện tử. Đăng ký đến hết ngày 31/8/2026: liên thông khai sinh, thường trú và thẻ BHYT theo "
    "Nghị định 63/2024/NĐ-CP. Đăng ký từ ngày 01/9/2026: thêm thẻ căn cước cho trẻ dưới 6 tuổi, theo sửa đổi của "
    "Nghị định 301/2026/NĐ-CP. Ngày đăng ký quyết định quy định nào được áp dụng.",
    exclusions="Đăng ký lại khai sinh; trường hợp không thuộc diện liên thông.",
    reported_at=_COMMUNES,
    windows=(Window.PERIOD, Window.YEAR_TO_DATE),
    heading=_PUBLIC_SERVICES,
    order=240,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT, *_LINKED_PROCEDURES),
)

LINKED_DEATHS: Final = Indicator(
    code="identity.linked_death_rate",
    name="Tỷ lệ khai tử làm theo thủ tục liên thông",
    name_en="Deaths registered through the linked procedures",
    numerator="Trường hợp khai tử làm theo thủ tục liên thông",
    denominator="Trường hợp đăng ký khai tử thuộc diện liên thông",
    definition="Trong các trường hợp đăng ký khai tử trong kỳ thuộc diện liên thông, phần đã làm theo thủ tục "
    "liên thông điện tử với việc xóa đăng ký thường trú và giải quyết mai táng phí theo Nghị định 63/2024/NĐ-CP; "
    "đăng ký từ ngày 01/9/2026 thì theo Nghị định này đã được Nghị định 301/2026/NĐ-CP sửa đổi. "
    "Ngày đăng ký quyết định quy định nào được áp dụng.",
    exclusions="Trường hợp không thuộc diện liên thông.",
    reported_at=_COMMUNES,
    windows=(Window.PERIOD, Window.YEAR_TO_DATE),
    heading=_PUBLIC_SERVICES,
    order=250,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT, *_LINKED_PROCEDURES),
)

ID_CARD_DOSSIERS: Final = Indicator(
    code="identity.id_card_dossiers_collected",
    name="Số hồ sơ cấp thẻ căn cước đã thu nhận",
    name_en="ID-card dossiers collected",
    kind=IndicatorKind.COUNT,
    unit_of_measure="hồ sơ",
    numerator="Hồ sơ cấp thẻ căn cước đã thu nhận",
    definition="Số hồ sơ cấp, cấp đổi, cấp lại thẻ căn cước mà cơ quan công an đã thu nhận, tính theo ngày "
    "thu nhận, không đợi đến khi thẻ được cấp.",
    factor=1,
    decimals=0,
    reported_at=_COMMUNES,
    windows=_SINCE_THE_WORK_BEGAN,
    heading=_IDENTITY,
    order=610,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT, _IDENTITY_LAW),
)

CITIZEN_ACCOUNTS: Final = Indicator(
    code="identity.eid_accounts_citizen",
    name="Tỷ lệ công dân có tài khoản định danh điện tử mức độ 02 đã kích hoạt",
    name_en="Citizens with an activated e-ID account",
    numerator="Công dân có tài khoản định danh điện tử mức độ 02 đã kích hoạt",
    denominator="Công dân đủ điều kiện được cấp tài khoản định danh điện tử mức độ 02",
    definition="Số công dân đang có tài khoản định danh điện tử mức độ 02 đã kích hoạt, chưa bị khóa, chia cho "
    "số công dân đủ điều kiện được cấp, tính đến ngày chốt số liệu, theo xã nơi cư trú.",
    exclusions="Tài khoản mức độ 01; tài khoản đã cấp nhưng chưa kích hoạt.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_IDENTITY,
    order=620,
    responsible=_RESPONSIBLE,
    basis=(_IDENTITY_LAW, _E_IDENTITY),
)

FOREIGNER_ACCOUNTS: Final = Indicator(
    code="identity.eid_accounts_foreigner",
    name="Số tài khoản định danh điện tử đã cấp cho người nước ngoài",
    name_en="E-ID accounts issued to foreigners",
    kind=IndicatorKind.COUNT,
    unit_of_measure="tài khoản",
    numerator="Tài khoản định danh điện tử đã cấp cho người nước ngoài",
    definition="Số tài khoản định danh điện tử mức độ 02 cấp trong kỳ cho người nước ngoài có thẻ thường trú hoặc "
    "thẻ tạm trú, tính theo ngày cấp. Số của đợt cao điểm 50 ngày đêm là tổng của các ngày, các tuần trong đợt.",
    factor=1,
    decimals=0,
    reported_at=_COMMUNES,
    windows=_SINCE_THE_WORK_BEGAN,
    heading=_IDENTITY,
    order=630,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT, _E_IDENTITY),
)

ORGANISATION_ACCOUNTS: Final = Indicator(
    code="identity.eid_org_rate",
    name="Tỷ lệ cơ quan, tổ chức, doanh nghiệp có tài khoản định danh điện tử",
    name_en="Organisations with an e-ID account",
    numerator="Cơ quan, tổ chức, doanh nghiệp đã được cấp tài khoản định danh điện tử",
    denominator="Cơ quan, tổ chức, doanh nghiệp đang hoạt động",
    definition="Số cơ quan, tổ chức, doanh nghiệp, hợp tác xã đang có tài khoản định danh điện tử chia cho số đang "
    "hoạt động, tính đến ngày chốt số liệu, theo xã nơi đặt trụ sở. Tài khoản của tổ chức không phân mức độ.",
    exclusions="Tổ chức đã giải thể hoặc chấm dứt hoạt động.",
    over_time=OverTime.LAST,
    reported_at=_COMMUNES,
    heading=_IDENTITY,
    order=640,
    responsible=_RESPONSIBLE,
    basis=("9582/BKHĐT-ĐKKD", "2096/CAT-PC06", _E_IDENTITY),
)

INDICATORS: Final = (
    LINKED_BIRTHS,
    LINKED_DEATHS,
    ID_CARD_DOSSIERS,
    CITIZEN_ACCOUNTS,
    FOREIGNER_ACCOUNTS,
    ORGANISATION_ACCOUNTS,
)
