"""Levels that somebody assigns by the codes that he knows, all resting on one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import targets
from dean06_core.access import Action, DataClass, Scope
from dean06_core.acting import Actor
from dean06_core.directory import Unit
from dean06_core.documents import Shelf
from dean06_core.errors import BadInput
from dean06_core.outcomes import Refusals, refused_at
from dean06_core.periods import Period
from dean06_core.targets import Assignment, Comparator, Target, TargetCheck, TargetKind
from dean06_core.units import Tier, UnitLevel

MOST_TARGETS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetEntry:
    """One level. ``indicator``, ``unit`` and ``group`` are codes; without unit, group and tier it is for all inside."""

    indicator: str
    value: Decimal
    valid_from: date
    unit: str | None = None
    group: str | None = None
    tier: Tier | None = None
    period: str | None = None
    comparator: Comparator = Comparator.GE
    kind: TargetKind = TargetKind.ASSIGNED
    check: TargetCheck = TargetCheck.EACH_PERIOD
    due_on: date | None = None
    valid_to: date | None = None


async def assign(session: AsyncSession, actor: Actor, entries: Sequence[TargetEntry], *, basis: str) -> list[Target]:
    """Assign levels by a document, told by its label or number: all of them, or none.

    What speaks to a group, a tier or to all holds inside the actor's province,
    or the country of a national agency; he has to be allowed to assign there.
    TARGET_NOT_ALLOWED where he may look and not assign.
    """
    if len(entries) > MOST_TARGETS:
        raise BadInput(
            "TOO_MANY_TARGETS",
            f"Mỗi lần giao tối đa {MOST_TARGETS} mức; lần này có {len(entries)}. Hãy chia nhỏ.",
            field=("targets",),
        )
    with refused_at("basis"):
        document = (await Shelf.load(session)).named(basis)
    refusals = Refusals()
    assignments: list[Assignment] = []
    for number, entry in enumerate(entries):
        with refusals.of_entry(number):
            assignments.append(_assignment(entry, actor, document))
    refusals.stop_if_any()
    assigned = await targets.assign_all(session, assignments, catalogue=actor.catalogue)
    return [target for target, _ in assigned]


def _assignment(entry: TargetEntry, actor: Actor, basis: UUID) -> Assignment:
    with refused_at("indicator"):
        indicator = actor.catalogue.named(entry.indicator)
    with refused_at("unit"):
        unit = None if entry.unit is None else actor.directory.named(entry.unit, entry.valid_from)
    with refused_at("period"):
        period = None if entry.period is None else Period.parse(entry.period)
    group = None if entry.group is None else actor.directory.group(entry.group)
    area = _area(actor)
    within = group.within_key if group is not None else area.key
    where = actor.directory.unit(within, actor.on) if unit is None else unit
    if not actor.may(Action.ASSIGN, Scope(DataClass.AGGREGATE, where.key, indicator.sector)):
        raise BadInput(
            "TARGET_NOT_ALLOWED",
            f"Tài khoản không được giao “{indicator.name}” tại {where.name}. Hãy bỏ mức này, hoặc đề nghị cấp quyền.",
            field=("unit",),
        )
    return Assignment(
        indicator=indicator.code,
        value=entry.value,
        comparator=entry.comparator,
        kind=entry.kind,
        check=entry.check,
        within=within,
        unit=None if unit is None else unit.key,
        group=None if group is None else group.key,
        tier=entry.tier,
        is_national=unit is None and group is None and entry.tier is None and area.level is UnitLevel.COUNTRY,
        period=period,
        due_on=entry.due_on,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        basis=basis,
    )


def _area(actor: Actor) -> Unit:
    """The province in which the actor's unit is, or the country."""
    own = actor.directory.unit(actor.caller.unit, actor.on)
    above = own, *actor.directory.ancestors(own.key, actor.on)
    return next((unit for unit in above if unit.level is UnitLevel.PROVINCE), above[-1])
