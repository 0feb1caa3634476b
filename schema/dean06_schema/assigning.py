"""Assigning levels: what a document assigns to units, groups and tiers, kept all together or not at all."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry
from strawberry.types.info import Info

from dean06_core import target_entries
from dean06_core.access import Action, DataClass
from dean06_core.errors import BadInput
from dean06_core.graphql import Context
from dean06_core.target_entries import MOST_TARGETS, TargetEntry
from dean06_core.targets import Comparator, TargetCheck, TargetKind
from dean06_core.units import Tier
from dean06_schema.errors import UserError, refusals
from dean06_schema.targets import Target


@strawberry.input(
    description="Một mức: giao cho một đơn vị, một nhóm hoặc một cấp; không ghi ai là giao cho mọi đơn vị trên địa bàn"
)
class TargetInput:
    indicator: str = strawberry.field(description="Mã chỉ tiêu theo dõi")
    value: Decimal = strawberry.field(description="Mức, theo đơn vị tính của chỉ tiêu theo dõi")
    valid_from: date = strawberry.field(description="Có hiệu lực từ ngày")
    unit: str | None = strawberry.field(default=None, description="Mã đơn vị được giao")
    group: str | None = strawberry.field(default=None, description="Mã nhóm đơn vị được giao")
    tier: Tier | None = strawberry.field(default=None, description="Cấp được giao")
    period: str | None = strawberry.field(default=None, description="Chỉ cho kỳ này; phải ghi đơn vị")
    comparator: Comparator = strawberry.field(default=Comparator.GE, description="Phép so")
    kind: TargetKind = strawberry.field(default=TargetKind.ASSIGNED, description="Tối thiểu, được giao hay phấn đấu")
    check: TargetCheck = strawberry.field(default=TargetCheck.EACH_PERIOD, description="Khi nào đánh giá")
    due_on: date | None = strawberry.field(default=None, description="Hạn phải đạt")
    valid_to: date | None = strawberry.field(default=None, description="Ngày đầu tiên không còn hiệu lực")

    def entry(self) -> TargetEntry:
        return TargetEntry(
            indicator=self.indicator,
            value=self.value,
            valid_from=self.valid_from,
            unit=self.unit,
            group=self.group,
            tier=self.tier,
            period=self.period,
            comparator=self.comparator,
            kind=self.kind,
            check=self.check,
            due_on=self.due_on,
            valid_to=self.valid_to,
        )


@strawberry.input(description="Các mức do một văn bản giao; sai một mức thì chưa mức nào được giao")
class AssignTargetsInput:
    basis: str = strawberry.field(description="Ký hiệu hoặc nhãn của văn bản giao")
    targets: list[TargetInput] = strawberry.field(description=f"Tối đa {MOST_TARGETS:,} mức".replace(",", "."))


@strawberry.type(description="Kết quả giao chỉ tiêu")
class AssignTargetsPayload:
    targets: list[Target] = strawberry.field(default_factory=list, description="Các mức đã giao, cả mức đã có từ trước")
    errors: list[UserError] = strawberry.field(default_factory=list, description="Mọi chỗ sai, theo từng mức")


@strawberry.type
class AssigningMutation:
    @strawberry.mutation(
        description="Giao chỉ tiêu; mức cũ không bị sửa, chỉ có thể được ghi ngày hết hiệu lực",
        metadata={"needs": (Action.ASSIGN, DataClass.AGGREGATE)},
    )
    async def assign_targets(
        self,
        info: Info[Context, None],
        input: Annotated[AssignTargetsInput, strawberry.argument(description="Văn bản và các mức")],
    ) -> AssignTargetsPayload:
        try:
            entries = [each.entry() for each in input.targets]
            assigned = await info.context.act(target_entries.assign, entries, basis=input.basis)
        except BadInput as refused:
            return AssignTargetsPayload(errors=refusals(refused, entries="targets"))
        catalogue = info.context.catalogue
        return AssignTargetsPayload(
            targets=[Target.of(each, catalogue.by_key[each.indicator_key]) for each in assigned]
        )


__all__ = ["AssignTargetsInput", "AssignTargetsPayload", "AssigningMutation", "TargetInput"]
