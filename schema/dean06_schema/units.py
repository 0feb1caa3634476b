"""How units are asked for: by code, by place in the tree, by group; always as they were on some day."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from strawberry.types.info import Info

from dean06_core import answers, directory, pages
from dean06_core.answers import Question
from dean06_core.errors import BadInput
from dean06_core.figures import Figure
from dean06_core.graphql import After, Before, Context, First, Last, PageInfo, batch_field
from dean06_core.pages import Page, cursor_of
from dean06_core.periods import Period, Window
from dean06_core.standing import TaskGrouping
from dean06_core.units import CodeScheme, Tier, UnitLevel
from dean06_schema.nodes import Node, global_id, node_loader

if TYPE_CHECKING:
    from dean06_schema.observations import Observation
    from dean06_schema.task_filters import TaskFilter
    from dean06_schema.tasks import TaskConnection

_ORDER = "units"
Code = Annotated[str, strawberry.argument(description="Mã đơn vị: mã thống kê của xã, tỉnh hoặc mã chữ của sở, ngành")]
On = Annotated[date | None, strawberry.argument(description="Tính tại ngày này; không ghi thì hôm nay")]
Level = Annotated[UnitLevel | None, strawberry.argument(description="Chỉ lấy cấp này")]
Observations = list[Annotated["Observation", strawberry.lazy("dean06_schema.observations")]]
Tasks = Annotated["TaskConnection", strawberry.lazy("dean06_schema.tasks")]
WantedTasks = Annotated["TaskFilter", strawberry.lazy("dean06_schema.task_filters")]


@strawberry.input(description="Chọn đơn vị; mọi điều kiện đã ghi phải cùng đúng")
class UnitSelector:
    codes: list[str] | None = strawberry.field(default=None, description="Các mã đơn vị")
    within: str | None = strawberry.field(default=None, description="Bên trong đơn vị có mã này, kể cả chính nó")
    level: UnitLevel | None = strawberry.field(default=None, description="Thuộc cấp này")
    levels: list[UnitLevel] | None = strawberry.field(default=None, description="Thuộc một trong các cấp này")
    tier: Tier | None = strawberry.field(default=None, description="Thuộc cấp giao chỉ tiêu này")
    group: str | None = strawberry.field(default=None, description="Thuộc nhóm đơn vị có mã này")
    served_by: str | None = strawberry.field(default=None, description="Do cơ quan có mã này phụ trách địa bàn")

    def units(self, context: Context, on: date) -> tuple[directory.Unit, ...]:
        """The caller's units that are meant on a day, in catalogue order."""
        levels = {*(self.levels or ()), *((self.level,) if self.level else ())}
        return context.directory.select(
            directory.UnitSelector(
                codes=None if self.codes is None else tuple(self.codes),
                within=self.within,
                levels=frozenset(levels),
                tier=self.tier,
                group=self.group,
                served_by=self.served_by,
            ),
            on,
        )

    def keys(self, context: Context, on: date | None = None) -> frozenset[int]:
        return frozenset(unit.key for unit in self.units(context, on or context.on))


@strawberry.input(description="Lọc danh sách đơn vị")
class UnitFilter:
    text: str | None = strawberry.field(default=None, description="Tên có chứa, không cần dấu")
    within: str | None = strawberry.field(default=None, description="Bên trong đơn vị có mã này, kể cả chính nó")
    levels: list[UnitLevel] | None = strawberry.field(default=None, description="Thuộc một trong các cấp này")
    tier: Tier | None = strawberry.field(default=None, description="Thuộc cấp giao chỉ tiêu này")
    group: str | None = strawberry.field(default=None, description="Thuộc nhóm đơn vị có mã này")
    on: date | None = strawberry.field(default=None, description="Có hiệu lực tại ngày này; không ghi thì hôm nay")

    def units(self, context: Context) -> tuple[directory.Unit, ...]:
        return context.directory.select(
            directory.UnitSelector(
                within=self.within,
                levels=frozenset(self.levels or ()),
                tier=self.tier,
                group=self.group,
                text=self.text,
            ),
            self.on or context.on,
        )


