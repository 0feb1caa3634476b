"""How certificates become figures: each counts on the day on which it was issued."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core.measuring import Measurement, Resolver, Span, measure, spans_table
from dean06_justice.certificates import Certificate, Channel
from dean06_justice.indicators import CERTIFICATES_VIA_VNEID


async def issued_via_vneid(
    session: AsyncSession, units: Collection[int], spans: Sequence[Span], /
) -> Sequence[Measurement]:
    days = spans_table(spans).cte()
    return await measure(
        session,
        sa.select(
            Certificate.unit_key,
            days.c.period,
            days.c.window,
            sa.func.count().filter(Certificate.channel == Channel.VNEID),
            sa.func.count(),
            sa.func.max(Certificate.issued_on),
        )
        .join(days, sa.and_(days.c.starts <= Certificate.issued_on, Certificate.issued_on <= days.c.ends))
        .where(Certificate.unit_key.in_(units))
        .group_by(Certificate.unit_key, days.c.period, days.c.window),
    )


RESOLVERS: Final[Mapping[str, Resolver]] = {CERTIFICATES_VIA_VNEID.code: issued_via_vneid}
