"""A statement is what a reporter says of one cell, in one place: what may be said, and which statement answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Protocol, TypeVar
from uuid import UUID

from dean06_core.errors import BadInput
from dean06_core.indicators import Indicator, IndicatorKind
from dean06_core.observations import DataState, Qualifier, Source, share_of
from dean06_core.periods import Period, Window
from dean06_core.units import Tier

_DECIMALS: Final = 6
_LARGEST: Final = 10**12
_WEIGHTS: Final = {state: weight for weight, state in enumerate(DataState)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a reporter says. ``unit``, ``group`` and ``reporter`` are keys.

    Two counts, or one where nothing is divided, or a bare ``value`` where only a
    percent was printed. With ``tier`` or ``group`` it speaks of the sum over it
    inside the unit. ``change`` since a starting point and ``rank`` are kept as
    they were said. It stands in a document's section, else in ``entry``, a
    submission; without either, in the reporter's own book.
    """

    indicator: str
    unit: int
    period: Period
    window: Window = Window.PERIOD
    reporter: int
    tier: Tier | None = None
    group: int | None = None
    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None
    parts: tuple[tuple[str, Decimal], ...] = ()
    change: Decimal | None = None
    changed_since: str | None = None
    rank: int | None = None
    rank_of: int | None = None
    printed: str | None = None
    qualifier: Qualifier = Qualifier.EXACT
    no_activity: bool = False
    as_of: date | None = None
    comment: str | None = None
    source: Source = Source.REPORTED
    state: DataState = DataState.DRAFT
    document: UUID | None = None
    section: str | None = None
    entry: UUID | None = None

    @property
    def share(self) -> str:
        return share_of(self.tier, self.group)


def check(statement: Statement, indicator: Indicator) -> None:
    """Refuse what cannot be meant, with the first reason found."""
    if not indicator.is_stock and statement.window not in indicator.windows:
        raise BadInput(
            "WINDOW_NOT_OFFERED",
            f"Chỉ tiêu “{indicator.name}” không có số liệu {statement.window}. "
            f"Hãy chọn một trong: {', '.join(indicator.windows)}.",
            field=("window",),
        )
    if statement.tier is not None and statement.group is not None:
        raise BadInput(
            "TWO_SLICES",
            "Một số liệu là của cấp (tier) hoặc của nhóm (group), không phải cả hai. Hãy bỏ một trong hai.",
            field=("group",),
        )
    _check_counts(statement, indicator)
    _check_bare_value(statement)
    _check_parts(statement, indicator)
    _check_comparisons(statement)


def _check_counts(statement: Statement, indicator: Indicator) -> None:
    numerator, denominator = statement.numerator, statement.denominator
    for field, count in (("numerator", numerator), ("denominator", denominator)):
        if count is not None and not 0 <= count <= _LARGEST:
            raise BadInput("COUNT_INVALID", f"Số đếm {count} phải từ 0 đến {_LARGEST}. Hãy sửa số.", field=(field,))
    if denominator is not None and indicator.kind is not IndicatorKind.RATIO:
        raise BadInput(
            "DENOMINATOR_NOT_EXPECTED",
            f"Chỉ tiêu “{indicator.name}” không có mẫu số. Hãy bỏ mẫu số {denominator}.",
            field=("denominator",),
        )
    if denominator is not None and numerator is None:
        raise BadInput(
            "NUMERATOR_MISSING",
            f"Có mẫu số {denominator} nhưng thiếu tử số ({indicator.numerator}). Hãy ghi cả hai.",
            field=("numerator",),
        )
    if numerator is not None and denominator is None and indicator.kind is IndicatorKind.RATIO:
        raise BadInput(
            "DENOMINATOR_MISSING",
            f"Có tử số {numerator} nhưng thiếu mẫu số ({indicator.denominator}). "
            "Hãy ghi cả hai, hoặc chỉ ghi tỷ lệ ở value.",
            field=("denominator",),
        )
    if numerator is not None and denominator is not None and numerator > denominator:
        raise BadInput(
            "NUMERATOR_ABOVE_DENOMINATOR",
            f"Tử số {numerator} lớn hơn mẫu số {denominator} của “{indicator.name}”. Hãy kiểm tra lại hai số.",
            field=("numerator",),
        )
    if statement.no_activity and any((numerator, denominator, statement.value, statement.parts)):
        raise BadInput(
            "NO_ACTIVITY_WITH_VALUE",
            "Đã ghi không phát sinh nhưng vẫn có số liệu. Hãy bỏ số liệu, hoặc bỏ no_activity.",
            field=("no_activity",),
        )


