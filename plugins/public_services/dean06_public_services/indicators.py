"""What is measured of online services and of the dossiers behind them, in the order of the report.

Formulas follow the index set of Decision 766/QĐ-TTg where it has them.
"""

from __future__ import annotations

from typing import Final

from dean06_core import Direction, Indicator, IndicatorKind, OverTime, OverUnits, UnitLevel, Window

_HEADING: Final = "Dịch vụ công"
_RESPONSIBLE: Final = "van-phong-ubnd-tinh"
_MONTHLY_REPORT: Final = "Báo cáo Đề án 06 tháng 7/2025"
_INDEX_SET: Final = "766/QĐ-TTg"
_ASSIGNED: Final = "1824/QĐ-UBND"
_FLOW: Final = (Window.PERIOD, Window.YEAR_TO_DATE)
_HANDLING_DOSSIERS: Final = frozenset({UnitLevel.DEPARTMENT, UnitLevel.BRANCH, UnitLevel.COMMUNE})
_PROVINCE: Final = frozenset({UnitLevel.PROVINCE})

RECEIVED: Final = Indicator(
    code="public_services.dossiers_received",
    name="Số hồ sơ tiếp nhận",
    name_en="Dossiers received",
    kind=IndicatorKind.COUNT,
    unit_of_measure="hồ sơ",
    numerator="Hồ sơ tiếp nhận",
    definition="Số hồ sơ thủ tục hành chính tiếp nhận trong kỳ, qua mọi kênh.",
    factor=1,
    decimals=0,
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=101,
    responsible=_RESPONSIBLE,
    basis=(_INDEX_SET,),
)

RESOLVED: Final = Indicator(
    code="public_services.dossiers_resolved",
    name="Số hồ sơ đã giải quyết",
    name_en="Dossiers resolved",
    kind=IndicatorKind.COUNT,
    unit_of_measure="hồ sơ",
    numerator="Hồ sơ giải quyết xong",
    definition="Số hồ sơ thủ tục hành chính giải quyết xong trong kỳ. Tính theo ngày giải quyết xong.",
    exclusions="Hồ sơ bị từ chối.",
    factor=1,
    decimals=0,
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=102,
    responsible=_RESPONSIBLE,
    basis=(_INDEX_SET,),
)

REFUSED: Final = Indicator(
    code="public_services.dossiers_refused",
    name="Số hồ sơ bị từ chối",
    name_en="Dossiers refused",
    kind=IndicatorKind.COUNT,
    unit_of_measure="hồ sơ",
    numerator="Hồ sơ bị từ chối",
    definition="Số hồ sơ thủ tục hành chính bị từ chối giải quyết trong kỳ. Tính theo ngày từ chối.",
    direction=Direction.LOWER_IS_BETTER,
    factor=1,
    decimals=0,
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=103,
    responsible=_RESPONSIBLE,
    basis=(_INDEX_SET,),
)

ONLINE: Final = Indicator(
    code="public_services.dvc_online_dossier_rate",
    name="Tỷ lệ hồ sơ nộp trực tuyến",
    name_en="Online dossier rate",
    numerator="Hồ sơ nộp trực tuyến, đã có kết quả điện tử nếu thủ tục trả kết quả giấy",
    denominator="Hồ sơ tiếp nhận",
    definition="Trong các hồ sơ tiếp nhận trong kỳ, phần nộp qua kênh trực tuyến. Hồ sơ của thủ tục trả kết quả giấy "
    "chỉ được tính khi đã có kết quả điện tử. Báo cáo tháng gọi là “tỷ lệ dịch vụ công trực tuyến”.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=110,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT, _INDEX_SET),
)

