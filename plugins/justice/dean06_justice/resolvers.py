"""How records become figures: certificates by the day of issue, marriages and procedures as they stand at its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

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
from dean06_justice.certificates import Certificate, Channel
from dean06_justice.indicators import CERTIFICATES_VIA_VNEID, MARRIAGE_DATA, PAPER_RECORD_PROCEDURES
from dean06_justice.marriages import Marriage
from dean06_justice.procedures import Procedure


async def needing_paper(
    session: AsyncSession, units: Collection[int], spans: Sequence[Span], /
) -> Sequence[Measurement]:
    """Of the procedures that units of a province answer for, those that still asked for paper at the end of a span.

    None left is a count too. The newest day inside the span on which one was listed or
    dropped paper is how far the state is known.
    """
    if not units or not spans:
        return []
    days = spans_table(spans)
    below = units_below(units, days, UnitLevel.PROVINCE)
    has_dropped = Procedure.paper_needed_until < days.c.ends
    return await measure(
        session,
        sa.select(
            below.c.above,
            days.c.period,
            days.c.window,
            sa.func.count() - sa.func.count().filter(has_dropped),
            sa.null(),
            sa.func.max(sa.case((has_dropped, Procedure.paper_needed_until), else_=Procedure.listed_on)),
        )
        .select_from(Procedure)
        .join(days, Procedure.listed_on < days.c.ends)
        .join(
            below,
            sa.and_(
                below.c.unit == Procedure.unit_key,
                below.c.period == days.c.period,
                below.c.window == days.c.window,
            ),
        )
        .group_by(below.c.above, days.c.period, days.c.window),
    )


RESOLVERS: Final[Mapping[str, Resolver]] = {
    CERTIFICATES_VIA_VNEID.code: share_of_records(Certificate.issued_on, Certificate.channel == Channel.VNEID),
    MARRIAGE_DATA.code: share_of_standing(Marriage.found_on, Marriage.cleaned_on),
    PAPER_RECORD_PROCEDURES.code: needing_paper,
}
