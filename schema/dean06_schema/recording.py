"""Entering figures: the cells of a period, kept all together or not at all."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry.types.info import Info

from dean06_core import figure_entries
from dean06_core.access import Action, DataClass
from dean06_core.errors import BadInput
from dean06_core.figure_entries import MOST_ENTRIES, FigureEntry
from dean06_core.graphql import Context
from dean06_core.observations import Qualifier
from dean06_core.outcomes import refused_at
from dean06_core.periods import Period, Window
from dean06_schema.errors import UserError, refusals
from dean06_schema.observations import Observation


@strawberry.input(description="Giá trị của một phần trong con số")
class PartInput:
    part: str = strawberry.field(description="Mã phần, như chỉ tiêu theo dõi khai báo")
    value: Decimal = strawberry.field(description="Giá trị")


@strawberry.input(
    description="Một ô số liệu; ghi tử số và mẫu số, hoặc giá trị nếu không có hai số đó, hoặc không phát sinh"
)
class CellInput:
    indicator: str = strawberry.field(description="Mã chỉ tiêu theo dõi")
    unit: str = strawberry.field(description="Mã đơn vị mà số liệu nói về, như tại ngày cuối kỳ")
    window: Window = strawberry.field(default=Window.PERIOD, description="Phạm vi thời gian")
    numerator: Decimal | None = strawberry.field(default=None, description="Tử số, số nguyên")
    denominator: Decimal | None = strawberry.field(default=None, description="Mẫu số, số nguyên")
    value: Decimal | None = strawberry.field(default=None, description="Giá trị theo đơn vị tính")
    parts: list[PartInput] | None = strawberry.field(default=None, description="Các phần của con số")
    qualifier: Qualifier = strawberry.field(default=Qualifier.EXACT, description="Mức độ chắc chắn của con số")
    no_activity: bool = strawberry.field(default=False, description="Trong kỳ không phát sinh")
    as_of: date | None = strawberry.field(default=None, description="Tính đến ngày; không ghi thì không nêu")
    comment: str | None = strawberry.field(default=None, description="Ghi chú")
    document: str | None = strawberry.field(default=None, description="Ký hiệu hoặc nhãn của văn bản nêu số liệu")
    section: str | None = strawberry.field(default=None, description="Mục trong văn bản")

    def entry(self) -> FigureEntry:
        return FigureEntry(
            indicator=self.indicator,
            unit=self.unit,
            window=self.window,
            numerator=self.numerator,
            denominator=self.denominator,
            value=self.value,
            parts=tuple((each.part, each.value) for each in self.parts or ()),
            qualifier=self.qualifier,
            no_activity=self.no_activity,
            as_of=self.as_of,
            comment=self.comment,
            document=self.document,
            section=self.section,
        )


@strawberry.input(description="Các ô số liệu của một kỳ; sai một ô thì chưa ô nào được ghi")
class RecordObservationsInput:
    period: str = strawberry.field(description="Kỳ: 2025-07, 2025-W30, 2025-Q3, 2025 ...")
    cells: list[CellInput] = strawberry.field(description=f"Tối đa {MOST_ENTRIES:,} ô".replace(",", "."))
    set: str | None = strawberry.field(default=None, description="Mã chế độ báo cáo; không ghi thì nhập tự do")
    dry_run: bool = strawberry.field(
        default=False, description="Chỉ thử: trả lời như đã ghi mà không ghi; phần và các lần nêu vẫn như hiện có"
    )


@strawberry.type(description="Kết quả nhập số liệu")
class RecordObservationsPayload:
    observations: list[Observation] = strawberry.field(
        default_factory=list, description="Các ô đã nhập, như được trả lời từ lúc này"
    )
    unchanged: int = strawberry.field(default=0, description="Số ô đã có đúng như vậy nên giữ nguyên")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Mọi chỗ sai, theo từng ô")


@strawberry.type
class RecordingMutation:
    @strawberry.mutation(
        description="Nhập số liệu thay mặt đơn vị của tài khoản; số liệu mới là bản nháp cho đến khi được chốt",
        metadata={"needs": (Action.RECORD, DataClass.AGGREGATE)},
    )
    async def record_observations(
        self,
        info: Info[Context, None],
        input: Annotated[RecordObservationsInput, strawberry.argument(description="Kỳ và các ô")],
    ) -> RecordObservationsPayload:
        try:
            _refuse_set(input.set)
            with refused_at("period"):
                period = Period.parse(input.period)
            entered = await info.context.act(
                figure_entries.enter, _entries(input.cells), period=period, dry_run=input.dry_run
            )
        except BadInput as refused:
            return RecordObservationsPayload(errors=refusals(refused, entries="cells"))
        return RecordObservationsPayload(
            observations=[Observation.of(figure, info.context) for figure in entered.figures],
            unchanged=entered.unchanged,
        )


def _entries(cells: Sequence[CellInput]) -> list[FigureEntry]:
    return [cell.entry() for cell in cells]


def _refuse_set(code: str | None) -> None:
    if code is not None:
        raise BadInput(
            "REPORT_SET_UNKNOWN",
            f"Chưa có chế độ báo cáo nào mang mã “{code}”. Hãy bỏ set để nhập tự do.",
            field=("set",),
        )


__all__ = ["CellInput", "RecordObservationsInput", "RecordObservationsPayload", "RecordingMutation"]
