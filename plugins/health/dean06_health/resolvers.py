"""How visits become figures: each rate is a share of the visits of a span of days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.measuring import Measurement, Resolver, Span, measure, spans_table
from dean06_health.indicators import CASHLESS_FEES, HEALTH_BOOK_USE, ID_CARD_LOOK_UPS, VISITS_INTEROPERATED
from dean06_health.visits import Visit


def _share_of_visits(numerator: sa.ColumnElement[bool], denominator: sa.ColumnElement[bool]) -> Resolver:
    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span]) -> Sequence[Measurement]:
        days = spans_table(spans).cte()
        return await measure(
            session,
            sa.select(
                Visit.unit_key,
                days.c.period,
                days.c.window,
                sa.func.count().filter(numerator),
                sa.func.count().filter(denominator),
                sa.func.max(Visit.visited_on),
            )
            .join(days, sa.and_(days.c.starts <= Visit.visited_on, Visit.visited_on < days.c.ends))
            .where(Visit.unit_key.in_(units))
            .group_by(Visit.unit_key, days.c.period, days.c.window),
        )

    return resolve


RESOLVERS: Final[Mapping[str, Resolver]] = {
    CASHLESS_FEES.code: _share_of_visits(Visit.paid_cashless.is_(True), Visit.paid_cashless.is_not(None)),
    ID_CARD_LOOK_UPS.code: _share_of_visits(Visit.id_card_found.is_(True), Visit.id_card_found.is_not(None)),
    HEALTH_BOOK_USE.code: _share_of_visits(Visit.used_health_book.is_(True), sa.true()),
    VISITS_INTEROPERATED.code: _share_of_visits(Visit.data_sent.is_(True), sa.true()),
}
