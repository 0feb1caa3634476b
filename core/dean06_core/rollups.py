"""What the units below a unit add up to, where nobody stated a figure for the unit itself.

Rate of a unit = factor x sum of numerators / sum of denominators over the units
below that have both; never a mean of rates. A unit's own statement stands for
everything below it, so only the topmost statements are added. The parent chain
is the one that held on the period's last day.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from dean06_core.observations import CellKey, DataState, Observation, Slice
from dean06_core.periods import Window
from dean06_core.units import UnitClosure, UnitGroupMember, UnitVersion

_STATES = list(DataState)


@dataclass(frozen=True, slots=True)
class Sum:
    """``reported`` units were found, ``counted`` of them with parts that could be added.

    ``denominator`` is null where none of them divides. ``state`` is the weakest among them.
    """

    numerator: int | None
    denominator: int | None
    reported: int
    counted: int
    as_of: date | None
    state: DataState


def added(rows: Sequence[Any], reporters: Collection[int]) -> Sum:
    """What statements add up to, and how many of some units are in it."""
    with_parts = [row for row in rows if row.numerator is not None]
    denominators = [row.denominator for row in with_parts if row.denominator is not None]
    return Sum(
        sum(row.numerator for row in with_parts) if with_parts else None,
        sum(denominators) if denominators else None,
        len(reporters),
        len({row.unit_key for row in with_parts if row.unit_key in reporters}),
        max((row.as_of for row in rows if row.as_of is not None), default=None),
        min((row.state for row in rows), key=_STATES.index, default=DataState.DRAFT),
    )


async def sums(
    session: AsyncSession,
    *,
    units: Collection[int],
    indicators: Collection[int],
    periods: Collection[str],
    windows: Collection[Window],
    slice_: Slice = Slice.UNIT,
    at_least: DataState = DataState.DRAFT,
) -> dict[CellKey, Sum]:
    """The sums below each unit, by tier or group of those below if ``slice_`` says so; one statement."""
    above, stated = aliased(UnitClosure), aliased(Observation)
    has_parts = stated.numerator.is_not(None)
    share, narrowed = _sharing(slice_, stated)
    statement = (
        sa.select(
            above.ancestor_key,
            share,
            stated.indicator_key,
            stated.period,
            stated.window,
            _added(stated.numerator),
            _added(stated.denominator),
            sa.func.count(),
            sa.func.count().filter(has_parts),
            sa.func.max(stated.as_of),
            sa.func.min(sa.case({state: rank for rank, state in enumerate(_STATES)}, value=stated.state)),
        )
        .join(above, above.descendant_key == stated.unit_key)
        .where(
            above.ancestor_key.in_(units),
            above.depth > 0,
            _holds(above, stated),
            stated.official,
            stated.share == "",
            stated.indicator_key.in_(indicators),
            stated.period.in_(periods),
            stated.window.in_(windows),
            stated.state.in_(_STATES[_STATES.index(at_least) :]),
            ~_stated_between(above, stated, slice_),
        )
        .group_by(above.ancestor_key, share, stated.indicator_key, stated.period, stated.window)
    )
    found: dict[CellKey, Sum] = {}
    for row in await session.execute(narrowed(statement)):
        unit, inside, indicator, period, window, numerator, denominator, reported, counted, as_of, state = row
        found[unit, inside, indicator, period, window] = Sum(
            numerator, denominator, reported, counted, as_of, _STATES[state]
        )
    return found


def _sharing(slice_: Slice, stated: Any) -> tuple[sa.ColumnElement[str], Any]:
    """The share that a statement falls into, and how the statement is joined to know it."""
    if slice_ is Slice.TIER:
        version = aliased(UnitVersion)
        return sa.literal_column("'tier:'") + sa.cast(version.tier, sa.Text), lambda statement: statement.join(
            version, sa.and_(version.unit_key == stated.unit_key, _holds(version, stated))
        )
    if slice_ is Slice.GROUP:
        member = aliased(UnitGroupMember)
        return sa.literal_column("'group:'") + sa.cast(member.group_key, sa.Text), lambda statement: statement.join(
            member, sa.and_(member.unit_key == stated.unit_key, _holds(member, stated))
        )
    return stated.share, lambda statement: statement


def _added(part: Any) -> sa.ColumnElement[int | None]:
    """A sum that is a whole number on every database; a server adds up whole numbers to a decimal."""
    return sa.cast(sa.func.sum(part), sa.BigInteger)


def _stated_between(above: Any, stated: Any, slice_: Slice) -> sa.Exists:
    """Whether a unit between the two has a statement of its own that stands for what is below it."""
    between, other = aliased(UnitClosure), aliased(Observation)
    question = (
        sa.select(sa.literal(1))
        .join_from(between, other, other.unit_key == between.ancestor_key)
        .where(
            between.descendant_key == stated.unit_key,
            between.depth > 0,
            between.depth < above.depth,
            _holds(between, stated),
            other.official,
            other.share == "",
            other.indicator_key == stated.indicator_key,
            other.period == stated.period,
            other.window == stated.window,
        )
    )
    if slice_ is Slice.TIER:
        own, its = aliased(UnitVersion), aliased(UnitVersion)
        question = question.join(own, sa.and_(own.unit_key == stated.unit_key, _holds(own, stated))).join(
            its, sa.and_(its.unit_key == other.unit_key, _holds(its, stated), its.tier == own.tier)
        )
    if slice_ is Slice.GROUP:
        member, fellow = aliased(UnitGroupMember), aliased(UnitGroupMember)
        question = question.join(member, sa.and_(member.unit_key == stated.unit_key, _holds(member, stated))).join(
            fellow,
            sa.and_(fellow.unit_key == other.unit_key, _holds(fellow, stated), fellow.group_key == member.group_key),
        )
    return question.correlate(above, stated).exists()


def _holds(spell: Any, stated: Any) -> sa.ColumnElement[bool]:
    """Whether something with validity holds on the last day of a statement's period."""
    return sa.and_(
        spell.valid_from < stated.period_ends,
        sa.or_(spell.valid_to.is_(None), spell.valid_to >= stated.period_ends),
    )