def _check_bare_value(statement: Statement) -> None:
    numerator, value = statement.numerator, statement.value
    if value is None:
        if numerator is None and not statement.no_activity:
            raise BadInput(
                "VALUE_MISSING",
                "Không có số liệu nào. Hãy ghi tử số và mẫu số, hoặc value, hoặc no_activity nếu không phát sinh.",
                field=("value",),
            )
        return
    if numerator is not None:
        raise BadInput(
            "BARE_VALUE_WITH_PARTS",
            f"Vừa có giá trị {value} vừa có tử số {numerator}. Hãy chỉ ghi tử số và mẫu số; "
            "tỷ lệ in trong văn bản ghi ở printed.",
            field=("value",),
        )
    check_decimal(value, "value")


def _check_parts(statement: Statement, indicator: Indicator) -> None:
    known = {part.code for part in indicator.parts}
    stated = [part for part, _ in statement.parts]
    for part, value in statement.parts:
        if part not in known:
            remedy = f"Hãy chọn một trong: {', '.join(sorted(known))}." if known else "Hãy bỏ phần này."
            raise BadInput(
                "PART_UNKNOWN", f"Chỉ tiêu “{indicator.name}” không có phần “{part}”. {remedy}", field=("parts",)
            )
        if stated.count(part) > 1:
            raise BadInput("PART_TWICE", f"Phần “{part}” được ghi hai lần. Hãy giữ một.", field=("parts",))
        check_decimal(value, "parts")


def _check_comparisons(statement: Statement) -> None:
    if statement.change is not None:
        check_decimal(abs(statement.change), "change")
    elif statement.changed_since is not None:
        raise BadInput(
            "CHANGE_MISSING",
            f"Có mốc so sánh “{statement.changed_since}” nhưng không có mức thay đổi. "
            "Hãy ghi change, giảm thì ghi dấu trừ.",
            field=("changed_since",),
        )
    if (statement.rank is None) != (statement.rank_of is None):
        raise BadInput(
            "RANK_INCOMPLETE",
            "Thứ hạng phải có cả hạng (rank) và trong số bao nhiêu đơn vị (rank_of). Hãy ghi cả hai.",
            field=("rank",),
        )
    if statement.rank is not None and statement.rank_of is not None and not 1 <= statement.rank <= statement.rank_of:
        raise BadInput(
            "RANK_INVALID",
            f"Hạng {statement.rank} phải từ 1 đến số đơn vị được xếp ({statement.rank_of}). Hãy sửa một trong hai số.",
            field=("rank",),
        )


def check_decimal(value: Decimal, field: str) -> None:
    """Refuse what cannot be kept in millionths without loss."""
    if not (value.is_finite() and 0 <= value <= _LARGEST):
        raise BadInput("VALUE_INVALID", f"Giá trị {value} phải từ 0 đến {_LARGEST}. Hãy sửa số.", field=(field,))
    if value != round(value, _DECIMALS):
        raise BadInput(
            "VALUE_TOO_PRECISE",
            f"Giá trị {value} có hơn {_DECIMALS} chữ số thập phân. Hãy làm tròn.",
            field=(field,),
        )


def outweighs(one: DataState, other: DataState) -> bool:
    return _WEIGHTS[one] > _WEIGHTS[other]


class Stated(Protocol):
    """What decides between statements; a row of ``observation`` has it."""

    @property
    def id(self) -> UUID: ...
    @property
    def state(self) -> DataState: ...
    @property
    def reporter_key(self) -> int: ...
    @property
    def numerator(self) -> int | None: ...
    @property
    def recorded_at(self) -> datetime: ...


_S = TypeVar("_S", bound=Stated)


def choose(statements: Iterable[_S], responsible_key: int | None) -> _S | None:
    """The statement that answers for a cell, whatever their order; None only if there is none.

    The state of higher weight, then the responsible unit, then one with its
    counts over a bare figure, then the one recorded later.
    """
    return max(
        statements,
        key=lambda stated: (
            _WEIGHTS[stated.state],
            stated.reporter_key == responsible_key,
            stated.numerator is not None,
            stated.recorded_at,
            stated.id,
        ),
        default=None,
    )
