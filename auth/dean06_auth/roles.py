"""A role is what someone may do and which classes of data he may hold; a grant says where and for how long."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from dean06_core.access import Action, DataClass
from dean06_core.errors import BadInput

_FIGURES: Final = frozenset({DataClass.AGGREGATE, DataClass.RECORD})
_CITIZENS: Final = _FIGURES | {DataClass.IDENTIFIED}


@dataclass(frozen=True, slots=True)
class Role:
    """``data_classes`` is the most that a grant of the role may name; ``title`` is Vietnamese, for people."""

    name: str
    title: str
    actions: frozenset[Action]
    data_classes: frozenset[DataClass]


SECTOR_FRONTEND: Final = Role("sector_frontend", "Phần mềm khai thác của ngành", frozenset({Action.READ}), _FIGURES)
SECRETARIAT: Final = Role(
    "secretariat", "Cơ quan thường trực Tổ công tác", frozenset({Action.READ, Action.ASSIGN}), _FIGURES
)
OFFICER: Final = Role("officer", "Cán bộ nhập số liệu của đơn vị", frozenset({Action.READ, Action.RECORD}), _FIGURES)
UNIT_HEAD: Final = Role(
    "unit_head",
    "Thủ trưởng đơn vị",
    frozenset({Action.READ, Action.PROPOSE}),
    _FIGURES | {DataClass.GOVERNANCE},
)
LEADER: Final = Role("leader", "Lãnh đạo, chỉ xem", frozenset({Action.READ}), _FIGURES)
ADMINISTRATOR: Final = Role(
    "administrator",
    "Quản trị hệ thống",
    frozenset({Action.READ, Action.ADMINISTER, Action.PROPOSE}),
    frozenset({DataClass.GOVERNANCE}),
)
APPROVER: Final = Role(
    "approver",
    "Người phê duyệt quyền",
    frozenset({Action.READ, Action.APPROVE}),
    frozenset({DataClass.GOVERNANCE}),
)
AUDITOR: Final = Role(
    "auditor",
    "Cán bộ kiểm tra, giám sát",
    frozenset({Action.READ}),
    frozenset({DataClass.GOVERNANCE, DataClass.AUDIT}),
)

ROLES: Final = {
    role.name: role
    for role in (SECTOR_FRONTEND, SECRETARIAT, OFFICER, UNIT_HEAD, LEADER, ADMINISTRATOR, APPROVER, AUDITOR)
}


def named(name: str) -> Role:
    """The role of that name; ROLE_UNKNOWN if there is none."""
    found = ROLES.get(name)
    if found is None:
        raise BadInput(
            "ROLE_UNKNOWN", f"Không có vai trò “{name}”. Hãy chọn một trong: {', '.join(ROLES)}.", field=("role",)
        )
    return found


def apart(held: Collection[str]) -> tuple[Role, Role] | None:
    """Two of the roles of these names that exclude each other, as ``ROLES`` lists them; None where all go together."""
    found = [role for name, role in ROLES.items() if name in held]
    return next((pair for pair in combinations(found, 2) if exclude_each_other(*pair)), None)


def exclude_each_other(first: Role, second: Role) -> bool:
    """Whether no account may hold both at one time.

    An auditor holds nothing else. An administrator neither sees figures or
    citizens nor approves grants, since he could give himself anything.
    """
    pair = {first, second}
    if len(pair) == 1:
        return False
    if AUDITOR in pair:
        return True
    return ADMINISTRATOR in pair and (APPROVER in pair or any(role.data_classes & _CITIZENS for role in pair))