@strawberry.type(description="Đơn vị: tỉnh, sở, ngành, xã, phường, cơ sở; như tại một ngày")
class Unit(Node):
    unit: strawberry.Private[directory.Unit]
    on: strawberry.Private[date]

    @classmethod
    def of(cls, unit: directory.Unit, on: date) -> "Unit":
        return cls(id=global_id("Unit", unit.id), unit=unit, on=on)

    @classmethod
    def known(cls, context: Context, key: int, on: date | None = None) -> "Unit":
        """The unit behind a reference, in scope or not: its class D fields are for every caller."""
        day = on or context.on
        return cls.of(context.directory.unit(key, day), day)

    @strawberry.field(description="Mã đơn vị: mã thống kê của xã, tỉnh hoặc mã chữ của sở, ngành")
    def code(self) -> str:
        return self.unit.code

    @strawberry.field(description="Tên đầy đủ")
    def name(self) -> str:
        return self.unit.name

    @strawberry.field(description="Loại cấp")
    def level(self) -> UnitLevel:
        return self.unit.level

    @strawberry.field(description="Cấp giao chỉ tiêu")
    def tier(self) -> Tier:
        return self.unit.tier

    @strawberry.field(description="Ngày bắt đầu mang tên, cấp và nơi trực thuộc này")
    def valid_from(self) -> date | None:
        return self.unit.valid_from

    @strawberry.field(description="Ngày đầu tiên không còn như vậy")
    def valid_to(self) -> date | None:
        return self.unit.valid_to

    @strawberry.field(description="Đơn vị cấp trên trực tiếp")
    def parent(self, info: Info[Context, None]) -> "Unit | None":
        key = self.unit.parent_key
        return None if key is None else Unit.known(info.context, key, self.on)

    @strawberry.field(description="Các đơn vị cấp trên, gần nhất trước")
    def ancestors(self, info: Info[Context, None]) -> list["Unit"]:
        return [Unit.of(unit, self.on) for unit in info.context.directory.ancestors(self.unit.key, self.on)]

    @strawberry.field(description="Các nhóm có đơn vị này")
    def groups(self, info: Info[Context, None]) -> list["UnitGroup"]:
        return [UnitGroup(group=group) for group in info.context.directory.groups_of(self.unit.key, self.on)]

    @strawberry.field(description="Các đơn vị trực thuộc")
    def children(
        self, info: Info[Context, None], level: Level = None, first: First = None, after: After = None
    ) -> "UnitConnection":
        found = info.context.directory.children(self.unit.key, self.on)
        return _connection(
            info.context,
            [unit for unit in found if level in (None, unit.level)],
            self.on,
            Page.of(_ORDER, first=first, after=after),
        )

    @strawberry.field(description="Phụ trách địa bàn: các đơn vị mà cơ quan này phục vụ nhưng không phải cấp trên")
    def serves(
        self, info: Info[Context, None], on: On = None, first: First = None, after: After = None
    ) -> "UnitConnection":
        day = on or self.on
        found = info.context.directory.serves(self.unit.key, day)
        return _connection(info.context, found, day, Page.of(_ORDER, first=first, after=after))

    @strawberry.field(description="Các cơ quan phụ trách địa bàn của đơn vị này")
    def served_by(self, info: Info[Context, None], on: On = None) -> list["Unit"]:
        day = on or self.on
        return [Unit.of(unit, day) for unit in info.context.directory.served_by(self.unit.key, day)]

    @batch_field(description="Số liệu của đơn vị trong một kỳ")
    async def indicators(
        units: list[Any],
        context: Context,
        *,
        period: Annotated[str, strawberry.argument(description="Kỳ: 2025-07, 2025-W30, 2025-Q3, 2025 ...")],
        codes: Annotated[
            list[str] | None, strawberry.argument(description="Mã chỉ tiêu theo dõi; không ghi thì mọi chỉ tiêu")
        ] = None,
        sectors: Annotated[list[str] | None, strawberry.argument(description="Chỉ các lĩnh vực này")] = None,
        window: Annotated[Window, strawberry.argument(description="Phạm vi thời gian")] = Window.PERIOD,
    ) -> list[Observations]:
        from dean06_schema.indicators import chosen_indicators
        from dean06_schema.observations import Observation

        asked = Period.parse(period)
        indicators = chosen_indicators(context, codes, sectors)
        seen = [parent.unit.key for parent in units if context.directory.is_seen(parent.unit.key)]
        question = Question(units=list(dict.fromkeys(seen)), indicators=indicators, periods=[asked], windows=[window])
        async with context.reading() as session:
            found = await answers.answer(session, context.directory, context.catalogue, question)
        own: dict[int, list[Figure]] = {}
        for figure in found:
            own.setdefault(figure.cell.unit, []).append(figure)
        return [[Observation.of(figure, context) for figure in own.get(parent.unit.key, ())] for parent in units]

    @batch_field(description="Nhiệm vụ mà đơn vị chủ trì")
    async def tasks(
        units: list[Any],
        context: Context,
        *,
        filter: Annotated[WantedTasks | None, strawberry.argument(description="Lọc nhiệm vụ")] = None,
        first: First = None,
        after: After = None,
        on: On = None,
    ) -> list[Tasks]:
        from dean06_schema.tasks import connections_by

        return await connections_by(
            context,
            TaskGrouping.LEAD,
            [parent.unit.key for parent in units],
            where=filter,
            first=first,
            after=after,
            on=on or context.on,
        )


