"""How records become figures: visits as shares of a span of days, facilities and residents as they stand at its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import Measurement, Resolver, Span, measure, share_of_records, share_of_standing, spans_table
from dean06_health import indicators
from dean06_health.facilities import Facility
from dean06_health.residents import Resident
from dean06_health.visits import Visit

Standing = Callable[[Any, Any], sa.ColumnElement[bool]]
"""What is true of a record at the end of a span, given its columns and the first day after the span."""


def lasting(since: str, until: str) -> Standing:
    return lambda record, ends: sa.and_(record[since] < ends, sa.or_(record[until].is_(None), record[until] >= ends))


def state_of_facilities(above: Standing, below: Standing | None, *facts: str) -> Resolver:
    """How many of the facilities that count at the end of a span are above the line, and how many below it.

    ``below`` None makes a plain count. ``facts`` are the columns that decide;
    facilities with the same ones are counted together before the spans are
    looked at. The newest day inside the span is how far the state is known. A
    unit whose facilities all closed has no more than none of none.
    """
    own = Facility.__table__.c
    columns = [own[name] for name in ("unit_key", "counted_since", "counted_until", *facts)]
    dates = [name for name in ("counted_until", *facts) if isinstance(own[name].type, sa.Date)]
    is_counted = lasting("counted_since", "counted_until")

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = spans_table(spans)
        ends = days.c.ends
        alike = sa.select(*columns, sa.func.count().label("records")).where(own.unit_key.in_(units))
        record = alike.group_by(*columns).subquery().c
        newest: sa.ColumnElement[Any] = record.counted_since
        for name in dates:
            newest = sa.case((sa.and_(record[name] < ends, record[name] > newest), record[name]), else_=newest)

        def counted(standing: Standing) -> sa.ColumnElement[int]:
            return sa.func.sum(
                sa.case((sa.and_(is_counted(record, ends), standing(record, ends)), record.records), else_=0)
            )

        return await measure(
            session,
            sa.select(
                record.unit_key,
                days.c.period,
                days.c.window,
                counted(above),
                sa.null() if below is None else counted(below),
                sa.func.max(newest),
            )
            .join(days, record.counted_since < ends)
            .group_by(record.unit_key, days.c.period, days.c.window),
        )

    return resolve


def _has_beds(record: Any, _: Any) -> sa.ColumnElement[bool]:
    has_beds: sa.ColumnElement[bool] = record.beds > 0
    return has_beds


def _has_beds_and_emr(record: Any, ends: Any) -> sa.ColumnElement[bool]:
    return sa.and_(_has_beds(record, ends), record.emr_published_on < ends)


def _all(_: Any, __: Any) -> sa.ColumnElement[bool]:
    return sa.true()


RESOLVERS: Final[Mapping[str, Resolver]] = {
    indicators.CASHLESS_FEES.code: share_of_records(
        Visit.visited_on, Visit.paid_cashless.is_(True), Visit.paid_cashless.is_not(None)
    ),
    indicators.HEALTH_BOOKS.code: share_of_standing(
        Resident.counted_since, Resident.book_since, Resident.counted_until
    ),
    indicators.HEALTH_BOOK_USE.code: share_of_records(Visit.visited_on, Visit.used_health_book.is_(True)),
    indicators.ID_CARD_LOOK_UPS.code: share_of_records(
        Visit.visited_on, Visit.id_card_found.is_(True), Visit.id_card_found.is_not(None)
    ),
    indicators.VNEID_HEALTH_DOCUMENTS.code: share_of_standing(
        Resident.counted_since, Resident.documents_complete_since, Resident.counted_until
    ),
    indicators.FACILITIES_INTEROPERATING.code: state_of_facilities(
        lasting("data_sent_since", "data_sent_until"), _all, "data_sent_since", "data_sent_until"
    ),
    indicators.VISITS_INTEROPERATED.code: share_of_records(Visit.visited_on, Visit.data_sent.is_(True)),
    indicators.EMR_FACILITIES.code: state_of_facilities(_has_beds_and_emr, _has_beds, "beds", "emr_published_on"),
    indicators.KIOSK_FACILITIES.code: state_of_facilities(
        lasting("kiosk_since", "kiosk_until"), None, "kiosk_since", "kiosk_until"
    ),
}
