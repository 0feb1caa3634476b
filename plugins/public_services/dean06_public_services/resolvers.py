"""How dossiers become figures: most rates are a share of what was received, or resolved, in a span of days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from dean06_core import Measurement, Resolver, Span, measure, share_of_records, spans_table
from dean06_public_services import indicators
from dean06_public_services.dossiers import Channel, Dossier


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
        sa.or_(Dossier.resolved_on.is_(None), Dossier.resolved_on >= days.c.starts),
    )
    is_resolved = Dossier.resolved_on < days.c.ends
    is_on_time = sa.case(
        (is_resolved, Dossier.resolved_on <= Dossier.due_on),
        else_=sa.or_(Dossier.due_on >= days.c.ends, Dossier.due_on >= known_until),
    )
    as_of = sa.case((is_resolved, Dossier.resolved_on), else_=Dossier.received_on)
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


RESOLVERS: Final[Mapping[str, Resolver]] = {
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
