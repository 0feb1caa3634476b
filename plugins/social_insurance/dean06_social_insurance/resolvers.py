"""How records become figures: almost every one is a state, judged as it stood at the end of a span.

A record that began before the end of a span belongs to it, whether or not it
still lasted: where everybody has gone, nothing arises, and that is not missing.
There is no clock here; the newest beginning among the records is the day up to
which a state is known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from dean06_core import Measurement, Resolver, Span, UnitLevel, measure, spans_table, units_below
from dean06_social_insurance import indicators
from dean06_social_insurance.beneficiaries import Beneficiary, Benefit
from dean06_social_insurance.insured_persons import InsuredPerson

Judgement = Callable[[Any], sa.ColumnElement[bool]]
"""What is true of a record at the end of a span, given the table of spans."""


class State(NamedTuple):
    """What is counted of a kind of record: those above the line, and those below it if something is divided.

    ``began`` is the column with the day on which a record begins, ``which`` says
    what records there are, of the table or of an alias of it.
    """

    began: Any
    which: Callable[[Any], sa.ColumnElement[bool]]
    numerator: Judgement
    denominator: Judgement | None


def of_units(state: State) -> Resolver:
    """A resolver for units that report their own records."""

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        unit = state.began.class_.unit_key
        return await measure(session, _counted(state, _known(spans, state)).where(unit.in_(units)))

    return resolve


def of_provinces(state: State) -> Resolver:
    """A resolver for provinces: the records of the province itself and of all units below it."""

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = _known(spans, state)
        counted, below = _counted(state, days).subquery(), units_below(units, days, UnitLevel.PROVINCE)
        return await measure(
            session,
            sa.select(
                below.c.above,
                below.c.period,
                below.c.window,
                sa.func.sum(counted.c.numerator),
                sa.func.sum(counted.c.denominator),
                sa.func.max(counted.c.as_of),
            )
            .join(counted, _same(below, counted))
            .group_by(below.c.above, below.c.period, below.c.window),
        )

    return resolve


def communes_with_all(state: State) -> Resolver:
    """A resolver for provinces: in how many of their communes everybody counted below is counted above."""

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = _known(spans, state)
        counted, communes = (
            _counted(state, days).subquery(),
            units_below(units, days, UnitLevel.PROVINCE, UnitLevel.COMMUNE),
        )
        has_all = sa.and_(counted.c.denominator > 0, counted.c.numerator == counted.c.denominator)
        return await measure(
            session,
            sa.select(
                communes.c.above,
                communes.c.period,
                communes.c.window,
                sa.func.count().filter(has_all),
                sa.func.count(),
                sa.func.max(counted.c.as_of),
            )
            .outerjoin(counted, _same(communes, counted))
            .group_by(communes.c.above, communes.c.period, communes.c.window)
            .having(sa.func.count(counted.c.unit) > 0),
        )

    return resolve


def _known(spans: Sequence[Span], state: State) -> sa.CTE:
    """The spans, each with the day up to which its state is known."""
    days = spans_table(spans)
    newest = aliased(state.began.class_)
    began = getattr(newest, state.began.key)
    known = sa.select(sa.func.max(began)).where(began < days.c.ends, state.which(newest)).scalar_subquery()
    return sa.select(days, known.label("as_of")).cte("known_spans").prefix_with("MATERIALIZED")


def _counted(state: State, days: sa.CTE) -> sa.Select[Any]:
    """Each unit's records in each span; columns unit, period, window, numerator, denominator, as_of."""
    record, below = state.began.class_, state.denominator
    return (
        sa.select(
            record.unit_key.label("unit"),
            days.c.period,
            days.c.window,
            sa.func.count().filter(state.numerator(days)).label("numerator"),
            (sa.null() if below is None else sa.func.count().filter(below(days))).label("denominator"),
            sa.func.max(days.c.as_of).label("as_of"),
        )
        .join(days, state.began < days.c.ends)
        .where(state.which(record))
        .group_by(record.unit_key, days.c.period, days.c.window)
    )


def _same(below: Any, counted: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        below.c.unit == counted.c.unit, below.c.period == counted.c.period, below.c.window == counted.c.window
    )


def _receives(days: Any) -> sa.ColumnElement[bool]:
    return sa.or_(Beneficiary.ended_on.is_(None), Beneficiary.ended_on >= days.c.ends)


def _receives_cashless(days: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_receives(days), Beneficiary.cashless_since < days.c.ends)


def _changed_to_cashless(days: Any) -> sa.ColumnElement[bool]:
    since = Beneficiary.cashless_since
    return sa.and_(days.c.starts <= since, since < days.c.ends, since > Beneficiary.started_on)


def _paid(*benefits: Benefit) -> State:
    return State(Beneficiary.started_on, lambda record: record.benefit.in_(benefits), _receives_cashless, _receives)


def _takes_part(days: Any) -> sa.ColumnElement[bool]:
    return sa.or_(InsuredPerson.left_on.is_(None), InsuredPerson.left_on >= days.c.ends)


def _is_verified(days: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_takes_part(days), InsuredPerson.verified_on < days.c.ends)


def _is_unverified(days: Any) -> sa.ColumnElement[bool]:
    verified_on = InsuredPerson.verified_on
    return sa.and_(_takes_part(days), sa.or_(verified_on.is_(None), verified_on >= days.c.ends))


_PENSIONS: Final = _paid(Benefit.PENSION, Benefit.ALLOWANCE)
_INSURED: Final = State(
    InsuredPerson.joined_on, lambda record: sa.not_(record.is_armed_forces), _is_verified, _takes_part
)

RESOLVERS: Final[Mapping[str, Resolver]] = {
    indicators.IDENTITY_VERIFIED.code: of_units(_INSURED),
    indicators.IDENTITY_UNVERIFIED.code: of_units(_INSURED._replace(numerator=_is_unverified, denominator=None)),
    indicators.PENSIONS.code: of_units(_PENSIONS),
    indicators.FULL_COMMUNES.code: communes_with_all(_PENSIONS),
    indicators.NEW_CASHLESS.code: of_units(_PENSIONS._replace(numerator=_changed_to_cashless, denominator=None)),
    indicators.UNEMPLOYMENT.code: of_provinces(_paid(Benefit.UNEMPLOYMENT)),
    indicators.SOCIAL_ASSISTANCE.code: of_units(_paid(Benefit.ASSISTANCE)),
}
