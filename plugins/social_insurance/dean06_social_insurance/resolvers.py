"""How records become figures: almost every one is a state, judged as it stood at the end of a span.

A record that began before the end of a span belongs to it, whether or not it
still lasted: where everybody has gone, nothing arises, and that is not missing.
There is no clock here; the newest beginning among the records is the day up to
which a state is known.

Hundreds of thousands of records are judged, so those that no span tells apart
are counted together first, and what is judged are such groups: of each day they
have the first boundary of a span after it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import Measurement, Resolver, Span, UnitLevel, measure, spans_table, units_below
from dean06_social_insurance import indicators
from dean06_social_insurance.beneficiaries import Beneficiary, Benefit
from dean06_social_insurance.insured_persons import InsuredPerson

Judgement = Callable[[Any, Any], sa.ColumnElement[bool]]
"""What is true of a group of records in a span, given the columns of both."""

_NO_PARTS: Final[Mapping[str, Judgement]] = MappingProxyType({})


class State(NamedTuple):
    """What is counted of a kind of record: those above the line, and those below it if something is divided.

    ``began`` is the column with the day on which a record begins, ``which`` says
    what records there are; ``facts`` are what else is judged, by the name that a
    judgement calls each.
    """

    began: Any
    which: sa.ColumnElement[bool]
    facts: Mapping[str, Any]
    numerator: Judgement
    denominator: Judgement | None = None


def of_units(state: State, parts: Mapping[str, Judgement] = _NO_PARTS) -> Resolver:
    """A resolver for units that report their own records, with the parts of its indicator by their codes."""

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        own = state.began.class_.unit_key.in_(units)
        return await measure(session, _counted(state, _known(state, spans), _alike(state, spans, own), parts))

    return resolve


def of_provinces(state: State) -> Resolver:
    """A resolver for provinces: the records of the province itself and of all units below it."""

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = _known(state, spans)
        counted = _counted(state, days, _alike(state, spans)).subquery()
        below = units_below(units, days, UnitLevel.PROVINCE)
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
        days = _known(state, spans)
        counted = _counted(state, days, _alike(state, spans)).subquery()
        communes = units_below(units, days, UnitLevel.PROVINCE, UnitLevel.COMMUNE)
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


def _known(state: State, spans: Sequence[Span]) -> sa.CTE:
    """The spans, each with the day up to which its state is known."""
    days = spans_table(spans)
    each = (
        sa.select(state.began.label("began"), Span.next_boundary(state.began, spans).label("boundary"))
        .where(state.which)
        .subquery()
    )
    newest = (
        sa.select(each.c.boundary, sa.func.max(each.c.began).label("began")).group_by(each.c.boundary).cte("newest")
    )
    return (
        sa.select(days, sa.func.max(newest.c.began).label("as_of"))
        .outerjoin(newest, newest.c.boundary <= days.c.ends)
        .group_by(*days.c)
        .cte("known_spans")
        .prefix_with("MATERIALIZED")
    )


def _alike(state: State, spans: Sequence[Span], *which: sa.ColumnElement[bool]) -> sa.Subquery:
    """How many records of each unit no span tells apart; columns unit, began, the facts, records."""
    facts = {"began": state.began, **state.facts}
    each = (
        sa.select(
            state.began.class_.unit_key.label("unit"),
            *(
                (Span.next_boundary(fact, spans) if isinstance(fact.type, sa.Date) else fact).label(name)
                for name, fact in facts.items()
            ),
        )
        .where(state.which, *which)
        .subquery()
    )
    return sa.select(*each.c, sa.func.count().label("records")).group_by(*each.c).subquery()


def _counted(
    state: State, days: sa.CTE, alike: sa.Subquery, parts: Mapping[str, Judgement] = _NO_PARTS
) -> sa.Select[Any]:
    """Each unit's records in each span; columns unit, period, window, numerator, denominator, as_of, the parts."""

    def count(judgement: Judgement) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((judgement(alike.c, days.c), alike.c.records), else_=0))

    return (
        sa.select(
            alike.c.unit,
            days.c.period,
            days.c.window,
            count(state.numerator).label("numerator"),
            (sa.null() if state.denominator is None else count(state.denominator)).label("denominator"),
            sa.func.max(days.c.as_of).label("as_of"),
            *(count(judgement).label(code) for code, judgement in parts.items()),
        )
        .join(days, alike.c.began <= days.c.ends)
        .group_by(alike.c.unit, days.c.period, days.c.window)
    )


