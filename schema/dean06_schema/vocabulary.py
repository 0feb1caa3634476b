"""The enumerations of the contract, each value with the words that officials use for it."""

from dean06_core.assessment import Assessment
from dean06_core.figures import FigureSource, Status
from dean06_core.graphql import described
from dean06_core.indicators import Direction, IndicatorKind
from dean06_core.observations import DataState, Qualifier, Slice
from dean06_core.periods import Window
from dean06_core.targets import Comparator, TargetCheck, TargetKind, TargetRule
from dean06_core.units import CodeScheme, Tier, UnitLevel

described(
    UnitLevel,
    "Loại cấp của đơn vị",
    COUNTRY="Trung ương",
    REGION="Khu vực nhiều tỉnh",
    PROVINCE="Tỉnh, thành phố trực thuộc trung ương",
    DISTRICT="Huyện (đã kết thúc từ 01/7/2025)",
    DEPARTMENT="Sở, ban, ngành và cơ quan tương đương",
    COMMUNE="Xã, phường, đặc khu",
    FACILITY="Cơ sở (bệnh viện, trung tâm y tế ...)",
    BRANCH="Chi nhánh, đơn vị trực thuộc",
    ENTERPRISE="Doanh nghiệp",
    VILLAGE="Thôn, tổ dân phố",
)
described(
    Tier,
    "Cấp giao mức chỉ tiêu: chi nhánh văn phòng đăng ký đất đai là cấp tỉnh",
    CENTRAL="Trung ương",
    PROVINCIAL="Cấp tỉnh",
    DISTRICT="Cấp huyện (đến 30/6/2025)",
    COMMUNE="Cấp xã",
)
described(
    CodeScheme,
    "Hệ mã đơn vị",
    NSO="Mã đơn vị hành chính của cơ quan thống kê",
    SLUG="Mã chữ của hệ thống này",
    QD20="Mã định danh điện tử theo Quyết định 20/2020/QĐ-TTg",
    BHXH="Mã của bảo hiểm xã hội",
    TMS="Mã của cơ quan thuế",
    FACILITY="Mã cơ sở khám bệnh, chữa bệnh",
)
described(
    IndicatorKind,
    "Dạng chỉ tiêu theo dõi",
    RATIO="Tỷ lệ: tử số chia mẫu số",
    COUNT="Số đếm",
    YES_NO="Có hay không",
    SCORE="Điểm",
    RANK="Thứ hạng",
)
described(
    Direction,
    "Chiều tốt lên",
    HIGHER_IS_BETTER="Càng cao càng tốt",
    LOWER_IS_BETTER="Càng thấp càng tốt",
)
described(
    Window,
    "Phạm vi thời gian của số liệu; với số dư (tính đến ngày) mọi phạm vi đều là trạng thái mới nhất trong kỳ",
    PERIOD="Trong kỳ",
    YEAR_TO_DATE="Lũy kế từ đầu năm",
    TO_DATE="Lũy kế từ khi triển khai",
)
described(
    Slice,
    "Cách chia số liệu",
    UNIT="Chính đơn vị",
    TIER="Tổng theo từng cấp bên trong đơn vị",
    GROUP="Tổng theo từng nhóm đơn vị",
)
described(
    Qualifier,
    "Mức độ chắc chắn của con số đã nêu",
    EXACT="Chính xác như đã nêu",
    ABOUT="Khoảng, gần",
    MORE_THAN="Hơn, trên",
    LESS_THAN="Dưới, chưa đến",
    PROVISIONAL="Ước tính, tạm tính",
)
described(
    DataState,
    "Trạng thái số liệu",
    DRAFT="Đang nhập",
    CLOSED="Đã chốt",
    ACCEPTED="Đã tiếp nhận",
    PUBLISHED="Đã phát hành",
)
described(
    Status,
    "Tình trạng của ô số liệu",
    name="ObservationStatus",
    OK="Có số liệu",
    NO_DATA="Chưa báo cáo",
    ZERO_DENOMINATOR="Mẫu số bằng 0 (không phát sinh)",
    NO_ACTIVITY="Không phát sinh",
    PARTIAL="Mới có số liệu của một phần đơn vị bên trong, hoặc của một phần kỳ",
    NOT_AGGREGABLE="Không cộng được từ các đơn vị bên trong",
)
described(
    FigureSource,
    "Nguồn của số liệu",
    name="ObservationSource",
    REPORTED="Đơn vị báo cáo",
    COMPUTED="Tính từ bản ghi của ngành",
    ROLLED_UP="Cộng từ các đơn vị bên trong, hoặc từ các kỳ ngắn hơn",
)
described(
    Assessment,
    "Đánh giá so với mức chỉ tiêu giao",
    MET="Đạt",
    NOT_MET="Chưa đạt",
    NOT_DUE="Chưa đến hạn",
    NO_TARGET="Không có mức chỉ tiêu giao",
    NO_ACTIVITY="Không phát sinh",
    NO_DATA="Chưa báo cáo",
)
described(
    Comparator,
    "Phép so với mức chỉ tiêu giao",
    GE="Từ mức đó trở lên",
    GT="Trên mức đó",
    LE="Không quá mức đó",
    LT="Dưới mức đó",
    EQ="Đúng mức đó",
)
described(
    TargetRule,
    "Mức chỉ tiêu giao cho ai; quy tắc cụ thể hơn thay quy tắc chung hơn",
    UNIT_PERIOD="Cho một đơn vị trong một kỳ",
    UNIT="Cho một đơn vị",
    GROUP="Cho một nhóm đơn vị",
    TIER="Cho một cấp",
    PROVINCE="Cho toàn tỉnh",
    NATIONAL="Cho cả nước",
)
described(
    TargetKind,
    "Tính chất của mức chỉ tiêu giao",
    FLOOR="Tối thiểu, duy trì",
    ASSIGNED="Được giao",
    ASPIRATION="Phấn đấu",
)
described(
    TargetCheck,
    "Khi nào đánh giá",
    EACH_PERIOD="Mỗi kỳ",
    LINEAR="Tăng đều đến hạn",
    AT_DEADLINE="Chỉ khi đến hạn",
)
