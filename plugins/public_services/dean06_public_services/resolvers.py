"""How records become figures: dossiers of a span of days, and what stands at its end.

Most rates are a share of what was received, or resolved, in the span.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from dean06_core import (
    Measurement,
    Resolver,
    Span,
    UnitLevel,
    measure,
    share_of_records,
    share_of_standing,
    spans_table,
    units_below,
)
from dean06_public_services import indicators
from dean06_public_services.adults import AdultYear
from dean06_public_services.dossiers import Channel, Dossier
from dean06_public_services.essential_services import EssentialService
from dean06_public_services.procedures import Procedure

_FINISHED_ON: Final = sa.func.coalesce(Dossier.resolved_on, Dossier.refused_on)


async def handled_on_time(
    session: AsyncSession, units: Collection[int], spans: Sequence[Span], /
) -> Sequence[Measurement]:
    """Judge every dossier in hand during a span as it stood at the end of the span.

    A span may not be over yet, and there is no clock here: the day of the
    newest receipt in the province is how far the records are known to reach.
    """
    days = spans_table(spans)
    newest = aliased(Dossier)
    known_until = sa.select(sa.func.max(newest.received_on)).scalar_subquery()
    in_hand = sa.and_(
        Dossier.received_on < days.c.ends,
        sa.or_(_FINISHED_ON.is_(None), days.c.starts <= _FINISHED_ON),
    )
    is_finished = days.c.ends > _FINISHED_ON
    is_on_time = sa.case(
        (is_finished, Dossier.due_on >= _FINISHED_ON),
        else_=sa.or_(Dossier.due_on >= days.c.ends, Dossier.due_on >= known_until),
    )
    as_of = sa.case((is_finished, _FINISHED_ON), else_=Dossier.received_on)
    return await measure(
        session,
        sa.select(
            Dossier.unit_key,
            days.c.period,
            days.c.window,
            sa.func.count().filter(is_on_time),
            sa.func.count(),
            sa.func.max(as_of),
        )
        .join(days, in_hand)
        .where(Dossier.unit_key.in_(units))
        .group_by(Dossier.unit_key, days.c.period, days.c.window),
    )


def count_of_dossiers(on: Any) -> Resolver:
    """How many dossiers reached a day in a span; none of a unit that received or finished others is a count too.

    Days are counted together before the spans are looked at, which reads the
    dossiers three times however many spans there are.
    """
    reached = (Dossier.received_on, Dossier.resolved_on, Dossier.refused_on)

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = spans_table(spans)
        each = sa.union_all(
            *(
                sa.select(
                    Dossier.unit_key.label("unit_key"),
                    day.label("day"),
                    (sa.func.count() if day is on else sa.literal(0)).label("dossiers"),
                )
                .where(Dossier.unit_key.in_(units), day.is_not(None))
                .group_by(Dossier.unit_key, day)
                for day in reached
            )
        ).subquery()
        return await measure(
            session,
            sa.select(
                each.c.unit_key,
                days.c.period,
                days.c.window,
                sa.func.sum(each.c.dossiers),
                sa.null(),
                sa.func.max(each.c.day),
            )
            .join(days, sa.and_(days.c.starts <= each.c.day, each.c.day < days.c.ends))
            .group_by(each.c.unit_key, days.c.period, days.c.window),
        )

    return resolve


def done_in_province(since: Any, until: Any, done: Any) -> Resolver:
    """Of what units of a province answer for at the end of a span, how much had something done by then.

    ``until`` is null, or the first day on which a record no longer counts. The
    newest of the days inside the span is how far the state is known.
    """

    async def resolve(session: AsyncSession, units: Collection[int], spans: Sequence[Span], /) -> Sequence[Measurement]:
        if not units or not spans:
            return []
        days = spans_table(spans)
        ends = days.c.ends
        below = units_below(units, days, UnitLevel.PROVINCE)
        is_counted = sa.or_(until.is_(None), until >= ends)
        newest = since
        for change in (until, done):
            newest = sa.case((sa.and_(change < ends, change > newest), change), else_=newest)
        return await measure(
            session,
            sa.select(
                below.c.above,
                days.c.period,
                days.c.window,
                sa.func.count().filter(is_counted, done < ends),
                sa.func.count().filter(is_counted),
                sa.func.max(newest),
            )
            .select_from(since.class_)
            .join(days, since < ends)
            .join(
                below,
                sa.and_(
                    below.c.unit == since.class_.unit_key,
                    below.c.period == days.c.period,
                    below.c.window == days.c.window,
                ),
            )
            .group_by(below.c.above, days.c.period, days.c.window),
        )

    return resolve


RESOLVERS: Final[Mapping[str, Resolver]] = {
    indicators.RECEIVED.code: count_of_dossiers(Dossier.received_on),
    indicators.RESOLVED.code: count_of_dossiers(Dossier.resolved_on),
    indicators.REFUSED.code: count_of_dossiers(Dossier.refused_on),
    indicators.ONLINE.code: share_of_records(
        Dossier.received_on,
        sa.and_(
            Dossier.channel == Channel.ONLINE,
            sa.or_(Dossier.returns_paper_result.is_(False), Dossier.result_digitised.is_(True)),
        ),
    ),
    indicators.FULL_PROCESS.code: share_of_records(
        Dossier.received_on, Dossier.full_process.is_(True), Dossier.full_process.is_not(None)
    ),
    indicators.FULL_PROCESS_PROCEDURES.code: done_in_province(
        Procedure.eligible_since, Procedure.eligible_until, Procedure.published_on
    ),
    indicators.ESSENTIAL_SERVICES.code: done_in_province(
        EssentialService.listed_on, sa.null(), EssentialService.integrated_on
    ),
    indicators.ADULT_USERS.code: share_of_standing(
        AdultYear.counted_since, AdultYear.first_online_on, AdultYear.counted_until
    ),
    indicators.ONLINE_PAYMENT.code: share_of_records(
        Dossier.received_on, Dossier.paid_online.is_(True), Dossier.has_fee.is_(True)
    ),
    indicators.RESULTS_DIGITISED.code: share_of_records(
        Dossier.resolved_on,
        sa.and_(Dossier.returns_paper_result.is_(True), Dossier.result_digitised.is_(True)),
        Dossier.returns_paper_result.is_(True),
    ),
    indicators.COMPONENTS_DIGITISED.code: share_of_records(Dossier.received_on, Dossier.components_digitised.is_(True)),
    indicators.DATA_REUSED.code: share_of_records(Dossier.received_on, Dossier.data_reused.is_(True)),
    indicators.ON_TIME.code: handled_on_time,
    indicators.PERSONAL_ID_LINKED.code: share_of_records(
        Dossier.received_on, Dossier.personal_id_linked.is_(True), Dossier.personal_id_linked.is_not(None)
    ),
    indicators.IDENTITY_VERIFIED.code: share_of_records(Dossier.received_on, Dossier.identity_verified.is_(True)),
}