def _same(below: Any, counted: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        below.c.unit == counted.c.unit, below.c.period == counted.c.period, below.c.window == counted.c.window
    )


def _has_come(boundary: sa.ColumnElement[date], span: Any) -> sa.ColumnElement[bool]:
    come: sa.ColumnElement[bool] = boundary <= span.ends
    return come


def _is_ahead(boundary: sa.ColumnElement[date], span: Any) -> sa.ColumnElement[bool]:
    return sa.or_(boundary.is_(None), boundary > span.ends)


def _receives(paid: Any, span: Any) -> sa.ColumnElement[bool]:
    return _is_ahead(paid.ended_on, span)


def _receives_cashless(paid: Any, span: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_receives(paid, span), _has_come(paid.cashless_since, span))


def _receives_cash(paid: Any, span: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_receives(paid, span), _is_ahead(paid.cashless_since, span))


def _changed_to_cashless(paid: Any, span: Any) -> sa.ColumnElement[bool]:
    return sa.and_(paid.is_change, paid.cashless_since > span.starts, _has_come(paid.cashless_since, span))


def _takes_part(insured: Any, span: Any) -> sa.ColumnElement[bool]:
    return _is_ahead(insured.left_on, span)


def _is_verified(insured: Any, span: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_takes_part(insured, span), _has_come(insured.verified_on, span))


def _is_unverified(insured: Any, span: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_takes_part(insured, span), _is_ahead(insured.verified_on, span))


def _has_no_id(insured: Any, span: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_is_unverified(insured, span), sa.not_(insured.has_personal_id))


def _has_unverified_id(insured: Any, span: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_is_unverified(insured, span), insured.has_personal_id)


def _paid(*benefits: Benefit) -> State:
    return State(
        began=Beneficiary.started_on,
        which=Beneficiary.benefit.in_(benefits),
        facts={"ended_on": Beneficiary.ended_on, "cashless_since": Beneficiary.cashless_since},
        numerator=_receives_cashless,
        denominator=_receives,
    )


_PENSIONS: Final = _paid(Benefit.PENSION, Benefit.ALLOWANCE)
_CHANGED: Final = _PENSIONS._replace(
    facts={
        "cashless_since": Beneficiary.cashless_since,
        "is_change": Beneficiary.cashless_since > Beneficiary.started_on,
    },
    numerator=_changed_to_cashless,
    denominator=None,
)
_VERIFIED: Final = State(
    began=InsuredPerson.joined_on,
    which=sa.not_(InsuredPerson.is_armed_forces),
    facts={"left_on": InsuredPerson.left_on, "verified_on": InsuredPerson.verified_on},
    numerator=_is_verified,
    denominator=_takes_part,
)
_UNVERIFIED: Final = _VERIFIED._replace(
    facts={**_VERIFIED.facts, "has_personal_id": InsuredPerson.has_personal_id},
    numerator=_is_unverified,
    denominator=None,
)

RESOLVERS: Final[Mapping[str, Resolver]] = {
    indicators.IDENTITY_VERIFIED.code: of_units(_VERIFIED),
    indicators.IDENTITY_UNVERIFIED.code: of_units(
        _UNVERIFIED, {"without_id": _has_no_id, "unverified": _has_unverified_id}
    ),
    indicators.PENSIONS.code: of_units(_PENSIONS, {"cash": _receives_cash}),
    indicators.FULL_COMMUNES.code: communes_with_all(_PENSIONS),
    indicators.NEW_CASHLESS.code: of_units(_CHANGED),
    indicators.UNEMPLOYMENT.code: of_provinces(_paid(Benefit.UNEMPLOYMENT)),
    indicators.SOCIAL_ASSISTANCE.code: of_units(_paid(Benefit.ASSISTANCE)),
}