@strawberry.type(description="Nhóm đơn vị được giao việc hoặc giao chỉ tiêu chung")
class UnitGroup:
    group: strawberry.Private[directory.UnitGroup]

    @classmethod
    def known(cls, context: Context, key: int) -> "UnitGroup":
        return cls(group=context.directory.groups[key])

    @strawberry.field(description="Mã nhóm")
    def code(self) -> str:
        return self.group.code

    @strawberry.field(description="Tên nhóm")
    def name(self) -> str:
        return self.group.name

    @strawberry.field(description="Các đơn vị trong nhóm")
    def members(
        self, info: Info[Context, None], on: On = None, first: First = None, after: After = None
    ) -> "UnitConnection":
        day = on or info.context.on
        found = info.context.directory.group_members(self.group.key, day)
        return _connection(info.context, found, day, Page.of(_ORDER, first=first, after=after))


@strawberry.type(description="Một dòng của danh sách đơn vị")
class UnitEdge:
    cursor: str = strawberry.field(description="Con trỏ của dòng")
    node: Unit = strawberry.field(description="Đơn vị")


@strawberry.type(description="Danh sách đơn vị theo trang, xếp theo cấp rồi theo mã")
class UnitConnection:
    edges: list[UnitEdge] = strawberry.field(description="Các dòng của trang")
    page_info: PageInfo = strawberry.field(description="Vị trí của trang")
    total_count: int = strawberry.field(description="Tổng số đơn vị trong danh sách")


@strawberry.type
class UnitQuery:
    @strawberry.field(description="Đơn vị theo mã; null nếu không có hoặc ngoài phạm vi")
    def unit(
        self,
        info: Info[Context, None],
        code: Code,
        scheme: Annotated[
            str | None, strawberry.argument(description="Hệ mã: NSO, SLUG, QD20 ...; không ghi thì mã thường dùng")
        ] = None,
        on: On = None,
    ) -> Unit | None:
        day = on or info.context.on
        found = info.context.directory.by_code(code, day, None if scheme is None else _scheme(scheme))
        return None if found is None else Unit.of(found, day)

    @strawberry.field(description="Danh sách đơn vị trong phạm vi")
    def units(
        self,
        info: Info[Context, None],
        filter: Annotated[UnitFilter | None, strawberry.argument(description="Lọc đơn vị")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> UnitConnection:
        wanted = filter or UnitFilter()
        page = Page.of(_ORDER, first=first, after=after, last=last, before=before)
        return _connection(info.context, wanted.units(info.context), wanted.on or info.context.on, page)

    @strawberry.field(description="Các nhóm đơn vị")
    def unit_groups(self, info: Info[Context, None]) -> list[UnitGroup]:
        groups = sorted(info.context.directory.groups.values(), key=lambda group: group.code)
        return [UnitGroup(group=group) for group in groups]


@node_loader("Unit")
async def units_behind(ids: Sequence[UUID], context: Context) -> dict[UUID, Unit]:
    found = ((id_, context.directory.by_id(id_, context.on)) for id_ in ids)
    return {id_: Unit.of(unit, context.on) for id_, unit in found if unit is not None}


def _scheme(name: str) -> CodeScheme:
    try:
        return CodeScheme(name)
    except ValueError:
        raise BadInput(
            "CODE_SCHEME_UNKNOWN",
            f"Không có hệ mã “{name}”. Hãy chọn một trong: {', '.join(CodeScheme)}.",
            field=("scheme",),
        ) from None


def _connection(context: Context, units: Sequence[directory.Unit], on: date, page: Page) -> UnitConnection:
    position = context.directory.position
    seen = [unit for unit in units if context.directory.is_seen(unit.key)]
    rows = pages.cut(seen, page, key=lambda unit: (position[unit.key],))
    return UnitConnection(
        edges=[
            UnitEdge(cursor=cursor_of(key, _ORDER), node=Unit.of(unit, on))
            for key, unit in zip(rows.keys, rows.rows, strict=True)
        ],
        page_info=PageInfo.of(rows, _ORDER),
        total_count=len(seen),
    )


__all__ = ["Code", "On", "Unit", "UnitConnection", "UnitFilter", "UnitGroup", "UnitQuery", "UnitSelector"]
