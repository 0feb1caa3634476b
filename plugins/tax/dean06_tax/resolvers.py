"""How records become figures: states as of the end of a span, and the invoices of whole months."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dean06_core import Measurement, Resolver, Span, measure, share_of_standing, spans_table
from dean06_tax import indicators
from dean06_tax.businesses import Business
from dean06_tax.fuel_stations import FuelStation
from dean06_tax.invoice_counts import InvoiceCount
from dean06_tax.organisations import Organisation
from dean06_tax.taxpayers import Taxpayer


async def invoices_made(
    session: AsyncSession, units: Collection[int], spans: Sequence[Span], /
) -> Sequence[Measurement]:
    """Add up the months of a span that whole months make up; no other span can be told from monthly counts."""
    whole = [span for span in spans if span.starts.day == span.ends.day == 1]
    if not units or not whole:
        return []
    days = spans_table(whole)
    return await measure(
        session,
        sa.select(
            InvoiceCount.unit_key,
            days.c.period,
            days.c.window,
            sa.func.sum(InvoiceCount.invoices),
            sa.null(),
            sa.func.max(InvoiceCount.counted_until),
        )
        .join(days, sa.and_(days.c.starts <= InvoiceCount.month, InvoiceCount.month < days.c.ends))
        .where(InvoiceCount.unit_key.in_(units))
        .group_by(InvoiceCount.unit_key, days.c.period, days.c.window),
    )


RESOLVERS: Final[Mapping[str, Resolver]] = {
    indicators.TAX_CODES_MATCHED.code: share_of_standing(
        Taxpayer.listed_on, Taxpayer.matched_on, Taxpayer.closed_on, of=Taxpayer.phase == 2
    ),
    indicators.REPRESENTATIVES_MATCHED.code: share_of_standing(
        Organisation.registered_on, Organisation.representative_matched_on, Organisation.closed_on
    ),
    indicators.CASH_REGISTER_INVOICING.code: share_of_standing(
        Business.obliged_from, Business.pos_einvoice_from, Business.ended_on
    ),
    indicators.CASH_REGISTER_INVOICES.code: invoices_made,
    indicators.FUEL_INVOICING.code: share_of_standing(
        FuelStation.opened_on, FuelStation.per_sale_einvoice_from, FuelStation.closed_on
    ),
}
