"""How figures are asked for: dense grids of cells, who is below target, and everything that was said about one cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_core import answers, comparing, contradictions, restructuring, writing
from dean06_core.answers import Question
from dean06_core.assessment import Assessment
from dean06_core.comparing import Against
from dean06_core.errors import BadInput
from dean06_core.figures import Figure, FigureSource, Status, rounded
from dean06_core.graphql import Context, batch_field, described
from dean06_core.observations import DataState, Qualifier, Slice, unscaled
from dean06_core.periods import Period as CalendarPeriod
from dean06_core.periods import Window
from dean06_core.units import Tier
from dean06_schema.indicators import Codes, Indicator, Part, Sectors, chosen_indicators
from dean06_schema.nodes import Node, global_id, node_loader
from dean06_schema.statements import Statement, decimal
from dean06_schema.structure import StructureInput
from dean06_schema.targets import Target, plain
from dean06_schema.units import Unit, UnitGroup, UnitSelector

described(
    Against,
    "So với kỳ nào",
    PREVIOUS="Kỳ trước liền kề",
    SAME_PERIOD_LAST_YEAR="Cùng kỳ năm trước",
    YEAR_START="Kỳ cuối của năm trước",
    BASELINE="Mốc mà nơi nêu số liệu chọn, ví dụ trước khi triển khai; chênh lệch là con số nơi đó nêu",
)


MOST_PERIODS = 400


@strawberry.type(description="Kỳ: từ ngày bắt đầu đến trước ngày kết thúc")
class Period:
    code: str = strawberry.field(description="Mã kỳ")
    starts: date = strawberry.field(description="Ngày đầu kỳ")
    ends: date = strawberry.field(description="Ngày đầu tiên sau kỳ")

    @classmethod
    def of(cls, period: CalendarPeriod) -> "Period":
        return cls(code=period.code, starts=period.starts, ends=period.ends)


@strawberry.type(description="Giá trị của một phần")
class PartValue:
    part: Part = strawberry.field(description="Phần")
    value: Decimal = strawberry.field(description="Giá trị đã nêu")


@strawberry.type(description="So sánh với một kỳ khác")
class Comparison:
    observation: Annotated["Observation", strawberry.lazy("dean06_schema.observations")] | None = strawberry.field(
        description="Số liệu của kỳ được so; null nếu so với mốc do nơi nêu chọn"
    )
    change: Decimal | None = strawberry.field(
        description="Chênh lệch: kỳ này trừ kỳ được so, theo đơn vị tính (tỷ lệ: điểm phần trăm)"
    )


@strawberry.type(description="Thứ hạng; bằng nhau thì cùng hạng")
class Rank:
    position: int = strawberry.field(description="Hạng, 1 là tốt nhất")
    of: int = strawberry.field(description="Trong số bao nhiêu đơn vị có số liệu")
    stated: bool = strawberry.field(description="Hạng do nơi khác công bố, không phải tính ở đây")


@dataclass(frozen=True, slots=True)
class CellId:
    """A cell as an id names it: by codes that outlive any database."""

    indicator: str
    unit: UUID
    period: str
    window: Window
    share: str

    def __str__(self) -> str:
        return "|".join((self.indicator, str(self.unit), self.period, self.window, self.share))

    @classmethod
    def read(cls, written: str) -> "CellId":
        indicator, unit, period, window, share = written.split("|")
        return cls(indicator, UUID(unit), CalendarPeriod.parse(period).code, Window(window), share)

    def slice(self) -> Slice:
        kind, _, _ = self.share.partition(":")
        return Slice(kind.upper()) if kind else Slice.UNIT


@strawberry.type(description="Số liệu của một ô: chỉ tiêu theo dõi, đơn vị, kỳ, phạm vi thời gian")
class Observation(Node):
    figure: strawberry.Private[Figure]

    @classmethod
    def of(cls, figure: Figure, context: Context) -> "Observation":
        cell = figure.cell
        unit = context.directory.unit(cell.unit, cell.period.last_day)
        id_ = CellId(figure.indicator.code, unit.id, cell.period.code, cell.window, cell.share)
        return cls(id=global_id("Observation", id_), figure=figure)

    @strawberry.field(description="Chỉ tiêu theo dõi")
    def indicator(self) -> Indicator:
        return Indicator.of(self.figure.indicator)

    @strawberry.field(description="Đơn vị mà số liệu nói về, như tại ngày cuối kỳ")
    def unit(self, info: Info[Context, None]) -> Unit:
        return Unit.known(info.context, self.figure.cell.unit, self.figure.cell.period.last_day)

    @strawberry.field(description="Kỳ")
    def period(self) -> Period:
        return Period.of(self.figure.cell.period)

    @strawberry.field(description="Phạm vi thời gian")
    def window(self) -> Window:
        return self.figure.cell.window

    @strawberry.field(description="Tổng theo cấp này bên trong đơn vị")
    def tier(self) -> Tier | None:
        return self.figure.cell.tier

    @strawberry.field(description="Tổng theo nhóm này bên trong đơn vị")
    def group(self, info: Info[Context, None]) -> UnitGroup | None:
        key = self.figure.cell.group
        return None if key is None else UnitGroup.known(info.context, key)

    @strawberry.field(description="Tử số")
    def numerator(self) -> Decimal | None:
        return decimal(self.figure.numerator)

    @strawberry.field(description="Mẫu số")
    def denominator(self) -> Decimal | None:
        return decimal(self.figure.denominator)

    @strawberry.field(description="Giá trị, làm tròn theo số thập phân của chỉ tiêu theo dõi")
    def value(self) -> Decimal | None:
        return self.figure.value

    @strawberry.field(description="Cách ghi cho người đọc: 99,44%, hơn 31%, chưa báo cáo")
    def display(self) -> str:
        return writing.figure(self.figure)

    @strawberry.field(description="Mức độ chắc chắn của con số")
    def qualifier(self) -> Qualifier:
        return self.figure.qualifier

    @batch_field(description="Các phần của con số")
    async def parts(observations: list[Any], context: Context) -> list[list[PartValue]]:
        ids = {each.figure.statement for each in observations if each.figure.statement is not None}
        async with context.reading() as session:
            found = await contradictions.parts(session, ids)
        return [
            [
                PartValue(part=Part(code=part.code, name=part.name), value=unscaled(stored.value_scaled))
                for stored in found.get(each.figure.statement, ())
                for part in each.figure.indicator.parts
                if part.code == stored.part
            ]
            for each in observations
        ]

    @strawberry.field(description="Ghi chú của nơi nêu")
    def comment(self) -> str | None:
        return self.figure.comment

    @strawberry.field(description="Tình trạng của ô")
    def status(self) -> Status:
        return self.figure.status

    @strawberry.field(description="Nguồn; null nếu chưa có số liệu")
    def source(self) -> FigureSource | None:
        return self.figure.source

    @strawberry.field(description="Số đơn vị đã có số liệu để cộng")
    def reported(self) -> int:
        return self.figure.reported

    @strawberry.field(description="Số đơn vị phải có số liệu")
    def expected(self) -> int:
        return self.figure.expected

    @strawberry.field(description="Tính đến ngày; null nếu nơi nêu không ghi")
    def as_of(self) -> date | None:
        return self.figure.as_of

    @strawberry.field(description="Lần sửa của lần nêu được chọn")
    def revision(self) -> int | None:
        return self.figure.revision

    @strawberry.field(description="Có phần ước tính do chia tách đơn vị")
    def estimated(self) -> bool:
        return self.figure.estimated

    @strawberry.field(description="Mức chỉ tiêu giao được đem ra đánh giá: mức chặt nhất đang áp dụng")
    def target(self) -> Target | None:
        judged = self.figure.judged
        return None if judged is None else Target.of(judged.target, self.figure.indicator)

    @strawberry.field(description="Mọi mức chỉ tiêu giao đang áp dụng")
    def targets(self) -> list[Target]:
        return [Target.of(level.target, self.figure.indicator) for level in self.figure.levels]

    @strawberry.field(description="Đã đạt chưa; null nếu không có mức, chưa có số liệu hoặc chưa đến hạn")
    def met(self) -> bool | None:
        return self.figure.met

    @strawberry.field(description="Còn thiếu bao nhiêu theo đơn vị tính; số âm là vượt")
    def gap(self) -> Decimal | None:
        return self.figure.gap

    @strawberry.field(description="Đánh giá")
    def assessment(self) -> Assessment:
        return self.figure.assessment

    @strawberry.field(description="Trạng thái số liệu")
    def state(self) -> DataState:
        return self.figure.state

    @strawberry.field(description="Đơn vị nêu số liệu được chọn")
    def reporter(self, info: Info[Context, None]) -> Unit | None:
        key = self.figure.reporter
        return None if key is None else Unit.known(info.context, key)

    @batch_field(description="Mọi lần nêu, kể cả mâu thuẫn; lần được chọn đứng đầu")
    async def statements(observations: list[Any], context: Context) -> list[list[Statement]]:
        async with context.reading() as session:
            found = await contradictions.about(session, context.catalogue, {each.figure.cell for each in observations})
        return [
            [Statement(stored=stored, declared=each.figure.indicator) for stored in found[each.figure.cell]]
            for each in observations
        ]

    @batch_field(description="So với một kỳ khác")
    async def compare(
        observations: list[Any],
        context: Context,
        *,
        with_: Annotated[Against, strawberry.argument(name="with", description="So với kỳ nào")],
    ) -> list[Comparison | None]:
        own = [each.figure for each in observations]
        if with_ is Against.BASELINE:
            return [_stated_comparison(figure) for figure in own]
        async with context.reading() as session:
            found = await comparing.before(session, context.directory, context.catalogue, own, with_)
        return [_comparison(figure, other, context) for figure, other in zip(own, found, strict=True)]

    @batch_field(description="Thứ hạng trong các đơn vị có số liệu")
    async def rank(
        observations: list[Any],
        context: Context,
        *,
        among: Annotated[UnitSelector, strawberry.argument(description="Trong những đơn vị nào")],
    ) -> list[Rank | None]:
        own = [each.figure for each in observations]
        async with context.reading() as session:
            found = await comparing.ranks(session, context.directory, context.catalogue, own, among.keys(context))
        return [
            None if rank is None else Rank(position=rank.position, of=rank.of, stated=rank.is_stated) for rank in found
        ]


@strawberry.type
class ObservationQuery:
    @strawberry.field(
        description="Mọi ô của đơn vị x chỉ tiêu x kỳ x phạm vi trong phạm vi, kể cả ô chưa báo cáo; tối đa 20.000 ô"
    )
    async def observations(
        self,
        info: Info[Context, None],
        units: Annotated[UnitSelector, strawberry.argument(description="Những đơn vị nào, như tại ngày cuối mỗi kỳ")],
        periods: Annotated[list[str], strawberry.argument(description="Các kỳ: 2025-07, 2025-W30, 2025-Q3, 2025 ...")],
        indicators: Codes = None,
        sectors: Sectors = None,
        windows: Annotated[
            list[Window] | None, strawberry.argument(description="Các phạm vi thời gian; không ghi thì trong kỳ")
        ] = None,
        slice: Annotated[Slice, strawberry.argument(description="Cách chia")] = Slice.UNIT,
        assessments: Annotated[
            list[Assessment] | None, strawberry.argument(description="Chỉ các ô có đánh giá này")
        ] = None,
        structure: Annotated[
            StructureInput | None,
            strawberry.argument(description="Theo cơ cấu đơn vị của ngày nào; không ghi thì như đã báo cáo"),
        ] = None,
        known_at: Annotated[
            datetime | None, strawberry.argument(description="Như đã biết vào thời điểm này; không ghi thì hiện nay")
        ] = None,
        at_least: Annotated[
            DataState, strawberry.argument(description="Chỉ số liệu từ trạng thái này trở lên")
        ] = DataState.DRAFT,
    ) -> list[Observation]:
        context = info.context
        asked = _periods(periods)
        as_of = None if structure is None else structure.day(context)
        selected = {unit.key: None for period in asked for unit in units.units(context, as_of or period.last_day)}
        question = Question(
            units=list(selected),
            indicators=chosen_indicators(context, indicators, sectors),
            periods=asked,
            windows=list(dict.fromkeys(windows if windows is not None else [Window.PERIOD])),
            slice=slice,
            at_least=at_least,
            known_at=known_at,
        )
        async with context.reading() as session:
            found = (
                await answers.answer(session, context.directory, context.catalogue, question)
                if as_of is None
                else await restructuring.answer(session, context.directory, context.catalogue, question, as_of)
            )
        return [
            Observation.of(figure, context)
            for figure in found
            if assessments is None or figure.assessment in assessments
        ]


@node_loader("Observation", key=CellId.read)
async def observations_behind(ids: Sequence[CellId], context: Context) -> dict[CellId, Observation]:
    """The cells of units and sectors that the caller sees; one answer for each way of slicing among them."""
    units, catalogue = context.directory, context.catalogue
    seen = [id_ for id_ in ids if catalogue.found(id_.indicator) and units.by_id(id_.unit, context.on)]
    found: dict[CellId, Observation] = {}
    for slice_ in Slice:
        own = [id_ for id_ in seen if id_.slice() is slice_]
        if not own:
            continue
        asked = {id_.unit: units.by_id(id_.unit, context.on) for id_ in own}
        question = Question(
            units=[unit.key for unit in asked.values() if unit is not None],
            indicators=[catalogue.by_code[code] for code in dict.fromkeys(id_.indicator for id_ in own)],
            periods=[CalendarPeriod.parse(code) for code in dict.fromkeys(id_.period for id_ in own)],
            windows=list(dict.fromkeys(id_.window for id_ in own)),
            slice=slice_,
        )
        async with context.reading() as session:
            answered = await answers.answer(session, units, catalogue, question)
        for answer in answered:
            cell = answer.cell
            unit_id = units.unit(cell.unit, context.on).id
            id_ = CellId(answer.indicator.code, unit_id, cell.period.code, cell.window, cell.share)
            if id_ in own:
                found[id_] = Observation.of(answer, context)
    return found


def _periods(codes: Sequence[str]) -> list[CalendarPeriod]:
    if len(codes) > MOST_PERIODS:
        raise BadInput(
            "TOO_MANY_PERIODS",
            f"Đã xin {len(codes)} kỳ, quá {MOST_PERIODS}. Hãy chia thành nhiều lần.",
            field=("periods",),
        )
    return [CalendarPeriod.parse(code) for code in dict.fromkeys(codes)]


def _stated_comparison(figure: Figure) -> Comparison | None:
    change = figure.stated_change
    return None if change is None else Comparison(observation=None, change=plain(unscaled(change)))


def _comparison(figure: Figure, other: Figure | None, context: Context) -> Comparison | None:
    if other is None:
        return None
    now, then = figure.exact, other.exact
    change = None if now is None or then is None else rounded(now - then, figure.indicator.decimals)
    return Comparison(observation=Observation.of(other, context), change=change)
