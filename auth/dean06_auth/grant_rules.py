"""What a grant has to be, whoever is to have it: something, fit for its role, of twelve months at most."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from dean06_auth.grant_rows import UnitsOf
from dean06_auth.roles import Role
from dean06_core.access import All, DataClass
from dean06_core.errors import BadInput

LONGEST: Final = timedelta(days=366)


def refuse_nothing(
    sectors: Collection[str] | All,
    units: Collection[UnitsOf] | All,
    data_classes: Collection[DataClass],
) -> None:
    if not isinstance(sectors, All) and not sectors:
        raise BadInput(
            "SCOPE_EMPTY",
            "Quyền chưa nêu ngành nào nên không có hiệu lực. Hãy chọn ít nhất một ngành, hoặc mọi ngành.",
            field=("sectors",),
        )
    if not isinstance(units, All) and not units:
        raise BadInput(
            "SCOPE_EMPTY",
            "Quyền chưa nêu đơn vị nào nên không có hiệu lực. Hãy chọn ít nhất một đơn vị, hoặc mọi đơn vị.",
            field=("units",),
        )
    if not data_classes:
        raise BadInput(
            "SCOPE_EMPTY",
            "Quyền chưa nêu loại dữ liệu nào nên không có hiệu lực. Hãy chọn ít nhất một loại.",
            field=("dataClasses",),
        )


def refuse_classes(role: Role, data_classes: Collection[DataClass]) -> None:
    foreign = sorted(set(data_classes) - role.data_classes)
    if foreign:
        raise BadInput(
            "DATA_CLASS_NOT_OF_ROLE",
            f"Vai trò “{role.title}” không được giữ loại dữ liệu {', '.join(foreign)}. "
            f"Hãy chỉ chọn trong: {', '.join(sorted(role.data_classes))}.",
            field=("dataClasses",),
        )


def refuse_days(starts: date, ends: date) -> None:
    if ends <= starts:
        raise BadInput(
            "GRANT_DAYS_EMPTY",
            f"Quyền bắt đầu ngày {starts:%d/%m/%Y} nên không thể hết từ ngày {ends:%d/%m/%Y}. "
            "Hãy chọn ngày kết thúc sau ngày bắt đầu.",
            field=("ends",),
        )
    if ends - starts > LONGEST:
        raise BadInput(
            "GRANT_TOO_LONG",
            f"Quyền từ {starts:%d/%m/%Y} đến trước {ends:%d/%m/%Y} dài hơn 12 tháng. "
            f"Hãy chọn ngày kết thúc không sau {starts + LONGEST:%d/%m/%Y}, rồi cấp lại khi hết hạn.",
            field=("ends",),
        )