FULL_PROCESS: Final = Indicator(
    code="public_services.dvc_full_online_dossier_rate",
    name="Tỷ lệ hồ sơ trực tuyến toàn trình",
    name_en="Full-process online dossier rate",
    numerator="Hồ sơ nộp trực tuyến toàn trình",
    denominator="Hồ sơ của thủ tục có dịch vụ công trực tuyến toàn trình",
    definition="Trong các hồ sơ tiếp nhận trong kỳ của thủ tục đã cung cấp dịch vụ công trực tuyến toàn trình, "
    "phần được nộp và xử lý toàn trình.",
    exclusions="Hồ sơ của thủ tục chưa có dịch vụ công trực tuyến toàn trình.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=120,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

FULL_PROCESS_PROCEDURES: Final = Indicator(
    code="public_services.dvc_full_provision_rate",
    name="Tỷ lệ thủ tục hành chính đủ điều kiện được cung cấp toàn trình",
    name_en="Eligible procedures offered full-process",
    numerator="Thủ tục có dịch vụ công trực tuyến toàn trình đã công khai",
    denominator="Thủ tục đủ điều kiện cung cấp toàn trình",
    definition="Số thủ tục hành chính đã công khai dịch vụ công trực tuyến toàn trình chia cho số thủ tục "
    "đủ điều kiện, tính đến ngày chốt số liệu. Đếm thủ tục phân biệt nên không cộng giữa các đơn vị.",
    over_time=OverTime.LAST,
    over_units=OverUnits.NONE,
    reported_at=_PROVINCE,
    heading=_HEADING,
    order=130,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT, _INDEX_SET),
)

ESSENTIAL_SERVICES: Final = Indicator(
    code="public_services.essential_dvc_integrated_rate",
    name="Tỷ lệ dịch vụ công thiết yếu đã tích hợp",
    name_en="Essential services integrated",
    numerator="Dịch vụ công thiết yếu đã có trên Cổng Dịch vụ công quốc gia",
    denominator="Dịch vụ công thiết yếu của Đề án 06 (25 dịch vụ)",
    definition="Số dịch vụ công thiết yếu của Đề án 06 đã tích hợp trên Cổng Dịch vụ công quốc gia "
    "chia cho 25, tính đến ngày chốt số liệu. Chỉ có ở cấp tỉnh.",
    over_time=OverTime.LAST,
    over_units=OverUnits.NONE,
    reported_at=_PROVINCE,
    heading=_HEADING,
    order=140,
    responsible=_RESPONSIBLE,
    basis=("06/QĐ-TTg",),
)

ADULT_USERS: Final = Indicator(
    code="public_services.adult_dvc_user_rate",
    name="Tỷ lệ dân số trưởng thành sử dụng dịch vụ công trực tuyến",
    name_en="Adults using online services",
    numerator="Người từ 18 tuổi có ít nhất một giao dịch dịch vụ công trực tuyến trong năm",
    denominator="Dân số từ 18 tuổi",
    definition="Số người từ 18 tuổi đã nộp ít nhất một hồ sơ trực tuyến từ đầu năm chia cho dân số từ 18 tuổi, "
    "tính đến ngày chốt số liệu. Đếm người phân biệt nên không cộng giữa các đơn vị.",
    over_time=OverTime.LAST,
    over_units=OverUnits.NONE,
    reported_at=frozenset({UnitLevel.PROVINCE, UnitLevel.COMMUNE}),
    heading=_HEADING,
    order=150,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

ONLINE_PAYMENT: Final = Indicator(
    code="public_services.online_payment_rate",
    name="Tỷ lệ hồ sơ thanh toán trực tuyến",
    name_en="Online payment rate",
    numerator="Hồ sơ đã thanh toán trực tuyến thành công",
    denominator="Hồ sơ có nghĩa vụ tài chính",
    definition="Trong các hồ sơ tiếp nhận trong kỳ phải nộp phí, lệ phí hoặc nghĩa vụ tài chính khác, phần đã nộp "
    "trực tuyến thành công, qua Cổng Dịch vụ công quốc gia hoặc cổng của tỉnh.",
    exclusions="Hồ sơ không phải nộp tiền hoặc được miễn toàn bộ.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=160,
    responsible=_RESPONSIBLE,
    basis=(_ASSIGNED, _INDEX_SET),
)

RESULTS_DIGITISED: Final = Indicator(
    code="public_services.dossier_result_digitized_rate",
    name="Tỷ lệ số hóa kết quả giải quyết thủ tục hành chính",
    name_en="Results digitised",
    numerator="Hồ sơ đã giải quyết có kết quả điện tử",
    denominator="Hồ sơ đã giải quyết của thủ tục trả kết quả giấy",
    definition="Trong các hồ sơ giải quyết xong trong kỳ của thủ tục trả kết quả giấy, phần đã có kết quả điện tử. "
    "Tính theo ngày giải quyết xong.",
    exclusions="Hồ sơ chưa giải quyết xong; hồ sơ của thủ tục không trả kết quả giấy.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=170,
    responsible=_RESPONSIBLE,
    basis=(_ASSIGNED, _INDEX_SET),
)

COMPONENTS_DIGITISED: Final = Indicator(
    code="public_services.dossier_component_digitized_rate",
    name="Tỷ lệ số hóa thành phần hồ sơ",
    name_en="Input documents digitised",
    numerator="Hồ sơ có thành phần đã số hóa",
    denominator="Hồ sơ tiếp nhận",
    definition="Trong các hồ sơ tiếp nhận trong kỳ, phần có tệp số hóa của thành phần hồ sơ.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=180,
    responsible=_RESPONSIBLE,
    basis=(_INDEX_SET,),
)

DATA_REUSED: Final = Indicator(
    code="public_services.dossier_data_reuse_rate",
    name="Tỷ lệ hồ sơ tái sử dụng dữ liệu số hóa",
    name_en="Digitised data reused",
    numerator="Hồ sơ có ít nhất một thành phần được tái sử dụng",
    denominator="Hồ sơ tiếp nhận",
    definition="Trong các hồ sơ tiếp nhận trong kỳ, phần có ít nhất một thành phần lấy lại từ dữ liệu đã số hóa "
    "nên người nộp không phải nộp lại.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=190,
    responsible=_RESPONSIBLE,
    basis=(_INDEX_SET,),
)

ON_TIME: Final = Indicator(
    code="public_services.dossier_on_time_rate",
    name="Tỷ lệ hồ sơ xử lý đúng hạn",
    name_en="On-time dossier rate",
    numerator="Hồ sơ giải quyết xong hoặc bị từ chối không muộn hơn ngày hẹn trả, hoặc còn trong hạn",
    denominator="Hồ sơ tiếp nhận, xử lý trong kỳ",
    definition="Trong các hồ sơ tiếp nhận trong kỳ hoặc từ trước mà chưa xong khi vào kỳ, phần giải quyết xong hoặc "
    "bị từ chối không muộn hơn ngày hẹn trả, hoặc đến cuối kỳ còn trong hạn. Hồ sơ kéo dài qua nhiều kỳ được tính "
    "ở mỗi kỳ.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=200,
    responsible=_RESPONSIBLE,
    basis=(_INDEX_SET,),
)

PERSONAL_ID_LINKED: Final = Indicator(
    code="public_services.dossier_personal_id_linked_rate",
    name="Tỷ lệ hồ sơ gắn số định danh cá nhân",
    name_en="Dossiers linked to a personal ID",
    numerator="Hồ sơ của cá nhân có số định danh hợp lệ",
    denominator="Hồ sơ của cá nhân",
    definition="Trong các hồ sơ do cá nhân nộp được tiếp nhận trong kỳ, phần đã gắn số định danh cá nhân hợp lệ "
    "của người nộp.",
    exclusions="Hồ sơ của cơ quan, tổ chức.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=210,
    responsible=_RESPONSIBLE,
    basis=(_MONTHLY_REPORT,),
)

IDENTITY_VERIFIED: Final = Indicator(
    code="public_services.dossiers_identity_verified",
    name="Tỷ lệ hồ sơ được xác thực định danh công dân",
    name_en="Dossiers with citizen identity verified",
    numerator="Hồ sơ đã xác thực với Cơ sở dữ liệu quốc gia về dân cư",
    denominator="Hồ sơ tiếp nhận",
    definition="Trong các hồ sơ tiếp nhận trong kỳ, phần đã gọi xác thực thông tin công dân "
    "với Cơ sở dữ liệu quốc gia về dân cư.",
    reported_at=_HANDLING_DOSSIERS,
    windows=_FLOW,
    heading=_HEADING,
    order=220,
    responsible=_RESPONSIBLE,
    basis=(_INDEX_SET,),
)

INDICATORS: Final = (
    RECEIVED,
    RESOLVED,
    REFUSED,
    ONLINE,
    FULL_PROCESS,
    FULL_PROCESS_PROCEDURES,
    ESSENTIAL_SERVICES,
    ADULT_USERS,
    ONLINE_PAYMENT,
    RESULTS_DIGITISED,
    COMPONENTS_DIGITISED,
    DATA_REUSED,
    ON_TIME,
    PERSONAL_ID_LINKED,
    IDENTITY_VERIFIED,
)
